"""`/blend`: four pictures that mix two to five uploaded ones."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.chat.answer import Interaction, asker, check_permissions
from bot.chat.asking import answer
from bot.texts import say
from db.jobs import Acceptance

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

DIMENSIONS = [
    app_commands.Choice(name=say("command.blend.portrait"), value="2:3"),
    app_commands.Choice(name=say("command.blend.square"), value="1:1"),
    app_commands.Choice(name=say("command.blend.landscape"), value="3:2"),
]


@app_commands.command(name="blend", description=say("command.blend"))
@app_commands.describe(
    image1=say("command.blend.image"),
    image2=say("command.blend.image"),
    dimensions=say("command.blend.dimensions"),
    image3=say("command.blend.more"),
    image4=say("command.blend.more"),
    image5=say("command.blend.more"),
)
@app_commands.choices(dimensions=DIMENSIONS)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def blend(  # noqa: PLR0913, PLR0917 - the platform's way to declare options
    interaction: Interaction,
    image1: discord.Attachment,
    image2: discord.Attachment,
    dimensions: str | None = None,
    image3: discord.Attachment | None = None,
    image4: discord.Attachment | None = None,
    image5: discord.Attachment | None = None,
) -> None:
    given = [image.url for image in (image1, image2, image3, image4, image5) if image is not None]
    await answer(interaction, _blend(interaction, given, dimensions or ""))


async def _blend(interaction: Interaction, urls: list[str], ratio: str) -> Acceptance:
    check_permissions(interaction)
    client: EaselClient = interaction.client
    return await client.studio.blend(urls, ratio, asker(interaction))
