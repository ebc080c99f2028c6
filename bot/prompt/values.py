"""What may stand after a parameter: each kind of value reads what was typed, says what it takes, and prints itself."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal, Protocol

from bot.prompt.clean import DASHES, QUOTED, fold_digits, unwrap_url
from bot.prompt.prompt import SQUARE, Limits, Ratio
from bot.prompt.texts import Sentence, say

Kind = Literal["ratio", "int", "float", "flag", "list", "text", "choice", "version", "styles"]

_END = r"[,;.]?(?: |$)"  # people put commas and full stops between parameters
_WHOLE = re.compile(rf"([+-]?\d{{1,15}}){_END}")
_DECIMAL = re.compile(rf"([+-]?(?:\d{{1,15}}(?:[.,]\d{{1,15}})?|\.\d{{1,15}})){_END}")
_RATIO = re.compile(rf"(\d{{1,5}}) ?: ?(\d{{1,5}}){_END}")
_ANY_NUMBER = re.compile(r"-?(?:\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})")
_RATIO_WORDS = {"square": SQUARE, "portrait": Ratio(w=2, h=3), "landscape": Ratio(w=3, h=2), "wide": Ratio(w=16, h=9)}
_LONGEST_SIDE = 99_999
_ITEM = re.compile(rf"(?:{QUOTED}|[^,])+")


class Unreadable(Exception):
    """The typed value is none of this kind, or outside the range."""

    def __init__(self, *, out_of_range: bool = False, nearest: Any = None, why: Sentence | None = None) -> None:
        """Keep the reason, and the nearest value that would do, if there is one; `why` where no range explains it."""
        self.out_of_range, self.nearest, self.why = out_of_range, nearest, why
        super().__init__()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A value and the words after it, which belong nowhere."""

    value: Any
    rest: str = ""


class Values(Protocol):
    """One kind of value."""

    kind: ClassVar[Kind]
    bare: ClassVar[bool]
    """The name may stand alone."""

    def read(self, typed: str, limits: Limits) -> Reading:
        """Read the value at the start of what follows the name; raises Unreadable."""

    def allowed(self, limits: Limits) -> Sentence:
        """What may be typed, as a part of a sentence."""

    def write(self, value: Any) -> str:
        """The value as the normalised prompt shows it."""


@dataclass(frozen=True)
class Whole:
    """A whole number in a range."""

    lowest: int
    highest: int
    kind: ClassVar[Kind] = "int"
    bare: ClassVar[bool] = False

    def read(self, typed: str, limits: Limits) -> Reading:
        folded = fold_digits(typed)
        found = _WHOLE.match(folded)
        if found is None:
            number = _ANY_NUMBER.search(folded)
            raise Unreadable(out_of_range=False, nearest=self._clamped(float(number.group())) if number else None)
        value = int(found[1])
        if value != self._clamped(value):
            raise Unreadable(out_of_range=True, nearest=self._clamped(value))
        return Reading(value=value, rest=typed[found.end() :])

    def _clamped(self, value: float) -> int:
        return int(min(max(value, self.lowest), self.highest))

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.whole", lowest=self.lowest, highest=self.highest)

    def write(self, value: int) -> str:
        return str(value)


@dataclass(frozen=True)
class Decimal:
    """A number with a fraction, in a range."""

    lowest: float
    highest: float
    kind: ClassVar[Kind] = "float"
    bare: ClassVar[bool] = False

    def read(self, typed: str, limits: Limits) -> Reading:
        found, value = _decimal(typed)
        value = round(value, 4)  # the most that is printed
        if not self.lowest <= value <= self.highest:
            raise Unreadable(out_of_range=True, nearest=min(max(value, self.lowest), self.highest))
        return Reading(value=value, rest=typed[found.end() :])

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.decimal", lowest=f"{self.lowest:g}", highest=f"{self.highest:g}")

    def write(self, value: float) -> str:
        return f"{value:.6g}"


@dataclass(frozen=True)
class Quality:
    """One of the model's qualities: what lies between two is rounded to the nearer, the cheaper one in the middle."""

    kind: ClassVar[Kind] = "float"
    bare: ClassVar[bool] = False

    def read(self, typed: str, limits: Limits) -> Reading:
        found, value = _decimal(typed)
        nearest = min(sorted(limits.qualities), key=lambda allowed: abs(allowed - value))
        most = max(4.0, *limits.qualities)  # at least Midjourney's largest, so that copied prompts work
        if not 0 < value <= most:
            raise Unreadable(out_of_range=True, nearest=nearest)
        return Reading(value=nearest, rest=typed[found.end() :])

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.choice", choices=", ".join(map(self.write, sorted(limits.qualities))))

    def write(self, value: float) -> str:
        return f"{value:g}"


def _decimal(typed: str) -> tuple[re.Match[str], float]:
    folded = fold_digits(typed)
    found = _DECIMAL.match(folded)
    if found is None:
        raise Unreadable(out_of_range=False)
    return found, float(found[1].replace(",", "."))


@dataclass(frozen=True)
class Shape:
    """Width to height in whole numbers, in the range that the model draws well."""

    kind: ClassVar[Kind] = "ratio"
    bare: ClassVar[bool] = False

    def read(self, typed: str, limits: Limits) -> Reading:
        folded = fold_digits(typed)
        found = _RATIO.match(folded)
        if found is None:
            raise Unreadable(out_of_range=False, nearest=_meant_ratio(folded, limits))
        w, h = int(found[1]), int(found[2])
        if not (w and h):
            raise Unreadable(out_of_range=True)
        value = Ratio(w=w, h=h)
        nearest = _clamped_ratio(value, limits)
        if value != nearest:
            raise Unreadable(out_of_range=True, nearest=nearest)
        return Reading(value=nearest, rest=typed[found.end() :])

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.ratio", lowest=limits.tallest, highest=limits.widest)

    def write(self, value: Ratio) -> str:
        return str(value)


def _clamped_ratio(ratio: Ratio, limits: Limits) -> Ratio:
    if ratio.wider_than(limits.widest):
        return limits.widest
    return limits.tallest if limits.tallest.wider_than(ratio) else ratio


def _meant_ratio(folded: str, limits: Limits) -> Ratio | None:
    """What somebody wanted who typed 16x9, 1.5:1 or "portrait"."""
    numbers = [Fraction(text.lstrip("-")) for text in _ANY_NUMBER.findall(folded)[:2]]
    if len(numbers) == 2 and all(numbers):
        exact = (numbers[0] / numbers[1]).limit_denominator(1000)
        if 0 < exact.numerator <= _LONGEST_SIDE:
            return _clamped_ratio(Ratio(w=exact.numerator, h=exact.denominator), limits)
    words = folded.casefold().split()
    return next((_RATIO_WORDS[word] for word in words if word in _RATIO_WORDS), None)


@dataclass(frozen=True)
class Items:
    """Everything up to the next parameter, one or more words per item, with commas between the items."""

    kind: ClassVar[Kind] = "list"
    bare: ClassVar[bool] = False

    def read(self, typed: str, limits: Limits) -> Reading:
        pieces = (unwrap_url(piece.rstrip(" ").lstrip("=: " + DASHES)) for piece in _ITEM.findall(typed))
        items = tuple(piece for piece in pieces if piece)
        if not items:
            raise Unreadable(out_of_range=False)
        return Reading(value=items)

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.list")

    def write(self, value: tuple[str, ...]) -> str:
        return ", ".join(value)


@dataclass(frozen=True)
class Flag:
    """Nothing: the name alone switches something on."""

    kind: ClassVar[Kind] = "flag"
    bare: ClassVar[bool] = True

    def read(self, typed: str, limits: Limits) -> Reading:
        return Reading(value=True, rest=typed)

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.flag")

    def write(self, value: bool) -> str:  # noqa: FBT001 -- the value of a flag is a truth value
        return ""


@dataclass(frozen=True)
class Words:
    """Anything up to the next parameter, such as links and codes."""

    kind: ClassVar[Kind] = "text"
    bare: ClassVar[bool] = False

    def read(self, typed: str, limits: Limits) -> Reading:
        if not typed:
            raise Unreadable(out_of_range=False)
        return Reading(value=typed)

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.text")

    def write(self, value: str) -> str:
        return value
