"""A job's way through its states: each step once, by whoever holds the lease (I4, I5, I10)."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from db import jobs, ledger, pictures
from db.errors import LeaseLost
from db.jobs import State
from db.ledger import Balance
from tests.db.fresh import DAY, NOON, PICTURES, START, accept, bring, leased, new_job, now_is, queued, token

STATES: list[State] = ["queued", "leased", "rendered", "delivering", "delivered", "refunded"]
UNTOUCHED = Balance(free_units=START, held_units=0)


def money(conn: Connection) -> Balance:
    return ledger.balance(conn, "ada", "guild")


def test_the_whole_way_ends_delivered_and_paid(conn: Connection) -> None:
    job = bring(conn, "delivered")

    story = conn.execute(text("SELECT what FROM job_event ORDER BY seq")).scalars().all()

    assert (job.state, job.why, job.hold, job.attempt, job.ended) == ("delivered", "ok", "posted", 1, True)
    assert (job.delivering_since, job.started_at, job.finished_at) == (NOON, NOON, NOON)
    assert money(conn) == Balance(free_units=START - 1000, held_units=0)
    assert story == ["accepted", "leased", "started", "rendered", "delivering", "delivered"]
    assert [picture.sha256 for picture in pictures.of_job(conn, job.id)] == [one.sha256 for one in PICTURES]


def test_an_empty_queue_gives_no_lease(conn: Connection) -> None:
    assert jobs.lease(conn, "boot-1", NOON) is None


def test_each_lease_has_its_own_token(conn: Connection) -> None:
    queued(conn)
    first = leased(conn)
    jobs.requeue(conn, first.id, token(first), NOON, 0)

    second = leased(conn, "boot-1")

    assert second.id == first.id
    assert second.lease_token != first.lease_token
    assert second.lease_owner == "boot-1"


def test_a_start_counts_once_however_often_it_is_reported(conn: Connection) -> None:
    queued(conn)
    job = leased(conn)

    assert [jobs.started(conn, job.id, token(job), NOON) for _ in range(3)] == [1, 1, 1]


def test_who_has_lost_the_lease_changes_nothing(conn: Connection) -> None:
    queued(conn)
    old = leased(conn)
    jobs.requeue(conn, old.id, token(old), NOON, 0)
    new = leased(conn)

    with pytest.raises(LeaseLost):
        jobs.started(conn, old.id, token(old), NOON)
    with pytest.raises(LeaseLost):
        jobs.requeue(conn, old.id, token(old), NOON, 0)
    assert not jobs.rendered(conn, old.id, token(old), PICTURES, NOON)
    assert not jobs.refund(conn, old.id, "failed", NOON, token(old))

    assert now_is(conn, new) == new
    assert pictures.of_job(conn, new.id) == []


def test_pictures_that_were_recorded_may_be_reported_again(conn: Connection) -> None:
    queued(conn)
    job = leased(conn)

    assert [jobs.rendered(conn, job.id, token(job), PICTURES, NOON) for _ in range(2)] == [True, True]
    assert len(pictures.of_job(conn, job.id)) == 4


def test_a_job_given_back_waits_for_its_time(conn: Connection) -> None:
    queued(conn)
    job = leased(conn)

    back = jobs.requeue(conn, job.id, token(job), NOON, 5000)

    assert (back.state, back.lease_token, back.not_before) == ("queued", None, NOON + 5000)
    assert jobs.lease(conn, "boot-1", NOON + 4999) is None
    assert jobs.waiting(conn, NOON + 4999) == []
    assert leased(conn, now=NOON + 5000).id == job.id


def test_a_clock_that_was_ahead_and_is_set_right_holds_no_job_back(conn: Connection) -> None:
    ahead = NOON + 3650 * DAY
    queued(conn)
    job = leased(conn)
    jobs.requeue(conn, job.id, token(job), ahead, 2000)

    assert jobs.may_start(conn, NOON)
    assert [one.id for one in jobs.waiting(conn, NOON)] == [job.id]
    job = leased(conn)
    jobs.rendered(conn, job.id, token(job), PICTURES, NOON)
    jobs.begin_delivery(conn, job.id, NOON)
    jobs.park_delivery(conn, job.id, ahead, 2000)
    assert [due.id for due in jobs.due_deliveries(conn, NOON)] == [job.id]


def test_three_lost_painters_end_a_job(conn: Connection) -> None:
    queued(conn)
    states = []
    for _ in range(3):
        job = leased(conn)
        jobs.started(conn, job.id, token(job), NOON)
        states.append(jobs.requeue(conn, job.id, token(job), NOON, 0).state)

    assert states == ["queued", "queued", "refunded"]
    assert now_is(conn, job).why == "worker_lost"
    assert money(conn) == UNTOUCHED


def test_a_lease_that_never_started_does_not_count(conn: Connection) -> None:
    queued(conn)
    for _ in range(5):
        job = leased(conn)
        job = jobs.requeue(conn, job.id, token(job), NOON, 0)

    assert (job.state, job.attempt) == ("queued", 0)


def test_restarts_of_the_bot_do_not_count(conn: Connection) -> None:
    queued(conn)
    for boot in range(5):
        job = leased(conn, f"boot-{boot}")
        jobs.started(conn, job.id, token(job), NOON)
        jobs.recover(conn, f"boot-{boot + 1}", NOON)
    for _ in range(2):
        job = leased(conn, "boot-5")
        jobs.started(conn, job.id, token(job), NOON)
        job = jobs.requeue(conn, job.id, token(job), NOON, 0)

    assert (job.state, job.attempt, job.restarts) == ("queued", 7, 5)


@pytest.mark.parametrize(
    ("state", "answer", "ends"),
    [
        ("queued", "refunded", "refunded"),
        ("leased", "flagged", "leased"),
        ("rendered", "refunded", "refunded"),
        ("delivering", "late", "delivering"),
        ("delivered", "late", "delivered"),
        ("refunded", "late", "refunded"),
    ],
)
def test_cancelling_in_every_state(conn: Connection, state: State, answer: str, ends: State) -> None:
    job = bring(conn, state)

    assert jobs.cancel(conn, job.id, NOON) == answer
    assert now_is(conn, job).state == ends
    if ends == "refunded":
        assert money(conn) == UNTOUCHED


def test_cancelling_twice_says_the_same(conn: Connection) -> None:
    waiting, drawn = queued(conn), None
    assert [jobs.cancel(conn, waiting.id, NOON) for _ in range(2)] == ["refunded", "refunded"]

    drawn = bring(conn, "leased")
    assert [jobs.cancel(conn, drawn.id, NOON) for _ in range(2)] == ["flagged", "flagged"]
    assert jobs.cancel_flags(conn, [waiting.id, drawn.id]) == {drawn.id}


def test_cancelling_what_does_not_exist_is_late(conn: Connection) -> None:
    assert jobs.cancel(conn, "nothing", NOON) == "late"


def test_of_cancelling_and_finishing_the_first_one_counts(conn: Connection) -> None:
    flagged = bring(conn, "leased")
    jobs.cancel(conn, flagged.id, NOON)

    assert not jobs.rendered(conn, flagged.id, token(flagged), PICTURES, NOON)
    assert jobs.refund(conn, flagged.id, "cancelled", NOON, token(flagged))
    assert money(conn) == UNTOUCHED


def test_a_flagged_job_is_not_drawn_again(conn: Connection) -> None:
    job = bring(conn, "leased")
    jobs.cancel(conn, job.id, NOON)

    after = jobs.requeue(conn, job.id, token(job), NOON, 0)

    assert (after.state, after.why) == ("refunded", "cancelled")


@pytest.mark.parametrize("state", STATES)
def test_refunding_in_every_state_ends_it_once(conn: Connection, state: State) -> None:
    job = bring(conn, state)
    over = state in ("delivered", "refunded")

    answers = [jobs.refund(conn, job.id, "failed", NOON) for _ in range(2)]

    assert answers == [not over, False]
    assert now_is(conn, job).hold == ("posted" if state == "delivered" else "voided")


def test_delivery_begins_once_and_keeps_its_moment(conn: Connection) -> None:
    job = bring(conn, "rendered")

    first = jobs.begin_delivery(conn, job.id, NOON + 5)
    again = jobs.begin_delivery(conn, job.id, NOON + 9)

    assert first == again
    assert first is not None
    assert first.delivering_since == NOON + 5


@pytest.mark.parametrize("state", ["queued", "leased", "delivered", "refunded"])
def test_nothing_else_can_be_delivered(conn: Connection, state: State) -> None:
    job = bring(conn, state)

    assert jobs.begin_delivery(conn, job.id, NOON) is None
    assert not jobs.delivered(conn, job.id, "another", NOON)
    assert not jobs.adopt(conn, job.id, "another", NOON)
    assert now_is(conn, job) == job


@pytest.mark.parametrize("end", [jobs.delivered, jobs.adopt])
def test_the_same_message_may_be_reported_again_and_another_may_not(
    conn: Connection, end: Callable[[Connection, str, str, int], bool]
) -> None:
    job = bring(conn, "delivering")

    assert [end(conn, job.id, name, NOON) for name in ("one", "one", "two")] == [True, True, False]
    assert now_is(conn, job).result_message_id == "one"
    assert money(conn) == Balance(free_units=START - 1000, held_units=0)


def test_a_parked_delivery_comes_back_when_it_is_due(conn: Connection) -> None:
    job = bring(conn, "delivering")

    tries = [jobs.park_delivery(conn, job.id, NOON, 1000) for _ in range(2)]

    assert tries == [1, 2]
    assert jobs.due_deliveries(conn, NOON + 999) == []
    assert [due.id for due in jobs.due_deliveries(conn, NOON + 1000)] == [job.id]


@pytest.mark.parametrize("state", STATES)
def test_recovery_finds_every_state_and_loses_nothing(conn: Connection, state: State) -> None:
    job = bring(conn, state)

    found = jobs.recover(conn, "boot-2", NOON + 1)
    after = now_is(conn, job)

    assert [one.id for one in found.requeued] == ([job.id] if state == "leased" else [])
    assert [one.id for one in found.undelivered] == ([job.id] if state in ("rendered", "delivering") else [])
    assert after.state == ("queued" if state == "leased" else state)
    assert (after.attempt, after.restarts) == (job.attempt, 1 if state == "leased" else 0)


def test_recovery_leaves_its_own_leases_alone(conn: Connection) -> None:
    job = bring(conn, "leased")

    assert jobs.recover(conn, "boot-1", NOON).requeued == []
    assert now_is(conn, job) == job


def test_recovery_ends_what_was_to_be_cancelled(conn: Connection) -> None:
    job = bring(conn, "leased")
    jobs.cancel(conn, job.id, NOON)

    found = jobs.recover(conn, "boot-2", NOON)

    assert found.requeued == []
    assert (now_is(conn, job).why, money(conn)) == ("cancelled", UNTOUCHED)


def test_recovery_keeps_the_order_of_the_queue(conn: Connection) -> None:
    order = [queued(conn, user).id for user in ("ada", "bob", "cyd")]
    leased(conn)
    leased(conn)

    jobs.recover(conn, "boot-2", NOON)

    assert [leased(conn, "boot-2").id for _ in range(3)] == order


def test_jobs_are_found_by_their_messages_and_parents(conn: Connection) -> None:
    parent = bring(conn, "delivered")
    child = queued(conn, parent_id=parent.id)
    jobs.attach_progress(conn, child.id, "progress", NOON)

    assert [one.id for one in jobs.children(conn, parent.id)] == [child.id]
    assert jobs.by_message(conn, f"message-{parent.id}") == parent
    assert jobs.by_message(conn, "progress") == now_is(conn, child)
    assert jobs.by_message(conn, "unknown") is None
    assert jobs.get(conn, "unknown") is None


def test_usage_counts_what_was_had_and_what_is_under_way(conn: Connection) -> None:
    bring(conn, "delivered", price_units=2000)
    bring(conn, "refunded")
    bring(conn, "leased")
    for speed in ("turbo", "fast", "relax"):
        queued(conn, speed=speed, price_units=0)
    queued(conn, scope_id="other")
    queued(conn, "bob")

    had = jobs.usage(conn, "ada", "guild")

    assert (had.images, had.jobs, had.delivered_units) == (4, 1, 2000)
    assert (had.queued_fast, had.queued_relax, had.running) == (2, 1, 1)
    assert len(jobs.active_of(conn, "ada", "guild")) == 4


def test_a_picture_is_liked_once_by_each_member(conn: Connection) -> None:
    job = bring(conn, "delivered")

    assert [pictures.rate(conn, who, job.id, NOON) for who in ("ada", "ada", "bob")] == [True, False, True]
    assert pictures.ratings(conn, job.id) == 2
    assert pictures.referenced_hashes(conn) == {one.sha256 for one in PICTURES}


def test_accept_says_how_many_go_first(conn: Connection) -> None:
    assert [accept(conn, new_job("ada")).ahead for _ in range(3)] == [0, 1, 2]
    assert accept(conn, new_job("bob")).ahead == 1, "bob's first job is due before ada's second"
