"""The painters, and the queue of those who wait for one."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.engine import Painter
from pipeline.fake.attempt import Attempt


@dataclass(eq=False, kw_only=True)
class Easel:
    """One painter."""

    name: str
    attempt: Attempt | None = None
    back_at: float = 0.0

    @property
    def away_s(self) -> float:
        return max(0.0, self.back_at - time.monotonic())

    @property
    def told(self) -> Painter:
        """What the engine says of it."""
        away = self.away_s > 0
        return Painter(
            name=self.name,
            device="Doodle, which needs no graphics card",
            ready=not away,
            model=None if away else "doodle",
            free_memory_mib=None,
            busy_with=self.attempt.job.id if self.attempt else None,
            note="It is being started again." if away else "",
        )


class Easels:
    """So many painters, each given to one attempt at a time."""

    def __init__(self, count: int) -> None:
        self._all = [Easel(name=f"painter-{number}") for number in range(count)]
        self._free = list(self._all)
        self._queue: list[tuple[int, int, asyncio.Future[Easel]]] = []
        self._numbers = itertools.count()

    def __iter__(self) -> Iterator[Easel]:
        return iter(self._all)

    def __getitem__(self, number: int) -> Easel:
        return self._all[number]

    async def taken(self, attempt: Attempt) -> Easel:
        """Wait for a painter, the most urgent and then the oldest job first. Raises Over if the attempt is stopped."""
        if self._free:
            return self._free.pop(0)
        turn: asyncio.Future[Easel] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (-attempt.job.urgency, next(self._numbers), turn))
        stopped = asyncio.create_task(attempt.stopped.wait())
        try:
            await asyncio.wait((turn, stopped), return_when=asyncio.FIRST_COMPLETED)
            attempt.check()
            return turn.result()
        except BaseException:
            if turn.done() and not turn.cancelled():
                self.give_back(turn.result())
            turn.cancel()
            raise
        finally:
            stopped.cancel()

    def give_back(self, easel: Easel) -> None:
        while self._queue:
            turn = heapq.heappop(self._queue)[2]
            if not turn.done():
                turn.set_result(easel)
                return
        self._free.append(easel)
