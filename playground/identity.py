"""Who and what is in the world: ids, names and secrets, made once and kept."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from playground.settings import AGE_RESTRICTED, CHANNELS, PEOPLE, Fixed
from playground.snowflake import ChannelId, GuildId, Mint, UserId

GUILD_NAME = "Easel Playground"
BOT_NAME = "Easel"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who can be played."""

    id: UserId
    name: str
    admin: bool
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Bot:
    """The application's own user."""

    id: UserId
    name: str = BOT_NAME


Actor = Person | Bot  # whoever can send a request


@dataclass(frozen=True, kw_only=True)
class Place:
    """A text channel, without what can change about it."""

    id: ChannelId
    name: str
    nsfw: bool = False


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The cast and the secrets of one data folder."""

    application_id: UserId  # the bot's user id too
    guild_id: GuildId
    admin_role_id: str
    bot_role_id: str
    bot_token: str = field(repr=False)
    page_key: str = field(repr=False)
    cdn_secret: str = field(repr=False)
    people: tuple[Person, ...]
    places: tuple[Place, ...]

    @property
    def bot(self) -> Bot:
        return Bot(id=self.application_id)


def settle(fixed: Fixed, kept: Mapping[str, Any], mint: Mint) -> Identity:
    """What is fixed by the caller, else what was kept, else new."""
    old_people = _filled_up(kept.get("people", []), len(PEOPLE))
    old_places = _filled_up(kept.get("places", []), len(CHANNELS))  # an older folder may have fewer
    return Identity(
        application_id=UserId(fixed.application_id or kept.get("application_id") or mint()),
        guild_id=GuildId(fixed.guild_id or kept.get("guild_id") or mint()),
        admin_role_id=kept.get("admin_role_id") or mint(),
        bot_role_id=kept.get("bot_role_id") or mint(),
        bot_token=fixed.bot_token or kept.get("bot_token") or secret(),
        page_key=fixed.page_key or kept.get("page_key") or secret(),
        cdn_secret=kept.get("cdn_secret") or secret(),
        people=tuple(_person(n, fixed, old, mint) for n, old in enumerate(old_people)),
        places=tuple(_place(n, fixed, old, mint) for n, old in enumerate(old_places)),
    )


def as_document(identity: Identity) -> dict[str, Any]:
    """What `settle` is given back at the next start."""
    return asdict(identity)


def secret() -> str:
    return secrets.token_urlsafe(32)


def _person(n: int, fixed: Fixed, old: Mapping[str, Any], mint: Mint) -> Person:
    return Person(
        id=UserId(_nth(fixed.people_ids, n) or old.get("id") or mint()),
        name=PEOPLE[n],
        admin=n == 0,
        token=_nth(fixed.people_tokens, n) or old.get("token") or secret(),
    )


def _place(n: int, fixed: Fixed, old: Mapping[str, Any], mint: Mint) -> Place:
    channel_id = ChannelId(_nth(fixed.channel_ids, n) or old.get("id") or mint())
    return Place(id=channel_id, name=CHANNELS[n], nsfw=CHANNELS[n] in AGE_RESTRICTED)


def _filled_up(kept: Sequence[Mapping[str, Any]], length: int) -> list[Mapping[str, Any]]:
    return [*kept, *[{}] * (length - len(kept))]


def _nth(values: tuple[str, ...], n: int) -> str:
    return values[n] if n < len(values) else ""
