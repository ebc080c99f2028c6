"""Where `::` cuts a description into weighted parts, and how such parts are printed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from bot.prompt.clean import QUOTED, fold_digits
from bot.prompt.prompt import Part

_NUMBER = r"[+-]?(?:\d{1,6}(?:[.,]\d{1,6})?|\.\d{1,6})"
_WEIGHT = rf"(?P<weight>{_NUMBER})(?=[,;.]?(?: |$)|--)"
# Nothing is cut inside quoted lettering, nor inside a link, where only what stands at the very end is a weight.
_TOKEN = re.compile(
    rf"{QUOTED}"
    rf"|https?://(?:[^ :]|:(?!:)|::+(?!:)(?!{_NUMBER}?[,;.]?(?: |$)))*"
    rf"|(?P<cut>::+(?:{_WEIGHT}[,;.]?|[,;](?= |$))?)",
    re.IGNORECASE,
)
COLONS = " :\uff1a\ufe13\u2236"
_DECIMALS = 4


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A place in a text where one part ends."""

    start: int
    end: int
    weight: float | None
    """The number directly after the colons, which belongs to the part before them."""


def cuts(text: str) -> Iterator[Cut]:
    """Find every `::` that separates parts, in order."""
    for found in _TOKEN.finditer(fold_digits(text)):
        if found["cut"]:
            weight = number(found["weight"]) if found["weight"] else None
            yield Cut(start=found.start(), end=found.end(), weight=weight)


def number(typed: str) -> float:
    """The weight that a person typed, to four decimals, the most that is printed."""
    return round(float(typed.replace(",", ".")), _DECIMALS) + 0.0  # no negative zero


def written(weight: float) -> str:
    return f"{weight:.{_DECIMALS}f}".rstrip("0").rstrip(".")


def pieces(text: str) -> Iterator[tuple[str, float | None]]:
    """The parts of a description with the weights that were typed; parts may be empty."""
    start = 0
    for cut in cuts(text):
        yield text[start : cut.start].lstrip(" ").rstrip(COLONS), cut.weight
        start = cut.end
    yield text[start:].strip(" "), None


def total(parts: Sequence[Part]) -> float:
    return round(fsum(part.weight for part in parts), _DECIMALS)


def joined(parts: Sequence[Part]) -> str:
    """All that should be seen, as one description."""
    return " ".join(part.text for part in parts if part.weight > 0)


def printed(parts: Sequence[Part]) -> str:
    """The parts as they are typed: a weight of 1 needs no number, and none needs colons at the very end."""
    shown = [f"{part.text}::{'' if part.weight == 1 else written(part.weight)}" for part in parts]
    return " ".join(shown).removesuffix("::")
