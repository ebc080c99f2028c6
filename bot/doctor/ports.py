"""Looks at the ports: whether they are free, or rightly taken by the bot that runs."""

import asyncio
import os
import socket

import aiohttp

from bot.doctor.finding import Finding, attention, broken, ok
from bot.settings import Settings

TIMEOUT_S = 3.0
PLAY_HOST = "127.0.0.1"


async def check(settings: Settings, *, running: bool) -> list[Finding]:
    return [await _web(settings, running=running), await _play(settings, running=running)]


async def _web(settings: Settings, *, running: bool) -> Finding:
    host, port = settings.web_host, settings.web_port
    if port == 0:
        return ok("web port", "off; set EASEL_WEB_PORT to get a health page.")
    if running:
        return await _health(host, port)
    if fault := await asyncio.to_thread(_fault, host, port):
        mend = f"Close the other program, or set EASEL_WEB_PORT to another number than {port}."
        return broken("web port", f"{host}:{port} cannot be had ({fault}).", mend)
    return ok("web port", f"{host}:{port} is free.")


async def _health(host: str, port: int) -> Finding:
    """Ask the running bot how it is."""
    url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}/health"  # noqa: S104 - not bound here
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session,
            session.get(url) as answer,
        ):
            if answer.status == 200:
                return ok("web port", f"the running bot says at {url} that it is well.")
            what = f"the running bot says at {url} that it is not well (HTTP {answer.status})."
            return attention("web port", what, "Look at its log; it may still be connecting.")
    except (aiohttp.ClientError, TimeoutError):
        what = f"a bot is running, but nothing answers at {url}."
        return attention("web port", what, "Restart it if you changed EASEL_WEB_PORT since it was started.")


async def _play(settings: Settings, *, running: bool) -> Finding:
    port = settings.play_port
    if port == 0:
        return ok("playground port", "any free one.")
    fault = await asyncio.to_thread(_fault, PLAY_HOST, port)
    if fault is None:
        return ok("playground port", f"{PLAY_HOST}:{port} is free.")
    if running:
        return ok("playground port", f"{PLAY_HOST}:{port} is taken, as it is while the playground runs.")
    mend = "Use another one: easel play --port N, or EASEL_PLAY_PORT."
    level = attention if settings.token else broken
    return level("playground port", f"{PLAY_HOST}:{port} cannot be had ({fault}).", mend)


def _fault(host: str, port: int) -> str | None:
    """Why a port cannot be listened on; None when it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as door:
            if os.name == "posix":  # as asyncio does: a port that was closed a moment ago is free
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
            door.listen(1)
    except OSError as fault:
        return fault.strerror or str(fault)
    except UnicodeError:
        return "no host has such a name"
    return None
