"""Rows to jobs, and the one way in which a job changes: guarded by its state, with an event beside it."""

import json
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from db.jobs.values import Job
from db.schema import hold, job, job_event

_COLUMNS = [job.c[name] for name in Job.__dataclass_fields__ if name != "hold"]
_JOBS: Select[Any] = select(*_COLUMNS, hold.c.state.label("hold")).join_from(job, hold, hold.c.id == job.c.id)

_FLAGS = ("cancel_requested", "stealth", "remixed", "removed")
ENDS = ("delivered", "refunded")
LONGEST_DELAY_MS = 3600 * 1000
"""No job is put off for longer."""


def jobs() -> Select[Any]:
    """All jobs with the state of their holds, to be narrowed."""
    return _JOBS


def fetch(conn: Connection, query: Select[Any]) -> list[Job]:
    rows = conn.execute(query).mappings()
    return [Job(**{**row, **{flag: bool(row[flag]) for flag in _FLAGS}}) for row in rows]


def get(conn: Connection, job_id: str) -> Job | None:
    """The job of this id, if there is one."""
    found = fetch(conn, jobs().where(job.c.id == job_id))
    return found[0] if found else None


def existing(conn: Connection, job_id: str) -> Job:
    """The job of this id, which must be there."""
    found = get(conn, job_id)
    assert found is not None, f"job {job_id} does not exist"
    return found


def change(conn: Connection, job_id: str, now: int, what: str, *guards: ColumnElement[bool], **values: Any) -> bool:
    """Change a job if all guards hold, and note it; False when they don't."""
    if conn.execute(update(job).where(job.c.id == job_id, *guards).values(values)).rowcount == 0:
        return False
    note(conn, job_id, now, what)
    return True


def note(conn: Connection, job_id: str, now: int, what: str, **data: Any) -> None:
    """Write a line into the job's story."""
    text = json.dumps(data, sort_keys=True) if data else None
    conn.execute(insert(job_event), {"job_id": job_id, "at": now, "what": what, "data": text})


def due(now: int) -> ColumnElement[bool]:
    """Not put off any more; what seems to be for longer than any job is was put off while the clock was ahead."""
    return ~job.c.not_before.between(now + 1, now + LONGEST_DELAY_MS)


def holds_lease(token: str) -> ColumnElement[bool]:
    """The fence: whoever lost the lease changes nothing (I10)."""
    return (job.c.state == "leased") & (job.c.lease_token == token)
