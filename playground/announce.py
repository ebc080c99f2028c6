"""Tells everybody who may know what happened: which event goes to whom, and in which form."""

from enum import IntFlag

from playground import objects
from playground.cdn import Cdn
from playground.identity import Actor, Person
from playground.messages import Message
from playground.permissions import Permission
from playground.sessions import Session, Sessions, encoded
from playground.snowflake import Json
from playground.world import Channel, World


class Intent(IntFlag):
    """Gateway intents that the playground knows; source: "Gateway Intents" in Discord's documentation."""

    GUILDS = 1 << 0
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_TYPING = 1 << 11
    MESSAGE_CONTENT = 1 << 15


HIDDEN_WITHOUT_CONTENT = {"content": "", "embeds": [], "attachments": [], "components": []}


class Announcer:
    """Sends events to sessions."""

    def __init__(self, world: World, sessions: Sessions, cdn: Cdn) -> None:
        self._world = world
        self._sessions = sessions
        self._cdn = cdn

    # -- forms ----------------------------------------------------------------

    def shown(self, message: Message) -> Json:
        """A message as REST answers it: addresses signed, and with what it replies to."""
        body: Json = self._cdn.signed(message.body)
        if "message_reference" in body:
            body["referenced_message"] = self._original(message)
        return body

    def _original(self, message: Message) -> Json | None:
        reference = message.body.get("message_reference") or {}
        original = self._world.messages.get(reference.get("message_id", ""))
        if original is None or original.seen_by not in (None, message.seen_by):
            return None
        body: Json = self._cdn.signed(original.body)
        return body

    def _event(self, message: Message) -> Json:
        author = self._world.actor(message.author_id)
        body = {**self.shown(message), "guild_id": self._world.identity.guild_id}
        return {**body, "member": objects.membership(self._world, author)} if author else body

    # -- messages -------------------------------------------------------------

    def created(self, message: Message, nonce: object = None) -> None:
        """MESSAGE_CREATE to all who see it; the nonce is told once, here."""
        body = self._event(message)
        self._about(message, "MESSAGE_CREATE", {**body, "nonce": nonce} if nonce is not None else body)

    def updated(self, message: Message) -> None:
        self._about(message, "MESSAGE_UPDATE", self._event(message))

    def deleted(self, message: Message) -> None:
        ids = {"id": message.id, "channel_id": message.channel_id, "guild_id": self._world.identity.guild_id}
        self._about(message, "MESSAGE_DELETE", ids)

    def _about(self, message: Message, event: str, body: Json) -> None:
        channel = self._world.channels.get(message.channel_id)
        if channel is None:
            return
        data = encoded(body)
        for session in self._sessions.of_people():
            if message.seen_by in (None, session.actor.id) and self._sees(session.actor, channel):
                session.dispatch(event, data)
        if message.seen_by is None and self._sees(self._world.identity.bot, channel):
            self._to_bot(message, event, body)

    def _to_bot(self, message: Message, event: str, body: Json) -> None:
        bot = self._world.identity.bot
        readable = message.author_id == bot.id or any(u["id"] == bot.id for u in message.body["mentions"])
        for session in self._sessions.of(bot):
            if not session.intents & Intent.GUILD_MESSAGES:
                continue
            hidden = "content" in body and not readable and not session.intents & Intent.MESSAGE_CONTENT
            session.dispatch(event, encoded({**body, **HIDDEN_WITHOUT_CONTENT} if hidden else body))

    # -- everything else ------------------------------------------------------

    def to_bot(self, event: str, body: Json) -> None:
        """An event that needs no intent, such as INTERACTION_CREATE."""
        self._to_all(self._sessions.of(self._world.identity.bot), event, body)

    def to_person(self, person: Person, event: str, body: Json) -> None:
        self._to_all(self._sessions.of(person), event, body)

    def commands_changed(self) -> None:
        ids = {"guild_id": self._world.identity.guild_id, "application_command_index_version": self._world.mint()}
        self._to_all(self._sessions.of_people(), "GUILD_APPLICATION_COMMAND_INDEX_UPDATE", ids)

    def channel_changed(self, channel: Channel) -> None:
        sessions = [*self._sessions.of_people(), *self._sessions.of(self._world.identity.bot)]
        self._to_all(sessions, "CHANNEL_UPDATE", objects.channel(self._world, channel))

    def typing(self, actor: Actor, channel: Channel) -> None:
        ids = {"guild_id": self._world.identity.guild_id, "channel_id": channel.id, "user_id": actor.id}
        body = {**ids, "timestamp": int(objects.unix_time()), "member": objects.member(self._world, actor)}
        for session in self._sessions.of_people():
            if session.actor != actor and self._sees(session.actor, channel):
                session.dispatch("TYPING_START", encoded(body))

    def _to_all(self, sessions: list[Session], event: str, body: Json) -> None:
        data = encoded(body)
        for session in sessions:
            session.dispatch(event, data)

    def _sees(self, actor: Actor, channel: Channel) -> bool:
        return bool(self._world.permissions(actor, channel) & Permission.VIEW_CHANNEL)
