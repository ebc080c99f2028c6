"""What admins and owners do to credits; each order is logged with who and why, and can be repeated without harm."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from db.errors import NotEnoughFree
from db.ledger.accounts import Balance, balance, mark_started
from db.ledger.lots import Kind, Move, add_lot, ensure_account, free_units, move, spendable
from db.schema import change


@dataclass(frozen=True)
class _Order:
    """Who wants whose credits changed, why, and under which key it counts once."""

    user_id: str
    guild_id: str
    actor: str
    reason: str
    at: int
    key: str

    def move(self, kind: Kind, lot_id: int, units: int) -> Move:
        return Move(
            key=f"{kind}:{self.key}:{lot_id}",
            kind=kind,
            lot_id=lot_id,
            posted_units=units,
            actor=self.actor,
            reason=self.reason,
            at=self.at,
        )


def grant(  # noqa: PLR0913, PLR0917 - who, where, how much, by whom, why and when are all part of a grant
    conn: Connection,
    user_id: str,
    guild_id: str,
    units: int,
    actor: str,
    reason: str,
    now: int,
    *,
    expires_at: int | None = None,
    request_id: str | None = None,
) -> Balance:
    """Give credits, for ever or until `expires_at`; a repeated `request_id` changes nothing."""
    assert units > 0, "a grant gives something"
    order = _Order(user_id, guild_id, actor, reason, now, request_id or str(uuid4()))
    lot_id = _begin(conn, order, "grant", units)
    if lot_id is not None:
        if expires_at is not None:
            key = f"gift:{order.key}"
            lot_id = add_lot(conn, user_id, guild_id, source="gift", key=key, expires_at=expires_at)
        move(conn, order.move("grant", lot_id, units))
    return balance(conn, user_id, guild_id, now)


def take(  # noqa: PLR0913, PLR0917 - see grant
    conn: Connection,
    user_id: str,
    guild_id: str,
    units: int,
    actor: str,
    reason: str,
    now: int,
    *,
    request_id: str | None = None,
) -> Balance:
    """Take free credits away, never what is held; a repeated `request_id` changes nothing.

    Raises NotEnoughFree with what is free.
    """
    assert units > 0, "taking takes something"
    order = _Order(user_id, guild_id, actor, reason, now, request_id or str(uuid4()))
    if _begin(conn, order, "take", units) is not None:
        _take(conn, order, units)
    return balance(conn, user_id, guild_id, now)


def set_free(  # noqa: PLR0913, PLR0917 - see grant
    conn: Connection,
    user_id: str,
    guild_id: str,
    units: int,
    actor: str,
    reason: str,
    now: int,
    *,
    request_id: str | None = None,
) -> Balance:
    """Make the free credits exactly `units` by one correction; a member who is new then gets no starting credits."""
    assert units >= 0, "credits are never negative"
    order = _Order(user_id, guild_id, actor, reason, now, request_id or str(uuid4()))
    standing = _begin(conn, order, "set", units)
    if standing is not None:
        mark_started(conn, user_id, guild_id)
        missing = units - free_units(conn, user_id, guild_id, now)
        if missing > 0:
            move(conn, order.move("correct", standing, missing))
        elif missing < 0:
            _take(conn, order, -missing)
    return balance(conn, user_id, guild_id, now)


def _begin(conn: Connection, order: _Order, what: str, units: int) -> int | None:
    """Open the account, log the order and return the standing lot; None when the order was carried out already."""
    standing = ensure_account(conn, order.user_id, order.guild_id, order.at)
    if conn.execute(select(change.c.seq).where(change.c.key == order.key)).first() is not None:
        return None
    conn.execute(
        insert(change).values(
            guild_id=order.guild_id,
            user_id=order.user_id,
            what=what,
            units=units,
            actor=order.actor,
            reason=order.reason,
            at=order.at,
            key=order.key,
        )
    )
    return standing


def _take(conn: Connection, order: _Order, units: int) -> None:
    lots = spendable(conn, order.user_id, order.guild_id, order.at)
    free = sum(lot_free for _, lot_free in lots)
    if free < units:
        raise NotEnoughFree(free_units=free)
    for lot_id, lot_free in lots:
        part = min(lot_free, units)
        units -= part
        if part:
            move(conn, order.move("correct", lot_id, -part))
