"""A web server before the bot's pages that answers below a path, as owners put one there: it takes the path away."""

import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
from aiohttp import web
from yarl import URL

HOPS = ("Content-Length", "Transfer-Encoding", "Connection")


def free_port() -> int:
    """A port at which nobody listens, below those of outgoing connections: none of them can take it meanwhile."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@asynccontextmanager
async def proxy(prefix: str, goal: str) -> AsyncIterator[str]:
    """Pass what lies below the prefix on to `goal`, without the prefix, and yield the address of the prefix.

    Everything else at this port is a 404, as it would be another site's.
    """
    async with aiohttp.ClientSession(auto_decompress=False) as session:

        async def pass_on(request: web.Request) -> web.Response:
            if not request.raw_path.startswith(f"{prefix}/"):
                raise web.HTTPNotFound
            url = URL(goal + request.raw_path.removeprefix(prefix), encoded=True)
            async with session.request(
                request.method, url, data=await request.read(), headers={**request.headers, "Host": url.authority}
            ) as answer:
                headers = {name: text for name, text in answer.headers.items() if name.title() not in HOPS}
                return web.Response(status=answer.status, body=await answer.read(), headers=headers)

        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", pass_on)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}{prefix}"
        finally:
            await runner.cleanup()
