"""`/show`: a finished job again, with its buttons as they are now."""

import contextlib
from functools import partial
from typing import TYPE_CHECKING

import discord
import structlog
from discord import app_commands

from bot.chat import present
from bot.chat.answer import UNREACHABLE, Interaction, asker, in_time, notice_of
from bot.chat.embeds import embed_of
from bot.chat.fitting import sent_to_fit
from bot.errors import Unsent
from bot.keepsakes import Recalled
from bot.parcels import Parcel
from bot.texts import say
from db.jobs import Posting

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

log = structlog.get_logger(__name__)


@app_commands.command(name="show", description=say("command.show"))
@app_commands.describe(job_id=say("command.show.job_id"))
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def show(interaction: Interaction, job_id: app_commands.Range[str, 1, 500]) -> None:
    client: EaselClient = interaction.client
    by = asker(interaction)
    recalled = await in_time(interaction, client.desks.keepsakes.recall(job_id, by))
    if recalled is None:
        return
    try:
        message_id = await _loading(interaction)
        where = Posting(guild_id=by.guild_id, channel_id=by.channel_id, message_id=str(message_id))
        # Before anybody can press: the buttons work where this says.
        await client.desks.keepsakes.posted(recalled.job, where)
        await _fill(interaction, client, recalled, by.upload_limit)
        await client.desks.keepsakes.restored(recalled.job)
    except Exception as error:  # noqa: BLE001 - instead of the picture come words
        log.warning("job not shown", job=recalled.job.id, error=f"{type(error).__name__}: {error}")
        await _give_up(interaction, Unsent() if isinstance(error, UNREACHABLE) else error)


async def _give_up(interaction: Interaction, error: Exception) -> None:
    with contextlib.suppress(*UNREACHABLE):
        await interaction.delete_original_response()
        await interaction.followup.send(embed=embed_of(notice_of(interaction, error)), ephemeral=True)


async def _loading(interaction: Interaction) -> int:
    """Post the message that will carry the job, and return its id."""
    text = say("show.loading")
    if interaction.response.is_done():
        return (await interaction.edit_original_response(content=text)).id
    callback = await interaction.response.send_message(text)
    return callback.message_id or (await interaction.original_response()).id


async def _fill(interaction: Interaction, client: "EaselClient", recalled: Recalled, limit: int | None) -> None:
    """Put text, picture and buttons into the message; a picture that is too large is made smaller."""
    job = recalled.job
    view = client.view_of(job, await client.studio.pressed_on(job.id))

    async def send(parcel: Parcel, file: discord.File) -> None:
        text = _text(client, recalled, parcel)
        await interaction.edit_original_response(content=text, attachments=[file], view=view)

    await sent_to_fit(limit, partial(client.desks.keepsakes.pack, job), send)


def _text(client: "EaselClient", recalled: Recalled, parcel: Parcel) -> str:
    smaller = parcel.concession == "smaller"
    text = present.final(recalled.job, parcel.spec, smaller=smaller, gallery_url=client.studio.gallery_url)
    parent = recalled.parent
    if parent is None:
        return text
    url = present.jump_url(parent.guild_id, parent.channel_id, parent.message_id)
    return "\n".join([text, say("show.parent", url=url)])
