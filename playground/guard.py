"""Only this machine's own pages and programs may come in: no foreign Host, no foreign Origin."""

from collections.abc import Set

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware


def guard(hosts: Set[str]) -> Middleware:
    """Answers 403 to a Host that is not ours (another site's name that leads here) and to pages of other origins."""
    origins = {f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")}

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if request.headers.get("Host", "").lower() not in hosts or (
            origin is not None and origin.lower() not in origins
        ):
            return web.Response(status=403, text="This server only answers to programs and pages on this machine.\n")
        return await handler(request)

    return check


def own_hosts(port: int) -> frozenset[str]:
    return frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
