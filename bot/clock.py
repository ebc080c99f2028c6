"""The time, as everything but the playground measures it."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC."""


def wall_clock() -> int:
    return time.time_ns() // 1_000_000
