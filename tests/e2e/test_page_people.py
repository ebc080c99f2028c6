"""Several people in one window: who sees what, what is unread, and what a lost connection looks like."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.e2e.page_window import Show, become, chromium, in_browser, message, show_at, type_command
from tests.e2e.processes import BOT_TOKEN, start

pytestmark = [*in_browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def show(tmp_path: Path, browser: Browser) -> AsyncIterator[Show]:
    async with show_at(tmp_path, browser) as opened:
        yield opened


async def test_a_refusal_is_seen_by_the_asker_alone_and_goes_when_dismissed(show: Show) -> None:
    page = await show.window()
    other = await show.window()
    await become(other, "Ben")

    await type_command(page, "wrong")
    refusal = message(page, "Invalid parameter")
    await expect(refusal).to_contain_text("Only you can see this")
    await become(page, "Ben")
    await type_command(page, "imagine", "a sign that later events have come")
    await expect(message(other, "later events")).to_be_visible()
    await expect(message(page, "later events")).to_be_visible()

    await expect(message(other, "Invalid parameter")).to_have_count(0)
    await expect(refusal).to_have_count(0)
    await become(page, "Ada")
    await expect(refusal).to_be_visible()
    await refusal.get_by_role("button", name="Dismiss").click()
    await expect(refusal).to_have_count(0)
    await expect(message(page, "later events")).to_be_visible()


async def test_a_deferred_answer_thinks_first_and_then_becomes_a_box(show: Show) -> None:
    page = await show.window()
    show.bot.may_answer.clear()

    await type_command(page, "info")
    await expect(page.locator(".message.ephemeral")).to_contain_text("thinking…")
    show.bot.may_answer.set()

    box = page.locator(".message.ephemeral .embed")
    await expect(box).to_contain_text("Credits: 24")
    await expect(box.locator("dt")).to_have_text("Waiting")
    await expect(box.locator("time")).to_contain_text("ago")
    await expect(page.locator(".message")).to_have_count(1)
    assert await box.evaluate("node => getComputedStyle(node).borderLeftColor") == "rgb(42, 128, 89)"


async def test_commands_for_admins_are_offered_to_admins_only(show: Show) -> None:
    page = await show.window()

    await page.locator(".plain").fill("/quota")
    await expect(page.get_by_role("option")).to_contain_text(["/quota grant"])
    await become(page, "Ben")
    await page.locator(".plain").click()
    await page.locator(".plain").fill("/")

    await expect(page.get_by_role("option", name="/imagine")).to_be_visible()
    await expect(page.get_by_role("option", name="/quota")).to_have_count(0)


async def test_a_result_in_another_room_is_counted_told_and_one_press_away(show: Show) -> None:
    page = await show.window()
    await type_command(page, "imagine", "a red fox")
    job = await show.bot.job()
    await page.locator(".room", has_text="quiet-corner").click()
    await expect(page.locator("#room-name")).to_have_text("quiet-corner")

    grid = await job.finish()

    await expect(page.locator(".room", has_text="studio").locator(".badge")).to_have_text("1")
    await expect(page).to_have_title("(1) Easel playground")
    await page.locator(".note").click()
    await expect(page.locator("#room-name")).to_have_text("studio")
    await expect(page.locator(f'.message.found[data-id="{grid.id}"]')).to_be_visible()
    await expect(page.locator(".divider.new + .message")).to_have_attribute("data-id", str(grid.id))
    await expect(page.locator(".badge")).to_have_count(0)
    await expect(page).to_have_title("Easel playground")


async def test_a_mention_of_somebody_else_in_the_window_waits_on_their_face(show: Show) -> None:
    page = await show.window()
    await become(page, "Ben")
    await type_command(page, "imagine", "a blue whale")
    job = await show.bot.job()
    await become(page, "Ada")

    await job.finish()

    await expect(page.locator(".person", has_text="Ben").locator(".badge")).to_have_text("1")
    await expect(message(page, "a blue whale")).not_to_have_class("mentions-me")
    await become(page, "Ben")
    await expect(page.locator(".person .badge")).to_have_count(0)
    await expect(page.locator(".message.mentions-me")).to_contain_text("a blue whale")


async def test_after_a_lost_connection_nothing_is_missing(show: Show) -> None:
    page = await show.window()
    await type_command(page, "imagine", "a red fox")
    await (await show.bot.job()).finish()
    await expect(page.get_by_role("button", name="U1")).to_be_visible()
    port = show.stage.world["base_url"].rsplit(":", 1)[1]

    await show.stage.server.end()
    await expect(page.locator(".banner")).to_contain_text("The connection is lost")
    arguments = ["-m", "playground", "--port", port, "--data", str(show.stage.home / "playground"), "--world"]
    show.stage.server = await start(show.stage.home / "again.log", *arguments, env={"EASEL_PLAY_BOT_TOKEN": BOT_TOKEN})
    await expect(page.locator(".banner")).to_be_hidden()

    await page.locator(".plain").fill("still here")
    await page.keyboard.press("Enter")
    await expect(message(page, "still here")).to_be_visible()
    await expect(message(page, "a red fox")).to_have_count(1)


async def test_a_dropped_socket_is_resumed_without_a_word(show: Show) -> None:
    page = await show.window()
    await type_command(page, "imagine", "a red fox")
    job = await show.bot.job()

    await show.stage.control("faults", {"drop_sockets": "Ada"})
    await job.finish()

    await expect(page.get_by_role("button", name="U1")).to_be_visible()
    await expect(message(page, "Waiting to start")).to_have_count(0)
    await expect(page.locator(".banner")).to_be_hidden()


async def test_a_list_that_comes_late_does_not_undo_what_was_told_since(show: Show) -> None:
    page = await show.window()
    await type_command(page, "imagine", "a red fox")
    job = await show.bot.job()
    made, late = asyncio.Event(), asyncio.Event()

    async def after_the_rest(route: Route) -> None:
        """The list is made now and comes when the grid is there and the waiting message gone."""
        answer = await route.fetch()
        assert "Waiting to start" in await answer.text()
        made.set()
        await late.wait()
        await route.fulfill(response=answer)

    await page.context.route("**/messages?limit=50", after_the_rest)
    await page.locator(".person", has_text="Ben").click()
    async with asyncio.timeout(20):
        await made.wait()
    await expect(page.locator(".loading")).to_be_visible()
    await job.progress(50)
    await job.finish()
    await expect(page.get_by_role("button", name="U1")).to_be_visible()
    late.set()

    await expect(page.locator(".loading")).to_have_count(0)
    await expect(page.get_by_role("button", name="U1")).to_be_visible()
    await expect(message(page, "Waiting to start")).to_have_count(0)
    await expect(page.locator(".message")).to_have_count(1)
