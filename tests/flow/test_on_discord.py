"""Answers, progress and results against a Discord that is slow, forgetful or gone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from bot.chat import courier
from bot.chat.pace import Pace
from bot.parcels import Parcel
from bot.studio import Readiness, Studio
from db import ledger
from db.errors import DatabaseBusy
from pipeline.store import PictureMissing
from tests.e2e.person import Message, Person, buttons, job_of
from tests.flow.town import Town, town


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as opened:
        yield opened


@pytest.fixture
def quick_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress edits as often as possible."""
    monkeypatch.setattr(courier, "Pace", lambda: Pace(per_message_s=0.01, per_channel_s=0.01))


def slow_accept(bot: Bot, monkeypatch: pytest.MonkeyPatch, delay_s: float = 1.4) -> None:
    """A database that takes its time with every acceptance."""
    write = bot.database.write

    async def slowly(fn: Any, *args: Any, **more: Any) -> Any:
        if getattr(fn, "__name__", "") == "accept":
            await asyncio.sleep(delay_s)
        return await write(fn, *args, **more)

    monkeypatch.setattr(bot.database, "write", slowly)


async def grid_of(here: Town, prompt: str = "red fox") -> Message:
    waiting = await here.ada.answer(await here.ada.use("imagine", prompt=prompt))
    return await here.ada.result(job_of(waiting))


async def nothing_left(here: Town) -> None:
    await here.ada.until(lambda: not here.waiting_messages(), "every waiting message to go")


async def test_a_slow_acceptance_is_deferred_publicly_and_then_becomes_the_waiting_message(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_accept(here.bot, monkeypatch)

    nonce = await here.ada.use("imagine", prompt="red fox")
    first = await here.ada.acknowledgement(nonce)
    thinking = first["flags"]
    waiting = await here.ada.until(lambda: next(iter(here.waiting_messages()), None), "the waiting message")
    assert waiting is not None
    await here.ada.result(job_of(waiting))

    assert thinking & 128
    assert not thinking & 64
    assert waiting["id"] == first["id"]
    assert "(Waiting to start)" in waiting["content"] or "%)" in waiting["content"]
    await nothing_left(here)


async def test_what_a_painter_says_of_its_trouble_leaves_room_for_a_long_prompt(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def in_trouble(_studio: Studio) -> Readiness:
        return Readiness(ready=False, note=f"It ended unexpectedly and starts again: OSError:\n{'no such file ' * 90}")

    monkeypatch.setattr(Studio, "readiness", in_trouble)

    waiting = await here.ada.answer(await here.ada.use("imagine", prompt="red fox " * 400))

    first, note = waiting["content"].split("\n")
    assert first.endswith("(Waiting to start)")
    assert note.startswith("-# The painter is not ready yet. It ended unexpectedly")
    assert len(waiting["content"]) <= 2000


async def test_a_slow_refusal_takes_the_deferral_away_and_is_told_to_the_asker_alone(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_accept(here.bot, monkeypatch)

    async with Person.at(here.play.ready, "Dan") as dan:
        deferral = await dan.acknowledgement(await dan.use("imagine", prompt="a castle"))
        told = await dan.until(
            lambda: next((one for one in dan.messages.values() if one.get("embeds")), None), "the refusal"
        )

        assert told is not None
        assert told["embeds"][0]["title"] == "Credits exhausted"
        assert told["flags"] & 64
        await here.ada.until(lambda: deferral["id"] in here.ada.deleted, "the deferral to go")
        assert not [one for one in here.ada.messages.values() if one.get("embeds")]


async def test_a_waiting_message_that_appears_after_the_result_goes_away_again(here: Town) -> None:
    grid = await grid_of(here)
    here.fault("POST", "/callback", "delay", delay_s=2.0)

    await here.ada.press(grid, f"MJ::JOB::upsample::1::{job_of(grid)}")
    job = await here.ended((await here.newest()).id)
    late = await here.ada.until(lambda: next(iter(here.waiting_messages()), None), "the late waiting message")

    assert job.state == "delivered"
    assert late is not None
    await nothing_left(here)


@pytest.mark.parametrize("patience_s", [0.0, 30.0])
async def test_an_acknowledgement_whose_answer_is_lost_is_found_again(
    here: Town, monkeypatch: pytest.MonkeyPatch, patience_s: float
) -> None:
    monkeypatch.setattr("bot.chat.answer.PATIENCE_S", patience_s)
    here.fault("POST", "/callback", "drop_after")

    grid = await grid_of(here)

    assert grid["message_reference"]
    await nothing_left(here)


async def test_a_job_whose_acknowledgement_never_arrives_is_delivered_all_the_same(here: Town) -> None:
    here.fault("POST", "/callback", "before", status=404, code=10062)
    here.fault("PATCH", "@original", "before", status=404, code=10015)

    await here.ada.use("imagine", prompt="red fox")
    job = await here.ended((await here.newest()).id)
    await here.ada.result(job.id)

    assert job.state == "delivered"
    assert not [one for one in here.ada.messages.values() if one.get("embeds")]


@pytest.mark.parametrize("code", [10008, 30046])
async def test_a_progress_message_that_cannot_be_edited_is_left_alone_and_the_result_arrives(
    tmp_path: Path, quick_pace: None, no_deferral: None, code: int
) -> None:
    async with town(tmp_path, step_s=0.03) as here:
        here.fault("PATCH", r"/channels/\d+/messages/", "before", times=50, status=404, code=code)

        await grid_of(here)

        assert here.asked("PATCH", "/messages/") == 1


async def test_a_progress_message_whose_deletion_fails_is_deleted_after_the_charge(here: Town) -> None:
    here.fault("DELETE", r"/channels/\d+/messages/", "drop_before")

    await grid_of(here)

    await nothing_left(here)
    assert here.asked("DELETE", "/messages/") == 2


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (400, 30046)])
async def test_a_loss_is_told_in_a_new_message_where_the_old_one_cannot_be_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, code: int
) -> None:
    def unable(*_arguments: object, **_more: object) -> Parcel:
        raise PictureMissing("gone")

    monkeypatch.setattr("bot.runner.pack", unable)
    async with town(tmp_path) as here:
        here.fault("PATCH", r"/channels/\d+/messages/", "before", times=50, status=status, code=code)
        await here.ada.use("imagine", prompt="red fox")

        told = await here.ada.until(
            lambda: [one for one in here.ada.messages.values() if one.get("embeds")], "what became of it"
        )

        assert told[0]["embeds"][0]["title"] == "Sorry! Could not complete the job!"


async def test_a_job_is_shown_when_the_guess_of_its_place_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path, step_s=5.0, max_running=1) as here:

        async def busy(_job_id: str) -> None:
            raise DatabaseBusy("held")

        await here.ada.answer(await here.ada.use("imagine", prompt="red fox"))
        monkeypatch.setattr(here.bot.studio, "outlook", busy)
        shown = await here.ada.answer(await here.ada.use("imagine", prompt="blue fox"))

        assert shown["content"].endswith("-# 1 job ahead")


async def test_a_result_does_not_wait_for_a_progress_edit_that_hangs(tmp_path: Path, quick_pace: None) -> None:
    async with town(tmp_path, step_s=0.03) as here:
        here.fault("PATCH", r"/channels/\d+/messages/", "delay", times=50, delay_s=20.0)

        async with asyncio.timeout(10):
            await grid_of(here)


async def test_progress_goes_on_after_a_broken_connection(tmp_path: Path, quick_pace: None) -> None:
    async with town(tmp_path, step_s=0.05) as here:
        here.fault("PATCH", r"/channels/\d+/messages/", "drop_before", times=3)

        await grid_of(here)

        assert here.asked("PATCH", "/messages/") > 4


@pytest.mark.parametrize("action", ["imagine", "upsample"])
async def test_a_result_whose_answer_was_lost_is_found_and_not_posted_again(here: Town, action: str) -> None:
    here.play.control.apply({"nonce_window_s": 0})
    lost = {"method": "POST", "path": r"/channels/\d+/messages$", "effect": "drop_after"}
    if action == "imagine":
        here.play.control.apply({"rules": [lost]})
        result = await grid_of(here)
    else:
        grid = await grid_of(here)
        here.play.control.apply({"rules": [lost]})
        waiting = await here.ada.answer(await here.ada.press(grid, f"MJ::JOB::upsample::2::{job_of(grid)}"))
        result = await here.ada.result(job_of(waiting))
    job = await here.ended(job_of(result))

    copies = [
        one for one in here.ada.messages.values() if any(job.id in file["filename"] for file in one["attachments"])
    ]
    assert [one["id"] for one in copies] == [result["id"]]
    assert (job.state, job.result_message_id, job.deliver_tries) == ("delivered", result["id"], 1)
    await nothing_left(here)


async def test_a_crash_before_the_last_write_leaves_no_progress_message_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path) as here:
        write = here.bot.database.write

        async def stuck(fn: Any, *args: Any, **more: Any) -> Any:
            if getattr(fn, "__name__", "") == "delivered":
                await asyncio.Event().wait()
            return await write(fn, *args, **more)

        monkeypatch.setattr(here.bot.database, "write", stuck)
        grid = await grid_of(here)

        assert (await here.job(job_of(grid))).state == "delivering"
        await nothing_left(here)


async def test_a_cancel_button_that_a_crash_left_behind_goes_when_it_is_pressed(here: Town) -> None:
    here.fault("DELETE", r"/channels/\d+/messages/", "before", status=403, code=50013)
    grid = await grid_of(here)
    await here.ended(job_of(grid))
    (stale,) = here.waiting_messages()

    told = await here.ada.answer(await here.ada.press(stale, f"MJ::CancelJob::ByJobid::{job_of(grid)}"))

    assert told["content"] == "This job has ended already."
    await nothing_left(here)


async def test_discord_py_keeps_nothing_of_finished_jobs(here: Town) -> None:
    grid = await grid_of(here)
    solo = await here.ada.answer(await here.ada.press(grid, f"MJ::JOB::upsample::1::{job_of(grid)}"))
    await here.ada.result(job_of(solo))
    key = f"MJ::JOB::upsample::1::{job_of(grid)}"
    await here.ada.until(lambda: buttons(here.ada.messages[grid["id"]])[key]["style"] == 1, "a coloured button")

    store = here.bot.client._connection._view_store
    assert store._views == {}
    assert store._synced_message_views == {}


async def test_a_second_heart_is_thanked_for_in_private(here: Town) -> None:
    grid = await grid_of(here)
    waiting = await here.ada.answer(await here.ada.press(grid, f"MJ::JOB::upsample::1::{job_of(grid)}"))
    solo = await here.ada.result(job_of(waiting))

    first = await here.ada.answer(await here.ada.press(solo, f"MJ::BOOKMARK::{job_of(solo)}"))
    second = await here.ada.answer(await here.ada.press(solo, f"MJ::BOOKMARK::{job_of(solo)}"))

    assert first.get("flags", 0) & 64 == 0
    assert second["flags"] & 64


async def test_a_button_of_another_version_is_answered_in_words(here: Town) -> None:
    grid = await grid_of(here)
    posted = here.play.stage.world.messages.get(grid["id"])
    assert posted is not None
    for row in posted.body["components"]:  # as a later version would have posted it
        row["components"][0]["custom_id"] = f"MJ::JOB::animate_high::1::{job_of(grid)}::SOLO"

    told = await here.ada.answer(await here.ada.press(grid, f"MJ::JOB::animate_high::1::{job_of(grid)}::SOLO"))

    assert told["embeds"][0]["title"] == "Job action restricted"


async def test_a_press_that_cannot_be_answered_is_one_line_in_the_log(
    here: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = await grid_of(here)
    waiting = await here.ada.answer(await here.ada.press(grid, f"MJ::JOB::upsample::1::{job_of(grid)}"))
    solo = await here.ada.result(job_of(waiting))
    here.fault("POST", "/callback", "before", times=2, status=404, code=10062)

    await here.ada.press(solo, f"MJ::BOOKMARK::{job_of(solo)}")
    said = ""
    async with asyncio.timeout(10):
        while "press not answered" not in said:
            await asyncio.sleep(0.05)
            said += "".join(capsys.readouterr())

    assert "Traceback" not in said


async def test_all_of_it_keeps_the_books_in_order(here: Town) -> None:
    await grid_of(here)

    assert await here.bot.database.read(ledger.audit) == []
