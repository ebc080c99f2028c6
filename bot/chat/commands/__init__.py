"""The slash commands, one module each."""

from typing import Any

from discord import app_commands

from bot.chat.commands.blend import blend
from bot.chat.commands.describe import describe
from bot.chat.commands.help import show_help
from bot.chat.commands.imagine import imagine
from bot.chat.commands.info import info
from bot.chat.commands.modes import MODES
from bot.chat.commands.prefer import prefer
from bot.chat.commands.quota import quota
from bot.chat.commands.settings import show_settings
from bot.chat.commands.shorten import shorten
from bot.chat.commands.show import show
from bot.chat.menus import MENUS

ALL: tuple[app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu, ...] = (
    imagine,
    describe,
    blend,
    info,
    show_help,
    show_settings,
    prefer,
    *MODES,
    shorten,
    show,
    quota,
    *MENUS,
)
