"""Messages in channels: writing, listing, editing, deleting, files, nonces and permissions."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from playground.server import Playground
from playground.settings import Settings
from tests.playground.clients import PICTURE, BotClient, PersonClient

Json = dict[str, Any]


async def written(bot: BotClient, channel: str, body: Json) -> Json:
    status, message = await bot.call("POST", channel, body)
    assert status == 200, message
    shown: Json = message
    return shown


async def test_pages_are_newest_first_and_bounded_by_ids(bot: BotClient, channel: str) -> None:
    ids = [(await written(bot, channel, {"content": str(n)}))["id"] for n in range(6)]

    async def page(query: str) -> list[str]:
        _, found = await bot.call("GET", f"{channel}?{query}")
        return [message["content"] for message in found]

    assert await page("limit=3") == ["5", "4", "3"]
    assert await page(f"before={ids[3]}&limit=2") == ["2", "1"]
    assert await page(f"after={ids[2]}&limit=2") == ["4", "3"]
    assert await page(f"around={ids[2]}&limit=3") == ["3", "2", "1"]
    assert await page("after=0") == ["5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=²", "before=abc"])
async def test_a_wrong_query_is_refused(bot: BotClient, channel: str, query: str) -> None:
    status, answer = await bot.call("GET", f"{channel}?{query}")

    assert (status, answer["code"]) == (400, 50035)


async def test_a_repeated_nonce_makes_one_message(bot: BotClient, ada: PersonClient, channel: str) -> None:
    body = {"content": "once", "nonce": "job-1", "enforce_nonce": True}

    first, second = await asyncio.gather(bot.call("POST", channel, body), bot.call("POST", channel, body))

    _, found = await bot.call("GET", channel)
    await ada.settle()
    assert first[1]["id"] == second[1]["id"]
    assert first[1]["nonce"] == second[1]["nonce"] == "job-1"
    assert len(found) == len(ada.named("MESSAGE_CREATE")) == 1
    assert "nonce" not in found[0]


async def test_a_nonce_is_forgotten_after_its_window_and_means_nothing_unless_enforced(
    play: Playground, bot: BotClient, channel: str
) -> None:
    body = {"content": "x", "nonce": "job-1"}
    await written(bot, channel, body)
    await written(bot, channel, body)
    play.control.apply({"nonce_window_s": 0})
    await written(bot, channel, body | {"enforce_nonce": True})
    await written(bot, channel, body | {"enforce_nonce": True})

    assert len((await bot.call("GET", channel))[1]) == 4


async def test_a_reply_shows_its_original_and_says_when_that_is_gone(bot: BotClient, channel: str) -> None:
    original = await written(bot, channel, {"content": "first"})
    reply = await written(bot, channel, {"content": "re", "message_reference": {"message_id": original["id"]}})
    await bot.call("DELETE", f"{channel}/{original['id']}")
    _, after = await bot.call("GET", f"{channel}/{reply['id']}")
    gone: Json = {"message_reference": {"message_id": original["id"]}, "content": "re"}
    status, _ = await bot.call("POST", channel, gone)
    gone["message_reference"]["fail_if_not_exists"] = False
    lenient = await written(bot, channel, gone)

    assert reply["type"] == 19
    assert reply["referenced_message"]["content"] == "first"
    assert after["referenced_message"] is None
    assert after["message_reference"]["message_id"] == original["id"]
    assert status == 400
    assert (lenient["type"], "message_reference" in lenient) == (0, False)


async def test_an_edit_keeps_what_it_does_not_speak_of(bot: BotClient, ada: PersonClient, channel: str) -> None:
    row = [{"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": "x"}]}]
    _, message = await bot.send_files("POST", channel, {"content": "a", "components": row}, {"a.png": PICTURE})

    await bot.call("PATCH", f"{channel}/{message['id']}", {"content": "b"})

    _, updated = await ada.wait_for("MESSAGE_UPDATE")
    assert updated["content"] == "b"
    assert updated["edited_timestamp"] is not None
    assert updated["components"] == message["components"]
    assert [a["id"] for a in updated["attachments"]] == [a["id"] for a in message["attachments"]]


async def test_an_edit_replaces_keeps_and_drops_attachments_as_listed(bot: BotClient, channel: str) -> None:
    files = {"a.png": PICTURE, "b.png": PICTURE}
    _, message = await bot.send_files("POST", channel, {"content": "x"}, files)
    first = message["attachments"][0]
    place = f"{channel}/{message['id']}"

    _, added = await bot.send_files("PATCH", place, {}, {"c.png": PICTURE})
    listed = {"attachments": [{"id": first["id"]}, {"id": 0, "filename": "d.png", "description": "alt"}]}
    _, swapped = await bot.send_files("PATCH", place, listed, {"d.png": PICTURE})
    _, emptied = await bot.call("PATCH", place, {"attachments": []})

    assert [a["filename"] for a in added["attachments"]] == ["a.png", "b.png", "c.png"]
    assert [a["filename"] for a in swapped["attachments"]] == ["a.png", "d.png"]
    assert swapped["attachments"][1]["description"] == "alt"
    assert emptied["attachments"] == []


async def test_a_picture_in_an_embed_is_resolved_and_not_listed(bot: BotClient, channel: str) -> None:
    embed = {"title": "t", "image": {"url": "attachment://a.png"}}
    _, message = await bot.send_files("POST", channel, {"embeds": [embed]}, {"a.png": PICTURE, "b.png": PICTURE})
    _, edited = await bot.call("PATCH", f"{channel}/{message['id']}", {"embeds": [embed | {"title": "again"}]})

    image = message["embeds"][0]["image"]
    assert image["url"].startswith("http://127.0.0.1")
    assert (image["width"], image["height"]) == (4, 4)
    assert [a["filename"] for a in message["attachments"]] == ["b.png"]
    assert edited["embeds"][0]["image"]["url"].split("?")[0] == image["url"].split("?")[0]


async def test_components_get_ids_that_stay_unique(bot: BotClient, channel: str) -> None:
    row = [{"type": 1, "components": [
        {"type": 2, "style": 2, "label": "x", "custom_id": "x", "id": 1},
        {"type": 2, "style": 2, "label": "y", "custom_id": "y"}]}]  # fmt: skip
    message = await written(bot, channel, {"components": row})

    outer = message["components"][0]
    ids = [outer["id"], *(c["id"] for c in outer["components"])]
    assert outer["components"][0]["id"] == 1
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    ("allowed", "mentioned", "everyone"),
    [
        (None, ["ada"], False),
        ({"parse": []}, [], False),
        ({"parse": ["users"]}, ["ada"], False),
        ({"parse": ["everyone"]}, [], True),
    ],
)
async def test_only_allowed_mentions_call_anybody(
    bot: BotClient, ada: PersonClient, channel: str, allowed: Json | None, mentioned: list[str], everyone: bool
) -> None:
    body = {"content": f"@everyone <@{ada.person.id}>"} | ({"allowed_mentions": allowed} if allowed else {})

    message = await written(bot, channel, body)

    assert [user["username"] for user in message["mentions"]] == mentioned
    assert message["mention_everyone"] is everyone


async def test_people_write_and_delete_their_own_and_admins_any(
    ada: PersonClient, ben: PersonClient, bot: BotClient, channel: str
) -> None:
    message = await written(bot, channel, {"content": "the bot's"})
    _, bens = await ben.call("POST", channel, {"content": "hello", "nonce": "n"})

    assert bens["author"]["username"] == "ben"
    assert (await ben.call("DELETE", f"{channel}/{message['id']}"))[1]["code"] == 50013
    assert (await bot.call("PATCH", f"{channel}/{bens['id']}", {"content": "x"}))[1]["code"] == 50005
    assert (await ben.call("DELETE", f"{channel}/{bens['id']}"))[0] == 204
    assert (await ada.call("DELETE", f"{channel}/{message['id']}"))[0] == 204
    assert {m["id"] for m in ben.named("MESSAGE_DELETE")} <= {bens["id"], message["id"]}


async def test_unknown_things_have_their_own_codes(play: Playground, bot: BotClient, channel: str) -> None:
    calls = {
        10003: ("GET", "/channels/1/messages"),
        10008: ("GET", f"{channel}/1"),
        10013: ("GET", "/users/1"),
        10004: ("GET", "/guilds/1"),
        10007: ("GET", f"/guilds/{play.stage.world.identity.guild_id}/members/1"),
        10015: ("GET", f"/webhooks/{play.stage.world.identity.application_id}/x/messages/@original"),
        10062: ("POST", "/interactions/1/x/callback"),
        10063: ("GET", f"/applications/{play.stage.world.identity.application_id}/commands/1"),
    }

    for code, (method, path) in calls.items():
        status, answer = await bot.call(method, path)
        assert (status, answer["code"]) == (404, code), path


async def test_strangers_and_the_wrong_kind_of_caller_are_refused(
    play: Playground, bot: BotClient, ada: PersonClient, channel: str
) -> None:
    async with ada.session.get(f"{play.base_url}/api/v10{channel}", headers={"Authorization": "wrong"}) as response:
        assert response.status == 401
    index = f"/guilds/{play.stage.world.identity.guild_id}/application-command-index"

    assert (await ada.call("GET", "/gateway/bot"))[0] == 403
    assert (await bot.call("GET", index))[0] == 403


@pytest.mark.parametrize(("denied", "code"), [("VIEW_CHANNEL", 50001), ("SEND_MESSAGES", 50013)])
async def test_a_channel_can_take_permissions_from_the_bot(
    play: Playground, bot: BotClient, channel: str, denied: str, code: int
) -> None:
    place = play.stage.world.identity.places[0].id
    play.control.apply({"permissions": {"channel": place, "deny": [denied]}})

    status, answer = await bot.call("POST", channel, {"content": "x"})

    assert (status, answer["code"]) == (403, code)
    _, change = await bot.wait_for("CHANNEL_UPDATE")
    assert change["permission_overwrites"][0]["id"] == play.stage.world.identity.application_id


async def test_files_embeds_replies_and_history_need_their_permissions(
    play: Playground, bot: BotClient, channel: str
) -> None:
    message = await written(bot, channel, {"content": "x"})
    place = play.stage.world.identity.places[0].id
    names = ["ATTACH_FILES", "EMBED_LINKS", "READ_MESSAGE_HISTORY"]
    play.control.apply({"permissions": {"channel": place, "deny": names}})

    files = await bot.send_files("POST", channel, {"content": "x"}, {"a.png": PICTURE})
    embed = await bot.call("POST", channel, {"embeds": [{"title": "t"}]})
    reply = await bot.call("POST", channel, {"content": "x", "message_reference": {"message_id": message["id"]}})
    one = await bot.call("GET", f"{channel}/{message['id']}")
    history = await bot.call("GET", channel)
    play.control.apply({"permissions": {"channel": place}})
    after = await bot.call("GET", channel)

    assert [answer["code"] for _, answer in (files, embed, reply, one)] == [50013, 50013, 160002, 50013]
    assert history == (200, [])
    assert len(after[1]) == 1


async def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    play: Playground, settings: Settings, bot: BotClient, channel: str
) -> None:
    play.control.apply({"attachment_size_limit": 100})

    status, answer = await bot.send_files("POST", channel, {"content": "x"}, {"a.bin": b"x" * 101})

    assert (status, answer["code"]) == (413, 40005)
    assert (await bot.call("GET", channel))[1] == []


async def test_broken_bodies_are_refused(play: Playground, bot: BotClient, channel: str) -> None:
    json_type = {"Content-Type": "application/json"}
    broken = await bot.call("POST", channel, data=b"{", headers=json_type)
    a_list = await bot.call("POST", channel, [])
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    torn = await bot.call("POST", channel, data=b"--b\r\nnonsense", headers=form)

    assert [(status, answer["code"]) for status, answer in (broken, a_list, torn)] == [
        (400, 50109), (400, 50035), (400, 50109)]  # fmt: skip


async def test_a_replaced_picture_goes_after_its_grace(
    play: Playground, bot: BotClient, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, message = await bot.send_files("POST", channel, {"content": "x"}, {"a.png": PICTURE})
    url = message["attachments"][0]["url"]
    original = play.stage.shelf.discard
    monkeypatch.setattr(play.stage.shelf, "discard", lambda ids: original(ids, after_s=0.01))

    await bot.send_files("PATCH", f"{channel}/{message['id']}", {"attachments": []}, {"b.png": PICTURE})

    async with asyncio.timeout(5):
        while True:
            async with bot.session.get(url) as response:
                if response.status == 404:
                    break
            await asyncio.sleep(0.01)


async def test_commands_keep_their_ids_when_they_are_registered_again(play: Playground, bot: BotClient) -> None:
    path = f"/applications/{play.stage.world.identity.application_id}/commands"
    first = (await bot.register({"name": "draw"}, {"name": "help"}))[0]["id"]
    again = (await bot.register({"name": "draw", "description": "new"}))[0]

    status, created = await bot.call("POST", path, {"name": "info", "description": "d"})
    _, changed = await bot.call("PATCH", f"{path}/{created['id']}", {"description": "other"})
    deleted = await bot.call("DELETE", f"{path}/{first}")
    _, left = await bot.call("GET", path)

    assert again["id"] == first
    assert status == 201
    assert changed["description"] == "other"
    assert deleted == (204, None)
    assert [command["name"] for command in left] == ["info"]


async def test_commands_of_the_guild_stand_beside_those_of_everywhere(play: Playground, bot: BotClient) -> None:
    identity = play.stage.world.identity
    path = f"/applications/{identity.application_id}/guilds/{identity.guild_id}/commands"

    _, (own,) = await bot.call("PUT", path, [{"name": "here", "description": "d"}])

    assert own["guild_id"] == identity.guild_id
    assert [command["name"] for command in play.stage.world.all_commands()] == ["draw", "here"]


def test_settings_do_not_show_their_secrets(settings: Settings) -> None:
    secret = replace(settings, fixed=replace(settings.fixed, bot_token="s3cret", page_key="s3cret"))

    assert "s3cret" not in repr(secret)
