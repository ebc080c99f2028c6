"""`/shorten`: which words of a prompt matter, and the same with fewer of them."""

from typing import TYPE_CHECKING

from discord import app_commands

from bot.chat.answer import Interaction, asker, publicly
from bot.chat.inquiries import show_shortened
from bot.texts import say

if TYPE_CHECKING:
    from bot.chat.client import EaselClient


@app_commands.command(name="shorten", description=say("command.shorten"))
@app_commands.describe(prompt=say("command.shorten.prompt"))
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def shorten(interaction: Interaction, prompt: app_commands.Range[str, 1, 6000]) -> None:
    client: EaselClient = interaction.client
    async with publicly(interaction):
        await show_shortened(interaction, await client.desks.inquiries.shorten(prompt, asker(interaction)))
