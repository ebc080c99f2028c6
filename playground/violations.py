"""What the bot (or the playground itself) did that Discord's documents do not allow."""

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from playground.log import Log
from playground.snowflake import Json

MOST_KEPT = 10_000


class Kind(StrEnum):
    """Which layer noticed it."""

    SCHEMA = "schema"  # a request against the official file
    UNKNOWN_KEY = "unknown_key"  # a key that the official file does not have: ignored by Discord, but a typo to us
    RULE = "rule"  # a documented limit that the file lacks
    STATE = "state"  # an answer that is impossible now, such as a second acknowledgement
    DEADLINE = "deadline"  # too late: 3 seconds, 15 minutes
    RESPONSE = "response"  # our own answer against the official file: a fault of the playground


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One fault; `where` names the request."""

    kind: Kind
    where: str
    message: str


class Violations:
    """Collects, counts and logs them."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._found: deque[Violation] = deque(maxlen=MOST_KEPT)
        self.count = 0

    def add(self, kind: Kind, where: str, message: str) -> None:
        self._found.append(Violation(kind=kind, where=where, message=message))
        self.count += 1
        self._log.warning("violation", kind=kind.value, where=where, message=message)

    def __iter__(self) -> Iterator[Violation]:
        return iter(self._found)

    def clear(self) -> None:
        self._found.clear()
        self.count = 0

    def as_json(self) -> list[Json]:
        return [asdict(violation) for violation in self._found]
