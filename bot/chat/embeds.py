"""Notices as Discord shows them."""

import discord

from bot.replies import Notice

RED = 0xED4245
AMBER = 0xF7CB73
"""News, not an error: the job goes on."""
TITLE_LIMIT, BODY_LIMIT, FOOTER_LIMIT = 256, 4096, 2048


def embed_of(notice: Notice, colour: int = RED) -> discord.Embed:
    """Make an embed, cut to the platform's limits."""
    embed = discord.Embed(title=notice.title[:TITLE_LIMIT], description=notice.body[:BODY_LIMIT], colour=colour)
    return embed.set_footer(text=notice.footer[:FOOTER_LIMIT]) if notice.footer else embed
