"""Serves the bot's own pages on one port: health, the region editor, the gallery."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import CannotStart
from bot.web.security import guard

MOST_BYTES = 10 * 1024 * 1024
"""Of one request; a mask is far smaller."""


@asynccontextmanager
async def serve(host: str, port: int, routes: Sequence[web.AbstractRouteDef]) -> AsyncIterator[None]:
    """Serve the routes while the block runs; port 0 serves nothing. Raises CannotStart when the port is taken."""
    if port == 0:
        yield
        return
    app = web.Application(client_max_size=MOST_BYTES, middlewares=[guard])
    app.router.add_routes(routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise CannotStart(f"Port {port} on {host} is in use: set EASEL_WEB_PORT to a free one, or to 0.") from error
    try:
        yield
    finally:
        await runner.cleanup()
