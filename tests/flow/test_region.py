"""Vary (Region): a link for one use, a mask that fits, a result that keeps what was not marked."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
import pytest
from aiohttp import web
from PIL import Image, ImageDraw

from bot import errors
from bot.regions import VALID_MS, Regions
from bot.settings import Settings
from bot.texts import say
from bot.web import region as pages
from bot.web.assets import Assets
from bot.web.security import guard
from db import people
from db.jobs import Acceptance, Job
from pipeline import encode
from pipeline.engine import Painter
from pipeline.spec import Spec
from tests.flow.conftest import Opened, Place, asker, press

PUBLIC = Settings(public_url="https://art.example")


@dataclass(kw_only=True)
class Studio:
    """A single picture, and the desk that gives links to its editor."""

    here: Place
    regions: Regions
    solo: Job
    announced: list[Acceptance]

    async def link(self) -> str:
        url = await self.regions.link(press(self.solo, "inpaint", 1), asker())
        return url.rpartition("/")[2]

    async def size(self) -> tuple[int, int]:
        shown = await self.regions.look(await self.link())
        return shown.picture.width_px, shown.picture.height_px

    async def mask(self) -> bytes:
        return marked(await self.size())


def marked(size: tuple[int, int], box: tuple[int, int, int, int] = (10, 10, 60, 60), kind: str = "PNG") -> bytes:
    image = Image.new("L", size)
    ImageDraw.Draw(image).rectangle(box, fill=255)
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return buffer.getvalue()


@asynccontextmanager
async def studio(place: Opened, text: str = "a red house", settings: Settings = PUBLIC) -> AsyncIterator[Studio]:
    async with place(settings=settings) as here:
        grid = await here.ended((await here.studio.imagine(text, asker())).job.id)
        solo = await here.ended((await here.studio.press(press(grid, "upsample", 1), asker())).job.id)
        announced: list[Acceptance] = []

        async def announce(acceptance: Acceptance) -> None:
            announced.append(acceptance)

        regions = Regions(here.studio.intake.house, here.studio, b"s" * 32)
        regions.announce = announce
        yield Studio(here=here, regions=regions, solo=solo, announced=announced)


async def test_what_was_not_marked_stays_bit_for_bit(place: Opened) -> None:
    async with studio(place) as one:
        accepted = await one.regions.submit(await one.link(), await one.mask(), None)
        done = await one.here.ended(accepted.job.id)
        spec = Spec.from_json(done.spec)
        assert spec.source is not None
        before = encode.decode(one.here.store.read(spec.source.sha256))
        parcel = one.here.courier.delivered[-1]

        assert (done.state, spec.verb) == ("delivered", "repaint")
        assert parcel.job.id == done.id
        assert one.announced == [accepted]
        artifacts = [await one.here.picture_of(done, slot) for slot in range(1, 5)]
        outside = Image.new("L", before.size, 255)
        ImageDraw.Draw(outside).rectangle((10, 10, 60, 60), fill=0)
        for after in artifacts:
            assert only(after, outside) == only(before, outside)
            assert after.tobytes() != before.tobytes()


def only(picture: Image.Image, mask: Image.Image) -> bytes:
    black = Image.new("RGB", picture.size)
    return Image.composite(picture, black, mask).tobytes()


async def test_a_link_works_once(place: Opened) -> None:
    async with studio(place) as one:
        token, mask = await one.link(), await one.mask()
        await one.regions.submit(token, mask, None)
        free = await one.here.free(asker())

        with pytest.raises(errors.LinkUsed):
            await one.regions.submit(token, mask, None)
        assert await one.here.free(asker()) == free


async def test_a_link_lives_for_half_an_hour(place: Opened) -> None:
    async with studio(place) as one:
        token, mask = await one.link(), await one.mask()
        one.here.now[0] += VALID_MS + 1
        with pytest.raises(errors.LinkUsed) as refused:
            await one.regions.submit(token, mask, None)
        assert refused.value.standing == "expired"


async def test_a_forged_link_leads_nowhere(place: Opened) -> None:
    async with studio(place) as one:
        token = await one.link()
        for forged in (("A" if token[0] != "A" else "B") + token[1:], "x", token.partition(".")[0], ""):
            with pytest.raises(errors.LinkForged):
                await one.regions.look(forged)


@pytest.mark.parametrize(
    ("wrong", "flaw"),
    [(b"no picture", "unreadable"), (marked((7, 7), (0, 0, 6, 6)), "size"), (b"", "unreadable")],
)
async def test_a_mask_that_does_not_fit_is_refused_free_and_leaves_the_link_good(
    place: Opened, wrong: bytes, flaw: str
) -> None:
    async with studio(place) as one:
        token, mask = await one.link(), await one.mask()
        free = await one.here.free(asker())
        with pytest.raises(errors.MaskRefused) as refused:
            await one.regions.submit(token, wrong, None)

        assert refused.value.flaw == flaw
        assert await one.here.free(asker()) == free
        assert (await one.regions.submit(token, mask, None)).fresh


async def test_nothing_marked_is_refused(place: Opened) -> None:
    async with studio(place) as one:
        with pytest.raises(errors.MaskRefused) as refused:
            await one.regions.submit(await one.link(), marked(await one.size(), (-5, -5, -1, -1)), None)
        assert refused.value.flaw == "empty"


async def test_a_picture_that_is_gone_says_so(place: Opened) -> None:
    async with studio(place) as one:
        token = await one.link()
        shown = await one.regions.look(token)
        one.here.store.path(shown.picture.sha256).unlink()
        with pytest.raises(errors.PictureGone):
            await one.regions.look(token)


async def test_only_with_remix_the_prompt_changes(place: Opened) -> None:
    async with studio(place) as one:
        plain = await one.regions.submit(await one.link(), await one.mask(), "a blue boat")
        await one.here.database.write(people.put, asker().user_id, people.Preferences(remix=True), 1)
        one.here.now[0] += 10_000
        remixed = await one.regions.submit(await one.link(), await one.mask(), "a blue boat")

        assert (plain.job.prompt, plain.job.remixed) == ("a red house", False)
        assert (remixed.job.prompt, remixed.job.remixed) == ("a blue boat", True)


async def test_a_wrong_prompt_leaves_the_link_good(place: Opened) -> None:
    async with studio(place) as one:
        await one.here.database.write(people.put, asker().user_id, people.Preferences(remix=True), 1)
        token, mask = await one.link(), await one.mask()
        with pytest.raises(Exception, match="chaos"):
            await one.regions.submit(token, mask, "a boat --chaos 9999")
        assert (await one.regions.submit(token, mask, "a boat")).fresh


# -- over the web -------------------------------------------------------------


@asynccontextmanager
async def served(one: Studio) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    assets = Assets()
    app = web.Application(middlewares=[guard])
    app.router.add_routes([*pages.routes(one.regions, assets), *assets.routes()])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as session:
            yield session, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_the_page_shows_the_picture_and_takes_the_mask(place: Opened) -> None:
    async with studio(place) as one, served(one) as (session, base):
        address = f"{base}/region/{await one.link()}"
        page = await session.get(address)
        picture = await session.get(f"{address}/picture.png")
        form = aiohttp.FormData()
        form.add_field("mask", await one.mask(), filename="mask.png", content_type="image/png")
        answer = await session.post(address, data=form)

        assert page.status == picture.status == answer.status == 200
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert picture.content_type == "image/png"
        assert (await answer.json())["job"] == one.announced[0].job.id


async def nobody() -> list[Painter]:
    """No painter is there."""
    return []


@pytest.mark.parametrize(("max_running", "queued"), [(1, True), (2, False)])
async def test_the_page_says_that_the_job_has_to_wait_for_others_of_its_member(
    place: Opened, monkeypatch: pytest.MonkeyPatch, max_running: int, queued: bool
) -> None:
    async with studio(place, settings=replace(PUBLIC, max_running=max_running)) as one, served(one) as (session, base):
        form = aiohttp.FormData()
        form.add_field("mask", await one.mask(), filename="mask.png", content_type="image/png")
        address = f"{base}/region/{await one.link()}"
        monkeypatch.setattr(one.here.runner._shop.engine, "painters", nobody)
        await one.here.studio.imagine("another", asker())

        answer = await (await session.post(address, data=form)).json()

        assert answer["say"] == say("web.region.queued" if queued else "web.region.accepted")


async def test_the_page_says_kindly_what_is_wrong(place: Opened) -> None:
    async with studio(place) as one, served(one) as (session, base):
        token = await one.link()
        await one.regions.submit(token, await one.mask(), None)
        used = await session.get(f"{base}/region/{token}")
        forged = await session.get(f"{base}/region/forged")
        empty = await session.post(f"{base}/region/{await one.link()}", data={"mask": "text"})

        assert (used.status, forged.status, empty.status) == (410, 404, 400)
        assert "works once" in await used.text()
        assert "whole link" in await forged.text()
        assert "did not arrive" in (await empty.json())["say"]


async def test_what_comes_by_a_forged_link_is_not_even_read(place: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(_request: web.Request) -> None:
        raise AssertionError("a stranger's upload was taken in")

    async with studio(place) as one, served(one) as (session, base):
        form = aiohttp.FormData()
        form.add_field("mask", await one.mask(), filename="mask.png")
        monkeypatch.setattr(web.Request, "post", read)
        answer = await session.post(f"{base}/region/forged", data=form)

        assert answer.status == 404


async def test_scripts_and_styles_are_served(place: Opened) -> None:
    async with studio(place) as one, served(one) as (session, base):
        for name, kind in (("region.js", "text/javascript"), ("page.css", "text/css")):
            answer = await session.get(f"{base}/page/{name}")
            assert (answer.status, answer.content_type) == (200, kind)
