# ruff: noqa: ASYNC240 - looking at small files of a test blocks nobody
"""Opening: what is ours and whole is opened, anything else is refused with a sentence that says what to do."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

import db
from db import jobs, ledger, migrate, people, schema
from db.database import Database
from db.errors import DatabaseBusy, DatabaseDamaged, DatabaseError, DatabaseTooNew, DatabaseUnusable
from tests.db import fresh
from tests.db.fresh import new_job
from tests.db.test_database import count, lock_held_elsewhere


def tables(conn: Connection) -> dict[str, list[str]]:
    """What was created: for each table, index and trigger its clauses, in any order (a later column comes last)."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%alembic%'"
    return {name: clauses(sql) for name, sql in conn.exec_driver_sql(query)}


def clauses(sql: str) -> list[str]:
    """Cut at the commas that stand directly inside the outermost brackets."""
    pieces, depth = [""], 0
    for char in re.sub(r"\s+", " ", sql):
        depth += {"(": 1, ")": -1}.get(char, 0)
        cut = (depth == 1 and char in "(,") or (depth == 0 and char == ")")
        pieces = [*pieces, ""] if cut else [*pieces[:-1], pieces[-1] + char]
    return sorted(piece.strip() for piece in pieces)


async def refusal(path: Path) -> DatabaseError:
    with pytest.raises(DatabaseError) as refused:
        async with Database.open(path):
            pass
    return refused.value


async def filled(path: Path) -> None:
    async with Database.open(path) as database:
        for k in range(20):
            await database.write(fresh.accept, new_job(f"u{k % 3}"))


def change(path: Path, *statements: str) -> None:
    plain = sqlite3.connect(path)
    for statement in statements:
        plain.execute(statement)
    plain.commit()
    plain.close()


def test_the_migrations_lead_to_the_schema_that_the_code_uses() -> None:
    plain = create_engine("sqlite://")
    with plain.begin() as conn:
        schema.metadata.create_all(conn)
        wanted = tables(conn)

    with fresh.memory().begin() as conn:
        assert tables(conn) == wanted
        assert compare_metadata(MigrationContext.configure(conn), schema.metadata) == []


def test_every_table_is_strict() -> None:
    with fresh.memory().begin() as conn:
        strict = {row.name for row in conn.exec_driver_sql("PRAGMA table_list") if row.strict}

    assert strict == set(schema.metadata.tables)


def test_migrations_form_one_line() -> None:
    assert len(migrate.script().get_heads()) == len(migrate.script().get_bases()) == 1


async def test_an_empty_folder_becomes_a_database(path: Path) -> None:
    async with Database.open(path) as database:
        assert await database.read(count) == 0
    async with Database.open(path) as database:
        assert await database.read(ledger.audit) == []


def test_the_migrations_come_with_the_package(path: Path) -> None:
    code = """
import asyncio, pathlib, sys
from db.database import Database
async def main():
    async with Database.open(pathlib.Path(sys.argv[1])):
        print("opened")
asyncio.run(main())
"""
    root = Path(db.__file__).parent.parent

    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        check=False,
        cwd=path.parent.parent,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )

    assert (done.stdout, done.stderr) == ("opened\n", "")


async def test_odd_paths_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "100% odd #name? ünï&code=1" / "easel.db"

    await filled(path)

    assert path.exists()


async def test_a_newer_database_is_refused_and_left_alone(path: Path) -> None:
    await filled(path)
    change(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()

    error = await refusal(path)

    assert isinstance(error, DatabaseTooNew)
    assert "9999" in str(error)
    assert "Update Easel" in str(error)
    assert path.read_bytes() == before


async def test_the_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    change(path, "CREATE TABLE recipes (cake TEXT)")

    error = await refusal(path)

    assert isinstance(error, DatabaseUnusable)
    assert "another program" in str(error)
    with sqlite3.connect(path) as plain:
        assert [row[0] for row in plain.execute("SELECT name FROM sqlite_master")] == ["recipes"]
    plain.close()


@pytest.mark.parametrize("content", [b"hello, this is no database at all" * 40, b"SQLite format 3\0" + b"\xff" * 5000])
async def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)

    error = await refusal(path)

    assert isinstance(error, (DatabaseUnusable, DatabaseDamaged))
    assert str(path) in str(error)
    assert path.read_bytes() == content


async def test_an_sqlite_that_is_too_old_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.connect.OLDEST_SQLITE", (99, 1, 0))

    error = await refusal(path)

    assert isinstance(error, DatabaseUnusable)
    assert "99.1.0" in str(error)
    assert not path.exists()


async def test_a_folder_in_the_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir(parents=True)

    assert isinstance(await refusal(path), DatabaseUnusable)


async def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")

    error = await refusal(tmp_path / "data" / "easel.db")

    assert isinstance(error, DatabaseUnusable)
    assert "EASEL_DATA" in str(error)


UNPRIVILEGED = """
import asyncio, os, pathlib, sys, tempfile
from db.database import Database
from db.errors import DatabaseUnusable

async def main(locked):
    with tempfile.TemporaryDirectory() as name:
        folder, file = pathlib.Path(name), pathlib.Path(name, "easel.db")
        async with Database.open(file):
            pass
        if os.geteuid() == 0:  # root may write everywhere, so become nobody, now that all modules are loaded
            for owned in (folder, file):
                os.chown(owned, 65534, 65534)
            os.seteuid(65534)
        (folder / locked).chmod(0o500 if locked == "." else 0o400)
        try:
            async with Database.open(file):
                print("opened")
        except DatabaseUnusable as error:
            print(error)
        folder.chmod(0o700)

asyncio.run(main(sys.argv[1]))
"""


def others_may_read(path: Path) -> bool:
    return all(place.stat().st_mode & 0o005 == 0o005 for place in (path, *path.parents))


@pytest.mark.skipif(
    os.geteuid() == 0 and not others_may_read(Path(db.__file__).parent),
    reason="root may write everywhere, and nobody else may read this checkout: there is no one to try it as",
)
@pytest.mark.parametrize("locked", [".", "easel.db"])
def test_without_the_right_to_write_it_says_what_to_allow(locked: str) -> None:
    root = Path(db.__file__).parent.parent
    command = [sys.executable, "-c", UNPRIVILEGED, locked]

    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert "Give the user that runs Easel write access to the file and its folder" in done.stdout


async def test_a_database_held_by_another_program_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await filled(path)
    monkeypatch.setattr("db.connect._PRAGMAS", ("busy_timeout=200",))

    async with lock_held_elsewhere(path):
        error = await refusal(path)

    assert isinstance(error, DatabaseBusy)


@pytest.mark.parametrize(
    ("tampering", "invariant"),
    [
        ("UPDATE lot SET posted_units = posted_units + 1000 WHERE id = 1", "I1"),
        ("UPDATE lot SET held_units = held_units + 1000 WHERE id = 1", "I1"),
        ("DROP TRIGGER hold_no_update; UPDATE hold SET units = units - 1", "I1"),
        ("UPDATE hold SET state = 'voided', resolved_at = 1 WHERE id = (SELECT MIN(id) FROM hold)", "I4"),
        ("UPDATE job SET state = 'refunded', why = 'failed', finished_at = 1", "I4"),
        ("DROP TRIGGER job_no_delete; DELETE FROM job_event; DELETE FROM job", "I5"),
        ("UPDATE lot SET user_id = 'u1' WHERE user_id = 'u0' AND id = 1", "another member"),
    ],
)
async def test_books_that_do_not_balance_are_refused(path: Path, tampering: str, invariant: str) -> None:
    await filled(path)
    change(path, "DROP TRIGGER IF EXISTS job_event_no_delete", *tampering.split("; "))

    error = await refusal(path)

    assert isinstance(error, DatabaseDamaged)
    assert invariant in str(error)
    assert "backup" in str(error)


async def test_a_flipped_page_is_noticed(path: Path) -> None:
    await filled(path)
    data = bytearray(path.read_bytes())
    for page in range(4096, len(data), 4096):
        data[page : page + 8] = bytes(byte ^ 0xFF for byte in data[page : page + 8])
    path.write_bytes(data)

    assert isinstance(await refusal(path), DatabaseDamaged)


def crash(path: Path, count: int) -> tuple[bytes, bytes]:
    """The file and the log of a program that accepted so many jobs and then died at once."""
    code = """
import asyncio, os, pathlib, sys
from db.database import Database
from tests.db import fresh
async def main():
    async with Database.open(pathlib.Path(sys.argv[1])):
        pass
    async with Database.open(pathlib.Path(sys.argv[1])) as database:
        for k in range(int(sys.argv[2])):
            await database.write(fresh.accept, fresh.new_job(f"u{k % 3}"))
        os._exit(9)
asyncio.run(main())
"""
    root = Path(db.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code, str(path), str(count)], cwd=root, check=False)
    assert done.returncode == 9
    return path.read_bytes(), Path(f"{path}-wal").read_bytes()


def survivors(folder: Path, main: bytes, wal: bytes) -> int:
    """How many jobs are left after recovery; the books must balance whatever happened to the log."""
    for old in folder.iterdir():
        old.unlink()
    file = folder / "easel.db"
    file.write_bytes(main)
    Path(f"{file}-wal").write_bytes(wal)
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as conn:
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert ledger.audit(conn) == []
        left = count(conn)
    engine.dispose()
    return left


def torn(wal: bytes, rng: Random) -> bytes:
    return wal[: rng.randrange(len(wal))]


def flipped(wal: bytes, rng: Random) -> bytes:
    damaged = bytearray(wal)
    damaged[rng.randrange(32, len(wal))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


@pytest.mark.parametrize("trials", [30, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_whatever_happens_to_the_log_a_whole_beginning_of_it_survives(path: Path, tmp_path: Path, trials: int) -> None:
    path.parent.mkdir()
    main, wal = crash(path, 40)
    folder = tmp_path / "copy"
    folder.mkdir()
    rng = Random(trials)

    left = [survivors(folder, main, spoil(wal, rng)) for _ in range(trials) for spoil in (torn, flipped)]

    assert survivors(folder, main, wal) == 40, "everything that was answered survives a crash"
    assert min(left) < 20 < max(left) <= 40


def test_a_database_of_the_first_version_keeps_its_jobs_and_preferences() -> None:
    plain = create_engine("sqlite://")
    with plain.begin() as conn:
        config = Config(attributes={"connection": conn})
        config.set_main_option("script_location", str(migrate.MIGRATIONS))
        command.upgrade(config, "0001")
        conn.exec_driver_sql("INSERT INTO account VALUES ('u', 'g', 1, NULL, 1)")
        conn.exec_driver_sql("INSERT INTO hold (id, user_id, guild_id, units, created_at) VALUES ('j', 'u', 'g', 0, 1)")
        conn.exec_driver_sql(
            "INSERT INTO job (id, request_id, user_id, user_name, guild_id, scope_id, channel_id, action, speed, model,"
            " prompt, prompt_raw, spec, price_units, est_units, locale, nonce, tag, created_at)"
            " VALUES ('j', 'r', 'u', 'ada', 'g', 'g', 'c', 'imagine', 'fast', 'm', 'p', 'p', '{}', 0, 1, 'en', 'n',"
            " 0, 1)"
        )
        conn.exec_driver_sql("INSERT INTO member (user_id, speed, updated_at) VALUES ('u', 'relax', 1)")

        migrate.upgrade(conn)
        job, preferences = jobs.get(conn, "j"), people.get(conn, "u")

    assert job is not None
    assert (job.user_name, job.stealth, job.remixed, job.removed, job.batch_id) == ("ada", False, False, False, None)
    assert preferences == people.Preferences(speed="relax")
