"""What was asked and answered: every request of the bot, for tests and for the closing line."""

from collections import Counter, deque
from dataclasses import asdict, dataclass

from playground.snowflake import Json

MOST_KEPT = 50_000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One request. `at` is in seconds since 1970, `ms` how long it took; `error` is Discord's code of a refusal."""

    at: float
    who: str
    method: str
    path: str
    status: int
    ms: float
    error: int | None = None
    fault: str | None = None


class Traffic:
    """The newest entries, and how many there were of each status."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST_KEPT)
        self.by_status: Counter[int] = Counter()

    def note(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.by_status[entry.status] += 1

    def as_json(self, who: str) -> list[Json]:
        return [asdict(entry) for entry in self._entries if entry.who == who]
