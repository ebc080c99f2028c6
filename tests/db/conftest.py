"""A database in memory for plain functions, and a real file for all that has to do with files and threads."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from db import ledger
from db.database import Database
from tests.db import fresh


@pytest.fixture
def conn() -> Iterator[Connection]:
    """A transaction on a fresh database; whatever a test did, the books must balance at its end."""
    with fresh.memory().connect() as connection, connection.begin():
        yield connection
        assert ledger.audit(connection) == []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "easel.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    async with Database.open(path) as opened:
        yield opened
        assert await opened.read(ledger.audit) == []
