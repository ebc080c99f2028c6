"""The life of an interaction: sent to the bot, answered within 3 seconds or failed, its token good for 15 minutes."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from playground.identity import Person
from playground.messages import Message
from playground.snowflake import ChannelId, InteractionId, Json, MessageId

MOST_KEPT = 20_000


class State(StrEnum):
    WAITING = "waiting"
    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(kw_only=True)
class Interaction:
    """One use of a command or one press of a button."""

    id: InteractionId
    token: str = field(repr=False)
    kind: int
    person: Person
    channel_id: ChannelId
    nonce: object = None
    command: str = ""  # the full name, with subcommands
    pressed: str = ""  # the custom_id
    source: MessageId | None = None  # the message whose component was used
    menu: int | None = None  # 2 or 3: the command was opened from the menu of a user or a message
    target: str | None = None  # whom or what a context menu was opened on
    opener: "Interaction | None" = None  # what was answered with the modal that is sent here
    modal: Json | None = None  # the modal that answers it
    submitted: "Interaction | None" = None  # what became of that modal
    focused: Json | None = None  # autocomplete: the option that is being typed
    original: MessageId | None = None  # the message that answers it
    state: State = State.WAITING
    callback: int | None = None
    sent_at: float = field(default_factory=time.monotonic)
    sent_unix: float = field(default_factory=time.time)
    ack_ms: float | None = None

    def as_json(self) -> Json:
        """What the log of the world tells of it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "person": self.person.name,
            "channel_id": self.channel_id,
            "command": self.command,
            "custom_id": self.pressed,
            "state": self.state.value,
            "callback": self.callback,
            "sent_at": self.sent_unix,
            "ack_ms": self.ack_ms,
            "original": self.original,
        }


class Desk:
    """All interactions of this run."""

    def __init__(self, ack_deadline_s: float, token_life_s: float, failed: Callable[[Interaction, int], None]) -> None:
        self.ack_deadline_s = ack_deadline_s
        self.token_life_s = token_life_s
        self._failed = failed
        self._by_id: dict[str, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def open(self, interaction: Interaction) -> None:
        """Start the clock; without an answer in time `failed` is called (reason 2)."""
        self._by_id[interaction.id] = self._by_token[interaction.token] = interaction
        loop = asyncio.get_running_loop()
        self._timers[interaction.id] = loop.call_later(self.ack_deadline_s, self._run_out, interaction)
        if len(self._by_id) > MOST_KEPT:
            oldest = self._by_id.pop(next(iter(self._by_id)))
            self._by_token.pop(oldest.token, None)

    def find(self, interaction_id: str, token: str) -> Interaction | None:
        interaction = self._by_id.get(interaction_id)
        return interaction if interaction and interaction.token == token else None

    def by_id(self, interaction_id: str) -> Interaction | None:
        return self._by_id.get(interaction_id)

    def by_token(self, token: str) -> Interaction | None:
        return self._by_token.get(token)

    def is_dead(self, interaction: Interaction) -> bool:
        """Whether the token has run out."""
        return time.monotonic() - interaction.sent_at > self.token_life_s

    def answered(self, interaction: Interaction, callback: int, original: Message | None) -> None:
        """The first answer came in time."""
        interaction.state = State.ANSWERED
        interaction.callback = callback
        interaction.ack_ms = (time.monotonic() - interaction.sent_at) * 1000
        interaction.original = original.id if original else None
        self._stop(interaction)

    def newest_first(self) -> list[Interaction]:
        return list(reversed(self._by_id.values()))

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()

    def _run_out(self, interaction: Interaction) -> None:
        self._stop(interaction)
        if interaction.state is State.WAITING:
            interaction.state = State.FAILED
            self._failed(interaction, 2)

    def _stop(self, interaction: Interaction) -> None:
        if timer := self._timers.pop(interaction.id, None):
            timer.cancel()


def new_token() -> str:
    return secrets.token_urlsafe(64)
