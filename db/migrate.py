"""Brings a database to the newest schema, in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from db.errors import DatabaseTooNew, DatabaseUnusable

MIGRATIONS = Path(__file__).parent / "migrations"


def script() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def standing(conn: Connection) -> tuple[str, ...]:
    """Return the schema that the database has; empty for a new file.

    Raises DatabaseTooNew for a revision that this version does not know, DatabaseUnusable for somebody else's tables.
    """
    found = MigrationContext.configure(conn).get_current_heads()
    known = {revision.revision for revision in script().walk_revisions()}
    if not set(found) <= known:
        raise DatabaseTooNew(
            f"The database has the schema {', '.join(found)}, which is newer than this version of Easel. "
            "Update Easel, or restore a backup from before the newer version was used."
        )
    if not found and inspect(conn).get_table_names():
        raise DatabaseUnusable(
            "This file is a database of another program. Point EASEL_DATA at an empty folder, or move the file away."
        )
    return found


def newest(found: tuple[str, ...]) -> bool:
    return set(found) == set(script().get_heads())


def upgrade(conn: Connection) -> None:
    """Create or update the tables; a database that is already new is left alone. Raises what `standing` raises."""
    if newest(standing(conn)):
        return
    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")
