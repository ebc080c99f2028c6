"""The real processes, as a person would start them: a playground and a bot."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

BOT_TOKEN = "a-token-for-tests-that-is-long-enough"  # made up; the playground accepts what it is started with
STARTS_WITHIN_S = 60.0
SMALL_DOODLE = """\
[models.tiny]
source = "doodle"
side = 128
"""
"""The scripted stand-in with small pictures: these tests are about messages and money."""
ROOT = Path(__file__).parents[2]
CONTROL = {"X-Playground-World": "1"}


def openapi_path() -> Path | None:
    """Where Discord's own API description is, if this machine has it."""
    named = os.environ.get("EASEL_DISCORD_OPENAPI")
    path = Path(named) if named else ROOT.parent / "shared" / "discord-openapi.json"
    return path if path.is_file() else None


@dataclass(kw_only=True)
class Process:
    """A child process whose output is kept in a file."""

    process: asyncio.subprocess.Process
    log: Path

    async def end(self, how: int = signal.SIGTERM, within_s: float = 15.0) -> int:
        """End it and return its exit code; past the time it is killed and the test fails."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(how)
        try:
            return await asyncio.wait_for(self.process.wait(), within_s)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
            raise AssertionError(f"did not end within {within_s} s:\n{self.tail()}") from None

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]


async def start(log: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Process:
    """Start `python <arguments>` with a clean environment of ours."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Whoever runs the tests in a shell's background passes that on; a child would never hear Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("EASEL_", "DISCORD_"))}
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env=kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | dict(env or {}),
        )
    return Process(process=process, log=log)


@dataclass(kw_only=True)
class Stage:
    """A running playground, and the means to start bots on it."""

    home: Path
    world: dict[str, Any]
    server: Process
    bots: list[Process] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)

    async def bot(self, *, module: Sequence[str] = ("bot",), **settings: str) -> Process:
        """Start a bot on this playground; returns at once. `module`: what python -m runs, and its first arguments."""
        base = self.world["base_url"]
        env = {
            "DISCORD_TOKEN": BOT_TOKEN,
            "EASEL_DATA": str(self.home / "data"),
            "EASEL_DISCORD_API": f"{base}/api/v10",
            "EASEL_DISCORD_GATEWAY": self.world["gateway_url"],
            "EASEL_DISCORD_CDN": f"{base}/cdn",
            "EASEL_MODEL": "tiny",
            "EASEL_DOODLE_STEP_MS": "10",
        }
        bot = await start(
            self.home / f"bot-{len(self.bots)}.log", "-m", *module, "run", env=env | self.settings | settings
        )
        self.bots.append(bot)
        return bot

    async def online(self, *, module: Sequence[str] = ("bot",), **settings: str) -> Process:
        """Start a bot and wait until it says that it is online."""
        bot = await self.bot(module=module, **settings)
        async with asyncio.timeout(STARTS_WITHIN_S):
            while "is online as" not in bot.log.read_text(errors="replace"):
                if bot.process.returncode is not None:
                    raise AssertionError(f"the bot ended with {bot.process.returncode}:\n{bot.tail()}")
                await asyncio.sleep(0.05)
        return bot

    async def control(self, path: str, body: object = None) -> Any:
        """Ask or change the world behind the playground."""
        url = f"{self.world['base_url']}/_world/{path}"
        async with aiohttp.ClientSession(headers=CONTROL) as session:
            method = "GET" if body is None else "POST"
            async with session.request(method, url, json=body) as answer:
                text = await answer.text()
                assert answer.status < 300, f"{path}: {answer.status} {text[:500]}"
                return json.loads(text) if text else None


@asynccontextmanager
async def stage(home: Path, *flags: str, strict: bool = True) -> AsyncIterator[Stage]:
    """Run a playground, strict if the API description is there, and end every process started on it."""
    place = home / "playground"
    place.mkdir(parents=True)
    (home / "easel.toml").write_text(SMALL_DOODLE)
    spec = openapi_path()
    strictly = ["--strict", "--spec", str(spec)] if strict and spec else []
    arguments = ["-m", "playground", "--port", "0", "--data", str(place), "--world", *strictly, *flags]
    server = await start(home / "playground.log", *arguments, env={"EASEL_PLAY_BOT_TOKEN": BOT_TOKEN})
    try:
        world = await _ready(server, place / "playground.json")
        found = Stage(home=home, world=world, server=server)
        try:
            yield found
        finally:
            server = found.server  # a test may have started another in its place
            for bot in found.bots:
                if bot.process.returncode is None:
                    await bot.end()
    finally:
        if server.process.returncode is None:
            await server.end()


async def _ready(server: Process, path: Path) -> dict[str, Any]:
    async with asyncio.timeout(STARTS_WITHIN_S):
        while server.process.returncode is None:
            if (world := _read(path)) is not None:
                return world
            await asyncio.sleep(0.05)
    raise AssertionError(f"the playground ended with {server.process.returncode}:\n{server.tail()}")


def _read(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    world: dict[str, Any] = json.loads(path.read_text())
    return world
