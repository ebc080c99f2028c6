"""Serves the bot's own pages on one port: health, the region editor, the gallery."""

import errno
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import CannotStart
from bot.web.security import guard

MOST_BYTES = 10 * 1024 * 1024
"""Of one request; a mask is far smaller."""


@asynccontextmanager
async def serve(host: str, port: int, routes: Sequence[web.AbstractRouteDef]) -> AsyncIterator[None]:
    """Serve the routes while the block runs; port 0 serves nothing. Raises CannotStart when it cannot be."""
    if port == 0:
        yield
        return
    app = web.Application(client_max_size=MOST_BYTES, middlewares=[guard])
    app.router.add_routes(routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, UnicodeError) as error:
        await runner.cleanup()
        raise CannotStart(_why(host, port, error)) from error
    try:
        yield
    finally:
        await runner.cleanup()


def _why(host: str, port: int, error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use: set EASEL_WEB_PORT to a free one, or to 0."
    return (
        f"The bot's pages cannot be served at {host}:{port} ({error}): set EASEL_WEB_HOST to an address of this"
        " machine, such as 127.0.0.1, and EASEL_WEB_PORT to a number from 1024 on, or to 0."
    )
