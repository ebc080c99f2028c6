"""A playground per test, in this process, on any free port."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from playground.log import Log
from playground.server import Playground, playground
from playground.settings import Settings
from tests.playground.clients import BotClient, PersonClient, bot_client, person_client

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "play", port=0, world=True)


@pytest.fixture(scope="session")
def spec() -> Path:
    """The official OpenAPI file; EASEL_DISCORD_OPENAPI names it."""
    path = Path(os.environ.get("EASEL_DISCORD_OPENAPI", CHECKOUT.parent / "shared" / "discord-openapi.json"))
    if not path.is_file():
        pytest.skip(f"Discord's OpenAPI file is not at {path}; EASEL_DISCORD_OPENAPI says where it is")
    return path


@pytest.fixture
async def play(settings: Settings) -> AsyncIterator[Playground]:
    async with playground(settings, Log()) as opened:
        yield opened


@pytest.fixture
async def strict_play(settings: Settings, spec: Path) -> AsyncIterator[Playground]:
    async with playground(replace(settings, spec=spec), Log()) as opened:
        yield opened


@pytest.fixture
async def ada(play: Playground) -> AsyncIterator[PersonClient]:
    """The admin."""
    async with person_client(play, 0) as client:
        await client.identify()
        yield client


@pytest.fixture
async def ben(play: Playground) -> AsyncIterator[PersonClient]:
    """A member."""
    async with person_client(play, 1) as client:
        await client.identify()
        yield client


@pytest.fixture
async def bot(play: Playground) -> AsyncIterator[BotClient]:
    """The bot, connected, with one command /draw prompt:."""
    async with bot_client(play) as client:
        await client.identify(intents=1 | 1 << 9)
        await client.register({"name": "draw", "options": [PROMPT]})
        yield client


PROMPT = {"type": 3, "name": "prompt", "description": "what to draw", "required": True, "max_length": 100}


@pytest.fixture
def channel(play: Playground) -> str:
    """The path of the first channel's messages."""
    return f"/channels/{play.stage.world.identity.places[0].id}/messages"
