"""Limits of one member, the place in the queue, and how long it takes, as people are told."""

import pytest

from bot import runner
from bot.chat import present
from bot.clock import wall_clock
from bot.settings import Settings
from bot.texts import duration
from db.errors import QueueFull
from db.jobs import Outlook
from pipeline.fake import Behaviour, steady
from tests.flow.conftest import Opened, asker


async def test_a_job_over_the_running_limit_waits_and_is_painted_all_the_same(place: Opened) -> None:
    async with place(settings=Settings(max_running=1)) as house:
        accepted = [await house.studio.imagine(f"fox {number}", asker()) for number in range(2)]
        ended = [await house.ended(one.job.id) for one in accepted]

        assert [one.held_back for one in accepted] == [False, True]
        assert [job.state for job in ended] == ["delivered"] * 2
        assert await house.free(asker()) == 23_000


async def test_the_running_limit_is_said_and_the_waiting_limit_refuses_free_of_charge(place: Opened) -> None:
    async with place(working=False, settings=Settings(max_running=2, max_waiting=3)) as house:
        accepted = [await house.studio.imagine(f"fox {number}", asker()) for number in range(3)]
        with pytest.raises(QueueFull):
            await house.studio.imagine("one too many", asker())
        other = await house.studio.imagine("fox", asker("ben"))

        assert [one.held_back for one in accepted] == [False, False, True]
        assert not other.held_back
        assert await house.free(asker()) == 22_000


async def test_waiting_jobs_know_their_place_and_nobody_promises_a_time_unmeasured(place: Opened) -> None:
    async with place(working=False) as house:
        accepted = [await house.studio.imagine(f"fox {number}", asker()) for number in range(3)]
        outlooks = [await house.studio.outlook(one.job.id) for one in accepted]

    assert [present.place(outlook) for outlook in outlooks] == ["", "-# 1 job ahead", "-# 2 jobs ahead"]


@pytest.mark.slow
async def test_what_is_promised_from_measured_times_comes_true_within_a_factor_of_two(place: Opened) -> None:
    async with place(steady(0.02)) as house:
        house.time[0] = wall_clock  # the times that are measured must really pass
        for number in range(3):
            await house.ended((await house.studio.imagine(f"past {number}", asker())).job.id)
        accepted = [await house.studio.imagine(f"fox {number}", asker()) for number in range(6)]
        promised = await house.studio.outlook(accepted[-1].job.id)
        asked_ms = wall_clock()
        last = await house.ended(accepted[-1].job.id)

    assert promised is not None
    assert promised.starts_in_ms is not None
    assert last.started_at is not None
    assert promised.starts_in_ms / 2 < last.started_at - asked_ms < promised.starts_in_ms * 2


async def test_those_who_wait_are_told_again_how_far_they_have_come(
    place: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PLACES_EVERY_S", 0.02)
    async with place(lambda _job: Behaviour(trouble="hang")) as house:
        accepted = [(await house.studio.imagine(f"fox {number}", asker())).job.id for number in range(3)]
        house.now[0] += 1000

        def told(places: list[int]) -> bool:
            return house.courier.places.get(accepted[-1], [])[-1:] == places

        await house.until(lambda: told([2]))
        await house.studio.cancel(accepted[1], asker())
        await house.until(lambda: told([1]))

        assert accepted[0] not in house.courier.places  # it has begun


@pytest.mark.parametrize(
    ("outlook", "text"),
    [
        (None, ""),
        (Outlook(ahead=0, starts_in_ms=0), ""),
        (Outlook(ahead=1, starts_in_ms=None), "-# 1 job ahead"),
        (Outlook(ahead=1, starts_in_ms=2000), "-# 1 job ahead, starts in a few seconds"),
        (Outlook(ahead=3, starts_in_ms=118_000), "-# 3 jobs ahead, starts in about 2 minutes"),
    ],
)
def test_the_place_is_told_in_one_line(outlook: Outlook | None, text: str) -> None:
    assert present.place(outlook) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "a few seconds"),
        (33, "about 30 seconds"),
        (50, "about a minute"),
        (89, "about a minute"),
        (3200, "about 53 minutes"),
        (3400, "about an hour"),
        (7300, "about 2 hours"),
    ],
)
def test_times_are_as_rough_as_they_are_known(seconds: float, text: str) -> None:
    assert duration(seconds) == text
