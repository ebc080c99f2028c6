"""`/help`: what the bot can do, made from the parameter table and the model's own card."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.chat.answer import Interaction, privately
from bot.prompt import AVAILABLE
from bot.texts import credits, say

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

FIELD_LIMIT = 1024


@app_commands.command(name="help", description=say("command.help"))
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def show_help(interaction: Interaction) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        await interaction.edit_original_response(embed=_embed(client))


def _embed(client: "EaselClient") -> discord.Embed:
    studio = client.studio
    embed = discord.Embed(title=say("help.title"), description=say("help.body"))
    for number, chunk in enumerate(_chunks(_parameters())):
        embed.add_field(name=say("help.parameters") if number == 0 else "\u200b", value=chunk, inline=False)
    prices = studio.prices
    embed.add_field(
        name=say("help.credits"),
        value=say("help.credits_body", grid=credits(prices.imagine), upscale=credits(prices.upscale)),
        inline=False,
    )
    hints = studio.hints
    about = [*hints.lines, say("help.try"), *(f"`{example}`" for example in hints.examples)]
    embed.add_field(name=say("help.model", title=hints.title), value="\n".join(about)[:FIELD_LIMIT], inline=False)
    return embed


def _parameters() -> list[str]:
    return [f"`{f'--{row.name} {row.example}'.strip()}` {row.help.render()}" for row in AVAILABLE]


def _chunks(lines: list[str]) -> list[str]:
    """Pack lines into as few fields as they fit, none over the platform's limit."""
    chunks = [""]
    for line in lines:
        if len(chunks[-1]) + len(line) + 1 > FIELD_LIMIT:
            chunks.append("")
        chunks[-1] += line + "\n"
    return chunks
