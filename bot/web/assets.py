"""The files of the bot's own pages, read once at the start; texts are filled in from the one place where they are.

Pages refer to one another by relative addresses alone, so they work below any path that a web server puts before them.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from html import escape
from importlib import resources
from string import Template

from aiohttp import web

from bot.texts import ENGLISH

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KINDS = {"js": "text/javascript", "css": "text/css"}


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def joined(parts: Iterable[Html]) -> Html:
    return Html("".join(parts))


class Assets:
    """Templates, scripts and styles."""

    def __init__(self) -> None:
        """Read the files; slow, so call it in a thread."""
        folder = resources.files("bot.web").joinpath("page")
        self._files = {one.name: one.read_text(encoding="utf-8") for one in folder.iterdir() if one.is_file()}

    def page(self, name: str, **values: object) -> Html:
        """Fill a template in, everything but Html made harmless; `web.x.y` of the texts stands there as $web_x_y."""
        texts = {key.replace(".", "_"): text for key, text in ENGLISH.items() if key.startswith("web.")}
        shown: Mapping[str, str] = {key: _harmless(value) for key, value in (texts | values).items()}
        return Html(Template(self._files[name]).substitute(shown))

    def notice(self, request: web.Request, title: str, body: str) -> Html:
        """Fill in a page that holds nothing but words; it may stand at any address, so the way up is counted."""
        return self.page("notice.html", up="../" * (request.rel_url.raw_path.count("/") - 1), title=title, body=body)

    def routes(self) -> list[web.RouteDef]:
        """Offer scripts and styles."""
        return [web.get(f"/page/{name}", self._file(name)) for name in self._files if name.rpartition(".")[2] in KINDS]

    def _file(self, name: str) -> Handler:
        kind = KINDS[name.rpartition(".")[2]]

        async def file(_request: web.Request) -> web.Response:
            return web.Response(text=self._files[name], content_type=kind, headers={"Cache-Control": "no-cache"})

        return file


def _harmless(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))
