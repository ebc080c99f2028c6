"""Looking at jobs without changing them."""

from collections.abc import Iterable

from sqlalchemy import Connection, case, func, select, true
from sqlalchemy.sql.elements import ColumnElement

from db.jobs.rows import ENDS, due, fetch, get, jobs
from db.jobs.turns import ROUND
from db.jobs.values import Job, Share, Speed, Usage
from db.schema import hold, job, picture, showing


def ahead(conn: Connection, job_id: str) -> int:
    """How many jobs go before this one: those being drawn, and those that the queue prefers; 0 once it is its turn.

    Jobs of other speeds are counted by the shares of the speeds, so the number is an estimate where speeds are mixed.
    """
    mine = conn.execute(select(job.c.state, job.c.speed, job.c.tag, job.c.seq).where(job.c.id == job_id)).first()
    if mine is None or mine.state != "queued":
        return 0
    earlier = (job.c.tag < mine.tag) | ((job.c.tag == mine.tag) & (job.c.seq < mine.seq))
    counted = job.c.state.in_(("queued", "leased")) & (
        (job.c.state == "leased") | (job.c.speed != mine.speed) | earlier
    )
    query = select(job.c.state, job.c.speed, func.count()).where(counted).group_by(job.c.state, job.c.speed)
    counts = {(state, speed): int(count) for state, speed, count in conn.execute(query)}
    queued = {speed: counts.get(("queued", speed), 0) for speed in ROUND}
    same = queued.pop(mine.speed)
    others = sum(min(count, _share(same + 1, speed, mine.speed)) for speed, count in queued.items())
    return same + others + sum(count for (state, _), count in counts.items() if state == "leased")


def waiting(conn: Connection, now: int | None = None) -> list[Job]:
    """The jobs in the queue, by speed and then in the order of being taken; with `now`, only those that may start."""
    urgency = case({speed: place for place, speed in enumerate(ROUND)}, value=job.c.speed)
    ready = true() if now is None else due(now)
    return fetch(conn, jobs().where(job.c.state == "queued", ready).order_by(urgency, job.c.tag, job.c.seq))


def active_of(conn: Connection, user_id: str, scope_id: str) -> list[Job]:
    """A member's jobs that have not ended, oldest first."""
    mine = (job.c.user_id == user_id) & (job.c.scope_id == scope_id) & job.c.state.not_in(ENDS)
    return fetch(conn, jobs().where(mine).order_by(job.c.seq))


def children(conn: Connection, parent_id: str) -> list[Job]:
    """The jobs that were started from this one, oldest first."""
    return fetch(conn, jobs().where(job.c.parent_id == parent_id).order_by(job.c.seq))


def lineage(conn: Connection, job_id: str) -> list[Job]:
    """A job and those that it was made from, one by one up to the first."""
    chain: list[Job] = []
    above: str | None = job_id
    while above is not None and (found := get(conn, above)) is not None:
        chain.append(found)
        above = found.parent_id
    return chain


def by_message(conn: Connection, message_id: str) -> Job | None:
    """The job whose result or progress this message shows."""
    again = conn.execute(select(showing.c.job_id).where(showing.c.message_id == message_id)).scalar()
    if again is not None:
        return get(conn, again)
    for column in (job.c.result_message_id, job.c.progress_message_id):
        found = conn.execute(select(job.c.id).where(column == message_id).order_by(job.c.seq.desc()).limit(1)).scalar()
        if found is not None:
            return get(conn, found)
    return None


def cancel_flags(conn: Connection, ids: Iterable[str]) -> set[str]:
    """Which of these jobs somebody wants to stop."""
    query = select(job.c.id).where(job.c.id.in_(list(ids)), job.c.cancel_requested == 1)
    return set(conn.execute(query).scalars())


def due_deliveries(conn: Connection, now: int) -> list[Job]:
    """Finished pictures that may be sent now, oldest first; those that are just being sent are among them."""
    ready = job.c.state.in_(("rendered", "delivering"))
    return fetch(conn, jobs().where(ready, due(now)).order_by(job.c.seq))


def untold(conn: Connection, since: int) -> list[Job]:
    """Jobs ended since then whose progress message still stands: a crash came between the end and its telling."""
    left = job.c.state.in_(ENDS) & job.c.progress_message_id.is_not(None) & (job.c.finished_at >= since)
    return fetch(conn, jobs().where(left).order_by(job.c.seq))


def usage(conn: Connection, user_id: str, scope_id: str) -> Usage:
    """What a member has had and has under way in a guild."""
    mine = (job.c.user_id == user_id) & (job.c.scope_id == scope_id)
    delivered = job.c.state == "delivered"
    queued = job.c.state == "queued"

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = (
        conn.execute(
            select(
                count(delivered).label("jobs"),
                func.coalesce(func.sum(case((delivered, hold.c.posted_units), else_=0)), 0).label("delivered_units"),
                count(queued & (job.c.speed != "relax")).label("queued_fast"),
                count(queued & (job.c.speed == "relax")).label("queued_relax"),
                count(job.c.state == "leased").label("running"),
            )
            .join_from(job, hold, hold.c.id == job.c.id)
            .where(mine)
        )
        .mappings()
        .one()
    )
    shares = _shares(conn, mine & delivered)
    return Usage(images=sum(share.images for share in shares.values()), by_speed=shares, **row)


def _shares(conn: Connection, had: ColumnElement[bool]) -> dict[Speed, Share]:
    """Pictures and units of these jobs, by speed."""
    pictures = select(job.c.speed, func.count()).join_from(picture, job, job.c.id == picture.c.job_id)
    images = {speed: int(count) for speed, count in conn.execute(pictures.where(had).group_by(job.c.speed))}
    paid = select(job.c.speed, func.sum(hold.c.posted_units)).join_from(job, hold, hold.c.id == job.c.id)
    units = {speed: int(total) for speed, total in conn.execute(paid.where(had).group_by(job.c.speed))}
    return {speed: Share(images=images.get(speed, 0), units=units[speed]) for speed in ROUND if speed in units}


def _share(turns: int, speed: Speed, mine: Speed) -> int:
    """How many jobs of one speed are taken while `turns` of another are."""
    return -(-turns * ROUND[speed] // ROUND[mine])
