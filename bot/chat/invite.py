"""The invite link, and what a server's role of the bot lacks; for those who have no client."""

import discord

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    embed_links=True,
    read_message_history=True,
)
"""What the invite link asks for, no more: see, post (threads too), attach, show errors, look before posting twice."""
SCOPES = ("bot", "applications.commands")
_TITLES = {"read_messages": "View Channels", "send_messages_in_threads": "Send Messages in Threads"}


def invite_url(application_id: int) -> str:
    """The link that adds the bot to a server with exactly the permissions it needs."""
    return discord.utils.oauth_url(application_id, permissions=PERMISSIONS, scopes=SCOPES)


def lacking(granted: int) -> tuple[str, ...]:
    """Name the permissions that a value of `permissions` lacks; an administrator lacks none."""
    held = discord.Permissions(granted)
    if held.administrator:
        return ()
    return tuple(title(flag) for flag, needed in PERMISSIONS if needed and not getattr(held, flag))


def title(flag: str) -> str:
    """Call a permission what Discord's settings call it."""
    return _TITLES.get(flag, flag.replace("_", " ").title())
