"""One job computes at a time; between two steps the most urgent of those that wait goes on."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_arrivals = itertools.count()


class Stopped(Exception):
    """The job was cancelled."""


@dataclass(eq=False, kw_only=True)
class Turn:
    """One job's place in the queue for the baton."""

    urgency: int
    model: str | None = None
    """The model that must be on the device; None for work that needs none."""
    arrival: int = field(default_factory=lambda: next(_arrivals))
    cancelled: threading.Event = field(default_factory=threading.Event)
    begun: bool = False
    held_s: float = 0.0
    since: float = 0.0

    @property
    def order(self) -> tuple[int, int]:
        return -self.urgency, self.arrival

    def check(self) -> None:
        """Raise Stopped if the job was cancelled."""
        if self.cancelled.is_set():
            raise Stopped


class Baton:
    """Held by the one job that computes."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._waiting: list[Turn] = []
        self._holder: Turn | None = None

    @contextmanager
    def held(self, turn: Turn) -> Iterator[None]:
        """Wait for the baton, hold it and hand it on at the end. Raises Stopped."""
        self._take(turn)
        try:
            yield
        finally:
            turn.begun = False
            self._release(turn)

    def wanted(self, turn: Turn) -> bool:
        """Say whether a more urgent job waits for its holder to give way."""
        with self._change:
            following = self._following()
            return following is not None and following.order < turn.order

    def give_way(self, turn: Turn) -> None:
        """Between two steps: let a more urgent job go first and wait until it is done. Raises Stopped."""
        if not self.wanted(turn):
            return
        self._release(turn)
        self._take(turn)

    def alone(self) -> bool:
        """Say whether no other job has begun and waits to go on."""
        with self._change:
            return not any(turn.begun for turn in self._waiting)

    def cancel(self, turn: Turn) -> None:
        with self._change:
            turn.cancelled.set()
            self._change.notify_all()

    def _take(self, turn: Turn) -> None:
        with self._change:
            self._waiting.append(turn)
            try:
                self._change.wait_for(lambda: turn.cancelled.is_set() or self._comes_next(turn))
                turn.check()
                self._holder, turn.begun, turn.since = turn, True, time.monotonic()
            finally:
                self._waiting.remove(turn)
                self._change.notify_all()

    def _release(self, turn: Turn) -> None:
        with self._change:
            if self._holder is turn:
                turn.held_s += time.monotonic() - turn.since
                self._holder = None
            self._change.notify_all()

    def _comes_next(self, turn: Turn) -> bool:
        return self._holder is None and self._following() is turn

    def _following(self) -> Turn | None:
        """Return who goes next; a job for another model waits until those have ended that have begun.

        Jobs for the loaded model that come after it do not begin before it then: a stream of them would never end.
        """
        loaded = {turn.model for turn in self._waiting if turn.begun} - {None}
        if self._holder is not None:
            loaded |= {self._holder.model} - {None}
        able = [turn for turn in self._waiting if not loaded or turn.model in loaded or turn.model is None]
        first = min(self._waiting, key=lambda turn: turn.order, default=None)
        if first is not None and first not in able:
            able = [turn for turn in able if turn.begun or turn.model is None or turn.arrival < first.arrival]
        return min(able, key=lambda turn: turn.order, default=None)
