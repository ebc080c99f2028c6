"""The one thread that writes: it runs whole functions, many to a commit, and answers only after the commit."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from db.connect import translated
from db.errors import DatabaseUnavailable, DatabaseUnusable

GROUP = 64
"""At most so many functions share one commit (and one fsync)."""

OnPoint = Callable[[str], None]


@dataclass(slots=True, eq=False)
class Task:
    """One function that is to run in a transaction, and what came of it."""

    run: Callable[[Connection], Any]
    name: str
    answer: Callable[["Task"], None]
    """Called on the writing thread once the outcome is certain."""
    value: Any = None
    error: BaseException | None = None


def name_of(fn: Callable[..., Any]) -> str:
    """The plain name of a function, looked for under partials."""
    while isinstance(fn, partial):
        fn = fn.func
    return str(getattr(fn, "__name__", type(fn).__name__))


class Transactions:
    """Runs batches of tasks, each batch in one transaction, each task in a savepoint of it."""

    def __init__(self, engine: Engine, conn: Connection, on_point: OnPoint) -> None:
        self._engine = engine
        self._conn: Connection | None = conn
        self._on_point = on_point

    def serve(self, batch: Sequence[Task]) -> None:
        """Run a batch and fill in each task's value or error; never raises."""
        try:
            self._commit(batch)
        except Exception as error:  # noqa: BLE001 - whatever it was, its callers must hear of it, and the thread must live
            self._fail(batch, error)

    def close(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            with suppress(DBAPIError):
                conn.close()

    def _commit(self, batch: Sequence[Task]) -> None:
        if self._conn is None:
            self._conn = self._engine.connect()
        with self._conn.begin():
            for task in batch:
                _attempt(self._conn, task)
            done = [task for task in batch if task.error is None]
            for task in done:
                self._on_point(f"before_commit:{task.name}")
        for task in done:
            self._on_point(f"after_commit:{task.name}")

    def _fail(self, batch: Sequence[Task], error: Exception) -> None:
        fault = _fault(error)
        for task in batch:
            if task.error is None:
                task.error = _copy(fault)
                task.error.__cause__ = error
        if self._conn is not None and _in_transaction(self._conn):
            self.close()  # it could not even roll back: the next batch gets a fresh connection


class Writer:
    """Serves tasks, one batch after another, on a thread of its own."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="easel-db-writer", daemon=True)
        self._thread.start()

    @property
    def depth(self) -> int:
        return self._tasks.qsize()

    def put(self, task: Task) -> None:
        self._tasks.put(task)

    def close(self) -> None:
        """Finish what was asked before, then close the connection; blocks."""
        self._tasks.put(None)
        self._thread.join()

    def _work(self) -> None:
        ending = False
        while not ending:
            batch, ending = self._gather(self._tasks.get())
            if batch:
                self._transactions.serve(batch)
            for task in batch:
                task.answer(task)
        self._transactions.close()

    def _gather(self, task: Task | None) -> tuple[list[Task], bool]:
        """Add what else is waiting; also says whether the end was asked for."""
        batch: list[Task] = []
        while task is not None:
            batch.append(task)
            if len(batch) == GROUP:
                return batch, False
            try:
                task = self._tasks.get_nowait()
            except Empty:
                return batch, False
        return batch, True


def _attempt(conn: Connection, task: Task) -> None:
    """Run one function in a savepoint: its own error undoes its own work; the disk's error undoes the whole batch."""
    try:
        with conn.begin_nested():
            task.value = task.run(conn)
    except Exception as error:
        if _fault(error) is not error:
            raise
        task.error = error  # belongs to the caller, who gets it
    if not _in_transaction(conn):
        raise DatabaseUnavailable("The database gave up the transaction; nothing was changed. Try again in a moment.")


def _fault(error: Exception) -> Exception:
    """What the disk or another program did, found behind an error; the error itself if they did nothing.

    It may lie further back: after some faults SQLite ends the transaction, and going back to the savepoint fails too.
    """
    link: BaseException | None = error
    while link is not None:
        fault = translated(link) if isinstance(link, DBAPIError) else None
        if isinstance(fault, DatabaseUnusable):  # at start-up that is for the owner; later on it may pass
            return DatabaseUnavailable(str(fault))
        if fault is not None:
            return fault
        link = link.__context__
    return error


def _in_transaction(conn: Connection) -> bool:
    """What SQLite itself says, which may differ from SQLAlchemy's book after an error."""
    raw = conn.connection.dbapi_connection
    return raw is not None and bool(raw.in_transaction)


def _copy(error: Exception) -> Exception:
    # One exception object must not be raised in several tasks: their tracebacks would grow into each other.
    try:
        return type(error)(*error.args)
    except TypeError:
        return error
