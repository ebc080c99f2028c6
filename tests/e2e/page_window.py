"""The page in a real browser on a real playground, with a stub bot beside it."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.e2e.page_stub import StubBot, stub_bot
from tests.e2e.processes import BOT_TOKEN, Stage, stage

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NO_CHROMIUM = "no chromium on this machine: install Debian's `chromium` to run the page in a browser"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 20_000
in_browser = (pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM))


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The system's browser, without a window."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(kw_only=True)
class Show:
    """A playground with a stub bot, and windows to look at it."""

    stage: Stage
    bot: StubBot
    browser: Browser
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    async def window(self, *, size: tuple[int, int] = (1200, 800), before: str = "", **context: Any) -> Page:
        """Open the page by its address with the key; its script faults and requests are noted.

        before: a script to run before those of the page
        """
        opened = await self.browser.new_context(viewport={"width": size[0], "height": size[1]}, **context)
        opened.set_default_timeout(PATIENCE_MS)
        await opened.add_init_script(before)
        page = await opened.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        await page.goto(self.stage.world["page_url"])
        await expect(page.locator(".welcome, .message").first).to_be_visible()
        return page


@asynccontextmanager
async def show_at(home: Path, browser: Browser) -> AsyncIterator[Show]:
    """A fresh playground for one test; fails when a script on the page failed or reached another machine."""
    async with stage(home) as running:
        world = running.world
        async with stub_bot(world["base_url"], world["gateway_url"], BOT_TOKEN) as bot:
            show = Show(stage=running, bot=bot, browser=browser)
            yield show
            for context in browser.contexts:
                await context.close()
            assert show.faults == []
            assert show.hosts <= {world["base_url"].removeprefix("http://")}


async def type_command(page: Page, name: str, *values: str) -> None:
    """Type a command as a person would, with a value for each field, and send it."""
    await page.locator(".plain").click()
    await page.keyboard.type(f"/{name} ")
    await expect(page.locator(".chip")).to_contain_text(f"/{name}")
    for number, value in enumerate(values):
        if number:
            await page.keyboard.press("Tab")
        await page.keyboard.insert_text(value)
    await page.keyboard.press("Enter")


async def become(page: Page, name: str) -> None:
    """Switch to another person."""
    await page.locator(".person", has_text=name).click()
    await expect(page.locator('.person[aria-pressed="true"]')).to_contain_text(name)


def message(page: Page, words: str) -> Locator:
    """The messages on the page that have these words."""
    return page.locator(".message", has_text=words)
