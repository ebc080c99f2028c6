"""What a prompt means once it has been read: frozen values that the studio turns into a spec."""

from dataclasses import dataclass
from math import gcd


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
class Prompt:
    """What to draw and how: equal prompts are equal wishes, however they were typed."""

    text: str
    """What should be seen, without parameters; never empty."""
    no: tuple[str, ...] = ()
    """What should not be seen, one thing per item."""
    ratio: Ratio = SQUARE
    seed: int | None = None
    """0 … 4294967295; None: nobody chose one."""
    chaos: int = 0
    """0 … 100."""
    quality: float = 1.0
    """One of the values in `Limits.qualities`."""
    stop: int = 100
    """10 … 100 per cent of the steps."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one model can do; the ranges that are the same for all models stand in the parameter table."""

    max_chars: int = 6000
    tallest: Ratio = Ratio(w=1, h=14)
    widest: Ratio = Ratio(w=14, h=1)
    qualities: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)
    clamp: bool = False
    """Take the nearest possible value where one is out of range, instead of refusing."""


DEFAULT_LIMITS = Limits()
