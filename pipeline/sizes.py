"""Aspect ratio and a model's size rule → pixels."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

_RATIO = re.compile(r"\s*(\d{1,5})\s*:\s*(\d{1,5})\s*", re.ASCII)

# Sides in sixty-fourths of the square's side, as people know them from Midjourney: 3:2 is 1344×896 beside 1024×1024.
_FAMILIAR = {
    Fraction(1): (64, 64),
    Fraction(4, 3): (77, 58),
    Fraction(3, 2): (84, 56),
    Fraction(16, 9): (91, 51),
}
# How much a wrong shape weighs against a wrong area.
_SHAPE_WEIGHT = 3.0


class BadRatio(ValueError):
    """The text is not an aspect ratio; the message is a sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Size:
    width_px: int
    height_px: int

    @property
    def area_px(self) -> int:
        return self.width_px * self.height_px

    def turned(self) -> "Size":
        return Size(width_px=self.height_px, height_px=self.width_px)


@dataclass(frozen=True, kw_only=True)
class SizeRule:
    """Which sizes a model draws well."""

    area_px: int
    """Pixels of a square picture; other shapes keep about this many."""
    step_px: int = 8
    """Both sides are multiples of this."""
    min_ratio: Fraction = Fraction(1, 3)
    max_ratio: Fraction = Fraction(3)
    """Width ÷ height."""

    def allows(self, ratio: Fraction) -> bool:
        return self.min_ratio <= ratio <= self.max_ratio

    def clamp(self, ratio: Fraction) -> Fraction:
        return min(max(ratio, self.min_ratio), self.max_ratio)


def parse_ratio(text: str) -> Fraction:
    """Read "16:9". Raises BadRatio for anything but two whole numbers from 1 to 99999."""
    match = _RATIO.fullmatch(text)
    if match is None:
        raise BadRatio("An aspect ratio is two whole numbers with a colon between them, like 3:2 or 16:9.")
    width, height = (int(group) for group in match.groups())
    if not width or not height:
        raise BadRatio("Neither side of an aspect ratio may be 0.")
    return Fraction(width, height)


def fit(ratio: Fraction, rule: SizeRule) -> Size:
    """Choose the size for an aspect ratio (width ÷ height), clamped to what the model allows.

    The familiar shapes are what members expect (1344×896 for 3:2 at 1024²); all others come closest to the ratio and to
    the rule's area together. A turned ratio gives the turned size wherever both are allowed.
    """
    ratio = rule.clamp(ratio)
    if ratio < 1:
        return _wide(1 / ratio, rule).turned()
    return _wide(ratio, rule)


def pixels(width: int, height: int, rule: SizeRule) -> tuple[int, int]:
    """Return (width, height) in pixels for the aspect ratio `width`:`height`, both above 0."""
    size = fit(Fraction(width, height), rule)
    return size.width_px, size.height_px


def within(size: Size, longest_px: int) -> Size:
    """Shrink a size so that its longer side is at most `longest_px`; never enlarges, no side below 1."""
    scale = min(1.0, longest_px / max(size.width_px, size.height_px))
    return Size(width_px=max(1, int(size.width_px * scale)), height_px=max(1, int(size.height_px * scale)))


def _wide(ratio: Fraction, rule: SizeRule) -> Size:
    return _familiar(ratio, rule) or min(_candidates(ratio, rule), key=lambda size: _misfit(size, ratio, rule))


def _familiar(ratio: Fraction, rule: SizeRule) -> Size | None:
    units = _FAMILIAR.get(ratio)
    side = math.isqrt(rule.area_px)
    if units is None or side * side != rule.area_px:
        return None
    width, height = (Fraction(side * unit, 64) for unit in units)
    if width % rule.step_px or height % rule.step_px:
        return None
    return Size(width_px=int(width), height_px=int(height))


def _candidates(ratio: Fraction, rule: SizeRule) -> Iterator[Size]:
    """Yield the sizes on the grid of steps around the ideal one."""
    step = rule.step_px
    columns = max(1, round(math.sqrt(rule.area_px * ratio) / step))
    rows = max(1, round(math.sqrt(rule.area_px / ratio) / step))
    for across in range(max(1, columns - 3), columns + 4):
        for down in range(max(1, rows - 3), rows + 4):
            yield Size(width_px=across * step, height_px=down * step)


def _misfit(size: Size, ratio: Fraction, rule: SizeRule) -> tuple[float, int]:
    shape = math.log(size.width_px / size.height_px / ratio)
    area = math.log(size.area_px / rule.area_px)
    return (_SHAPE_WEIGHT * shape) ** 2 + area**2, size.width_px
