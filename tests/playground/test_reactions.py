"""Reactions: who hears of them, who may give and take them, and what stays."""

from dataclasses import replace
from typing import Any

import discord
import pytest

from playground.emoji import is_emoji
from playground.log import Log
from playground.server import Playground, playground
from playground.settings import Settings
from tests.playground.clients import BotClient, PersonClient, bot_client, person_client
from tests.playground.stock import point_discord_py_at, running
from tests.playground.workflow_bot import WorkflowBot

Json = dict[str, Any]
GUILD_REACTIONS = 1 << 10
CROSS, LETTER = "❌", "✉️"


async def posted(bot: BotClient, channel: str) -> Json:
    _, message = await bot.call("POST", channel, {"content": "grid"})
    shown: Json = message
    return shown


async def test_a_stock_bot_hears_who_reacted_with_what(
    strict_play: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_discord_py_at(strict_play, monkeypatch)
    intents = discord.Intents(guilds=True, guild_reactions=True)
    async with running(strict_play, WorkflowBot(intents)) as stock, person_client(strict_play, 1) as ben:
        await ben.identify()
        place = stock.get_channel(int(strict_play.stage.world.identity.places[0].id))
        assert isinstance(place, discord.TextChannel)
        message = await place.send("grid")
        await message.add_reaction(LETTER)
        shown = {"channel_id": str(place.id), "id": str(message.id)}

        answers = [await ben.react(shown, CROSS), await ben.react(shown, CROSS)]
        answers += [await ben.react(shown, CROSS, method="DELETE")]
        await message.remove_reaction(LETTER, stock.user or discord.Object(1))
        _, reaction = await ben.wait_for("MESSAGE_REACTION_ADD", lambda r: r["emoji"]["name"] == CROSS)
        await ben.wait_for("MESSAGE_REACTION_REMOVE", lambda r: r["emoji"]["name"] == LETTER)
        again = await place.fetch_message(message.id)

    guild_id, me = int(strict_play.stage.world.identity.guild_id), int(ben.person.id)
    bot_id = int(strict_play.stage.world.identity.application_id)
    assert [status for status, _ in answers] == [204] * 3
    assert stock.heard[:3] == [
        ("add", bot_id, LETTER, bot_id, guild_id), ("add", me, CROSS, bot_id, guild_id), ("remove", me, CROSS),
    ]  # fmt: skip
    assert reaction["member"]["user"]["id"] == ben.person.id
    assert (reaction["burst"], reaction["type"], reaction["message_author_id"]) == (False, 0, str(bot_id))
    assert again.reactions == []
    assert strict_play.stage.violations.as_json() == []


async def test_a_bot_without_the_intent_hears_nothing(play: Playground, ada: PersonClient, channel: str) -> None:
    async with bot_client(play) as deaf, bot_client(play) as listening:
        await deaf.identify(intents=1 | 1 << 9)
        await listening.identify(intents=1 | GUILD_REACTIONS)
        message = await posted(deaf, channel)

        await ada.react(message, CROSS)
        await listening.wait_for("MESSAGE_REACTION_ADD")
        await deaf.settle()

    assert not deaf.named("MESSAGE_REACTION_ADD")
    assert not listening.named("MESSAGE_CREATE")


async def test_messages_say_which_reactions_are_ones_own(
    bot: BotClient, ada: PersonClient, ben: PersonClient, channel: str
) -> None:
    message = await posted(bot, channel)
    await ada.react(message, CROSS)
    await bot.react(message, CROSS)
    await bot.call("PATCH", f"{channel}/{message['id']}", {"content": "edited"})

    seen = [(await client.call("GET", f"{channel}/{message['id']}"))[1]["reactions"] for client in (ada, ben, bot)]
    _, updated = await ben.wait_for("MESSAGE_UPDATE")
    _, who = await ben.call("GET", f"{channel}/{message['id']}/reactions/%E2%9D%8C")

    assert [(found[0]["count"], found[0]["me"]) for found in seen] == [(2, True), (2, False), (2, True)]
    assert updated["reactions"][0]["me"] is False
    assert [user["id"] for user in who] == [ada.person.id, ben.play.stage.world.identity.application_id]


async def test_permissions_decide_who_may_react_and_clear(
    play: Playground, bot: BotClient, ada: PersonClient, ben: PersonClient, channel: str
) -> None:
    message = await posted(bot, channel)
    place = play.stage.world.identity.places[0].id
    await ada.react(message, CROSS)
    everyone = play.stage.world.identity.guild_id
    play.control.apply({"permissions": {"channel": place, "target": everyone, "deny": ["ADD_REACTIONS"]}})

    joined, new = await ben.react(message, CROSS), await ben.react(message, LETTER)
    adas = f"{channel}/{message['id']}/reactions/%E2%9D%8C/{ada.person.id}"
    foreign = [await ben.call("DELETE", adas), await bot.call("DELETE", adas)]
    by_admin = await ada.call("DELETE", f"{channel}/{message['id']}/reactions")

    await ben.wait_for("MESSAGE_REACTION_REMOVE_ALL")
    assert joined[0] == 204
    assert [(status, answer["code"]) for status, answer in (new, *foreign)] == [(403, 50013)] * 3
    assert by_admin[0] == 204
    assert "reactions" not in (await ben.call("GET", f"{channel}/{message['id']}"))[1]


async def test_what_cannot_be_reacted_with_or_to_is_refused(
    bot: BotClient, ada: PersonClient, ben: PersonClient, channel: str
) -> None:
    message = await posted(bot, channel)
    await ada.use("draw", [{"type": 3, "name": "prompt", "value": "x"}])
    heard = await bot.next_interaction()
    _, private = await bot.answer(heard, {"type": 4, "data": {"content": "psst", "flags": 64}})

    unknown = [await ada.react(message, text) for text in ("x", "custom:123", "❌❌" * 20, "1")]
    gone = [await ada.react({**message, "id": "1"}, CROSS), await ada.react(private["resource"]["message"], CROSS)]

    assert [answer["code"] for _, answer in unknown] == [10014] * 4
    assert [answer["code"] for _, answer in gone] == [10008] * 2


async def test_reactions_survive_a_restart(settings: Settings) -> None:
    async with playground(settings, Log()) as play, bot_client(play) as bot, person_client(play, 0) as ada:
        channel = f"/channels/{play.stage.world.identity.places[0].id}/messages"
        message = await posted(bot, channel)
        await ada.react(message, LETTER)
    async with playground(replace(settings), Log()) as play, person_client(play, 0) as ada:
        _, again = await ada.call("GET", f"{channel}/{message['id']}")

    assert again["reactions"][0]["emoji"] == {"id": None, "name": LETTER}
    assert again["reactions"][0]["me"] is True


@pytest.mark.parametrize("text", [CROSS, LETTER, "❤️", "❤", "👍🏽", "👨‍👩‍👧", "🇸🇪", "1️⃣", "©️", "‼️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"])
def test_signs_of_unicode_are_emoji(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["", "a", "1", "name:1", "é", "\u200d", " ", "❌x", "⃣", "12⃣"])
def test_letters_and_loose_parts_are_not(text: str) -> None:
    assert not is_emoji(text)
