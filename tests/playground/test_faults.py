"""Faults that tests order, rate limits, and what the world tells afterwards."""

import asyncio
from typing import Any

import aiohttp
import pytest

from playground.server import Playground
from tests.playground.clients import BotClient, PersonClient

ANY_POST = {"method": "POST", "path": r"/messages$"}


async def contents(bot: BotClient, channel: str) -> list[str]:
    _, found = await bot.call("GET", channel)
    return [message["content"] for message in found]


async def test_a_request_can_fail_before_its_effect(play: Playground, bot: BotClient, channel: str) -> None:
    play.control.apply({"rules": [{**ANY_POST, "effect": "before", "status": 503, "times": 2}]})

    statuses = [(await bot.call("POST", channel, {"content": str(n)}))[0] for n in range(3)]

    assert statuses == [503, 503, 200]
    assert await contents(bot, channel) == ["2"]


async def test_a_request_can_fail_after_its_effect(play: Playground, bot: BotClient, channel: str) -> None:
    play.control.apply({"rules": [{**ANY_POST, "effect": "after", "status": 500}]})

    status, _ = await bot.call("POST", channel, {"content": "x"})

    assert status == 500
    assert await contents(bot, channel) == ["x"]


@pytest.mark.parametrize(("effect", "left"), [("drop_before", []), ("drop_after", ["x"])])
async def test_a_connection_can_break_before_or_after_the_effect(
    play: Playground, bot: BotClient, channel: str, effect: str, left: list[str]
) -> None:
    play.control.apply({"rules": [{**ANY_POST, "effect": effect}]})

    with pytest.raises(aiohttp.ClientError):
        await bot.call("POST", channel, {"content": "x"})

    assert await contents(bot, channel) == left


async def test_rules_can_let_some_through_and_delay(play: Playground, bot: BotClient, channel: str) -> None:
    play.control.apply({"rules": [{**ANY_POST, "effect": "delay", "delay_s": 0.1, "skip": 1}]})
    loop = asyncio.get_running_loop()

    started = loop.time()
    await bot.call("POST", channel, {"content": "at once"})
    between = loop.time()
    await bot.call("POST", channel, {"content": "later"})
    ended = loop.time()

    assert ended - between >= 0.1
    assert between - started < ended - between + 0.1


async def test_people_are_spared(play: Playground, ada: PersonClient, channel: str) -> None:
    play.control.apply({"rules": [{"effect": "before"}]})

    assert (await ada.call("POST", channel, {"content": "x"}))[0] == 200


async def test_clear_brings_peace(play: Playground, bot: BotClient, channel: str) -> None:
    place = play.stage.world.identity.places[0].id
    play.control.apply(
        {"rules": [{"times": 100}], "permissions": {"channel": place, "deny": ["SEND_MESSAGES"]}, "clear": True}
    )

    assert (await bot.call("POST", channel, {"content": "x"}))[0] == 200


@pytest.mark.parametrize(
    "orders",
    [{"unknown": 1}, {"rules": [{"effect": "no"}]}, {"rules": [{"path": "("}]}, {"permissions": {"channel": "1"}}],
)
async def test_a_wrong_order_is_refused(play: Playground, ada: PersonClient, orders: dict[str, Any]) -> None:
    async with ada.session.post(f"{play.base_url}/_world/faults", json=orders) as response:
        assert response.status == 400


async def test_the_log_tells_requests_and_how_fast_interactions_were_answered(
    play: Playground, bot: BotClient, ada: PersonClient, channel: str
) -> None:
    await ada.use("draw", [{"type": 3, "name": "prompt", "value": "x"}])
    interaction = await bot.next_interaction()
    await bot.answer(interaction, {"type": 5})
    await bot.call("GET", f"{channel}/1")
    await ada.call("GET", channel)

    async with ada.session.get(f"{play.base_url}/_world/log") as response:
        told = await response.json()
    async with ada.session.get(f"{play.base_url}/_world/violations") as response:
        violations = await response.json()

    (heard,) = told["interactions"]
    assert (heard["command"], heard["state"], heard["callback"]) == ("draw", "answered", 5)
    assert 0 < heard["ack_ms"] < 3000
    assert [entry["status"] for entry in told["requests"]] == [200, 200, 404]
    assert told["requests"][-1]["error"] == 10008
    assert violations == {"violations": []}


async def test_a_full_bucket_answers_429_as_discord_py_needs_it(play: Playground, bot: BotClient, channel: str) -> None:
    play.control.apply({"bucket": {"limit": 2, "per_s": 0.3}})
    url = f"{play.base_url}/api/v10{channel}"

    answers = []
    for n in range(3):
        async with bot.session.post(url, json={"content": str(n)}) as response:
            answers.append((response.status, dict(response.headers), await response.json()))
    await asyncio.sleep(answers[2][2]["retry_after"])
    after, _ = await bot.call("POST", channel, {"content": "later"})

    assert [status for status, _, _ in answers] == [200, 200, 429]
    assert [headers["X-RateLimit-Remaining"] for _, headers, _ in answers] == ["1", "0", "0"]
    assert answers[2][1]["Via"]
    assert answers[2][2]["global"] is False
    assert after == 200


async def test_buckets_are_per_channel_and_kind_and_spare_callbacks(
    play: Playground, bot: BotClient, ada: PersonClient, channel: str
) -> None:
    play.control.apply({"bucket": {"limit": 1, "per_s": 60}})
    first, second, *_ = play.stage.world.identity.places
    other = channel.replace(first.id, second.id)
    statuses = []
    for _ in range(3):
        await ada.use("draw", [{"type": 3, "name": "prompt", "value": "x"}])
        statuses.append((await bot.answer(await bot.next_interaction(), {"type": 5}))[0])

    _, message = await bot.call("POST", channel, {"content": "x"})

    assert statuses == [200, 200, 200]
    assert (await bot.call("POST", other, {"content": "x"}))[0] == 200
    assert (await bot.call("PATCH", f"{channel}/{message['id']}", {"content": "y"}))[0] == 200
    assert (await bot.call("POST", channel, {"content": "x"}))[0] == 429


async def test_every_interaction_has_a_bucket_of_its_own(play: Playground, bot: BotClient, ada: PersonClient) -> None:
    play.control.apply({"bucket": {"limit": 1, "per_s": 60}})
    statuses = []
    for _ in range(2):
        await ada.use("draw", [{"type": 3, "name": "prompt", "value": "x"}])
        interaction = await bot.next_interaction()
        await bot.answer(interaction, {"type": 5})
        for _ in range(2):
            edit = bot.hook(interaction, "/messages/@original")
            statuses.append((await bot.call("PATCH", edit, {"content": "x"}))[0])

    assert statuses == [200, 429, 200, 429]


async def test_more_than_fifty_requests_a_second_meet_the_global_limit(play: Playground, bot: BotClient) -> None:
    play.control.apply({"bucket": {"limit": 1000, "per_s": 1}})

    answers = await asyncio.gather(*(bot.call("GET", "/users/@me") for _ in range(60)))

    refused = [answer for status, answer in answers if status == 429]
    assert refused
    assert all(answer["global"] for answer in refused)
