"""The buttons below jobs: what a press does, and what its presser is told."""

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat import modals
from bot.chat.answer import Interaction, asker, check_permissions, in_time, pressed_id, privately, whisper
from bot.chat.pressing import carry_out, own_message
from bot.custom_ids import FORMS, Controlled, Pressed, read_custom_id
from bot.errors import ActionRestricted, JobUnknown
from bot.studio import Opening, Press
from bot.texts import say
from db.errors import DatabaseBusy, DatabaseUnavailable
from db.jobs import Acceptance, Job

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

GLANCE_S, LONGEST_GLANCE_S = 0.5, 2.0
"""How long it may take to find out whether a form opens: for those that need not, and for those that must."""


async def pressed(interaction: Interaction, match: re.Match[str]) -> None:
    """Answer a press of a button that belongs to a job."""
    meaning = read_custom_id(match.string)
    match meaning:
        case Pressed():
            await _press(interaction, meaning)
        case Controlled(control="cancel"):
            await _cancel(interaction, meaning.job_id)
        case Controlled(control="bookmark"):
            await _rate(interaction, meaning.job_id)
        case _:
            async with privately(interaction):
                raise JobUnknown


async def _press(interaction: Interaction, pressed: Pressed) -> None:
    client: EaselClient = interaction.client
    if pressed.action.verb == "repaint":
        await _edit_region(interaction, pressed)
        return
    if opening := await _opening(interaction, client, pressed):
        # Nothing may be answered before a form, not even a deferral.
        await interaction.response.send_modal(modals.modal_for(opening, _press_of(interaction, pressed).message_id))
        return
    await carry_out(interaction, pressed.job_id, _accept(interaction, client, pressed))


async def _accept(interaction: Interaction, client: "EaselClient", pressed: Pressed) -> Acceptance:
    check_permissions(interaction)
    return await client.studio.press(_press_of(interaction, pressed), asker(interaction))


async def _opening(interaction: Interaction, client: "EaselClient", pressed: Pressed) -> Opening | None:
    """Find out, quickly, whether the button opens a form; where that takes too long, Remix is left out."""
    forms = [form for form in FORMS if pressed.action.key in form.actions]
    if not forms:
        return None
    always = any(form.always for form in forms)
    try:
        async with asyncio.timeout(LONGEST_GLANCE_S if always else GLANCE_S):
            check_permissions(interaction)
            return await client.studio.opening(_press_of(interaction, pressed), asker(interaction))
    except (TimeoutError, DatabaseUnavailable) as error:
        if always:
            raise DatabaseBusy("no form without the prompt") from error
        return None


async def _edit_region(interaction: Interaction, pressed: Pressed) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        check_permissions(interaction)
        if client.desks.regions is None:
            raise ActionRestricted
        link = await client.desks.regions.link(_press_of(interaction, pressed), asker(interaction))
        await interaction.edit_original_response(content=say("region.link", url=link))


def _press_of(interaction: Interaction, pressed: Pressed) -> Press:
    message = own_message(interaction)
    return Press(pressed=pressed, message_id=str(message.id), custom_id=pressed_id(interaction))


async def _cancel(interaction: Interaction, job_id: str) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        message = own_message(interaction)
        outcome = await client.studio.cancel(job_id, asker(interaction), str(message.id))
        await interaction.edit_original_response(content=say(f"cancel.{outcome}"))


async def _rate(interaction: Interaction, job_id: str) -> None:
    client: EaselClient = interaction.client
    noted = await in_time(interaction, _note_rating(interaction, client, job_id))
    if noted is None:
        return
    rated = noted.job
    if rated is None:
        await whisper(interaction, say("rated.again"))
        return
    text = say("rated", url=own_message(interaction).jump_url)
    if interaction.response.is_done():
        await interaction.edit_original_response(content=text)
    else:
        await interaction.response.send_message(text)


async def _note_rating(interaction: Interaction, client: "EaselClient", job_id: str) -> "_Rating":
    own_message(interaction)
    return _Rating(job=await client.studio.rate(job_id, asker(interaction)))


@dataclass(frozen=True, kw_only=True)
class _Rating:
    job: Job | None
    """None if this person has rated it before."""
