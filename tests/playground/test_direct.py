"""Direct messages: both sides open them, write in them, use commands there; some people take none."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from playground.__main__ import main
from playground.log import Log
from playground.server import Playground, playground
from playground.settings import Settings
from tests.playground.clients import PICTURE, BotClient, PersonClient, bot_client, person_client
from tests.playground.stock import picture, point_discord_py_at, running
from tests.playground.workflow_bot import Panel, WorkflowBot

Json = dict[str, Any]


@pytest.fixture
def play(strict_play: Playground, monkeypatch: pytest.MonkeyPatch) -> Playground:
    point_discord_py_at(strict_play, monkeypatch)
    return strict_play


@pytest.fixture
async def stock(play: Playground) -> AsyncIterator[WorkflowBot]:
    intents = discord.Intents(guilds=True, dm_messages=True, dm_reactions=True)
    async with running(play, WorkflowBot(intents)) as bot:
        yield bot


async def written_to(stock: WorkflowBot, person: PersonClient, **message: Any) -> discord.Message:
    """The bot writes to somebody."""
    user = await stock.fetch_user(int(person.person.id))
    return await user.send(**message)


async def test_the_bot_writes_to_a_person_and_only_they_see_it(
    play: Playground, stock: WorkflowBot, ada: PersonClient, ben: PersonClient
) -> None:
    sent = await written_to(stock, ben, content="your pictures", file=picture("a.png"), view=Panel())
    await sent.edit(content="your four pictures")

    _, opened = await ben.wait_for("CHANNEL_CREATE")
    _, created = await ben.wait_for("MESSAGE_CREATE")
    _, updated = await ben.wait_for("MESSAGE_UPDATE")
    await sent.delete()
    await ben.wait_for("MESSAGE_DELETE")
    await ada.settle()
    names = [name for name, _ in ben.events]
    assert names.index("CHANNEL_CREATE") < names.index("MESSAGE_CREATE")
    assert (opened["type"], opened["recipients"][0]["id"]) == (1, play.stage.world.identity.application_id)
    assert (created["channel_id"], created["content"]) == (opened["id"], "your pictures")
    assert created["attachments"][0]["width"] == 4
    assert not {"guild_id", "member"} & set(created)
    assert updated["content"] == "your four pictures"
    assert not ada.named("MESSAGE_CREATE")
    assert (await ada.call("GET", f"/channels/{opened['id']}/messages"))[0] == 403
    assert play.stage.violations.as_json() == []


async def test_a_person_writes_to_the_bot_which_hears_it_with_the_intent_alone(
    play: Playground, stock: WorkflowBot, ada: PersonClient
) -> None:
    async with bot_client(play) as deaf:
        await deaf.identify(intents=1 | 1 << 9)
        direct = await ada.open_dm()
        again = await ada.open_dm()
        status, message = await ada.call("POST", f"/channels/{direct['id']}/messages", {"content": "hello"})
        await ada.react(message, "❤️")
        await ada.wait_for("MESSAGE_REACTION_ADD")
        await deaf.settle()

    await until_heard(stock, 2)
    assert status == 200
    assert direct["id"] == again["id"]
    assert stock.heard == [("DMChannel", "hello"), ("add", int(ada.person.id), "❤️", int(ada.person.id), None)]
    assert not deaf.named("MESSAGE_CREATE")
    assert play.stage.violations.as_json() == []


async def until_heard(stock: WorkflowBot, count: int) -> None:
    """Wait until the bot has heard so much; its events come over its own connection."""
    async with asyncio.timeout(10):
        while len(stock.heard) < count:
            await asyncio.sleep(0.01)


async def test_commands_work_in_a_conversation_without_a_guild(
    play: Playground, stock: WorkflowBot, ada: PersonClient
) -> None:
    direct = await ada.open_dm()
    here: Json = {"guild_id": None, "channel_id": direct["id"]}

    used = await ada.use("form", [], **here, nonce="dm")
    _, modal = await ada.wait_for("INTERACTION_MODAL_CREATE")
    row = modal["components"][0]
    field = {"type": 4, "custom_id": row["components"][0]["custom_id"], "value": "a bear"}
    sent = await ada.submit(modal, [{"type": 1, "components": [field]}], guild_id=None, nonce="sent")
    _, answer = await ada.wait_for("MESSAGE_CREATE")
    panel = await ada.use("panel", [], **here, nonce="panel")
    _, shown = await ada.wait_for("MESSAGE_CREATE", lambda m: m["content"] == "panel")
    pressed = await ada.press(shown, "panel:styles", component_type=3, values=["oil"], **here)
    await ada.wait_for("MESSAGE_UPDATE", lambda m: m["content"] == "styles: oil")

    assert [status for status, _ in (used, sent, panel, pressed)] == [204] * 4
    assert answer["channel_id"] == direct["id"]
    assert answer["interaction_metadata"]["authorizing_integration_owners"] == {"0": "0"}
    assert play.stage.violations.as_json() == []


async def test_an_interaction_in_a_conversation_says_who_and_where(bare: Playground) -> None:
    async with bot_client(bare) as bot, person_client(bare, 1) as ben:
        await bot.identify()
        await bot.register({"name": "draw"})
        direct = await ben.open_dm()
        await ben.use("draw", guild_id=None, channel_id=direct["id"])
        heard = await bot.next_interaction()

    assert not {"guild", "guild_id", "guild_locale", "member"} & set(heard)
    assert heard["user"]["id"] == ben.person.id
    assert (heard["context"], heard["channel"]["type"], heard["channel_id"]) == (1, 1, direct["id"])
    assert heard["channel"]["recipients"][0]["id"] == ben.person.id
    assert heard["authorizing_integration_owners"] == {"0": "0"}
    assert int(heard["app_permissions"]) & 1 << 15


@pytest.fixture
async def bare(settings: Settings) -> AsyncIterator[Playground]:
    async with playground(settings, Log()) as opened:
        yield opened


async def test_commands_of_the_guild_are_not_offered_in_conversations(
    play: Playground, stock: WorkflowBot, ada: PersonClient
) -> None:
    direct = await ada.open_dm()
    here: Json = {"guild_id": None, "channel_id": direct["id"]}
    _, index = await ada.call("GET", f"/channels/{direct['id']}/application-command-index")
    names = {command["name"] for command in index["application_commands"]}

    refused = [await ada.use("at_home", **here), await ada.use("adults", **here)]
    mixed = [await ada.use("panel", guild_id=None), await ada.use("panel", channel_id=direct["id"])]

    assert "panel" in names
    assert "at_home" not in names
    assert [status for status, _ in refused] == [400, 400]
    assert [status for status, _ in mixed] == [404, 404]


async def test_commands_obey_contexts_and_kinds_of_installation(bare: Playground) -> None:
    async with bot_client(bare) as bot, person_client(bare, 0) as ada:
        await bot.register(
            {"name": "guild", "contexts": [0]}, {"name": "talk", "contexts": [1]}, {"name": "both", "contexts": [0, 1]},
            {"name": "mine", "integration_types": [1]}, {"name": "old", "dm_permission": False},
        )  # fmt: skip
        direct = await ada.open_dm()
        seen = {}
        for place in (direct["id"], bare.stage.world.identity.places[0].id):
            _, index = await ada.call("GET", f"/channels/{place}/application-command-index")
            seen[place] = [command["name"] for command in index["application_commands"]]

    assert list(seen.values()) == [["talk", "both"], ["guild", "both", "old"]]


async def test_whoever_takes_no_messages_is_found_out_by_writing(
    play: Playground, stock: WorkflowBot, ada: PersonClient, ben: PersonClient
) -> None:
    play.control.apply({"closed_dms": ["Ben"]})

    with pytest.raises(discord.Forbidden) as refused:
        await written_to(stock, ben, content="hello")
    await written_to(stock, ada, content="hello")
    play.control.apply({"clear": True})
    await written_to(stock, ben, content="at last")

    await ben.wait_for("MESSAGE_CREATE", lambda m: m["content"] == "at last")
    assert refused.value.code == 50007
    assert [m["content"] for m in ben.named("MESSAGE_CREATE")] == ["at last"]


async def test_a_conversation_can_be_hidden_and_comes_back_with_the_next_message(
    play: Playground, stock: WorkflowBot, ada: PersonClient
) -> None:
    direct = await ada.open_dm()
    listed = (await ada.call("GET", "/users/@me/channels"))[1]
    await ada.call("DELETE", f"/channels/{direct['id']}")
    await ada.wait_for("CHANNEL_DELETE")
    hidden = (await ada.call("GET", "/users/@me/channels"))[1]

    await written_to(stock, ada, content="news")
    await ada.wait_for("MESSAGE_CREATE")

    assert [channel["id"] for channel in listed] == [direct["id"]]
    assert hidden == []
    assert len(ada.named("CHANNEL_CREATE")) == 2
    async with person_client(play, 0) as fresh:
        await fresh.identify()
        assert [channel["id"] for channel in fresh.ready["private_channels"]] == [direct["id"]]


async def test_conversations_and_their_messages_survive_a_restart(settings: Settings) -> None:
    async with playground(settings, Log()) as play, bot_client(play) as bot, person_client(play, 0) as ada:
        direct = await ada.open_dm()
        path = f"/channels/{direct['id']}/messages"
        await bot.send_files("POST", path, {"content": "kept"}, {"a.png": PICTURE})
    async with playground(settings, Log()) as play, person_client(play, 0) as ada:
        again = await ada.open_dm()
        _, messages = await ada.call("GET", path)

    assert again["id"] == direct["id"]
    assert [message["content"] for message in messages] == ["kept"]


async def test_wrong_recipients_are_refused(bare: Playground) -> None:
    async with bot_client(bare) as bot, person_client(bare, 0) as ada:
        bot_id = bare.stage.world.identity.application_id
        bodies: list[tuple[BotClient | PersonClient, Any]] = [
            (bot, {"recipient_id": bot_id}), (bot, {"recipient_id": "1"}), (bot, {}), (bot, {"recipients": []}),
            (ada, {"recipients": [ada.person.id]}), (ada, {"recipients": [bot_id, bot_id]}),
        ]  # fmt: skip
        statuses = [(await who.call("POST", "/users/@me/channels", body))[0] for who, body in bodies]
        foreign = await ada.call("DELETE", f"/channels/{bare.stage.world.identity.places[0].id}")

    assert statuses == [400] * len(bodies)
    assert foreign[0] == 403


async def test_an_age_restricted_command_needs_an_age_restricted_channel(
    play: Playground, stock: WorkflowBot, ada: PersonClient
) -> None:
    places = play.stage.world.identity.places
    dark = next(place for place in places if place.nsfw)

    refused, answer = await ada.use("adults")
    taken, _ = await ada.use("adults", channel_id=dark.id)

    _, said = await ada.wait_for("MESSAGE_CREATE")
    assert (refused, answer["code"], taken) == (400, 50035, 204)
    assert said["content"] == "nsfw: True"
    assert [channel["nsfw"] for channel in ada.ready["guilds"][0]["channels"]] == [place.nsfw for place in places]
    assert play.stage.violations.as_json() == []


def test_only_people_of_the_playground_can_take_no_messages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--closed-dms", "Zed"]) == 2
    assert "Ada, Ben, Chloe, Dan" in capsys.readouterr().err
