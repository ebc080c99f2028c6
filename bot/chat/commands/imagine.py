"""`/imagine`: four pictures of what a person describes."""

from typing import TYPE_CHECKING

from discord import app_commands

from bot.chat.answer import Interaction, asker, check_permissions, in_time, whisper
from bot.texts import say
from db.jobs import Acceptance

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

LONGEST = 6000  # what a string option of a slash command may hold


@app_commands.command(name="imagine", description=say("command.imagine"))
@app_commands.describe(prompt=say("command.imagine.prompt"))
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def imagine(interaction: Interaction, prompt: app_commands.Range[str, 1, LONGEST]) -> None:
    client: EaselClient = interaction.client
    acceptance = await in_time(interaction, _accept(interaction, client, prompt))
    if acceptance is None:
        return
    if acceptance.fresh:
        await client.show_waiting(interaction, acceptance)
    else:
        await whisper(interaction, say("press.replay"))


async def _accept(interaction: Interaction, client: "EaselClient", prompt: str) -> Acceptance:
    check_permissions(interaction)
    return await client.studio.imagine(prompt, asker(interaction))
