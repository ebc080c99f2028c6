"""What people do with results afterwards: reactions, /show, menus and copies, as discord.py sends them."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
from PIL import Image

from bot import keepsakes
from bot.chat import letters
from bot.chat.letters import batches
from bot.chat.reactions import _Lately
from bot.clock import wall_clock
from bot.errors import NotServedHere, NotYourJob
from bot.keepsakes import Keepsakes
from bot.parcels import Enclosure
from bot.settings import Settings
from db import jobs, ledger, people, pictures
from db.clock import DAY_MS
from db.jobs import Job
from db.people import Preferences
from tests.e2e.person import Message, Person, buttons, job_of
from tests.e2e.processes import openapi_path
from tests.flow.conftest import GUILD, Opened, asker
from tests.flow.town import Town, town

CROSS, LETTER, BARE_LETTER = "❌", "✉️", "✉"
UNKNOWN = "0b7e4f0e-6a55-4d0e-9c0b-1f2e3d4c5b6a"


@asynccontextmanager
async def strict_town(home: Path, **wishes: Any) -> AsyncIterator[Town]:
    """A town where every body is checked against the published rules, if they are at hand."""
    async with town(home, spec=openapi_path(), **wishes) as here:
        yield here
        assert here.play.stage.violations.as_json() == []
        assert await here.bot.database.read(ledger.audit) == []


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with strict_town(tmp_path) as opened:
        yield opened


async def grid_of(here: Town, prompt: str = "red fox", *, by: Person | None = None) -> Message:
    """The grid of a job that is delivered and paid for."""
    person = by or here.ada
    grid = await person.result(job_of(await person.answer(await person.use("imagine", prompt=prompt))))
    await here.ended(job_of(grid))
    return grid


def letters_to(person: Person, channel: str) -> list[Message]:
    """The messages of a conversation, oldest first."""
    found = [one for one in person.messages.values() if one["channel_id"] == channel]
    return sorted(found, key=lambda one: int(one["id"]))


async def first_letter(person: Person) -> Message:
    channel = await person.dm()
    await person.until(lambda: letters_to(person, channel), "a direct message")
    return letters_to(person, channel)[0]


async def heard(here: Town, times: int, reacting: Callable[[], Any]) -> None:
    """Wait until the bot has dealt with reactions."""
    answered = 0
    box = here.bot.client._reactions
    plain = box.heard

    async def counted(event: discord.RawReactionActionEvent) -> None:
        nonlocal answered
        await plain(event)
        answered += 1

    box.heard = counted  # type: ignore[method-assign]
    await reacting()
    async with asyncio.timeout(30):
        while answered < times:
            await asyncio.sleep(0.01)
    box.heard = plain  # type: ignore[method-assign]


# -- ✉️ ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("emoji", [LETTER, BARE_LETTER])
async def test_a_letter_brings_the_four_single_pictures_with_prompt_job_id_and_seed(here: Town, emoji: str) -> None:
    grid = await grid_of(here, "red *fox* --seed 77")
    job = await here.job(job_of(grid))

    await here.ada.react(grid, emoji)
    letter = await first_letter(here.ada)

    assert letter["content"] == f"**red \\*fox\\* --seed 77**\n**Job ID**: {job.id}\n**seed** 77"
    stored = await here.bot.database.read(pictures.of_job, job.id)
    assert [file["filename"][:2] for file in letter["attachments"]] == ["1_", "2_", "3_", "4_"]
    assert all(file["filename"].endswith(f"_{job.id}.png") for file in letter["attachments"])
    for file, picture in zip(letter["attachments"], stored, strict=True):
        shown = Image.open(io.BytesIO(await here.ada.download(file["url"])))
        kept = Image.open(io.BytesIO(here.bot.studio.intake.house.store.read(picture.sha256)))
        assert shown.tobytes() == kept.tobytes()


async def test_a_letter_for_a_single_picture_has_that_picture_and_a_film_comes_along(here: Town) -> None:
    grid = await grid_of(here, "red fox --video")
    film = (await here.job(job_of(grid))).film
    assert film is not None
    solo = await here.ada.result(
        job_of(await here.ada.answer(await here.ada.press(grid, f"MJ::JOB::upsample::2::{job_of(grid)}")))
    )
    await here.ended(job_of(solo))

    await here.ada.react(grid, LETTER)
    with_film = await first_letter(here.ada)
    await here.ada.react(solo, LETTER)
    channel = with_film["channel_id"]
    await here.ada.until(lambda: len(letters_to(here.ada, channel)) == 2, "the second letter")
    single = letters_to(here.ada, channel)[1]

    assert len(with_film["attachments"]) == 5
    moving = with_film["attachments"][4]
    assert moving["filename"].startswith("film_")
    assert moving["filename"].endswith(f"_{job_of(grid)}.{film.extension}")
    kept = here.bot.studio.intake.house.store.read(film.sha256)
    assert await here.ada.download(moving["url"]) == kept
    assert [file["filename"].endswith(f"_{job_of(solo)}.png") for file in single["attachments"]] == [True]


async def test_a_letter_of_somebody_else_is_passed_over_in_silence(here: Town) -> None:
    grid = await grid_of(here)

    async with Person.at(here.play.ready, "Ben") as ben:
        await heard(here, 1, lambda: ben.react(grid, LETTER))

    assert here.asked("POST", "/users/@me/channels") == 0
    assert [one["id"] for one in here.ada.messages.values()] == [grid["id"]]


async def test_reactions_to_messages_of_others_and_other_reactions_are_passed_over(here: Town) -> None:
    grid = await grid_of(here)
    said = await here.ada.say("look at this")
    asked = len(here.play.door.traffic.as_json("bot"))

    async def react() -> None:
        for message, emoji in ((said, CROSS), (said, LETTER), (grid, "⭐"), (grid, "❤️")):
            await here.ada.react(message, emoji)

    await heard(here, 4, react)

    assert len(here.play.door.traffic.as_json("bot")) == asked
    assert {said["id"], grid["id"]} <= set(here.ada.messages)


async def test_taking_a_letter_back_and_giving_it_again_at_once_sends_it_once(here: Town) -> None:
    grid = await grid_of(here)

    async def react() -> None:
        await here.ada.react(grid, LETTER)
        await here.ada.take_back(grid, LETTER)
        await here.ada.react(grid, LETTER)

    await heard(here, 2, react)
    letter = await first_letter(here.ada)

    assert letters_to(here.ada, letter["channel_id"]) == [letter]


async def test_closed_direct_messages_are_said_once_in_the_channel(here: Town) -> None:
    one, other = await grid_of(here), await grid_of(here, "blue fox")
    here.play.control.apply({"closed_dms": ["Ada"]})

    async def react() -> None:
        await here.ada.react(one, LETTER)
        await here.ada.react(other, LETTER)

    await heard(here, 2, react)
    await here.ada.until(lambda: len(here.ada.messages) == 3, "a sentence in the channel")

    told = [found for found in here.ada.messages.values() if not found["attachments"]]
    assert len(told) == 1
    assert told[0]["content"].startswith(f"<@{here.ada.id}> I cannot write to you.")
    assert [user["id"] for user in told[0]["mentions"]] == [here.ada.id]


async def test_an_upscaled_picture_over_the_upload_limit_goes_out_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with strict_town(tmp_path) as here:
        grid = await grid_of(here)
        job = job_of(grid)
        solo = await here.ada.result(
            job_of(await here.ada.answer(await here.ada.press(grid, f"MJ::JOB::upsample::1::{job}")))
        )
        key = f"MJ::JOB::upsample_v7_2x_subtle::1::{job_of(solo)}::SOLO"
        large = await here.ada.result(job_of(await here.ada.answer(await here.ada.press(solo, key))))
        await here.ended(job_of(large))
        limit = large["attachments"][0]["size"] // 20
        monkeypatch.setattr(letters, "DEFAULT_LIMIT_BYTES", limit)

        await here.ada.react(large, LETTER)
        letter = await first_letter(here.ada)

        [file] = letter["attachments"]
        assert file["filename"].endswith(f"_{job_of(large)}.webp")
        assert 0 < file["size"] <= limit


async def test_where_discord_calls_a_file_too_large_the_rest_follows_smaller_and_nothing_twice(here: Town) -> None:
    grid = await grid_of(here)
    here.fault("POST", r"/channels/\d+/messages$", "before", status=400, code=40005)

    await here.ada.react(grid, LETTER)
    channel = await here.ada.dm()
    await here.ada.until(lambda: len(files_in(here.ada, channel)) == 4, "four pictures")

    assert [name[0] for name in files_in(here.ada, channel)] == ["1", "2", "3", "4"]
    told = [one["content"] for one in letters_to(here.ada, channel) if one["content"]]
    assert len(told) == 1
    assert job_of(grid) in told[0]


@pytest.mark.parametrize("gallery_url", [None, "https://art.example"])
async def test_a_letter_whose_files_are_smaller_says_so_once_and_leads_to_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gallery_url: str | None
) -> None:
    async with strict_town(tmp_path, gallery_url=gallery_url) as here:
        grid = await grid_of(here, "red fox --video")
        monkeypatch.setattr(letters, "DEFAULT_LIMIT_BYTES", 400)

        await here.ada.react(grid, LETTER)
        channel = await here.ada.dm()
        await here.ada.until(lambda: len(files_in(here.ada, channel)) == 4, "four pictures")
        first, *rest = [one["content"] for one in letters_to(here.ada, channel)]

        address = f"https://art.example/jobs/{job_of(grid)}"
        assert first.splitlines()[3:] == [
            "-# Some files are smaller than the pictures because of the upload limit"
            + (f": [the whole pictures](<{address}>)" if gallery_url else "."),
            "-# The film is over the upload limit and was left out"
            + (f": [watch it](<{address}>)" if gallery_url else "."),
        ]
        assert not any(rest)


async def test_a_letter_of_a_hidden_job_has_no_link_to_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with strict_town(tmp_path, gallery_url="https://art.example") as here:
        grid = await grid_of(here, "red fox --stealth")
        monkeypatch.setattr(letters, "DEFAULT_LIMIT_BYTES", 400)

        await here.ada.react(grid, LETTER)
        letter = await first_letter(here.ada)

        assert letter["content"].splitlines()[3:] == [
            "-# Some files are smaller than the pictures because of the upload limit."
        ]


async def test_files_that_get_smaller_only_after_the_first_message_are_told_of_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST_FILES", 2)
    async with strict_town(tmp_path, gallery_url="https://art.example") as here:
        grid = await grid_of(here)
        post = {"method": "POST", "path": r"/channels/\d+/messages$"}
        too_large = {"effect": "before", "status": 400, "code": 40005, "times": 5}
        here.play.control.apply({"rules": [{**post, "effect": "delay", "delay_s": 0}, {**post, **too_large}]})

        await here.ada.react(grid, LETTER)
        channel = await here.ada.dm()
        await here.ada.until(lambda: len(files_in(here.ada, channel)) == 4, "four pictures")
        first, second, *rest = [one["content"] for one in letters_to(here.ada, channel)]

        assert "smaller" not in first
        assert second.startswith("-# Some files are smaller than the pictures")
        assert f"(<https://art.example/jobs/{job_of(grid)}>)" in second
        assert not any(rest)


def files_in(person: Person, channel: str) -> list[str]:
    return [file["filename"] for one in letters_to(person, channel) for file in one["attachments"]]


def test_files_are_divided_over_messages_by_number_and_by_size() -> None:
    files = [Enclosure(file_name=str(number), data=b"x" * 30) for number in range(12)]

    by_number = [len(batch) for batch in batches(files, 1000)]
    by_size = [[one.file_name for one in batch] for batch in batches(files[:3], 60)]

    assert by_number == [10, 2]
    assert by_size == [["0", "1"], ["2"]]
    assert list(batches([], 60)) == []


async def test_when_the_pictures_are_gone_a_letter_says_so(here: Town) -> None:
    grid = await grid_of(here)
    await lose_pictures(here, job_of(grid))

    await here.ada.react(grid, LETTER)
    letter = await first_letter(here.ada)

    assert letter["embeds"][0]["title"] == "Pictures gone"


async def lose_pictures(here: Town, job_id: str) -> None:
    for picture in await here.bot.database.read(pictures.of_job, job_id):
        here.bot.studio.intake.house.store.path(picture.sha256).unlink(missing_ok=True)


def test_what_happened_lately_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    lately = _Lately(10.0)

    assert lately.first("a")
    assert not lately.first("a")
    assert lately.first("b")
    now[0] += 10.1
    assert lately.first("a")
    assert set(lately._at) == {"a"}


# -- ❌ ------------------------------------------------------------------------------------------------------------


async def free(here: Town) -> int:
    balance = await here.bot.database.read(ledger.balance, here.ada.id, here.ada.guild_id)
    return int(balance.free_units)


async def test_a_cross_on_a_job_under_way_cancels_it_and_gives_the_credits_back(tmp_path: Path) -> None:
    async with strict_town(tmp_path, step_s=0.3) as here:
        waiting = await here.ada.answer(await here.ada.use("imagine", prompt="red fox"))
        async with asyncio.timeout(30):
            while (await here.newest()).progress_message_id is None:
                await asyncio.sleep(0.01)

        async with Person.at(here.play.ready, "Ben") as ben:
            await heard(here, 1, lambda: ben.react(waiting, CROSS))
            assert not (await here.job(job_of(waiting))).cancel_requested
        await here.ada.react(waiting, CROSS)
        job = await here.ended(job_of(waiting))
        await here.ada.until(lambda: "(Stopped)" in here.ada.messages[waiting["id"]]["content"], "(Stopped)")

        assert (job.state, job.why) == ("refunded", "cancelled")
        assert await free(here) == 25_000


async def test_a_cross_on_a_result_takes_it_away_without_a_refund(here: Town) -> None:
    grid = await grid_of(here)

    async with Person.at(here.play.ready, "Ben") as ben:
        await heard(here, 1, lambda: ben.react(grid, CROSS))
        assert grid["id"] in here.ada.messages
    await here.ada.react(grid, CROSS)
    await here.ada.until(lambda: grid["id"] in here.ada.deleted, "the result to go")

    job = await here.job(job_of(grid))
    assert (job.state, job.removed) == ("delivered", True)
    assert await free(here) == 24_000


async def test_an_admin_may_take_away_what_others_have_made(here: Town) -> None:
    async with Person.at(here.play.ready, "Ben") as ben:
        grid = await grid_of(here, by=ben)

    await here.ada.react(grid, CROSS)
    await here.ada.until(lambda: grid["id"] in here.ada.deleted, "the result to go")

    assert (await here.job(job_of(grid))).removed


async def test_a_picture_that_was_taken_away_can_be_made_again(here: Town) -> None:
    grid = await grid_of(here)
    key = f"MJ::JOB::upsample::1::{job_of(grid)}"
    first = await here.ada.result(job_of(await here.ada.answer(await here.ada.press(grid, key))))
    await here.ended(job_of(first))
    told = await pressed_later(here, grid, key)
    await here.ada.react(first, CROSS)
    await here.ada.until(lambda: first["id"] in here.ada.deleted, "the result to go")
    again = await pressed_later(here, grid, key)

    assert first["id"] in told["content"]
    assert job_of(again) != job_of(first)


async def pressed_later(here: Town, message: Message, key: str) -> Message:
    """Press until it counts: within two seconds it is the same press."""
    async with asyncio.timeout(30):
        while True:
            answer = await here.ada.answer(await here.ada.press(message, key))
            if not answer["content"].startswith("That was pressed a moment ago"):
                return answer
            await asyncio.sleep(0.3)


# -- /show ---------------------------------------------------------------------------------------------------------


async def shown(person: Person, job_id: str) -> Message:
    """The message that shows a job again, complete."""
    first = await person.answer(await person.use("show", job_id=job_id))
    await person.until(lambda: person.messages[first["id"]].get("attachments"), "the picture")
    return person.messages[first["id"]]


async def test_show_brings_a_job_back_with_coloured_buttons_that_work_where_it_is_shown(here: Town) -> None:
    grid = await grid_of(here)
    job_id = job_of(grid)
    key = f"MJ::JOB::upsample::3::{job_id}"
    solo = await here.ada.result(job_of(await here.ada.answer(await here.ada.press(grid, key))))
    await here.ada.react(grid, CROSS)
    await here.ada.until(lambda: grid["id"] in here.ada.deleted, "the result to go")
    here.ada.channel_id = here.play.ready["channels"][1]["id"]

    again = await shown(here.ada, grid["attachments"][0]["filename"])
    await here.ada.until(lambda: buttons(here.ada.messages[again["id"]]), "buttons")
    other = await here.ada.result(
        job_of(await here.ada.answer(await here.ada.press(again, f"MJ::JOB::upsample::1::{job_id}")))
    )

    assert again["content"] == grid["content"]
    assert again["channel_id"] == here.ada.channel_id
    assert not again.get("flags", 0) & 64
    styles = {custom_id: one["style"] for custom_id, one in buttons(again).items()}
    assert [custom_id for custom_id, style in styles.items() if style == 1] == [key]
    assert other["message_reference"]["message_id"] == again["id"]
    assert other["channel_id"] == here.ada.channel_id
    assert solo["id"] in here.ada.messages
    await until_restored(here, job_id)


async def test_what_was_enlarged_elsewhere_can_be_had_here_too_and_is_made_once_in_each_place(here: Town) -> None:
    """A link to it would lead into a channel that whoever presses here may not see."""
    grid = await grid_of(here)
    key = f"MJ::JOB::upsample::1::{job_of(grid)}"
    first = await here.ada.result(job_of(await here.ada.answer(await here.ada.press(grid, key))))
    await here.ended(job_of(first))
    here.ada.channel_id = here.play.ready["channels"][1]["id"]
    again = await shown(here.ada, job_of(grid))
    await here.ada.until(lambda: buttons(here.ada.messages[again["id"]]), "buttons")

    second = await here.ada.result(job_of(await here.ada.answer(await here.ada.press(again, key))))
    await here.ended(job_of(second))
    told = await pressed_later(here, again, key)

    assert second["channel_id"] == here.ada.channel_id
    assert second["id"] in told["content"]


async def test_what_was_made_before_is_linked_to_where_it_stands_here_and_not_in_a_conversation(tmp_path: Path) -> None:
    async with strict_town(tmp_path) as here:
        grid = await grid_of(here)
        key = f"MJ::JOB::upsample::1::{job_of(grid)}"
        first = await here.ada.result(job_of(await here.ada.answer(await here.ada.press(grid, key))))
        await here.ended(job_of(first))
        there, here.ada.channel_id = here.ada.channel_id, await here.ada.dm()
        await shown(here.ada, job_of(first))
        here.ada.channel_id = there

        assert first["id"] in (await pressed_later(here, grid, key))["content"]


async def until_restored(here: Town, job_id: str) -> None:
    async with asyncio.timeout(30):
        while (await here.job(job_id)).removed:
            await asyncio.sleep(0.01)


async def test_a_shown_job_links_to_what_it_was_made_from_and_takes_reactions(here: Town) -> None:
    grid = await grid_of(here)
    solo = await here.ada.result(
        job_of(await here.ada.answer(await here.ada.press(grid, f"MJ::JOB::upsample::3::{job_of(grid)}")))
    )
    await here.ended(job_of(solo))

    again = await shown(here.ada, f" `{job_of(solo).upper()}` ")
    heart = await here.ada.answer(await here.ada.press(again, f"MJ::BOOKMARK::{job_of(solo)}"))
    await here.ada.react(again, CROSS)
    await here.ada.until(lambda: {again["id"], solo["id"]} <= here.ada.deleted.keys(), "both messages to go")

    place = f"{here.ada.guild_id}/{here.ada.channel_id}"
    assert again["content"].endswith(f"-# Made from https://discord.com/channels/{place}/{grid['id']}")
    assert f"/{again['id']})" in heart["content"]
    assert (await here.job(job_of(solo))).removed


async def test_show_says_displaying_while_it_loads(here: Town, no_deferral: None) -> None:
    grid = await grid_of(here)

    first = await here.ada.answer(await here.ada.use("show", job_id=job_of(grid)))
    created = next(data for kind, data in here.ada.events if kind == "MESSAGE_CREATE" and data["id"] == first["id"])

    assert created["content"] == "Displaying..."
    await here.ada.until(lambda: here.ada.messages[first["id"]].get("attachments"), "the picture")


async def refusal(person: Person, job_id: str) -> Message:
    return await person.answer(await person.use("show", job_id=job_id))


async def test_show_refuses_in_words_what_it_cannot_show(tmp_path: Path) -> None:
    async with strict_town(tmp_path, step_s=0.5) as here, Person.at(here.play.ready, "Ben") as ben:
        waiting = await here.ada.answer(await here.ada.use("imagine", prompt="red fox"))
        job_id = job_of(waiting)

        told = [await refusal(here.ada, text) for text in ("fox", UNKNOWN, f"{UNKNOWN} {job_id}", job_id)]
        told.append(await refusal(ben, job_id))
        await here.ada.press(waiting, f"MJ::CancelJob::ByJobid::{job_id}")
        await here.ended(job_id)
        told.append(await refusal(here.ada, job_id))

    titles = [one["embeds"][0]["title"] for one in told]
    bodies = [one["embeds"][0]["description"] for one in told]
    assert titles == [
        "Invalid job id",
        "Job not found",
        "Invalid job id",
        *["Job action restricted"] * 2,
        "No pictures",
    ]
    assert bodies[3] == "This job is not finished yet."
    assert bodies[4].startswith("Only the one who ordered this job")
    assert all(one["flags"] & 64 for one in told)


async def test_show_keeps_to_the_servers_that_the_bot_is_open_for(place: Opened) -> None:
    async with place(settings=Settings(guilds=frozenset({GUILD}))) as house:
        desk = Keepsakes(house.studio.intake.house, house.studio)
        job = (await house.studio.imagine("red fox", asker())).job
        await house.ended(job.id)

        recalled = await desk.recall(job.id, asker())
        with pytest.raises(NotServedHere):
            await desk.recall(job.id, asker(guild_id="100000000000000009"))

        assert (recalled.job.id, recalled.parent) == (job.id, None)


async def test_an_admin_elsewhere_has_no_say_here(place: Opened) -> None:
    async with place() as house:
        desk = Keepsakes(house.studio.intake.house, house.studio)
        job = await house.ended((await house.studio.imagine("red fox", asker())).job.id)
        stranger = asker("ben", is_admin=True, guild_id="100000000000000009")

        for refused in (desk.recall(job.id, stranger), desk.discard(job, stranger, None)):
            with pytest.raises(NotYourJob):
                await refused
        assert (await desk.recall(job.id, asker("ben", is_admin=True))).job.id == job.id


async def test_show_says_when_the_pictures_are_gone(here: Town) -> None:
    grid = await grid_of(here)
    await lose_pictures(here, job_of(grid))

    told = await refusal(here.ada, job_of(grid))

    assert told["embeds"][0]["title"] == "Pictures gone"
    assert told["flags"] & 64


async def test_a_show_that_cannot_be_uploaded_leaves_words_instead_of_displaying(here: Town, no_deferral: None) -> None:
    grid = await grid_of(here)
    here.fault("PATCH", "@original", "before", status=403, code=50013)

    first = await here.ada.answer(await here.ada.use("show", job_id=job_of(grid)))
    await here.ada.until(lambda: first["id"] in here.ada.deleted, "the empty message to go")
    told = await here.ada.until(
        lambda: next((one for one in here.ada.messages.values() if one.get("embeds")), None), "the reason"
    )

    assert told is not None
    assert told["embeds"][0]["description"].startswith("Discord did not take the pictures")
    assert told["flags"] & 64


async def test_a_job_of_a_server_can_be_shown_in_a_conversation_and_pressed_there(tmp_path: Path) -> None:
    async with town(tmp_path) as probe:
        guild = probe.ada.guild_id
    async with strict_town(tmp_path, home_guild=guild) as here:
        grid = await grid_of(here)
        here.ada.channel_id = await here.ada.dm()

        again = await shown(here.ada, job_of(grid))
        await here.ada.until(lambda: buttons(here.ada.messages[again["id"]]), "buttons")
        solo = await here.ada.result(
            job_of(await here.ada.answer(await here.ada.press(again, f"MJ::JOB::upsample::1::{job_of(grid)}")))
        )

        assert solo["channel_id"] == here.ada.channel_id
        assert await free(here) == 23_000


# -- Menus ---------------------------------------------------------------------------------------------------------


async def chosen(person: Person, message: Message, name: str) -> Message:
    """Choose from the menu of a message; the private answer."""
    told = await person.answer(await person.menu(message, name))
    assert told["flags"] & 64
    return told


async def test_cancel_job_in_the_menu_does_what_a_cross_does(tmp_path: Path) -> None:
    async with strict_town(tmp_path, step_s=0.3) as here:
        waiting = await here.ada.answer(await here.ada.use("imagine", prompt="red fox"))
        stopping = await chosen(here.ada, waiting, "Cancel Job")
        job = await here.ended(job_of(waiting))

    assert stopping["content"].startswith("Stopp")
    assert job.why == "cancelled"


async def test_cancel_job_on_a_result_takes_it_away_and_says_how_to_get_it_back(here: Town) -> None:
    grid = await grid_of(here)
    async with Person.at(here.play.ready, "Ben") as ben:
        refused = await chosen(ben, grid, "Cancel Job")

    told = await chosen(here.ada, grid, "Cancel Job")

    assert refused["embeds"][0]["title"] == "Job action restricted"
    assert told["content"] == f"The result is taken away. `/show {job_of(grid)}` brings it back."
    assert grid["id"] in here.ada.deleted


async def test_dm_results_in_the_menu_sends_and_says_so(here: Town) -> None:
    grid = await grid_of(here)
    async with Person.at(here.play.ready, "Ben") as ben:
        refused = await chosen(ben, grid, "DM Results")

    told = await chosen(here.ada, grid, "DM Results")
    letter = await first_letter(here.ada)
    here.play.control.apply({"closed_dms": ["Ada"]})
    closed = await chosen(here.ada, grid, "DM Results")

    assert refused["embeds"][0]["description"].startswith("Only the one who ordered this job")
    assert told["content"] == "Sent: look at your direct messages."
    assert len(letter["attachments"]) == 4
    assert closed["embeds"][0]["title"] == "I cannot write to you"


async def test_menus_on_messages_without_a_job_say_so(here: Town) -> None:
    said = await here.ada.say("look at this")

    told = [await chosen(here.ada, said, name) for name in ("Cancel Job", "DM Results", "Report Job")]

    assert [one["embeds"][0]["title"] for one in told] == ["No job here"] * 3


async def test_a_menu_finds_the_job_by_its_buttons_when_a_crash_has_forgotten_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with strict_town(tmp_path) as here:
        write = here.bot.database.write

        async def stuck(fn: Any, *args: Any, **more: Any) -> Any:
            if getattr(fn, "__name__", "") == "delivered":
                await asyncio.Event().wait()
            return await write(fn, *args, **more)

        monkeypatch.setattr(here.bot.database, "write", stuck)
        waiting = await here.ada.answer(await here.ada.use("imagine", prompt="red fox"))
        grid = await here.ada.result(job_of(waiting))

        told = await chosen(here.ada, grid, "Cancel Job")

        assert told["content"].startswith("Too late to stop")
        assert grid["id"] in here.ada.messages


async def test_a_report_reaches_the_owners_once_and_the_reporter_is_thanked(tmp_path: Path) -> None:
    async with town(tmp_path) as probe:
        chloe = next(one["id"] for one in probe.play.ready["people"] if one["name"] == "Chloe")
    async with strict_town(tmp_path, owners=frozenset({chloe})) as here:
        grid = await grid_of(here)
        async with Person.at(here.play.ready, "Chloe") as owner, Person.at(here.play.ready, "Ben") as ben:
            first = await chosen(ben, grid, "Report Job")
            letter = await first_letter(owner)
            second = await chosen(ben, grid, "Report Job")

            assert first["content"].startswith("Thank you.")
            assert second["content"].startswith("You have reported this job already")
            body = letter["embeds"][0]["description"]
            assert all(part in body for part in (job_of(grid), ben.id, here.ada.id, "red fox", grid["id"]))
            assert len(letters_to(owner, letter["channel_id"])) == 1


async def test_reports_of_one_member_are_limited_and_start_anew_the_next_day(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = await grid_of(here)
    other = await grid_of(here, "blue fox")
    long_ago = wall_clock() - DAY_MS - 1000
    await here.bot.database.write(pictures.report, here.ada.id, job_of(other), long_ago)
    monkeypatch.setattr(keepsakes, "MOST_REPORTS", 1)

    taken = await chosen(here.ada, grid, "Report Job")
    too_many = await chosen(here.ada, grid, "Report Job")

    assert taken["content"].startswith("Thank you.")
    assert too_many["embeds"][0]["title"] == "Thank you, that is enough"


async def test_reporting_is_not_offered_in_conversations(here: Town) -> None:
    channel = await here.ada.dm()

    index = await here.ada.api("GET", f"/channels/{channel}/application-command-index")

    names = {one["name"] for one in index["application_commands"]}
    assert {"Cancel Job", "DM Results", "show"} <= names
    assert "Report Job" not in names


# -- Copies --------------------------------------------------------------------------------------------------------


async def prefer_copies(here: Town) -> None:
    await here.bot.database.write(people.put, here.ada.id, Preferences(auto_dm=True), 0)


async def test_with_auto_dm_a_result_comes_by_direct_message_too(here: Town) -> None:
    await prefer_copies(here)

    grid = await grid_of(here)
    copy = await first_letter(here.ada)

    link = f"https://discord.com/channels/{here.ada.guild_id}/{grid['channel_id']}/{grid['id']}"
    assert copy["content"] == f"**red fox**\n{link}"
    assert [file["filename"] for file in copy["attachments"]] == [grid["attachments"][0]["filename"]]


async def test_a_copy_that_is_smaller_leads_to_the_whole_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with strict_town(tmp_path, gallery_url="https://art.example") as here:
        await prefer_copies(here)
        monkeypatch.setattr(letters, "DEFAULT_LIMIT_BYTES", 400)

        grid = await grid_of(here)
        copy = await first_letter(here.ada)

        assert copy["content"].splitlines()[-1] == (
            "-# The file is smaller than the picture because of the upload limit here: "
            f"[the whole picture](<https://art.example/jobs/{job_of(grid)}>)"
        )


async def test_a_copy_goes_out_once_whatever_is_tried_again(here: Town) -> None:
    await prefer_copies(here)
    grid = await grid_of(here)
    copy = await first_letter(here.ada)
    job: Job = await here.job(job_of(grid))

    here.bot.client.mailbox.copy_soon(job)
    await asyncio.gather(*here.bot.client.mailbox._copies)

    assert len(letters_to(here.ada, copy["channel_id"])) == 1


async def test_a_copy_that_cannot_be_sent_is_a_line_in_the_log_and_nothing_in_the_channel(
    here: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    await prefer_copies(here)
    here.play.control.apply({"closed_dms": ["Ada"]})

    grid = await grid_of(here)
    said = ""
    async with asyncio.timeout(30):
        while "copy not sent" not in said:
            await asyncio.sleep(0.02)
            said += "".join(capsys.readouterr())

    assert (await here.job(job_of(grid))).state == "delivered"
    assert set(here.ada.messages) - here.ada.deleted.keys() == {grid["id"]}


async def test_a_copy_that_the_platform_could_not_take_is_sent_by_the_next_start(tmp_path: Path) -> None:
    async with strict_town(tmp_path) as here:
        await prefer_copies(here)
        here.fault("POST", "/users/@me/channels", "before", times=9, status=503)
        grid = await grid_of(here)
        await asyncio.gather(*here.bot.client.mailbox._copies)
        assert here.asked("POST", "/users/@me/channels")
    async with strict_town(tmp_path) as here:
        copy = await first_letter(here.ada)
        await asyncio.gather(*here.bot.client.mailbox._copies)

        assert copy["attachments"][0]["filename"] == grid["attachments"][0]["filename"]
        assert await here.bot.database.read(jobs.copies_owed, 0) == []


async def test_a_copy_to_closed_direct_messages_is_not_tried_again(here: Town) -> None:
    await prefer_copies(here)
    here.play.control.apply({"closed_dms": ["Ada"]})

    await grid_of(here)
    await asyncio.gather(*here.bot.client.mailbox._copies)

    assert await here.bot.database.read(jobs.copies_owed, 0) == []


async def test_jobs_of_a_conversation_are_not_copied_there(tmp_path: Path) -> None:
    async with town(tmp_path) as probe:
        guild = probe.ada.guild_id
    async with strict_town(tmp_path, home_guild=guild) as here:
        await prefer_copies(here)
        here.ada.channel_id = await here.ada.dm()
        grid = await grid_of(here)
        await asyncio.gather(*here.bot.client.mailbox._copies)

        assert [one["id"] for one in letters_to(here.ada, here.ada.channel_id)] == [grid["id"]]


async def test_the_bot_asks_for_no_more_than_it_needs_and_keeps_no_messages(here: Town) -> None:
    intents = dict(here.bot.client.intents)

    assert {name for name, on in intents.items() if on} == {"guilds", "guild_reactions", "dm_reactions"}
    assert here.bot.client._connection._messages is None
