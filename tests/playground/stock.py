"""Stock discord.py pointed at a playground: only its three base addresses change."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import discord
import pytest
import yarl

from playground.server import Playground
from tests.playground.clients import PICTURE

READY_S = 20.0
B = TypeVar("B", bound=discord.Client)


def point_discord_py_at(play: Playground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", play.base_url + "/api/v10")
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(play.stage.gateway_url))
    monkeypatch.setattr(discord.asset.Asset, "BASE", play.base_url + "/cdn")


@asynccontextmanager
async def running(play: Playground, bot: B) -> AsyncIterator[B]:
    """A bot that is ready, and closed at the end."""
    async with bot:
        life = asyncio.create_task(bot.start(play.stage.world.identity.bot_token))
        ready = asyncio.create_task(is_ready(bot))
        done, _ = await asyncio.wait({life, ready}, timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
        assert ready in done, life.exception() if life in done else "not ready in time"
        yield bot
        ready.cancel()
    await asyncio.gather(life, return_exceptions=True)


async def is_ready(bot: discord.Client) -> None:
    while not bot.is_ready():
        await asyncio.sleep(0.01)


def picture(name: str) -> discord.File:
    return discord.File(io.BytesIO(PICTURE), name)


def connection_options() -> dict[str, Any]:
    """Settings of a client that need no two seconds to be ready."""
    return {"guild_ready_timeout": 0.1, "max_ratelimit_timeout": 30}
