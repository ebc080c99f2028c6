"""What can be done with a picture: one row an action, and the custom_id that names action, slot and job."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.spec import JobId, Verb

Result = Literal["grid", "solo"]
Strength = Literal["subtle", "normal", "strong"]
Control = Literal["cancel", "bookmark"]

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@dataclass(frozen=True, kw_only=True)
class Action:
    """One kind of job, as asked for by a command or a button."""

    key: str
    """Stored with the job, and its place in the custom_id."""
    verb: Verb
    gives: Result
    price: str
    """A field of `bot.settings.Prices`."""
    offered_on: frozenset[Result] = frozenset()
    """Below which results its buttons stand; empty for commands."""
    takes_slot: bool = False
    """Starts from one picture of the parent."""
    solo_form: bool = False
    """Its custom_id ends in ::SOLO."""
    strength: Strength = "normal"
    once: bool = False
    """The same picture is made once; a second press gets the first result."""


ACTIONS: Mapping[str, Action] = {
    action.key: action
    for action in (
        Action(key="imagine", verb="draw", gives="grid", price="imagine"),
        Action(
            key="upsample",
            verb="upscale",
            gives="solo",
            price="upscale",
            offered_on=frozenset({"grid"}),
            takes_slot=True,
            once=True,
        ),
        Action(key="reroll", verb="draw", gives="grid", price="reroll", offered_on=frozenset({"grid"}), solo_form=True),
        Action(
            key="variation",
            verb="vary",
            gives="grid",
            price="variation",
            offered_on=frozenset({"grid"}),
            takes_slot=True,
        ),
        Action(
            key="low_variation",
            verb="vary",
            gives="grid",
            price="variation",
            offered_on=frozenset({"solo"}),
            takes_slot=True,
            solo_form=True,
            strength="subtle",
        ),
        Action(
            key="high_variation",
            verb="vary",
            gives="grid",
            price="variation",
            offered_on=frozenset({"solo"}),
            takes_slot=True,
            solo_form=True,
            strength="strong",
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """What a custom_id says: make another job from this one."""

    action: Action
    slot: int
    job_id: JobId


@dataclass(frozen=True, kw_only=True)
class Controlled:
    """What a custom_id says: do something with this job itself."""

    control: Control
    job_id: JobId


_JOB = re.compile(rf"MJ::JOB::(?P<action>[a-z_]+)::(?P<slot>[0-4])::(?P<job>{UUID})(?P<solo>::SOLO)?")
_CONTROLS: Mapping[Control, str] = {"cancel": "MJ::CancelJob::ByJobid::{job}", "bookmark": "MJ::BOOKMARK::{job}"}
CUSTOM_ID = re.compile(
    rf"MJ::JOB::[a-z_]+::[0-4]::{UUID}(?:::SOLO)?|MJ::CancelJob::ByJobid::{UUID}|MJ::BOOKMARK::{UUID}"
)
OURS = re.compile(r"MJ::.*", re.DOTALL)
"""What may be ours, those of other versions and cut ones too: they are answered in words, not with silence."""


def custom_id(action: Action, slot: int, job_id: str) -> str:
    """Name an action on a slot of a job, at most 100 characters; slot 0 means the whole result."""
    return f"MJ::JOB::{action.key}::{slot}::{job_id}" + ("::SOLO" if action.solo_form else "")


def control_id(control: Control, job_id: str) -> str:
    return _CONTROLS[control].format(job=job_id)


def read_custom_id(text: str) -> Pressed | Controlled | None:
    """Understand a custom_id of ours; anything else, forged and cut ones too, is None."""
    if not CUSTOM_ID.fullmatch(text):
        return None
    if match := _JOB.fullmatch(text):
        return _read_press(match)
    job_id = JobId(text.rsplit("::", 1)[1])
    return Controlled(control="cancel" if text.startswith("MJ::CancelJob") else "bookmark", job_id=job_id)


def _read_press(match: re.Match[str]) -> Pressed | None:
    action = ACTIONS.get(match["action"])
    slot = int(match["slot"])
    if action is None or not action.offered_on or action.takes_slot != (slot > 0):
        return None
    if bool(match["solo"]) != action.solo_form:
        return None
    return Pressed(action=action, slot=slot, job_id=JobId(match["job"]))


def offered(result: Result) -> list[Action]:
    """List the actions whose buttons stand below a result."""
    return [action for action in ACTIONS.values() if result in action.offered_on]
