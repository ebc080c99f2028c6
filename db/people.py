"""What each member prefers."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from db.jobs.values import Speed
from db.schema import member


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """How a member's jobs are made unless the request says otherwise."""

    speed: Speed = "fast"


def get(conn: Connection, user_id: str) -> Preferences:
    """A member's preferences, or the usual ones."""
    speed = conn.execute(select(member.c.speed).where(member.c.user_id == user_id)).scalar()
    return Preferences() if speed is None else Preferences(speed=speed)


def put(conn: Connection, user_id: str, wanted: Preferences, now: int) -> None:
    """Remember a member's preferences."""
    values = {"speed": wanted.speed, "updated_at": now}
    if conn.execute(update(member).where(member.c.user_id == user_id).values(values)).rowcount == 0:
        conn.execute(insert(member).values(user_id=user_id, **values))
