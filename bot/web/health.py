"""`/health`: whether the bot is well, for container health checks and load tests."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from bot.errors import CannotStart

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
async def serve(host: str, port: int, vitals: Vitals) -> AsyncIterator[None]:
    """Serve the page while the block runs; port 0 serves nothing. Raises CannotStart when the port is taken."""
    if port == 0:
        yield
        return
    lag = LoopLag()

    async def health(_request: web.Request) -> web.Response:
        facts = dict(await vitals())
        facts |= {"loop_lag_p99_ms": lag.percentile_ms(0.99), "loop_lag_max_ms": lag.percentile_ms(1.0)}
        return web.json_response(facts, status=200 if facts.get("ok") else 503)

    app = web.Application()
    app.router.add_get("/health", health)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise CannotStart(f"Port {port} on {host} is in use: set EASEL_WEB_PORT to a free one, or to 0.") from error
    watch = asyncio.create_task(lag.watch(), name="loop lag")
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        await runner.cleanup()
