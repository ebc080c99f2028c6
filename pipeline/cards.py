"""Models and upscalers describing themselves: callers branch on these values, never on a model's name."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Literal

from pipeline.families import FAMILIES, TASTE, Family, FamilyName, LatentLayout, Mechanism, Strength
from pipeline.sizes import SizeRule

KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FEW = 12

OriginKind = Literal["folder", "file", "hub", "scripted"]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where the weights of a model come from."""

    kind: OriginKind
    """A folder in diffusers' layout; a single safetensors file; a hub repository; no weights at all."""
    where: str
    """Path or "owner/name"; empty for `scripted`."""
    variant: str | None = None
    """Weights to prefer in a hub repository: "fp16"."""


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """All that the rest of Easel needs to know about one model."""

    key: str
    """What members and specs call it."""
    title: str
    origin: Origin
    family: FamilyName
    size_rule: SizeRule
    steps: int
    """At quality 1."""
    guidance: float
    qualities: tuple[float, ...]
    """Allowed values of --quality, ascending; the steps are multiplied by it."""
    mechanisms: frozenset[Mechanism]
    latents: LatentLayout
    vary_strength: Mapping[Strength, float]
    max_prompt_tokens: int
    refine_strength: float = 0.3
    """How far Upscale (Creative) leaves the enlarged picture, 0 … 1."""
    surround_strength: float = 0.9
    """How far what is drawn around a picture may leave the continuation of its edges, 0 … 1."""
    scheduler: str | None = None
    """Class name of the sampler to use instead of the model's own."""
    taste: str = TASTE
    """Words that `--stylize` adds to the wish, the more the higher; empty: it changes the guidance alone."""
    version: str = ""
    """The --version that means this model, as the owner wrote it; empty: none but its key."""
    niji: str = ""
    """The --niji that means this model; empty: none."""
    licence: str = ""
    """What the owner must know before serving others with it."""

    @property
    def traits(self) -> Family:
        """How its family wants to be called."""
        return FAMILIES[self.family]

    @property
    def min_ratio(self) -> Fraction:
        return self.size_rule.min_ratio

    @property
    def max_ratio(self) -> Fraction:
        return self.size_rule.max_ratio

    def steps_for(self, quality: float) -> int:
        return max(1, round(self.steps * quality))

    def to_plain(self) -> dict[str, Any]:
        """Turn the card into JSON values, for another process."""
        rule = self.size_rule
        return asdict(self) | {
            "mechanisms": sorted(self.mechanisms),
            "size_rule": asdict(rule) | {"min_ratio": str(rule.min_ratio), "max_ratio": str(rule.max_ratio)},
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> "ModelCard":
        rule = plain["size_rule"]
        ratios = {end: Fraction(rule[end]) for end in ("min_ratio", "max_ratio")}
        return ModelCard(
            **dict(plain)
            | {
                "origin": Origin(**plain["origin"]),
                "size_rule": SizeRule(**rule | ratios),
                "qualities": tuple(plain["qualities"]),
                "mechanisms": frozenset(plain["mechanisms"]),
                "latents": LatentLayout(**plain["latents"]),
            }
        )


@dataclass(frozen=True, kw_only=True)
class UpscalerCard:
    """Something that enlarges pictures."""

    key: str
    title: str
    scales: tuple[int, ...]
    origin: Origin


LANCZOS = UpscalerCard(
    key="lanczos",
    title="Lanczos, which enlarges without adding detail",
    scales=(2, 4),
    origin=Origin(kind="scripted", where=""),
)


def card_of(family: Family, *, key: str, origin: Origin, side_px: int | None = None, few: bool = False) -> ModelCard:
    """Fill a card in with what is usual in its family; `few`: it was distilled to draw in few steps."""
    steps, guidance = family.few_steps if few and family.few_steps else (family.steps, family.guidance)
    side = side_px or family.side_px
    return ModelCard(
        key=key,
        title=key,
        origin=origin,
        family=family.name,
        size_rule=SizeRule(area_px=side * side, step_px=family.size_step_px),
        steps=steps,
        guidance=guidance,
        qualities=usual_qualities(steps),
        mechanisms=usual_mechanisms(family, guidance),
        latents=family.latents,
        vary_strength=family.vary_strength,
        max_prompt_tokens=family.max_prompt_tokens,
    )


def usual_qualities(steps: int) -> tuple[float, ...]:
    """Return the values of --quality: a model of few steps has none to spare."""
    return (1.0, 2.0) if steps < _FEW else (0.25, 0.5, 1.0, 2.0)


def usual_mechanisms(family: Family, guidance: float) -> frozenset[Mechanism]:
    """Return what a family can do at a guidance: up to 1 a pipeline never evaluates the negative prompt."""
    if guidance > 1:
        return family.mechanisms
    # Without guidance, taste can only come in by words.
    return family.mechanisms - ({"negative"} if family.conditions else {"negative", "stylize"})
