"""The custom_ids of buttons and forms: they name action, slot and job, so that all of them work for ever."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.actions import ACTIONS, Action
from pipeline.spec import JobId

Control = Literal["cancel", "bookmark"]

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
OURS = re.compile(r"MJ::.*", re.DOTALL)
"""What may be ours, those of other versions and cut ones too: they are answered in words, not with silence."""


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """What a button says: make another job from this one."""

    action: Action
    slot: int
    """0: the whole result."""
    job_id: JobId


@dataclass(frozen=True, kw_only=True)
class Controlled:
    """What a button says: do something with this job itself."""

    control: Control
    job_id: JobId


@dataclass(frozen=True, kw_only=True)
class Form:
    """A modal in which the prompt can be changed before a job is made from another."""

    custom_id: str
    """With {job} and {slot}, or {message}: the message that was pressed."""
    field: str
    """The custom_id of its text."""
    actions: tuple[str, ...]
    """What it orders: the one of them that is offered below the job's result."""
    always: bool = False
    """It opens whether the member has asked for Remix or not."""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What the custom_id of a form says that has been filled in."""

    form: Form
    slot: int
    job_id: JobId | None
    message_id: str | None
    """Given where the job is not."""


FORMS: tuple[Form, ...] = (
    Form(
        custom_id="MJ::RemixModal::{job}::{slot}::0",
        field="MJ::RemixModal::new_prompt",
        actions=("subtle_variation", "low_variation"),
    ),
    Form(
        custom_id="MJ::RemixModal::{job}::{slot}::1",
        field="MJ::RemixModal::new_prompt",
        actions=("variation", "high_variation"),
    ),
    Form(custom_id="MJ::ImagineModal::{message}", field="MJ::ImagineModal::new_prompt", actions=("reroll",)),
    Form(custom_id="MJ::OutpaintModal::-1::1::{job}", field="MJ::OutpaintModal::new_prompt", actions=("reroll",)),
    *(
        Form(
            custom_id=f"MJ::OutpaintModal::{number}::{{slot}}::{{job}}",
            field="MJ::OutpaintModal::new_prompt",
            actions=(f"outpaint_{number}",),
        )
        for number in (50, 75, 100)
    ),
    Form(
        custom_id="MJ::OutpaintCustomZoomModal::{job}",
        field="MJ::OutpaintCustomZoomModal::prompt",
        actions=("custom_zoom",),
        always=True,
    ),
    *(
        Form(
            custom_id=f"MJ::PanModal::{side}::{{job}}::{{slot}}", field="MJ::PanModal::prompt", actions=(f"pan_{side}",)
        )
        for side in ("left", "right", "up", "down")
    ),
)

_CONTROLS: Mapping[Control, str] = {"cancel": "MJ::CancelJob::ByJobid::{job}", "bookmark": "MJ::BOOKMARK::{job}"}
_PARTS = {"slot": "(?P<slot>[1-4])", "job": f"(?P<job>{UUID})", "message": r"(?P<message>[0-9]{1,20})"}


def _pattern(template: str) -> re.Pattern[str]:
    """The custom_ids that a template stands for; nothing but the named parts is special in it."""
    return re.compile(template.format(**_PARTS))


_BUTTONS = tuple((_pattern(action.button), action) for action in ACTIONS.values() if action.button)
_CONTROLLED = tuple((_pattern(template), control) for control, template in _CONTROLS.items())
_FILLED = tuple((_pattern(form.custom_id), form) for form in FORMS)


def custom_id(action: Action, slot: int, job_id: str) -> str:
    """Name an action on a slot of a job, at most 100 characters; slot 0 means the whole result."""
    return action.button.format(slot=slot, job=job_id)


def control_id(control: Control, job_id: str) -> str:
    return _CONTROLS[control].format(job=job_id)


def form_id(form: Form, slot: int, job_id: str, message_id: str) -> str:
    """Name a form for a slot of a job, or for the message that was pressed, at most 100 characters."""
    return form.custom_id.format(slot=slot, job=job_id, message=message_id)


def read_custom_id(text: str) -> Pressed | Controlled | None:
    """Understand a button of ours; anything else, forged and cut ones too, is None."""
    for pattern, action in _BUTTONS:
        if match := pattern.fullmatch(text):
            return Pressed(action=action, slot=_slot(match, action), job_id=JobId(match["job"]))
    for pattern, control in _CONTROLLED:
        if match := pattern.fullmatch(text):
            return Controlled(control=control, job_id=JobId(match["job"]))
    return None


def read_form(text: str) -> Filled | None:
    """Understand a form of ours; anything else is None."""
    for pattern, form in _FILLED:
        if match := pattern.fullmatch(text):
            given = match.groupdict()
            job_id = JobId(given["job"]) if "job" in given else None
            slot = _slot(match, ACTIONS[form.actions[0]])
            return Filled(form=form, slot=slot, job_id=job_id, message_id=given.get("message"))
    return None


def _slot(match: re.Match[str], action: Action) -> int:
    """The slot that is named, or the only one that there can be."""
    return int(match.groupdict().get("slot") or action.takes_slot)
