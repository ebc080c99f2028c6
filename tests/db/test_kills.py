"""A process that is killed at a commit has done everything of it or nothing, and a repeat mends what is missing."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import db
from db import jobs, ledger
from db.database import Database
from db.jobs import State
from tests.db import fresh
from tests.db.fresh import NOON, PICTURES, START, new_job, token

VICTIM = """
import asyncio, os, pathlib, signal, sys
from db import jobs
from db.database import Database
from tests.db import fresh
from tests.db.fresh import NOON, PICTURES, new_job, token

path, point = pathlib.Path(sys.argv[1]), sys.argv[2]

def kill(name):
    if name == point:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with Database.open(path, on_point=kill) as database:
        new = new_job(id="00000000-0000-0000-0000-000000000001", request_id="r", spec="{}")
        await database.write(fresh.accept, new)
        job = await database.write(jobs.lease, "boot-1", NOON)
        await database.write(jobs.started, job.id, token(job), NOON)
        await database.write(jobs.rendered, job.id, token(job), PICTURES, NOON)
        await database.write(jobs.begin_delivery, job.id, NOON)
        await database.write(jobs.delivered, job.id, "message", NOON)

asyncio.run(main())
"""

WAY: list[tuple[str, State | None]] = [
    ("accept", None),
    ("lease", "queued"),
    ("started", "leased"),
    ("rendered", "leased"),
    ("begin_delivery", "rendered"),
    ("delivered", "delivering"),
]
AFTER: dict[str, State] = {
    "accept": "queued",
    "lease": "leased",
    "started": "leased",
    "rendered": "rendered",
    "begin_delivery": "delivering",
    "delivered": "delivered",
}


async def finish(database: Database) -> None:
    """What a restarted bot does: the same request again, then whatever is left to do."""
    accepted = await database.write(
        fresh.accept, new_job(id="00000000-0000-0000-0000-000000000001", request_id="r", spec="{}")
    )
    await database.write(jobs.recover, "boot-2", NOON)
    job = await database.write(jobs.lease, "boot-2", NOON)
    if job is not None:
        await database.write(jobs.started, job.id, token(job), NOON)
        await database.write(jobs.rendered, job.id, token(job), PICTURES, NOON)
    await database.write(jobs.begin_delivery, accepted.job.id, NOON)
    assert await database.write(jobs.delivered, accepted.job.id, "message", NOON)


@pytest.mark.parametrize(("step", "before"), WAY, ids=[step for step, _ in WAY])
@pytest.mark.parametrize("side", ["before", "after"])
async def test_a_kill_at_a_commit_is_all_or_nothing(path: Path, side: str, step: str, before: State | None) -> None:
    root = Path(db.__file__).parent.parent
    command = [sys.executable, "-c", VICTIM, str(path), f"{side}_commit:{step}"]

    victim = subprocess.run(command, cwd=root, check=False)  # noqa: ASYNC221 - nothing else runs on this loop

    assert victim.returncode == -signal.SIGKILL
    async with Database.open(path) as database:
        left = await database.read(jobs.get, "00000000-0000-0000-0000-000000000001")
        assert (left.state if left else None) == (before if side == "before" else AFTER[step])
        await finish(database)
        assert await database.read(ledger.audit) == []
        balance = await database.read(ledger.balance, "ada", "guild")
        assert (balance.free_units, balance.held_units) == (START - 1000, 0)
