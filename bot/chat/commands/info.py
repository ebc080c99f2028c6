"""`/info`: a member's credits, modes and jobs."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.chat.answer import Interaction, asker, privately
from bot.chat.pressing import message_url
from bot.studio import About
from bot.tastes import Panel
from bot.texts import credits, images, say
from db.jobs import Job, Share, Speed

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

MOST_LINES = 10
NOTHING = Share(images=0, units=0)
SPEEDS: tuple[tuple[str, Speed], ...] = (
    ("info.usage_fast", "fast"),
    ("info.usage_turbo", "turbo"),
    ("info.usage_relax", "relax"),
)


@app_commands.command(name="info", description=say("command.info"))
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def info(interaction: Interaction) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        by = asker(interaction)
        about = await client.studio.about(by)
        panel = await client.desks.tastes.panel(by)
        embed = discord.Embed(
            title=say("info.title", name=interaction.user.display_name)[:256],
            description="\n".join(lines(by.user_id, about, panel)),
        )
        await interaction.edit_original_response(embed=embed)


def lines(user_id: str, about: About, panel: Panel) -> list[str]:
    """Write the fields, one a line; the queue comes after a blank one."""
    usage = about.usage
    daily = [("info.daily", say("info.daily_value", credits=credits(about.daily_units)))] if about.daily_units else []
    fields = [
        ("info.user_id", user_id),
        ("info.mode", say(f"mode.{panel.speed}").capitalize()),
        ("info.visibility", say("info.stealth") if panel.preferences.stealth else say("info.public")),
        ("info.credits", credits(about.balance.free_units)),
        ("info.held", credits(about.balance.held_units)),
        *daily,
        ("info.usage", _had(Share(images=usage.images, units=usage.delivered_units))),
        *((key, _had(usage.by_speed.get(speed, NOTHING))) for key, speed in SPEEDS),
    ]
    queue = [
        ("info.queued_fast", str(usage.queued_fast)),
        ("info.queued_relax", str(usage.queued_relax)),
        ("info.running", _running(about.running)),
    ]
    return [_line(*field) for field in fields] + [""] + [_line(*field) for field in queue]


def _line(key: str, value: str) -> str:
    return f"**{say(key)}**: {value}"


def _had(share: Share) -> str:
    return say("info.usage_value", images=images(share.images), credits=credits(share.units))


def _running(active: tuple[Job, ...]) -> str:
    running = [job for job in active if job.state != "queued"]
    if not running:
        return say("info.none")
    links = [message_url(job, job.progress_message_id) if job.progress_message_id else f"`{job.id}`" for job in running]
    return "\n" + "\n".join(f"- {link}" for link in links[:MOST_LINES])
