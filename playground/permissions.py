"""Discord's permission bits, and how roles and channel overwrites combine into what somebody may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag


class Permission(IntFlag):
    """The bits that the playground looks at; source: "Permissions" in Discord's API reference."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50


EVERYTHING = (1 << 53) - 1  # what an administrator is told to have

EVERYONE = int(
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_EXTERNAL_APPS
)


IN_DIRECT = EVERYONE & ~int(
    Permission.CREATE_PUBLIC_THREADS | Permission.SEND_MESSAGES_IN_THREADS
)  # there are no roles in a conversation: both may do what the place allows


@dataclass(frozen=True, kw_only=True)
class Overwrite:
    """What one channel gives to, or takes from, one role (kind 0) or one user (kind 1)."""

    target: str
    kind: int
    allow: int = 0
    deny: int = 0


def in_channel(base: int, overwrites: Iterable[Overwrite]) -> int:
    """Permissions inside a channel; the overwrites come in Discord's order (everyone, roles, the user)."""
    if base & Permission.ADMINISTRATOR:
        return EVERYTHING
    for overwrite in overwrites:
        base = (base & ~overwrite.deny) | overwrite.allow
    return base


def named(names: Iterable[str]) -> int:
    """The bits of permission names such as "SEND_MESSAGES"; raises KeyError for a name that is not known."""
    bits = 0
    for name in names:
        bits |= Permission[name.upper()]
    return bits
