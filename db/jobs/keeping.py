"""A job after its end: where it stands, shown again, taken away, and the copy that its member wants of it."""

from dataclasses import dataclass

from sqlalchemy import Connection, exists, insert, select
from sqlalchemy.sql.elements import ColumnElement

from db.jobs.rows import change, fetch, jobs, note
from db.jobs.values import Job
from db.schema import job, job_event, member, showing

OWED, COPIED = "copy_owed", "copied"


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


def owe_copy(conn: Connection, job_id: str, now: int) -> None:
    """Note that a job's member wants it by direct message, too, if so; for the transaction that delivers it."""
    mine = (job.c.id == job_id) & job.c.guild_id.is_not(None)  # in a conversation the delivery is the message
    if conn.execute(select(job.c.id).where(mine, _wanted())).first() is not None:
        note(conn, job_id, now, OWED)


def owes_copy(conn: Connection, job_id: str) -> bool:
    """Say whether a copy is still to be sent: it is owed and wanted, and the result is there to be seen."""
    return conn.execute(select(job.c.id).where(job.c.id == job_id, _owing())).first() is not None


def copies_owed(conn: Connection, since: int) -> list[Job]:
    """Jobs ended since then whose copy is still to be sent: a crash or an outage came before it."""
    return fetch(conn, jobs().where(job.c.finished_at >= since, _owing()).order_by(job.c.seq))


def copied(conn: Connection, job_id: str, now: int) -> None:
    """Note that a copy is sent, or never can be."""
    note(conn, job_id, now, COPIED)


def _owing() -> ColumnElement[bool]:
    return (job.c.state == "delivered") & (job.c.removed == 0) & _noted(OWED) & ~_noted(COPIED) & _wanted()


def _wanted() -> ColumnElement[bool]:
    return exists().where(member.c.user_id == job.c.user_id, member.c.auto_dm == 1)


def _noted(what: str) -> ColumnElement[bool]:
    return exists().where(job_event.c.job_id == job.c.id, job_event.c.what == what)
