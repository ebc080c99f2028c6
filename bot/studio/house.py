"""What the studio works with, who asks, and what the runner is to it: plain values and one protocol."""

from dataclasses import dataclass
from typing import Protocol

from bot.clock import Clock
from bot.custom_ids import Pressed
from bot.failpoint import Point
from bot.hints import Hints
from bot.moderation import Blocklist
from bot.references import References
from bot.settings import Settings
from db.database import Database
from db.jobs import Job, Usage
from db.ledger import Balance
from pipeline.cards import ModelCard
from pipeline.catalog import Catalog
from pipeline.engine import Engine
from pipeline.store import PictureStore


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, where, and by which interaction."""

    request_id: str
    user_id: str
    user_name: str
    guild_id: str | None
    channel_id: str
    is_admin: bool
    """May manage the server that they ask on."""
    upload_limit: int | None
    locale: str


@dataclass(frozen=True, kw_only=True)
class Press:
    """A press of one of our buttons, as far as the studio cares."""

    pressed: Pressed
    message_id: str
    custom_id: str
    prompt: str | None = None
    """What was typed into the form that the button opened; None: there was none."""
    mask: str | None = None
    """For a region: sha256 of the stored mask, of the picture's size."""


class Works(Protocol):
    """The runner, as the studio sees it."""

    def wake(self) -> None: ...
    async def stop(self, job: Job) -> None: ...
    async def settle(self, job: Job) -> None: ...


class NoWorks:
    """Before the runner is there, accepted jobs simply wait."""

    def wake(self) -> None:
        return

    async def stop(self, job: Job) -> None:
        return

    async def settle(self, job: Job) -> None:
        return


@dataclass(frozen=True, kw_only=True)
class About:
    """What `/info` shows."""

    balance: Balance
    daily_units: int
    usage: Usage
    running: tuple[Job, ...]


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """Whether pictures can be drawn now."""

    ready: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class House:
    """All that the studio works with."""

    database: Database
    settings: Settings
    catalog: Catalog
    hints: Hints
    store: PictureStore
    blocklist: Blocklist
    references: References
    engine: Engine
    clock: Clock
    point: Point

    @property
    def card(self) -> ModelCard:
        """The model that draws here unless another is asked for."""
        return self.catalog.default
