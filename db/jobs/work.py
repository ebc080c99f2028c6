"""A job in the hands of a painter: leased, started, finished, given back, cancelled, refunded."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from db import ledger
from db.clock import DAY_MS
from db.errors import LeaseLost
from db.jobs import turns
from db.jobs.entry import spec_sha256
from db.jobs.rows import ENDS, change, existing, fetch, get, holds_lease, jobs
from db.jobs.values import Film, Job, NewPicture, Recovery, Why
from db.schema import job, picture, quarantine

QUARANTINE_MS = DAY_MS


def lease(
    conn: Connection, owner: str, now: int, warm: str | None = None, *, max_running: int | None = None
) -> Job | None:
    """Take the job whose turn it is, under a fresh token; None when nothing may start.

    warm: a model that is loaded already; a job for it may go a little earlier.
    max_running: members with so many jobs in painters' hands are passed over until one of those is done
    """
    job_id = turns.choose(conn, now, warm, turns.busy(conn, max_running))
    if job_id is None:
        return None
    taken = {"state": "leased", "lease_owner": owner, "lease_token": secrets.token_hex(16), "lease_started": 0}
    assert change(conn, job_id, now, "leased", job.c.state == "queued", **taken)
    return existing(conn, job_id)


def started(conn: Connection, job_id: str, token: str, now: int) -> int:
    """Count an attempt, once per lease; returns its number. Raises LeaseLost."""
    begun = {"lease_started": 1, "attempt": job.c.attempt + 1, "started_at": now}
    change(conn, job_id, now, "started", holds_lease(token), job.c.lease_started == 0, **begun)
    attempt = conn.execute(select(job.c.attempt).where(job.c.id == job_id, holds_lease(token))).scalar()
    if attempt is None:
        raise LeaseLost(f"job {job_id} is no longer leased under this token")
    return int(attempt)


def rendered(
    conn: Connection, job_id: str, token: str, pictures: Sequence[NewPicture], now: int, *, film: Film | None = None
) -> bool:
    """Record that all pictures, and the film, lie in the store; False if the lease is lost or it is to be cancelled.

    Saying it again under the same token is true again.
    """
    assert pictures, "a finished job has pictures"
    wanted = job.c.cancel_requested == 0
    kept = {"film_sha256": film.sha256, "film_extension": film.extension} if film else {}
    if change(conn, job_id, now, "rendered", holds_lease(token), wanted, state="rendered", not_before=0, **kept):
        conn.execute(insert(picture), [{"job_id": job_id, **asdict(one)} for one in pictures])
        return True
    now_is = get(conn, job_id)
    return now_is is not None and now_is.lease_token == token and now_is.state not in ("leased", "refunded")


def requeue(conn: Connection, job_id: str, token: str, now: int, delay_ms: int) -> Job:
    """Give a leased job back to the queue, to be taken after `delay_ms`; returns what has become of it.

    A job that somebody wants cancelled is refunded instead; so is one that has used up its attempts, and its
    parameters are not accepted again for a day. Raises LeaseLost.
    """
    found = get(conn, job_id)
    if found is None or found.state != "leased" or found.lease_token != token:
        raise LeaseLost(f"job {job_id} is no longer leased under this token")
    if found.cancel_requested:
        refund(conn, job_id, "cancelled", now)
    elif found.attempt - found.restarts >= found.max_attempts:
        _quarantine(conn, found, now)
        refund(conn, job_id, "worker_lost", now)
    else:
        _give_back(conn, job_id, now, "requeued", not_before=now + delay_ms)
    return existing(conn, job_id)


def refund(conn: Connection, job_id: str, why: Why, now: int, token: str | None = None) -> bool:
    """End a job without delivery and give everything back; False if it has ended, or the token is stale."""
    assert why != "ok", "a refund has another reason"
    found = get(conn, job_id)
    if found is None or found.ended or (token is not None and found.lease_token != token):
        return False
    tag = conn.execute(select(job.c.tag).where(job.c.id == job_id)).scalar_one()
    assert change(
        conn, job_id, now, f"refunded:{why}", job.c.state.not_in(ENDS), state="refunded", why=why, finished_at=now
    )
    assert ledger.void(conn, job_id, now, why), f"the hold of job {job_id} had ended before the job"
    if found.attempt == 0:
        turns.leave(conn, found.speed, found.user_id, tag, found.est_units)
    return True


def cancel(conn: Connection, job_id: str, now: int) -> Literal["refunded", "flagged", "late"]:
    """Stop a job: at once if no painter has it, else by a flag for its painter; `late` once it is being sent."""
    found = get(conn, job_id)
    if found is None or found.state in ("delivering", "delivered"):
        return "late"
    if found.state == "refunded":
        return "refunded" if found.why == "cancelled" else "late"
    if found.state == "leased":
        change(conn, job_id, now, "cancel", job.c.cancel_requested == 0, cancel_requested=1)
        return "flagged"
    refund(conn, job_id, "cancelled", now)
    return "refunded"


def recover(conn: Connection, owner: str, now: int) -> Recovery:
    """Sort out what an earlier run of the bot left behind; what it had begun to draw does not count as an attempt.

    Leased by another owner: queued again (or refunded, if it was to be cancelled). Drawn but not delivered: listed.
    """
    orphans = fetch(conn, jobs().where(job.c.state == "leased", job.c.lease_owner != owner).order_by(job.c.seq))
    for orphan in orphans:
        if orphan.cancel_requested:
            refund(conn, orphan.id, "cancelled", now)
        else:
            _give_back(conn, orphan.id, now, "recovered", not_before=0, restarts=job.c.restarts + job.c.lease_started)
    requeued = [existing(conn, orphan.id) for orphan in orphans if not orphan.cancel_requested]
    undelivered = fetch(conn, jobs().where(job.c.state.in_(("rendered", "delivering"))).order_by(job.c.seq))
    return Recovery(requeued=requeued, undelivered=undelivered)


def attach_progress(conn: Connection, job_id: str, message_id: str | None, now: int) -> bool:
    """Remember the message that shows a job's progress (None: it is gone)."""
    return change(conn, job_id, now, "progress_message", progress_message_id=message_id)


def _give_back(conn: Connection, job_id: str, now: int, what: str, **values: object) -> None:
    empty = {"state": "queued", "lease_owner": None, "lease_token": None, "lease_until": None, "lease_started": 0}
    assert change(conn, job_id, now, what, job.c.state == "leased", **empty, **values)


def _quarantine(conn: Connection, found: Job, now: int) -> None:
    digest = spec_sha256(found.spec)
    until = now + QUARANTINE_MS
    known = quarantine.c.spec_sha256 == digest
    if conn.execute(update(quarantine).where(known).values(until=until, job_id=found.id)).rowcount == 0:
        conn.execute(insert(quarantine).values(spec_sha256=digest, job_id=found.id, until=until))
