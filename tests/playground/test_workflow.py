"""Forms, files, menus, suggestions and selects: a stock bot and a person's client, in strict mode."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from playground.server import Playground
from tests.playground.clients import PICTURE, PersonClient
from tests.playground.stock import point_discord_py_at, running
from tests.playground.workflow_bot import WorkflowBot

Json = dict[str, Any]


@pytest.fixture
def play(strict_play: Playground, monkeypatch: pytest.MonkeyPatch) -> Playground:
    point_discord_py_at(strict_play, monkeypatch)
    return strict_play


@pytest.fixture
async def stock(play: Playground) -> AsyncIterator[WorkflowBot]:
    async with running(play, WorkflowBot()) as bot:
        yield bot


def has_nonce(nonce: str) -> Callable[[Json], bool]:
    return lambda data: data.get("nonce") == nonce


async def opened_form(ada: PersonClient, *, whole: bool = False, nonce: str = "form") -> Json:
    options = [{"type": 5, "name": "whole", "value": True}] if whole else []
    assert (await ada.use("form", options, nonce=nonce))[0] == 204
    return (await ada.wait_for("INTERACTION_MODAL_CREATE", has_nonce(nonce)))[1]


async def panel_of(ada: PersonClient) -> Json:
    await ada.use("panel", nonce="panel")
    return (await ada.wait_for("MESSAGE_CREATE", has_nonce("panel")))[1]


def words(modal: Json, value: str) -> list[Json]:
    row = modal["components"][0]
    field = {"type": 4, "id": row["components"][0]["id"], "custom_id": row["components"][0]["custom_id"]}
    return [{"type": 1, "id": row["id"], "components": [{**field, "value": value}]}]


async def test_a_form_opens_at_the_person_who_asked_and_what_they_write_comes_back(
    play: Playground, stock: WorkflowBot, ada: PersonClient
) -> None:
    modal = await opened_form(ada)

    status, _ = await ada.submit(modal, words(modal, "a bear"), nonce="sent")

    _, answer = await ada.wait_for("MESSAGE_CREATE", has_nonce("sent"))
    field = modal["components"][0]["components"][0]
    assert status == 204
    assert set(modal) == {"id", "channel_id", "custom_id", "title", "components", "application", "nonce"}
    assert (modal["title"], field["label"], field["value"]) == ("Remix Prompt", "New prompt", "a fox")
    assert modal["application"]["id"] == play.stage.world.identity.application_id
    assert not [s for s in ada.named("INTERACTION_SUCCESS") if s["nonce"] == "form"]
    assert stock.heard == ["a bear"]
    assert answer["attachments"][0]["filename"] == "new.png"
    assert answer["interaction_metadata"]["triggering_interaction_metadata"]["type"] == 2
    assert play.stage.violations.as_json() == []


async def test_a_form_from_a_button_may_change_its_message_in_every_way(
    play: Playground, stock: WorkflowBot, ada: PersonClient
) -> None:
    panel = await panel_of(ada)
    seen: dict[str, Json] = {}
    for way in ("message", "defer", "silent", "update"):
        stock.form_answer = way
        await ada.press(panel, "panel:remix", nonce=way)
        _, modal = await ada.wait_for("INTERACTION_MODAL_CREATE", has_nonce(way))
        assert (await ada.submit(modal, words(modal, way), nonce=f"sent {way}"))[0] == 204
        await ada.wait_for("INTERACTION_SUCCESS", has_nonce(f"sent {way}"))
        if way in ("message", "defer"):
            _, seen[way] = await ada.wait_for("MESSAGE_CREATE", has_nonce(f"sent {way}"))
    await ada.wait_for("MESSAGE_UPDATE", lambda m: m["content"] == "later" and m["flags"] == 64)
    await ada.wait_for("MESSAGE_CREATE", lambda m: m["content"] == "more" and m["flags"] == 64)
    _, changed = await ada.wait_for("MESSAGE_UPDATE", lambda m: m["content"] == "changed")
    _, at_once = await ada.wait_for("MESSAGE_UPDATE", lambda m: m["content"] == "at once")

    assert changed["id"] == at_once["id"] == panel["id"]
    assert changed["attachments"][0]["filename"] == "b.png"
    assert seen["message"]["message_reference"]["message_id"] == panel["id"]
    assert stock.heard == ["message", "defer", "silent", "update"]
    assert play.stage.violations.as_json() == []


async def test_every_kind_of_field_reaches_the_bot(play: Playground, stock: WorkflowBot, ada: PersonClient) -> None:
    modal = await opened_form(ada, whole=True)
    _, note = await ada.upload("a.png", PICTURE)
    fields = [part.get("component") for part in modal["components"]]
    given: tuple[Json, ...] = ({"value": ""}, {"values": ["b"]}, {"values": [ada.person.id]}, {"values": ["0"]})
    parts = [
        {"type": 18, "component": {"type": field["type"], "custom_id": field["custom_id"], **answer}}
        for field, answer in zip(fields[1:], given, strict=True)
    ]

    status, answer = await ada.submit(modal, parts, attachments=[note])

    await ada.wait_for("MESSAGE_CREATE", lambda m: m["content"] == "thanks")
    assert status == 204, answer
    assert stock.heard == [["", ["b"], ["ada"], [PICTURE]]]
    assert play.stage.violations.as_json() == []


async def test_a_form_that_is_filled_in_wrongly_or_sent_twice_stays_here(
    play: Playground, stock: WorkflowBot, ada: PersonClient, ben: PersonClient
) -> None:
    modal = await opened_form(ada)
    right = words(modal, "a bear")
    wrong: list[Any] = [
        words(modal, ""), words(modal, "x" * 51), [], 5, [{"type": 4, "custom_id": "other", "value": "x"}],
        [{"type": 1, "components": [{"type": 4, "custom_id": right[0]["components"][0]["custom_id"], "value": 5}]}],
    ]  # fmt: skip

    refused = [await ada.submit(modal, components) for components in wrong]
    refused += [await ben.submit(modal, right), await ada.submit({**modal, "custom_id": "x"}, right)]
    sent = await ada.submit(modal, right)
    refused += [await ada.submit(modal, right), await ada.submit({**modal, "id": "1"}, right)]

    await ada.wait_for("MESSAGE_CREATE")
    assert sent[0] == 204
    assert [(status, answer["code"]) for status, answer in refused] == [(400, 50035)] * len(refused)
    assert stock.heard == ["a bear"]


async def test_files_given_to_a_command_reach_the_bot_with_their_facts(
    play: Playground, stock: WorkflowBot, ada: PersonClient
) -> None:
    _, first = await ada.upload("my picture.png", PICTURE)
    _, second = await ada.upload("notes.txt", b"not a picture")
    options = [{"type": 11, "name": "first", "value": 0}, {"type": 11, "name": "second", "value": 1}]

    status, answer = await ada.use("blend", options, attachments=[first, {**second, "id": "1"}])

    _, said = await ada.wait_for("MESSAGE_CREATE")
    assert status == 204, answer
    assert stock.heard == [[PICTURE, b"not a picture"]]
    assert said["content"] == str([
        ("my_picture.png", 4, 4, "image/png", len(PICTURE), True), ("notes.txt", None, None, "text/plain", 13, True),
    ])  # fmt: skip
    assert play.stage.violations.as_json() == []


async def test_uploads_that_cannot_be_are_refused(
    play: Playground, stock: WorkflowBot, ada: PersonClient, ben: PersonClient
) -> None:
    play.control.apply({"attachment_size_limit": 1000})
    too_large = await ada.upload("a.png", b"x" * 1001)
    longer_than_announced = await ada.upload("a.png", b"x" * 11, announced=10)
    _, bens = await ben.upload("a.png", PICTURE)
    options = [{"type": 11, "name": "first", "value": 0}]
    wrong: list[list[Json]] = [
        [], [bens], [{"id": "0", "filename": "a.png", "uploaded_filename": "made/up.png"}],
        [longer_than_announced[1]], [{**bens, "id": "7"}],
    ]  # fmt: skip

    refused = [await ada.use("blend", options, attachments=attachments) for attachments in wrong]

    assert (too_large[0], too_large[1]["code"]) == (413, 40005)
    assert longer_than_announced[0] == 413
    assert [(status, answer["code"]) for status, answer in refused] == [(400, 50035)] * len(wrong)
    assert stock.heard == []


async def test_a_person_may_write_a_message_with_a_file_that_was_uploaded_before(
    play: Playground, ada: PersonClient, channel: str
) -> None:
    _, note = await ada.upload("a.png", PICTURE)

    status, message = await ada.call("POST", channel, {"content": "look", "attachments": [note]})

    async with ada.session.get(message["attachments"][0]["url"]) as response:
        assert await response.read() == PICTURE
    assert status == 200
    assert (message["attachments"][0]["width"], message["attachments"][0]["filename"]) == (4, "a.png")
    assert (await ada.call("POST", channel, {"content": "again", "attachments": [note]}))[0] == 400


async def test_suggestions_come_while_typing(play: Playground, stock: WorkflowBot, ada: PersonClient) -> None:
    typing = {"type": 3, "name": "colour", "value": "gr", "focused": True}
    amount = {"type": 4, "name": "amount", "value": 3}

    some = await ada.suggestions("pick", [typing, amount], "one")
    none = await ada.suggestions("pick", [{**typing, "value": "x"}], "two")
    number = await ada.suggestions("pick", [{**amount, "value": "1", "focused": True}], "three")

    assert [(choice["name"], choice["value"]) for choice in some] == [("Green", "green"), ("Grey", "grey")]
    assert none == []
    assert number[0]["value"] == 6
    assert stock.heard == [("gr", 3), ("x", None)]
    assert not ada.named("INTERACTION_CREATE")
    assert play.stage.violations.as_json() == []


async def test_only_one_option_with_autocomplete_may_be_typed(
    play: Playground, stock: WorkflowBot, ada: PersonClient
) -> None:
    colour = {"type": 3, "name": "colour", "value": "gr", "focused": True}
    for options in (
        [],
        [{**colour, "focused": False}],
        [colour, {"type": 4, "name": "amount", "value": 1, "focused": True}],
    ):
        assert (await ada.use("pick", options, type=4))[0] == 400
    refused = await ada.use("blend", [{"type": 11, "name": "first", "value": 0, "focused": True}], type=4)

    assert refused[0] == 400
    assert stock.heard == []


async def test_a_menu_of_a_message_hands_it_to_the_bot(
    play: Playground, stock: WorkflowBot, ada: PersonClient, ben: PersonClient, channel: str
) -> None:
    _, message = await ben.call("POST", channel, {"content": "look at this"})

    status, answer = await ada.use("DM Results", target_id=message["id"])

    _, said = await ada.wait_for("MESSAGE_CREATE", lambda m: m["content"] == "sent")
    gone = await ada.use("DM Results", target_id="1")
    assert status == 204, answer
    assert stock.heard == [(int(message["id"]), "look at this", "ben")]
    assert (said["type"], said["flags"]) == (23, 64)
    assert said["message_reference"]["message_id"] == message["id"]
    assert said["interaction_metadata"]["target_message_id"] == message["id"]
    assert (gone[0], gone[1]["code"]) == (404, 10008)
    assert play.stage.violations.as_json() == []


async def test_a_menu_of_a_person_hands_them_to_the_bot(
    play: Playground, stock: WorkflowBot, ada: PersonClient, ben: PersonClient
) -> None:
    await ada.use("Greet", target_id=ben.person.id)

    _, said = await ada.wait_for("MESSAGE_CREATE")
    assert said["content"] == "Hello Ben"
    assert said["interaction_metadata"]["target_user"]["id"] == ben.person.id
    assert (await ada.use("Greet", target_id="1"))[0] == 400
    assert play.stage.violations.as_json() == []


async def test_a_select_changes_its_message_and_takes_only_what_is_on_offer(
    play: Playground, stock: WorkflowBot, ada: PersonClient
) -> None:
    panel = await panel_of(ada)

    status, _ = await ada.press(panel, "panel:styles", component_type=3, values=["ink", "clay"])
    wrong: list[Any] = [[], ["ink", "oil", "clay"], ["glass"], ["ink", "ink"], "ink", [5], [["ink"]], None]
    refused = [(await ada.press(panel, "panel:styles", component_type=3, values=values))[0] for values in wrong]

    await ada.wait_for("MESSAGE_UPDATE", lambda m: m["content"] == "styles: ink, clay")
    assert status == 204
    assert refused == [400] * len(wrong)
    assert play.stage.violations.as_json() == []
