"""Somebody changes their mind on the page while something is open: another person, another room, an old address."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Route, WebSocketRoute, expect

from tests.e2e.page_window import Show, become, chromium, in_browser, message, show_at, type_command
from tests.e2e.test_page_workflow import DROP

pytestmark = [*in_browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def show(tmp_path: Path, browser: Browser) -> AsyncIterator[Show]:
    async with show_at(tmp_path, browser) as opened:
        yield opened


async def test_a_refusal_says_what_is_wrong(show: Show) -> None:
    page = await show.window()

    await page.locator(".plain").fill("x" * 2001)
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("alert").filter(has_text="Must be 2000 or fewer in length")).to_be_visible()
    await expect(page.locator(".plain")).to_have_value("x" * 2001)


async def test_a_begun_command_goes_on_as_somebody_else_with_its_words_and_files(show: Show) -> None:
    page = await show.window()
    await type_command(page, "solo")
    await expect(page.locator(".message .picture img")).to_be_visible()

    await page.locator(".plain").click()
    await page.keyboard.type("/Imagine a red fox")
    await expect(page.locator(".chip")).to_contain_text("/imagine")
    await become(page, "Ben")
    await page.locator(".message .picture").click(button="right")
    await page.get_by_role("menuitem", name="Use it in a prompt").click()
    await expect(page.locator(".field textarea")).to_have_count(1)
    await page.keyboard.press("Enter")
    job = await show.bot.job()
    assert job.prompt.startswith("http")
    assert job.prompt.endswith(" a red fox")

    await page.keyboard.type("/blend ")
    assert await page.evaluate(DROP, [".file-field:nth-of-type(1)", "cat.png"])
    assert await page.evaluate(DROP, [".file-field:nth-of-type(2)", "dog.png"])
    await expect(page.locator('.file-chip[data-state="sent"]')).to_have_count(2)
    await become(page, "Chloe")
    await expect(page.locator('.file-chip[data-state="sent"]')).to_have_count(2)
    await page.locator(".send").click()

    await expect(message(page, "cat.png dog.png")).to_contain_text("Chloe used /blend")


async def test_the_address_of_a_direct_message_is_gone_to_once(show: Show) -> None:
    page = await show.window()
    await type_command(page, "whisper")
    await page.locator("#direct .room", has_text="Easel").click()
    told = message(page, "Job ID: 1234")
    place = await page.evaluate("document.querySelector('#direct .room').dataset.id")
    number = await told.get_attribute("data-id")

    await page.goto(f"{show.stage.world['base_url']}/#/channels/@me/{place}/{number}")
    await page.reload()
    await expect(page.locator("#room-name")).to_have_text("Easel")
    await expect(told).to_be_visible()
    await page.locator(".room", has_text="studio").click()
    await show.stage.control("faults", {"invalidate_sessions": "Ada"})
    await type_command(page, "imagine", "a sign that the page is connected anew")
    await expect(message(page, "connected anew")).to_be_visible()

    await expect(page.locator("#room-name")).to_have_text("studio")


async def test_a_room_that_cannot_be_read_says_nothing_in_another(show: Show) -> None:
    page = await show.window()
    late = asyncio.Event()

    async def fail_late(route: Route) -> None:
        await late.wait()
        await route.fulfill(status=500, json={"message": "a slow failure"})

    await page.locator(".room", has_text="quiet-corner").click()
    await expect(page.locator(".welcome")).to_be_visible()
    await page.route("**/messages?limit=50", fail_late)
    async with page.expect_response("**/messages?limit=50"):
        await page.locator(".room", has_text="gallery-wall").click()
        await expect(page.locator(".loading")).to_be_visible()
        await page.locator(".room", has_text="quiet-corner").click()
        late.set()
    await page.evaluate("new Promise((done) => setTimeout(done, 200))")
    await expect(page.locator(".older .failure")).to_have_count(0)

    await page.locator(".room", has_text="gallery-wall").click()
    await expect(page.locator(".older .failure")).to_contain_text("a slow failure")


async def test_all_that_came_while_the_page_was_away_can_be_read(show: Show) -> None:
    page = await show.window()
    away = asyncio.Event()

    async def pass_on(socket: WebSocketRoute) -> None:
        if away.is_set():
            await socket.close()
        else:
            socket.connect_to_server()

    await page.route_web_socket("**/gateway*", pass_on)
    await page.reload()
    await page.locator(".plain").fill("before all that")
    await page.keyboard.press("Enter")
    await expect(message(page, "before all that")).to_be_visible()
    away.set()
    await show.stage.control("faults", {"invalidate_sessions": "Ada"})
    await expect(page.locator(".banner")).to_contain_text("The connection is lost")
    channel = show.bot.get_channel(int(show.stage.world["channels"][0]["id"]))
    assert isinstance(channel, discord.TextChannel)
    for n in range(60):
        await channel.send(f"news {n}.")
    away.clear()

    await expect(message(page, "news 59.")).to_be_visible()
    await page.get_by_role("button", name="Show older messages").click()
    await expect(message(page, "news 0.")).to_have_count(1)
    await expect(message(page, "before all that")).to_have_count(1)
    await expect(page.locator(".message")).to_have_count(61)


async def test_files_that_find_no_place_are_told_of(show: Show) -> None:
    page = await show.window()
    files: list[FilePayload] = [{"name": f"{n}.txt", "mimeType": "text/plain", "buffer": b"words"} for n in range(12)]

    await page.locator(".composer input[type=file]").set_input_files(files)

    await expect(page.locator(".file-chip")).to_have_count(10)
    await expect(page.locator('.file-chip[data-state="sent"]')).to_have_count(10)
    await expect(page.locator(".hint")).to_contain_text("10 files at most: 2 left out")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message .file")).to_have_count(10)


async def test_an_answer_that_never_came_is_not_waited_for_for_ever(show: Show) -> None:
    page = await show.window()
    lost: dict[str, Any] = {
        "id": "1420070400000000001",
        "flags": 128,
        "content": "",
        "author": {"id": "5", "username": "x"},
    }
    lost["channel_id"] = show.stage.world["channels"][0]["id"]

    await page.route("**/api/v10/channels/*/messages?*", lambda route: route.fulfill(json=[lost]))
    await page.reload()

    await expect(page.locator(".message")).to_contain_text("The app has not answered.")
    await expect(page.locator(".thinking")).to_have_count(0)
