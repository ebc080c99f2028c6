"""Starts the playground, the stand-in for Discord on this machine, as a process of its own beside the bot."""

import asyncio
import contextlib
import json
import secrets
import socket
import subprocess
import sys
import webbrowser
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from bot.errors import CannotStart
from bot.settings import MOST_PORT, DiscordAddresses, Settings

log = structlog.get_logger(__name__)

READY_WITHIN_S = 20.0
LOOK_EVERY_S = 0.05
TAIL = 4096
STOPS_WITHIN_S = 5.0
PENNILESS = "Dan"
"""The person who shows what happens without credits."""


@dataclass(frozen=True, kw_only=True)
class Playground:
    """A running playground."""

    page_url: str
    guild_id: str
    penniless_id: str | None
    settings: Settings
    """The bot's settings, pointed at it."""
    ended: Callable[[], Coroutine[Any, Any, None]]
    """Waits for its end; raises CannotStart, for without it there is nothing to do."""


@asynccontextmanager
async def playground(settings: Settings, *, hints: str = "") -> AsyncIterator[Playground]:
    """Run a playground while the block runs; raises CannotStart when it does not come up."""
    home = settings.data / "playground"
    token = secrets.token_urlsafe(32)
    process = await _start(home, settings.play_port, token, hints)
    said = _Said(process)
    try:
        yield _describe(await _ready(process, home, said), settings, token, said)
    finally:
        await _stop(process)
        await said.all


class _Said:
    """What the playground writes on stderr: passed on, so that the pipe never fills, and its end remembered."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._tail = ""
        self.all = asyncio.create_task(self._listen(), name="playground's log")

    async def _listen(self) -> None:
        assert self._process.stderr is not None, "it was started with a pipe"
        while chunk := await self._process.stderr.read(65_536):
            text = chunk.decode(errors="replace")
            self._tail = (self._tail + text)[-TAIL:]
            log.debug("playground", said=text.strip())

    @property
    def last(self) -> str:
        """Its last line so far."""
        return (self._tail.strip().splitlines() or [""])[-1]

    async def ended(self) -> None:
        """Wait until the playground ends, which it should not; raises CannotStart."""
        await self._process.wait()
        await self.all
        raise CannotStart(f"The playground has ended unexpectedly. {self.last}".strip())


async def _start(home: Path, port: int, token: str, hints: str) -> asyncio.subprocess.Process:
    await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
    await asyncio.to_thread((home / "playground.json").unlink, missing_ok=True)
    arguments = ["--port", str(port), "--data", str(home), "--with-parent"]
    if hints:
        arguments += ["--hints", hints]
    # Its own process group (0x200 on Windows): Ctrl-C in the terminal is for the bot, which ends the playground last.
    own_group: dict[str, Any] = {"creationflags": 0x200} if sys.platform == "win32" else {"process_group": 0}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "playground",
        *arguments,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(token),
        **own_group,
    )


def _environment(token: str) -> dict[str, str]:
    import os  # noqa: PLC0415 - the only use, and only to hand the environment on

    return os.environ | {"EASEL_PLAY_BOT_TOKEN": token}  # noqa: TID251 - handed on, not read


async def _ready(process: asyncio.subprocess.Process, home: Path, said: _Said) -> dict[str, Any]:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READY_WITHIN_S):
            while process.returncode is None:
                found = await asyncio.to_thread(_read, home / "playground.json")
                if found is not None:
                    return found
                await asyncio.sleep(LOOK_EVERY_S)
    if process.returncode is not None:
        await said.all
    raise CannotStart(said.last or "The playground did not start.")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def _describe(facts: dict[str, Any], settings: Settings, token: str, said: _Said) -> Playground:
    base = facts["base_url"]
    guild_id = facts["guild"]["id"]
    people = {person["name"]: person["id"] for person in facts["people"]}
    return Playground(
        page_url=facts.get("page_url", base),
        guild_id=guild_id,
        penniless_id=people.get(PENNILESS),
        ended=said.ended,
        settings=replace(
            settings,
            token=token,
            home_guild=settings.home_guild or guild_id,
            guilds=frozenset(),
            addresses=DiscordAddresses(api=f"{base}/api/v10", gateway=facts["gateway_url"], cdn=f"{base}/cdn"),
            **_pages(settings),
        ),
    )


def _pages(settings: Settings) -> dict[str, Any]:
    """Where the bot's own pages are: on this machine only, next to the playground, unless the owner says more."""
    port = settings.web_port or _free_port(settings.play_port)
    return {"web_port": port, "public_url": settings.public_url or f"http://127.0.0.1:{port}"}


def _free_port(play_port: int) -> int:
    """The port after the playground's, so that the links in old messages outlive a restart; if taken, any."""
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, or the last run's closes it
        probe.bind(("127.0.0.1", play_port + 1 if 0 < play_port < MOST_PORT else 0))
        return int(probe.getsockname()[1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOPS_WITHIN_S)
    except TimeoutError:
        process.kill()
        await process.wait()


async def open_page(url: str) -> None:
    """Open the page in a browser, if this machine has one."""
    with contextlib.suppress(webbrowser.Error):
        await asyncio.to_thread(webbrowser.open, url)
