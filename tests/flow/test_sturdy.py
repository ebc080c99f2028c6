"""One job's trouble never ends the others' work, and finished pictures are not lost to a busy database."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.errors import Undeliverable
from db import jobs, ledger
from db.errors import DatabaseBusy, DatabaseFull
from db.jobs import Job
from pipeline.engine import Engine
from pipeline.events import Event, Started
from pipeline.spec import PaintJob
from tests.flow.conftest import Opened, Place, asker


def failing(house: Place, monkeypatch: pytest.MonkeyPatch, name: str, *errors: Exception) -> None:
    """Make the next writes of one function fail."""
    write, left = house.database.write, list(errors)

    async def sometimes(fn: Any, *args: Any, **more: Any) -> Any:
        if getattr(fn, "__name__", "") == name and left:
            raise left.pop(0)
        return await write(fn, *args, **more)

    monkeypatch.setattr(house.database, "write", sometimes)


async def test_a_courier_that_fails_at_the_worst_moment_does_not_end_the_bot(
    place: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place() as house:

        async def broken(_job: Job) -> None:
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr(house.courier, "withdraw", broken)
        house.courier.troubles = [Undeliverable("10003")]
        lost = await house.ended((await house.studio.imagine("red fox", asker())).job.id)
        next_one = await house.ended((await house.studio.imagine("blue fox", asker())).job.id)

        assert (lost.state, next_one.state) == ("refunded", "delivered")


async def test_a_database_that_is_busy_at_the_start_does_not_end_the_bot(
    place: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place(working=False) as house:
        job = (await house.studio.imagine("red fox", asker())).job
        read = house.database.read

        async def busy(fn: Any, *args: Any) -> Any:
            if fn in (jobs.untold, jobs.copies_owed):
                raise DatabaseBusy("held")
            return await read(fn, *args)

        monkeypatch.setattr(house.database, "read", busy)
        working = asyncio.create_task(house.runner.run())
        try:
            assert (await house.ended(job.id)).state == "delivered"
            assert not working.done()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def test_a_fault_of_ours_while_painting_is_refunded_and_the_next_job_is_drawn(
    place: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place() as house:
        failing(house, monkeypatch, "started", RuntimeError("a fault of ours"))
        failing(house, monkeypatch, "refund", RuntimeError("and another"))

        first = (await house.studio.imagine("red fox", asker())).job
        next_one = await house.ended((await house.studio.imagine("blue fox", asker("ben"))).job.id)

        assert next_one.state == "delivered"
        assert (await house.studio.find(first.id)).state == "leased"  # the next start of the bot takes it up again


@pytest.mark.parametrize("error", [DatabaseBusy("held"), DatabaseFull("full")])
async def test_finished_pictures_wait_for_the_database(
    place: Opened, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async with place() as house:
        failing(house, monkeypatch, "rendered", error)

        job = await house.ended((await house.studio.imagine("red fox", asker())).job.id)

        assert (job.state, job.attempt) == ("delivered", 1)


@pytest.mark.parametrize("error", [DatabaseBusy("held"), DatabaseFull("full")])
async def test_a_refund_waits_for_the_database(
    place: Opened, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async with place() as house:
        house.courier.troubles = [Undeliverable("10003")]
        failing(house, monkeypatch, "refund", error)

        job = await house.ended((await house.studio.imagine("red fox", asker())).job.id)

        assert (job.state, job.why) == ("refunded", "undeliverable")
        assert await house.free(asker()) == 25_000


async def test_a_painter_that_says_nothing_of_the_end_is_a_failure_and_not_a_job_that_hangs(
    place: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place() as house:
        engine: Engine = house.runner._shop.engine

        async def silent(job: PaintJob) -> AsyncIterator[Event]:
            yield Started(painter="p")

        monkeypatch.setattr(engine, "run", silent)
        job = await house.ended((await house.studio.imagine("red fox", asker())).job.id)

        assert (job.state, job.why) == ("refunded", "failed")


async def test_the_progress_message_goes_before_the_charge_and_again_if_it_became_known_late(place: Opened) -> None:
    async with place() as house:
        accepted = await house.studio.imagine("red fox", asker())
        await house.ended(accepted.job.id)
        await house.until(lambda: len(house.courier.tidied) == 2)

        await house.studio.attach_progress(accepted.job, "77")

        assert house.courier.tidied[-1].progress_message_id == "77"


async def test_a_progress_message_that_hangs_holds_the_charge_up_for_a_moment_only(
    place: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place() as house:
        monkeypatch.setattr("bot.runner.TIDY_WITHIN_S", 0.05)
        calls: list[str] = []

        async def hangs(job: Job) -> bool:
            calls.append(job.id)
            if len(calls) == 1:
                await asyncio.Event().wait()
            return True

        monkeypatch.setattr(house.courier, "tidy", hangs)
        job = await house.ended((await house.studio.imagine("red fox", asker())).job.id)

        assert (job.state, job.hold) == ("delivered", "posted")


async def test_a_cancelled_job_whose_message_is_known_late_is_marked_all_the_same(place: Opened) -> None:
    async with place(working=False) as house:
        job = (await house.studio.imagine("red fox", asker())).job
        await house.studio.cancel(job.id, asker())

        await house.studio.attach_progress(job, "77")

        assert [lost.progress_message_id for lost in house.courier.withdrawn] == [None, "77"]


async def test_pressing_cancel_tells_which_message_shows_the_job(place: Opened) -> None:
    async with place(working=False) as house:
        job = (await house.studio.imagine("red fox", asker())).job

        assert await house.studio.cancel(job.id, asker(), "77") == "refunded"

        assert [lost.progress_message_id for lost in house.courier.withdrawn] == ["77"]


async def test_deliveries_after_an_outage_are_made_a_few_at_a_time(
    place: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place() as house:
        at_once: list[int] = []
        deliver = house.courier.deliver

        async def slow(parcel: Any) -> str:
            at_once.append(len(house.runner._delivering))
            await asyncio.sleep(0.05)
            return await deliver(parcel)

        monkeypatch.setattr("bot.runner.MOST_DELIVERIES", 2)
        monkeypatch.setattr(house.courier, "deliver", slow)
        made = [(await house.studio.imagine(f"fox {n}", asker())).job.id for n in range(6)]
        for job_id in made:
            assert (await house.ended(job_id)).state == "delivered"

        assert max(at_once) <= 2
        assert await house.database.read(ledger.audit) == []
