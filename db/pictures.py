"""The pictures of finished jobs; their bytes lie in the picture store under the same hashes."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from db.schema import inquiry, job, picture, rating, reference
from db.schema import report as report_table

_HASH = re.compile(r'"([0-9a-f]{64})"')


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture of a job."""

    job_id: str
    idx: int
    sha256: str
    width_px: int
    height_px: int


def of_job(conn: Connection, job_id: str) -> list[Picture]:
    """A job's pictures in reading order."""
    query = select(picture).where(picture.c.job_id == job_id).order_by(picture.c.idx)
    return [Picture(**row) for row in conn.execute(query).mappings()]


def rate(conn: Connection, user_id: str, job_id: str, now: int) -> bool:
    """Note that a member likes a job's pictures; False if that is known already."""
    known = (rating.c.user_id == user_id) & (rating.c.job_id == job_id)
    if conn.execute(select(rating.c.at).where(known)).first() is not None:
        return False
    conn.execute(insert(rating).values(user_id=user_id, job_id=job_id, at=now))
    return True


def report(conn: Connection, user_id: str, job_id: str, now: int) -> bool:
    """Note that a member objects to a job's pictures; False if that is known already."""
    known = (report_table.c.user_id == user_id) & (report_table.c.job_id == job_id)
    if conn.execute(select(report_table.c.at).where(known)).first() is not None:
        return False
    conn.execute(insert(report_table).values(user_id=user_id, job_id=job_id, at=now))
    return True


def reports_since(conn: Connection, user_id: str, since: int) -> int:
    """How many jobs a member has reported since a moment."""
    mine = (report_table.c.user_id == user_id) & (report_table.c.at >= since)
    return len(conn.execute(select(report_table.c.job_id).where(mine)).all())


def ratings(conn: Connection, job_id: str) -> int:
    """How many members like a job's pictures."""
    return len(conn.execute(select(rating.c.user_id).where(rating.c.job_id == job_id)).all())


def referenced_hashes(conn: Connection) -> set[str]:
    """The hashes of all pictures, films and masks that something needs; anything else in the store is left over.

    What a job was made from is needed as long as its buttons work, which is for ever.
    """
    columns = (picture.c.sha256, job.c.film_sha256, reference.c.sha256, inquiry.c.sha256)
    found = {sha256 for column in columns for sha256 in conn.execute(select(column).distinct()).scalars() if sha256}
    for spec in conn.execute(select(job.c.spec).where(job.c.state != "refunded")).scalars():
        found.update(_HASH.findall(spec))
    return found
