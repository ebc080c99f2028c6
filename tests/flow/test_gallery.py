"""The page of a job: what it shows, what it hides, and where results link to."""

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from PIL import Image
from yarl import URL

from bot.chat import present
from bot.settings import Settings
from bot.web import gallery
from bot.web.assets import Assets
from bot.web.security import guard
from db import jobs, pictures
from db.jobs import Job
from pipeline.spec import Spec
from tests.e2e.person import job_of
from tests.e2e.processes import openapi_path
from tests.flow.conftest import Opened, Place, asker, press
from tests.flow.proxy import free_port
from tests.flow.town import town

UNKNOWN = "0b7e4f0e-6a55-4d0e-9c0b-1f2e3d4c5b6a"
OWN = Settings(public_url="https://art.example", web_port=8420)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A browser at the bot's pages."""

    session: aiohttp.ClientSession
    base: str

    async def get(self, path: str, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
        address = URL(self.base + path, encoded=True)
        async with self.session.get(address, headers=headers) as answer:
            return answer.status, await answer.read(), answer.headers

    async def status(self, path: str) -> int:
        return (await self.get(path))[0]

    async def text(self, path: str) -> str:
        return (await self.get(path))[1].decode()


@asynccontextmanager
async def visiting(here: Place) -> AsyncIterator[Visitor]:
    assets = Assets()
    app = web.Application(middlewares=[guard])
    app.router.add_routes([*gallery.routes(here.studio.intake.house, assets), *assets.routes()])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Visitor(session=session, base=f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


async def drawn(here: Place, text: str = "a red house") -> Job:
    return await here.ended((await here.studio.imagine(text, asker())).job.id)


async def pressed(here: Place, job: Job, action: str, slot: int = 0) -> Job:
    here.now[0] += 10_000
    return await here.ended((await here.studio.press(press(job, action, slot), asker("ben"))).job.id)


async def test_the_page_of_a_grid_tells_all_and_needs_no_script(place: Opened) -> None:
    async with place() as here, visiting(here) as visitor:
        job = await drawn(here, "a red house --seed 7")
        status, body, headers = await visitor.get(f"/jobs/{job.id}")
        page = body.decode()

        assert status == 200
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Robots-Tag"] == "noindex"
        assert "<script" not in page
        assert "a red house" in page
        for fact in ("ada", "2023-11-14", ">7<", job.id, *(f'src="{job.id}/{slot}.png"' for slot in (1, 2, 3, 4))):
            assert fact in page
        assert f'download="2_ada_a_red_house_{job.id}.png"' in page


async def test_pictures_are_the_stored_bytes_and_are_sent_once(place: Opened) -> None:
    async with place() as here, visiting(here) as visitor:
        job = await drawn(here)
        for one in await here.database.read(pictures.of_job, job.id):
            status, body, headers = await visitor.get(f"/jobs/{job.id}/{one.idx + 1}.png")
            assert (status, body) == (200, here.store.read(one.sha256))
            assert headers["ETag"] == f'"{one.sha256}"'
            assert headers["Cache-Control"].startswith("private")
            again = await visitor.get(f"/jobs/{job.id}/{one.idx + 1}.png", **{"If-None-Match": f'"{one.sha256}"'})
            assert again[:2] == (304, b"")


async def test_thumbnails_are_small_webp(place: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "SMALL_PX", 40)
    async with place() as here, visiting(here) as visitor:
        job = await drawn(here)
        first = await visitor.get(f"/jobs/{job.id}/1.png?small")
        again = await visitor.get(f"/jobs/{job.id}/1.png?small")

        with Image.open(io.BytesIO(first[1])) as image:
            assert (image.format, max(image.size)) == ("WEBP", 40)
        assert first[1] == again[1]


async def test_the_family_is_walked_up_and_down(place: Opened) -> None:
    async with place() as here, visiting(here) as visitor:
        grid = await drawn(here)
        solo = await pressed(here, grid, "upsample", 2)
        varied = await pressed(here, solo, "low_variation", 1)
        top, middle, bottom = [await visitor.text(f"/jobs/{job.id}") for job in (grid, solo, varied)]

        assert "Made from this" in top
        assert "Made from</h2>" not in top
        assert f'href="{solo.id}"' in top
        assert f'href="{varied.id}"' not in top
        assert f'src="{grid.id}/2.png?small"' in middle
        assert "image #2" in middle
        assert f'href="{varied.id}"' in middle
        assert "Variations (Subtle)" in middle
        assert bottom.index(f'href="{solo.id}"') < bottom.index(f'href="{grid.id}"')


async def test_what_is_hidden_has_no_page_and_stands_on_none(place: Opened) -> None:
    async with place() as here, visiting(here) as visitor:
        grid = await drawn(here, "a red house --stealth")
        solo = await pressed(here, grid, "upsample", 2)
        open_one = await drawn(here, "a blue boat")
        taken_away = await pressed(here, open_one, "upsample", 1)
        await here.database.write(jobs.remove, taken_away.id, here.now[0])

        assert grid.stealth
        for job in (grid, taken_away):
            assert await visitor.status(f"/jobs/{job.id}") == 404
            assert await visitor.status(f"/jobs/{job.id}/1.png") == 404
            assert await visitor.status(f"/jobs/{job.id}/1.png?small") == 404
        assert not solo.stealth
        assert grid.id not in await visitor.text(f"/jobs/{solo.id}")
        assert taken_away.id not in await visitor.text(f"/jobs/{open_one.id}")

        await here.database.write(jobs.restore, taken_away.id, here.now[0])
        assert await visitor.status(f"/jobs/{taken_away.id}") == 200


async def test_what_is_not_finished_or_was_refunded_has_no_page(place: Opened) -> None:
    async with place(working=False) as here, visiting(here) as visitor:
        job = (await here.studio.imagine("a red house", asker())).job
        waiting = await visitor.status(f"/jobs/{job.id}")
        await here.studio.cancel(job.id, asker())

        assert (waiting, await visitor.status(f"/jobs/{job.id}")) == (404, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/jobs", "/jobs/", f"/jobs/{UNKNOWN}", "/jobs/1", "/jobs/x.png", "/jobs/{id}/", "/jobs/{id}/0.png",
        "/jobs/{id}/5.png", "/jobs/{id}/01.png", "/jobs/{id}/1.webp", "/jobs/{id}/-1.png", "/jobs/{id}/99999.png",
        "/jobs/{id}/film.mp4", "/jobs/{id}/..%2f1.png", "/jobs/..%2f..%2feasel.sqlite", "/jobs/%2e%2e/secret",
        "/jobs/{id}%00", "/jobs/{id}/1.png/x", "/jobs/{upper}", "/jobs/{id}%27%20or%201=1", "/jobs/%F0%9F%A6%8A",
    ],
)  # fmt: skip
async def test_odd_addresses_lead_to_a_kind_page_and_nowhere_else(place: Opened, path: str) -> None:
    async with place() as here, visiting(here) as visitor:
        job = await drawn(here)
        status, body, headers = await visitor.get(path.replace("{id}", job.id).replace("{upper}", job.id.upper()))

        assert status == 404
        assert b"nothing to see here" in body
        assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_words_of_people_cannot_become_markup(place: Opened) -> None:
    async with place() as here, visiting(here) as visitor:
        name = '"><img src=x onerror=alert(1)>'
        text = "<script>alert(1)</script> $kind $who & co"
        accepted = await here.studio.imagine(text, asker(user_name=name))
        page = await visitor.text(f"/jobs/{(await here.ended(accepted.job.id)).id}")

        assert "<script" not in page
        assert "onerror=alert(1)>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; $kind $who &amp; co" in page


async def test_a_picture_that_is_gone_is_said_to_be(place: Opened) -> None:
    async with place() as here, visiting(here) as visitor:
        job = await drawn(here)
        for one in await here.database.read(pictures.of_job, job.id):
            here.store.path(one.sha256).unlink(missing_ok=True)

        assert "gone from the bot" in await visitor.text(f"/jobs/{job.id}")
        assert await visitor.status(f"/jobs/{job.id}/1.png") == 404


async def test_the_film_is_shown_and_sent_in_parts(place: Opened) -> None:
    async with place() as here, visiting(here) as visitor:
        job = await drawn(here, "a red house --video")
        assert job.film is not None
        address = f"/jobs/{job.id}/film.{job.film.extension}"
        whole = await visitor.get(address)
        part = await visitor.get(address, Range="bytes=0-9")

        assert f'src="{address.removeprefix("/jobs/")}"' in await visitor.text(f"/jobs/{job.id}")
        assert (whole[0], whole[1]) == (200, here.store.read(job.film.sha256))
        assert (part[0], part[1]) == (206, whole[1][:10])


# -- links to it --------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        (Settings(), None),
        (Settings(public_url="https://art.example"), None),
        (Settings(web_port=8420), None),
        (OWN, "https://art.example"),
        (replace(OWN, gallery_url="https://gallery.example"), "https://gallery.example"),
        (Settings(gallery_url="https://gallery.example"), "https://gallery.example"),
    ],
)
async def test_results_link_to_the_owners_gallery_else_to_our_pages_else_nowhere(
    place: Opened, settings: Settings, base: str | None
) -> None:
    async with place(settings=settings) as here:
        job = await drawn(here)
        text = present.final(job, Spec.from_json(job.spec), smaller=False, gallery_url=here.studio.gallery_url)

        assert here.studio.gallery_url == base
        assert ("(Open in the gallery" in text) == (base is not None)
        assert base is None or f"(<{base}/jobs/{job.id}>)" in text


async def test_a_smaller_file_says_so_and_leads_to_the_picture(place: Opened) -> None:
    async with place(settings=OWN) as here:
        job = await pressed(here, await drawn(here), "upsample", 1)
        spec = Spec.from_json(job.spec)
        without = present.final(job, spec, smaller=True)
        linked = present.final(job, spec, smaller=True, gallery_url=here.studio.gallery_url)

        said = "-# The file is smaller than the picture because of the upload limit here"
        assert without.splitlines()[-1] == f"{said}."
        assert linked.splitlines()[-1] == f"{said}: [the whole picture](<https://art.example/jobs/{job.id}>)"


async def test_the_longest_prompt_and_both_links_fit_into_one_message(place: Opened) -> None:
    settings = replace(OWN, public_url="https://" + "a" * 200 + ".example/easel")
    async with place(settings=settings) as here:
        job = await drawn(here, "fox " * 1400)
        text = present.final(job, Spec.from_json(job.spec), smaller=True, gallery_url=here.studio.gallery_url)

        assert len(text) <= present.MESSAGE_LIMIT
        assert text.count(f"/jobs/{job.id}>)") == 2


async def test_a_hidden_result_has_no_link_and_no_web_button(place: Opened) -> None:
    async with place(settings=OWN) as here:
        job = await drawn(here, "a red house --stealth")
        base = here.studio.gallery_url
        text = present.final(job, Spec.from_json(job.spec), smaller=True, gallery_url=base)
        view = present.result_view(job, here.studio.offers(job, regions=True), {}, base)

        assert "art.example" not in text
        assert "art.example" not in str(view.to_components())


async def test_the_link_and_the_globe_of_a_posted_grid_open_its_page(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with town(tmp_path, spec=openapi_path(), web_port=port, public_url=base) as here:
        waiting = await here.ada.answer(await here.ada.use("imagine", prompt="red fox"))
        grid = await here.ada.result(job_of(waiting))
        await here.ended(job_of(grid))
        address = f"{base}/jobs/{job_of(grid)}"

        assert f"[(Open in the gallery for full quality)](<{address}>) (fast)" in grid["content"]
        assert address in [part.get("url") for row in grid["components"] for part in row["components"]]
        assert here.play.stage.violations.as_json() == []
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            assert answer.status == 200
            assert "red fox" in await answer.text()
