"""Accepting a request: credits held and job queued in one transaction, or nothing at all."""

import base64
import hashlib
import json
from dataclasses import asdict, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.sql.elements import ColumnElement

from db import ledger
from db.clock import DAY_MS
from db.errors import Quarantined, QueueFull, RequestConflict
from db.jobs import turns
from db.jobs.rows import existing, fetch, jobs, note
from db.jobs.values import Acceptance, Job, Limits, NewJob
from db.jobs.views import ahead
from db.schema import job, quarantine, request

SAME_PRESS_MS = 2000
KEEP_REQUESTS_MS = 30 * DAY_MS


def accept(
    conn: Connection, new: NewJob, *, limits: Limits, start_units: int, daily_units: int, now: int
) -> Acceptance:
    """Take a request on: hold its price and queue it; or find the job that it stands for already.

    Whatever is raised, nothing has been written: RequestConflict (the same id meant something else), QueueFull,
    NotEnoughCredits, Quarantined (exactly this spec has stopped painters before).
    """
    earlier = _same_request(conn, new) or _same_press(conn, new, now) or _had_already(conn, new)
    if earlier is not None:
        return earlier
    ledger.open_account(conn, new.user_id, new.scope_id, start_units, now)
    ledger.tidy(conn, new.user_id, new.scope_id, now)
    ledger.top_up(conn, new.user_id, new.scope_id, daily_units, now)
    _refuse_quarantined(conn, new, now)
    held_back = _refuse_too_many(conn, new, limits)
    ledger.hold(conn, new.id, new.user_id, new.scope_id, new.price_units, now)
    _insert(conn, new, now)
    return replace(_answer(conn, existing(conn, new.id), "new"), held_back=held_back)


def meaning(new: NewJob) -> str:
    """A hash of what a person asked for, without what was drawn by lot for it (id, seed)."""
    asked = [new.user_id, new.guild_id, new.channel_id, new.action, new.parent_id, new.parent_slot, new.prompt_raw]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def spec_sha256(spec: str) -> str:
    """A hash of a spec that does not depend on the order of its fields."""
    return hashlib.sha256(json.dumps(json.loads(spec), sort_keys=True).encode()).hexdigest()


def prune_requests(conn: Connection, now: int) -> int:
    """Forget request ids that are too old to come again; returns how many."""
    return conn.execute(delete(request).where(request.c.at < now - KEEP_REQUESTS_MS)).rowcount


def _answer(
    conn: Connection, found: Job, reason: Literal["new", "replay", "pressed", "active", "delivered"]
) -> Acceptance:
    return Acceptance(job=found, fresh=reason == "new", reason=reason, ahead=ahead(conn, found.id))


def _same_request(conn: Connection, new: NewJob) -> Acceptance | None:
    known = conn.execute(select(request.c.meaning, request.c.job_id).where(request.c.id == new.request_id)).first()
    if known is None:
        return None
    if known.meaning != meaning(new):
        raise RequestConflict(new.request_id)
    return _answer(conn, existing(conn, known.job_id), "replay")


def _same_press(conn: Connection, new: NewJob, now: int) -> Acceptance | None:
    if new.press_key is None:
        return None
    recent = job.c.created_at.between(now - SAME_PRESS_MS, now + SAME_PRESS_MS)
    query = jobs().where(job.c.press_key == new.press_key, recent).order_by(job.c.seq.desc()).limit(1)
    found = fetch(conn, query)
    return _answer(conn, found[0], "pressed") if found else None


def _had_already(conn: Connection, new: NewJob) -> Acceptance | None:
    if new.dedupe_key is None:
        return None
    had = (job.c.dedupe_key == new.dedupe_key) & (job.c.state != "refunded") & (job.c.removed == 0)
    found = fetch(conn, jobs().where(had).order_by(job.c.seq.desc()).limit(1))
    if not found:
        return None
    return _answer(conn, found[0], "delivered" if found[0].state == "delivered" else "active")


def _refuse_quarantined(conn: Connection, new: NewJob, now: int) -> None:
    barred = (quarantine.c.spec_sha256 == spec_sha256(new.spec)) & (quarantine.c.until > now)
    until = conn.execute(select(quarantine.c.until).where(barred)).scalar()
    if until is not None:
        raise Quarantined(until=until)


def _refuse_too_many(conn: Connection, new: NewJob, limits: Limits) -> bool:
    """Raise QueueFull, or say whether the job has to wait for another of its member."""
    here = (job.c.user_id == new.user_id) & (job.c.scope_id == new.scope_id)
    waiting = _count(conn, here, job.c.state == "queued")
    if waiting >= limits.max_waiting:
        raise QueueFull(waiting=waiting, limit=limits.max_waiting)
    # On all servers together: found among the open jobs, for the index by member leads through all that they ever had.
    everywhere = job.c.user_id.concat("") == new.user_id
    return _count(conn, everywhere, job.c.state.in_(("queued", "leased"))) >= limits.max_running


def _count(conn: Connection, *which: ColumnElement[bool]) -> int:
    return int(conn.execute(select(func.count()).select_from(job).where(*which)).scalar_one())


def _insert(conn: Connection, new: NewJob, now: int) -> None:
    nonce = base64.urlsafe_b64encode(UUID(new.id).bytes).rstrip(b"=").decode()
    tag = turns.enter(conn, new.speed, new.user_id, new.est_units)
    conn.execute(insert(job), {**asdict(new), "nonce": nonce, "tag": tag, "created_at": now})
    conn.execute(insert(request), {"id": new.request_id, "meaning": meaning(new), "job_id": new.id, "at": now})
    note(conn, new.id, now, "accepted", price_units=new.price_units, speed=new.speed)
