"""The buttons below jobs: what a press does, and what its presser is told."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord
import structlog

from bot.actions import Controlled, Pressed, read_custom_id
from bot.chat import present
from bot.chat.answer import Interaction, asker, check_permissions, in_time, pressed_id, privately, whisper
from bot.errors import ActionRestricted, JobUnknown
from bot.studio import Press
from bot.texts import say
from db.jobs import Acceptance, Job

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

log = structlog.get_logger(__name__)


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
    acceptance = await in_time(interaction, _accept(interaction, client, pressed))
    if acceptance is None:
        return
    if not acceptance.fresh:
        await _say_known(interaction, acceptance)
        return
    await client.show_waiting(interaction, acceptance)
    await _recolour(interaction, client, pressed)


async def _accept(interaction: Interaction, client: "EaselClient", pressed: Pressed) -> Acceptance:
    check_permissions(interaction)
    message = own_message(interaction)
    custom_id = pressed_id(interaction)
    press = Press(pressed=pressed, message_id=str(message.id), custom_id=custom_id)
    return await client.studio.press(press, asker(interaction))


def own_message(interaction: Interaction) -> discord.Message:
    """Return the pressed message; raises ActionRestricted unless it is ours and really carries this button.

    The platform's promise to check that a custom_id belongs to its message was taken back, so it is checked here.
    """
    message = interaction.message
    custom_id = pressed_id(interaction)
    if message is None or interaction.client.user is None or message.author.id != interaction.client.user.id:
        raise ActionRestricted
    if custom_id not in {getattr(part, "custom_id", None) for row in message.components for part in _parts(row)}:
        raise ActionRestricted
    return message


def _parts(row: object) -> list[object]:
    return list(getattr(row, "children", ()))


async def _say_known(interaction: Interaction, acceptance: Acceptance) -> None:
    job = acceptance.job
    if acceptance.reason == "delivered" and job.result_message_id:
        await whisper(interaction, say("press.delivered", url=message_url(job, job.result_message_id)))
        return
    await whisper(interaction, say(f"press.{acceptance.reason}", url=""))


def message_url(job: Job, message_id: str) -> str:
    """Link to a message of a job, for people."""
    return f"https://discord.com/channels/{job.guild_id or '@me'}/{job.channel_id}/{message_id}"


async def _recolour(interaction: Interaction, client: "EaselClient", pressed: Pressed) -> None:
    """Colour what has been pressed; nothing depends on it, so a failure is only logged."""
    message = interaction.message
    if message is None:
        return
    try:
        parent = await client.studio.find(pressed.job_id)
        marks = await client.studio.pressed_on(pressed.job_id)
        view = present.result_view(parent, marks | {(pressed.action.key, pressed.slot)})
        await client.partial_message(str(message.channel.id), str(message.id)).edit(view=view)
    except Exception as error:  # noqa: BLE001 - a colour is worth a line in the log, not more
        log.info("button not recoloured", message=message.id, error=f"{type(error).__name__}: {error}")


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
    url = message_url(rated, rated.result_message_id) if rated.result_message_id else None
    text = say("rated", url=url) if url else say("rated.plain")
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
