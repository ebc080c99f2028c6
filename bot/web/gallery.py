"""The page of a finished job: its pictures in full, what they were made from, and what was made from them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from aiohttp import ETag, hdrs, web

from bot.actions import ACTIONS
from bot.studio import House
from bot.texts import say
from bot.web.assets import Assets, Html, joined
from db import jobs, pictures
from db.database import Conn
from db.jobs import Job
from db.pictures import Picture
from pipeline import encode
from pipeline.spec import Spec
from pipeline.store import PictureDamaged, PictureMissing

MOST_ABOVE, MOST_BELOW = 8, 24
"""Of the family that one page shows."""
SMALL_PX = 320
SMALL_KEPT = 256
"""Thumbnails in memory, of some 10 kB each."""
AT_ONCE = 2
"""Pictures read at the same time: a large one fills a hundred megabytes while it is decoded."""
JOB = r"/jobs/{id:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}}"
FILMS = {"mp4": "video/mp4", "webp": "image/webp"}
PRIVATE = {"X-Robots-Tag": "noindex", "Cache-Control": "private, no-cache"}
"""Asked for anew each time, so that what its owner takes away is gone."""
KINDS = {
    "imagine": "web.job.imagine",
    "vary": "web.job.vary",
    "remix": "web.job.remix",
    "upscale": "web.job.upscale",
    "enlarge": "web.job.enlarge",
    "zoom": "web.job.zoom",
    "pan": "web.job.pan",
}


@dataclass(frozen=True, kw_only=True)
class _Relative:
    """A job of the family."""

    job: Job
    shelf: list[Picture]
    slot: int | None
    """Which picture of the older of the two the younger was made from; None: none in particular."""


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """All that a page tells."""

    job: Job
    shelf: list[Picture]
    above: list[_Relative]
    """The parent first."""
    below: list[_Relative]


def routes(house: House, assets: Assets) -> list[web.RouteDef]:
    """Offer the pages and their pictures, to whoever knows a job's random id; there is no list of them."""
    pages = _Pages(house, assets)
    return [
        web.get(JOB, pages.show),
        web.get(JOB + r"/{slot:[1-9][0-9]?}.png", pages.picture),
        web.get(JOB + r"/film.{extension:mp4|webp}", pages.film),
        web.get("/jobs{rest:(?:/.*)?}", pages.missing),
    ]


class _Pages:
    """Answers for one house."""

    def __init__(self, house: House, assets: Assets) -> None:
        self._house = house
        self._assets = assets
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._small: Callable[[str], bytes] = lru_cache(maxsize=SMALL_KEPT)(self._shrunk)

    async def show(self, request: web.Request) -> web.Response:
        shown = await self._house.database.read(_shown, request.match_info["id"])
        if shown is None:
            return await self.missing(request)
        kept = await asyncio.to_thread(lambda: [one for one in shown.shelf if self._house.store.has(one.sha256)])
        return web.Response(text=self._page(shown, kept), content_type="text/html", headers=PRIVATE)

    async def missing(self, request: web.Request) -> web.Response:
        """Say the same of what never was, is hidden, is gone or is not finished."""
        text = self._assets.notice(request, say("web.job.missing.title"), say("web.job.missing"))
        return web.Response(text=text, content_type="text/html", status=404, headers=PRIVATE)

    async def picture(self, request: web.Request) -> web.Response:
        """Send the stored file itself, or with `?small` a thumbnail."""
        found = await self._house.database.read(_picture, request.match_info["id"], int(request.match_info["slot"]))
        if found is None:
            return await self.missing(request)
        small = "small" in request.query
        mark = f"{found.sha256}-small" if small else found.sha256
        if any(one.value in (mark, "*") for one in request.if_none_match or ()):
            return _marked(web.Response(status=304, headers=PRIVATE), mark)
        try:
            async with self._turn:
                data = await asyncio.to_thread(self._small if small else self._house.store.read, found.sha256)
        except (PictureMissing, PictureDamaged):
            return await self.missing(request)
        kind = "image/webp" if small else "image/png"
        return _marked(web.Response(body=data, content_type=kind, headers=PRIVATE), mark)

    async def film(self, request: web.Request) -> web.StreamResponse:
        """Send the film, in parts where a browser asks for parts."""
        job = await self._house.database.read(_visible, request.match_info["id"])
        extension = request.match_info["extension"]
        if job is None or job.film is None or job.film.extension != extension:
            return await self.missing(request)
        try:
            path = await asyncio.to_thread(self._house.store.path, job.film.sha256)
        except PictureMissing:
            return await self.missing(request)
        return web.FileResponse(path, headers={**PRIVATE, hdrs.CONTENT_TYPE: FILMS[extension]})

    def _shrunk(self, sha256: str) -> bytes:
        image = encode.decode(self._house.store.read(sha256))
        image.thumbnail((SMALL_PX, SMALL_PX))
        return encode.preview(image)

    def _page(self, shown: _Shown, kept: Sequence[Picture]) -> Html:
        job, spec = shown.job, Spec.from_json(shown.job.spec)
        card = self._house.catalog.models.get(spec.model)
        at = datetime.fromtimestamp((job.finished_at or job.created_at) / 1000, tz=UTC)
        return self._assets.page(
            "job.html",
            title=say("web.job.title", kind=_kind(job), who=job.user_name),
            kind=_kind(job),
            who=job.user_name,
            at=at.isoformat(timespec="seconds"),
            when=f"{at:%Y-%m-%d %H:%M} UTC",
            prompt=job.prompt,
            model=card.title if card else spec.model,
            seed=spec.seed,
            size=f"{shown.shelf[0].width_px} × {shown.shelf[0].height_px}",
            id=job.id,
            shape="grid" if len(shown.shelf) > 1 else "single",
            pictures=self._pictures(job, spec, kept),
            film=self._film(job),
            family=self._family(shown),
        )

    def _pictures(self, job: Job, spec: Spec, kept: Sequence[Picture]) -> Html:
        if not kept:
            return self._assets.page("job_gone.html")
        name = encode.file_name(job.user_name, spec.prompt, job.id, "png")
        return joined(
            self._assets.page(
                "job_picture.html",
                address=f"{job.id}/{one.idx + 1}.png",
                alt=say("web.job.picture", number=one.idx + 1),
                file_name=f"{one.idx + 1}_{name}" if len(kept) > 1 else name,
                width=one.width_px,
                height=one.height_px,
            )
            for one in kept
        )

    def _film(self, job: Job) -> Html:
        if job.film is None:
            return Html("")
        return self._assets.page(f"job_film_{job.film.extension}.html", id=job.id)

    def _family(self, shown: _Shown) -> Html:
        """The rows of those that the job was made from, nearest first, and of those made from it."""
        rows = ((say("web.job.above"), shown.above), (say("web.job.below"), shown.below))
        return joined(
            self._assets.page("job_family.html", heading=heading, relatives=joined(map(self._relative, relatives)))
            for heading, relatives in rows
            if relatives
        )

    def _relative(self, one: _Relative) -> Html:
        return self._assets.page(
            "job_relative.html",
            address=one.job.id,
            picture=f"{one.job.id}/{one.shelf[0].idx + 1}.png?small",
            kind=_kind(one.job),
            who=say("web.job.slot", who=one.job.user_name, slot=one.slot) if one.slot else one.job.user_name,
        )


def _marked(response: web.Response, mark: str) -> web.Response:
    response.etag = ETag(mark)
    return response


def _kind(job: Job) -> str:
    """What a job is, in words: "Variations (Subtle)"."""
    action = ACTIONS[job.action]
    wording = "remix" if action.wording == "vary" and job.remixed else action.wording
    return say(KINDS[wording], manner=say(f"manner.{action.manner}"))


def _visible(conn: Conn, job_id: str) -> Job | None:
    """A job that everybody with its address may see: delivered, not hidden, not taken away."""
    job = jobs.get(conn, job_id)
    if job is None or job.state != "delivered" or job.stealth or job.removed:
        return None
    return job


def _picture(conn: Conn, job_id: str, slot: int) -> Picture | None:
    if _visible(conn, job_id) is None:
        return None
    return next((one for one in pictures.of_job(conn, job_id) if one.idx + 1 == slot), None)


def _shown(conn: Conn, job_id: str) -> _Shown | None:
    job = _visible(conn, job_id)
    shelf = pictures.of_job(conn, job_id)
    if job is None or not shelf:
        return None
    return _Shown(job=job, shelf=shelf, above=_above(conn, job), below=_below(conn, job, shelf))


def _above(conn: Conn, job: Job) -> list[_Relative]:
    """Those that a job was made from, up to the first or to one that is hidden."""
    found: list[_Relative] = []
    while job.parent_id is not None and len(found) < MOST_ABOVE:
        parent = _visible(conn, job.parent_id)
        shelf = pictures.of_job(conn, job.parent_id)
        if parent is None or not shelf:
            break
        # The thumbnail is the very picture that the younger one was made from.
        slot = job.parent_slot if len(shelf) > 1 else None
        first = [one for one in shelf if one.idx + 1 == slot] or shelf
        found.append(_Relative(job=parent, shelf=first, slot=slot))
        job = parent
    return found


def _below(conn: Conn, job: Job, shelf: Sequence[Picture]) -> list[_Relative]:
    """The newest of those that were made from a job, oldest first."""
    seen = [one for one in jobs.children(conn, job.id) if _visible(conn, one.id)][-MOST_BELOW:]
    shelves = [(child, pictures.of_job(conn, child.id)) for child in seen]
    several = len(shelf) > 1
    return [_Relative(job=one, shelf=own, slot=one.parent_slot if several else None) for one, own in shelves if own]
