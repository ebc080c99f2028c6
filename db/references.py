"""Pictures that were fetched from links: the link may die, the picture in the store stays."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, insert, select

from db.schema import reference


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A link and the stored picture that was behind it."""

    url: str
    sha256: str
    width_px: int
    height_px: int


def known(conn: Connection, urls: Iterable[str]) -> dict[str, Reference]:
    """Those of the links that were fetched before."""
    columns = [reference.c[name] for name in Reference.__dataclass_fields__]
    rows = conn.execute(select(*columns).where(reference.c.url.in_(list(urls)))).mappings()
    return {row["url"]: Reference(**row) for row in rows}


def remember(conn: Connection, found: Reference, now: int) -> None:
    """Remember what is behind a link; the newest picture counts."""
    conn.execute(delete(reference).where(reference.c.url == found.url))
    conn.execute(insert(reference).values(**asdict(found), at=now))
