"""The door to the database: `write` runs a plain function in a transaction, `read` runs one on an unchanging view."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine, update
from sqlalchemy.exc import DBAPIError

from db import connect, ledger
from db.errors import DatabaseClosed, DatabaseDamaged, DatabaseUnavailable, DatabaseUnusable
from db.migrate import upgrade
from db.schema import clock
from db.writer import OnPoint, Task, Transactions, Writer, name_of

READERS = 3

Conn = Connection
"""What a transaction's functions are given; nobody outside `db` looks inside."""

__all__ = ["Connection", "Database"]  # whoever writes functions for `write` and `read` needs the type

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """One SQLite file, one writing thread, a few reading ones."""

    def __init__(self, path: Path, writer: Writer) -> None:
        self.path = path
        self._writer = writer
        self._reading = connect.readers(path, READERS)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="easel-db-reader")
        self._closed = False

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, *, on_point: OnPoint = lambda _name: None) -> AsyncIterator[Self]:
        """Create, migrate and check the database; close it at the end, after everything asked for is committed.

        on_point: called on the writing thread with `before_commit:<function>` and `after_commit:<function>`.
        Raises DatabaseTooNew, DatabaseDamaged, DatabaseUnusable, DatabaseBusy, DatabaseFull; their text is for people.
        """
        engine, conn = await asyncio.to_thread(_prepare, path)
        database = cls(path, Writer(Transactions(engine, conn, on_point)))
        try:
            yield database
        finally:
            database._closed = True
            await asyncio.to_thread(database._close)

    @property
    def queue_depth(self) -> int:
        """How many writes wait for the writing thread."""
        return self._writer.depth

    async def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(conn, …)` in a transaction; returns after its commit is on the disk.

        An exception of `fn` undoes only what it wrote and is raised here. DatabaseBusy and DatabaseFull mean that
        nothing was changed. If the caller is cancelled the transaction still runs to its end.
        """
        if self._closed:
            raise DatabaseClosed("Easel is shutting down. Try again in a moment.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def answer(task: Task) -> None:
            with suppress(RuntimeError):  # the loop is closed, nobody waits
                loop.call_soon_threadsafe(_settle, future, task)

        self._writer.put(Task(run=lambda conn: fn(conn, *args, **kwargs), name=name_of(fn), answer=answer))
        return await future

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(conn, …)` on one consistent view of what is committed; it cannot write."""
        if self._closed:
            raise DatabaseClosed("Easel is shutting down. Try again in a moment.")
        job = partial(_read, self._reading, lambda conn: fn(conn, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._readers, job)

    def _close(self) -> None:
        self._readers.shutdown(wait=True)
        self._reading.dispose()  # before the writer, so that the last one out, who tidies the WAL, may write
        self._writer.close()


def _settle(future: asyncio.Future[T], task: Task) -> None:
    if future.done():  # its caller was cancelled meanwhile; the transaction stands all the same
        return
    if task.error is None:
        future.set_result(task.value)
    else:
        future.set_exception(task.error)


def _read(engine: Engine, run: Callable[[Connection], T]) -> T:
    try:
        with engine.begin() as conn:
            return run(conn)
    except DBAPIError as error:
        fault = connect.translated(error)
        if fault is None or connect.may_not_write(error):  # a reader that tries to write is our mistake
            raise
        if isinstance(fault, DatabaseUnusable):  # at start-up that is for the owner; later on it may pass
            raise DatabaseUnavailable(str(fault)) from error
        raise fault from error


def _prepare(path: Path) -> tuple[Engine, Connection]:
    """Open the file for writing and make sure that it is ours, whole, up to date, and adds up."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(
            f"The folder {path.parent} cannot be created ({error.strerror}). Point EASEL_DATA at a folder that can."
        ) from error
    engine = connect.writer(path)
    try:
        conn = engine.connect()
    except DBAPIError as error:
        raise _about(path, error) from error
    try:
        with conn.begin():
            _check(conn, path)
    except BaseException as error:
        conn.close()
        if isinstance(error, DBAPIError):
            raise _about(path, error) from error
        raise
    return engine, conn


def _check(conn: Connection, path: Path) -> None:
    faults = [str(row[0]) for row in conn.exec_driver_sql("PRAGMA quick_check(5)")]
    if faults != ["ok"]:
        raise DatabaseDamaged(_damaged(path, faults))
    upgrade(conn)
    # A file that may only be read opens without complaint; it is found out by writing.
    conn.execute(update(clock).values(high_water=clock.c.high_water))
    faults = ledger.audit(conn)
    if faults:
        raise DatabaseDamaged(_damaged(path, faults))


def _damaged(path: Path, faults: list[str]) -> str:
    return (
        f"The database {path} does not add up: {'; '.join(faults[:5])}. "
        "Keep the file, and put the newest backup in its place."
    )


def _about(path: Path, error: DBAPIError) -> Exception:
    fault = connect.translated(error)
    if fault is None:
        return DatabaseUnusable(f"{path}: {error.orig}")
    return type(fault)(f"{path}: {fault}")
