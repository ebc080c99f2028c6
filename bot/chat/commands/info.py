"""`/info`: a member's credits and jobs."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.chat.answer import Interaction, asker, privately
from bot.chat.buttons import message_url
from bot.studio import About
from bot.texts import credits, images, say
from db.jobs import Job

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

MOST_LINES = 10


@app_commands.command(name="info", description=say("command.info"))
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def info(interaction: Interaction) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        about = await client.studio.about(asker(interaction))
        embed = discord.Embed(
            title=say("info.title", name=interaction.user.display_name)[:256],
            description="\n".join(_lines(interaction.user.id, about)),
        )
        await interaction.edit_original_response(embed=embed)


def _lines(user_id: int, about: About) -> list[str]:
    daily = [("info.daily", say("info.daily_value", credits=credits(about.daily_units)))] if about.daily_units else []
    usage = say("info.usage_value", images=images(about.usage.images), credits=credits(about.usage.delivered_units))
    fields = [
        ("info.user_id", str(user_id)),
        ("info.mode", say("mode.fast").capitalize()),
        ("info.credits", credits(about.balance.free_units)),
        ("info.held", credits(about.balance.held_units)),
        *daily,
        ("info.usage", usage),
    ]
    queue = [
        ("info.queued_fast", str(about.usage.queued_fast)),
        ("info.queued_relax", str(about.usage.queued_relax)),
        ("info.running", _running(about.running)),
    ]
    return [_line(*field) for field in fields] + [""] + [_line(*field) for field in queue]


def _line(key: str, value: str) -> str:
    return f"**{say(key)}**: {value}"


def _running(active: tuple[Job, ...]) -> str:
    running = [job for job in active if job.state != "queued"]
    if not running:
        return say("info.none")
    links = [message_url(job, job.progress_message_id) if job.progress_message_id else f"`{job.id}`" for job in running]
    return "\n" + "\n".join(f"- {link}" for link in links[:MOST_LINES])
