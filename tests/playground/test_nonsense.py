"""Nothing that is sent may break the playground: every route answers every nonsense with a refusal, not with a 500."""

from functools import reduce
from itertools import product
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.cdn import Cdn
from playground.compose import Composer, Draft, Frame
from playground.log import Log
from playground.rest.route import Who
from playground.rules.message import Sent, message_rules
from playground.server import Playground
from playground.settings import Settings
from playground.store import Store
from playground.uploads import FileShelf
from playground.world import World
from tests.playground.clients import PICTURE, BotClient, PersonClient
from tests.playground.test_parts import JSON, KEYS

NONSENSE: list[Any] = [
    None,
    [],
    [[]],
    [{}],
    5,
    "x",
    {},
    {"type": "x"},
    {"type": [], "data": []},
    {"type": 4, "data": 5},
    {"type": 2, "data": {"id": [], "options": 5}},
    {"type": 3, "data": {}, "message_id": {}},
    {"type": 5, "data": {"id": {}, "components": {}}},
    {"type": 9, "data": {"title": 5, "components": [[]]}},
    {"type": 8, "data": {"choices": {}}},
    {"files": {}},
    {"files": [{"filename": 5}]},
    {"files": [{"filename": "x", "file_size": -1}]},
    {"recipients": {}},
    {"recipients": [{}]},
    {"attachments": [{"id": [], "uploaded_filename": {}}], "content": "x"},
    {"content": []},
    {"embeds": [[]]},
    {"embeds": {"a": 1}},
    {"components": [{"type": 1, "components": 5}]},
    {"components": [{"type": 1, "components": [{"type": 3, "options": ["x"]}]}]},
    {"attachments": ["x"]},
    {"attachments": [{"id": []}]},
    {"message_reference": "x", "content": "x"},
    {"message_reference": {"message_id": []}, "content": "x"},
    {"allowed_mentions": {"parse": 5, "users": "x"}, "content": "<@1>"},
    {"nonce": {}, "enforce_nonce": True, "content": "x"},
    {"flags": "x", "content": "x"},
    {"name": 5},
    {"name": "x", "description": [], "options": [5]},
    {"name": "x", "description": "d", "options": 5, "type": "x"},
]


async def test_every_route_refuses_nonsense_kindly(
    play: Playground, bot: BotClient, ada: PersonClient, channel: str
) -> None:
    identity = play.stage.world.identity
    _, message = await bot.send_files("POST", channel, {"content": "x"}, {"a.png": PICTURE})
    await ada.use("draw", [{"type": 3, "name": "prompt", "value": "x"}])
    interaction = await bot.next_interaction()
    filled = {
        "application_id": identity.application_id, "guild_id": identity.guild_id, "token": interaction["token"],
        "channel_id": identity.places[0].id, "message_id": message["id"], "interaction_id": interaction["id"],
        "command_id": play.stage.world.all_commands()[0]["id"], "user_id": ada.person.id,
        "emoji": "%E2%9D%8C",
    }  # fmt: skip
    broken: list[tuple[str, str, Any, object]] = []
    routes = [r for r in play.door.table.routes if r.method in ("POST", "PATCH", "PUT")]
    for route, body in product(routes, NONSENSE):
        client = ada if route.who is Who.PERSON else bot
        for names in (filled, {}):
            path = reduce(lambda text, name: text.replace(f"{{{name}}}", names.get(name, "1")), filled, route.path)
            try:
                status, _ = await client.call(route.method, path, body)
            except (aiohttp.ClientError, ValueError) as error:
                broken.append((route.method, route.path, body, repr(error)))
                continue
            if status >= 500 and status != 501:
                broken.append((route.method, route.path, body, status))

    assert broken == []


@pytest.mark.parametrize("body", [[], [[]], 5, "x"])
async def test_a_registered_command_is_not_changed_by_nonsense(play: Playground, bot: BotClient, body: object) -> None:
    [command] = play.stage.world.all_commands()
    path = f"/applications/{play.stage.world.identity.application_id}/commands/{command['id']}"

    status, answer = await bot.call("PATCH", path, body)

    assert (status, answer["code"]) == (400, 50035)
    assert play.stage.world.all_commands() == [command]


@pytest.mark.parametrize("query", ["limit=²", "limit=0", "limit=1001", "limit=x", "after=x"])
async def test_members_are_not_listed_for_nonsense(play: Playground, bot: BotClient, query: str) -> None:
    status, answer = await bot.call("GET", f"/guilds/{play.stage.world.identity.guild_id}/members?{query}")

    assert (status, answer["code"]) == (400, 50035)


@given(body=st.dictionaries(KEYS, JSON, max_size=4))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_passes_the_rules_can_be_composed(body: dict[str, Any], tmp_path_factory: Any) -> None:
    if message_rules(Sent(body=body)):
        return
    folder = tmp_path_factory.getbasetemp()
    world = World(Settings(data=folder), {}, Store(folder / "unused.sqlite", Log()))
    composer = Composer(world, Cdn("http://127.0.0.1", "s", 1.0, FileShelf(folder)))
    place = world.identity.places[0].id

    message = composer.new(Frame(channel_id=place, author=world.identity.bot, more={}), Draft(body=body))
    again = composer.edited(message, Draft(body=body))

    assert again.id == message.id
