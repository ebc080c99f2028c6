"""From finished pictures to a message: begun once, tried again with one nonce, paid for in the write that ends it."""

from sqlalchemy import Connection, func, select

from db import ledger
from db.jobs.keeping import owe_copy
from db.jobs.rows import change, get
from db.jobs.values import Job
from db.schema import job


def begin_delivery(conn: Connection, job_id: str, now: int) -> Job | None:
    """Say that the message may be on its way from now on; None if there is nothing to deliver (any more)."""
    begun = {"state": "delivering", "delivering_since": func.coalesce(job.c.delivering_since, now)}
    change(conn, job_id, now, "delivering", job.c.state == "rendered", **begun)
    found = get(conn, job_id)
    return found if found is not None and found.state == "delivering" else None


def delivered(conn: Connection, job_id: str, message_id: str, now: int, units: int | None = None) -> bool:
    """End a job with the message that shows its pictures, and take its price (or only `units` of it).

    Saying it again with the same message is true again; with another it is false, and that message is one too many.
    """
    end = {"state": "delivered", "why": "ok", "result_message_id": message_id, "finished_at": now}
    if change(conn, job_id, now, "delivered", job.c.state == "delivering", **end):
        assert ledger.post(conn, job_id, now, units), f"the hold of job {job_id} had ended before the job"
        owe_copy(conn, job_id, now)
        return True
    same = (job.c.id == job_id) & (job.c.state == "delivered") & (job.c.result_message_id == message_id)
    return conn.execute(select(job.c.id).where(same)).first() is not None


def adopt(conn: Connection, job_id: str, message_id: str, now: int) -> bool:
    """Recognise a message of ours, found in the channel, as the delivery that a crash has made us forget."""
    return delivered(conn, job_id, message_id, now)


def park_delivery(conn: Connection, job_id: str, now: int, delay_ms: int) -> int:
    """Put a delivery off by `delay_ms`; returns how often it has been tried."""
    put_off = {"deliver_tries": job.c.deliver_tries + 1, "not_before": now + delay_ms}
    change(conn, job_id, now, "parked", job.c.state == "delivering", **put_off)
    return int(conn.execute(select(job.c.deliver_tries).where(job.c.id == job_id)).scalar_one())
