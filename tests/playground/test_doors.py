"""Who may come in: Host and Origin, the page's key, CDN signatures, and the world's control."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import yarl

from playground.entrance import Page
from playground.log import Log
from playground.server import Playground, playground
from playground.settings import Settings
from tests.playground.clients import PICTURE, BotClient, bot_client


@pytest.fixture
async def visitor() -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that keeps its cookies."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


@pytest.mark.parametrize("path", ["/", "/_page/session", "/api/v10/gateway", "/gateway", "/cdn/x", "/_world/log"])
@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
async def test_a_foreign_host_or_origin_is_refused_everywhere(
    play: Playground, visitor: aiohttp.ClientSession, path: str, header: dict[str, str]
) -> None:
    async with visitor.get(play.base_url + path, headers=header) as response:
        assert response.status == 403


async def test_our_own_origin_may_come_in(play: Playground, visitor: aiohttp.ClientSession) -> None:
    async with visitor.get(play.base_url + "/api/v10/gateway", headers={"Origin": play.base_url}) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "application/json"


async def test_without_the_key_the_page_says_what_to_do(play: Playground, visitor: aiohttp.ClientSession) -> None:
    for path in ("/", "/_page/session", "/?key=wrong"):
        async with visitor.get(play.base_url + path) as response:
            assert response.status == 403
            assert "address that was printed in the terminal" in await response.text()


async def test_the_key_opens_the_page_and_stays_in_a_strict_cookie(
    play: Playground, visitor: aiohttp.ClientSession
) -> None:
    async with visitor.get(play.page_url) as response:
        cookie = response.headers["Set-Cookie"]
        assert response.status == 200
    async with visitor.get(play.base_url + "/_page/session") as response:
        session = await response.json()

    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert [person["name"] for person in session["people"]] == ["Ada", "Ben", "Chloe", "Dan"]
    assert "page_url" not in session


async def test_files_of_the_page_are_served_and_nothing_above_them(
    tmp_path: Path, visitor: aiohttp.ClientSession
) -> None:
    folder = tmp_path / "page"
    (folder / "parts").mkdir(parents=True)
    (folder / "index.html").write_text("<p>hello")
    (folder / "parts" / "app.js").write_text("1")
    (tmp_path / "secret").write_text("no")
    page = Page("key", 1, "ws://x", {}, folder=folder)
    app = aiohttp.web.Application()
    app.router.add_get("/", page.index)
    app.router.add_get("/{path:[^_].*}", page.file)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async with visitor.get(base + "/?key=key"):
        pass
    async with visitor.get(base + "/") as response:
        assert await response.text() == "<p>hello"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    statuses = {}
    for path in ("/parts/app.js", "/missing.js", "/%2e%2e/secret", "/..%2fsecret"):
        async with visitor.get(yarl.URL(base + path, encoded=True)) as response:
            statuses[path] = response.status
    await runner.cleanup()

    assert statuses == {"/parts/app.js": 200, "/missing.js": 404, "/%2e%2e/secret": 404, "/..%2fsecret": 404}


async def test_a_signed_address_gives_the_file_and_a_changed_one_does_not(
    bot: BotClient, channel: str, visitor: aiohttp.ClientSession
) -> None:
    _, message = await bot.send_files("POST", channel, {"content": "x"}, {"a b.png": PICTURE})
    url = message["attachments"][0]["url"]

    async with visitor.get(url) as response:
        assert await response.read() == PICTURE
        assert response.headers["Content-Type"] == "image/png"
    for wrong in (url.replace("hm=", "hm=0"), url.split("?")[0], url.replace("a_b", "c"), url.replace("ex=", "ex=f")):
        async with visitor.get(wrong) as response:
            assert response.status == 404


async def test_what_a_browser_might_run_is_only_offered_for_download(
    bot: BotClient, channel: str, visitor: aiohttp.ClientSession
) -> None:
    _, message = await bot.send_files("POST", channel, {"content": "x"}, {"a.html": b"<script>", "b.svg": b"<svg>"})

    for attachment in message["attachments"]:
        async with visitor.get(attachment["url"]) as response:
            assert response.headers["Content-Disposition"].startswith("attachment")
            assert response.headers["Content-Type"] == "application/octet-stream"
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_addresses_expire_and_reading_the_message_again_renews_them(
    settings: Settings, visitor: aiohttp.ClientSession
) -> None:
    statuses = []
    for life_s in (-1.0, 60.0):
        async with playground(replace(settings, cdn_life_s=life_s), Log()) as play, bot_client(play) as bot:
            channel = f"/channels/{play.stage.world.identity.places[0].id}/messages"
            if life_s < 0:
                await bot.send_files("POST", channel, {"content": "x"}, {"a.png": PICTURE})
            (message,) = (await bot.call("GET", channel))[1]
            async with visitor.get(message["attachments"][0]["url"]) as response:
                statuses.append(response.status)

    assert statuses == [404, 200]


async def test_an_address_of_ours_is_kept_without_its_signature(play: Playground) -> None:
    kept = {"url": "cdn://attachments/1/2/a.png"}

    signed = play.stage.cdn.signed(kept)["url"]

    assert int(signed.split("ex=")[1].split("&")[0], 16) > time.time()
    assert play.stage.cdn.unsigned(signed) == kept["url"]
    assert play.stage.cdn.unsigned("http://127.0.0.1:1/other.png") == "http://127.0.0.1:1/other.png"


async def test_everybody_has_a_plain_picture(play: Playground, visitor: aiohttp.ClientSession) -> None:
    async with visitor.get(f"{play.base_url}/cdn/embed/avatars/3.png") as response:
        assert response.status == 200
        assert (await response.read()).startswith(b"\x89PNG")


async def test_the_world_cannot_be_changed_unless_that_was_asked_for(
    settings: Settings, visitor: aiohttp.ClientSession
) -> None:
    async with playground(replace(settings, world=False), Log()) as play:
        for method, path in (("POST", "faults"), ("GET", "log"), ("GET", "violations")):
            async with visitor.request(method, f"{play.base_url}/_world/{path}", json={}) as response:
                assert response.status == 404
