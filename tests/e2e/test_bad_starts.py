"""What an owner can get wrong: one clear sentence, exit code 2, nothing broken."""

import asyncio
import json
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.person import Person
from tests.e2e.processes import Process, Stage, stage, start

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("starts")) as running:
        yield running


async def refusal(bot: Process) -> str:
    """Wait for a bot to end by itself with exit code 2; returns what it said."""
    async with asyncio.timeout(30):
        code = await bot.process.wait()
    said = bot.tail()
    assert code == 2, said
    assert "Traceback" not in said
    return said


async def test_a_wrong_token_is_said_in_one_sentence(playground: Stage) -> None:
    said = await refusal(await playground.bot(DISCORD_TOKEN="not-the-right-token-at-all"))

    assert "does not accept this DISCORD_TOKEN" in said
    assert "not-the-right-token-at-all" not in said


async def test_run_without_a_token_says_where_to_put_it(playground: Stage) -> None:
    assert ".env" in await refusal(await playground.bot(DISCORD_TOKEN=""))


async def test_a_model_folder_that_is_none_is_named(playground: Stage, tmp_path: Path) -> None:
    (tmp_path / "pictures-of-cats").mkdir()

    said = await refusal(await playground.bot(EASEL_MODEL=str(tmp_path / "pictures-of-cats")))

    assert "pictures-of-cats" in said
    assert "model_index.json" in said


async def test_a_pickled_checkpoint_is_refused(playground: Stage, tmp_path: Path) -> None:
    (tmp_path / "model.ckpt").write_bytes(b"\x80\x02}q\x00.")

    assert "safetensors" in await refusal(await playground.bot(EASEL_MODEL=str(tmp_path / "model.ckpt")))


async def test_a_database_from_a_newer_version_is_left_alone(playground: Stage, tmp_path: Path) -> None:
    first = await playground.online(EASEL_DATA=str(tmp_path))
    await first.end()
    with sqlite3.connect(tmp_path / "easel.sqlite") as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")

    said = await refusal(await playground.bot(EASEL_DATA=str(tmp_path)))

    assert "newer" in said


async def test_a_file_that_is_no_database_is_left_alone(playground: Stage, tmp_path: Path) -> None:
    (tmp_path / "easel.sqlite").write_bytes(b"these are my holiday notes " * 100)

    await refusal(await playground.bot(EASEL_DATA=str(tmp_path)))

    assert (tmp_path / "easel.sqlite").read_bytes().startswith(b"these are my holiday notes")


async def test_a_second_bot_on_the_same_data_does_not_start(playground: Stage) -> None:
    first = await playground.online()

    said = await refusal(await playground.bot())
    await first.end()

    assert "Another Easel is running on the data folder" in said


async def test_a_taken_port_is_said(playground: Stage) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        said = await refusal(await playground.bot(EASEL_WEB_PORT=str(taken.getsockname()[1])))

    assert "in use" in said


async def test_a_taken_port_of_the_playground_is_said(playground: Stage, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        play = await start(tmp_path / "play.log", "-m", "bot", "play", "--port", port, "--no-browser")
        said = await refusal(play)

    assert port in said


async def test_all_wrong_settings_are_listed_at_once(playground: Stage) -> None:
    said = await refusal(await playground.bot(EASEL_START_CREDITS="many", EASEL_OWNERS="ada", EASEL_DTYPE="float13"))

    assert all(name in said for name in ("EASEL_START_CREDITS", "EASEL_OWNERS", "EASEL_DTYPE"))


async def test_play_starts_says_where_and_ends_cleanly_in_the_middle_of_a_job(tmp_path: Path) -> None:
    log = tmp_path / "play.log"
    play = await start(
        log, "-m", "bot", "play", "--port", "0", "--no-browser",
        env={"EASEL_MODEL": "doodle", "EASEL_DOODLE_STEP_MS": "300"},
    )  # fmt: skip
    async with asyncio.timeout(45):
        while "Open:" not in log.read_text():
            assert play.process.returncode is None, play.tail()
            await asyncio.sleep(0.05)
    world = json.loads((tmp_path / "easel-data" / "playground" / "playground.json").read_text())
    async with Person.at(world, "Dan") as dan, Person.at(world, "Ben") as ben:
        poor = await dan.answer(await dan.use("imagine", prompt="a castle"))
        await ben.answer(await ben.use("imagine", prompt="a castle"))

        code = await play.end(signal.SIGINT)

    assert poor["embeds"][0]["title"] == "Credits exhausted"
    assert code == 0, play.tail()
    assert "Traceback" not in play.tail()
    assert not (tmp_path / "easel-data" / "playground" / "playground.json").exists()
