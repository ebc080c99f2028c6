"""Fresh databases, jobs to put into them, and shorthand for the way a job goes."""

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from db import jobs
from db.jobs import Acceptance, Job, Limits, NewJob, NewPicture
from db.migrate import upgrade

START = 25_000
NOON = 1_700_000_000_000
"""14 November 2023, 22:13:20 UTC."""
DAY = 86_400_000
PICTURES = [NewPicture(idx=idx, sha256=f"{idx:064x}", width_px=256, height_px=256) for idx in range(4)]


@cache
def _empty() -> bytes:
    engine = _engine(sqlite3.connect(":memory:", isolation_level=None))
    with engine.begin() as conn:
        upgrade(conn)
    raw = engine.raw_connection()
    assert raw.dbapi_connection is not None
    data = raw.dbapi_connection.serialize()
    assert isinstance(data, bytes)
    return data


def file(path: Path) -> Path:
    """A migrated database that nobody has used, in a file; one that is there already is kept."""
    if not path.exists():
        path.write_bytes(_empty())
    return path


def memory() -> Engine:
    """A migrated database in memory; its transactions begin as in the real one."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.deserialize(_empty())
    connection.execute("PRAGMA foreign_keys=ON")
    return _engine(connection)


def _engine(connection: sqlite3.Connection) -> Engine:
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def new_job(user: str = "ada", **overrides: Any) -> NewJob:
    job_id = str(uuid4())
    fields: dict[str, Any] = {
        "id": job_id,
        "request_id": f"interaction-{job_id}",
        "user_id": user,
        "user_name": user.title(),
        "guild_id": "guild",
        "scope_id": "guild",
        "channel_id": "channel",
        "action": "imagine",
        "speed": "fast",
        "model": "sketchbook",
        "prompt": "a fox",
        "prompt_raw": "a fox",
        "spec": f'{{"prompt":"a fox","seed":"{job_id}"}}',
        "price_units": 1000,
        "est_units": 1000,
        "locale": "en-US",
    }
    return NewJob(**{**fields, **overrides})


def accept(
    conn: Connection, new: NewJob, now: int = NOON, *, daily: int = 0, max_waiting: int = 1000, max_running: int = 1000
) -> Acceptance:
    limits = Limits(max_running=max_running, max_waiting=max_waiting)
    return jobs.accept(conn, new, limits=limits, start_units=START, daily_units=daily, now=now)


def queued(conn: Connection, user: str = "ada", **overrides: Any) -> Job:
    return accept(conn, new_job(user, **overrides)).job


def leased(conn: Connection, owner: str = "boot-1", now: int = NOON) -> Job:
    job = jobs.lease(conn, owner, now)
    assert job is not None
    return job


def token(job: Job) -> str:
    assert job.lease_token is not None
    return job.lease_token


def bring(conn: Connection, state: jobs.State, user: str = "ada", **overrides: Any) -> Job:
    """A job in the wanted state; the queue must hold no other."""
    job = queued(conn, user, **overrides)
    steps: list[tuple[jobs.State, Any]] = [
        ("queued", lambda: None),
        ("leased", lambda: jobs.started(conn, job.id, token(leased(conn)), NOON)),
        ("rendered", lambda: jobs.rendered(conn, job.id, token(now_is(conn, job)), PICTURES, NOON)),
        ("delivering", lambda: jobs.begin_delivery(conn, job.id, NOON)),
        ("delivered", lambda: jobs.delivered(conn, job.id, f"message-{job.id}", NOON)),
    ]
    if state == "refunded":
        jobs.refund(conn, job.id, "failed", NOON)
        return now_is(conn, job)
    for reached, step in steps:
        step()
        if reached == state:
            break
    return now_is(conn, job)


def now_is(conn: Connection, job: Job | NewJob) -> Job:
    found = jobs.get(conn, job.id)
    assert found is not None
    return found
