"""Which models this Easel draws with, built from the owner's settings, with every fault named at once."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.cards import KEY, LANCZOS, ModelCard, Origin, UpscalerCard, card_of
from pipeline.checkpoints import INDEX, CheckpointUnusable, did_you_mean, inspect
from pipeline.describers import describer_of
from pipeline.families import FAMILIES, Family, family_of_name
from pipeline.overrides import SOURCE_FIELDS, overridden
from pipeline.upscalers import upscaler_of
from pipeline.wellknown import BY_REPOSITORY, DOODLE, WELL_KNOWN

BUILT_IN = "sketchbook"
VOCABULARY = "sketchbook.json"
"""Beside the built-in model: which words it knows, and how it wants to be asked; written by its training."""
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_LOADABLE = tuple(family.name for family in FAMILIES.values() if family.pipelines)
_FEW_STEPS = re.compile(r"turbo|lightning|schnell|lcm|hyper|distill")


class ModelUnusable(ValueError):
    """The settings name models that cannot be used; `faults` are sentences for the owner."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class ModelUnknown(LookupError):
    """No model of that key is offered here; the message is a sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """The models on offer, by key; members choose keys, never paths."""

    default: ModelCard
    models: Mapping[str, ModelCard]
    """Those that may be asked for, the default among them."""
    upscalers: Mapping[str, UpscalerCard] = field(default_factory=lambda: {LANCZOS.key: LANCZOS})
    notes: tuple[str, ...] = ()
    """What the owner should be told at start-up."""
    describer: str = ""
    """Folder or hub id of what describes pictures; empty: nothing does."""

    @property
    def upscaler(self) -> UpscalerCard:
        """The upscaler that U uses: the last one, since better ones are added behind Lanczos."""
        return list(self.upscalers.values())[-1]

    def get(self, key: str) -> ModelCard:
        """Return a model. Raises ModelUnknown."""
        if key not in self.models:
            raise ModelUnknown(f"There is no model {key[:64]!r} here.{did_you_mean(key, self.models)}")
        return self.models[key]

    @staticmethod
    def from_tables(
        default: str,
        tables: Mapping[str, Any],
        builtin: Path | None,
        upscaler: str = "auto",
        describer: str = "auto",
    ) -> "Catalog":
        """Build the catalog. Raises ModelUnusable with all faults; reads files, so call it in a thread.

        default: EASEL_MODEL: a key, a diffusers folder, a safetensors file, a hub id; empty means the built-in model
        tables:  the owner's `[models.<key>]` tables, {"models": {key: {…}}}
        builtin: folder of the built-in model; without a model in it `doodle` stands in
        upscaler: EASEL_UPSCALER: "auto", "lanczos", or a safetensors file
        describer: EASEL_DESCRIBER: "auto", "none", a folder or a hub id
        """
        faults: list[str] = []
        models = _from_owner(tables.get("models", {}), faults)
        notes: tuple[str, ...] = ()
        try:
            card, notes = _default(default.strip() or BUILT_IN, models, builtin)
            models.setdefault(card.key, card)
        except CheckpointUnusable as fault:
            faults.append(f"EASEL_MODEL: {fault}")
        try:
            enlarger = upscaler_of(upscaler, builtin)
        except CheckpointUnusable as fault:
            faults.append(f"EASEL_UPSCALER: {fault}")
        try:
            words = describer_of(describer, builtin)
        except CheckpointUnusable as fault:
            faults.append(f"EASEL_DESCRIBER: {fault}")
        faults += _spelled_twice(models)
        if faults:
            raise ModelUnusable(*faults)
        upscalers = {LANCZOS.key: LANCZOS, enlarger.key: enlarger}
        return Catalog(default=card, models=models, upscalers=upscalers, notes=notes, describer=words)


def versions(catalog: Catalog) -> Mapping[str, str]:
    """Return what members may write for a model, with the model's key: "7", "niji 6", "niji", and every key.

    A number stands for a model only where the owner says so in easel.toml; "niji" alone is the last one named.
    """
    spelled = {card.key: card.key for card in catalog.models.values()}
    spelled |= {card.version: card.key for card in catalog.models.values() if card.version}
    for card in catalog.models.values():
        if card.niji:
            spelled |= {f"niji {card.niji}": card.key, "niji": card.key}
    return spelled


def _spelled_twice(models: Mapping[str, ModelCard]) -> list[str]:
    """Name the versions that would mean two models, by their number or key; 7 and 7.0 are one."""
    seen = {("version", key.removesuffix(".0")): key for key in models}
    faults = []
    for card in models.values():
        for name, value in (("version", card.version), ("niji", card.niji)):
            if not value:
                continue
            first = seen.setdefault((name, value.removesuffix(".0")), card.key)
            if first != card.key:
                faults.append(f"[models.{card.key}]: {name} {value!r} already means {first!r}.")
        if card.niji and "niji" in models and card.key != "niji":
            faults.append(f"[models.{card.key}]: --niji already means 'niji', the key of another table.")
    return faults


def _from_owner(tables: object, faults: list[str]) -> dict[str, ModelCard]:
    if not isinstance(tables, Mapping):
        faults.append("[models] in easel.toml must hold tables, one for each model: [models.<key>].")
        return {}
    cards = {}
    for key, table in tables.items():
        try:
            cards[key] = _table_card(key, table)
        except CheckpointUnusable as fault:
            faults.append(f"[models.{key}]: {fault}")
    return cards


def _table_card(key: str, table: object) -> ModelCard:
    if not KEY.fullmatch(key):
        raise CheckpointUnusable("a key has 1 to 64 of a–z, 0–9, dot, dash and underscore, a letter or digit first.")
    if not isinstance(table, Mapping):
        raise CheckpointUnusable('must be a table with at least source = "…".')
    family = _named_family(table)
    source = table.get("source", key)
    if not isinstance(source, str):
        raise CheckpointUnusable('source must be text: a folder, a .safetensors file or a hub id like "owner/name".')
    card = replace(_resolve(source, family), key=key)
    return overridden(card, {name: value for name, value in table.items() if name not in SOURCE_FIELDS})


def _named_family(table: Mapping[str, object]) -> Family | None:
    name = table.get("family")
    if name is None:
        return None
    if name not in _LOADABLE:
        raise CheckpointUnusable(f"there is no family {name!r}.{did_you_mean(str(name), _LOADABLE)}")
    return next(family for family in FAMILIES.values() if family.name == name)


def _default(text: str, models: Mapping[str, ModelCard], builtin: Path | None) -> tuple[ModelCard, tuple[str, ...]]:
    if text in models:
        return models[text], ()
    if text != BUILT_IN:
        return _as_owner_has_it(models, _resolve(text, None, extra=models), text), ()
    if builtin is not None and (builtin / INDEX).is_file():
        return _built_in(builtin), ()
    return models.get(DOODLE.key, DOODLE), (
        "The built-in model is not there yet: Doodle stands in, which paints abstract pictures.",
    )


def _as_owner_has_it(models: Mapping[str, ModelCard], card: ModelCard, text: str) -> ModelCard:
    """Prefer the owner's table of the same key and source; raises CheckpointUnusable where that means another model."""
    known = models.get(card.key)
    if known is None:
        return card
    if known.origin.where != card.origin.where:
        taken = f"{text} would be called {card.key!r}, as [models.{card.key}] is already."
        raise CheckpointUnusable(f"{taken} Write EASEL_MODEL={card.key} to mean that table, or give it another key.")
    return known


def _built_in(folder: Path) -> ModelCard:
    card = _found(folder, key=BUILT_IN, family=None)
    card = replace(card, title="Sketchbook", taste="")
    if not (folder / VOCABULARY).is_file():
        return card
    try:
        return _as_told(card, json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))["defaults"])
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise CheckpointUnusable(f"{folder / VOCABULARY} is damaged: get Easel's built-in model again.") from fault


def _as_told(card: ModelCard, told: Mapping[str, Any]) -> ModelCard:
    """Ask the built-in model as its training found best. Raises KeyError, TypeError."""
    multiple_px = told["multiple_px"]
    return replace(
        card,
        steps=told["steps"],
        guidance=told["guidance"],
        taste=told.get("taste", ""),
        # A small model lays its scene out anew wherever it is left the freedom to.
        refine_strength=0.08,
        surround_strength=0.1,
        size_rule=replace(card.size_rule, area_px=told["size_px"] ** 2, step_px=multiple_px),
        latents=replace(card.latents, scale_px=multiple_px),
    )


def _resolve(text: str, family: Family | None, extra: Mapping[str, ModelCard] | None = None) -> ModelCard:
    """Find out what an owner means by a text: key, path or hub id. Raises CheckpointUnusable."""
    if text == DOODLE.key:
        return DOODLE
    if text in WELL_KNOWN:
        return WELL_KNOWN[text]
    path = Path(os.path.expanduser(text))  # noqa: PTH111 - unlike Path's own, it takes any text
    if _looks_like_path(text) or _exists(path):
        return _found(path, key=_key_of(path), family=family)
    if text.lower() in BY_REPOSITORY:
        return BY_REPOSITORY[text.lower()]
    if _REPOSITORY.fullmatch(text):
        return _on_hub(text, family)
    known = [BUILT_IN, DOODLE.key, *WELL_KNOWN, *(extra or {})]
    raise CheckpointUnusable(
        f"{text!r} is no model that Easel knows, no folder or file, and no hub id like owner/name."
        f"{did_you_mean(text, known)}"
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long a name, no permission on the way
        return False


def _looks_like_path(text: str) -> bool:
    return (
        text.startswith((".", "~", "/", "\\"))
        or os.sep in text.replace("/", "", 1)
        or Path(text).suffix in (".safetensors", ".ckpt", ".pt", ".pth", ".bin")
        or re.match(r"[A-Za-z]:[\\/]", text) is not None
    )


def _found(path: Path, *, key: str, family: Family | None) -> ModelCard:
    finding = inspect(path)
    if family is not None and family is not finding.family:
        raise CheckpointUnusable(f"{path} is a {finding.family.title} model, not {family.title}.")
    origin = Origin(kind="folder" if path.is_dir() else "file", where=str(path.resolve()))
    twin = next(
        (card for repository, card in BY_REPOSITORY.items() if repository.endswith("/" + path.name.lower())), None
    )
    if twin is not None and twin.traits is finding.family:
        return replace(twin, key=key, origin=origin)
    few = finding.distilled or _FEW_STEPS.search(path.name.lower()) is not None
    return card_of(finding.family, key=key, origin=origin, side_px=finding.side_px, few=few)


def _on_hub(repository: str, family: Family | None) -> ModelCard:
    family = family or family_of_name(repository)
    if family is None:
        raise CheckpointUnusable(
            f"Easel cannot tell from its name what kind of model {repository} is. Name it in easel.toml: "
            f'[models.mine] with source = "{repository}" and family = one of {", ".join(_LOADABLE)}.'
        )
    few = _FEW_STEPS.search(repository.lower()) is not None
    return card_of(family, key=_key_of(Path(repository)), origin=Origin(kind="hub", where=repository), few=few)


def _key_of(path: Path) -> str:
    name = path.stem if path.suffix == ".safetensors" else path.name
    plain = re.sub(r"[^a-z0-9._-]+", "-", (name or path.resolve().name).lower()).lstrip("._-")
    return plain[:64].rstrip("._-") or "model"
