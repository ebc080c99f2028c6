"""Accepting: one click, one job (I6), nothing half-written, nothing charged for a refusal."""

import base64
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, text

from db import jobs, ledger
from db.errors import NotAccepted, NotEnoughCredits, Quarantined, QueueFull, RequestConflict
from tests.db.fresh import DAY, NOON, START, accept, bring, leased, new_job, now_is, token


def rows(conn: Connection) -> dict[str, int]:
    tables = ("job", "hold", "transfer", "request", "job_event", "flow", "account", "lot")
    return {name: conn.execute(text(f"SELECT COUNT(*) FROM {name}")).scalar_one() for name in tables}


def test_an_accepted_job_is_queued_with_its_price_held(conn: Connection) -> None:
    new = new_job(parent_id="p", parent_slot=2, reply_to="m", upload_limit=10, guild_id=None)

    answer = accept(conn, new)

    assert (answer.fresh, answer.reason, answer.ahead) == (True, "new", 0)
    assert (answer.job.state, answer.job.hold, answer.job.why, answer.job.attempt) == ("queued", "pending", None, 0)
    assert all(getattr(answer.job, name) == getattr(new, name) for name in new.__dataclass_fields__)
    assert answer.job == now_is(conn, new)


def test_the_nonce_is_the_job_id_in_22_characters(conn: Connection) -> None:
    job = accept(conn, new_job()).job

    assert len(job.nonce) == 22
    assert UUID(bytes=base64.urlsafe_b64decode(job.nonce + "==")) == UUID(job.id)


def test_the_same_interaction_is_the_same_job(conn: Connection) -> None:
    new = new_job()
    first = accept(conn, new)

    again = accept(conn, replace(new, id=str(uuid4()), spec='{"seed": 2}'))

    assert (again.fresh, again.reason, again.job.id) == (False, "replay", first.job.id)
    assert ledger.balance(conn, "ada", "guild").held_units == 1000


def test_the_same_interaction_with_another_meaning_is_a_conflict(conn: Connection) -> None:
    new = new_job()
    accept(conn, new)

    with pytest.raises(RequestConflict):
        accept(conn, replace(new, id=str(uuid4()), prompt_raw="something else"))


def test_a_replay_after_the_end_still_finds_the_job(conn: Connection) -> None:
    new = new_job()
    accept(conn, new)
    jobs.refund(conn, new.id, "failed", NOON)

    again = accept(conn, new)

    assert (again.reason, again.job.state) == ("replay", "refunded")


@pytest.mark.parametrize(("later_ms", "reason"), [(0, "pressed"), (1999, "pressed"), (2000, "pressed"), (2001, "new")])
def test_pressing_twice_within_two_seconds_is_one_press(conn: Connection, later_ms: int, reason: str) -> None:
    first = accept(conn, new_job(press_key="ada:message:V1"))

    again = accept(conn, new_job(press_key="ada:message:V1"), NOON + later_ms)

    assert again.reason == reason
    assert (again.job.id == first.job.id) == (reason == "pressed")


def test_another_person_or_button_is_another_press(conn: Connection) -> None:
    presses = ["ada:message:V1", "ada:message:V2", "bob:message:V1"]

    assert [accept(conn, new_job(press_key=key)).reason for key in presses] == ["new"] * 3


@pytest.mark.parametrize("state", ["queued", "leased", "rendered", "delivering"])
def test_what_can_be_had_once_is_found_while_it_is_on_its_way(conn: Connection, state: jobs.State) -> None:
    first = bring(conn, state, dedupe_key="parent:upscale:2")

    again = accept(conn, new_job("bob", dedupe_key="parent:upscale:2"))

    assert (again.fresh, again.reason, again.job.id) == (False, "active", first.id)
    assert ledger.balance(conn, "bob", "guild").held_units == 0


def test_what_can_be_had_once_is_found_when_it_was_delivered(conn: Connection) -> None:
    first = bring(conn, "delivered", dedupe_key="parent:upscale:2")

    again = accept(conn, new_job(dedupe_key="parent:upscale:2"))

    assert (again.reason, again.job.id, again.ahead) == ("delivered", first.id, 0)


def test_what_was_refunded_can_be_had_again(conn: Connection) -> None:
    bring(conn, "refunded", dedupe_key="parent:upscale:2")

    assert accept(conn, new_job(dedupe_key="parent:upscale:2")).fresh


def test_a_member_may_have_so_many_waiting_and_no_more(conn: Connection) -> None:
    for _ in range(3):
        accept(conn, new_job(), max_waiting=3)

    with pytest.raises(QueueFull) as refused:
        accept(conn, new_job(), max_waiting=3)

    assert (refused.value.waiting, refused.value.limit) == (3, 3)
    assert accept(conn, new_job("bob"), max_waiting=3).fresh
    leased(conn)
    leased(conn)
    assert accept(conn, new_job(), max_waiting=3).fresh, "a job that is being drawn does not wait"


@pytest.mark.parametrize(
    ("refusal", "overrides"),
    [
        (NotEnoughCredits, {"price_units": START + 1}),
        (QueueFull, {"user": "full"}),
        (RequestConflict, {"request_id": "taken"}),
    ],
)
def test_a_refusal_leaves_nothing_behind(
    conn: Connection, refusal: type[NotAccepted], overrides: dict[str, Any]
) -> None:
    accept(conn, new_job("full", request_id="taken"))
    before = rows(conn)

    with pytest.raises(refusal), conn.begin_nested():
        accept(conn, new_job(**{"user": "ada", **overrides}), max_waiting=1)

    assert rows(conn) == before


def test_parameters_that_stopped_painters_are_refused_for_a_day(conn: Connection) -> None:
    job = accept(conn, new_job(spec='{"a":1,"b":2}')).job
    for _ in range(3):
        mine = leased(conn)
        jobs.started(conn, mine.id, token(mine), NOON)
        job = jobs.requeue(conn, mine.id, token(mine), NOON, 0)

    with pytest.raises(Quarantined):
        accept(conn, new_job("bob", spec='{"b": 2, "a": 1}'))

    assert (job.state, job.why) == ("refunded", "worker_lost")
    assert accept(conn, new_job("bob", spec='{"a":1,"b":3}')).fresh
    assert accept(conn, new_job("bob", spec='{"a":1,"b":2}'), NOON + DAY).fresh


def test_requests_are_forgotten_after_thirty_days_and_jobs_are_not(conn: Connection) -> None:
    new = new_job()
    accept(conn, new)

    early, late = jobs.prune_requests(conn, NOON + 30 * DAY), jobs.prune_requests(conn, NOON + 30 * DAY + 1)

    assert (early, late) == (0, 1)
    assert now_is(conn, new).state == "queued"
