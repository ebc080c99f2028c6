"""Whatever is asked and whatever fails, the ledger says and does what the plain-Python books do (I1–I4, I8, I9)."""

import sqlite3
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, event, select, update
from sqlalchemy.exc import OperationalError

from db import jobs, ledger, schema
from db.errors import DatabaseFull, NotAccepted, NotEnoughFree
from db.jobs import Limits
from db.schema import hold, lot
from db.writer import Task, Transactions
from tests.db import fresh
from tests.db.books import Answer, Books, Refused

HOUR = 3_600_000


class Fault(Exception):
    """Injected."""


@dataclass(frozen=True)
class Order:
    """One thing to ask, of the ledger and of the books."""

    kind: str
    args: dict[str, Any]

    def of_books(self, books: Books, now: int) -> Answer:
        answer: Answer = getattr(books, self.kind)(now, **self.args)
        return answer

    def of_ledger(self, conn: Connection, now: int) -> Answer:
        answer: Answer = globals()[f"_{self.kind}"](conn, now, **self.args)
        return answer


@dataclass(frozen=True)
class Failure:
    """What goes wrong in a batch: at a statement of one order, at the commit, or after it."""

    kind: str
    order: int = 0
    statement: int = 0


def _accept(conn: Connection, now: int, job: str, user: str, price: int, meaning: str, daily: int) -> Answer:  # noqa: PLR0917
    new = fresh.new_job(user, id=job, request_id=f"r{job}", price_units=price, prompt_raw=meaning)
    limits = Limits(max_running=3, max_waiting=10_000)
    return jobs.accept(conn, new, limits=limits, start_units=20, daily_units=daily, now=now).reason


def _deliver(conn: Connection, now: int, job: str, units: int | None) -> Answer:
    found = jobs.get(conn, job)
    if found is None:
        return False
    sending = {"state": "delivering", "lease_token": "t", "delivering_since": now}
    conn.execute(update(schema.job).where(schema.job.c.id == job, schema.job.c.state == "queued").values(sending))
    return jobs.delivered(conn, job, f"m{job}", now, None if units is None else min(units, found.price_units))


def _refund(conn: Connection, now: int, job: str) -> Answer:
    return jobs.refund(conn, job, "failed", now)


def _top_up(conn: Connection, now: int, user: str, daily: int) -> Answer:
    return ledger.top_up(conn, user, "guild", daily, now)


def _tidy(conn: Connection, now: int, user: str) -> Answer:
    return ledger.tidy(conn, user, "guild", now)


def _grant(conn: Connection, now: int, user: str, units: int, key: str, expires_in: int | None) -> Answer:
    until = None if expires_in is None else now + expires_in
    after = ledger.grant(conn, user, "guild", units, "admin", "", now, expires_at=until, request_id=key)
    return after.free_units, after.held_units


def _take(conn: Connection, now: int, user: str, units: int, key: str) -> Answer:
    after = ledger.take(conn, user, "guild", units, "admin", "", now, request_id=key)
    return after.free_units, after.held_units


def _set_free(conn: Connection, now: int, user: str, units: int, key: str) -> Answer:
    after = ledger.set_free(conn, user, "guild", units, "admin", "", now, request_id=key)
    return after.free_units, after.held_units


USERS = st.sampled_from(["ada", "bob"])
NEW = -1
ACCEPTED = st.sampled_from([NEW, NEW, NEW, 0, 1])
PENDING = st.integers(0, 5)
KEYS = st.integers(0, 40).map(str)
UNITS = st.integers(1, 12)
DAILY = st.sampled_from([0, 0, 5, 15])
SPANS = st.sampled_from([None, 2 * HOUR, 20 * HOUR, 30 * HOUR])


def _order(kind: str, **args: st.SearchStrategy[Any]) -> st.SearchStrategy[Order]:
    return st.builds(Order, st.just(kind), st.fixed_dictionaries(args))


KINDS: dict[str, st.SearchStrategy[Order]] = {
    "accept": _order(
        "accept", job=ACCEPTED, user=USERS, price=st.integers(0, 8), meaning=st.sampled_from("aab"), daily=DAILY
    ),
    "deliver": _order("deliver", job=PENDING, units=st.sampled_from([None, 0, 1, 2, 3, 5])),
    "refund": _order("refund", job=PENDING),
    "top_up": _order("top_up", user=USERS, daily=DAILY),
    "tidy": _order("tidy", user=USERS),
    "grant": _order("grant", user=USERS, units=UNITS, key=KEYS, expires_in=SPANS),
    "take": _order("take", user=USERS, units=UNITS, key=KEYS),
    "set_free": _order("set_free", user=USERS, units=st.integers(0, 20), key=KEYS),
}
OFTEN = ["accept"] * 5 + ["deliver", "refund", "grant"] * 2  # a plain one_of() would forget how often each is named
ORDERS = st.sampled_from([*OFTEN, *KINDS]).flatmap(KINDS.__getitem__)
HOURS = st.sampled_from([0, 0, 1, 3, 12, 25, 40, -30])
"""What passes before an order is given; the clock may also be put back."""
FAILURES: st.SearchStrategy[Failure | None] = st.one_of(
    st.none(),
    st.builds(Failure, st.sampled_from(["statement", "disk"]), st.integers(0, 3), st.integers(1, 14)),
    st.builds(Failure, st.sampled_from(["commit", "reply"])),
)


class LedgerMachine(RuleBasedStateMachine):
    """Drives the ledger through the real group commit, beside the books."""

    uptime: int
    count: int

    @initialize()
    def open(self) -> None:
        self.engine = fresh.memory()
        self.conn = self.engine.connect()
        self.conn.info["steady_ms"] = lambda: self.uptime
        self.transactions = Transactions(self.engine, self.conn, self._point)
        self.books, self.now, self.uptime = Books(), fresh.NOON, 0
        self.failure: Failure | None = None
        self.running: tuple[int, int] | None = None
        self.struck, self.count = False, 0
        event.listen(self.engine, "before_cursor_execute", self._statement)

    def teardown(self) -> None:
        if hasattr(self, "transactions"):
            self.transactions.close()

    @rule(orders=st.lists(ORDERS, min_size=1, max_size=4), failure=FAILURES, hours=HOURS)
    def ask(self, orders: list[Order], failure: Failure | None, hours: int) -> None:
        self.now += hours * HOUR
        self.uptime += max(0, hours) * HOUR
        orders = [self._about_a_job(order) for order in orders]
        tasks = [self._task(k, order) for k, order in enumerate(orders)]
        self.failure, self.struck = failure, False

        self.transactions.serve(tasks)

        self.failure = None
        before = deepcopy(self.books)
        for order, task in zip(orders, tasks, strict=True):
            if not (self.struck and failure and failure.kind == "statement" and isinstance(task.error, Fault)):
                self._settle(order, task, lost=self.struck)
        if self.struck and failure and failure.kind in ("disk", "commit"):
            self.books = before

    @invariant()
    def agrees_with_the_books(self) -> None:
        if not hasattr(self, "conn"):
            return
        with self.conn.begin():
            assert ledger.audit(self.conn) == []
            for user, member in self.books.members.items():
                rows = self.conn.execute(select(lot).where(lot.c.user_id == user).order_by(lot.c.id)).all()
                found = [(row.expires_at, row.posted_units, row.held_units) for row in rows]
                assert found == [(one.expires_at, one.posted, one.held) for one in member.lots]
            holds = {row.id: (row.state, row.posted_units, row.units) for row in self.conn.execute(select(hold))}
            assert holds == {job: (one.state, one.posted, one.units) for job, one in self.books.holds.items()}

    def _about_a_job(self, order: Order) -> Order:
        """Turn a number into a job: a new one, or mostly one that is pending, and now and then one that has ended."""
        number = order.args.get("job")
        if number is None:
            return order
        ended = [job for job, one in self.books.holds.items() if one.state != "pending"]
        known = [job for job, one in self.books.holds.items() if one.state == "pending"] + ended[-1:]
        if number == NEW or not known:
            self.count += 1
            return Order(order.kind, {**order.args, "job": str(UUID(int=self.count))})
        return Order(order.kind, {**order.args, "job": known[number % len(known)]})

    def _task(self, place: int, order: Order) -> Task:
        def run(conn: Connection) -> Answer:
            self.running = (place, 0)
            try:
                return order.of_ledger(conn, self.now)
            finally:
                self.running = None

        return Task(run=run, name=order.kind, answer=lambda _task: None)

    def _settle(self, order: Order, task: Task, *, lost: bool) -> None:
        """Do the order in the books and compare the answers; a lost answer is not compared."""
        saved = deepcopy(self.books)
        try:
            expected = order.of_books(self.books, self.now)
        except Refused:
            self.books = saved
            assert isinstance(task.error, (NotAccepted, NotEnoughFree, Fault, DatabaseFull)), task.error
            return
        if lost and isinstance(task.error, (Fault, DatabaseFull)):
            return
        assert task.error is None, task.error
        assert task.value == expected

    def _statement(self, *_: Any) -> None:
        failure = self.failure
        if self.running is None or failure is None or failure.kind not in ("statement", "disk"):
            return
        place, count = self.running
        self.running = (place, count + 1)
        if (place, count + 1) == (failure.order, failure.statement):
            self.struck = True
            raise Fault if failure.kind == "statement" else _disk_full()

    def _point(self, name: str) -> None:
        point = {"commit": "before_commit", "reply": "after_commit"}.get(self.failure.kind if self.failure else "")
        if point is not None and name.startswith(point):
            self.struck = True
            raise Fault


def _disk_full() -> OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return OperationalError("INSERT", {}, error)


def run(examples: int, steps: int, **more: Any) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **{"phases": [Phase.generate, Phase.shrink], **more},
    )
    run_state_machine_as_test(LedgerMachine, settings=chosen)


def test_the_ledger_agrees_with_the_books_whatever_fails() -> None:
    run(30, 20)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_ledger_agrees_with_the_books_for_a_long_time() -> None:
    run(200, 40)
