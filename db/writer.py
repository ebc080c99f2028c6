"""The one thread that writes: it runs whole functions, many to a commit, and answers only after the commit."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from db.connect import translated
from db.errors import DatabaseUnavailable

GROUP = 64
"""At most so many functions share one commit (and one fsync)."""

OnPoint = Callable[[str], None]


@dataclass(slots=True, eq=False)
class Task:
    """One function that waits to be run in a transaction, and what came of it."""

    run: Callable[[Connection], Any]
    name: str
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None

    def answer(self) -> None:
        """Hand the outcome to the waiting coroutine; one that has gone away is not waited for."""
        with suppress(RuntimeError):  # its loop is closed
            self.loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        if self.future.done():  # cancelled meanwhile; the transaction stands all the same
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)


def name_of(fn: Callable[..., Any]) -> str:
    """The plain name of a function, looked for under partials."""
    while isinstance(fn, partial):
        fn = fn.func
    return str(getattr(fn, "__name__", type(fn).__name__))


class Writer:
    """Runs tasks one after another on a thread of its own."""

    def __init__(self, engine: Engine, conn: Connection, on_point: OnPoint) -> None:
        self._engine = engine
        self._conn: Connection | None = conn
        self._on_point = on_point
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
            first = self._tasks.get()
            batch, ending = self._gather(first)
            if batch:
                self._serve(batch)
        self._drop_connection()

    def _gather(self, first: Task | None) -> tuple[list[Task], bool]:
        batch: list[Task] = []
        task = first
        while task is not None:
            batch.append(task)
            if len(batch) == GROUP:
                return batch, False
            try:
                task = self._tasks.get_nowait()
            except Empty:
                return batch, False
        return batch, True

    def _serve(self, batch: list[Task]) -> None:
        try:
            self._commit(batch)
        except Exception as error:  # noqa: BLE001 - whatever it was, its callers must hear of it and the thread must live
            self._fail(batch, error)
        for task in batch:
            task.answer()

    def _commit(self, batch: list[Task]) -> None:
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

    def _fail(self, batch: list[Task], error: Exception) -> None:
        fault = (translated(error) or error) if isinstance(error, DBAPIError) else error
        for task in batch:
            if task.error is None:
                task.error = _copy(fault)
                task.error.__cause__ = error
        if self._conn is not None and in_transaction(self._conn):
            self._drop_connection()

    def _drop_connection(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            with suppress(DBAPIError):
                conn.close()


def _attempt(conn: Connection, task: Task) -> None:
    """Run one function in a savepoint: its own error undoes its own work; the disk's error undoes the whole batch."""
    try:
        with conn.begin_nested():
            task.value = task.run(conn)
    except DBAPIError as error:
        if translated(error) is not None:
            raise
        task.error = error
    except Exception as error:  # noqa: BLE001 - belongs to the caller, who gets it
        task.error = error
    if not in_transaction(conn):
        raise DatabaseUnavailable("The database gave up the transaction; nothing was changed. Try again in a moment.")


def in_transaction(conn: Connection) -> bool:
    """What SQLite itself says, which may differ from SQLAlchemy's book after an error."""
    raw = conn.connection.dbapi_connection
    return raw is not None and bool(raw.in_transaction)


def _copy(error: Exception) -> Exception:
    # One exception object must not be raised in several tasks: their tracebacks would grow into each other.
    try:
        return type(error)(*error.args)
    except TypeError:
        return error
