"""Members' accounts: starting credits, the daily top-up, the balance, and the account's history."""

from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from db.clock import DAY_MS, believable
from db.ledger.lots import Kind, Move, alive, ensure_account, expire, free_units, mine, move
from db.schema import account, lot, transfer


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What a member has: free to spend, and held for jobs that are under way."""

    free_units: int
    held_units: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of a member's account."""

    at: int
    kind: Kind
    units: int
    """How much; always more than nothing."""
    gives: bool
    """Whether the member gained it, or lost it."""
    job_id: str | None
    actor: str
    reason: str


def open_account(conn: Connection, user_id: str, guild_id: str, start_units: int, now: int) -> bool:
    """Give a member the starting credits, once; says whether this was the first time."""
    standing = ensure_account(conn, user_id, guild_id, now)
    if not mark_started(conn, user_id, guild_id):
        return False
    if start_units > 0:
        key = f"start:{guild_id}:{user_id}"
        entry = Move(
            key=key, kind="start", lot_id=standing, posted_units=start_units, actor="easel", reason="welcome", at=now
        )
        move(conn, entry)
    return True


def top_up(conn: Connection, user_id: str, guild_id: str, daily_units: int, now: int) -> int:
    """Fill the free credits up to `daily_units`, once per UTC day; returns what was added.

    The first call of a day counts as that day's, whether or not anything was missing. 0 switches it off. Nothing is
    made up for days on which nobody called, and nothing is given while the clock is in doubt (see db.clock).
    """
    if daily_units <= 0 or not believable(conn, now):
        return 0
    standing = ensure_account(conn, user_id, guild_id, now)
    day = now // DAY_MS
    earlier = account.c.last_day.is_(None) | (account.c.last_day < day)
    if not conn.execute(update(account).where(owned(user_id, guild_id), earlier).values(last_day=day)).rowcount:
        return 0
    missing = daily_units - free_units(conn, user_id, guild_id, now)
    if missing <= 0:
        return 0
    key = f"daily:{guild_id}:{user_id}:{day}"
    reason = "daily top-up"
    move(conn, Move(key=key, kind="daily", lot_id=standing, posted_units=missing, actor="easel", reason=reason, at=now))
    return missing


def tidy(conn: Connection, user_id: str, guild_id: str, now: int) -> int:
    """Write off a member's expired credits, unless the clock is in doubt; returns the units."""
    return expire(conn, user_id, guild_id, now) if believable(conn, now) else 0


def balance(conn: Connection, user_id: str, guild_id: str, now: int | None = None) -> Balance:
    """Say what a member has; with `now`, credits that have expired are left out."""
    free = lot.c.posted_units - lot.c.held_units
    if now is not None:
        free = case((alive(now), free), else_=0)
    query = select(func.coalesce(func.sum(free), 0), func.coalesce(func.sum(lot.c.held_units), 0))
    free_sum, held = conn.execute(query.where(mine(user_id, guild_id))).one()
    return Balance(free_units=int(free_sum), held_units=int(held))


def history(conn: Connection, user_id: str, guild_id: str, limit: int) -> list[Change]:
    """What a member gained and paid, newest first; holds are left out, they show in the balance."""
    columns = [
        transfer.c.at,
        transfer.c.kind,
        func.abs(transfer.c.posted_units).label("units"),
        (transfer.c.posted_units > 0).label("gives"),
        transfer.c.hold_id.label("job_id"),
        transfer.c.actor,
        transfer.c.reason,
    ]
    own = (lot.c.user_id == user_id) & (lot.c.guild_id == guild_id) & (transfer.c.posted_units != 0)
    query = select(*columns).join_from(transfer, lot).where(own).order_by(transfer.c.seq.desc()).limit(limit)
    return [Change(**row) for row in conn.execute(query).mappings()]


def mark_started(conn: Connection, user_id: str, guild_id: str) -> bool:
    """Decide that a member has had the starting credits; False if that was decided before."""
    undecided = owned(user_id, guild_id) & (account.c.started == 0)
    return conn.execute(update(account).where(undecided).values(started=1)).rowcount == 1


def owned(user_id: str, guild_id: str) -> ColumnElement[bool]:
    return (account.c.user_id == user_id) & (account.c.guild_id == guild_id)
