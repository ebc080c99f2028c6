"""The parameter table: everything Midjourney knows by name, and which of it can be used here."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from bot.prompt.texts import Sentence, say
from bot.prompt.values import Choice, Decimal, Flag, Items, Kind, Quality, Shape, Values, Whole, Words

Scope = Literal["grid", "variations", "order"]
"""What it acts on: only a first grid; variations as well; the order itself (speed, number, visibility)."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One row: a new parameter is a row with `field`, and that field of `Prompt`."""

    name: str
    """As the normalised prompt prints it, without hyphens."""
    aliases: tuple[str, ...] = ()
    values: Values
    default: str = ""
    """As a person would type it; empty where leaving it out does nothing."""
    scope: Scope = "grid"
    example: str = ""
    """A right value."""
    field: str | None = None
    """The field of `Prompt` that it fills; None: known by name, but not here yet."""
    mistaken: tuple[str, ...] = ()
    """Names that people from other programs try."""

    @property
    def available(self) -> bool:
        return self.field is not None

    @property
    def kind(self) -> Kind:
        return self.values.kind

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    @property
    def help(self) -> Sentence:
        return say(f"help.{self.name}" if self.available else "help.later")

    def typed(self, value: object) -> str:
        """The parameter with a value, complete, as it should be typed."""
        return f"--{self.name} {self.values.write(value)}".rstrip(" ")


_SEED = Whole(0, 4_294_967_295)

# The normalised prompt prints them in this order.
_HERE = (
    Parameter(
        name="ar", aliases=("aspect",), values=Shape(), default="1:1", scope="variations", example="3:2", field="ratio",
        mistaken=("ratio", "aspectratio", "aspect_ratio", "size", "shape"),
    ),
    Parameter(
        name="chaos", aliases=("c",), values=Whole(0, 100), default="0", example="20", field="chaos",
        mistaken=("variety", "diversity"),
    ),
    Parameter(
        name="quality", aliases=("q",), values=Quality(), default="1", example="0.5", field="quality",
        mistaken=("steps",),
    ),
    Parameter(name="seed", values=_SEED, example="1234", field="seed"),
    Parameter(name="stop", values=Whole(10, 100), default="100", scope="variations", example="80", field="stop"),
    Parameter(
        name="no", values=Items(), scope="variations", example="text, people", field="no",
        mistaken=("not", "without", "exclude", "negative", "neg", "negative_prompt"),
    ),
)  # fmt: skip

_LATER = (
    Parameter(name="stylize", aliases=("s",), values=Whole(0, 1000), default="100", example="250"),
    Parameter(name="weird", aliases=("w",), values=Whole(0, 3000), default="0", example="250"),
    Parameter(name="sameseed", values=_SEED, example="1234"),
    Parameter(name="repeat", aliases=("r",), values=Whole(2, 40), scope="order", example="4"),
    Parameter(name="tile", values=Flag(), scope="variations"),
    Parameter(name="iw", values=Decimal(0, 3), default="1", example="1.5"),
    Parameter(name="style", values=Words(), example="raw"),
    Parameter(name="raw", values=Flag()),
    Parameter(name="v", aliases=("version",), values=Words(), scope="order", example="7"),
    Parameter(name="niji", values=Words(), scope="order", example="6"),
    Parameter(name="sref", values=Words(), scope="variations", example="random"),
    Parameter(name="sw", values=Whole(0, 1000), default="100", scope="variations", example="200"),
    Parameter(name="sv", values=Whole(1, 6), scope="variations", example="4"),
    Parameter(name="cref", values=Words(), scope="variations", example="https://example.com/face.png"),
    Parameter(name="cw", values=Whole(0, 100), default="100", scope="variations", example="50"),
    Parameter(name="oref", values=Words(), scope="variations", example="https://example.com/cup.png"),
    Parameter(name="ow", values=Whole(0, 1000), default="100", scope="variations", example="200"),
    Parameter(name="p", aliases=("profile", "personalize"), values=Words()),
    Parameter(name="exp", values=Whole(0, 100), default="0", example="10"),
    Parameter(name="draft", values=Flag()),
    Parameter(name="hd", values=Flag()),
    Parameter(name="sd", values=Flag()),
    Parameter(name="fast", values=Flag(), scope="order"),
    Parameter(name="relax", values=Flag(), scope="order"),
    Parameter(name="turbo", values=Flag(), scope="order"),
    Parameter(name="stealth", values=Flag(), scope="order"),
    Parameter(name="public", values=Flag(), scope="order"),
    Parameter(name="video", values=Words(), scope="variations"),
    Parameter(name="motion", values=Choice(("low", "high")), default="low", example="low"),
    Parameter(name="loop", values=Flag()),
    Parameter(name="end", values=Words(), example="https://example.com/last.png"),
    Parameter(name="bs", values=Choice(("1", "2", "4")), example="1"),
    Parameter(name="zoom", values=Decimal(1, 2), example="1.5"),
)

# Names from Midjourney's first year; `--w` meant the width then and means `--weird` now.
_LEGACY = tuple(
    Parameter(name=name, values=Words())
    for name in (
        "h", "width", "height", "uplight", "upbeta", "upanime", "creative", "test", "testp", "hq", "vibe", "newclip",
        "nostretch", "old", "beta", "wallpaper", "sl", "ml", "ll", "sp", "mp", "lp",
    )
)  # fmt: skip

PARAMETERS: tuple[Parameter, ...] = (*_HERE, *_LATER, *_LEGACY)

BY_NAME: Mapping[str, Parameter] = MappingProxyType({name: row for row in PARAMETERS for name in row.names})

AVAILABLE: tuple[Parameter, ...] = tuple(row for row in PARAMETERS if row.available)
