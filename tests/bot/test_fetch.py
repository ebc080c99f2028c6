"""Links of strangers: followed to public addresses only, and never further than a picture may be large."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot import fetch
from bot.errors import LinkUnusable
from bot.fetch import WebFetch, guarded_session

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class MadeUpResolver(AbstractResolver):
    """Says that every name lives at one address."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=self._address,
                port=port,
                family=socket.AF_INET6 if ":" in self._address else socket.AF_INET,
                proto=0,
                flags=0,
            )
        ]

    async def close(self) -> None:
        return


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{rest:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class NoSockets:
    """Hands out no socket, and counts how often one was wanted."""

    def __init__(self) -> None:
        self.wanted = 0

    def __call__(self, *_kind: int) -> socket.socket:
        self.wanted += 1
        raise OSError("no socket in this test")


@asynccontextmanager
async def fetcher(
    trusted: str = "", address: str = "127.0.0.1", sockets: NoSockets | None = None
) -> AsyncIterator[WebFetch]:
    create = sockets or NoSockets()
    async with guarded_session(MadeUpResolver(address), create) as strangers, aiohttp.ClientSession() as platform:
        yield WebFetch(strangers, platform, [trusted] if trusted else [])


async def refusal(fetching: WebFetch, url: str) -> str:
    with pytest.raises(LinkUnusable) as refused:
        await fetching(url)
    return refused.value.kind


@pytest.fixture
def sockets() -> NoSockets:
    return NoSockets()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.10",
        "172.16.5.5",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fd00::1",
        "::ffff:10.1.2.3",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "fec0::1",
        "192.0.0.8",
        "224.0.0.1",
        "ff02::1",
    ],
)
async def test_a_name_that_leads_into_a_private_network_gets_no_socket(address: str, sockets: NoSockets) -> None:
    async with fetcher(address=address, sockets=sockets) as fetching:
        assert await refusal(fetching, "https://pictures.example/cat.png") == "private"

    assert sockets.wanted == 0


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "64:ff9b::5db8:d70e"])
async def test_a_public_address_would_get_one(address: str, sockets: NoSockets) -> None:
    async with fetcher(address=address, sockets=sockets) as fetching:
        assert await refusal(fetching, "https://pictures.example/cat.png") == "unreachable"

    assert sockets.wanted == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/cat.png",
        "http://[::1]/cat.png",
        "http://192.168.1.1/admin",
        "http://[64:ff9b::c0a8:101]/admin",
        "https://pictures.example:8443/cat.png",
        "http://pictures.example:22/",
    ],
)
async def test_private_addresses_and_odd_ports_are_refused_by_their_looks(url: str, sockets: NoSockets) -> None:
    async with fetcher(sockets=sockets) as fetching:
        assert await refusal(fetching, url) == "private"

    assert sockets.wanted == 0


@pytest.mark.parametrize("url", ["ftp://pictures.example/cat.png", "file:///etc/passwd", "https://me:pw@host.example/"])
async def test_what_is_no_plain_web_link_is_refused(url: str) -> None:
    async with fetcher() as fetching:
        assert await refusal(fetching, url) == "not_a_link"


async def test_the_platforms_own_files_are_fetched_wherever_it_is() -> None:
    async def picture(_request: web.Request) -> web.Response:
        return web.Response(body=b"bytes")

    async with serving(picture) as base, fetcher(trusted=base) as fetching:
        assert await fetching(f"{base}/attachments/1/2/cat.png") == b"bytes"


async def test_the_platforms_server_cannot_be_used_to_reach_its_neighbours() -> None:
    async def elsewhere(_request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:9/secret")

    async with serving(elsewhere) as base, fetcher(trusted=base) as fetching:
        assert await refusal(fetching, f"{base}/cat.png") == "private"


async def test_a_circle_of_redirects_ends() -> None:
    async def again(request: web.Request) -> web.Response:
        raise web.HTTPFound(str(request.url))

    async with serving(again) as base, fetcher(trusted=base) as fetching:
        assert await refusal(fetching, f"{base}/cat.png") == "unreachable"


async def test_a_file_that_is_too_large_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 1000)

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(64):
            await response.write(b"x" * 1000)
        return response

    async with serving(endless) as base, fetcher(trusted=base) as fetching:
        assert await refusal(fetching, f"{base}/cat.png") == "too_large"


async def test_a_missing_file_is_unreachable() -> None:
    async def gone(_request: web.Request) -> web.Response:
        raise web.HTTPNotFound

    async with serving(gone) as base, fetcher(trusted=base) as fetching:
        assert await refusal(fetching, f"{base}/cat.png") == "unreachable"
