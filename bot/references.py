"""Pictures that prompts point to: fetched once, kept in the store, found again when the link is dead."""

import asyncio
from collections.abc import Iterable, Mapping

import yarl

from bot.clock import Clock
from bot.errors import LinkUnusable
from bot.fetch import Fetch
from db import references
from db.database import Database
from db.references import Reference
from pipeline import foreign
from pipeline.store import PictureStore

MOST_LINKS = 10
"""In one prompt."""


class References:
    """Looks pictures up by link."""

    def __init__(self, database: Database, store: PictureStore, fetch: Fetch, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._fetch = fetch
        self._clock = clock

    async def look_up(self, urls: Iterable[str]) -> Mapping[str, Reference]:
        """Return the stored pictures behind some links, fetching what is not here yet; raises LinkUnusable."""
        wanted = list(dict.fromkeys(urls))
        for url in wanted:
            _check(url)
        if not wanted:
            return {}
        if len(wanted) > MOST_LINKS:
            raise LinkUnusable("too_many", wanted[MOST_LINKS])
        known = await self._database.read(references.known, [lasting(url) for url in wanted])
        there = {key: found for key, found in known.items() if await asyncio.to_thread(self._store.has, found.sha256)}
        missing = [url for url in wanted if lasting(url) not in there]
        fetched = await asyncio.gather(*map(self._take, missing))
        return {url: there[lasting(url)] for url in wanted if lasting(url) in there} | dict(
            zip(missing, fetched, strict=True)
        )

    async def _take(self, url: str) -> Reference:
        data = await self._fetch(url)
        try:
            taken = await asyncio.to_thread(foreign.take, data)
        except foreign.UnusablePicture as error:
            raise LinkUnusable(error.flaw, url) from error
        sha256 = await asyncio.to_thread(self._store.put, taken.png)
        found = Reference(url=lasting(url), sha256=sha256, width_px=taken.width_px, height_px=taken.height_px)
        await self._database.write(references.remember, found, self._clock())
        return found


def _check(url: str) -> None:
    """Raise LinkUnusable for what looks like a link and is none: `http://[`, a port of letters."""
    try:
        lasting(url)
    except ValueError as error:
        raise LinkUnusable("unreachable", url) from error


def upload_name(url: str) -> str:
    """The name of a file that came with a command, which nobody typed a link for; empty for a link."""
    parts = yarl.URL(url).parts if "/ephemeral-attachments/" in url else ()
    return parts[-1] if parts else ""


def lasting(url: str) -> str:
    """The part of a link that names the picture: the signatures of file servers change from day to day."""
    parsed = yarl.URL(url)
    return str(parsed.with_query(None)) if {"ex", "is", "hm"} <= set(parsed.query) else str(parsed)
