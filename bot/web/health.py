"""`/health`: whether the bot is well, for container health checks and load tests."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from aiohttp import web

SAMPLE_S = 0.02
SAMPLES = 3000
"""One minute of samples."""

Vitals = Callable[[], Awaitable[Mapping[str, object]]]


class LoopLag:
    """Measures how late the event loop is: the time between when a sleep should end and when it does."""

    def __init__(self) -> None:
        self._samples_ms: deque[float] = deque(maxlen=SAMPLES)

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + SAMPLE_S
            await asyncio.sleep(SAMPLE_S)
            self._samples_ms.append(max(0.0, loop.time() - due) * 1000)

    def percentile_ms(self, share: float) -> float:
        """The lag that `share` (0 … 1) of the last minute's samples stayed below, in ms; 0 before the first."""
        if not self._samples_ms:
            return 0.0
        ordered = sorted(self._samples_ms)
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


@asynccontextmanager
async def routes(vitals: Vitals) -> AsyncIterator[list[web.RouteDef]]:
    """Watch the event loop while the block runs, and offer the page that tells of it."""
    lag = LoopLag()

    async def health(_request: web.Request) -> web.Response:
        facts = dict(await vitals())
        facts |= {"loop_lag_p99_ms": lag.percentile_ms(0.99), "loop_lag_max_ms": lag.percentile_ms(1.0)}
        return web.json_response(facts, status=200 if facts.get("ok") else 503)

    watch = asyncio.create_task(lag.watch(), name="loop lag")
    try:
        yield [web.get("/health", health)]
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
