"""Looks at the model: whether it is known, whether its weights are here, and how large they are."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from huggingface_hub import try_to_load_from_cache

from bot.doctor.finding import Finding, attention, broken, ok
from bot.engines import catalog_of
from bot.settings import Settings
from pipeline.cards import LANCZOS, ModelCard
from pipeline.catalog import Catalog, ModelUnusable
from pipeline.checkpoints import INDEX, CheckpointUnusable, inspect, read_header

_SHARD = re.compile(r"-\d{5}-of-\d{5}$")


def check(settings: Settings) -> tuple[Catalog | None, list[Finding]]:
    """Build the catalog as the bot does, without loading anything; None when it cannot be built."""
    try:
        catalog = catalog_of(settings)
    except ModelUnusable as fault:
        return None, [broken("model", str(each), "Correct EASEL_MODEL or easel.toml.") for each in fault.faults]
    return catalog, [*_weights(catalog.default, settings), *_notes(catalog), *_upscaler(catalog)]


def parameters_of(card: ModelCard) -> int | None:
    """Count a model's parameters from the headers of its files; None when its files are not here."""
    place = _place(card)
    if place is None:
        return None
    try:
        if place.is_file():
            return _count(place)
        return sum(_count_part(part) for part in place.iterdir() if part.is_dir())
    except (CheckpointUnusable, OSError):
        return None


def _place(card: ModelCard) -> Path | None:
    """Where a model's weights lie on this disk."""
    if card.origin.kind in ("folder", "file"):
        return Path(card.origin.where)
    return _cached(card.origin.where) if card.origin.kind == "hub" else None


def _cached(repository: str) -> Path | None:
    index: Any = try_to_load_from_cache(repository, INDEX)
    return Path(index).parent if isinstance(index, str) else None


def _count(file: Path) -> int:
    return sum(prod(tensor.shape) for tensor in read_header(file).values())


def _count_part(part: Path) -> int:
    """Count one part of a folder; it may hold the same weights several times, in shards or in other precision."""
    sets: dict[str, int] = defaultdict(int)
    for file in part.glob("*.safetensors"):
        sets[_SHARD.sub("", file.stem)] += _count(file)
    return max(sets.values(), default=0)


def _weights(card: ModelCard, settings: Settings) -> Iterator[Finding]:
    terms = f" Licence: {card.licence}" if card.licence else ""
    if card.origin.kind == "hub":
        yield from _on_hub(card, settings, terms)
    elif card.origin.kind == "scripted":
        yield ok("model", f"{card.title}.")
    else:
        yield ok("model", f"{card.title}, in {card.origin.where}.{terms}")


def _on_hub(card: ModelCard, settings: Settings, terms: str) -> Iterator[Finding]:
    repository = card.origin.where
    folder = _cached(repository)
    missing = _missing_parts(folder) if folder else []
    if folder and not missing:
        yield ok("model", f"{card.title} ({repository}), already on this disk.{terms}")
        return
    state = f"only partly on this disk ({', '.join(missing)} missing)" if folder else "not on this disk yet"
    if settings.offline:
        yield broken(
            "model",
            f"{card.title} ({repository}) is {state}, and EASEL_OFFLINE forbids fetching it.",
            "Start once without EASEL_OFFLINE, or set EASEL_MODEL to a folder.",
        )
    else:
        mend = "Nothing to do: the first start fetches it, which takes a while and several gigabytes."
        yield attention("model", f"{card.title} ({repository}) is {state}.{terms}", mend)


def _missing_parts(folder: Path) -> list[str]:
    """Parts that the index names and the folder lacks; a download that was broken off leaves such a folder."""
    try:
        inspect(folder)
        index = json.loads((folder / INDEX).read_text("utf-8"))
    except (CheckpointUnusable, OSError, ValueError):
        return [INDEX]
    parts = [name for name, kind in index.items() if isinstance(kind, list) and all(kind)]
    return [name for name in parts if not (folder / name).is_dir()]


def _notes(catalog: Catalog) -> Iterator[Finding]:
    for note in catalog.notes:
        yield attention("model", note, "Set EASEL_MODEL to a model of your own (docs/owners.md, Choosing a model).")


def _upscaler(catalog: Catalog) -> Iterator[Finding]:
    card = catalog.upscaler
    yield ok("upscaler", f"{card.title}." if card.key == LANCZOS.key else f"{card.title} ({card.origin.where}).")
