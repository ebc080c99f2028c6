"""What admins have decided for a guild, and the log of who decided what."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from db.schema import change, guild


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that an admin did; `user_id` is whose credits it touched, None for the whole guild."""

    at: int
    what: str
    user_id: str | None
    units: int
    actor: str
    reason: str


def daily_units(conn: Connection, guild_id: str) -> int:
    """To how much a member's credits are filled up each day; 0 is off."""
    return conn.execute(select(guild.c.daily_units).where(guild.c.guild_id == guild_id)).scalar() or 0


def set_daily(conn: Connection, guild_id: str, units: int, actor: str, now: int, reason: str = "") -> None:
    """Decide the daily top-up of a guild, and log who did."""
    assert units >= 0, "credits are never negative"
    values = {"daily_units": units, "updated_at": now}
    if conn.execute(update(guild).where(guild.c.guild_id == guild_id).values(values)).rowcount == 0:
        conn.execute(insert(guild).values(guild_id=guild_id, **values))
    conn.execute(
        insert(change).values(guild_id=guild_id, what="daily", units=units, actor=actor, reason=reason, at=now)
    )


def changes(conn: Connection, guild_id: str, limit: int) -> list[Change]:
    """What admins did in a guild, newest first."""
    columns = [change.c[name] for name in Change.__dataclass_fields__]
    query = select(*columns).where(change.c.guild_id == guild_id).order_by(change.c.seq.desc()).limit(limit)
    return [Change(**row) for row in conn.execute(query).mappings()]
