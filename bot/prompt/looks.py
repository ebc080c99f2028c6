"""Values that choose a model, a style or a number of orders."""

import re
from dataclasses import dataclass
from typing import ClassVar

from bot.prompt.clean import fold_digits
from bot.prompt.images import link
from bot.prompt.prompt import RANDOM, Limits, StyleRef
from bot.prompt.texts import Sentence, say
from bot.prompt.values import Decimal, Kind, Reading, Unreadable, Values, Whole
from bot.prompt.weights import written

_WHOLE_CODE = re.compile(r"\d{1,10}")
_LARGEST_CODE = 4_294_967_295
_HEAVIEST = 1_000_000
"""No style's weight comes up to this; what has hundreds of digits is no number any more that can be counted with."""
_NIJI_NUMBER = re.compile(r"[\d.]+")


@dataclass(frozen=True)
class Version:
    """A model of the catalog, by one of the spellings that its owner gave it, or by its key."""

    kind: ClassVar[Kind] = "version"
    bare: ClassVar[bool] = False

    def read(self, typed: str, limits: Limits) -> Reading:
        if not limits.models:
            raise Unreadable(why=say("version.none"))
        word, _, rest = typed.partition(" ")
        key = _model(fold_digits(word).casefold().rstrip(",;"), limits)
        if key is None:
            raise Unreadable(nearest=next(iter(limits.models.values())))
        return Reading(value=key, rest=rest)

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.choice", choices=", ".join(limits.models))

    def write(self, value: str) -> str:
        return value


def _model(spelled: str, limits: Limits) -> str | None:
    """The key for "7", "7.0" or the key itself."""
    known = {key.casefold(): key for key in limits.models.values()}
    known |= {spelling.casefold(): key for spelling, key in limits.models.items()}
    spellings = (spelled, spelled.removesuffix(".0"), f"{spelled}.0")
    return next((known[one] for one in spellings if one in known), None)


@dataclass(frozen=True)
class Niji:
    """The model that its owner calls niji, with a number or without."""

    kind: ClassVar[Kind] = "version"
    bare: ClassVar[bool] = True

    def read(self, typed: str, limits: Limits) -> Reading:
        word, _, rest = typed.partition(" ")
        spelled = fold_digits(word).rstrip(",;.")
        if not _NIJI_NUMBER.fullmatch(spelled):
            spelled, rest = "", typed
        key = _model(f"niji {spelled}".rstrip(" "), limits) or _model("niji", limits)
        if key is None:
            raise Unreadable(why=say("version.niji"))
        return Reading(value=key, rest=rest)

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.niji")

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class Raw:
    """The one word that `--style` takes here; all others belong to models of others."""

    kind: ClassVar[Kind] = "choice"
    bare: ClassVar[bool] = False

    def read(self, typed: str, limits: Limits) -> Reading:
        word, _, rest = typed.partition(" ")
        if word.casefold().rstrip(",;.") != "raw":
            look = limits.mechanisms.intersection(("style_images", "style_codes"))
            others = say("style.others.look") if look else say("style.others")
            raise Unreadable(nearest="raw", why=others if typed else None)
        return Reading(value="raw", rest=rest)

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.choice", choices="raw")

    def write(self, value: object) -> str:
        return "raw"


@dataclass(frozen=True)
class Styles:
    """Links to pictures, each perhaps with a weight; or numbers of styles; or the word "random"."""

    kind: ClassVar[Kind] = "styles"
    bare: ClassVar[bool] = False

    def read(self, typed: str, limits: Limits) -> Reading:
        words = typed.split(" ")
        refs: list[StyleRef] = []
        while words and (ref := _style(words[0])):
            refs.append(ref)
            words.pop(0)
        if not refs:
            raise Unreadable()
        if len({ref.url is None for ref in refs}) > 1:
            raise Unreadable(why=say("sref.mixed"))
        if len(refs) > limits.max_images:
            raise Unreadable(why=say("sref.many", limit=limits.max_images), nearest=tuple(refs[: limits.max_images]))
        return Reading(value=tuple(refs), rest=" ".join(words))

    def allowed(self, limits: Limits) -> Sentence:
        return say("allowed.styles")

    def write(self, value: tuple[StyleRef, ...]) -> str:
        return " ".join(map(_written, value))


def _style(word: str) -> StyleRef | None:
    """Read one style; None when the word is none. Raises Unreadable for a weight where there can be none."""
    if found := link(word):
        if found.weight is not None and not 0 < found.weight < _HEAVIEST:
            raise Unreadable(why=say("sref.weight"))
        return StyleRef(what=found.url, weight=1.0 if found.weight is None else found.weight)
    plain = fold_digits(word).casefold().rstrip(",;.")
    code, colons, _ = plain.partition("::")
    if code != RANDOM and not (_WHOLE_CODE.fullmatch(code) and int(code) <= _LARGEST_CODE):
        return None
    if colons:
        raise Unreadable(why=say("sref.number_weight"))
    return StyleRef(what=code if code == RANDOM else int(code))


def _written(ref: StyleRef) -> str:
    if ref.url is None:
        return str(ref.what)
    return f"<{ref.url}>" if ref.weight == 1 else f"<{ref.url}>::{written(ref.weight)}"


@dataclass(frozen=True)
class Repeat:
    """How often; the most is the member's own limit."""

    kind: ClassVar[Kind] = "int"
    bare: ClassVar[bool] = False

    def read(self, typed: str, limits: Limits) -> Reading:
        if limits.max_repeat < 2:
            raise Unreadable(why=say("repeat.off"))
        return self._range(limits).read(typed, limits)

    def _range(self, limits: Limits) -> Whole:
        return Whole(2, limits.max_repeat)

    def allowed(self, limits: Limits) -> Sentence:
        return self._range(limits).allowed(limits)

    def write(self, value: int) -> str:
        return str(value)


@dataclass(frozen=True)
class Zoom:
    """How far to zoom out, where a custom zoom is asked for, and nowhere else."""

    kind: ClassVar[Kind] = "float"
    bare: ClassVar[bool] = False
    _values: ClassVar[Values] = Decimal(1, 2)

    def read(self, typed: str, limits: Limits) -> Reading:
        if not limits.zoom:
            raise Unreadable(why=say("zoom.place"))
        return self._values.read(typed, limits)

    def allowed(self, limits: Limits) -> Sentence:
        return self._values.allowed(limits)

    def write(self, value: float) -> str:
        return self._values.write(value)


@dataclass(frozen=True)
class Maybe:
    """A whole number, or nothing."""

    values: Whole
    kind: ClassVar[Kind] = "int"
    bare: ClassVar[bool] = True

    def read(self, typed: str, limits: Limits) -> Reading:
        return self.values.read(typed, limits) if typed else Reading(value=None)

    def allowed(self, limits: Limits) -> Sentence:
        return self.values.allowed(limits)

    def write(self, value: int | None) -> str:
        return "" if value is None else str(value)
