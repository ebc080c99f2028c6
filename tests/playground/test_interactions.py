"""Commands and buttons from a person to the bot and back."""

from typing import Any

from playground.server import Playground
from tests.playground.clients import PICTURE, BotClient, PersonClient

Json = dict[str, Any]
FOX = [{"type": 3, "name": "prompt", "value": "a fox"}]
BUTTONS: list[Json] = [{"type": 1, "components": [{"type": 2, "style": 2, "label": "U1", "custom_id": "u1"}]}]


async def asked(ada: PersonClient, bot: BotClient, **more: Any) -> Json:
    """Ada used /draw, and the bot heard of it."""
    status, answer = await ada.use("draw", FOX, **more)
    assert status == 204, answer
    return await bot.next_interaction()


async def posted(bot: BotClient, channel: str, body: Json | None = None) -> Json:
    status, message = await bot.call("POST", channel, body or {"content": "grid", "components": BUTTONS})
    assert status == 200, message
    shown: Json = message
    return shown


async def test_the_bot_hears_who_asked_what_where_and_with_which_rights(
    play: Playground, bot: BotClient, ada: PersonClient
) -> None:
    heard = await asked(ada, bot)

    identity = play.stage.world.identity
    assert heard["data"]["name"] == "draw"
    assert heard["data"]["options"] == FOX
    assert heard["member"]["user"]["id"] == ada.person.id
    assert int(heard["member"]["permissions"]) & 1 << 3
    assert heard["channel"]["id"] == heard["channel_id"] == identity.places[0].id
    assert heard["guild_id"] == identity.guild_id
    assert heard["attachment_size_limit"] == 10 << 20
    assert heard["authorizing_integration_owners"] == {"0": identity.guild_id}
    assert heard["context"] == 0
    assert int(heard["app_permissions"]) & 1 << 11
    assert heard["entitlements"] == []


async def test_an_answer_reaches_the_person_with_the_nonce_once(bot: BotClient, ada: PersonClient) -> None:
    interaction = await asked(ada, bot, nonce="n-77")

    status, answer = await bot.answer(interaction, {"type": 4, "data": {"content": "here"}})
    await bot.call("PATCH", bot.hook(interaction, "/messages/@original"), {"content": "changed"})

    _, created = await ada.wait_for("MESSAGE_CREATE")
    _, updated = await ada.wait_for("MESSAGE_UPDATE")
    assert status == 200
    assert answer["resource"]["message"]["content"] == "here"
    assert created["nonce"] == "n-77"
    assert created["type"] == 20
    assert created["interaction"]["name"] == "draw"
    assert created["interaction_metadata"]["user"]["id"] == ada.person.id
    assert updated["content"] == "changed"
    assert "nonce" not in updated


async def test_the_person_is_told_that_it_was_sent_and_that_it_was_answered(bot: BotClient, ada: PersonClient) -> None:
    interaction = await asked(ada, bot, nonce="n-5")
    await bot.answer(interaction, {"type": 5})
    await ada.wait_for("INTERACTION_SUCCESS")

    names = [name for name, _ in ada.events if name not in ("READY", "GUILD_APPLICATION_COMMAND_INDEX_UPDATE")]
    assert names == ["INTERACTION_CREATE", "MESSAGE_CREATE", "INTERACTION_SUCCESS"]
    for name in ("INTERACTION_CREATE", "INTERACTION_SUCCESS"):
        assert ada.named(name) == [{"id": interaction["id"], "nonce": "n-5"}]


async def test_other_people_see_the_answer_but_not_the_interaction(
    bot: BotClient, ada: PersonClient, ben: PersonClient
) -> None:
    interaction = await asked(ada, bot)
    await bot.answer(interaction, {"type": 4, "data": {"content": "here"}})
    await ben.wait_for("MESSAGE_CREATE")
    await ben.settle()

    assert not [name for name, _ in ben.events if name.startswith("INTERACTION")]


async def test_without_a_body_asked_for_an_answer_gives_204(bot: BotClient, ada: PersonClient) -> None:
    interaction = await asked(ada, bot)

    assert await bot.answer(interaction, {"type": 5}, with_response=False) == (204, None)


async def test_no_answer_in_time_fails_the_interaction_and_a_late_one_is_unknown(
    play: Playground, bot: BotClient, ada: PersonClient
) -> None:
    play.control.apply({"ack_deadline_s": 0.02})
    interaction = await asked(ada, bot, nonce="n-9")

    _, failure = await ada.wait_for("INTERACTION_FAILURE")
    status, answer = await bot.answer(interaction, {"type": 5})

    assert failure == {"id": interaction["id"], "nonce": "n-9", "reason_code": 2}
    assert (status, answer["code"]) == (404, 10062)


async def test_a_second_answer_is_refused(bot: BotClient, ada: PersonClient) -> None:
    interaction = await asked(ada, bot)
    await bot.answer(interaction, {"type": 5})

    status, answer = await bot.answer(interaction, {"type": 4, "data": {"content": "again"}})

    assert (status, answer["code"]) == (400, 40060)


async def test_a_token_that_ran_out_opens_nothing_but_the_bot_still_may(
    play: Playground, bot: BotClient, ada: PersonClient, channel: str
) -> None:
    interaction = await asked(ada, bot)
    _, answer = await bot.answer(interaction, {"type": 4, "data": {"content": "here"}})
    play.control.apply({"token_life_s": 0})

    status, refusal = await bot.call("PATCH", bot.hook(interaction, "/messages/@original"), {"content": "late"})
    by_bot, _ = await bot.call("PATCH", f"{channel}/{answer['resource']['message']['id']}", {"content": "by the bot"})

    assert (status, refusal["code"]) == (401, 50027)
    assert by_bot == 200


async def test_a_deferral_thinks_until_it_is_edited(bot: BotClient, ada: PersonClient, channel: str) -> None:
    interaction = await asked(ada, bot)
    await bot.answer(interaction, {"type": 5})
    _, thinking = await ada.wait_for("MESSAGE_CREATE")

    await bot.send_files(
        "PATCH", bot.hook(interaction, "/messages/@original"), {"content": "done"}, {"grid.png": PICTURE}
    )

    _, done = await ada.wait_for("MESSAGE_UPDATE")
    assert thinking["flags"] == 128
    assert thinking["content"] == ""
    assert done["flags"] == 0
    assert [(a["filename"], a["width"], a["height"]) for a in done["attachments"]] == [("grid.png", 4, 4)]


async def test_the_first_followup_of_a_deferral_takes_its_place(bot: BotClient, ada: PersonClient) -> None:
    interaction = await asked(ada, bot)
    await bot.answer(interaction, {"type": 5, "data": {"flags": 64}})

    _, first = await bot.call("POST", bot.hook(interaction), {"content": "one"})
    _, second = await bot.call("POST", bot.hook(interaction), {"content": "two"})

    _, thinking = await ada.wait_for("MESSAGE_CREATE")
    assert first["id"] == thinking["id"]
    assert first["flags"] == 64
    assert second["id"] != first["id"]
    assert second["flags"] == 0
    assert second["message_reference"]["message_id"] == first["id"]


async def test_a_deferral_can_be_taken_back_and_followed_up_privately(
    bot: BotClient, ada: PersonClient, ben: PersonClient
) -> None:
    interaction = await asked(ada, bot)
    await bot.answer(interaction, {"type": 5})

    deleted = await bot.call("DELETE", bot.hook(interaction, "/messages/@original"))
    status, private = await bot.call("POST", bot.hook(interaction), {"content": "sorry", "flags": 64})

    assert deleted == (204, None)
    assert (status, private["flags"]) == (200, 64)
    await ada.wait_for("MESSAGE_CREATE", lambda m: m["content"] == "sorry")
    await ben.wait_for("MESSAGE_DELETE")
    await ben.settle()
    assert [m["content"] for m in ben.named("MESSAGE_CREATE")] == [""]


async def test_an_ephemeral_message_is_seen_by_the_asker_alone(
    bot: BotClient, ada: PersonClient, ben: PersonClient, channel: str
) -> None:
    interaction = await asked(ada, bot)
    _, answer = await bot.answer(
        interaction, {"type": 4, "data": {"content": "psst", "flags": 64, "components": BUTTONS}}
    )
    message = answer["resource"]["message"]
    await bot.call("PATCH", bot.hook(interaction, "/messages/@original"), {"content": "psst!"})
    await ada.wait_for("MESSAGE_UPDATE", lambda m: m["content"] == "psst!")

    one, other = (
        await ben.call("GET", f"{channel}/{message['id']}"),
        await bot.call("GET", f"{channel}/{message['id']}"),
    )
    edited = await bot.call("PATCH", f"{channel}/{message['id']}", {"content": "x"})
    pressed = await ben.press(message, "u1")
    await ben.settle()
    await bot.settle()

    assert [status for status, _ in (one, other, edited, pressed)] == [404] * 4
    assert (await ada.call("GET", channel))[1] == []
    assert not ben.named("MESSAGE_CREATE")
    assert not bot.named("MESSAGE_CREATE")
    assert (await ada.press(message, "u1"))[0] == 204


async def test_a_button_tells_the_bot_its_message_and_is_answered_by_a_reply(
    bot: BotClient, ada: PersonClient, channel: str
) -> None:
    grid = await posted(bot, channel)

    status, _ = await ada.press(grid, "u1", nonce="n-3")
    press = await bot.next_interaction()
    await bot.answer(press, {"type": 4, "data": {"content": "up"}})

    _, reply = await ada.wait_for("MESSAGE_CREATE", lambda m: m["content"] == "up")
    assert status == 204
    assert press["message"]["id"] == grid["id"]
    assert press["data"] == {"custom_id": "u1", "component_type": 2, "id": 2}
    assert reply["type"] == 19
    assert reply["nonce"] == "n-3"
    assert reply["message_reference"]["message_id"] == grid["id"]
    assert reply["referenced_message"]["content"] == "grid"
    assert reply["interaction_metadata"]["interacted_message_id"] == grid["id"]


async def test_a_button_may_change_its_own_message(bot: BotClient, ada: PersonClient, channel: str) -> None:
    grid = await posted(bot, channel)
    await ada.press(grid, "u1")
    press = await bot.next_interaction()
    blue = [{"type": 1, "components": [{**BUTTONS[0]["components"][0], "style": 1}]}]

    _, answer = await bot.answer(press, {"type": 7, "data": {"components": blue}})

    _, updated = await ada.wait_for("MESSAGE_UPDATE")
    assert answer["resource"]["message"]["id"] == grid["id"] == updated["id"]
    assert updated["components"][0]["components"][0]["style"] == 1
    assert updated["content"] == "grid"


async def test_a_silent_answer_to_a_button_leaves_its_message_as_the_original(
    bot: BotClient, ada: PersonClient, channel: str
) -> None:
    grid = await posted(bot, channel)
    await ada.press(grid, "u1")
    press = await bot.next_interaction()

    _, answer = await bot.answer(press, {"type": 6})
    _, original = await bot.call("GET", bot.hook(press, "/messages/@original"))

    assert "resource" not in answer
    assert original["id"] == grid["id"]
    await ada.wait_for("INTERACTION_SUCCESS")


async def test_a_select_hands_over_what_was_chosen(bot: BotClient, ada: PersonClient, channel: str) -> None:
    options = [{"label": x, "value": x} for x in "abc"]
    select = {"type": 3, "custom_id": "s", "options": options, "max_values": 2}
    message = await posted(bot, channel, {"components": [{"type": 1, "components": [select]}]})

    right = await ada.press(message, "s", component_type=3, values=["a", "c"])
    press = await bot.next_interaction()
    unknown = await ada.press(message, "s", component_type=3, values=["z"])
    too_many = await ada.press(message, "s", component_type=3, values=["a", "b", "c"])

    assert right[0] == 204
    assert press["data"]["values"] == ["a", "c"]
    assert unknown[0] == too_many[0] == 400


async def test_presses_that_discord_would_not_pass_on_are_refused(
    bot: BotClient, ada: PersonClient, channel: str
) -> None:
    row = {"type": 1, "components": [
        {"type": 2, "style": 5, "label": "link", "url": "http://127.0.0.1/"},
        {"type": 2, "style": 2, "label": "off", "custom_id": "off", "disabled": True},
    ]}  # fmt: skip
    message = await posted(bot, channel, {"components": [row]})

    missing = await ada.press(message, "nothing")
    disabled = await ada.press(message, "off")
    elsewhere = await ada.press({"id": "1"}, "off")

    assert [status for status, _ in (missing, disabled, elsewhere)] == [400, 400, 404]


async def test_options_are_checked_before_the_bot_hears_of_them(bot: BotClient, ada: PersonClient) -> None:
    wrong: list[list[Json]] = [
        [],
        [{"type": 3, "name": "prompt", "value": 5}],
        [{"type": 3, "name": "prompt", "value": "x" * 101}],
        [{"type": 3, "name": "other", "value": "x"}, *FOX],
    ]
    for options in wrong:
        status, answer = await ada.use("draw", options)
        assert (status, answer["code"]) == (400, 50035), options
    await bot.settle()

    assert not bot.named("INTERACTION_CREATE")


async def test_subcommands_and_members_are_resolved(bot: BotClient, ada: PersonClient, ben: PersonClient) -> None:
    grant = {"type": 1, "name": "grant", "description": "give", "options": [
        {"type": 6, "name": "member", "description": "who", "required": True},
        {"type": 4, "name": "n", "description": "how many", "required": True, "min_value": 1},
    ]}  # fmt: skip
    await bot.register({"name": "quota", "options": [grant], "default_member_permissions": "32"})
    values = [{"type": 6, "name": "member", "value": ben.person.id}, {"type": 4, "name": "n", "value": 5}]
    chosen = [{"type": 1, "name": "grant", "options": values}]

    status, _ = await ada.use("quota", chosen)
    heard = await bot.next_interaction()
    await bot.answer(heard, {"type": 4, "data": {"content": "given"}})
    below = await ada.use("quota", [{**chosen[0], "options": [values[0], {**values[1], "value": 0}]}])

    _, message = await ada.wait_for("MESSAGE_CREATE")
    assert status == 204
    assert heard["data"]["options"] == chosen
    assert heard["data"]["resolved"]["users"][ben.person.id]["username"] == "ben"
    assert ben.person.id in heard["data"]["resolved"]["members"]
    assert message["interaction"]["name"] == "quota grant"
    assert below[0] == 400


async def test_a_members_index_leaves_out_admin_commands_and_using_them_is_refused(
    play: Playground, bot: BotClient, ada: PersonClient, ben: PersonClient, channel: str
) -> None:
    await bot.register({"name": "draw"}, {"name": "quota", "default_member_permissions": "32"}, {
        "name": "never", "default_member_permissions": "0"})  # fmt: skip
    guild = f"/guilds/{play.stage.world.identity.guild_id}/application-command-index"

    seen = {}
    for client in (ada, ben):
        for path in (guild, channel.replace("/messages", "/application-command-index")):
            _, index = await client.call("GET", path)
            seen[client.person.name] = [command["name"] for command in index["application_commands"]]
            assert [app["id"] for app in index["applications"]] == [play.stage.world.identity.application_id]
    refused = [(await ben.use(name))[1]["code"] for name in ("quota", "never")]

    assert seen == {"Ada": ["draw", "quota", "never"], "Ben": ["draw"]}
    assert refused == [50013, 50013]


async def test_any_session_id_and_multipart_are_accepted(play: Playground, bot: BotClient, ada: PersonClient) -> None:
    assert (await ada.use("draw", FOX, session_id="made up"))[0] == 204
    command = play.stage.world.all_commands()[0]
    identity = play.stage.world.identity
    body = {
        "type": 2, "application_id": identity.application_id, "guild_id": identity.guild_id, "nonce": "1",
        "channel_id": identity.places[0].id, "data": {"id": command["id"], "name": "draw", "type": 1, "options": FOX},
    }  # fmt: skip

    status, _ = await ada.send_files("POST", "/interactions", body, {})

    assert status == 204


async def test_what_is_not_there_yet_says_so(
    bot: BotClient, ada: PersonClient, ben: PersonClient, channel: str
) -> None:
    grid = await posted(bot, channel)
    place = channel.removesuffix("/messages")

    answers = [
        await ada.call("POST", "/users/@me/channels", {"recipients": [ben.person.id]}),
        await bot.call("POST", channel, {"message_reference": {"type": 1, "message_id": grid["id"]}}),
        await bot.call("POST", f"{place}/threads", {"name": "x"}),
    ]

    assert [status for status, _ in answers] == [501] * len(answers)
    assert all("does not have" in answer["message"] for _, answer in answers)
