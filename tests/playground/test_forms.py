"""Forms without a library: which are refused, what may follow one, and that no nonsense breaks their rules."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.components import completed
from playground.rules.modal import modal_rules
from playground.server import Playground
from playground.violations import Kind
from tests.playground.clients import BotClient, PersonClient
from tests.playground.test_parts import JSON

Json = dict[str, Any]
FOX = [{"type": 3, "name": "prompt", "value": "a fox"}]
BUTTONS: list[Json] = [{"type": 1, "components": [{"type": 2, "style": 2, "label": "U1", "custom_id": "u1"}]}]


def text(custom_id: str = "t", **more: Any) -> Json:
    return {"type": 4, "custom_id": custom_id, "style": 1, **more}


def row(**more: Any) -> Json:
    return {"type": 1, "components": [text(label="l", **more)]}


def label(component: Json | None = None, **more: Any) -> Json:
    return {"type": 18, "label": "l", "component": component or text(), **more}


def options(count: int) -> list[Json]:
    return [{"label": str(n), "value": str(n)} for n in range(count)]


def select(**more: Any) -> Json:
    return {"type": 3, "custom_id": "s", "options": options(3), **more}


def modal(*components: Json, **more: Any) -> Json:
    return {"custom_id": "m", "title": "t", "components": list(components), **more}


WRONG: dict[str, Json] = {
    "title over 45": modal(row(), title="x" * 46),
    "no title": modal(row(), title=""),
    "custom_id over 100": modal(row(), custom_id="x" * 101),
    "nothing in it": modal(),
    "six parts": modal(*(row(custom_id=str(n)) for n in range(6))),
    "two inputs in a row": modal({"type": 1, "components": [text("a", label="l"), text("b", label="l")]}),
    "an empty row": modal({"type": 1, "components": []}),
    "an input without label": modal({"type": 1, "components": [text()]}),
    "a label over 45": modal(label(label="x" * 46)),
    "a description over 100": modal(label(description="x" * 101)),
    "a label in a label": modal(label(text(label="l"))),
    "a label without a field": modal({"type": 18, "label": "l"}),
    "a button": modal({"type": 1, "components": [{"type": 2, "style": 1, "label": "b", "custom_id": "b"}]}),
    "a button in a label": modal(label({"type": 2, "style": 1, "label": "b", "custom_id": "b"})),
    "an input at the top": modal(text(label="l")),
    "style 3": modal(row(style=3)),
    "a placeholder over 100": modal(row(placeholder="x" * 101)),
    "a value over its length": modal(row(value="xxx", max_length=2)),
    "the shortest over the longest": modal(row(min_length=3, max_length=2)),
    "a length over 4000": modal(row(max_length=4001)),
    "an empty text": modal({"type": 10, "content": ""}, row()),
    "two fields of one name": modal(row(), label()),
    "a select with one value twice": modal(label(select(options=options(1) * 2))),
    "more chosen than there are": modal(label(select(min_values=4, max_values=5))),
    "a select that is switched off": modal(label(select(disabled=True))),
    "one of one": modal(label({"type": 21, "custom_id": "r", "options": options(1)})),
    "eleven boxes": modal(label({"type": 22, "custom_id": "c", "options": options(11)})),
    "eleven files": modal(label({"type": 19, "custom_id": "f", "max_values": 11})),
    "not even a list": {"custom_id": "m", "title": "t", "components": 5},
}

RIGHT: dict[str, Json] = {
    "the oldest form": modal(row(value="x", required=False, min_length=0, max_length=4000, placeholder="p")),
    "five parts": modal(*(row(custom_id=str(n)) for n in range(5))),
    "every kind": modal(
        {"type": 10, "content": "hello"},
        label(select(required=False, min_values=0)),
        label({"type": 19, "custom_id": "f", "max_values": 10}),
        label({"type": 21, "custom_id": "r", "options": options(2)}),
        label({"type": 22, "custom_id": "c", "options": options(10)}, description="d"),
    ),
    "yes or no, and who": modal(label({"type": 23, "custom_id": "y"}), label({"type": 5, "custom_id": "u"})),
}


@pytest.fixture
def play(strict_play: Playground) -> Playground:
    return strict_play


async def asked(ada: PersonClient, bot: BotClient, **more: Any) -> Json:
    assert (await ada.use("draw", FOX, **more))[0] == 204
    return await bot.next_interaction()


async def opened(ada: PersonClient, bot: BotClient, data: Json, **more: Any) -> Json:
    """A form that Ada has before her."""
    interaction = await asked(ada, bot, **more)
    status, answer = await bot.answer(interaction, {"type": 9, "data": data})
    assert status == 200, answer
    return (await ada.wait_for("INTERACTION_MODAL_CREATE", lambda m: m["id"] == interaction["id"]))[1]


async def test_every_wrong_form_is_refused_and_noted(play: Playground, bot: BotClient, ada: PersonClient) -> None:
    interaction = await asked(ada, bot)
    missed = []
    for name, data in WRONG.items():
        play.stage.violations.clear()
        status, answer = await bot.answer(interaction, {"type": 9, "data": data})
        if (status, answer["code"]) != (400, 50035) or not play.stage.violations.count or not modal_rules(data):
            missed.append(name)

    assert missed == []
    assert not ada.named("INTERACTION_MODAL_CREATE")


@pytest.mark.parametrize("name", RIGHT)
async def test_right_forms_open_without_a_note(play: Playground, bot: BotClient, ada: PersonClient, name: str) -> None:
    form = await opened(ada, bot, RIGHT[name])

    assert len(form["components"]) == len(RIGHT[name]["components"])
    assert play.stage.violations.as_json() == []


async def test_what_was_chosen_in_every_kind_of_field_is_checked(bot: BotClient, ada: PersonClient) -> None:
    form = await opened(ada, bot, RIGHT["every kind"])

    def parts(**values: Any) -> list[Json]:
        return [
            {"type": 18, "component": {"type": 0, "custom_id": key, ("value" if key == "r" else "values"): value}}
            for key, value in values.items()
        ]

    _, note = await ada.upload("a.txt", b"x")
    good: Json = {"s": [], "f": ["0"], "r": "1", "c": ["0", "9"]}
    bad: list[Json] = [
        {"s": ["7"]}, {"f": []}, {"f": ["1"]}, {"f": 5}, {"r": "2"}, {"r": None}, {"r": []}, {"c": []}, {"c": ["x"]},
        {"c": [{}]}, {"c": "0"},
    ]  # fmt: skip
    refused = [await ada.submit(form, parts(**good | change), attachments=[note]) for change in bad]
    taken = await ada.submit(form, parts(**good), attachments=[note])
    heard = await bot.next_interaction()

    assert [status for status, _ in refused] == [400] * len(bad)
    assert taken[0] == 204
    fields = [part.get("component", {}) for part in heard["data"]["components"]]
    file_id = fields[2]["values"][0]
    assert heard["data"]["components"][0] == {"type": 10, "id": 1}
    assert [field.get("values", field.get("value")) for field in fields[1:]] == [[], [file_id], "1", ["0", "9"]]
    assert heard["data"]["resolved"]["attachments"][file_id]["filename"] == "a.txt"


async def test_a_form_is_not_answered_with_a_form_and_one_from_a_command_changes_no_message(
    bot: BotClient, ada: PersonClient
) -> None:
    form = await opened(ada, bot, modal(row()))
    await ada.submit(form, [{"type": 4, "custom_id": "t", "value": "x"}])
    heard = await bot.next_interaction()

    refused = [
        await bot.answer(heard, {"type": 9, "data": modal(row())}),
        await bot.answer(heard, {"type": 6}),
        await bot.answer(heard, {"type": 7, "data": {"content": "x"}}),
        await bot.answer(heard, {"type": 8, "data": {"choices": []}}),
    ]
    taken = await bot.answer(heard, {"type": 4, "data": {"content": "x"}})

    assert (heard["type"], heard["data"]["custom_id"], "message" in heard) == (5, "m", False)
    assert [status for status, _ in refused] == [400] * 4
    assert taken[0] == 200


async def test_a_form_that_the_bot_did_not_take_can_be_sent_again(
    play: Playground, bot: BotClient, ada: PersonClient
) -> None:
    form = await opened(ada, bot, modal(row()))
    filled = [{"type": 4, "custom_id": "t", "value": "x"}]
    play.control.apply({"ack_deadline_s": 0.02})
    await ada.submit(form, filled, nonce="first")
    await ada.wait_for("INTERACTION_FAILURE", lambda f: f["nonce"] == "first")
    play.control.apply({"ack_deadline_s": 3})

    assert (await ada.submit(form, filled))[0] == 204
    assert (await ada.submit(form, filled))[0] == 400


async def test_a_private_answer_to_a_form_can_be_followed_changed_and_taken_back(
    bot: BotClient, ada: PersonClient, ben: PersonClient, channel: str
) -> None:
    _, grid = await bot.call("POST", channel, {"content": "grid", "components": BUTTONS})
    await ada.press(grid, "u1")
    press = await bot.next_interaction()
    await bot.answer(press, {"type": 9, "data": modal(row())})
    _, form = await ada.wait_for("INTERACTION_MODAL_CREATE")
    await ada.submit(form, [{"type": 4, "custom_id": "t", "value": "x"}])
    heard = await bot.next_interaction()
    await bot.answer(heard, {"type": 5, "data": {"flags": 64}})
    hook = bot.hook(heard)

    _, first = await bot.send_files("PATCH", f"{hook}/messages/@original", {"components": BUTTONS}, {"a.txt": b"x"})
    _, more = await bot.call("POST", hook, {"content": "more", "flags": 64})
    changed, _ = await bot.call("PATCH", f"{hook}/messages/{more['id']}", {"content": "most"})
    gone = [await bot.call("DELETE", f"{hook}/messages/{name}") for name in (more["id"], "@original")]
    await ada.wait_for("MESSAGE_DELETE", lambda m: m["id"] == first["id"])
    await ben.settle()

    assert heard["message"]["id"] == grid["id"]
    assert (first["flags"], first["attachments"][0]["filename"], changed) == (64, "a.txt", 200)
    assert [status for status, _ in gone] == [204, 204]
    assert [m["content"] for m in ben.named("MESSAGE_CREATE")] == ["grid"]
    assert not ben.named("MESSAGE_DELETE")


async def test_a_silent_answer_may_delete_the_message_of_the_button(
    bot: BotClient, ada: PersonClient, channel: str
) -> None:
    _, grid = await bot.call("POST", channel, {"content": "grid", "components": BUTTONS})
    await ada.press(grid, "u1")
    press = await bot.next_interaction()
    await bot.answer(press, {"type": 6})

    deleted = await bot.call("DELETE", bot.hook(press, "/messages/@original"))

    await ada.wait_for("MESSAGE_DELETE", lambda m: m["id"] == grid["id"])
    assert deleted[0] == 204


async def test_suggestions_are_judged_and_cannot_be_followed_up(
    play: Playground, bot: BotClient, ada: PersonClient
) -> None:
    option = {"type": 4, "name": "n", "description": "d", "autocomplete": True}
    await bot.register({"name": "pick", "options": [option]})
    await ada.use("pick", [{"type": 4, "name": "n", "value": "1", "focused": True}], type=4)
    heard = await bot.next_interaction()
    wrong: list[Any] = [
        [{"name": "a", "value": "text"}], [{"name": "", "value": 1}], [{"name": "x" * 101, "value": 1}],
        [{"name": str(n), "value": n} for n in range(26)], 5, [5],
    ]  # fmt: skip

    refused = [await bot.answer(heard, {"type": 8, "data": {"choices": choices}}) for choices in wrong]
    refused += [await bot.answer(heard, {"type": 4, "data": {"content": "x"}}), await bot.answer(heard, {"type": 5})]
    play.stage.violations.clear()
    taken = await bot.answer(heard, {"type": 8, "data": {"choices": [{"name": "one", "value": 1}]}})
    hooked = await bot.call("POST", bot.hook(heard), {"content": "x"})

    assert (heard["type"], heard["data"]["options"][0]["focused"]) == (4, True)
    assert [status for status, _ in refused] == [400] * len(refused)
    assert taken[0] == 200
    assert hooked[0] == 404
    assert [violation.kind for violation in play.stage.violations] == [Kind.STATE]


@given(data=st.dictionaries(st.sampled_from(["custom_id", "title", "components"]), JSON) | JSON)
@settings(max_examples=150, deadline=None)
def test_no_form_breaks_the_rules_and_what_passes_them_can_be_completed(data: Any) -> None:
    if not modal_rules(data):
        completed(data["components"])
