"""The region editor: a page on which a part of a picture is marked, with mouse, pen or finger."""

import asyncio
import json
from collections.abc import Mapping

import structlog
from aiohttp import web

from bot import errors
from bot.regions import Region, Regions
from bot.replies import Notice, reply_to
from bot.texts import ENGLISH, say
from bot.web.assets import Assets
from db.jobs import Acceptance

log = structlog.get_logger(__name__)

STATUS: Mapping[type[Exception], int] = {errors.LinkForged: 404, errors.LinkUsed: 410, errors.PictureGone: 410}


def routes(regions: Regions, assets: Assets) -> list[web.RouteDef]:
    """Offer the page, the picture to mark, and the way back."""
    pages = _Pages(regions, assets)
    return [
        web.get("/region/{token}", pages.show),
        web.get("/region/{token}/picture.png", pages.picture),
        web.post("/region/{token}", pages.submit),
    ]


class _Pages:
    """Answers for one set of links."""

    def __init__(self, regions: Regions, assets: Assets) -> None:
        self._regions = regions
        self._assets = assets

    async def show(self, request: web.Request) -> web.Response:
        try:
            region = await self._regions.look(request.match_info["token"])
            if region.standing != "open":
                raise errors.LinkUsed(region.standing)
        except errors.Refused as error:
            return self._said(request, error)
        return web.Response(text=self._page(region), content_type="text/html", headers={"Cache-Control": "no-store"})

    def _page(self, region: Region) -> str:
        return self._assets.page("region.html", prompt=region.prompt, facts=_facts(region))

    def _said(self, request: web.Request, error: Exception) -> web.Response:
        """Answer with a page that holds nothing but the reason."""
        notice, status = _notice(error)
        text = self._assets.notice(request, notice.title, notice.body)
        return web.Response(text=text, content_type="text/html", status=status)

    async def picture(self, request: web.Request) -> web.Response:
        try:
            png = await self._regions.picture(request.match_info["token"])
        except errors.Refused as error:
            return _refused(error)
        return web.Response(body=png, content_type="image/png", headers={"Cache-Control": "private, max-age=1800"})

    async def _accept(self, request: web.Request) -> Acceptance:
        token = request.match_info["token"]
        await self._regions.look(token)  # before the upload is taken in: the port may be open to strangers
        form = await request.post()
        mask, text = await asyncio.to_thread(_mask, form.get("mask")), form.get("prompt")
        return await self._regions.submit(token, mask, text if isinstance(text, str) else None)

    async def submit(self, request: web.Request) -> web.Response:
        """Take a form with the file `mask` and, where Remix is on, the text `prompt`."""
        try:
            accepted = await self._accept(request)
        except Exception as error:  # noqa: BLE001 - a page must be told in words, too
            return _refused(error)
        said = say("web.region.queued" if accepted.held_back else "web.region.accepted")
        return web.json_response({"job": accepted.job.id, "say": said})


def _mask(given: object) -> bytes:
    """Return the bytes of the marked part; they lie in memory or in a file that was just written."""
    if not isinstance(given, web.FileField):
        raise errors.MaskRefused("unreadable")
    return given.file.read()


def _facts(region: Region) -> str:
    """What the page's script needs to know, as JSON."""
    facts: dict[str, object] = {
        "key": region.picture.sha256[:16],
        "width": region.picture.width_px,
        "height": region.picture.height_px,
        "remix": region.remix,
        "texts": {key: text for key, text in ENGLISH.items() if key.startswith("web.")},
    }
    return json.dumps(facts)


def _refused(error: Exception) -> web.Response:
    notice, status = _notice(error)
    return web.json_response({"title": notice.title, "say": notice.body}, status=status)


def _notice(error: Exception) -> tuple[Notice, int]:
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        error = errors.MaskRefused("unreadable")
    notice = reply_to(error)
    if notice is not None:
        return notice, next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)
    log.error("page failed", exc_info=error)
    return Notice(title=say("error.bug.title"), body=say("error.bug", reference="/region")), 500
