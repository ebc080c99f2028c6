"""Names and descriptions of commands in other languages, from the tables beside the English one."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Where

from bot.texts import ENGLISH, LANGUAGES

KEYS: Mapping[str, str] = {text: key for key, text in ENGLISH.items() if key.startswith("command.")}
"""Descriptions are found by their English text, because several options share one."""


class Translator(app_commands.Translator):
    """Looks words up; what a language lacks stays English, which is Discord's own rule."""

    def __init__(self, languages: Mapping[str, Mapping[str, str]] = LANGUAGES) -> None:
        self._languages = languages

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        table = self._languages.get(locale.value)
        if table is None:
            return None
        return table.get(_key(string.message, context))


def _key(text: str, context: Any) -> str:
    """The key of a name or a description: "name.prefer.option.set.value", "command.info"."""
    data = context.data
    if context.location in (Where.command_name, Where.group_name):
        return f"name.{data.qualified_name.replace(' ', '.')}"
    if context.location is Where.parameter_name:
        return f"name.{data.command.qualified_name.replace(' ', '.')}.{data.name}"
    return KEYS.get(text, "")
