"""Lots of credits: each change of one goes through `move`, which writes the lot and the append-only log together."""

from dataclasses import asdict, dataclass
from typing import Literal
from uuid import uuid4

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from db.clock import DAY_MS
from db.schema import account, lot, transfer

Kind = Literal["start", "daily", "grant", "grace", "correct", "expire", "hold", "post", "void"]
Source = Literal["standing", "gift", "role", "purchase", "grace"]

GRACE_MS = DAY_MS
"""How long credits stay spendable that come back after their lot has expired."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """One row of the log: what a lot gains or loses, and what it holds back or lets go."""

    key: str
    kind: Kind
    lot_id: int
    posted_units: int = 0
    held_units: int = 0
    hold_id: str | None = None
    actor: str
    reason: str
    at: int


def move(conn: Connection, entry: Move) -> None:
    """Change a lot and log it; the lot's own constraints refuse an overdraft, the key refuses a repetition."""
    changed = conn.execute(
        update(lot)
        .where(lot.c.id == entry.lot_id)
        .values(
            posted_units=lot.c.posted_units + entry.posted_units,
            held_units=lot.c.held_units + entry.held_units,
        )
    )
    assert changed.rowcount == 1, f"lot {entry.lot_id} does not exist"
    conn.execute(insert(transfer), asdict(entry))


def ensure_account(conn: Connection, user_id: str, guild_id: str, now: int) -> int:
    """Make sure that a member has an account; returns the lot that never expires."""
    key = f"standing:{guild_id}:{user_id}"
    found = conn.execute(select(lot.c.id).where(lot.c.key == key)).scalar()
    if found is not None:
        return int(found)
    conn.execute(insert(account).values(user_id=user_id, guild_id=guild_id, opened_at=now))
    return add_lot(conn, user_id, guild_id, source="standing", key=key)


def add_lot(
    conn: Connection, user_id: str, guild_id: str, *, source: Source, key: str, expires_at: int | None = None
) -> int:
    """Open an empty lot."""
    values = {"user_id": user_id, "guild_id": guild_id, "source": source, "key": key, "expires_at": expires_at}
    return int(conn.execute(insert(lot).values(values).returning(lot.c.id)).scalar_one())


def mine(user_id: str, guild_id: str) -> ColumnElement[bool]:
    return (lot.c.user_id == user_id) & (lot.c.guild_id == guild_id) & (lot.c.posted_units > 0)


def alive(now: int) -> ColumnElement[bool]:
    return lot.c.expires_at.is_(None) | (lot.c.expires_at > now)


def spendable(conn: Connection, user_id: str, guild_id: str, now: int) -> list[tuple[int, int]]:
    """Lots with free credits as (lot, free units), in the order of spending: what expires first goes first."""
    free = (lot.c.posted_units - lot.c.held_units).label("free")
    order = (lot.c.expires_at.is_(None), lot.c.expires_at, lot.c.id)
    query = select(lot.c.id, free).where(mine(user_id, guild_id), alive(now), free > 0).order_by(*order)
    return [(row.id, row.free) for row in conn.execute(query)]


def free_units(conn: Connection, user_id: str, guild_id: str, now: int) -> int:
    """What may be spent at this moment."""
    free = func.coalesce(func.sum(lot.c.posted_units - lot.c.held_units), 0)
    return int(conn.execute(select(free).where(mine(user_id, guild_id), alive(now))).scalar_one())


def expire(conn: Connection, user_id: str, guild_id: str, now: int) -> int:
    """Take back what is free in a member's expired lots; what is held stays (I9). Returns the units."""
    free = (lot.c.posted_units - lot.c.held_units).label("free")
    rows = conn.execute(select(lot.c.id, free).where(mine(user_id, guild_id), lot.c.expires_at <= now, free > 0)).all()
    for row in rows:
        _write_off(conn, row.id, row.free, key=f"expire:{row.id}:{uuid4()}", now=now)
    return sum(row.free for row in rows)


def give_grace(
    conn: Connection, expired: Row[tuple[int, str, str, int | None]], units: int, hold_id: str, now: int
) -> None:
    """Move credits that came back to an expired lot into a new one that lasts a while (I9)."""
    key = f"{hold_id}:{expired.id}"
    _write_off(conn, expired.id, units, key=f"expire:{key}", now=now)
    fresh = add_lot(
        conn, expired.user_id, expired.guild_id, source="grace", key=f"grace:{key}", expires_at=now + GRACE_MS
    )
    reason = "came back after its lot had expired"
    move(
        conn,
        Move(key=f"grace:{key}", kind="grace", lot_id=fresh, posted_units=units, actor="easel", reason=reason, at=now),
    )


def _write_off(conn: Connection, lot_id: int, units: int, *, key: str, now: int) -> None:
    entry = Move(key=key, kind="expire", lot_id=lot_id, posted_units=-units, actor="easel", reason="expired", at=now)
    move(conn, entry)
