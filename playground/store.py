"""What survives a restart: documents in one SQLite file, written a moment later and never on the event loop."""

import asyncio
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from playground.log import Log

Key = tuple[str, str]  # kind, id

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
"""
PAUSE_S = 0.05  # changes within this time are written together
RETRY_S = 1.0


class Store:
    """Documents by kind and id. What is put must not be changed afterwards: it is encoded later, on another thread."""

    def __init__(self, path: Path, log: Log) -> None:
        self._path = path
        self._log = log
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="playground-store")
        self._waiting: dict[Key, Any] = {}
        self._something = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._db: sqlite3.Connection | None = None

    async def open(self) -> dict[str, dict[str, Any]]:
        """Read everything: kind → id → document. Raises OSError or sqlite3.Error when the file cannot be used."""
        documents = await asyncio.get_running_loop().run_in_executor(self._thread, self._load)
        self._writer = asyncio.create_task(self._write_behind(), name="playground-store")
        return documents

    def put(self, kind: str, key: str, body: Any) -> None:
        """Keep a document; `None` forgets it."""
        self._waiting[kind, key] = body
        self._something.set()

    async def close(self) -> None:
        """Write what is still waiting and let go of the file."""
        if self._writer:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        await self._flush()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._finish)
        self._thread.shutdown()

    async def _write_behind(self) -> None:
        while True:
            await self._something.wait()
            await asyncio.sleep(PAUSE_S)
            if not await self._flush():
                await asyncio.sleep(RETRY_S)

    async def _flush(self) -> bool:
        batch, self._waiting = self._waiting, {}
        self._something.clear()
        writing = asyncio.get_running_loop().run_in_executor(self._thread, self._write, batch)
        try:
            await asyncio.shield(writing)
        except sqlite3.Error as error:  # a full disk: what is in memory stays right, and is tried again
            self._log.warning("store.write_failed", error=str(error))
            self._waiting = {**batch, **self._waiting}
            self._something.set()
            return False
        return True

    def _load(self) -> dict[str, dict[str, Any]]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self._path, check_same_thread=False)
        self._path.chmod(0o600)
        self._db.executescript(SCHEMA)
        documents: dict[str, dict[str, Any]] = {}
        for kind, key, body in self._db.execute("SELECT kind, id, body FROM documents ORDER BY kind, id"):
            documents.setdefault(kind, {})[key] = json.loads(body)
        return documents

    def _write(self, batch: dict[Key, Any]) -> None:
        if self._db is None:
            return
        with self._db:
            for (kind, key), body in batch.items():
                self._write_one(self._db, kind, key, body)

    @staticmethod
    def _write_one(db: sqlite3.Connection, kind: str, key: str, body: Any) -> None:
        if body is None:
            db.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, key))
        else:
            db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, key, json.dumps(body)))

    def _finish(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
