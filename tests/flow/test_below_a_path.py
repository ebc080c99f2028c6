"""The bot's pages below a path of a larger site: every link, picture, script and form keeps to it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import aiohttp
import pytest

from tests.e2e.person import Message, job_of
from tests.flow.proxy import free_port, proxy
from tests.flow.test_region import marked
from tests.flow.town import Town, town

# What a browser fetches or follows because of a page, a script or a style.
REFERENCE = re.compile(r"""(?:(?:src|href|action)=|import[^"']*|from\s+)["']([^"'#]+)["']""")
LINK = re.compile(r"http://[^\s<>)]+")


@dataclass(frozen=True, kw_only=True)
class Site:
    """A town whose pages are reached through another web server."""

    here: Town
    base: str
    session: aiohttp.ClientSession

    async def get(self, url: str) -> tuple[int, str]:
        async with self.session.get(url) as answer:
            return answer.status, (await answer.read()).decode(errors="replace")

    async def fetched(self, url: str) -> dict[str, int]:
        """The status of a page and of all that it refers to, as a browser would fetch it."""
        found: dict[str, int] = {}
        open_ones = [url]
        while open_ones:
            at = open_ones.pop()
            found[at], text = await self.get(at)
            if at == url or at.endswith((".js", ".css")):
                goals = {urljoin(at, one) for one in REFERENCE.findall(text) if not one.startswith("data:")}
                open_ones += [one for one in goals if one not in found]
        return found

    async def single(self) -> Message:
        ada = self.here.ada
        grid = await ada.result(job_of(await ada.answer(await ada.use("imagine", prompt="a red fox"))))
        pressed = await ada.press(grid, f"MJ::JOB::upsample::1::{job_of(grid)}")
        single = await ada.result(job_of(await ada.answer(pressed)))
        await self.here.ended(job_of(single))  # the message is seen a moment before it is noted as posted
        return single


@asynccontextmanager
async def site(home: Path) -> AsyncIterator[Site]:
    port = free_port()
    async with (
        proxy("/art/easel", f"http://127.0.0.1:{port}") as base,
        town(home, web_port=port, public_url=base) as here,
        aiohttp.ClientSession() as session,
    ):
        yield Site(here=here, base=base, session=session)


async def test_a_jobs_page_and_all_on_it_are_reached_below_a_path(tmp_path: Path) -> None:
    async with site(tmp_path) as one:
        single = await one.single()
        buttons = [part for row in single["components"] for part in row["components"]]
        [web] = [part["url"] for part in buttons if part.get("url")]
        fetched = await one.fetched(web)

        assert web.partition("?")[0] == f"{one.base}/jobs/{job_of(single)}"
        assert set(fetched.values()) == {200}, fetched
        assert all(url.startswith(f"{one.base}/") for url in fetched)
        for part in (f"{job_of(single)}/1.png", "/page/page.css", "?small"):
            assert [url for url in fetched if part in url], part


async def test_the_region_editor_is_reached_and_sends_below_a_path(tmp_path: Path) -> None:
    async with site(tmp_path) as one:
        single = await one.single()
        ada = one.here.ada
        said = await ada.answer(await ada.press(single, f"MJ::Inpaint::1::{job_of(single)}::SOLO"))
        [link] = LINK.findall(said["content"])
        fetched = await one.fetched(link)
        form = aiohttp.FormData()
        form.add_field("mask", marked((256, 256)), filename="mask.png")
        async with one.session.post(link, data=form) as answer:
            told = await answer.json()

        assert link.startswith(f"{one.base}/region/")
        assert set(fetched.values()) == {200}, fetched
        assert {f"{one.base}/page/{name}" for name in ("page.css", "region.js", "strokes.js", "view.js")} <= set(
            fetched
        )
        assert (await one.get(f"{link}/picture.png"))[0] == 200
        assert answer.status == 200, told
        assert (await one.here.ended(told["job"])).state == "delivered"


@pytest.mark.parametrize(
    "path", ["/jobs", "/jobs/none", "/jobs/none/1.png", "/jobs/a/b/c/", "/jobs/a%2fb/c", "/region/x"]
)
async def test_a_page_that_says_no_keeps_its_looks_below_a_path(tmp_path: Path, path: str) -> None:
    async with site(tmp_path) as one:
        fetched = await one.fetched(one.base + path)

        assert fetched.pop(one.base + path) == 404
        assert fetched == {f"{one.base}/page/page.css": 200}
