"""Wrong bodies, each of which strict mode must refuse and note; and right ones, which it must let through."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from playground.server import Playground
from playground.violations import Kind
from tests.playground.clients import PICTURE, BotClient, PersonClient

Json = dict[str, Any]

V2 = 1 << 15


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def button(custom_id: str = "b", **more: Any) -> Json:
    return {"type": 2, "style": 2, "label": "B", "custom_id": custom_id, **more}


def select(custom_id: str = "s", **more: Any) -> Json:
    return {"type": 3, "custom_id": custom_id, "options": [{"label": "one", "value": "1"}], **more}


def option(value: int) -> Json:
    return {"label": "x", "value": str(value)}


def gallery(size: int) -> Json:
    return {"type": 12, "items": [{"media": {"url": "http://127.0.0.1/y.png"}}] * size}


def text(content: str = "text") -> Json:
    return {"type": 10, "content": content}


WRONG_MESSAGES: dict[str, Json] = {
    "empty": {},
    "content is a number": {"content": 5},
    "content over 2000": {"content": "x" * 2001},
    "blank content": {"content": "   "},
    "eleven embeds": {"embeds": [{"title": "t"}] * 11},
    "embed title over 256": {"embeds": [{"title": "x" * 257}]},
    "embed description over 4096": {"embeds": [{"description": "x" * 4097}]},
    "26 embed fields": {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]},
    "embed field without value": {"embeds": [{"fields": [{"name": "n", "value": ""}]}]},
    "embed field value over 1024": {"embeds": [{"fields": [{"name": "n", "value": "x" * 1025}]}]},
    "embed footer over 2048": {"embeds": [{"footer": {"text": "x" * 2049}}]},
    "embed colour out of range": {"embeds": [{"title": "t", "color": 0x1000000}]},
    "embeds over 6000 in all": {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]},
    "six rows": {"components": [row(button(str(n))) for n in range(6)]},
    "six buttons in a row": {"components": [row(*(button(str(n)) for n in range(6)))]},
    "empty row": {"components": [row()]},
    "button at the top": {"components": [button()]},
    "button without custom_id": {"components": [row({"type": 2, "style": 1, "label": "x"})]},
    "button without label": {"components": [row({"type": 2, "style": 1, "custom_id": "x"})]},
    "button with a word for an emoji": {"components": [row(button(emoji={"name": "fire"}))]},
    "option with a word for an emoji": {"components": [row(select(options=[option(1) | {"emoji": {"name": "x"}}]))]},
    "button with style 9": {"components": [row(button(style=9))]},
    "button label over 80": {"components": [row(button(label="x" * 81))]},
    "custom_id over 100": {"components": [row(button("x" * 101))]},
    "custom_id twice": {"components": [row(button("a"), button("a"))]},
    "component id twice": {"components": [row(button("a", id=3), button("b", id=3))]},
    "link without url": {"components": [row({"type": 2, "style": 5, "label": "x"})]},
    "link with custom_id": {"components": [row(button(style=5, url="http://x"))]},
    "link over 512": {"components": [row({"type": 2, "style": 5, "label": "x", "url": "http://" + "x" * 506})]},
    "premium without sku": {"components": [row({"type": 2, "style": 6})]},
    "unknown component": {"components": [row({"type": 99})]},
    "select beside a button": {"components": [row(select(), button())]},
    "select without options": {"components": [row(select(options=[]))]},
    "select with 26 options": {"components": [row(select(options=[option(n) for n in range(26)]))]},
    "select with one value twice": {"components": [row(select(options=[{"label": "x", "value": "1"}] * 2))]},
    "text display without V2": {"components": [text()]},
    "V2 with content": {"flags": V2, "content": "x", "components": [text()]},
    "V2 with embeds": {"flags": V2, "embeds": [{"title": "t"}], "components": [text()]},
    "V2 with 41 components": {"flags": V2, "components": [{"type": 17, "components": [text("x")] * 40}]},
    "V2 with over 4000 characters": {"flags": V2, "components": [text("x" * 2001), text("x" * 2000)]},
    "V2 gallery without items": {"flags": V2, "components": [gallery(0)]},
    "V2 gallery of eleven": {"flags": V2, "components": [gallery(11)]},
    "V2 section without accessory": {"flags": V2, "components": [{"type": 9, "components": [text()]}]},
    "attachment that is not there": {"embeds": [{"image": {"url": "attachment://no.png"}}]},
    "alt text over 1024": {"content": "x", "attachments": [{"id": 0, "filename": "a.png", "description": "x" * 1025}]},
    "ephemeral in a channel": {"content": "x", "flags": 64},
    "nonce over 25": {"content": "x", "nonce": "x" * 26},
    "enforce_nonce without nonce": {"content": "x", "enforce_nonce": True},
    "allowed_mentions with a wrong word": {"content": "x", "allowed_mentions": {"parse": ["nobody"]}},
    "allowed_mentions of all and of one": {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
    "reference without id": {"content": "x", "message_reference": {}},
    "reference to no id": {"content": "x", "message_reference": {"message_id": "abc"}},
}  # fmt: skip

RIGHT_MESSAGES: dict[str, Json] = {
    "plain": {"content": "x"},
    "number for an id": {"content": "x", "allowed_mentions": {"parse": [], "users": [123456789012345678]}},
    "number for a nonce": {"content": "x", "nonce": 123},
    "digits as a nonce": {"content": "x", "nonce": "123", "enforce_nonce": True},
    "mentions of all users and of one role": {"content": "x", "allowed_mentions": {"parse": ["users"], "roles": ["1"]}},
    "nulls": {"content": "x", "embeds": None, "components": None, "allowed_mentions": None},
    "25 buttons": {"components": [row(*(button(f"{n}-{m}") for n in range(5))) for m in range(5)]},
    "a select": {"components": [row(select())]},
    "a link": {"components": [row({"type": 2, "style": 5, "label": "x", "url": "http://127.0.0.1/"})]},
    "an emoji for a label": {"components": [row({"type": 2, "style": 2, "custom_id": "e", "emoji": {"name": "🔄"}})]},
    "an emoji of many signs": {"components": [row(button(emoji={"id": None, "name": "🧍\u200d♂️"}))]},
    "an emoji of a guild": {"components": [row(button(emoji={"id": "123", "name": "fire"}))]},
    "V2": {"flags": V2, "components": [{"type": 17, "components": [text(), row(button())]}]},
    "6000 characters of embeds": {"embeds": [{"description": "x" * 3000}, {"description": "x" * 3000}]},
}

OPTION = {"type": 3, "name": "prompt", "description": "d"}


def command(**more: Any) -> Json:
    return {"name": "draw", "description": "d", **more}


WRONG_COMMANDS: dict[str, list[Json]] = {
    "no description": [{"name": "draw"}],
    "empty description": [command(description="")],
    "description over 100": [command(description="x" * 101)],
    "upper case": [command(name="Draw")],
    "a blank in the name": [command(name="draw it")],
    "name over 32": [command(name="x" * 33)],
    "upper case in an option": [command(options=[{**OPTION, "name": "Prompt"}])],
    "option without description": [command(options=[{"type": 3, "name": "prompt"}])],
    "option of an unknown type": [command(options=[{**OPTION, "type": 12}])],
    "26 options": [command(options=[{**OPTION, "name": f"o{n}"} for n in range(26)])],
    "the same option twice": [command(options=[OPTION, OPTION])],
    "required after optional": [command(options=[OPTION, {**OPTION, "name": "b", "required": True}])],
    "choices and autocomplete": [
        command(options=[{**OPTION, "choices": [{"name": "a", "value": "a"}], "autocomplete": True}])
    ],
    "26 choices": [command(options=[{**OPTION, "choices": [{"name": str(n), "value": str(n)} for n in range(26)]}])],
    "choice over 100": [command(options=[{**OPTION, "choices": [{"name": "a", "value": "x" * 101}]}])],
    "max_length over 6000": [command(options=[{**OPTION, "max_length": 6001}])],
    "a group in a group": [
        command(options=[{"type": 2, "name": "a", "description": "d", "options": [
            {"type": 2, "name": "b", "description": "d", "options": []}]}])
    ],
    "over 8000 characters": [
        command(options=[
            {**OPTION, "name": f"o{m}", "choices": [{"name": "x" * 90, "value": f"{n:090}"} for n in range(25)]}
            for m in range(2)
        ])
    ],
    "the same name twice": [command(), command()],
    "101 commands": [command(name=f"c{n}") for n in range(101)],
    "sixteen user menus": [{"name": f"Menu {n}", "type": 2} for n in range(16)],
    "a menu with options": [{"name": "Menu", "type": 3, "options": [OPTION]}],
}  # fmt: skip

WRONG_CALLBACKS: dict[str, Json] = {
    "no type": {},
    "unknown type": {"type": 99},
    "update of a command": {"type": 7, "data": {"content": "x"}},
    "deferred update of a command": {"type": 6},
    "choices for a command": {"type": 8, "data": {"choices": []}},
    "deferral with other flags": {"type": 5, "data": {"flags": V2}},
    "empty message": {"type": 4, "data": {}},
    "content over 2000": {"type": 4, "data": {"content": "x" * 2001}},
    "custom_id twice": {"type": 4, "data": {"components": [row(button("a"), button("a"))]}},
    "custom_id over 100": {"type": 4, "data": {"components": [row(button("x" * 101))]}},
    "modal without components": {"type": 9, "data": {"custom_id": "m", "title": "t", "components": []}},
    "modal title over 45": {"type": 9, "data": {"custom_id": "m", "title": "x" * 46, "components": [
        {"type": 18, "label": "l", "component": {"type": 4, "custom_id": "t", "style": 1}}]}},
}  # fmt: skip


@pytest.fixture
def play(strict_play: Playground) -> Playground:
    return strict_play


async def caught(
    play: Playground, wrong: dict[str, Any], send: Callable[[Any], Awaitable[tuple[int, Any]]]
) -> list[str]:
    """Names of the bodies that were not refused, or refused without a note."""
    missed = []
    for name, body in wrong.items():
        play.stage.violations.clear()
        status, answer = await send(body)
        if status != 400 or answer["code"] not in (50035, 50006) or not play.stage.violations.count:
            missed.append(f"{name}: {status} {answer}")
    return missed


async def test_every_wrong_message_is_refused_and_noted(play: Playground, bot: BotClient, channel: str) -> None:
    assert play.stage.violations.as_json() == []

    missed = await caught(play, WRONG_MESSAGES, lambda body: bot.call("POST", channel, body))

    assert missed == []
    assert play.stage.world.messages.before(play.stage.world.identity.places[0].id, None, 10) == []


async def test_a_wrong_edit_is_refused_and_leaves_the_message_alone(
    play: Playground, bot: BotClient, channel: str
) -> None:
    _, message = await bot.call("POST", channel, {"content": "before"})
    create_only = {"nonce over 25", "enforce_nonce without nonce", "reference without id", "reference to no id"}
    wrong = {name: {"content": ""} | body for name, body in WRONG_MESSAGES.items() if name not in create_only}

    missed = await caught(play, wrong, lambda body: bot.call("PATCH", f"{channel}/{message['id']}", body))

    assert missed == []
    _, after = await bot.call("GET", f"{channel}/{message['id']}")
    assert after["content"] == "before"


async def test_right_messages_pass_without_a_note(play: Playground, bot: BotClient, channel: str) -> None:
    for name, body in RIGHT_MESSAGES.items():
        status, answer = await bot.call("POST", channel, body)
        assert status == 200, (name, answer)

    assert play.stage.violations.as_json() == []


async def test_every_wrong_command_is_refused_and_noted(play: Playground, bot: BotClient) -> None:
    path = f"/applications/{play.stage.world.identity.application_id}/commands"

    missed = await caught(play, WRONG_COMMANDS, lambda body: bot.call("PUT", path, body))

    assert missed == []
    assert [c["name"] for c in play.stage.world.all_commands()] == ["draw"]


async def test_every_wrong_answer_to_a_command_is_refused_and_noted(
    play: Playground, bot: BotClient, ada: PersonClient
) -> None:
    await ada.use("draw", PROMPT_CHOSEN)
    interaction = await bot.next_interaction()

    missed = await caught(play, WRONG_CALLBACKS, lambda body: bot.answer(interaction, body))

    assert missed == []
    play.stage.violations.clear()
    assert (await bot.answer(interaction, {"type": 4, "data": {"content": "at last"}}))[0] == 200
    assert play.stage.violations.as_json() == []


async def test_wrong_followups_are_refused_and_noted(play: Playground, bot: BotClient, ada: PersonClient) -> None:
    await ada.use("draw", PROMPT_CHOSEN)
    interaction = await bot.next_interaction()
    await bot.answer(interaction, {"type": 4, "data": {"content": "first"}})
    channel_only = {"ephemeral in a channel", "nonce over 25", "enforce_nonce without nonce", "reference without id"}
    wrong = {n: b for n, b in WRONG_MESSAGES.items() if n not in channel_only | {"reference to no id"}}

    missed = await caught(play, wrong, lambda body: bot.call("POST", bot.hook(interaction), body))

    assert missed == []


async def test_a_key_that_discord_does_not_know_is_noted_but_let_through(
    play: Playground, bot: BotClient, channel: str
) -> None:
    bodies = [
        {"content": "x", "contnet": "y"},
        {"embeds": [{"title": "t", "colour": 5}]},
        {"components": [row(button(lable="x"))]},
    ]
    for body in bodies:
        status, _ = await bot.call("POST", channel, body)
        assert status == 200

    kinds = [violation.kind for violation in play.stage.violations]
    assert kinds == [Kind.UNKNOWN_KEY] * len(bodies)


async def test_a_second_answer_and_a_late_one_are_noted(play: Playground, bot: BotClient, ada: PersonClient) -> None:
    await ada.use("draw", PROMPT_CHOSEN)
    answered = await bot.next_interaction()
    await bot.answer(answered, {"type": 5})
    play.control.apply({"ack_deadline_s": 0.01})
    await ada.use("draw", PROMPT_CHOSEN)
    late = await bot.next_interaction()
    await ada.wait_for("INTERACTION_FAILURE")

    second = await bot.answer(answered, {"type": 5})
    too_late = await bot.answer(late, {"type": 5})

    assert (second[0], second[1]["code"]) == (400, 40060)
    assert (too_late[0], too_late[1]["code"]) == (404, 10062)
    assert [v.kind for v in play.stage.violations] == [Kind.STATE, Kind.DEADLINE]


async def test_everything_that_the_playground_answers_agrees_with_the_official_file(
    play: Playground, bot: BotClient, ada: PersonClient, channel: str
) -> None:
    identity = play.stage.world.identity
    app, guild = f"/applications/{identity.application_id}", f"/guilds/{identity.guild_id}"
    whole = {
        "content": f"hello <@{ada.person.id}>",
        "embeds": [{
            "title": "t", "color": 5, "fields": [{"name": "n", "value": "v"}], "footer": {"text": "f"},
            "author": {"name": "a", "icon_url": "attachment://b.png"}, "image": {"url": "attachment://b.png"},
        }],
        "components": [row(button(emoji={"name": "🔄"})), row(select())],
        "attachments": [{"id": 0, "filename": "a.png", "description": "alt"}],
    }  # fmt: skip
    modern = {
        "flags": V2,
        "components": [{"type": 17, "components": [
            text(), {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}, {"type": 14},
            {"type": 9, "components": [text()], "accessory": {"type": 11, "media": {"url": "attachment://a.png"}}},
            {"type": 13, "file": {"url": "attachment://a.png"}},
            row({"type": 5, "custom_id": "who"}),
        ]}],
    }  # fmt: skip
    _, first = await bot.send_files("POST", channel, whole, {"a.png": PICTURE, "b.png": PICTURE})
    await bot.send_files("POST", channel, modern, {"a.png": PICTURE})
    await bot.call("POST", channel, {"content": "re", "message_reference": {"message_id": first["id"]}})
    await ada.press(first, "b")
    press = await bot.next_interaction()
    await bot.answer(press, {"type": 6})
    await bot.call("POST", bot.hook(press), {"content": "more", "flags": 64})
    await bot.call("GET", bot.hook(press, "/messages/@original"))
    for path in (
        "/users/@me", f"/users/{ada.person.id}", "/users/@me/guilds", "/oauth2/applications/@me", "/applications/@me",
        "/gateway", "/gateway/bot", f"{app}/commands", f"{app}{guild}/commands", guild, f"{guild}/channels",
        f"{guild}/roles", f"{guild}/members?limit=5", f"{guild}/members/{ada.person.id}", channel,
        channel.removesuffix("/messages"), f"{channel}/{first['id']}",
    ):  # fmt: skip
        status, answer = await bot.call("GET", path)
        assert status == 200, (path, answer)

    assert play.stage.violations.as_json() == []
    assert play.door.judge is not None
    assert play.door.judge.responses > 20
    assert play.door.judge.requests > 20


PROMPT_CHOSEN = [{"type": 3, "name": "prompt", "value": "a fox"}]
