"""Serves the page, and gives its session to whoever opened the address with the key."""

import hmac
from pathlib import Path

from aiohttp import web

from playground.snowflake import Json

FOLDER = Path(__file__).parent / "page"
POLICY = (
    "default-src 'self'; connect-src 'self' {gateway}; img-src 'self' data: blob:; media-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
WELCOME = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="0; url=/"><title>Easel</title><p>Opening … <a href="/">go on</a></p></html>"""
LOCKED = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Easel playground</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem}</style>
<h1>Almost there</h1>
<p>Please open the address that was printed in the terminal when Easel started. It carries a key that lets this
browser in, so that other pages and other users of this machine stay out.</p>
<p>It looks like <code>http://127.0.0.1:…/?key=…</code>, and is needed only once per browser.</p></html>"""


class Page:
    """The handlers."""

    def __init__(
        self, key: str, port: int, gateway_url: str, session: Json, hints: str = "", folder: Path = FOLDER
    ) -> None:
        self._key = key
        self._cookie = f"easel_page_{port}"  # cookies do not tell ports apart
        self._headers = {
            "Content-Security-Policy": POLICY.format(gateway=gateway_url),
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        self._session = session
        self._hints = hints
        self._folder = folder.resolve()

    async def index(self, request: web.Request) -> web.StreamResponse:
        """`GET /`: takes the key once, then shows the page."""
        if self._same(request.query.get("key")):
            # Not a redirect: after one from another site, a SameSite=Strict cookie would not be sent back at once.
            response = web.Response(text=WELCOME, content_type="text/html", headers=self._headers)
            response.set_cookie(self._cookie, self._key, httponly=True, samesite="Strict", path="/", max_age=31_536_000)
            return response
        if not self._may_enter(request):
            return self._locked()
        return web.FileResponse(self._folder / "index.html", headers=self._headers)

    async def session(self, request: web.Request) -> web.Response:
        """`GET /_page/session`: who can be played, and with which tokens."""
        if not self._may_enter(request):
            return self._locked()
        return web.json_response(self._session, headers={"Cache-Control": "no-store"})

    async def hints(self, _: web.Request) -> web.Response:
        """`GET /_page/hints`: what the first screen should say; 204 when nobody said anything."""
        if not self._hints:
            return web.Response(status=204)
        return web.Response(text=self._hints, content_type="application/json", headers={"Cache-Control": "no-cache"})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Any other file of the page."""
        path = (self._folder / request.match_info["path"]).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=self._headers)

    def _locked(self) -> web.Response:
        return web.Response(status=403, text=LOCKED, content_type="text/html")

    def _may_enter(self, request: web.Request) -> bool:
        return self._same(request.cookies.get(self._cookie))

    def _same(self, key: str | None) -> bool:
        return key is not None and hmac.compare_digest(key.encode(), self._key.encode())
