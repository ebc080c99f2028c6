"""What the doctor says: one line about one thing."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["ok", "attention", "broken"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    """ok; attention: Easel runs, but not as it could; broken: it cannot run, or not do its work."""
    subject: str
    what: str
    mend: str = ""
    """What mends it; empty when nothing needs mending."""

    def line(self) -> str:
        """Write the finding on one line, whatever its texts contain."""
        texts = [f"{self.subject}: {self.what}", self.mend]
        return " — ".join([f"{self.level:<9}", *(" ".join(text.split()) for text in texts if text)])

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def ok(subject: str, what: str) -> Finding:
    return Finding("ok", subject, what)


def attention(subject: str, what: str, mend: str) -> Finding:
    return Finding("attention", subject, what, mend)


def broken(subject: str, what: str, mend: str) -> Finding:
    return Finding("broken", subject, what, mend)
