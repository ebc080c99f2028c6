"""Holding credits for a job, and ending the hold exactly once: posted (paid) or voided (given back)."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from db.errors import NotEnoughCredits
from db.ledger.lots import Move, give_grace, move, spendable
from db.schema import hold as holds
from db.schema import lot, transfer


def hold(conn: Connection, job_id: str, user_id: str, guild_id: str, units: int, now: int) -> None:
    """Set credits aside for a job, earliest expiry first; 0 units are a hold too.

    Raises NotEnoughCredits with what is free; the caller's savepoint then undoes everything.
    """
    lots = spendable(conn, user_id, guild_id, now)
    free = sum(units_free for _, units_free in lots)
    if free < units:
        raise NotEnoughCredits(free_units=free, price_units=units)
    row = {"id": job_id, "user_id": user_id, "guild_id": guild_id, "units": units, "created_at": now}
    conn.execute(insert(holds), row)
    for lot_id, part in _spread(lots, units):
        key = f"hold:{job_id}:{lot_id}"
        reason = "held for a job"
        entry = Move(
            key=key, kind="hold", lot_id=lot_id, held_units=part, hold_id=job_id, actor=user_id, reason=reason, at=now
        )
        move(conn, entry)


def post(conn: Connection, job_id: str, now: int, units: int | None = None) -> bool:
    """End a hold by paying all of it, or only `units` of it; False if it had ended before."""
    held = _resolve(conn, job_id, "posted", now, units)
    if held is None:
        return False
    rest = held if units is None else units
    for row in _parts(conn, job_id):
        paid = min(rest, row.held)
        rest -= paid
        _release(
            conn,
            row,
            Move(
                key=f"post:{job_id}:{row.id}",
                kind="post",
                lot_id=row.id,
                posted_units=-paid,
                held_units=-row.held,
                hold_id=job_id,
                actor="easel",
                reason="delivered",
                at=now,
            ),
        )
    return True


def void(conn: Connection, job_id: str, now: int, reason: str = "refunded") -> bool:
    """End a hold by giving everything back; False if it had ended before."""
    if _resolve(conn, job_id, "voided", now, None) is None:
        return False
    for row in _parts(conn, job_id):
        _release(
            conn,
            row,
            Move(
                key=f"void:{job_id}:{row.id}",
                kind="void",
                lot_id=row.id,
                held_units=-row.held,
                hold_id=job_id,
                actor="easel",
                reason=reason,
                at=now,
            ),
        )
    return True


def _spread(lots: list[tuple[int, int]], units: int) -> list[tuple[int, int]]:
    parts = []
    for lot_id, free in lots:
        part = min(free, units)
        if part:
            parts.append((lot_id, part))
        units -= part
    return parts


def _resolve(conn: Connection, job_id: str, state: str, now: int, units: int | None) -> int | None:
    """Mark a pending hold as ended and say how much it held; None when it is not pending."""
    paid = (holds.c.units if units is None else units) if state == "posted" else None
    pending = (holds.c.id == job_id) & (holds.c.state == "pending")
    change = update(holds).where(pending).values(state=state, posted_units=paid, resolved_at=now)
    held: int | None = conn.execute(change.returning(holds.c.units)).scalar()
    return held


def _parts(conn: Connection, job_id: str) -> list[Row[Any]]:
    """The lots that a hold rests on, in the order of spending."""
    query = (
        select(lot.c.id, lot.c.user_id, lot.c.guild_id, lot.c.expires_at, transfer.c.held_units.label("held"))
        .join_from(transfer, lot)
        .where(transfer.c.hold_id == job_id, transfer.c.kind == "hold")
        .order_by(lot.c.expires_at.is_(None), lot.c.expires_at, lot.c.id)
    )
    return [*conn.execute(query)]


def _release(conn: Connection, row: Row[Any], entry: Move) -> None:
    move(conn, entry)
    returned = row.held + entry.posted_units
    if returned and row.expires_at is not None and row.expires_at <= entry.at:
        give_grace(conn, row, returned, str(entry.hold_id), entry.at)
