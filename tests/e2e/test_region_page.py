"""The region editor in a real browser, with mouse and with fingers, beside the real bot on the playground."""

import io
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image, ImageChops
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.page_window import chromium, in_browser
from tests.e2e.person import Person, job_of
from tests.e2e.processes import Stage, stage
from tests.flow.proxy import free_port, proxy

pytestmark = [*in_browser, pytest.mark.asyncio(loop_scope="module")]

COARSE = 32
LINK = re.compile(r"http://127\.0\.0\.1:\d+/region/[\w.-]+")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("region")) as running:
        port = free_port()
        await running.online(EASEL_WEB_PORT=str(port), EASEL_PUBLIC_URL=f"http://127.0.0.1:{port}")
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def ada(playground: Stage) -> AsyncIterator[Person]:
    async with Person.at(playground.world, "Ada") as person:
        yield person


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


async def solo(ada: Person) -> dict[str, Any]:
    waiting = await ada.answer(await ada.use("imagine", prompt="a red house by the sea"))
    grid = await ada.result(job_of(waiting))
    enlarging = await ada.answer(await ada.press(grid, f"MJ::JOB::upsample::1::{job_of(grid)}"))
    return await ada.result(job_of(enlarging))


async def link(ada: Person, single: dict[str, Any]) -> str:
    answer = await ada.answer(await ada.press(single, f"MJ::Inpaint::1::{job_of(single)}::SOLO"))
    found = LINK.search(answer["content"])
    assert found, answer["content"]
    assert answer["flags"] & 64, "the link is for one person's eyes"
    return found.group()


async def opened(context: BrowserContext, url: str) -> Page:
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(url)
    await expect(page.locator("#board")).to_be_visible()
    await page.wait_for_function("document.querySelector('#board').width > 300")
    assert not faults
    return page


async def box(page: Page) -> dict[str, float]:
    found = await page.locator("#board").bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


async def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from and to places given in parts of the board."""
    area = await box(page)
    x, y = area["x"] + start[0] * area["width"], area["y"] + start[1] * area["height"]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(area["x"] + end[0] * area["width"], area["y"] + end[1] * area["height"], steps=6)
    await page.mouse.up()


async def picture(ada: Person, message: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO(await ada.download(message["attachments"][0]["url"]))).convert("RGB")


async def test_a_rectangle_is_painted_anew_and_the_rest_stays(ada: Person, browser: Browser) -> None:
    single = await solo(ada)
    context = await browser.new_context(viewport={"width": 1100, "height": 800})
    page = await opened(context, await link(ada, single))

    await expect(page.locator("#submit")).to_be_disabled()
    await page.get_by_role("radio", name="Rectangle").click()
    await drag(page, (0.45, 0.4), (0.55, 0.6))
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_role("status")).to_contain_text("On its way")
    waiting = await ada.until(
        lambda: next(
            (one for one in ada.messages.values() if "(Waiting to start)" in one["content"]
             and (one.get("message_reference") or {}).get("message_id") == single["id"]),
            None,
        ),
        "the waiting message",
    )  # fmt: skip
    assert waiting is not None
    grid = await ada.result(job_of(waiting))
    before, after = await picture(ada, single), await picture(ada, grid)

    assert "Variations (Region) by" in grid["content"]
    assert grid["message_reference"]["message_id"] == single["id"]
    tile = after.crop((0, 0, after.width // 2, after.height // 2))
    assert tile.size == before.size
    # The grid is posted with losses, which averages over cells even out; that the file is exact, tests/flow shows.
    cells = [image.resize((COARSE, COARSE), Image.Resampling.BOX) for image in (tile, before)]
    changed = ImageChops.difference(*cells).convert("L").point([0] * 12 + [255] * 244).getbbox()
    assert changed is not None
    left, top, right, bottom = changed
    assert left > COARSE * 0.2
    assert right < COARSE * 0.8
    assert top > COARSE * 0.2
    assert bottom < COARSE * 0.8
    await context.close()


async def test_the_same_link_does_not_work_again(ada: Person, browser: Browser) -> None:
    url = await link(ada, await solo(ada))
    context = await browser.new_context()
    page = await opened(context, url)
    await drag(page, (0.4, 0.4), (0.6, 0.6))
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_role("status")).to_contain_text("On its way")
    await expect(page.locator("#submit")).to_be_disabled()

    await page.goto(url)
    await expect(page.locator("body")).to_contain_text("works once")
    await context.close()


async def test_below_a_path_of_another_site_the_page_looks_and_works_the_same(ada: Person, browser: Browser) -> None:
    url = await link(ada, await solo(ada))
    own, _, rest = url.partition("/region/")
    async with proxy("/art/easel", own) as base:
        context = await browser.new_context(viewport={"width": 1100, "height": 800})
        page = await opened(context, f"{base}/region/{rest}")
        await drag(page, (0.4, 0.4), (0.6, 0.6))
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_role("status")).to_contain_text("On its way")
        await context.close()


async def test_undo_takes_the_last_stroke_back_and_a_reload_keeps_the_others(ada: Person, browser: Browser) -> None:
    context = await browser.new_context()
    page = await opened(context, await link(ada, await solo(ada)))
    await page.get_by_role("radio", name="Lasso").click()
    await drag(page, (0.4, 0.4), (0.6, 0.5))
    await page.get_by_role("radio", name="Brush").click()
    await drag(page, (0.5, 0.3), (0.5, 0.6))

    await page.reload()
    await expect(page.locator("#submit")).to_be_enabled()
    await page.locator("#board").focus()
    await page.keyboard.press("Control+z")
    await expect(page.locator("#submit")).to_be_enabled()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("#submit")).to_be_disabled()
    await context.close()


async def test_on_a_phone_a_finger_marks_two_fingers_zoom_and_nothing_overflows(ada: Person, browser: Browser) -> None:
    context = await browser.new_context(
        viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    page = await opened(context, await link(ada, await solo(ada)))
    area = await box(page)
    touch = await context.new_cdp_session(page)
    middle = (area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)

    async def fingers(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    # Two fingers apart: a pinch marks nothing.
    await fingers("touchStart", (middle[0] - 20, middle[1]))
    await fingers("touchStart", (middle[0] - 20, middle[1]), (middle[0] + 20, middle[1]))
    for reach in (40, 80, 120):
        await fingers("touchMove", (middle[0] - reach, middle[1]), (middle[0] + reach, middle[1]))
    await fingers("touchEnd")
    await expect(page.locator("#submit")).to_be_disabled()

    await fingers("touchStart", middle)
    await fingers("touchMove", (middle[0] + 40, middle[1] + 10))
    await fingers("touchEnd")
    await expect(page.locator("#submit")).to_be_enabled()

    for name in ("Brush", "Lasso", "Rectangle"):
        size = await page.get_by_role("radio", name=name).bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 40
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_role("status")).to_contain_text("On its way")
    await context.close()


async def test_with_remix_the_prompt_can_be_changed_and_a_wrong_one_is_said(ada: Person, browser: Browser) -> None:
    await ada.answer(await ada.use("prefer remix"))
    context = await browser.new_context()
    page = await opened(context, await link(ada, await solo(ada)))
    await drag(page, (0.4, 0.4), (0.6, 0.6))
    await page.locator("#prompt").fill("a blue boat --chaos 4000")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_role("status")).to_contain_text("--chaos")

    await page.locator("#prompt").fill("a blue boat")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_role("status")).to_contain_text("On its way")
    await ada.until(
        lambda: any("Remixing" in one["content"] or "Remix" in one["content"] for one in ada.messages.values()),
        "the remixed job",
    )
    await ada.answer(await ada.use("prefer remix"))
    await context.close()
