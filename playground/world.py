"""The state of the stand-in: one guild, its channels, people, messages and registered commands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.identity import Actor, Bot, Identity, Person, Place, as_document, settle
from playground.messages import Message, MessageBook
from playground.permissions import EVERYONE, EVERYTHING, Overwrite, in_channel
from playground.settings import Settings
from playground.snowflake import ChannelId, CommandId, GuildId, Json, Mint, UserId
from playground.store import Store

GLOBAL = GuildId("global")  # the shelf of commands that every guild sees


@dataclass(kw_only=True)
class Channel:
    """A text channel and what it gives to or takes from whom."""

    place: Place
    position: int
    overwrites: dict[str, Overwrite] = field(default_factory=dict)

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
        self.messages = MessageBook(_message(kept) for kept in documents.get("message", {}).values())
        self.commands: dict[GuildId, list[Json]] = {
            GuildId(guild): list(commands) for guild, commands in documents.get("commands", {}).items()
        }
        self.attachment_size_limit = settings.attachment_size_limit
        self.nonce_window_s = settings.nonce_window_s

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
    return Message(**{**kept, "files": tuple(kept["files"]), "embedded": tuple(kept["embedded"])})
