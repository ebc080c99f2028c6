"""Ids as Discord makes them: 64 bits, ordered by time, written as decimal strings."""

import time
from typing import Any, NewType

UserId = NewType("UserId", str)
GuildId = NewType("GuildId", str)
ChannelId = NewType("ChannelId", str)
MessageId = NewType("MessageId", str)
CommandId = NewType("CommandId", str)
InteractionId = NewType("InteractionId", str)

Json = dict[str, Any]

EPOCH_MS = 1_420_070_400_000  # first second of 2015; "Snowflakes" in Discord's API reference


class Mint:
    """Makes ids that only ever grow, within one process and across restarts (as long as the clock does)."""

    def __init__(self, after: int = 0) -> None:
        self._last = after

    def __call__(self) -> str:
        stamp = (int(time.time() * 1000) - EPOCH_MS) << 22
        self._last = max(stamp, self._last + 1)
        return str(self._last)


def made_at_ms(snowflake: str) -> int:
    """When an id was made, in milliseconds since 1970."""
    return (int(snowflake) >> 22) + EPOCH_MS


def is_snowflake(value: object) -> bool:
    """Whether a value could be an id: decimal digits that fit into 64 bits."""
    return isinstance(value, str) and value.isascii() and value.isdigit() and int(value) < 1 << 64
