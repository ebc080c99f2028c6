"""Fetches pictures that people link to, and never anything from the owner's own network."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver

from bot.errors import LinkUnusable

MOST_BYTES = 25 * 1024 * 1024
MOST_REDIRECTS = 3
PATIENCE_S = 20.0
CHUNK_BYTES = 1 << 16
_PORTS = {80, 443}
_REDIRECTS = {301, 302, 303, 307, 308}
AGENT = "Easel"
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""Where networks without IPv4 find its addresses: in the last four bytes (RFC 6052)."""
_NOT_FOR_ALL = [
    ipaddress.ip_network(each) for each in ("192.0.0.0/24", "::/96", "64:ff9b:1::/48", "2002::/16", "fec0::/10")
]
"""Private or wrapped addresses that `is_global` takes for public ones."""


class Fetch(Protocol):
    """Something that fetches the bytes behind a link."""

    async def __call__(self, url: str) -> bytes:
        """Return at most MOST_BYTES; raises LinkUnusable."""
        ...


class _Private(OSError):
    """The address belongs to a network that strangers must not reach through us."""


class WebFetch:
    """Fetches over http and https, from public addresses and from the platform's own file server only."""

    def __init__(
        self, strangers: aiohttp.ClientSession, platform: aiohttp.ClientSession, trusted: Iterable[str] = ()
    ) -> None:
        """strangers: a session of `guarded_session`; platform: any, for links below the trusted base addresses."""
        self._strangers = strangers
        self._platform = platform
        self._trusted = {_place(yarl.URL(url)) for url in trusted}

    async def __call__(self, url: str) -> bytes:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._follow(yarl.URL(url))
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise LinkUnusable("private" if _is_private(error) else "unreachable", url) from error

    async def _follow(self, url: yarl.URL) -> bytes:
        first = url
        for _ in range(MOST_REDIRECTS + 1):
            self._check(url, first)
            # Each hop is checked anew: a public address may send us to a private one.
            async with self._session_for(url).get(url, allow_redirects=False) as response:
                if response.status in _REDIRECTS and "Location" in response.headers:
                    url = url.join(yarl.URL(response.headers["Location"]))
                    continue
                if response.status != 200:
                    raise LinkUnusable("unreachable", str(first))
                return await _body(response, str(first))
        raise LinkUnusable("unreachable", str(first))

    def _session_for(self, url: yarl.URL) -> aiohttp.ClientSession:
        return self._platform if _place(url) in self._trusted else self._strangers

    def _check(self, url: yarl.URL, first: yarl.URL) -> None:
        """Refuse what can be refused by looking at the link; the guard of the session sees the addresses."""
        if url.scheme not in ("http", "https") or not url.host or url.user is not None:
            raise LinkUnusable("not_a_link", str(first))
        if _place(url) in self._trusted:
            return
        # The guard sees all addresses; a port can only be seen here.
        if url.port not in _PORTS or _literal(url.host) is False:
            raise LinkUnusable("private", str(first))


@asynccontextmanager
async def opened(trusted: Iterable[str] = ()) -> AsyncIterator[WebFetch]:
    """Open a fetcher; trusted: base addresses of the platform's file server, wherever that is."""
    async with guarded_session() as strangers, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as platform:
        yield WebFetch(strangers, platform, trusted)


@asynccontextmanager
async def guarded_session(
    resolver: AbstractResolver | None = None, create: Callable[..., socket.socket] = socket.socket
) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session that creates no socket to a private address, whatever a name resolves to."""

    def guard(address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, target = address
        if not _public(target[0]):
            raise _Private(f"{target[0]} is not a public address")
        return create(family, kind, protocol)

    connector = aiohttp.TCPConnector(socket_factory=guard, resolver=resolver, use_dns_cache=False)
    async with aiohttp.ClientSession(
        connector=connector, headers={"User-Agent": AGENT}, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        yield session


async def _body(response: aiohttp.ClientResponse, url: str) -> bytes:
    if (response.content_length or 0) > MOST_BYTES:
        raise LinkUnusable("too_large", url)
    data = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        data += chunk
        if len(data) > MOST_BYTES:
            raise LinkUnusable("too_large", url)
    return bytes(data)


def _public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if found in _TRANSLATED:
        found = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
    return found.is_global and not found.is_multicast and not any(found in network for network in _NOT_FOR_ALL)


def _literal(host: str) -> bool | None:
    """Whether an address written in numbers is public; None for a name."""
    try:
        return _public(host.strip("[]"))
    except ValueError:
        return None


def _place(url: yarl.URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.host, url.port


def _is_private(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, _Private):
            return True
        error = getattr(error, "os_error", None) or error.__cause__ or error.__context__
    return False
