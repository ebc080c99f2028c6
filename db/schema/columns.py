"""The kinds of columns, and the rules that tables share."""

from collections.abc import Sequence

from sqlalchemy import DDL, BigInteger, CheckConstraint, Column, Integer, MetaData, Table, Text, event
from sqlalchemy.schema import ExecutableDDLElement

metadata = MetaData()

Big = BigInteger().with_variant(Integer, "sqlite")
SPEEDS = ("turbo", "fast", "relax")


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """The rule that a column has one of these values."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=f"{column}_known")


def words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def maybe_words(name: str) -> Column[str | None]:
    return Column(name, Text)


def number(name: str, *, default: int | None = None) -> Column[int]:
    return Column(name, Big, nullable=False, server_default=None if default is None else str(default))


def maybe_number(name: str) -> Column[int | None]:
    return Column(name, Big)


def forbid(table: Table, verb: str, message: str, when: str = "") -> None:
    """Let the database itself refuse to change or delete rows."""
    name = f"{table.name}_no_{verb[:6].lower()}"
    body = f"BEFORE {verb} ON {table.name} {when}BEGIN SELECT RAISE(ABORT, '{message}'); END"
    trigger: ExecutableDDLElement = DDL(f"CREATE TRIGGER {name} {body}")  # type: ignore[no-untyped-call]
    event.listen(table, "after_create", trigger.execute_if(dialect="sqlite"))


def append_only(table: Table) -> None:
    forbid(table, "UPDATE", f"{table.name} is append-only")
    forbid(table, "DELETE", f"{table.name} is append-only")
