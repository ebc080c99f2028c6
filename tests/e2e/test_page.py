"""What a first-time visitor does on the page, in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.e2e.page_stub import QUARTERS
from tests.e2e.page_window import Show, chromium, in_browser, message, show_at, type_command

pytestmark = [*in_browser, pytest.mark.asyncio(loop_scope="module")]

WATCH_FRAMES = """(id) => {
  window.frames_seen = [];
  const look = () => {
    const image = document.querySelector(`.message[data-id="${id}"] .picture img`);
    const painted = image && image.complete && image.naturalWidth > 0 && image.getClientRects().length;
    window.frames_seen.push(Boolean(painted));
    window.watching = requestAnimationFrame(look);
  };
  look();
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def show(tmp_path: Path, browser: Browser) -> AsyncIterator[Show]:
    async with show_at(tmp_path, browser) as opened:
        yield opened


async def finished_grid(show: Show, page: Page, prompt: str = "a red fox") -> None:
    await type_command(page, "imagine", prompt)
    await (await show.bot.job()).finish()
    await expect(page.get_by_role("button", name="U1")).to_be_visible()


async def test_an_empty_room_says_what_to_type_and_an_example_fills_the_command(show: Show) -> None:
    page = await show.window()

    await expect(page.locator(".welcome")).to_contain_text("/imagine")
    assert await page.locator(".example").count() in range(6, 9)
    example = page.locator(".example").nth(1)
    words = await example.inner_text()
    await example.click()
    await expect(page.locator(".chip")).to_contain_text("/imagine")
    await expect(page.locator(".field textarea")).to_have_value(words)
    await page.keyboard.press("Enter")

    assert (await show.bot.job()).prompt == words


async def test_a_command_is_picked_by_keyboard_and_its_pictures_come_live(show: Show) -> None:
    page = await show.window()

    await page.keyboard.type("/")
    await expect(page.get_by_role("option").first).to_contain_text("/imagine")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("option", selected=True)).to_contain_text("/info")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Tab")
    await page.keyboard.type("a red fox")
    await page.keyboard.press("Enter")
    job = await show.bot.job()
    await expect(message(page, "Waiting to start")).to_contain_text("Ada used /imagine")
    await job.progress(51)
    await expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "51")
    await job.finish()

    await expect(message(page, "Waiting to start")).to_have_count(0)
    await expect(page.locator(".message")).to_have_count(1)
    labels = await page.locator(".message .row").all_inner_texts()
    assert [row.split() for row in labels] == [["U1", "U2", "U3", "U4"], ["V1", "V2", "V3", "V4"]]
    await expect(page.get_by_role("button", name="Draw this again")).to_be_visible()
    await expect(page.locator(".message")).to_contain_text("a red fox - @Ada (fast)")


async def test_progress_edits_never_show_an_empty_frame(show: Show) -> None:
    page = await show.window()
    await type_command(page, "imagine", "a red fox")
    job = await show.bot.job()
    await job.progress(20, QUARTERS)
    image = page.locator(".message .picture img")
    await expect(image).to_be_visible()
    await page.wait_for_function("document.querySelector('.message .picture img').naturalWidth > 0")
    node = await page.locator(".message").get_attribute("data-id")

    await page.evaluate(WATCH_FRAMES, node)
    for percent in (40, 60, 80):
        before = await image.get_attribute("src")
        await job.progress(percent, QUARTERS[::-1])
        await expect(image).not_to_have_attribute("src", before or "")

    seen = await page.evaluate("cancelAnimationFrame(window.watching), window.frames_seen")
    assert len(seen) > 3
    assert all(seen)


async def test_a_pressed_button_waits_then_changes_and_the_answer_leads_back(show: Show) -> None:
    page = await show.window()
    await finished_grid(show, page)
    show.bot.may_answer.clear()

    button = page.get_by_role("button", name="U2")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    show.bot.may_answer.set()

    answer = message(page, "Image #2")
    await expect(answer.locator(".picture img")).to_be_visible()
    await expect(page.locator('.message .chat-button[data-style="primary"]')).to_have_text("U2")
    await expect(page.locator("[aria-busy]")).to_have_count(0)
    await page.locator(".reference").click()
    await expect(page.locator(".message.found")).to_contain_text("a red fox - @Ada (fast)")
    assert show.bot.heard == [{"pressed": "U:2", "by": "ada"}]


async def test_a_silent_app_is_reported_beside_what_was_asked(show: Show) -> None:
    page = await show.window()
    await show.stage.control("faults", {"ack_deadline_s": 0.5})

    await type_command(page, "silent")

    await expect(page.locator(".ask.failed")).to_contain_text("Ada used /silent")
    await expect(page.get_by_role("alert").filter(has_text="did not answer in time")).to_be_visible()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".ask.failed")).to_be_visible()
    assert show.bot.heard == [{"silent": "ada"}] * 2
    await page.locator(".ask.failed").get_by_role("button", name="Dismiss").click()
    await expect(page.locator(".ask")).to_have_count(0)


async def test_the_lightbox_is_used_by_keyboard_alone(show: Show) -> None:
    page = await show.window()
    await finished_grid(show, page)
    await page.get_by_role("button", name="U3").click()
    await expect(message(page, "Image #3").locator(".picture img")).to_be_visible()

    await page.locator(".picture").first.focus()
    await page.keyboard.press("Enter")
    box = page.locator(".lightbox[open]")
    await expect(box).to_contain_text("1 of 2")
    fitted = await box.locator("img").bounding_box()
    await page.keyboard.press("2")
    zoomed = await box.locator("img").bounding_box()
    await page.keyboard.press("ArrowRight")
    await expect(box).to_contain_text("2 of 2")
    await expect(box.locator(".slots")).to_be_hidden()
    async with page.expect_download() as saved:
        await page.keyboard.press("d")
    await page.keyboard.press("Escape")

    assert fitted is not None
    assert zoomed is not None
    assert zoomed["width"] > fitted["width"] * 1.5
    assert zoomed["x"] < 0  # the right-hand pictures of the grid are in view
    assert (await saved.value).suggested_filename == "picture.png"
    await expect(box).to_have_count(0)
    await expect(page.locator(".picture").first).to_be_focused()


async def test_plain_words_are_shown_the_way_to_a_picture(show: Show) -> None:
    page = await show.window()

    await page.keyboard.type("a happy robot")
    await expect(page.locator(".hint")).to_contain_text("paint this with /imagine")
    await page.keyboard.press("Tab")
    await expect(page.locator(".field textarea")).to_have_value("a happy robot")
    await page.keyboard.press("Escape")
    await page.keyboard.type("good morning")
    await page.keyboard.press("Enter")

    await expect(message(page, "good morning")).to_be_visible()
    await page.get_by_role("button", name="Paint it with /imagine").click()
    await expect(page.locator(".field textarea")).to_have_value("good morning")


async def test_options_are_filled_in_checked_and_sent_with_their_types(show: Show) -> None:
    page = await show.window()

    await type_command(page, "choose", "nonsense")
    await expect(page.locator(".hint")).to_contain_text("“nonsense” is not one of the choices")
    await page.locator(".field input").fill("rel")
    await page.keyboard.press("Enter")
    await page.locator(".pill.add", has_text="count").click()
    await page.keyboard.type("11")
    await page.keyboard.press("Enter")
    await expect(page.locator(".hint")).to_contain_text("“count” ends at 10")
    await page.keyboard.press("Backspace")
    await page.locator(".pill.add", has_text="quiet").click()
    await page.keyboard.type("y")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(message(page, "noted")).to_be_visible()
    await type_command(page, "quota grant", "Ben", "7")
    await expect(message(page, "got 7")).to_contain_text("@Ben got 7")

    assert show.bot.heard == [{"speed": "relaxed", "count": 1, "quiet": True}, {"member": "ben", "n": 7}]


async def test_the_address_of_a_message_leads_to_it_and_not_out_of_the_page(show: Show) -> None:
    page = await show.window()
    await finished_grid(show, page)
    grid = await page.locator(".message").get_attribute("data-id")
    guild, room = show.stage.world["guild"]["id"], show.stage.world["channels"][0]["id"]
    await page.locator(".room", has_text="gallery-wall").click()

    await page.locator(".plain").fill(f"look: https://discord.com/channels/{guild}/{room}/{grid}")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="#studio › message").click()

    await expect(page.locator("#room-name")).to_have_text("studio")
    await expect(page.locator(f'.message.found[data-id="{grid}"]')).to_be_in_viewport()


async def test_what_the_server_hints_stands_in_the_empty_room(show: Show) -> None:
    context = await show.browser.new_context()
    examples = ["a sun", {"prompt": "a moon --ar 3:2", "label": "Moon"}, 7]
    hints = {"title": "Sketchbook is ready", "lines": ["One line."], "examples": examples, "note": "A note."}
    await context.route("**/_page/hints", lambda route: route.fulfill(json=hints))
    page = await context.new_page()
    await page.goto(show.stage.world["page_url"])

    await expect(page.locator(".welcome")).to_contain_text("Sketchbook is ready")
    await expect(page.locator(".welcome")).to_contain_text("A note.")
    assert await page.locator(".example").all_inner_texts() == ["a sun", "Moon"]
    await page.locator(".example").last.click()
    await expect(page.locator(".field textarea")).to_have_value("a moon --ar 3:2")
