"""Whether the computer's clock can be believed: one that leaps ahead must not give credits or let them expire."""

import time
from dataclasses import dataclass

from sqlalchemy import Connection, update

from db.schema import clock

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

LEAP_MS = 48 * HOUR_MS
"""While the process runs, the clock may gain so much on the time that really passed."""
ABSENCE_MS = 60 * DAY_MS
"""When the process starts, the clock may be so far ahead of the last moment it saw: nobody was there to count."""
PATIENCE_MS = 6 * HOUR_MS
"""A leap that has lasted so long is believed after all: a laptop slept, a bot was away for a year."""


@dataclass(slots=True)
class _Watch:
    high_water: int
    seen_at: int | None = None
    """Uptime when the high-water mark was last confirmed by this process; None before the first time."""
    doubted_at: int | None = None


def steady_ms() -> int:
    """Milliseconds from some fixed moment, on a clock that nobody sets."""
    return time.monotonic_ns() // 1_000_000


def believable(conn: Connection, now: int) -> bool:
    """Judge `now` against the highest moment believed so far, and remember it when it is believed.

    Being behind is always believed: going back gives nothing away, because a day counts only once. The time that really
    passed is read from `steady_ms`, or from the function that was put into `conn.info["steady_ms"]`.
    """
    uptime: int = conn.info.get("steady_ms", steady_ms)()
    watch = _watch(conn)
    if _leap(watch, now, uptime):
        watch.doubted_at = uptime if watch.doubted_at is None else watch.doubted_at
        if uptime - watch.doubted_at < PATIENCE_MS:
            return False
    watch.doubted_at = None
    if watch.seen_at is None or now >= watch.high_water:  # while it is behind, the time since counts on
        watch.seen_at = uptime
    if now > watch.high_water:
        watch.high_water = now
        conn.execute(update(clock).where(clock.c.high_water < now).values(high_water=now))
    return True


def _leap(watch: _Watch, now: int, uptime: int) -> bool:
    if not watch.high_water:
        return False
    if watch.seen_at is None:
        return now - watch.high_water > ABSENCE_MS
    return now - watch.high_water - (uptime - watch.seen_at) > LEAP_MS


def _watch(conn: Connection) -> _Watch:
    # Kept with the connection, which lives as long as the process: what the process saw is not for the next one.
    watch = conn.info.get(_Watch)
    if watch is None:
        watch = conn.info[_Watch] = _Watch(conn.execute(clock.select()).one().high_water)
    return watch
