"""What follows a press: whose message it was, the job that it makes, and the colour of the button."""

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.chat.answer import Interaction, asker, in_time, pressed_id, whisper
from bot.chat.present import jump_url
from bot.errors import ActionRestricted
from bot.texts import say
from db.jobs import Acceptance, Job, Posting

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

log = structlog.get_logger(__name__)


def own_message(interaction: Interaction) -> discord.Message:
    """Return the pressed message; raises ActionRestricted unless it is ours and really carries this button.

    The platform's promise to check that a custom_id belongs to its message was taken back, so it is checked here.
    """
    message = interaction.message
    if message is None or pressed_id(interaction) not in ids_on(interaction, message):
        raise ActionRestricted
    return message


def ids_on(interaction: Interaction, message: discord.Message) -> set[str]:
    """The custom_ids that a message of ours carries; none for anybody else's."""
    if interaction.client.user is None or message.author.id != interaction.client.user.id:
        return set()
    found = (getattr(part, "custom_id", None) for row in message.components for part in _parts(row))
    return {one for one in found if one}


def _parts(row: object) -> list[object]:
    return list(getattr(row, "children", ()))


async def carry_out(interaction: Interaction, parent_id: str, work: Coroutine[Any, Any, Acceptance]) -> None:
    """Accept what was pressed, show it, and colour the button."""
    client: EaselClient = interaction.client
    acceptance = await in_time(interaction, work)
    if acceptance is None:
        return
    if not acceptance.fresh:
        await _say_known(interaction, client, acceptance)
        return
    await client.show_waiting(interaction, acceptance)
    if interaction.message is not None:
        await client.recolour(parent_id, str(interaction.message.channel.id), str(interaction.message.id))


async def _say_known(interaction: Interaction, client: "EaselClient", acceptance: Acceptance) -> None:
    found = await client.desks.keepsakes.postings(acceptance.job) if acceptance.reason == "delivered" else []
    if found:
        newest = _reachable(interaction, found)
        url = jump_url(newest.guild_id, newest.channel_id, newest.message_id)
        await whisper(interaction, say("press.delivered", url=url))
        return
    await whisper(interaction, say(f"press.{acceptance.reason}", url=""))


def _reachable(interaction: Interaction, found: Sequence[Posting]) -> Posting:
    """The newest on this server, or in this conversation: what stands elsewhere may be closed to whoever presses."""
    by = asker(interaction)
    near = (one for one in found if one.guild_id == by.guild_id and (one.guild_id or one.channel_id == by.channel_id))
    return next(near, found[0])


def message_url(job: Job, message_id: str) -> str:
    """Link to a message of a job, for people."""
    return jump_url(job.guild_id, job.channel_id, message_id)
