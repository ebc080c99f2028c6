"""What a prompt means once it has been read: frozen values that the studio turns into a spec."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from math import gcd
from types import MappingProxyType
from typing import Any, Literal

Speed = Literal["fast", "relax", "turbo"]
RANDOM = "random"
"""What `--sref` takes for a style that nobody has seen before."""


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Width to height in lowest terms; two whole numbers above zero."""

    w: int
    h: int

    def __post_init__(self) -> None:
        if self.w < 1 or self.h < 1:
            raise ValueError(f"a ratio is made of numbers above zero, not {self.w}:{self.h}")
        shared = gcd(self.w, self.h)
        object.__setattr__(self, "w", self.w // shared)
        object.__setattr__(self, "h", self.h // shared)

    def __str__(self) -> str:
        return f"{self.w}:{self.h}"

    def wider_than(self, other: "Ratio") -> bool:
        return self.w * other.h > other.w * self.h


SQUARE = Ratio(w=1, h=1)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a prompt with `::`, and how much it counts; negative weights push away."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class StyleRef:
    """One style that `--sref` names."""

    what: str | int
    """A link to a picture, the number of a style (0 … 4294967295), or the word "random" until one has been drawn."""
    weight: float = 1.0
    """How much it counts beside the others, above 0; numbers always count 1."""

    @property
    def url(self) -> str | None:
        return self.what if isinstance(self.what, str) and self.what != RANDOM else None

    @property
    def code(self) -> int | None:
        return self.what if isinstance(self.what, int) else None


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """What to draw and how: equal prompts are equal wishes, however they were typed."""

    text: str
    """What should be seen, without parameters; of a prompt with `::`, the parts of positive weight, one after another.
    Empty only where there are image prompts enough."""
    parts: tuple[Part, ...] = ()
    """The weighted parts; empty when there is just one of weight 1. Their weights add up to more than 0."""
    images: tuple[str, ...] = ()
    """Links of the image prompts."""
    image_weight: float = 1.0
    """0 … 3: image prompts against text."""
    no: tuple[str, ...] = ()
    """What should not be seen, one thing per item; as much as a part of weight −0.5."""
    ratio: Ratio = SQUARE
    seed: int | None = None
    """0 … 4294967295; None: nobody chose one."""
    same_noise: bool = False
    """All pictures of the grid begin with the same noise (`--sameseed`)."""
    chaos: int = 0
    """0 … 100."""
    quality: float = 1.0
    """One of the values in `Limits.qualities`."""
    draft: bool = False
    stop: int = 100
    """10 … 100 per cent of the steps."""
    stylize: int = 100
    """0 … 1000."""
    raw: bool = False
    """Less of the model's own taste."""
    weird: int = 0
    """0 … 3000."""
    tile: bool = False
    style_refs: tuple[StyleRef, ...] = ()
    """Either links or numbers, never both."""
    style_weight: int = 100
    """0 … 1000."""
    model: str | None = None
    """A key of the catalog; None: the member's own choice, or the default."""
    video: bool = False
    """Keep a film of how the pictures come into being."""
    speed: Speed | None = None
    """None: the member's own choice, as with the following two."""
    stealth: bool | None = None
    repeat: int | None = None
    """How many times to order the same, at least 2."""
    zoom: float | None = None
    """1 … 2: how far a custom zoom goes; None outside it."""

    def evolve(self, **changes: Any) -> "Prompt":
        return replace(self, **changes)


DEFAULTS: Mapping[str, Any] = MappingProxyType({one.name: one.default for one in fields(Prompt) if one.name != "text"})


def with_style_codes(prompt: Prompt, draw: Callable[[], int]) -> Prompt:
    """Put a number, 0 … 4294967295, in the place of every random style; printed, it can be used again."""
    drawn = (replace(one, what=draw()) if one.what == RANDOM else one for one in prompt.style_refs)
    return replace(prompt, style_refs=tuple(drawn))


MECHANISMS = frozenset(
    {
        *("seed", "same_noise", "chaos", "negative", "stop", "tile", "previews", "weights", "stylize", "weird"),
        *("image_prompts", "style_images", "style_codes"),
    }
)
"""Those of `pipeline.families` that something in a prompt needs."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one model and one member can do; ranges that are always the same stand in the parameter table."""

    max_chars: int = 6000
    tallest: Ratio = Ratio(w=1, h=14)
    widest: Ratio = Ratio(w=14, h=1)
    qualities: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)
    mechanisms: frozenset[str] = MECHANISMS
    """What the model can be asked for, by the names of `pipeline.families`."""
    models: Mapping[str, str] = field(default_factory=dict)
    """What may be typed after `--v` ("7", "sdxl") or as `--niji` ("niji", "niji 6"): the key that it stands for."""
    max_images: int = 5
    """Pictures per prompt, and styles per `--sref`."""
    max_repeat: int = 10
    max_permutations: int = 40
    zoom: bool = False
    """`--zoom` is understood: only where a custom zoom is asked for."""


DEFAULT_LIMITS = Limits()
