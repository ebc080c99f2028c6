"""Discord that cannot be reached, and a playground that goes away."""

import asyncio
import contextlib
import json
import socket
import sys
from pathlib import Path

import psutil
import pytest

from bot import app
from bot.app import Bot
from bot.chat.client import EaselClient
from bot.errors import CannotStart
from bot.play import _Said
from bot.play import playground as playground_process
from bot.settings import Settings
from playground.log import Log
from playground.server import playground
from playground.settings import Fixed
from playground.settings import Settings as PlaySettings
from tests.flow.proxy import free_port
from tests.flow.town import READY_S, TINY, addresses, town

TOKEN = "made-up-token-for-this-test"


async def test_a_network_that_comes_up_after_the_bot_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "FIRST_PAUSE_S", 0.05)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = Settings(
        token=TOKEN,
        data=tmp_path / "data",
        model="tiny",
        model_tables=TINY,
        addresses=addresses(base, f"ws://127.0.0.1:{port}/gateway"),
    )
    online: asyncio.Future[Bot] = asyncio.get_running_loop().create_future()
    life = asyncio.create_task(app.serve(settings, online.set_result))
    try:
        await asyncio.sleep(0.5)
        assert not life.done()
        play = PlaySettings(data=tmp_path / "play", port=port, fixed=Fixed(bot_token=TOKEN))
        async with playground(play, Log()):
            async with asyncio.timeout(READY_S):
                await online
    finally:
        life.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await life

    said = capsys.readouterr()
    assert "Discord cannot be reached" in said.out + said.err
    assert TOKEN not in said.out + said.err


async def test_a_discord_that_is_out_of_order_at_the_start_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[float] = []
    monkeypatch.setattr(app, "FIRST_PAUSE_S", 0.01)
    log_in = EaselClient.login

    async def troubled(client: EaselClient, token: str) -> None:
        tried.append(0)
        if len(tried) < 3:
            raise OSError("no route to host")
        await log_in(client, token)

    monkeypatch.setattr(EaselClient, "login", troubled)
    async with town(tmp_path) as here:
        assert here.bot.client.is_ready()
    assert len(tried) == 3


async def test_a_connection_that_breaks_and_sessions_that_end_do_not_cost_a_picture(tmp_path: Path) -> None:
    async with town(tmp_path, step_s=0.03) as here:
        await here.ada.use("imagine", prompt="red fox")
        job = await here.newest()
        here.play.control.apply({"drop_sockets": "bot"})

        assert (await here.ended(job.id)).state == "delivered"


async def test_a_playground_that_dies_ends_easel_play_with_a_sentence(tmp_path: Path) -> None:
    async with playground_process(Settings(data=tmp_path, play_port=0)) as ground:
        watch = asyncio.create_task(ground.ended())
        for child in psutil.Process().children():
            if "playground" in child.cmdline():
                child.kill()

        with pytest.raises(CannotStart, match="The playground has ended unexpectedly"):
            await asyncio.wait_for(watch, READY_S)


async def test_a_talkative_playground_never_blocks_on_a_full_pipe() -> None:
    code = (
        "import sys\nfor n in range(40000): print('line', n, file=sys.stderr)\nprint('the last words', file=sys.stderr)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stderr=asyncio.subprocess.PIPE)
    said = _Said(process)

    assert await asyncio.wait_for(process.wait(), READY_S) == 0
    await said.all

    assert said.last == "the last words"


async def test_the_last_line_is_found_however_the_pipe_cuts_it() -> None:
    code = (
        "import sys, time\n"
        "for part in ('first\\nsec', 'ond\\n', 'th', 'ird\\n'):\n"
        "    print(part, end='', file=sys.stderr, flush=True); time.sleep(0.05)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stderr=asyncio.subprocess.PIPE)
    said = _Said(process)

    await asyncio.wait_for(said.all, READY_S)

    assert said.last == "third"


async def test_a_playground_that_cannot_start_says_why(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(CannotStart, match="is in use already"):
            async with playground_process(Settings(data=tmp_path, play_port=taken.getsockname()[1])):
                pass


async def test_the_address_of_the_page_is_in_the_file_that_programs_read(tmp_path: Path) -> None:
    async with playground_process(Settings(data=tmp_path, play_port=0)) as ground:
        facts = json.loads((tmp_path / "playground" / "playground.json").read_text())

        assert ground.page_url.startswith(facts["base_url"])
