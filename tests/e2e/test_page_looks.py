"""The page on a phone, in the dark, by keyboard, and for eyes that need contrast."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.e2e.page_window import Show, become, chromium, in_browser, message, show_at, type_command

pytestmark = [*in_browser, pytest.mark.asyncio(loop_scope="module")]

AA_TEXT = 4.5
# Contrast as WCAG 2.2 has it, for every visible text against the nearest painted background.
CONTRASTS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = rgba(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    if (!words || !node.checkVisibility({ visibilityProperty: true })) continue;
    if (node.closest('[aria-hidden], noscript, script, .announcer, .skip, :disabled')) continue;
    const [ink, paper] = [light(rgba(getComputedStyle(node).color).slice(0, 3)), light(behind(node))];
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    found.push([Math.round(ratio * 100) / 100, `${node.className || node.tagName}: ${words.slice(0, 40)}`]);
  }
  return found;
}"""

TOO_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
  .filter((one) => !one.closest('.prose pre, .announcer')).map((one) => one.className)"""
# A finger needs 44 pixels; half a pixel is lost to rounding.
TOO_SMALL = """() => [...document.querySelectorAll('.chat-button, .send, .tool, .room, .person, .you, .example')]
  .filter((one) => one.checkVisibility()).map((one) => [one.className, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([name]) => name)"""
NOTHING_IS_KEPT = """Object.defineProperty(window, 'localStorage', {
  get: () => { throw new DOMException('The operation is insecure.', 'SecurityError'); },
});"""
LISTEN = """() => {
  const announcer = document.getElementById('announcer');
  window.said = [];
  new MutationObserver(() => window.said.push(announcer.textContent)).observe(announcer, { childList: true });
}"""

LISTEN_TO_BANNER = """() => {
  const banner = document.getElementById('banner');
  window.told = [];
  const words = () => [...banner.querySelectorAll('span:not([aria-hidden])')].map((one) => one.textContent).join(' ');
  const isTold = ({ target }) => !target.closest?.('[aria-hidden]');
  new MutationObserver((changes) => changes.some(isTold) && window.told.push(words())).observe(
    banner, { childList: true, subtree: true });
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def show(tmp_path: Path, browser: Browser) -> AsyncIterator[Show]:
    async with show_at(tmp_path, browser) as opened:
        yield opened


async def phone(show: Show, width: int = 390, height: int = 844, **more: Any) -> Page:
    return await show.window(size=(width, height), has_touch=True, is_mobile=True, device_scale_factor=2, **more)


async def test_a_phone_of_360_pixels_shows_everything_and_scrolls_only_downwards(show: Show) -> None:
    page = await phone(show, 360, 640)

    await page.locator(".example").first.tap()
    await page.locator(".send").tap()
    await (await show.bot.job()).finish()
    await expect(page.get_by_role("button", name="U1")).to_be_visible()
    await type_command(page, "wrong")
    await expect(message(page, "Invalid parameter")).to_be_visible()

    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    assert await page.evaluate(TOO_WIDE) == []
    assert await page.evaluate(TOO_SMALL) == []


async def test_on_a_phone_rooms_and_people_are_in_a_drawer(show: Show) -> None:
    page = await phone(show)

    await expect(page.locator(".rail")).not_to_be_in_viewport()
    await page.locator("#menu").tap()
    await expect(page.locator(".rail")).to_be_in_viewport()
    await page.locator(".room", has_text="gallery-wall").tap()
    await expect(page.locator(".rail")).not_to_be_in_viewport()
    await expect(page.locator("#room-name")).to_have_text("gallery-wall")
    await page.locator("#you").tap()
    await page.locator(".person", has_text="Chloe").tap()

    await expect(page.locator("#you")).to_contain_text("Chloe")
    await expect(page.locator(".rail")).not_to_be_in_viewport()


async def test_a_browser_that_keeps_nothing_shows_all_the_same(show: Show) -> None:
    page = await show.window(before=NOTHING_IS_KEPT)

    await become(page, "Chloe")
    await page.get_by_role("button", name="Colours:").click()
    await page.get_by_role("button", name="Colours:").click()
    await page.locator(".example").first.click()
    await page.locator(".send").click()
    await (await show.bot.job()).finish()

    await expect(page.get_by_role("button", name="U1")).to_be_visible()
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"


async def test_the_theme_follows_the_system_until_somebody_chooses(show: Show) -> None:
    page = await show.window(color_scheme="dark")
    paper = "getComputedStyle(document.querySelector('.stage-main')).backgroundColor"

    dark = await page.evaluate(paper)
    await page.emulate_media(color_scheme="light")
    light = await page.evaluate(paper)
    await page.get_by_role("button", name="Colours:").click()
    await page.get_by_role("button", name="Colours:").click()
    await page.reload()
    await expect(page.locator(".welcome")).to_be_visible()

    assert light == "rgb(255, 255, 255)"
    assert dark != light
    assert await page.evaluate(paper) == dark
    await expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_has_enough_contrast(show: Show, scheme: Any) -> None:
    page = await show.window(color_scheme=scheme)
    await expect(page.locator(".example").first).to_be_visible()
    empty = await page.evaluate(CONTRASTS)
    await type_command(page, "imagine", "a red fox **loud** `code`")
    await (await show.bot.job()).finish()
    await page.get_by_role("button", name="U2").click()
    await expect(message(page, "Image #2")).to_be_visible()
    await type_command(page, "wrong")
    await expect(message(page, "Invalid parameter")).to_be_visible()
    await type_command(page, "choose", "nonsense")
    await expect(page.locator(".hint.alarm")).to_be_visible()

    pale = [one for one in [*empty, *await page.evaluate(CONTRASTS)] if one[0] < AA_TEXT]

    assert pale == []


async def test_the_whole_way_goes_by_keyboard_and_the_focus_is_seen(show: Show) -> None:
    page = await show.window()
    await type_command(page, "imagine", "a red fox")
    await (await show.bot.job()).finish()
    await expect(page.get_by_role("button", name="V4")).to_be_visible()

    await page.locator(".plain").focus()
    for _ in range(3):  # ideas, then the newest message's last button
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.textContent") == "V4":
            break
    await expect(page.get_by_role("button", name="V4")).to_be_focused()
    ring = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    await page.keyboard.press("Enter")

    await expect(message(page, "Image #4")).to_be_visible()
    assert ring == "solid"


async def test_news_is_read_out_once_and_edits_are_not(show: Show) -> None:
    page = await show.window()
    await page.evaluate(LISTEN)
    await type_command(page, "imagine", "a red fox")
    job = await show.bot.job()
    for percent in (20, 40, 60):
        await job.progress(percent)
    await job.finish()
    await expect(page.get_by_role("button", name="U1")).to_be_visible()

    said = await page.evaluate("window.said")
    assert len(said) == 2
    assert "Waiting to start" in said[0]
    assert said[1].endswith("a red fox - @Ada (fast), with a picture")


async def test_a_picture_is_called_by_what_it_shows(show: Show) -> None:
    page = await show.window()
    await type_command(page, "imagine", "a red fox")
    await (await show.bot.job()).finish()

    await expect(page.get_by_role("button", name="Picture: a red fox - @Ada (fast)", exact=True)).to_be_visible()


async def test_news_of_another_room_is_read_out_with_its_room(show: Show) -> None:
    page = await show.window()
    await type_command(page, "imagine", "a red fox")
    job = await show.bot.job()
    await page.locator(".room", has_text="quiet-corner").click()

    await job.finish()

    await expect(page.locator("#announcer")).to_contain_text("to Ada, #studio: a red fox")


async def test_a_panel_that_closes_hands_the_focus_back(show: Show) -> None:
    page = await show.window()

    await page.locator("#show-traffic").press("Enter")
    await expect(page.get_by_label("Filter")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#show-traffic")).to_be_focused()

    await page.set_viewport_size({"width": 390, "height": 844})
    await page.locator("#menu").press("Enter")
    await expect(page.locator("#rail-close")).to_be_focused()
    await page.locator(".room", has_text="gallery-wall").press("Enter")
    await expect(page.locator("#menu")).to_be_focused()


async def test_a_lost_connection_is_told_once_however_long_the_seconds_count(show: Show) -> None:
    page = await show.window()
    await expect(page.locator(".example").first).to_be_visible()
    await page.evaluate(LISTEN_TO_BANNER)

    await show.stage.server.end()
    await expect(page.locator(".banner")).to_contain_text("Trying again in 2 s.")
    await page.get_by_role("button", name="Try now").focus()
    await expect(page.locator(".banner")).to_contain_text("Trying again in 4 s.")

    assert await page.evaluate("window.told") == ["The connection is lost."]
    await expect(page.get_by_role("button", name="Try now")).to_be_focused()


async def test_switching_people_keeps_each_to_their_own_words(show: Show) -> None:
    page = await show.window()
    await page.locator(".plain").fill("from Ada")
    await page.keyboard.press("Enter")
    await become(page, "Chloe")
    await page.locator(".plain").fill("from Chloe")
    await page.keyboard.press("Enter")

    await expect(page.locator(".message .author")).to_have_text(["Ada", "Chloe"])
    await expect(page.locator(".message .content")).to_have_text(["from Ada", "from Chloe"])
