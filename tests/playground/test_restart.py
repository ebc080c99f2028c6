"""What survives a restart of the playground, and the process itself: ready file, port, signals."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import stat
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from playground.__main__ import main
from playground.log import Log
from playground.server import PortInUse, _bound, playground
from playground.settings import Fixed, Settings
from playground.store import Store
from tests.playground.clients import PICTURE, bot_client, person_client

ROW = [{"type": 1, "components": [{"type": 2, "style": 2, "label": "U1", "custom_id": "u1"}]}]
READY_S = 60.0  # a process starts slowly on a busy machine


async def test_messages_files_commands_ids_and_tokens_survive(settings: Settings) -> None:
    async with playground(settings, Log()) as play, bot_client(play) as bot:
        await bot.register({"name": "draw"})
        channel = f"/channels/{play.stage.world.identity.places[0].id}/messages"
        _, first = await bot.send_files("POST", channel, {"content": "grid", "components": ROW}, {"a.png": PICTURE})
        _, gone = await bot.call("POST", channel, {"content": "gone"})
        await bot.call("DELETE", f"{channel}/{gone['id']}")
        before = play.ready

    async with playground(settings, Log()) as play, bot_client(play) as bot, person_client(play, 0) as ada:
        await bot.identify()
        (message,) = (await ada.call("GET", channel))[1]
        async with ada.session.get(message["attachments"][0]["url"]) as response:
            picture = await response.read()
        pressed, _ = await ada.press(message, "u1")
        press = await bot.next_interaction()
        _, later = await bot.call("POST", channel, {"content": "later"})
        after = play.ready

    addresses = {"base_url", "gateway_url", "page_url"}
    assert {k: v for k, v in after.items() if k not in addresses} == {
        k: v for k, v in before.items() if k not in addresses
    }
    assert before["page_url"].partition("?")[2] == after["page_url"].partition("?")[2]
    assert message["id"] == first["id"]
    assert picture == PICTURE
    assert pressed == 204
    assert press["message"]["components"] == first["components"]
    assert int(later["id"]) > int(gone["id"])


async def test_ephemeral_messages_stay_private_after_a_restart(settings: Settings) -> None:
    async with playground(settings, Log()) as play, bot_client(play) as bot, person_client(play, 0) as ada:
        await bot.identify()
        await bot.register({"name": "draw"})
        await ada.use("draw")
        data = {"content": "psst", "flags": 64, "components": ROW}
        _, answer = await bot.answer(await bot.next_interaction(), {"type": 4, "data": data})
        message = answer["resource"]["message"]

    async with playground(settings, Log()) as play, person_client(play, 0) as ada, person_client(play, 1) as ben:
        channel = f"/channels/{play.stage.world.identity.places[0].id}/messages"

        assert (await ada.call("GET", channel))[1] == []
        assert (await ben.press(message, "u1"))[0] == 404
        assert (await ada.press(message, "u1"))[0] == 204


async def test_ids_and_tokens_can_be_fixed(settings: Settings) -> None:
    fixed = Fixed(
        application_id="11", guild_id="12", channel_ids=("13", "14", "15"), people_ids=("16", "17"),
        people_tokens=("t-ada", "t-ben"), bot_token="t-bot", page_key="key",
    )  # fmt: skip
    async with playground(replace(settings, fixed=fixed), Log()) as play:
        ready = play.ready
        identity = play.stage.world.identity

    assert (ready["application_id"], ready["guild"]["id"]) == ("11", "12")
    assert [channel["id"] for channel in ready["channels"][:3]] == ["13", "14", "15"]
    assert [(p["id"], p["token"]) for p in ready["people"][:2]] == [("16", "t-ada"), ("17", "t-ben")]
    assert ready["people"][2]["token"]
    assert ready["page_url"].endswith("/?key=key")
    assert identity.bot_token == "t-bot"


async def test_a_port_in_use_is_said_before_the_folder_is_touched(settings: Settings, tmp_path: Path) -> None:
    async with playground(settings, Log()) as play:
        port = int(play.base_url.rpartition(":")[2])
        other = replace(settings, port=port, data=tmp_path / "other")

        with pytest.raises(PortInUse, match=f"Port {port} is in use"):
            async with playground(other, Log()):
                pass

    assert not other.data.exists()


@pytest.mark.parametrize(("system", "shared"), [("linux", True), ("win32", False)])
def test_windows_is_not_asked_to_share_a_port(system: str, shared: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the option that elsewhere passes over a dead connection lets two programs listen on one port."""
    asked: list[int] = []
    monkeypatch.setattr(socket.socket, "setsockopt", lambda _, *option: asked.append(option[1]))
    with monkeypatch.context() as there:
        there.setattr(sys, "platform", system)
        with _bound(0):
            pass

    assert (socket.SO_REUSEADDR in asked) == shared


async def test_a_full_disk_loses_nothing_that_can_still_be_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite", Log())
    await store.open()
    with sqlite3.connect(tmp_path / "s.sqlite") as other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON documents BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    store.put("message", "1", {"n": 1})
    await asyncio.sleep(0.2)
    with sqlite3.connect(tmp_path / "s.sqlite") as other:
        other.execute("DROP TRIGGER full")
    store.put("message", "2", {"n": 2})
    await store.close()

    again = Store(tmp_path / "s.sqlite", Log())
    documents = await again.open()
    await again.close()

    assert documents == {"message": {"1": {"n": 1}, "2": {"n": 2}}}


@asynccontextmanager
async def process(*arguments: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", *arguments,
        env=os.environ | environment, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def ready_file(folder: Path) -> Path:
    path = folder / "playground.json"
    async with asyncio.timeout(READY_S):
        while not path.exists():
            await asyncio.sleep(0.02)
    return path


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_the_process_says_when_it_is_ready_and_leaves_cleanly(tmp_path: Path, stop: signal.Signals) -> None:
    arguments = ("--port", "0", "--data", str(tmp_path))
    async with process(*arguments, EASEL_PLAY_BOT_TOKEN="secret-token") as running:
        path = await ready_file(tmp_path)
        facts = json.loads(path.read_text())
        mode = stat.S_IMODE(path.stat().st_mode)
        async with aiohttp.ClientSession() as session, session.ws_connect(facts["gateway_url"]) as ws:
            await ws.receive_json()
            asked = time.monotonic()
            running.send_signal(stop)
            _, stderr = await asyncio.wait_for(running.communicate(), READY_S)
        took_s = time.monotonic() - asked

    assert mode == 0o600
    assert set(facts) == {"base_url", "gateway_url", "page_url", "application_id", "guild", "channels", "people"}
    assert running.returncode == 0
    assert took_s < 10
    assert not path.exists()
    assert b"playground.closed" in stderr
    assert b"secret-token" not in stderr


@pytest.mark.parametrize(
    ("words", "arguments", "environment"),
    [
        ("needs --spec", ["--strict"], {}),
        ("no such file", ["--strict", "--spec", "missing.json"], {}),
        ("is no id", [], {"EASEL_PLAY_GUILD_ID": "abc"}),
        ("5/5", ["--bucket", "five"], {}),
    ],
)
def test_a_wrong_setting_is_explained_in_one_sentence(
    words: str, arguments: list[str], environment: dict[str, str], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    code = main(["--data", str(tmp_path / "x"), *arguments])

    said = capsys.readouterr().err
    assert code == 2
    assert words in said
    assert len(said.strip().splitlines()) == 1


async def test_the_process_explains_what_it_cannot_use(tmp_path: Path, settings: Settings) -> None:
    async with playground(settings, Log()) as play:
        taken = play.base_url.rpartition(":")[2]
        attempts = {
            "in use": ("--data", str(tmp_path / "x"), "--port", taken),
            "cannot be used": ("--port", "0", "--data", "/dev/null/x"),
        }
        for words, arguments in attempts.items():
            async with process(*arguments) as running:
                _, stderr = await asyncio.wait_for(running.communicate(), READY_S)
            assert running.returncode == 2, words
            assert words in stderr.decode(), stderr
            assert len(stderr.decode().strip().splitlines()) == 1
