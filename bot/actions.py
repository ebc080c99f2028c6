"""What can be done with a picture: one row an action, with everything that its button and its job need to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pipeline.spec import Verb

Result = Literal["grid", "solo", "upscaled"]
"""Four pictures; one of them, enlarged once (U); the same, enlarged again."""
Strength = Literal["subtle", "normal", "strong"]
Side = Literal["left", "right", "up", "down"]
Wording = Literal["imagine", "vary", "upscale", "enlarge", "zoom", "pan"]
"""How its messages are worded: the keys of `bot.texts` behind waiting, progress and final."""


@dataclass(frozen=True, kw_only=True)
class Zoom:
    """The picture gets smaller, in the middle of a new one of the same size."""

    factor: Fraction | None
    """None: as the prompt's --zoom says."""


@dataclass(frozen=True, kw_only=True)
class Pan:
    """The picture grows by half of its side in one direction."""

    side: Side


@dataclass(frozen=True, kw_only=True)
class Square:
    """The picture grows along its shorter side until it is a square."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """One kind of job, as asked for by a command or a button."""

    key: str
    """Stored with the job."""
    verb: Verb
    gives: Result
    price: str
    """A field of `bot.settings.Prices`."""
    wording: Wording = "imagine"
    manner: str = ""
    """The word in brackets in its messages: the key of `bot.texts` behind strength."""
    offered_on: frozenset[Result] = frozenset()
    """Below which results its button stands; empty for commands."""
    button: str = ""
    """Its button's custom_id, with {slot} and {job}; an old one must be understood for ever."""
    emoji: str = ""
    row: int = 0
    """0 … 4; no row holds more than five buttons."""
    takes_slot: bool = False
    """Starts from one picture of the parent."""
    strength: Strength = "normal"
    once: bool = False
    """The same picture is made once; a second press gets the first result."""
    extends: Zoom | Pan | Square | None = None
    """For `extend`: where the new parts come to lie."""
    stands_for: str = ""
    """The action whose button ordered it, where a member's preferences chose this one instead."""


_GRID: frozenset[Result] = frozenset({"grid"})
_SOLO: frozenset[Result] = frozenset({"solo"})
_SINGLE: frozenset[Result] = frozenset({"solo", "upscaled"})
_SIDES: tuple[tuple[Side, str], ...] = (("left", "⬅️"), ("right", "➡️"), ("up", "⬆️"), ("down", "⬇️"))

_ALL = (
    Action(key="imagine", verb="draw", gives="grid", price="imagine"),
    Action(key="blend", verb="draw", gives="grid", price="imagine"),
    # Below a grid
    Action(
        key="upsample", verb="upscale", gives="solo", price="upscale", wording="upscale", offered_on=_GRID,
        button="MJ::JOB::upsample::{slot}::{job}", takes_slot=True, once=True,
    ),
    Action(
        key="reroll", verb="draw", gives="grid", price="reroll", offered_on=_GRID,
        button="MJ::JOB::reroll::0::{job}::SOLO", emoji="🔄",
    ),
    Action(
        key="variation", verb="vary", gives="grid", price="variation", wording="vary", manner="normal",
        offered_on=_GRID, button="MJ::JOB::variation::{slot}::{job}", row=1, takes_slot=True,
    ),
    Action(
        key="subtle_variation", verb="vary", gives="grid", price="variation", wording="vary", manner="subtle",
        takes_slot=True, strength="subtle", stands_for="variation",
    ),
    # Below a single picture
    Action(
        key="upsample_v7_2x_subtle", verb="upscale", gives="upscaled", price="upscale_subtle", wording="enlarge",
        manner="subtle", offered_on=_SINGLE, button="MJ::JOB::upsample_v7_2x_subtle::{slot}::{job}::SOLO", emoji="⏫",
        takes_slot=True, once=True,
    ),
    Action(
        key="upsample_v7_2x_creative", verb="refine", gives="upscaled", price="upscale_creative", wording="enlarge",
        manner="creative", offered_on=_SINGLE, button="MJ::JOB::upsample_v7_2x_creative::{slot}::{job}::SOLO",
        emoji="⏫", takes_slot=True, strength="subtle",
    ),
    Action(
        key="low_variation", verb="vary", gives="grid", price="variation", wording="vary", manner="subtle",
        offered_on=_SINGLE, button="MJ::JOB::low_variation::{slot}::{job}::SOLO", emoji="🪄", row=1, takes_slot=True,
        strength="subtle",
    ),
    Action(
        key="high_variation", verb="vary", gives="grid", price="variation", wording="vary", manner="strong",
        offered_on=_SINGLE, button="MJ::JOB::high_variation::{slot}::{job}::SOLO", emoji="🪄", row=1, takes_slot=True,
        strength="strong",
    ),
    Action(
        key="inpaint", verb="repaint", gives="grid", price="region", wording="vary", manner="region",
        offered_on=_SOLO, button="MJ::Inpaint::{slot}::{job}::SOLO", emoji="🖌️", row=1, takes_slot=True,
    ),
    *(
        Action(
            key=f"outpaint_{number}", verb="extend", gives="grid", price="zoom", wording="zoom", offered_on=_SOLO,
            button=f"MJ::Outpaint::{number}::{{slot}}::{{job}}::SOLO", emoji="🔍", row=2, takes_slot=True,
            extends=Zoom(factor=factor),
        )
        for number, factor in ((50, Fraction(2)), (75, Fraction(3, 2)))
    ),
    Action(
        key="custom_zoom", verb="extend", gives="grid", price="zoom", wording="zoom", offered_on=_SOLO,
        button="MJ::CustomZoom::{job}", emoji="🔍", row=2, takes_slot=True, extends=Zoom(factor=None),
    ),
    Action(
        key="outpaint_100", verb="extend", gives="grid", price="zoom", wording="zoom", offered_on=_SOLO,
        button="MJ::Outpaint::100::{slot}::{job}::SOLO", row=2, takes_slot=True, extends=Square(),
    ),
    *(
        Action(
            key=f"pan_{side}", verb="extend", gives="grid", price="pan", wording="pan", manner=side, offered_on=_SOLO,
            button=f"MJ::JOB::pan_{side}::{{slot}}::{{job}}::SOLO", emoji=emoji, row=3, takes_slot=True,
            extends=Pan(side=side),
        )
        for side, emoji in _SIDES
    ),
)  # fmt: skip

ACTIONS: Mapping[str, Action] = {action.key: action for action in _ALL}


def offered(result: Result) -> list[Action]:
    """List the actions whose buttons may stand below a result, in their order."""
    return [action for action in ACTIONS.values() if result in action.offered_on]


def button_of(key: str) -> str:
    """The action whose button led to a job of this action."""
    return ACTIONS[key].stands_for or key
