"""One painter process as the bot sees it: how it is started, spoken with and ended."""

import asyncio
import contextlib
import json
import logging
import secrets
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from typing import Any

import structlog

from pipeline.wire import Frame, Skew, WireError, check_hello, pack, read_frame, welcome

log = structlog.get_logger(__name__)

_HELLO_S = 60.0
_LAST_WORDS = 20
_LONGEST_LINE = 1 << 15
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class PainterLost(Exception):
    """The painter process did not start, or has gone."""


class PainterProcess:
    """A painter that has said hello."""

    def __init__(self, process: asyncio.subprocess.Process, words: "_LastWords") -> None:
        self._process = process
        self._words = words
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    @classmethod
    async def start(cls, name: str, setup: Mapping[str, Any]) -> "PainterProcess":
        """Start `python -m pipeline.gpu` and tell it what to be. Raises PainterLost, Skew.

        It calls back on a loopback port with a secret that only its standard input was told, so that no other program
        of the machine can take its place; that works alike on every system.
        """
        door = _Door()
        server = await _open(door)
        try:
            process = await _spawn()
            painter = cls(process, _LastWords(name, process))
            try:
                await painter._shake_hands(door, server.sockets[0].getsockname()[1])
                painter.send(welcome(setup))
            except BaseException as fault:
                await painter.end(grace_s=0)
                if isinstance(fault, PainterLost):
                    raise PainterLost(f"{fault} {painter.last_words}".strip()) from fault
                raise
        finally:
            server.close()  # the painter's own connection stays open
        return painter

    async def _shake_hands(self, door: "_Door", port: int) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(json.dumps({"port": port, "secret": door.secret}).encode() + b"\n")
        stdin.close()
        self._reader, self._writer = await door.opened(self._process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def last_words(self) -> str:
        """The last line that the process wrote to its standard error."""
        return self._words.last

    async def receive(self) -> Frame | None:
        """Wait for the next frame; None when the process has gone. Raises WireError."""
        return await read_frame(self._reader)

    def send(self, frame: Frame) -> None:
        """Send a frame; one to a process that has gone is lost, and `receive` tells of that."""
        if not self._writer.is_closing():
            self._writer.write(pack(frame))

    def kill(self) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def end(self, grace_s: float) -> int | None:
        """Hang up, wait for the process to go by itself, then make it; return its exit code."""
        if hasattr(self, "_writer"):
            self._writer.close()
        try:
            async with asyncio.timeout(grace_s):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
        finally:
            self.kill()  # also when this wait is itself cancelled: no painter outlives its bot
        await self._words.finish()
        return self._process.returncode


class _Door:
    """Lets in the one process that knows the secret."""

    def __init__(self) -> None:
        self.secret = secrets.token_urlsafe(32)
        self._guest: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
        self._guest = asyncio.get_running_loop().create_future()

    async def knock(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HELLO_S):
                check_hello(await read_frame(reader), self.secret)
        except Skew as skew:
            if not self._guest.done():
                self._guest.set_exception(skew)
            writer.close()
        except (WireError, TimeoutError):
            writer.close()
        else:
            if self._guest.done():
                writer.close()
            else:
                self._guest.set_result((reader, writer))

    async def opened(self, process: asyncio.subprocess.Process) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Wait for the painter's hello. Raises PainterLost, Skew."""
        ended = asyncio.ensure_future(process.wait())
        either: set[asyncio.Future[Any]] = {ended, self._guest}
        try:
            await asyncio.wait(either, timeout=_HELLO_S, return_when=asyncio.FIRST_COMPLETED)
            if not self._guest.done():
                raise PainterLost("The painter ended, or was silent, before it said hello.")
            return self._guest.result()
        finally:
            ended.cancel()


class _LastWords:
    """Reads what a process writes to its standard error, logs it and keeps the end of it."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        self._lines: deque[str] = deque(maxlen=_LAST_WORDS)
        self._task = asyncio.create_task(self._listen(name, process.stderr))

    @property
    def last(self) -> str:
        return self._lines[-1] if self._lines else ""

    async def finish(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._task, 1)

    async def _listen(self, name: str, stream: asyncio.StreamReader) -> None:
        rest = b""
        while piece := await stream.read(1 << 16):
            *lines, rest = (rest + piece).replace(b"\r", b"\n").split(b"\n")
            rest = rest[-_LONGEST_LINE:]
            for line in filter(None, (line.decode(errors="replace").strip() for line in lines)):
                self._lines.append(_passed_on(name, line))


def _passed_on(name: str, line: str) -> str:
    """Log what a painter wrote: its own entries as they are, what libraries print for those who look closely."""
    try:
        entry = json.loads(line)
        level, event = _LEVELS[entry.pop("level")], str(entry.pop("event"))
    except (ValueError, TypeError, KeyError, AttributeError):
        log.debug("painter says", painter=name, line=line[:500])
        return line[:500]
    log.log(level, event, **entry | {"painter": name})
    return event


async def _open(door: _Door) -> asyncio.Server:
    try:
        return await asyncio.start_server(door.knock, "127.0.0.1", 0)
    except OSError as fault:
        raise PainterLost(f"The painter has no port to call back on: {fault}") from fault


async def _spawn() -> asyncio.subprocess.Process:
    # A session (on Windows: group) of its own, so that Ctrl-C in the bot's terminal does not reach the painter.
    alone: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        alone = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "pipeline.gpu",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            **alone,
        )
    except OSError as fault:
        raise PainterLost(f"The painter could not be started: {fault}") from fault
