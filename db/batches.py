"""Several prompts from one, shown with their price and waiting for a yes."""

import json
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from db.schema import batch

Answer = Literal["accepted", "declined"]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What somebody asked for with braces or `--repeat`."""

    id: str
    user_id: str
    guild_id: str | None
    channel_id: str
    typed: str
    prompts: tuple[str, ...]
    """The prompts that the braces stand for, as they could have been typed."""
    state: Literal["open", "accepted", "declined"] = "open"


def put(conn: Connection, new: Batch, now: int) -> None:
    """Keep a list until it is answered."""
    values = {name: getattr(new, name) for name in ("id", "user_id", "guild_id", "channel_id", "typed", "state")}
    conn.execute(insert(batch).values(**values, prompts=json.dumps(new.prompts), created_at=now))


def get(conn: Connection, batch_id: str) -> Batch | None:
    """The list of this id, if there is one."""
    columns = [batch.c[name] for name in Batch.__dataclass_fields__]
    row = conn.execute(select(*columns).where(batch.c.id == batch_id)).mappings().first()
    return None if row is None else Batch(**{**row, "prompts": tuple(json.loads(row["prompts"]))})


def answer(conn: Connection, batch_id: str, given: Answer) -> bool:
    """Answer a list, once; False if it was answered before."""
    still = (batch.c.id == batch_id) & (batch.c.state == "open")
    return conn.execute(update(batch).where(still).values(state=given)).rowcount > 0
