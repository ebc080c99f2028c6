"""A clock that cannot be believed gives nothing away and lets nothing expire (I8)."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from db import clock, ledger
from db.errors import NotEnoughCredits
from tests.db import fresh
from tests.db.fresh import DAY, NOON

HOUR = DAY // 24
YEAR = 365 * DAY
ME = ("ada", "guild")


class Machine:
    """A computer whose wall clock may be set, and whose uptime may not."""

    def __init__(self, conn: Connection) -> None:
        self.conn, self.wall, self.uptime = conn, NOON, 0
        conn.info["steady_ms"] = lambda: self.uptime

    def passes(self, ms: int) -> None:
        self.wall += ms
        self.uptime += ms

    def restarts_after(self, ms: int) -> None:
        self.wall += ms
        self.uptime = 0
        self.conn.info.clear()
        self.conn.info["steady_ms"] = lambda: self.uptime

    def believed(self) -> bool:
        return clock.believable(self.conn, self.wall)


def test_time_that_really_passed_is_believed_however_long(conn: Connection) -> None:
    machine = Machine(conn)
    assert machine.believed()

    machine.passes(30 * DAY)

    assert machine.believed()


def test_a_leap_of_more_than_two_days_is_not_believed_while_it_is_fresh(conn: Connection) -> None:
    machine = Machine(conn)
    assert machine.believed()

    machine.wall += 2 * DAY
    assert machine.believed()
    machine.wall += 2 * DAY + 1
    assert not machine.believed()


def test_a_leap_that_is_corrected_leaves_no_trace(conn: Connection) -> None:
    machine = Machine(conn)
    assert machine.believed()
    machine.wall += 10 * YEAR
    assert not machine.believed()

    machine.wall -= 10 * YEAR
    machine.passes(DAY)

    assert machine.believed()
    assert conn.execute(text("SELECT high_water FROM clock")).scalar() == machine.wall


def test_a_leap_that_lasts_is_believed_in_the_end(conn: Connection) -> None:
    machine = Machine(conn)
    assert machine.believed()
    machine.wall += 20 * DAY  # a laptop slept
    assert not machine.believed()

    machine.passes(6 * HOUR)

    assert machine.believed()


def test_a_bot_that_was_off_for_weeks_goes_on_at_once(conn: Connection) -> None:
    machine = Machine(conn)
    assert machine.believed()

    machine.restarts_after(21 * DAY)

    assert machine.believed()


def test_a_bot_that_starts_in_a_wrong_year_waits(conn: Connection) -> None:
    machine = Machine(conn)
    assert machine.believed()

    machine.restarts_after(10 * YEAR)

    assert not machine.believed()
    machine.passes(6 * HOUR)
    assert machine.believed()


def test_going_back_is_believed_and_gives_nothing(conn: Connection) -> None:
    machine = Machine(conn)
    given = ledger.top_up(conn, *ME, 10, machine.wall)
    ledger.take(conn, *ME, 10, "admin", "", machine.wall)

    machine.wall -= 3 * YEAR

    assert machine.believed()
    assert (given, ledger.top_up(conn, *ME, 10, machine.wall)) == (10, 0)


def test_while_the_clock_is_in_doubt_expired_credits_cannot_be_spent(conn: Connection) -> None:
    machine = Machine(conn)
    ledger.grant(conn, *ME, 300, "admin", "for a week", machine.wall, expires_at=machine.wall + 7 * DAY)
    assert machine.believed()
    machine.wall += YEAR

    with pytest.raises(NotEnoughCredits):
        ledger.hold(conn, "job", *ME, 1, machine.wall)


def test_while_the_clock_is_in_doubt_nothing_is_given_and_nothing_expires(conn: Connection) -> None:
    machine = Machine(conn)
    ledger.grant(conn, *ME, 300, "admin", "for a week", machine.wall, expires_at=machine.wall + 7 * DAY)
    assert machine.believed()

    machine.wall += YEAR
    outcome = ledger.tidy(conn, *ME, machine.wall), ledger.top_up(conn, *ME, 1000, machine.wall)
    machine.wall -= YEAR

    assert outcome == (0, 0)
    assert ledger.balance(conn, *ME, machine.wall).free_units == 300


_step = st.tuples(
    st.sampled_from(["passes", "leaps", "restarts"]),
    st.one_of(st.integers(0, 3 * DAY), st.integers(-10 * YEAR, 10 * YEAR)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_step, max_size=25))
def test_no_movement_of_the_clock_tops_up_twice_in_a_period(steps: list[tuple[str, int]]) -> None:
    with fresh.memory().connect() as conn, conn.begin():
        machine = Machine(conn)
        days: Counter[int] = Counter()
        for kind, ms in steps:
            match kind:
                case "passes":
                    machine.passes(abs(ms))
                case "restarts":
                    machine.restarts_after(ms)
                case _:
                    machine.wall += ms
            machine.wall = max(machine.wall, 0)
            if ledger.top_up(conn, *ME, 10, machine.wall):
                days[machine.wall // DAY] += 1
                ledger.take(conn, *ME, 10, "admin", "spent", machine.wall)

        assert all(count == 1 for count in days.values())
        assert ledger.audit(conn) == []
