"""Views and forms that discord.py does not keep: its store would grow with every message, and presses find us by id."""

from typing import TypeVar

import discord

Kept = TypeVar("Kept", bound=discord.ui.View | discord.ui.Modal)


def stateless(made: Kept) -> Kept:
    """Let the library forget a view or form once it is sent; the router answers it by its custom_id, for ever."""
    made.stop()
    return made


def empty_view() -> discord.ui.View:
    """Make a view to add buttons and menus to."""
    return stateless(discord.ui.View(timeout=None))
