"""The commands in the menu of a message, under Apps: cancel, send, report."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.chat.answer import Interaction, asker, privately
from bot.chat.letters import report_of
from bot.chat.pressing import ids_on
from bot.chat.reactions import take_away
from bot.custom_ids import control_id, read_custom_id
from bot.errors import NoJobHere, NotYourJob
from bot.texts import say
from db.jobs import Job

if TYPE_CHECKING:
    from bot.chat.client import EaselClient


async def cancel(interaction: Interaction, message: discord.Message) -> None:
    """Do what ❌ does."""
    client: EaselClient = interaction.client
    async with privately(interaction):
        job = await _job_of(interaction, client, message)
        progress_id = str(message.id) if control_id("cancel", job.id) in ids_on(interaction, message) else None
        discarded = await client.desks.keepsakes.discard(job, asker(interaction), progress_id)
        await take_away(client, discarded.postings)
        removed = discarded.outcome == "removed"
        text = say("removed", job=job.id) if removed else say(f"cancel.{discarded.outcome}")
        await interaction.edit_original_response(content=text)


async def send(interaction: Interaction, message: discord.Message) -> None:
    """Do what ✉️ does."""
    client: EaselClient = interaction.client
    async with privately(interaction):
        job = await _job_of(interaction, client, message)
        if job.user_id != str(interaction.user.id):
            raise NotYourJob
        await client.mailbox.send_results(job)
        await interaction.edit_original_response(content=say("mail.sent"))


async def report(interaction: Interaction, message: discord.Message) -> None:
    """Tell the owners of the bot of a picture that should not be there."""
    client: EaselClient = interaction.client
    async with privately(interaction):
        job = await _job_of(interaction, client, message)
        by = asker(interaction)
        fresh = await client.desks.keepsakes.report(job, by)
        await interaction.edit_original_response(content=say("report.thanks" if fresh else "report.again"))
        if fresh:
            await client.mailbox.tell_owners(report_of(job, by.user_id, message.jump_url))


async def _job_of(interaction: Interaction, client: "EaselClient", message: discord.Message) -> Job:
    """Find the job that a message shows, after a crash by its buttons; raises NoJobHere."""
    known = await client.desks.keepsakes.find(str(message.id))
    if known is not None:
        return known
    for custom_id in sorted(ids_on(interaction, message)):
        meaning = read_custom_id(custom_id)
        if meaning is not None:
            return await client.studio.find(meaning.job_id)
    raise NoJobHere


def _menu(name: str, callback: Any, *, dms: bool) -> app_commands.ContextMenu:
    return app_commands.ContextMenu(
        name=say(name),
        callback=callback,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=dms, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )


MENUS = (
    _menu("menu.cancel", cancel, dms=True),
    _menu("menu.results", send, dms=True),
    _menu("menu.report", report, dms=False),
)
