"""Looks at the data folder: whether it can be written, how much room there is, the database, and who uses it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import filelock

from bot.doctor.finding import Finding, attention, broken, ok
from db.checkup import checkup
from db.errors import DatabaseBusy, DatabaseDamaged, DatabaseError, DatabaseTooNew

LOCK = "easel.lock"
DATABASE = "easel.sqlite"
SCARCE_BYTES = 5 << 30
TOO_LITTLE_BYTES = 512 << 20
RESTORE = "Stop Easel, keep the file, and put the newest backup in its place (docs/owners.md, Backup)."


def in_use(data: Path) -> bool:
    """Say whether a bot runs on this data folder; nothing is created."""
    path = data / LOCK
    if not path.is_file():
        return False
    lock = filelock.FileLock(path)
    try:
        lock.acquire(blocking=False)
    except (filelock.Timeout, OSError):
        return True
    lock.release()
    return False


def check(data: Path, *, running: bool) -> list[Finding]:
    found = [_folder(data), _room(data), *_database(data / DATABASE)]
    if running:
        found.append(ok("lock", "a bot is running on this data folder just now."))
    else:
        found.append(ok("lock", "no bot is running on this data folder."))
    return found


def _standing(data: Path) -> Path:
    """The folder itself, or where it would be made."""
    path = data.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _folder(data: Path) -> Finding:
    place = _standing(data)
    if not place.is_dir():
        return broken("data", f"{place} is a file, not a folder.", "Set EASEL_DATA to a folder.")
    if not os.access(place, os.W_OK | os.X_OK):
        mend = "Give the user that runs Easel write access, or set EASEL_DATA to another folder."
        return broken("data", f"{place} cannot be written.", mend)
    return ok("data", f"{data.absolute()}" if data.is_dir() else f"{data.absolute()} will be made by the first start.")


def _room(data: Path) -> Finding:
    free = shutil.disk_usage(_standing(data)).free
    what = f"{free / (1 << 30):.1f} GiB free."
    if free < TOO_LITTLE_BYTES:
        return broken("disk", what, "Free some space: Easel cannot keep pictures on a full disk.")
    if free < SCARCE_BYTES:
        return attention("disk", what, "Every picture is kept: free some space soon.")
    return ok("disk", what)


def _database(path: Path) -> Iterator[Finding]:
    if not path.exists():
        yield ok("database", "none yet; the first start makes it.")
        return
    try:
        seen = checkup(path)
    except DatabaseBusy as fault:
        yield attention("database", str(fault), "Try again in a moment.")
    except DatabaseTooNew as fault:
        yield broken("database", str(fault), "Run the newest version of Easel.")
    except DatabaseDamaged as fault:
        yield broken("database", str(fault), RESTORE)
    except DatabaseError as fault:
        yield broken("database", str(fault), f"Look at {path}.")
    else:
        if seen.faults:
            yield broken("database", f"it does not add up: {'; '.join(seen.faults)}.", RESTORE)
        else:
            then = "" if seen.newest else "; the next start brings it up to date"
            yield ok("database", f"whole, and every credit is accounted for (schema {seen.schema}{then}).")
