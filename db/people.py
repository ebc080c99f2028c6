"""What each member prefers, and the options that they have named."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from db.jobs.values import Speed
from db.schema import member, own_option

MOST_OPTIONS = 20

Variability = Literal["high", "low"]


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """How a member's jobs are made unless the request says otherwise."""

    speed: Speed = "fast"
    stealth: bool = False
    suffix: str = ""
    """Parameters that are added to every prompt."""
    remix: bool = False
    """Buttons that draw again let the prompt be changed first."""
    variability: Variability = "high"
    """How far V1 to V4 leave their picture."""
    auto_dm: bool = False
    """Results come by direct message, too."""
    model: str | None = None
    """A key of the catalog; None: the default model, whichever that is."""
    stylize: int | None = None
    raw: bool = False


@dataclass(frozen=True, kw_only=True)
class Taste:
    """All that a member has chosen for their prompts."""

    preferences: Preferences
    options: Mapping[str, str]


_FLAGS = ("stealth", "remix", "auto_dm", "raw")
_COLUMNS = [member.c[name] for name in Preferences.__dataclass_fields__]


def get(conn: Connection, user_id: str) -> Preferences:
    """A member's preferences, or the usual ones."""
    row = conn.execute(select(*_COLUMNS).where(member.c.user_id == user_id)).mappings().first()
    return Preferences() if row is None else Preferences(**{**row, **{flag: bool(row[flag]) for flag in _FLAGS}})


def taste(conn: Connection, user_id: str) -> Taste:
    """A member's preferences and options, as they are at one moment."""
    return Taste(preferences=get(conn, user_id), options=options(conn, user_id))


def put(conn: Connection, user_id: str, wanted: Preferences, now: int) -> None:
    """Remember a member's preferences."""
    values = {**asdict(wanted), "updated_at": now}
    if conn.execute(update(member).where(member.c.user_id == user_id).values(values)).rowcount == 0:
        conn.execute(insert(member).values(user_id=user_id, **values))


def options(conn: Connection, user_id: str) -> dict[str, str]:
    """The options that a member has named, in the order of their names."""
    mine = select(own_option.c.name, own_option.c.value).where(own_option.c.user_id == user_id)
    return {row.name: row.value for row in conn.execute(mine.order_by(own_option.c.name))}


def set_option(conn: Connection, user_id: str, name: str, value: str) -> bool:
    """Name an option, or change it; False if the member has as many as are allowed."""
    mine = own_option.c.user_id == user_id
    if conn.execute(update(own_option).where(mine, own_option.c.name == name).values(value=value)).rowcount:
        return True
    if conn.execute(select(func.count()).select_from(own_option).where(mine)).scalar_one() >= MOST_OPTIONS:
        return False
    conn.execute(insert(own_option).values(user_id=user_id, name=name, value=value))
    return True


def drop_option(conn: Connection, user_id: str, name: str) -> bool:
    """Forget an option; False if there was none."""
    mine = (own_option.c.user_id == user_id) & (own_option.c.name == name)
    return conn.execute(delete(own_option).where(mine)).rowcount > 0
