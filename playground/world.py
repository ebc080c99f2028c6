"""The state of the stand-in: one guild, its channels, people, their conversations, messages and commands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.identity import Actor, Bot, Identity, Person, Place, as_document, settle
from playground.messages import Message, MessageBook
from playground.permissions import EVERYONE, EVERYTHING, IN_DIRECT, Overwrite, in_channel
from playground.settings import Settings
from playground.snowflake import ChannelId, CommandId, GuildId, Json, Mint, UserId
from playground.store import Store

GLOBAL = GuildId("global")  # the shelf of commands that every guild sees


@dataclass(kw_only=True)
class Channel:
    """A text channel and what it gives to or takes from whom; or a conversation of one person with the bot."""

    place: Place
    position: int = 0
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    person: Person | None = None  # whose conversation it is; None: a channel of the guild
    listed: bool = True  # whether that person's client shows it

    @property
    def id(self) -> ChannelId:
        return self.place.id


class World:
    """Everything that is true at this moment; changes go through its methods, which also keep them."""

    def __init__(self, settings: Settings, documents: Mapping[str, Mapping[str, Any]], store: Store) -> None:
        newest = max((int(key) for key in documents.get("message", {})), default=0)
        self.mint = Mint(newest)
        self.identity: Identity = settle(settings.fixed, documents.get("meta", {}).get("identity", {}), self.mint)
        self._store = store
        store.put("meta", "identity", as_document(self.identity))
        self.channels = {p.id: Channel(place=p, position=n) for n, p in enumerate(self.identity.places)}
        self.people = {person.id: person for person in self.identity.people}
        self.directs = {c.id: c for c in self._kept_directs(documents.get("direct", {}))}
        self.closed: set[UserId] = set()
        self.close_dms(settings.closed_dms)
        self.messages = MessageBook(_message(kept) for kept in documents.get("message", {}).values())
        self.commands: dict[GuildId, list[Json]] = {
            GuildId(guild): list(commands) for guild, commands in documents.get("commands", {}).items()
        }
        self.attachment_size_limit = settings.attachment_size_limit
        self.nonce_window_s = settings.nonce_window_s

    def _kept_directs(self, documents: Mapping[str, Mapping[str, Any]]) -> Iterator[Channel]:
        for person_id, kept in documents.items():
            if person := self.people.get(UserId(person_id)):
                yield Channel(place=Place(id=ChannelId(kept["id"]), name=""), person=person, listed=kept["listed"])

    # -- where ----------------------------------------------------------------

    def channel(self, channel_id: str) -> Channel | None:
        """A channel of the guild or a conversation."""
        return self.channels.get(ChannelId(channel_id)) or self.directs.get(ChannelId(channel_id))

    def guild_of(self, channel_id: str) -> Json:
        """What objects say of the guild that a channel is in: {"guild_id"}, or nothing for a conversation."""
        return {"guild_id": self.identity.guild_id} if ChannelId(channel_id) in self.channels else {}

    def direct(self, person: Person) -> Channel:
        """Somebody's conversation with the bot; there is one for ever, shown or not."""
        known = next((c for c in self.directs.values() if c.person == person), None)
        if known is None:
            place = Place(id=ChannelId(self.mint()), name="")
            known = self.directs[place.id] = Channel(place=place, person=person, listed=False)
            self.keep_direct(known)
        return known

    def close_dms(self, names: Iterable[str]) -> None:
        """These people, and only these, take no direct messages from the bot. Raises KeyError for an unknown name."""
        by_name = {person.name: person.id for person in self.identity.people}
        self.closed = {by_name[name] for name in names}

    # -- who ------------------------------------------------------------------

    def by_token(self, token: str) -> Person | None:
        return next((p for p in self.identity.people if p.token == token), None)

    def actor(self, user_id: str) -> Actor | None:
        if user_id == self.identity.application_id:
            return self.identity.bot
        return self.people.get(UserId(user_id))

    def roles_of(self, actor: Actor) -> list[str]:
        """Ids of the roles that somebody has besides @everyone."""
        if isinstance(actor, Bot):
            return [self.identity.bot_role_id]
        return [self.identity.admin_role_id] if actor.admin else []

    def base_permissions(self, actor: Actor) -> int:
        """Permissions in the guild, before any channel changes them."""
        return EVERYTHING if isinstance(actor, Person) and actor.admin else EVERYONE

    def permissions(self, actor: Actor, channel: Channel) -> int:
        """What somebody may do in a channel."""
        if channel.person is not None:
            return IN_DIRECT if actor in (self.identity.bot, channel.person) else 0
        order = [self.identity.guild_id, *self.roles_of(actor), actor.id]
        given = [channel.overwrites[target] for target in order if target in channel.overwrites]
        return in_channel(self.base_permissions(actor), given)

    # -- what changes ---------------------------------------------------------

    def keep_message(self, message: Message) -> None:
        """Add a message or replace its state."""
        self.messages.put(message)
        self._store.put("message", message.id, vars(message))

    def forget_message(self, message: Message) -> None:
        self.messages.remove(message)
        self._store.put("message", message.id, None)

    def keep_direct(self, channel: Channel) -> None:
        """Remember that a conversation is there, and whether it is shown."""
        assert channel.person is not None
        self._store.put("direct", channel.person.id, {"id": channel.id, "listed": channel.listed})

    def keep_commands(self, guild: GuildId, commands: list[Json]) -> None:
        """Register these commands, and only these, in a guild or everywhere (`GLOBAL`)."""
        self.commands[guild] = commands
        self._store.put("commands", guild, commands)

    def all_commands(self) -> list[Json]:
        """Commands that can be used in the guild: everywhere's first, its own after."""
        return [*self.commands.get(GLOBAL, []), *self.commands.get(self.identity.guild_id, [])]

    def command(self, command_id: str) -> Json | None:
        wanted = CommandId(command_id)
        return next((c for c in self.all_commands() if c["id"] == wanted), None)


def _message(kept: Mapping[str, Any]) -> Message:
    reactions = {emoji: tuple(people) for emoji, people in kept.get("reactions", {}).items()}
    lists = {"files": tuple(kept["files"]), "embedded": tuple(kept["embedded"]), "reactions": reactions}
    return Message(**{**kept, **lists})
