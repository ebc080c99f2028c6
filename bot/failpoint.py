"""Named places where a test may kill this process; in ordinary life they do nothing."""

import os
import signal
from collections.abc import Callable

Point = Callable[[str], None]


def failpoint(spec: str) -> Point:
    """Return a function that kills the process, as `kill -9` does, when the named place is reached the n-th time.

    spec: "name" or "name@n"; empty means never.
    """
    if not spec:
        return lambda _name: None
    target, _, count = spec.rpartition("@") if "@" in spec else (spec, "", "1")
    left = int(count)

    def reached(name: str) -> None:
        nonlocal left
        if name != target:
            return
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    return reached
