"""The pictures of finished jobs; their bytes lie in the picture store under the same hashes."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from db.schema import picture, rating


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


def ratings(conn: Connection, job_id: str) -> int:
    """How many members like a job's pictures."""
    return len(conn.execute(select(rating.c.user_id).where(rating.c.job_id == job_id)).all())


def referenced_hashes(conn: Connection) -> set[str]:
    """The hashes of all pictures that some job has; anything else in the store is left over."""
    return set(conn.execute(select(picture.c.sha256).distinct()).scalars())
