"""The parameter table: everything Midjourney knows by name, and which of it can be used here."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from types import MappingProxyType
from typing import Any, Literal

from bot.prompt.looks import Maybe, Niji, Raw, Repeat, Styles, Version, Zoom
from bot.prompt.prompt import DEFAULTS, Limits, Prompt
from bot.prompt.texts import Sentence, say
from bot.prompt.values import Decimal, Flag, Items, Kind, Quality, Shape, Values, Whole, Words

Scope = Literal["grid", "variations", "order"]
"""What it acts on: only a first grid; variations as well; the order itself (speed, number, visibility)."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One row: a new parameter is a row with `field` or `sets`, and those fields of `Prompt`."""

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
    """The field of `Prompt` that its value fills."""
    sets: Mapping[str, Any] = dataclass_field(default_factory=dict)
    """Fields that its presence alone fills."""
    mechanisms: tuple[str, ...] = ()
    """The model must have one of these."""
    printed_as: str = ""
    """The parameter that the normalised prompt shows in its place."""
    instead: str = ""
    """Of what does nothing here: key of the sentence that says so, and what to use."""
    mistaken: tuple[str, ...] = ()
    """Names that people from other programs try."""

    @property
    def available(self) -> bool:
        return not self.instead

    @property
    def kind(self) -> Kind:
        return self.values.kind

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields that it fills."""
        return (*((self.field,) if self.field else ()), *self.sets)

    @property
    def help(self) -> Sentence:
        return say(f"help.{self.name}") if self.available else say(self.instead, name=f"--{self.name}")

    def works_with(self, limits: Limits) -> bool:
        """Whether the model has what it needs, and this is a place for it."""
        has = not self.mechanisms or bool(limits.mechanisms.intersection(self.mechanisms))
        return has and (limits.zoom or self.field != "zoom")

    def typed(self, value: object) -> str:
        """The parameter with a value, complete, as it should be typed."""
        return f"--{self.name} {self.values.write(value)}".rstrip(" ")

    def filled(self, value: object) -> dict[str, Any]:
        """The fields of `Prompt` that it fills, when it stands there with this value."""
        return {**({self.field: value} if self.field else {}), **self.sets}

    def stands_in(self, prompt: Prompt) -> bool:
        """Whether the prompt has it, with a value that is not the default."""
        has = all(getattr(prompt, name) == value for name, value in self.sets.items())
        return has and any(getattr(prompt, name) != DEFAULTS[name] for name in self.fields)

    def shown(self, prompt: Prompt) -> str:
        """The parameter as the prompt has it."""
        return self.typed(getattr(prompt, self.field) if self.field else True)


_SEED = Whole(0, 4_294_967_295)
_STYLES = ("style_images", "style_codes")

# The normalised prompt prints them in this order: --no, then --raw, are the last.
_HERE = (
    Parameter(
        name="ar", aliases=("aspect",), values=Shape(), default="1:1", scope="variations", example="3:2", field="ratio",
        mistaken=("ratio", "aspectratio", "aspect_ratio", "size", "shape"),
    ),
    Parameter(
        name="chaos", aliases=("c",), values=Whole(0, 100), default="0", example="20", field="chaos",
        mechanisms=("chaos",), mistaken=("variety", "diversity"),
    ),
    Parameter(
        name="quality", aliases=("q",), values=Quality(), default="1", example="0.5", field="quality",
        mistaken=("steps",),
    ),
    Parameter(
        name="seed", values=_SEED, example="1234", field="seed", sets={"same_noise": False}, mechanisms=("seed",),
    ),
    Parameter(
        name="sameseed", values=Maybe(_SEED), example="1234", field="seed", sets={"same_noise": True},
        mechanisms=("same_noise",),
    ),
    Parameter(
        name="stop", values=Whole(10, 100), default="100", scope="variations", example="80", field="stop",
        mechanisms=("stop",),
    ),
    Parameter(
        name="stylize", aliases=("s",), values=Whole(0, 1000), default="100", example="250", field="stylize",
        mechanisms=("stylize",), mistaken=("stylise", "creativity"),
    ),
    Parameter(
        name="weird", aliases=("w",), values=Whole(0, 3000), default="0", example="250", field="weird",
        mechanisms=("weird",),
    ),
    Parameter(
        name="tile", values=Flag(), scope="variations", sets={"tile": True}, mechanisms=("tile",),
        mistaken=("seamless", "pattern"),
    ),
    Parameter(
        name="iw", values=Decimal(0, 3), default="1", example="1.5", field="image_weight",
        mechanisms=("image_prompts",), mistaken=("imageweight",),
    ),
    Parameter(
        name="sref", values=Styles(), scope="variations", example="random", field="style_refs", mechanisms=_STYLES,
    ),
    Parameter(
        name="sw", values=Whole(0, 1000), default="100", scope="variations", example="200", field="style_weight",
        mechanisms=_STYLES,
    ),
    Parameter(name="draft", values=Flag(), sets={"draft": True}),
    Parameter(
        name="video", values=Flag(), scope="variations", sets={"video": True}, mechanisms=("previews",),
        mistaken=("film", "movie"),
    ),
    Parameter(
        name="v", aliases=("version",), values=Version(), scope="variations", field="model", mistaken=("model",),
    ),
    Parameter(name="niji", values=Niji(), scope="variations", field="model", printed_as="v"),
    Parameter(
        name="no", values=Items(), scope="variations", example="text, people", field="no", mechanisms=("negative",),
        mistaken=("not", "without", "exclude", "negative", "neg", "negative_prompt"),
    ),
    Parameter(name="raw", values=Flag(), sets={"raw": True}, mechanisms=("stylize",)),
    Parameter(
        name="style", values=Raw(), example="raw", sets={"raw": True}, mechanisms=("stylize",), printed_as="raw",
    ),
    Parameter(name="fast", values=Flag(), scope="order", sets={"speed": "fast"}),
    Parameter(name="relax", values=Flag(), scope="order", sets={"speed": "relax"}, mistaken=("relaxed", "slow")),
    Parameter(name="turbo", values=Flag(), scope="order", sets={"speed": "turbo"}),
    Parameter(name="stealth", values=Flag(), scope="order", sets={"stealth": True}, mistaken=("private",)),
    Parameter(name="public", values=Flag(), scope="order", sets={"stealth": False}),
    Parameter(name="repeat", aliases=("r",), values=Repeat(), scope="order", example="4", field="repeat"),
    Parameter(name="zoom", values=Zoom(), scope="order", example="1.5", field="zoom"),
)  # fmt: skip

# Known by name: what models and sites of others understand.
_ELSEWHERE = tuple(
    Parameter(name=names[0], aliases=names[1:], values=Words(), instead=f"instead.{key}")
    for key, all_names in {
        "character": ("cref", "cw"),
        "object": ("oref", "ow"),
        "personal": ("p profile personalize",),
        "exp": ("exp",),
        "hd": ("hd",),
        "sd": ("sd",),
        "sv": ("sv",),
        "animate": ("motion", "loop", "end", "bs"),
        "size": ("h", "width", "height", "wallpaper", "sl", "ml", "ll", "sp", "mp", "lp"),
        "upscale": ("uplight", "upbeta", "upanime"),
        "model": ("test", "testp", "creative", "hq", "vibe", "newclip", "nostretch", "old", "beta"),
    }.items()
    for names in (tuple(one.split()) for one in all_names)
)

PARAMETERS: tuple[Parameter, ...] = (*_HERE, *_ELSEWHERE)

BY_NAME: Mapping[str, Parameter] = MappingProxyType({name: row for row in PARAMETERS for name in row.names})

AVAILABLE: tuple[Parameter, ...] = tuple(row for row in PARAMETERS if row.available)
