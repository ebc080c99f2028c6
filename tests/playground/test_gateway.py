"""The gateway: sessions, resuming, compression, and the ways a connection ends."""

import asyncio
import json
import zlib

import pytest

from playground.server import Playground
from tests.playground.clients import BotClient, PersonClient, bot_client, person_client


async def test_a_bot_is_greeted_with_its_guild(play: Playground) -> None:
    async with bot_client(play) as bot:
        await bot.identify()
        _, guild = await bot.wait_for("GUILD_CREATE")

    identity = play.stage.world.identity
    assert bot.ready["user"]["id"] == bot.ready["application"]["id"] == identity.application_id
    assert bot.ready["guilds"] == [{"id": identity.guild_id, "unavailable": True}]
    assert [c["name"] for c in guild["channels"]] == ["studio", "gallery-wall", "quiet-corner", "after-dark"]
    assert [m["user"]["id"] for m in guild["members"]] == [identity.application_id]


async def test_a_person_gets_everything_with_ready(play: Playground, ada: PersonClient) -> None:
    (guild,) = ada.ready["guilds"]

    assert ada.ready["user"]["username"] == "ada"
    assert ada.ready["session_id"]
    assert [m["user"]["username"] for m in guild["members"]] == ["Easel", "ada", "ben", "chloe", "dan"]
    assert len(guild["channels"]) == 4


async def test_a_heartbeat_is_acknowledged(ada: PersonClient) -> None:
    await ada.say(1, None)

    await ada.wait_for_op(11)


async def test_missed_events_are_replayed_in_order(play: Playground, bot: BotClient, channel: str) -> None:
    async with person_client(play, 0) as ada:
        await ada.identify()
        ada.break_off()
        await ada.closed()
        for n in range(3):
            await bot.call("POST", channel, {"content": str(n)})

        await ada.connect()
        await ada.say(6, {"token": ada.token, "session_id": ada.ready["session_id"], "seq": ada.seq})
        await ada.wait_for("RESUMED")

        missed = [name for name, _ in ada.events if name != "GUILD_APPLICATION_COMMAND_INDEX_UPDATE"]
        assert missed == ["READY", "MESSAGE_CREATE", "MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"]
        assert [m["content"] for m in ada.named("MESSAGE_CREATE")] == ["0", "1", "2"]


@pytest.mark.parametrize("change", [{"session_id": "unknown"}, {"seq": 10_000}, {"seq": None}])
async def test_what_cannot_be_resumed_is_an_invalid_session(play: Playground, change: dict[str, object]) -> None:
    async with person_client(play, 0) as ada:
        await ada.identify()
        ada.break_off()
        await ada.closed()

        await ada.connect()
        await ada.say(6, {"token": ada.token, "session_id": ada.ready["session_id"], "seq": ada.seq} | change)

        await ada.wait_for_op(9)


async def test_a_session_ends_with_a_proper_goodbye(play: Playground) -> None:
    async with person_client(play, 0) as ada:
        await ada.identify()
        await ada.close(code=1000)

        await ada.connect()
        await ada.say(6, {"token": ada.token, "session_id": ada.ready["session_id"], "seq": ada.seq})

        await ada.wait_for_op(9)


async def test_nobody_resumes_the_session_of_another(play: Playground, ada: PersonClient) -> None:
    async with person_client(play, 1) as ben:
        await ben.connect()
        await ben.say(6, {"token": ben.token, "session_id": ada.ready["session_id"], "seq": 1})

        await ben.wait_for_op(9)


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [(2, {"token": "wrong"}, 4004), (6, {"token": "wrong"}, 4004), (8, {}, 4003), (99, {}, 4001), ("x", {}, 4002)],
)
async def test_nonsense_closes_with_the_documented_code(play: Playground, op: int, data: object, code: int) -> None:
    async with person_client(play, 0) as ada:
        await ada.connect()
        await ada.say(op, data)
        await ada.closed()

        assert ada.close_code == code


@pytest.mark.parametrize(
    ("intents", "code"), [(1 | 1 << 1, 4014), (1 | 1 << 8, 4014), (1 | 1 << 15, 4014), ("1", 4013), (None, 4013)]
)
async def test_a_bot_is_not_let_in_with_intents_that_need_a_permission(
    play: Playground, intents: object, code: int
) -> None:
    async with bot_client(play) as bot:
        await bot.connect()
        await bot.say(2, {"token": bot.token, "intents": intents})
        await bot.closed()

        assert bot.close_code == code
        assert not bot.ready


async def test_a_client_that_sends_too_much_is_cut_off(ada: PersonClient) -> None:
    for n in range(121):
        await ada.say(1, n)
    await ada.closed()

    assert ada.close_code == 4008


async def test_identifying_twice_is_refused(ada: PersonClient) -> None:
    await ada.say(2, {"token": ada.token})
    await ada.closed()

    assert ada.close_code == 4005


async def test_a_compressed_stream_says_the_same(play: Playground) -> None:
    identity = play.stage.world.identity
    inflator = zlib.decompressobj()
    async with person_client(play, 0) as ada:
        url = play.stage.gateway_url + "?v=10&encoding=json&compress=zlib-stream"
        async with ada.session.ws_connect(url) as ws:
            hello = json.loads(inflator.decompress(await ws.receive_bytes()))
            await ws.send_json({"op": 2, "d": {"token": identity.people[0].token}})
            ready = json.loads(inflator.decompress(await ws.receive_bytes()))

    assert hello["op"] == 10
    assert ready["d"]["user"]["username"] == "ada"


async def test_a_bot_hears_of_messages_only_with_the_intent_and_reads_only_what_it_may(
    play: Playground, ben: PersonClient, channel: str
) -> None:
    async with bot_client(play) as plain, bot_client(play) as listening:
        await plain.identify(intents=1)
        await listening.identify(intents=1 | 1 << 9)
        bot_id = play.stage.world.identity.application_id
        await ben.call("POST", channel, {"content": "hello"})
        await ben.call("POST", channel, {"content": f"hello <@{bot_id}>"})
        await listening.wait_for("MESSAGE_CREATE", lambda m: bool(m["mentions"]))
        await plain.settle()

        assert plain.named("MESSAGE_CREATE") == []
        assert [m["content"] for m in listening.named("MESSAGE_CREATE")] == ["", f"hello <@{bot_id}>"]
        _, found = await plain.call("GET", channel)
        _, first = await plain.call("GET", f"{channel}/{found[-1]['id']}")
        assert [m["content"] for m in found] == [f"hello <@{bot_id}>", ""]
        assert first["content"] == ""


async def test_tests_can_drop_invalidate_and_reconnect(play: Playground, ada: PersonClient, ben: PersonClient) -> None:
    play.control.apply({"reconnect": "Ada"})
    await ada.wait_for_op(7)
    play.control.apply({"invalidate_sessions": "Ada"})
    await ada.wait_for_op(9)
    play.control.apply({"drop_sockets": True})
    await ada.closed()
    await ben.closed()

    assert 7 not in ben.opcodes
    assert 9 not in ben.opcodes


async def test_after_an_invalid_session_one_may_identify_on_the_same_socket(
    play: Playground, ada: PersonClient
) -> None:
    play.control.apply({"invalidate_sessions": True})
    await ada.wait_for_op(9)
    ada.events.clear()

    await ada.say(2, {"token": ada.token})

    _, ready = await ada.wait_for("READY")
    assert ready["session_id"] != ada.ready["session_id"]


async def test_typing_is_seen_by_the_others(bot: BotClient, ada: PersonClient, channel: str) -> None:
    await bot.call("POST", channel.replace("/messages", "/typing"))

    _, typing = await ada.wait_for("TYPING_START")
    assert typing["member"]["user"]["username"] == "Easel"


async def test_members_can_be_requested(bot: BotClient, play: Playground) -> None:
    guild = play.stage.world.identity.guild_id
    await bot.say(8, {"guild_id": guild, "query": "", "limit": 0, "nonce": "n"})

    _, chunk = await bot.wait_for("GUILD_MEMBERS_CHUNK")
    assert chunk["nonce"] == "n"
    assert len(chunk["members"]) == 5


async def test_who_cannot_see_a_channel_hears_nothing_of_it(
    play: Playground, bot: BotClient, ada: PersonClient, ben: PersonClient, channel: str
) -> None:
    place = play.stage.world.identity.places[0].id
    play.control.apply({"permissions": {"channel": place, "target": ben.person.id, "deny": ["VIEW_CHANNEL"]}})

    await bot.call("POST", channel, {"content": "secret"})
    await ada.wait_for("MESSAGE_CREATE")
    await ben.settle()

    assert ben.named("MESSAGE_CREATE") == []
    assert (await ben.call("GET", channel))[1]["code"] == 50001


async def test_a_heartbeat_is_not_answered_before_its_sender_has_noted_when_it_was_sent(ada: PersonClient) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()

    await ada.settle()

    assert loop.time() - begun >= 0.04
