"""What goes wrong ends in words and a refund, exactly once."""

import asyncio

import pytest

from bot import errors
from bot.errors import TryLater, Undeliverable
from bot.settings import Settings
from db import jobs, ledger
from db.errors import DatabaseFull
from pipeline.events import FailureKind
from pipeline.fake import Behaviour, steady
from pipeline.spec import PaintJob
from tests.flow.conftest import Opened, Place, asker


@pytest.mark.parametrize(
    ("kind", "why"), [("oom", "oom"), ("moderated", "moderated"), ("internal", "failed"), ("model", "failed")]
)
async def test_a_failure_refunds_and_says_why(place: Opened, kind: FailureKind, why: str) -> None:
    async with place(lambda _job: Behaviour(trouble=kind, at_step=2)) as house:
        job = await house.ended((await house.studio.imagine("red fox", asker())).job.id)

        await house.until(lambda: bool(house.courier.withdrawn))
        assert (job.state, job.why, job.hold) == ("refunded", why, "voided")
        assert [lost.id for lost in house.courier.withdrawn] == [job.id]
        assert await house.free(asker()) == 25_000


async def test_a_lost_painter_is_tried_again_and_the_picture_comes(place: Opened) -> None:
    def script(job: PaintJob) -> Behaviour:
        return Behaviour(trouble="die", at_step=1) if job.attempt == 1 else Behaviour()

    async with place(script) as house:
        accepted = await house.studio.imagine("red fox", asker())
        await asyncio.sleep(0.2)
        house.now[0] += 10_000

        job = await house.ended(accepted.job.id)

        assert (job.state, job.attempt) == ("delivered", 2)


async def test_a_job_that_kills_its_painter_three_times_is_refunded(place: Opened) -> None:
    async with place(lambda _job: Behaviour(trouble="die", at_step=1)) as house:
        accepted = await house.studio.imagine("red fox", asker())
        pushing = asyncio.create_task(push_time(house.now))

        job = await house.ended(accepted.job.id)
        pushing.cancel()

        assert (job.state, job.why, job.attempt) == ("refunded", "worker_lost", 3)
        assert await house.free(asker()) == 25_000


async def push_time(now: list[int]) -> None:
    while True:
        now[0] += 1000
        await asyncio.sleep(0.05)


async def test_a_waiting_job_is_cancelled_and_refunded_at_once(place: Opened) -> None:
    async with place(working=False) as house:
        job = (await house.studio.imagine("red fox", asker())).job

        assert await house.studio.cancel(job.id, asker()) == "refunded"
        assert [lost.why for lost in house.courier.withdrawn] == ["cancelled"]
        assert await house.studio.cancel(job.id, asker()) == "over"
        assert await house.free(asker()) == 25_000


async def test_a_running_job_is_cancelled_between_two_steps(place: Opened) -> None:
    async with place(steady(0.05)) as house:
        accepted = await house.studio.imagine("red fox", asker())
        while not house.courier.percents:
            await asyncio.sleep(0.01)

        assert await house.studio.cancel(accepted.job.id, asker()) == "flagged"
        job = await house.ended(accepted.job.id)

        assert (job.state, job.why) == ("refunded", "cancelled")
        assert house.courier.delivered == []


async def test_only_the_owner_and_admins_may_cancel(place: Opened) -> None:
    async with place(working=False) as house:
        job = (await house.studio.imagine("red fox", asker())).job

        with pytest.raises(errors.ActionRestricted):
            await house.studio.cancel(job.id, asker("ben"))
        with pytest.raises(errors.ActionRestricted):
            await house.studio.cancel(job.id, asker("ben", is_admin=True, guild_id="100000000000000009"))

        assert await house.studio.cancel(job.id, asker("ben", is_admin=True)) == "refunded"


async def test_a_delivery_that_fails_for_a_moment_is_made_later(place: Opened) -> None:
    async with place() as house:
        house.courier.troubles = [TryLater("503"), TryLater("503")]
        pushing = asyncio.create_task(push_time(house.now))

        job = await house.ended((await house.studio.imagine("red fox", asker())).job.id)
        pushing.cancel()

        assert job.state == "delivered"
        assert len(house.courier.delivered) == 1
        assert house.courier.delivered[0].look_first


async def test_a_file_that_is_called_too_large_is_made_smaller(place: Opened) -> None:
    async with place() as house:
        house.courier.troubles = [TryLater("413", too_large=True), TryLater("413", too_large=True)]

        job = await house.ended((await house.studio.imagine("red fox", asker())).job.id)

        assert job.state == "delivered"
        assert house.courier.delivered[0].concession == "smaller"


async def test_a_channel_that_is_gone_refunds(place: Opened) -> None:
    async with place() as house:
        house.courier.troubles = [Undeliverable("10003")]

        job = await house.ended((await house.studio.imagine("red fox", asker())).job.id)

        assert (job.state, job.why) == ("refunded", "undeliverable")
        assert await house.free(asker()) == 25_000


async def test_a_day_of_failing_deliveries_ends_in_a_refund(place: Opened) -> None:
    async with place() as house:
        house.courier.troubles = [TryLater("503")] * 500

        accepted = await house.studio.imagine("red fox", asker())
        days = asyncio.create_task(push_hours(house.now))
        job = await house.ended(accepted.job.id)
        days.cancel()

        assert (job.state, job.why) == ("refunded", "expired")
        assert await house.database.read(ledger.audit) == []


async def push_hours(now: list[int]) -> None:
    while True:
        now[0] += 3_600_000
        await asyncio.sleep(0.1)


async def test_what_another_boot_left_behind_is_finished(place: Opened) -> None:
    async with place(working=False) as before:
        accepted = await before.studio.imagine("red fox", asker())
        await before.database.write(jobs.lease, "boot-0", before.now[0])

    async with place() as house:
        job = await house.ended(accepted.job.id)

        assert job.state == "delivered"


async def fill(house: Place) -> None:
    for number in range(200):
        await house.studio.imagine(f"wish {number} " + "and so on " * 200, asker())


async def test_a_full_disk_refuses_new_jobs_and_recovers_without_a_restart(place: Opened) -> None:
    async with place(working=False, settings=Settings(max_waiting=1000)) as house:
        await house.studio.imagine("the first", asker())
        pages = await house.database.write(lambda conn: conn.exec_driver_sql("PRAGMA page_count").scalar_one())
        await house.database.write(lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}"))

        with pytest.raises(DatabaseFull):
            await fill(house)
        await house.database.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count = 100000"))
        accepted = await house.studio.imagine("there is room again", asker())

        assert accepted.fresh
        assert await house.database.read(ledger.audit) == []


async def test_an_end_that_a_crash_kept_quiet_is_told_at_the_next_start_and_only_then(place: Opened) -> None:
    async with place(working=False) as before:
        job = (await before.studio.imagine("red fox", asker())).job
        await before.studio.attach_progress(job, "77")
        await before.database.write(jobs.refund, job.id, "failed", before.now[0])

    async with place() as house:
        await house.until(lambda: bool(house.courier.withdrawn))
        told = [(lost.id, lost.why, lost.progress_message_id) for lost in house.courier.withdrawn]
    async with place() as again:
        await again.ended((await again.studio.imagine("green fox", asker())).job.id)

        assert told == [(job.id, "failed", "77")]
        assert again.courier.withdrawn == []


@pytest.mark.parametrize("end", ["delivered", "refunded"])
async def test_a_progress_message_that_could_not_be_ended_is_ended_at_the_next_start(place: Opened, end: str) -> None:
    async with place() as before:
        before.courier.offline = True
        before.courier.troubles = [Undeliverable("10003")] if end == "refunded" else []
        job = (await before.studio.imagine("red fox", asker())).job
        await before.studio.attach_progress(job, "77")
        assert (await before.ended(job.id)).state == end
        await before.until(lambda: bool(before.courier.tidied or before.courier.withdrawn))

    async with place() as house:
        await house.until(lambda: bool(house.courier.tidied or house.courier.withdrawn))
        (told,) = house.courier.tidied + house.courier.withdrawn

    assert (told.id, told.state, told.progress_message_id) == (job.id, end, "77")
