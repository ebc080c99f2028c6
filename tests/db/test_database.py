"""The door to the database: one writer, shared commits, answers only after the commit, errors to whom they belong."""

import asyncio
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError

from db import connect, jobs, ledger
from db.database import Database
from db.errors import DatabaseBusy, DatabaseClosed, DatabaseFull, DatabaseUnavailable, NotEnoughCredits, QueueFull
from db.jobs import Acceptance, NewJob
from db.writer import GROUP
from tests.db import fresh
from tests.db.fresh import NOON, START, new_job

HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@asynccontextmanager
async def lock_held_elsewhere(path: Path) -> AsyncIterator[None]:
    """Another process has begun a write and does not end it."""
    pipe = asyncio.subprocess.PIPE
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLDER, str(path), stdin=pipe, stdout=pipe)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        holder.terminate()
        await holder.wait()


async def take_on(database: Database, new: NewJob) -> Acceptance:
    return await database.write(fresh.accept, new)


def count(conn: Connection) -> int:
    return int(conn.execute(text("SELECT COUNT(*) FROM job")).scalar_one())


def pages(conn: Connection, most: int) -> int:
    """Let the file have at most so many pages (0: as many as it likes)."""
    return int(conn.exec_driver_sql(f"PRAGMA max_page_count={most or 1_000_000_000}").scalar_one())


async def test_what_was_written_is_there_after_reopening(path: Path) -> None:
    async with Database.open(path) as database:
        job = (await take_on(database, new_job())).job
    async with Database.open(path) as database:
        assert await database.read(jobs.get, job.id) == job


async def test_the_file_is_opened_for_keeps(database: Database) -> None:
    def settings(conn: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
        return {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    kept = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    assert await database.write(settings) == {**kept, "query_only": 0}
    assert await database.read(settings) == {**kept, "query_only": 1}


async def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        await database.read(lambda conn: conn.execute(text("DELETE FROM flow")).rowcount)


async def test_a_file_that_cannot_be_opened_for_a_while_is_unavailable_for_readers_too(
    database: Database, path: Path
) -> None:
    aside = path.with_suffix(".aside")
    await asyncio.to_thread(path.rename, aside)
    try:
        with pytest.raises(DatabaseUnavailable):
            await database.read(count)
    finally:
        await asyncio.to_thread(aside.rename, path)

    assert await database.read(count) == 0


async def test_the_event_loop_goes_on_while_the_database_works(database: Database) -> None:
    release = threading.Event()

    def slow(_conn: Connection) -> str:
        assert release.wait(30)
        return threading.current_thread().name

    writing = asyncio.create_task(database.write(slow))
    reading = asyncio.create_task(database.read(slow))
    await asyncio.sleep(0)
    release.set()

    assert (await writing, (await reading)[:15]) == ("easel-db-writer", "easel-db-reader")


async def test_reading_goes_on_while_somebody_writes(database: Database) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow_accept(conn: Connection) -> None:
        fresh.queued(conn)
        begun.set()
        assert release.wait(30)

    writing = asyncio.create_task(database.write(slow_accept))
    await asyncio.to_thread(begun.wait, 30)
    before = await database.read(count)
    release.set()
    await writing

    assert (before, await database.read(count)) == (0, 1)


async def test_writes_that_come_together_share_commits(path: Path) -> None:
    points: list[str] = []
    async with Database.open(path, on_point=points.append) as database:
        begun, release = threading.Event(), threading.Event()

        def slow(_conn: Connection) -> None:
            begun.set()
            assert release.wait(30)

        first = asyncio.create_task(database.write(slow))
        await asyncio.to_thread(begun.wait, 30)
        rest = [asyncio.create_task(take_on(database, new_job(f"u{k}"))) for k in range(GROUP + 6)]
        await asyncio.sleep(0)
        depth = database.queue_depth
        release.set()
        await asyncio.gather(first, *rest)

    runs = "".join("b" if point.startswith("before") else "a" for point in points)
    assert depth == GROUP + 6
    assert runs == "ba" + "b" * GROUP + "a" * GROUP + "b" * 6 + "a" * 6


async def test_points_name_the_functions_that_are_committed(path: Path) -> None:
    points: list[str] = []
    async with Database.open(path, on_point=points.append) as database:
        job = (await database.write(partial(partial(fresh.accept), new=new_job()))).job
        await database.write(jobs.cancel, job.id, NOON)
        with pytest.raises(NotEnoughCredits):
            await take_on(database, new_job(price_units=START + 1))

    names = [f"{side}_commit:{name}" for name in ("accept", "cancel") for side in ("before", "after")]
    assert points == names


async def test_an_error_undoes_only_its_own_work(database: Database) -> None:
    def stumble(conn: Connection) -> None:
        fresh.queued(conn, "cyd")
        raise ValueError("stumbled")

    outcomes = await asyncio.gather(
        take_on(database, new_job("ada")),
        database.write(stumble),
        take_on(database, new_job("bob")),
        database.write(lambda conn: conn.execute(text("UPDATE lot SET held_units = -1"))),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [Acceptance, ValueError, Acceptance, IntegrityError]
    assert sorted(job.user_id for job in await database.read(jobs.waiting)) == ["ada", "bob"]


async def test_nobody_hears_of_success_before_the_commit(path: Path) -> None:
    class Refused(Exception):
        pass

    def refuse(point: str) -> None:
        if point == "before_commit:accept":
            raise Refused

    async with Database.open(path, on_point=refuse) as database:
        outcomes = await asyncio.gather(
            *(take_on(database, new_job(f"u{k}")) for k in range(5)), return_exceptions=True
        )

        assert [type(outcome) for outcome in outcomes] == [Refused] * 5
        assert len({id(outcome) for outcome in outcomes}) == 5
        assert await database.read(count) == 0


async def test_a_lost_answer_leaves_the_work_done_and_a_repeat_harmless(path: Path) -> None:
    lost: list[str] = []

    def lose(point: str) -> None:
        if point == "after_commit:accept" and not lost:
            lost.append(point)
            raise ConnectionError

    async with Database.open(path, on_point=lose) as database:
        new = new_job()
        with pytest.raises(ConnectionError):
            await take_on(database, new)
        again = await take_on(database, new)

        assert (again.reason, again.job.id) == ("replay", new.id)
        assert (await database.read(ledger.balance, "ada", "guild")).held_units == 1000


async def test_a_caller_that_gives_up_does_not_stop_the_transaction(database: Database) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow_accept(conn: Connection) -> None:
        begun.set()
        assert release.wait(30)
        fresh.queued(conn)

    caller = asyncio.create_task(database.write(slow_accept))
    await asyncio.to_thread(begun.wait, 30)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    release.set()

    await database.write(lambda _conn: None)
    assert await database.read(count) == 1


async def test_of_many_who_race_for_the_last_credit_one_wins(database: Database) -> None:
    for round_no in range(10):
        user = f"racer-{round_no}"
        tries = [take_on(database, new_job(user, price_units=START)) for _ in range(15)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)

        assert sum(isinstance(outcome, Acceptance) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, NotEnoughCredits) for outcome in outcomes) == 14


async def test_of_many_presses_of_one_button_one_makes_a_job(database: Database) -> None:
    presses = [take_on(database, new_job(f"u{k}", dedupe_key="parent:upscale:1")) for k in range(15)]
    answers = await asyncio.gather(*presses)

    assert sorted(answer.reason for answer in answers) == ["active"] * 14 + ["new"]
    assert len({answer.job.id for answer in answers}) == 1


async def test_of_many_requests_no_more_wait_than_allowed(database: Database) -> None:
    tries = [database.write(fresh.accept, new_job(), max_waiting=10) for _ in range(30)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(isinstance(outcome, QueueFull) for outcome in outcomes) == 20


async def test_of_many_who_lease_each_gets_another_job(database: Database) -> None:
    for k in range(20):
        await take_on(database, new_job(f"u{k}"))

    leases = await asyncio.gather(*(database.write(jobs.lease, "boot-1", NOON) for _ in range(25)))

    assert len({job.id for job in leases if job is not None}) == 20
    assert leases.count(None) == 5


async def test_a_lock_held_elsewhere_is_waited_for_then_refused_and_nothing_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_MS", 300)
    monkeypatch.setattr(connect, "_PRAGMAS", ("busy_timeout=300", "foreign_keys=ON", "synchronous=FULL"))
    async with Database.open(path) as database:
        async with lock_held_elsewhere(path):
            outcomes = await asyncio.gather(*(take_on(database, new_job()) for _ in range(3)), return_exceptions=True)
            assert await database.read(count) == 0, "reading goes on"
        assert [type(outcome) for outcome in outcomes] == [DatabaseBusy] * 3

        await take_on(database, new_job())

        assert await database.read(count) == 1


async def test_a_lock_that_is_let_go_in_time_is_only_a_delay(database: Database, path: Path) -> None:
    async with lock_held_elsewhere(path):
        waiting = asyncio.create_task(take_on(database, new_job()))
        await asyncio.sleep(0.2)
        assert not waiting.done()

    assert (await waiting).fresh


async def test_a_full_disk_refuses_everything_and_recovers_by_itself(database: Database) -> None:
    await take_on(database, new_job())
    used = await database.write(lambda conn: conn.exec_driver_sql("PRAGMA page_count").scalar_one())
    await database.write(pages, used)

    outcomes: list[object] = []
    for _ in range(6):
        batch = [take_on(database, new_job(prompt="x" * 9000)) for _ in range(4)]
        outcomes += await asyncio.gather(*batch, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, DatabaseFull)]
    accepted = [outcome for outcome in outcomes if isinstance(outcome, Acceptance)]
    on_disk = await database.read(count)
    await database.write(pages, 0)
    after = await take_on(database, new_job())

    assert refused
    assert "disk is full" in str(refused[0])
    assert len(refused) + len(accepted) == 24
    assert (on_disk, after.fresh) == (1 + len(accepted), True)
    assert await database.read(ledger.audit) == []


async def test_closing_finishes_what_was_asked_and_refuses_the_rest(path: Path) -> None:
    async with Database.open(path) as database:
        asked = [asyncio.create_task(take_on(database, new_job())) for _ in range(5)]
        await asyncio.sleep(0)

    assert [answer.fresh for answer in await asyncio.gather(*asked)] == [True] * 5
    with pytest.raises(DatabaseClosed):
        await take_on(database, new_job())
    with pytest.raises(DatabaseClosed):
        await database.read(count)


async def test_closing_leaves_one_tidy_file(path: Path) -> None:
    async with Database.open(path) as database:
        await take_on(database, new_job())
        await database.read(count)

    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()
