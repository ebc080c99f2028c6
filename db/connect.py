"""SQLite as this project opens it: one writer, readers that cannot write, and errors in our own words."""

import sqlite3
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from db.errors import DatabaseBusy, DatabaseDamaged, DatabaseError, DatabaseFull, DatabaseUnusable

BUSY_MS = 5000
OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""

_PRAGMAS = (f"busy_timeout={BUSY_MS}", "foreign_keys=ON", "synchronous=FULL", "wal_autocheckpoint=1000")

_DAMAGED = "The database file is damaged. Stop Easel, keep the file, and put the newest backup in its place."
_WORDS: dict[int, tuple[type[DatabaseError], str]] = {
    sqlite3.SQLITE_BUSY: (DatabaseBusy, "The database is held by another program. Close it, or try again in a moment."),
    sqlite3.SQLITE_LOCKED: (DatabaseBusy, "The database is busy. Try again in a moment."),
    sqlite3.SQLITE_FULL: (DatabaseFull, "The disk is full. Free some space; Easel goes on by itself."),
    sqlite3.SQLITE_IOERR: (DatabaseFull, "The disk refuses to write or read. Free some space or check the disk."),
    sqlite3.SQLITE_CORRUPT: (DatabaseDamaged, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (
        DatabaseUnusable,
        "The file is not a database. Move it away, or point EASEL_DATA elsewhere.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        DatabaseUnusable,
        "The database cannot be opened. EASEL_DATA must be a folder that Easel may write to.",
    ),
    sqlite3.SQLITE_READONLY: (
        DatabaseUnusable,
        "The database cannot be written. Give the user that runs Easel write access to the file and its folder.",
    ),
    sqlite3.SQLITE_PERM: (DatabaseUnusable, "Access to the database is denied. Check the file's permissions."),
}


def translated(error: DBAPIError) -> DatabaseError | None:
    """Say what the disk or another program did to us; None when the statement itself was at fault."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None or (code & 0xFF) not in _WORDS:
        return None
    kind, sentence = _WORDS[code & 0xFF]
    return kind(f"{sentence} ({error.orig})")


def may_not_write(error: DBAPIError) -> bool:
    """Whether a statement tried to write where nothing may be written."""
    return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) == sqlite3.SQLITE_READONLY


def writer(path: Path) -> Engine:
    """The engine of the single writer: every transaction takes the write lock when it begins."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise DatabaseUnusable(
            f"This Python comes with SQLite {sqlite3.sqlite_version}; {needed} or newer is needed. "
            "Use a newer Python, or update the system's SQLite."
        )
    engine = create_engine("sqlite://", creator=lambda: _connect(path, "rwc"), poolclass=NullPool)
    event.listen(engine, "begin", lambda conn: _begin(conn, "BEGIN IMMEDIATE"))
    return engine


def readers(path: Path, count: int) -> Engine:
    """The engine of the readers: each transaction is one unchanging view, and nothing can be written."""
    engine = create_engine(
        "sqlite://", creator=lambda: _connect(path, "ro"), poolclass=QueuePool, pool_size=count, max_overflow=0
    )
    event.listen(engine, "begin", lambda conn: _begin(conn, "BEGIN"))
    return engine


def _begin(conn: Connection, statement: str) -> None:
    conn.exec_driver_sql(statement)


def _connect(path: Path, mode: Literal["rwc", "ro"]) -> Any:
    # isolation_level=None: the driver begins nothing by itself, our "begin" events do (a plain BEGIN followed by a
    # write is how "database is locked" happens in spite of any timeout).
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_MS / 1000, check_same_thread=False)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA query_only=ON" if mode == "ro" else "PRAGMA journal_mode=WAL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
