"""Links to the region editor: one person, one picture, one use."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from db.schema import ticket

KEEP_MS = 24 * 3600 * 1000
"""How long an expired ticket is remembered, so that its link can still say what it was."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Leave to mark a part of one picture, once."""

    id: str
    user_id: str
    job_id: str
    slot: int
    context: str
    """JSON: what is needed to answer as if the button had been pressed now."""
    expires_at: int
    used_at: int | None = None


def put(conn: Connection, new: Ticket, now: int) -> None:
    """Keep a new ticket, and forget those that expired long ago."""
    conn.execute(delete(ticket).where(ticket.c.expires_at < now - KEEP_MS))
    conn.execute(insert(ticket).values({name: getattr(new, name) for name in Ticket.__dataclass_fields__}))


def get(conn: Connection, ticket_id: str) -> Ticket | None:
    """The ticket of this id, if there is one."""
    columns = [ticket.c[name] for name in Ticket.__dataclass_fields__]
    row = conn.execute(select(*columns).where(ticket.c.id == ticket_id)).mappings().first()
    return None if row is None else Ticket(**row)


def use(conn: Connection, ticket_id: str, now: int) -> bool:
    """Use a ticket; False if it was used before or has expired."""
    good = (ticket.c.id == ticket_id) & ticket.c.used_at.is_(None) & (ticket.c.expires_at > now)
    return conn.execute(update(ticket).where(good).values(used_at=now)).rowcount > 0
