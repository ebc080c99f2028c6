"""Looks at a database without changing it: whose it is, which schema it has, and whether it adds up."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from db import connect, ledger, migrate
from db.errors import DatabaseUnusable


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """What was found."""

    schema: str
    newest: bool
    """False: the next start brings the schema up to date, and the credits are counted then."""
    faults: tuple[str, ...]
    """What does not add up; empty when all is well."""


def checkup(path: Path) -> Checkup:
    """Examine the database at `path`, also while a bot runs on it; blocks for as long as it takes to read it all.

    Raises DatabaseTooNew, DatabaseUnusable, DatabaseDamaged or DatabaseBusy; their text is for people.
    """
    engine = connect.readers(path, 1)
    try:
        with engine.begin() as conn:
            return _examine(conn)
    except DBAPIError as error:
        raise (connect.translated(error) or DatabaseUnusable(f"{path}: {error.orig}")) from error
    finally:
        engine.dispose()


def _examine(conn: Connection) -> Checkup:
    found = migrate.standing(conn)
    newest = migrate.newest(found)
    whole = [str(row[0]) for row in conn.exec_driver_sql("PRAGMA integrity_check(5)")]
    faults = [] if whole == ["ok"] else whole
    if newest and not faults:
        faults = ledger.audit(conn)
    return Checkup(schema=", ".join(found) or "none yet", newest=newest, faults=tuple(faults))
