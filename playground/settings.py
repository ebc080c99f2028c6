"""Everything that can be chosen about a playground, read once and passed along."""

from dataclasses import dataclass, field
from pathlib import Path

PEOPLE = ("Ada", "Ben", "Chloe", "Dan")
CHANNELS = ("studio", "gallery-wall", "quiet-corner", "after-dark")
AGE_RESTRICTED = frozenset({"after-dark"})


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """How many requests of one kind are let through in how many seconds."""

    limit: int
    per_s: float


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """Ids and secrets that the caller wants to choose; whatever is empty is made once and kept."""

    application_id: str = ""
    guild_id: str = ""
    channel_ids: tuple[str, ...] = ()
    people_ids: tuple[str, ...] = ()
    people_tokens: tuple[str, ...] = field(default=(), repr=False)
    bot_token: str = field(default="", repr=False)
    page_key: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One playground."""

    data: Path
    port: int = 8410
    fixed: Fixed = Fixed()
    spec: Path | None = None  # the official OpenAPI file; a path switches strict mode on
    hints: str = ""  # what the page's first screen says, as JSON; empty: its own words
    closed_dms: frozenset[str] = frozenset()  # names of people who take no direct messages from the bot
    world: bool = False  # control routes for tests
    time_scale: float = 1.0  # multiplies both deadlines
    ack_deadline_s: float = 3.0
    token_life_s: float = 900.0
    nonce_window_s: float = 300.0
    attachment_size_limit: int = 10 << 20
    cdn_life_s: float = 86_400.0
    session_life_s: float = 300.0
    bucket: Bucket | None = None
    heartbeat_interval_ms: int = 41_250
    extra_hosts: frozenset[str] = frozenset()  # Host names besides 127.0.0.1 and localhost, with their port
