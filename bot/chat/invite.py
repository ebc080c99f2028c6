"""The invite link, and what a server's role of the bot lacks; for those who have no client."""

import discord

from bot.chat.client import PERMISSIONS

SCOPES = ("bot", "applications.commands")


def invite_url(application_id: int) -> str:
    """The link that adds the bot to a server with exactly the permissions it needs."""
    return discord.utils.oauth_url(application_id, permissions=PERMISSIONS, scopes=SCOPES)


def lacking(granted: int) -> tuple[str, ...]:
    """Name the permissions, as Discord's settings do, that a value of `permissions` lacks."""
    held = discord.Permissions(granted)
    if held.administrator:
        return ()
    wanted = [flag for flag, needed in PERMISSIONS if needed]
    return tuple(flag.replace("_", " ").title() for flag in wanted if not getattr(held, flag))
