"""What happens to credits: I1–I3, I8, I9 by example."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from db import guilds, jobs, ledger
from db.errors import NotEnoughCredits, NotEnoughFree
from db.ledger import Balance
from tests.db.fresh import DAY, NOON, START, accept, bring, new_job, now_is, queued

ME = ("ada", "guild")


def free(conn: Connection, now: int = NOON) -> int:
    return ledger.balance(conn, *ME, now).free_units


def top_up_after(conn: Connection, days: int) -> int:
    """Top up to 5000 after so many days have really passed."""
    conn.info["steady_ms"] = lambda: days * DAY
    return ledger.top_up(conn, *ME, 5000, NOON + days * DAY)


def test_a_member_gets_the_starting_credits_once(conn: Connection) -> None:
    first = ledger.open_account(conn, *ME, START, NOON)
    again = ledger.open_account(conn, *ME, START, NOON + DAY)

    assert (first, again) == (True, False)
    assert ledger.balance(conn, *ME) == Balance(free_units=START, held_units=0)


def test_balances_belong_to_a_member_in_a_guild(conn: Connection) -> None:
    ledger.open_account(conn, "ada", "guild", START, NOON)
    ledger.open_account(conn, "ada", "other", 7, NOON)

    assert ledger.balance(conn, "ada", "guild").free_units == START
    assert ledger.balance(conn, "ada", "other").free_units == 7
    assert ledger.balance(conn, "bob", "guild") == Balance(free_units=0, held_units=0)


def test_a_hold_takes_from_what_is_free_and_leaves_the_rest(conn: Connection) -> None:
    job = queued(conn, price_units=4000)

    assert ledger.balance(conn, *ME) == Balance(free_units=START - 4000, held_units=4000)
    assert job.hold == "pending"


def test_more_than_is_free_cannot_be_held(conn: Connection) -> None:
    queued(conn, price_units=START - 500)

    with pytest.raises(NotEnoughCredits) as refused, conn.begin_nested():
        queued(conn, price_units=501)

    assert (refused.value.free_units, refused.value.price_units) == (500, 501)
    assert ledger.balance(conn, *ME) == Balance(free_units=500, held_units=START - 500)


def test_a_free_job_has_a_hold_of_nothing(conn: Connection) -> None:
    job = bring(conn, "delivered", price_units=0, speed="relax")

    assert (job.hold, free(conn)) == ("posted", START)


def test_paying_a_part_gives_the_rest_back(conn: Connection) -> None:
    job = bring(conn, "delivering", price_units=4000)

    jobs.delivered(conn, job.id, "message", NOON, units=3000)

    assert ledger.balance(conn, *ME) == Balance(free_units=START - 3000, held_units=0)


def test_a_hold_ends_once(conn: Connection) -> None:
    job = bring(conn, "delivered")

    assert not ledger.post(conn, job.id, NOON)
    assert not ledger.void(conn, job.id, NOON)
    assert ledger.balance(conn, *ME) == Balance(free_units=START - 1000, held_units=0)


def test_what_expires_first_is_spent_first(conn: Connection) -> None:
    ledger.open_account(conn, *ME, 1000, NOON)
    ledger.grant(conn, *ME, 300, "admin", "late", NOON, expires_at=NOON + 2 * DAY)
    ledger.grant(conn, *ME, 200, "admin", "soon", NOON, expires_at=NOON + DAY)

    bring(conn, "delivered", price_units=400)

    assert free(conn, NOON) == 1100
    assert free(conn, NOON + DAY) == 1100, "the credits that expire in a day went first"
    assert free(conn, NOON + 2 * DAY) == 1000


def test_expired_credits_are_written_off(conn: Connection) -> None:
    ledger.open_account(conn, *ME, 1000, NOON)
    ledger.grant(conn, *ME, 300, "admin", "for today", NOON, expires_at=NOON + DAY)

    written_off = ledger.tidy(conn, *ME, NOON + DAY)

    assert (written_off, ledger.balance(conn, *ME).free_units) == (300, 1000)
    assert ledger.tidy(conn, *ME, NOON + DAY) == 0


def test_expiry_never_takes_what_is_held(conn: Connection) -> None:
    ledger.open_account(conn, *ME, 0, NOON)
    ledger.grant(conn, *ME, 1000, "admin", "for today", NOON, expires_at=NOON + DAY)
    job = bring(conn, "delivering", price_units=600)

    assert ledger.tidy(conn, *ME, NOON + DAY) == 400
    assert jobs.delivered(conn, job.id, "message", NOON + DAY)
    assert ledger.balance(conn, *ME) == Balance(free_units=0, held_units=0)


def test_a_refund_into_an_expired_lot_can_be_spent_for_another_day(conn: Connection) -> None:
    ledger.open_account(conn, *ME, 0, NOON)
    ledger.grant(conn, *ME, 1000, "admin", "for today", NOON, expires_at=NOON + DAY)
    job = queued(conn, price_units=600)
    later = NOON + DAY + 1

    jobs.refund(conn, job.id, "failed", later)
    ledger.tidy(conn, *ME, later)

    assert free(conn, later) == 600
    assert free(conn, later + DAY) == 0


def test_the_unused_part_of_a_hold_on_an_expired_lot_comes_back_too(conn: Connection) -> None:
    ledger.open_account(conn, *ME, 0, NOON)
    ledger.grant(conn, *ME, 1000, "admin", "for today", NOON, expires_at=NOON + DAY)
    job = bring(conn, "delivering", price_units=1000)
    later = NOON + DAY + 1

    jobs.delivered(conn, job.id, "message", later, units=750)

    assert free(conn, later) == 250


def test_the_daily_top_up_fills_up_once_a_day_and_makes_nothing_up(conn: Connection) -> None:
    ledger.open_account(conn, *ME, 1000, NOON)

    added = [top_up_after(conn, days) for days in (0, 0, 1, 30)]
    bring(conn, "delivered", price_units=2000)
    added += [top_up_after(conn, days) for days in (30, 29, 31)]

    assert added == [4000, 0, 0, 0, 0, 0, 2000]


def test_a_top_up_of_zero_is_off(conn: Connection) -> None:
    assert ledger.top_up(conn, *ME, 0, NOON) == 0
    assert ledger.top_up(conn, *ME, 10, NOON) == 10


def test_a_day_ends_at_midnight_utc(conn: Connection) -> None:
    midnight = NOON - NOON % DAY + DAY

    before = ledger.top_up(conn, *ME, 10, midnight - 1)
    ledger.take(conn, *ME, 10, "admin", "", midnight - 1)

    assert (before, ledger.top_up(conn, *ME, 10, midnight - 1), ledger.top_up(conn, *ME, 10, midnight)) == (10, 0, 10)


def test_accepting_a_job_opens_the_account_and_tops_it_up(conn: Connection) -> None:
    accept(conn, new_job(price_units=START), NOON)

    accept(conn, new_job(price_units=3000), NOON + DAY, daily=3000)

    assert ledger.balance(conn, *ME) == Balance(free_units=0, held_units=START + 3000)


def test_taking_never_touches_what_is_held(conn: Connection) -> None:
    queued(conn, price_units=START - 1000)

    with pytest.raises(NotEnoughFree) as refused, conn.begin_nested():
        ledger.take(conn, *ME, 1001, "admin", "abuse", NOON)
    left = ledger.take(conn, *ME, 1000, "admin", "abuse", NOON)

    assert refused.value.free_units == 1000
    assert left == Balance(free_units=0, held_units=START - 1000)


@pytest.mark.parametrize("target", [0, 500, START, 99_000])
def test_setting_makes_the_free_credits_exactly_that(conn: Connection, target: int) -> None:
    queued(conn, price_units=4000)

    after = ledger.set_free(conn, *ME, target, "admin", "reset", NOON)

    assert after == Balance(free_units=target, held_units=4000)
    assert len([line for line in ledger.history(conn, *ME, 99) if line.kind == "correct"]) == 1


def test_setting_a_newcomer_to_zero_leaves_no_starting_credits(conn: Connection) -> None:
    ledger.set_free(conn, *ME, 0, "admin", "banned", NOON)

    ledger.open_account(conn, *ME, START, NOON)

    assert free(conn) == 0


def test_a_gift_to_a_newcomer_does_not_cost_the_starting_credits(conn: Connection) -> None:
    ledger.grant(conn, *ME, 500, "admin", "welcome", NOON)

    ledger.open_account(conn, *ME, START, NOON)

    assert free(conn) == START + 500


def test_an_order_that_arrives_twice_counts_once(conn: Connection) -> None:
    for _ in range(2):
        ledger.grant(conn, *ME, 500, "admin", "prize", NOON, request_id="i1")
        ledger.take(conn, *ME, 100, "admin", "fee", NOON, request_id="i2")

    assert free(conn) == 400


def test_every_change_says_who_and_why(conn: Connection) -> None:
    ledger.open_account(conn, *ME, START, NOON)
    ledger.grant(conn, *ME, 500, "eve", "prize", NOON + 1)
    ledger.take(conn, *ME, 200, "eve", "fee", NOON + 2)
    guilds.set_daily(conn, "guild", 5000, "eve", NOON + 3)
    bring(conn, "delivered")

    lines = [(line.kind, line.gives, line.units, line.actor, line.reason) for line in ledger.history(conn, *ME, 4)]
    orders = [
        (order.what, order.user_id, order.units, order.actor, order.reason)
        for order in guilds.changes(conn, "guild", 9)
    ]

    assert lines == [
        ("post", False, 1000, "easel", "delivered"),
        ("correct", False, 200, "eve", "fee"),
        ("grant", True, 500, "eve", "prize"),
        ("start", True, START, "easel", "welcome"),
    ]
    assert orders == [
        ("daily", None, 5000, "eve", ""),
        ("take", "ada", 200, "eve", "fee"),
        ("grant", "ada", 500, "eve", "prize"),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfer SET posted_units = 1",
        "DELETE FROM transfer",
        "UPDATE job_event SET what = 'x'",
        "DELETE FROM job_event",
        "UPDATE change SET actor = 'x'",
        "DELETE FROM change",
        "UPDATE hold SET state = 'voided', posted_units = NULL",
        "DELETE FROM hold",
        "UPDATE job SET state = 'queued', why = NULL, finished_at = NULL, lease_token = NULL",
        "UPDATE job SET result_message_id = 'x'",
        "DELETE FROM job",
        "UPDATE lot SET posted_units = -1",
        "UPDATE lot SET held_units = posted_units + 1",
        "INSERT INTO transfer SELECT 98, 'k', 'hold', 1, 0, 0, 'nobody', '', '', 0",
        "INSERT INTO transfer SELECT 98, 'k', 'start', 99, 5, 0, NULL, '', '', 0",
        "INSERT INTO transfer SELECT 98, 'k', 'start', 1, -5, 0, NULL, '', '', 0",
        "INSERT INTO transfer SELECT 98, key, 'start', 1, 5, 0, NULL, '', '', 0 FROM transfer LIMIT 1",
    ],
)
def test_the_database_itself_refuses_to_rewrite_history(conn: Connection, statement: str) -> None:
    bring(conn, "delivered")
    ledger.grant(conn, *ME, 500, "eve", "prize", NOON)

    with pytest.raises(IntegrityError), conn.begin_nested():
        conn.execute(text(statement))


def test_a_job_that_has_ended_may_still_lose_its_progress_message(conn: Connection) -> None:
    job = bring(conn, "delivered")

    assert jobs.attach_progress(conn, job.id, "late", NOON)
    assert now_is(conn, job).progress_message_id == "late"
