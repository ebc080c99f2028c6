"""`/describe`: a picture in words that could have made it."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.chat.answer import Interaction, asker, publicly
from bot.chat.inquiries import show_described
from bot.errors import NothingToDescribe
from bot.texts import say

if TYPE_CHECKING:
    from bot.chat.client import EaselClient


@app_commands.command(name="describe", description=say("command.describe"))
@app_commands.describe(image=say("command.describe.image"), link=say("command.describe.link"))
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def describe(
    interaction: Interaction,
    image: discord.Attachment | None = None,
    link: app_commands.Range[str, 1, 2000] | None = None,
) -> None:
    client: EaselClient = interaction.client
    async with publicly(interaction):
        url = image.url if image is not None else (link or "").strip().strip("<>")
        if not url:
            raise NothingToDescribe
        await show_described(interaction, await client.desks.inquiries.describe(url, asker(interaction)))
