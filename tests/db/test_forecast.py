"""Limits of one member and the honesty of forecasts: the queue is simulated, and the promises are compared with it."""

import heapq
import statistics
from random import Random

import pytest
from sqlalchemy import Connection

from db import jobs
from db.errors import QueueFull
from db.jobs import Job, Speed
from tests.db.fresh import NOON, PICTURES, accept, bring, new_job, now_is, queued, token

MANY = 1000


def finish(conn: Connection, job: Job, at: int) -> None:
    jobs.rendered(conn, job.id, token(job), PICTURES, at)
    jobs.begin_delivery(conn, job.id, at)
    jobs.delivered(conn, job.id, f"message-{job.id}", at)


def draw(conn: Connection, painters: int, takes_ms: dict[str, int], max_running: int = MANY) -> dict[str, int]:
    """Serve the whole queue with real leases on a made-up clock; returns when each job began."""
    now, began = NOON, {}
    busy: list[tuple[int, str]] = []
    while True:
        while len(busy) < painters and (job := jobs.lease(conn, "boot-1", now, max_running=max_running)):
            jobs.started(conn, job.id, token(job), now)
            began[job.id] = now - NOON
            heapq.heappush(busy, (now + takes_ms[job.id], job.id))
        if not busy:
            return began
        now, done = heapq.heappop(busy)
        found = jobs.get(conn, done)
        assert found is not None
        finish(conn, found, now)


def measured(conn: Connection, ms: int, **kind: object) -> None:
    """Leave one finished job that took so long."""
    job = bring(conn, "leased", "past", price_units=0, **kind)
    finish(conn, now_is(conn, job), NOON + ms)


# -- limits -------------------------------------------------------------------


def test_a_member_has_no_more_jobs_drawn_than_the_limit_and_nobody_waits_for_that(conn: Connection) -> None:
    mine = [queued(conn, "hog", price_units=0) for _ in range(6)]
    other = queued(conn, "ada", price_units=0)

    taken = [jobs.lease(conn, "boot-1", NOON, max_running=2) for _ in range(4)]

    assert [job.user_id for job in taken if job] == ["hog", "ada", "hog"] or [job.user_id for job in taken if job] == [
        "hog",
        "hog",
        "ada",
    ]
    assert taken[3] is None
    assert not jobs.may_start(conn, NOON, 2)
    assert jobs.may_start(conn, NOON, 3)
    finish(conn, next(job for job in taken if job and job.user_id == "hog"), NOON)
    assert jobs.may_start(conn, NOON, 2)
    assert {other.id} & {job.id for job in taken if job}
    assert (nxt := jobs.lease(conn, "boot-1", NOON, max_running=2)) is not None
    assert nxt.id in {job.id for job in mine}


def test_a_job_over_the_running_limit_is_accepted_and_says_so(conn: Connection) -> None:
    first, second, third = (accept(conn, new_job(price_units=0), max_running=2) for _ in range(3))

    assert [one.held_back for one in (first, second, third)] == [False, False, True]
    assert not accept(conn, new_job("bob"), max_running=2).held_back
    assert accept(conn, new_job(scope_id="other guild"), max_running=2).held_back  # one share wherever they ask


def test_beyond_the_waiting_limit_nothing_is_accepted(conn: Connection) -> None:
    for _ in range(2):
        accept(conn, new_job(price_units=0), max_running=1, max_waiting=2)

    with pytest.raises(QueueFull):
        accept(conn, new_job(price_units=0), max_running=1, max_waiting=2)


# -- forecasts ----------------------------------------------------------------


def test_before_anything_was_measured_only_places_are_known(conn: Connection) -> None:
    waiting = [queued(conn, price_units=0) for _ in range(3)]

    seen = jobs.outlooks(conn, NOON, 1, MANY)

    assert [seen[job.id].ahead for job in waiting] == [0, 1, 2]
    assert seen[waiting[0].id].starts_in_ms == 0  # nothing goes before it
    assert [seen[job.id].starts_in_ms for job in waiting[1:]] == [None, None]


def test_what_was_measured_for_another_model_says_nothing(conn: Connection) -> None:
    measured(conn, 4000, model="other")
    first, second = (queued(conn, price_units=0) for _ in range(2))

    assert jobs.outlooks(conn, NOON, 1, MANY)[second.id].starts_in_ms is None
    assert jobs.outlooks(conn, NOON, 1, MANY)[first.id].starts_in_ms == 0
    assert ("sketchbook", "") not in jobs.paces(conn)


def test_the_median_counts_so_that_one_slow_start_does_not(conn: Connection) -> None:
    for ms in (90_000, 4000, 4100, 3900, 4000):
        measured(conn, ms)

    assert jobs.paces(conn)["sketchbook", "imagine"] == 4.0


def test_without_painters_only_places_are_told(conn: Connection) -> None:
    measured(conn, 4000)
    queued(conn, price_units=0)
    second = queued(conn, price_units=0)

    outlook = jobs.outlooks(conn, NOON, 0, MANY)[second.id]

    assert (outlook.ahead, outlook.starts_in_ms) == (1, None)


def test_a_running_job_counts_with_what_is_left_of_it(conn: Connection) -> None:
    measured(conn, 10_000)
    running, waiting = queued(conn, price_units=0), queued(conn, price_units=0)
    leased = jobs.lease(conn, "boot-1", NOON)
    assert leased is not None
    assert leased.id == running.id
    jobs.started(conn, leased.id, token(leased), NOON)

    assert jobs.outlooks(conn, NOON + 4000, 1, MANY)[waiting.id].starts_in_ms == 6000
    assert jobs.outlooks(conn, NOON + 60_000, 1, MANY)[waiting.id].starts_in_ms == 1000  # it is overdue


@pytest.mark.parametrize("painters", [1, 3])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_promised_is_within_a_factor_of_two_of_what_happens(conn: Connection, seed: int, painters: int) -> None:
    dice = Random(seed)
    for _ in range(12):
        measured(conn, dice.randint(8000, 12_000))
        measured(conn, dice.randint(1500, 2500), action="upsample", est_units=250)
    speeds: list[Speed] = ["turbo", "fast", "fast", "relax"]
    takes = {}
    for _ in range(40):
        small = dice.random() < 0.3
        job = queued(
            conn,
            dice.choice("abcd"),
            speed=dice.choice(speeds),
            price_units=0,
            **({"action": "upsample", "est_units": 250} if small else {}),
        )
        takes[job.id] = round((2000 if small else 10_000) * dice.uniform(0.7, 1.4))

    promised = jobs.outlooks(conn, NOON, painters, 2)
    began = draw(conn, painters, takes, max_running=2)

    ratios = []
    for job_id, outlook in promised.items():
        assert outlook.starts_in_ms is not None
        if began[job_id] > 10_000:  # "a few seconds" is as good as it gets
            ratios.append(outlook.starts_in_ms / began[job_id])
    assert len(ratios) > 20
    assert min(ratios) > 0.5
    assert max(ratios) < 2
    assert 0.8 < statistics.median(ratios) < 1.25


def test_the_place_is_the_number_of_jobs_that_begin_before(conn: Connection) -> None:
    for speed in ("relax", "fast", "turbo", "fast", "relax", "turbo"):
        queued(conn, f"{speed}-fan", speed=speed, price_units=0)

    promised = jobs.outlooks(conn, NOON, 1, MANY)
    began = draw(conn, 1, dict.fromkeys(promised, 1000))

    assert {job_id: one.ahead for job_id, one in promised.items()} == {
        job_id: place for place, job_id in enumerate(sorted(began, key=began.__getitem__))
    }
