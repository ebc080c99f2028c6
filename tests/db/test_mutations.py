"""The test of the tests: with one of these bugs put in, the ledger must be seen to disagree with the books."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError, OperationalError

from db import clock, ledger, writer
from db.jobs import entry, handover, work
from db.ledger import accounts, corrections, holds, lots
from db.ledger.lots import Move, move
from db.schema import hold, job, lot
from db.writer import Task
from tests.db import test_books

Mutant = Callable[[pytest.MonkeyPatch], None]


def no_dedupe(patch: pytest.MonkeyPatch) -> None:
    """The same interaction twice is taken for two requests."""
    patch.setattr(entry, "_same_request", lambda _conn, _new: None)


def conflicts_are_replays(patch: pytest.MonkeyPatch) -> None:
    """What a request means is not compared."""
    patch.setattr(entry, "meaning", lambda _new: "")


def held_counts_as_free(patch: pytest.MonkeyPatch) -> None:
    """What is held for other jobs is promised again."""
    everything = lambda conn, user, guild, _now: [  # noqa: E731
        (row.id, row.posted_units) for row in conn.execute(lot.select().where(lots.mine(user, guild)))
    ]
    patch.setattr(holds, "spendable", everything)


def resolves_twice(patch: pytest.MonkeyPatch) -> None:
    """A hold is ended whatever its state, and so is a job."""

    def resolve(conn: Connection, job_id: str, state: str, now: int, units: int | None) -> int | None:
        paid = (hold.c.units if units is None else units) if state == "posted" else None
        values = {"state": state, "posted_units": paid, "resolved_at": now}
        held: int = conn.execute(
            update(hold).where(hold.c.id == job_id).values(values).returning(hold.c.units)
        ).scalar_one()
        return held

    def change(conn: Connection, job_id: str, _now: int, _what: str, *_guards: Any, **values: Any) -> bool:
        return conn.execute(update(job).where(job.c.id == job_id).values(values)).rowcount == 1

    patch.setattr(holds, "_resolve", resolve)
    patch.setattr(handover, "change", change)
    patch.setattr(work, "change", change)


def keeps_the_rest_held(patch: pytest.MonkeyPatch) -> None:
    """After a partial payment the remainder is never let go."""

    def leaky(**fields: Any) -> Move:
        if fields["kind"] == "post" and fields["posted_units"]:
            fields["held_units"] = fields["posted_units"]
        return Move(**fields)

    patch.setattr(holds, "Move", leaky)


def pays_all_of_it(patch: pytest.MonkeyPatch) -> None:
    """A partial delivery costs the whole price."""
    patch.setattr(ledger, "post", lambda conn, job_id, now, _units: holds.post(conn, job_id, now))


def tops_up_at_will(patch: pytest.MonkeyPatch) -> None:
    """The daily top-up has neither a day nor a key."""

    def top_up(conn: Connection, user: str, guild: str, daily: int, now: int) -> int:
        missing = daily - lots.free_units(conn, user, guild, now)
        if daily <= 0 or missing <= 0:
            return 0
        lot_id = lots.ensure_account(conn, user, guild, now)
        fields = {"kind": "daily", "lot_id": lot_id, "posted_units": missing, "actor": "", "reason": "", "at": now}
        move(conn, Move(key=str(uuid4()), **fields))  # type: ignore[arg-type]
        return missing

    patch.setattr(ledger, "top_up", top_up)


def welcomes_twice(patch: pytest.MonkeyPatch) -> None:
    """The starting credits are given again and again."""
    patch.setattr(accounts, "mark_started", lambda *_: True)


def forgets_grace(patch: pytest.MonkeyPatch) -> None:
    """What comes back to an expired lot is gone at once."""
    patch.setattr(holds, "give_grace", lambda *_: None)


def expires_what_is_held(patch: pytest.MonkeyPatch) -> None:
    """Expiry takes all of a lot."""

    def expire(conn: Connection, user: str, guild: str, now: int) -> int:
        rows = conn.execute(lot.select().where(lots.mine(user, guild), lot.c.expires_at <= now)).all()
        for row in rows:
            lots._write_off(conn, row.id, row.posted_units, key=str(uuid4()), now=now)
        return sum(row.posted_units for row in rows)

    patch.setattr(accounts, "expire", expire)


def spends_in_the_wrong_order(patch: pytest.MonkeyPatch) -> None:
    """What never expires is spent first."""
    patch.setattr(holds, "spendable", lambda *args: lots.spendable(*args)[::-1])


def takes_expired_credits(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks at the date."""
    patch.setattr(corrections, "spendable", lambda conn, user, guild, _now: lots.spendable(conn, user, guild, 0))


def gives_twice(patch: pytest.MonkeyPatch) -> None:
    """An admin's order that arrives twice is carried out twice."""
    original = corrections._Order
    patch.setattr(corrections, "_Order", lambda *fields: replace(original(*fields), key=str(uuid4())))


def works_without_savepoints(patch: pytest.MonkeyPatch) -> None:
    """What an order wrote before it failed stays written."""

    def attempt(conn: Connection, task: Task) -> None:
        try:
            task.value = task.run(conn)
        except Exception as error:
            if isinstance(error, OperationalError):
                raise
            task.error = error

    patch.setattr(writer, "_attempt", attempt)


def answers_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    """A commit that fails is reported as done."""
    patch.setattr(writer.Transactions, "_fail", lambda *_: None)


def commits_what_it_should_undo(patch: pytest.MonkeyPatch) -> None:
    """A full disk in one order leaves the others of its batch written and reported as failed."""
    original = writer._attempt

    def attempt(conn: Connection, task: Task) -> None:
        try:
            original(conn, task)
        except OperationalError as error:
            task.error = error

    patch.setattr(writer, "_attempt", attempt)


def believes_nothing(patch: pytest.MonkeyPatch) -> None:
    """The clock is always in doubt."""
    patch.setattr(accounts, "believable", lambda conn, now: clock.believable(conn, now) and False)


def _name(mutant: Mutant) -> str:
    return mutant.__name__


ALWAYS: list[Mutant] = [
    no_dedupe,
    held_counts_as_free,
    resolves_twice,
    keeps_the_rest_held,
    tops_up_at_will,
    works_without_savepoints,
    answers_before_the_commit,
]
AT_LENGTH: list[Mutant] = [
    conflicts_are_replays,
    pays_all_of_it,
    welcomes_twice,
    forgets_grace,
    expires_what_is_held,
    spends_in_the_wrong_order,
    takes_expired_credits,
    gives_twice,
    commits_what_it_should_undo,
    believes_nothing,
]


@pytest.mark.parametrize(
    "mutant", [*ALWAYS, *(pytest.param(mutant, marks=pytest.mark.slow) for mutant in AT_LENGTH)], ids=_name
)
def test_the_books_notice(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant(monkeypatch)

    with pytest.raises((AssertionError, IntegrityError)):
        test_books.run(400, 25, phases=[Phase.generate], report_multiple_bugs=False, derandomize=True)
