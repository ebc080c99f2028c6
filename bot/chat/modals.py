"""The forms of Remix and Custom Zoom: made from what a button opens, understood by their custom_id alone."""

import re
from typing import TYPE_CHECKING

import discord

from bot.actions import ACTIONS, Action, Wording, button_of
from bot.chat.answer import Interaction, asker, check_permissions, pressed_id
from bot.chat.fields import field_value
from bot.chat.forms import PromptForm
from bot.chat.pressing import carry_out, ids_on
from bot.custom_ids import Filled, Pressed, form_id, read_form
from bot.errors import ActionRestricted, JobUnknown, NotFinished
from bot.studio import Opening, Press
from bot.texts import say
from db.jobs import Acceptance, Job
from pipeline.spec import JobId

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

WORDS: dict[Wording, str] = {"imagine": "reroll", "vary": "remix", "zoom": "zoom", "pan": "pan"}


def modal_for(opening: Opening, message_id: str) -> discord.ui.Modal:
    """Make the form that a button opens, with the prompt in it."""
    words = WORDS[opening.action.wording]
    return PromptForm(
        title=say(f"form.{words}", manner=say(f"manner.{opening.action.manner}")),
        label=say(f"form.{words}.field", slot=opening.slot),
        custom_id=form_id(opening.form, opening.slot, opening.job_id, message_id),
        field_id=opening.form.field,
        text=opening.text,
        hint=None if opening.whole else say("form.kept"),
        required=opening.whole,
    ).modal()


async def submitted(interaction: Interaction, match: re.Match[str]) -> None:
    """Make the job that a form asks for; after a restart as well as before."""
    filled = read_form(match.string)
    if filled is None:
        raise JobUnknown
    client: EaselClient = interaction.client
    parent = await _parent(client, filled)
    await carry_out(interaction, parent.id, _accept(interaction, client, filled, parent))


async def _parent(client: "EaselClient", filled: Filled) -> Job:
    if filled.job_id is not None:
        return await client.studio.find(filled.job_id)
    return await client.studio.find_by_message(filled.message_id or "")


async def _accept(interaction: Interaction, client: "EaselClient", filled: Filled, parent: Job) -> Acceptance:
    check_permissions(interaction)
    pressed = Pressed(action=_action(filled, parent), slot=filled.slot, job_id=JobId(parent.id))
    press = Press(
        pressed=pressed,
        message_id=_pressed_message(interaction, parent),
        custom_id=pressed_id(interaction),
        prompt=field_value(interaction),
    )
    return await client.studio.press(press, asker(interaction))


def _action(filled: Filled, parent: Job) -> Action:
    """The one of a form's actions whose button stands below the result."""
    result = ACTIONS[parent.action].gives
    found = [ACTIONS[key] for key in filled.form.actions if result in ACTIONS[button_of(key)].offered_on]
    if not found:
        raise ActionRestricted
    return found[0]


def _pressed_message(interaction: Interaction, parent: Job) -> str:
    """The message whose button opened the form; it must be ours and about this job."""
    message = interaction.message
    if message is None:
        if parent.result_message_id is None:
            raise NotFinished
        return parent.result_message_id
    if not any(parent.id in custom_id for custom_id in ids_on(interaction, message)):
        raise ActionRestricted
    return str(message.id)
