"""Notices as Discord shows them."""

import discord

from bot.replies import Notice

RED = 0xED4245
AMBER = 0xF7CB73
"""News, not an error: the job goes on."""
TITLE_LIMIT, BODY_LIMIT, FOOTER_LIMIT = 256, 4096, 2048
WHOLE_LIMIT = 6000
"""Of all texts together; one that is over it is refused as a whole, and nobody is told anything."""


def embed_of(notice: Notice, colour: int = RED) -> discord.Embed:
    """Make an embed, cut to the platform's limits."""
    embed = discord.Embed(title=notice.title[:TITLE_LIMIT], description=notice.body[:BODY_LIMIT], colour=colour)
    room = min(FOOTER_LIMIT, WHOLE_LIMIT - len(embed))
    return embed.set_footer(text=notice.footer[:room]) if notice.footer else embed
