"""Commands in other languages: a made-up table reaches Discord, and what it lacks stays English."""

import re
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.chat.commands import ALL
from bot.chat.translator import Translator
from bot.texts import ENGLISH, LANGUAGES

MADE_UP = {
    "command.prefer.option.set": "Teksto kaj parametroj sub unu nomo",
    "command.option.member": "Kies konto",
    "name.prefer": "preferi",
    "name.prefer.option.set.value": "valoro",
    "name.fast": "rapide",
}
NAME = re.compile(r"[-_\w]{1,32}")


async def payload(name: str, table: dict[str, str]) -> dict[str, Any]:
    client = discord.Client(intents=discord.Intents.none())
    tree = app_commands.CommandTree(client)
    command = next(each for each in ALL if each.name == name)
    return await command.get_translated_payload(tree, Translator({"nl": table}))


async def test_names_and_descriptions_reach_discord_in_every_language_that_has_them() -> None:
    prefer = await payload("prefer", MADE_UP)
    setting = next(part for part in prefer["options"] if part["name"] == "option")["options"][0]
    value = next(part for part in setting["options"] if part["name"] == "value")

    assert prefer["name_localizations"] == {"nl": "preferi"}
    assert setting["description_localizations"] == {"nl": MADE_UP["command.prefer.option.set"]}
    assert value["name_localizations"] == {"nl": "valoro"}
    assert (await payload("fast", MADE_UP))["name_localizations"] == {"nl": "rapide"}


async def test_a_description_that_several_options_share_is_translated_once() -> None:
    quota = await payload("quota", MADE_UP)
    members = [part for command in quota["options"] for part in command["options"] if part["name"] == "member"]

    assert len(members) > 1
    assert {part["description_localizations"]["nl"] for part in members} == {"Kies konto"}


async def test_what_a_language_lacks_stays_english() -> None:
    info = await payload("info", MADE_UP)

    assert (info["name_localizations"], info["description_localizations"]) == ({}, {})
    assert info["description"] == ENGLISH["command.info"]


@pytest.mark.parametrize("language", [*LANGUAGES.values(), MADE_UP])
def test_every_language_keeps_to_discords_rules(language: dict[str, str]) -> None:
    for key, text in language.items():
        if key.startswith("name."):
            assert NAME.fullmatch(text), key
            assert text == text.lower(), key
        else:
            assert key in ENGLISH, key
            assert not key.startswith("command.") or 1 <= len(text) <= 100, key


def test_every_english_description_keeps_to_discords_rules() -> None:
    assert all(1 <= len(text) <= 100 for key, text in ENGLISH.items() if key.startswith("command."))
