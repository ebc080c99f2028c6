"""A job after its end: where it stands, shown again, taken away, and what happens to it only once."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from db.jobs.rows import change, note
from db.jobs.values import Job
from db.schema import job, job_event, showing


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A message that shows a job's result."""

    guild_id: str | None
    channel_id: str
    message_id: str


def postings(conn: Connection, found: Job) -> list[Posting]:
    """Where a delivered job stands, the newest first; some of the messages may be gone."""
    columns = (showing.c.guild_id, showing.c.channel_id, showing.c.message_id)
    query = select(*columns).where(showing.c.job_id == found.id).order_by(showing.c.at.desc())
    shown = [Posting(**row) for row in conn.execute(query).mappings()]
    if found.result_message_id is None:
        return shown
    first = Posting(guild_id=found.guild_id, channel_id=found.channel_id, message_id=found.result_message_id)
    return [*shown, first]


def stands_in(conn: Connection, found: Job, guild_id: str | None, channel_id: str) -> bool:
    """Say whether a job belongs to a channel: it was ordered there, or shown there later."""
    if (found.guild_id, found.channel_id) == (guild_id, channel_id):
        return True
    there = (showing.c.job_id == found.id) & (showing.c.channel_id == channel_id)
    return conn.execute(select(showing.c.message_id).where(there).limit(1)).first() is not None


def show(conn: Connection, job_id: str, where: Posting, now: int) -> None:
    """Remember one more message that shows a job."""
    conn.execute(
        insert(showing).values(
            message_id=where.message_id,
            job_id=job_id,
            guild_id=where.guild_id,
            channel_id=where.channel_id,
            at=now,
        )
    )
    note(conn, job_id, now, "shown", message_id=where.message_id)


def remove(conn: Connection, job_id: str, now: int) -> bool:
    """Take a delivered job out of sight; False if it was already."""
    seen = (job.c.state == "delivered") & (job.c.removed == 0)
    return change(conn, job_id, now, "removed", seen, removed=1)


def restore(conn: Connection, job_id: str, now: int) -> bool:
    """Undo `remove`; False if there was nothing to undo."""
    return change(conn, job_id, now, "restored", job.c.removed == 1, removed=0)


def once(conn: Connection, job_id: str, what: str, now: int) -> bool:
    """Note that something is about to happen to a job; False if that was noted before."""
    known = (job_event.c.job_id == job_id) & (job_event.c.what == what)
    if conn.execute(select(job_event.c.seq).where(known).limit(1)).first() is not None:
        return False
    note(conn, job_id, now, what)
    return True
