"""All messages, by id and by channel in the order of time."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from playground.snowflake import ChannelId, InteractionId, Json, MessageId, UserId

SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SILENT = 1 << 12
V2 = 1 << 15


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message. `body` is never changed, an edit makes a new Message; addresses in it are not signed yet."""

    body: Json
    seen_by: UserId | None = None  # the only person who sees it, when it is ephemeral
    origin: InteractionId | None = None  # the interaction that it answers
    files: tuple[str, ...] = ()  # attachments that go when it goes
    embedded: tuple[Json, ...] = ()  # attachments that only an embed shows; Discord leaves them out of the list
    reactions: Mapping[str, tuple[UserId, ...]] = field(default_factory=dict)  # emoji → who, both in order of time

    @property
    def id(self) -> MessageId:
        return MessageId(self.body["id"])

    @property
    def channel_id(self) -> ChannelId:
        return ChannelId(self.body["channel_id"])

    @property
    def author_id(self) -> UserId:
        return UserId(self.body["author"]["id"])

    @property
    def flags(self) -> int:
        return int(self.body["flags"])

    def with_reaction(self, emoji: str, user: UserId) -> "Message":
        return replace(self, reactions={**self.reactions, emoji: (*self.reactions.get(emoji, ()), user)})

    def without_reaction(self, emoji: str, user: UserId) -> "Message":
        left = tuple(other for other in self.reactions.get(emoji, ()) if other != user)
        if not left:
            return self.without_reactions(emoji)
        return replace(self, reactions={**self.reactions, emoji: left})

    def without_reactions(self, emoji: str | None) -> "Message":
        """Without those of one kind, or without any (None)."""
        left = {other: people for other, people in self.reactions.items() if emoji not in (None, other)}
        return replace(self, reactions=left)


class MessageBook:
    """Messages of every channel; pages never hold ephemeral ones."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._by_id: dict[MessageId, Message] = {}
        self._order: dict[ChannelId, list[int]] = {}
        for message in messages:
            self.put(message)

    def get(self, message_id: str) -> Message | None:
        return self._by_id.get(MessageId(message_id))

    def put(self, message: Message) -> None:
        """Add a message, or put its new state in place of the old."""
        if message.id not in self._by_id and message.seen_by is None:
            insort(self._order.setdefault(message.channel_id, []), int(message.id))
        self._by_id[message.id] = message

    def remove(self, message: Message) -> None:
        self._by_id.pop(message.id, None)
        order = self._order.get(message.channel_id, [])
        at = bisect_left(order, int(message.id))
        if at < len(order) and order[at] == int(message.id):
            del order[at]

    def last_id(self, channel: ChannelId) -> str | None:
        order = self._order.get(channel)
        return str(order[-1]) if order else None

    def before(self, channel: ChannelId, message_id: int | None, limit: int) -> list[Message]:
        """The newest messages, older than an id if one is given; newest first."""
        order = self._order.get(channel, [])
        end = len(order) if message_id is None else bisect_left(order, message_id)
        return self._read(order[max(0, end - limit) : end])

    def after(self, channel: ChannelId, message_id: int, limit: int) -> list[Message]:
        """The first messages that came after an id; newest first."""
        order = self._order.get(channel, [])
        start = bisect_left(order, message_id + 1)
        return self._read(order[start : start + limit])

    def around(self, channel: ChannelId, message_id: int, limit: int) -> list[Message]:
        """A message with its neighbours, half of them older; newest first."""
        order = self._order.get(channel, [])
        start = max(0, bisect_left(order, message_id) - limit // 2)
        return self._read(order[start : start + limit])

    def _read(self, ids: list[int]) -> list[Message]:
        return [self._by_id[MessageId(str(n))] for n in reversed(ids)]
