"""What was answered to `/describe` and `/shorten`, by the message that shows it."""

import json
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from db.schema import inquiry

Kind = Literal["describe", "shorten"]


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """An answer, and the prompts that its buttons stand for."""

    message_id: str
    kind: Kind
    user_id: str
    sha256: str | None
    """The described picture."""
    prompts: tuple[str, ...]
    """All that were given so far; the message shows the last ones."""


def put(conn: Connection, found: Inquiry, now: int) -> None:
    """Remember an answer; the newest one of a message counts."""
    conn.execute(delete(inquiry).where(inquiry.c.message_id == found.message_id))
    values = {name: getattr(found, name) for name in ("message_id", "kind", "user_id", "sha256")}
    conn.execute(insert(inquiry).values(**values, prompts=json.dumps(found.prompts), at=now))


def get(conn: Connection, message_id: str) -> Inquiry | None:
    """The answer that a message shows, if it is one."""
    columns = [inquiry.c[name] for name in Inquiry.__dataclass_fields__]
    row = conn.execute(select(*columns).where(inquiry.c.message_id == message_id)).mappings().first()
    return None if row is None else Inquiry(**{**row, "prompts": tuple(json.loads(row["prompts"]))})
