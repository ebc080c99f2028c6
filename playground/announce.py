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
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
HIDDEN_WITHOUT_CONTENT = {"content": "", "embeds": [], "attachments": [], "components": []}
NORMAL = {"burst": False, "type": 0}  # a reaction that nobody paid for


class Announcer:
    """Sends events to sessions."""

    def __init__(self, world: World, sessions: Sessions, cdn: Cdn) -> None:
        self._world = world
        self._sessions = sessions
        self._cdn = cdn

    # -- forms ----------------------------------------------------------------

    def shown(self, message: Message, viewer: Actor | None = None) -> Json:
        """A message as REST answers it to somebody (the bot, if left out), with what it replies to."""
        body = self._one(message, viewer)
        if "message_reference" in body:
            body["referenced_message"] = self._original(message, viewer)
        return body

    def listed(self, message: Message, viewer: Actor) -> Json:
        """A message as somebody finds it in its channel."""
        return self.shown(message, viewer) | self._hidden(message, viewer)

    def _one(self, message: Message, viewer: Actor | None) -> Json:
        body: Json = self._cdn.signed(message.body)
        mine = (viewer or self._world.identity.bot).id
        reactions = [objects.reaction(emoji, people, mine) for emoji, people in message.reactions.items()]
        return body | ({"reactions": reactions} if reactions else {})

    def _original(self, message: Message, viewer: Actor | None) -> Json | None:
        reference = message.body.get("message_reference") or {}
        original = self._world.messages.get(reference.get("message_id", ""))
        if original is None or original.seen_by not in (None, message.seen_by):
            return None
        return self._one(original, viewer)

    def _event(self, message: Message, viewer: Actor) -> Json:
        """A message as an event tells it: in the guild with the author's membership."""
        author = self._world.actor(message.author_id)
        body, guild = self.shown(message, viewer), self._world.guild_of(message.channel_id)
        return {**body, **guild, **({"member": objects.membership(self._world, author)} if author and guild else {})}

    # -- messages -------------------------------------------------------------

    def created(self, message: Message, nonce: object = None) -> None:
        """MESSAGE_CREATE to all who see it; the nonce is told once, here."""
        self._message(message, "MESSAGE_CREATE", {"nonce": nonce} if nonce is not None else {})

    def updated(self, message: Message) -> None:
        self._message(message, "MESSAGE_UPDATE", {})

    def deleted(self, message: Message) -> None:
        ids = {"id": message.id, "channel_id": message.channel_id, **self._world.guild_of(message.channel_id)}
        for session in self._listening(message, Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES):
            session.dispatch("MESSAGE_DELETE", encoded(ids))

    def _message(self, message: Message, event: str, more: Json) -> None:
        for session in self._listening(message, Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES):
            body = self._event(message, session.actor) | self._hidden(message, session.actor)
            session.dispatch(event, encoded({**body, **more}))

    def _hidden(self, message: Message, viewer: Actor) -> Json:
        """Bots read what they wrote, what calls them and what is said to them alone; more is privileged."""
        bot = self._world.identity.bot
        if viewer != bot or message.author_id == bot.id or not self._world.guild_of(message.channel_id):
            return {}
        is_called = any(user["id"] == bot.id for user in message.body["mentions"])
        return {} if is_called else HIDDEN_WITHOUT_CONTENT

    # -- reactions ------------------------------------------------------------

    def reacted(self, message: Message, emoji: str, actor: Actor) -> None:
        """MESSAGE_REACTION_ADD to all who see the message."""
        guild = self._world.guild_of(message.channel_id)
        member = {"member": objects.member(self._world, actor)} if guild else {}
        about = {"message_author_id": message.author_id, "burst_colors": [], **NORMAL}
        self._reaction(message, "MESSAGE_REACTION_ADD", {"user_id": actor.id, **_sign(emoji), **member, **about})

    def unreacted(self, message: Message, emoji: str, actor: Actor) -> None:
        self._reaction(message, "MESSAGE_REACTION_REMOVE", {"user_id": actor.id, **_sign(emoji), **NORMAL})

    def reactions_cleared(self, message: Message, emoji: str | None) -> None:
        """All reactions of a message went, or all of one kind."""
        if emoji is None:
            self._reaction(message, "MESSAGE_REACTION_REMOVE_ALL", {})
        else:
            self._reaction(message, "MESSAGE_REACTION_REMOVE_EMOJI", _sign(emoji))

    def _reaction(self, message: Message, event: str, about: Json) -> None:
        guild = self._world.guild_of(message.channel_id)
        body = {"channel_id": message.channel_id, "message_id": message.id, **guild, **about}
        for session in self._listening(message, Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS):
            session.dispatch(event, encoded(body))

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

    def direct_listed(self, channel: Channel) -> None:
        """A conversation comes into a person's list, or goes; bots are not told."""
        assert channel.person is not None
        event = "CHANNEL_CREATE" if channel.listed else "CHANNEL_DELETE"
        self.to_person(channel.person, event, objects.direct(self._world, channel, channel.person))

    def typing(self, actor: Actor, channel: Channel) -> None:
        guild = self._world.guild_of(channel.id)
        ids = {**guild, "channel_id": channel.id, "user_id": actor.id, "timestamp": int(objects.unix_time())}
        body = {**ids, **({"member": objects.member(self._world, actor)} if guild else {})}
        for session in self._sessions.of_people():
            if session.actor != actor and self._sees(session.actor, channel):
                session.dispatch("TYPING_START", encoded(body))

    def _to_all(self, sessions: list[Session], event: str, body: Json) -> None:
        data = encoded(body)
        for session in sessions:
            session.dispatch(event, data)

    def _listening(self, message: Message, in_guild: Intent, in_direct: Intent) -> list[Session]:
        """Sessions of those who see a message; the bot's only with the intent that the place asks for."""
        channel, bot = self._world.channel(message.channel_id), self._world.identity.bot
        if channel is None:
            return []
        people = [s for s in self._sessions.of_people() if message.seen_by in (None, s.actor.id)]
        wanted = in_guild if channel.person is None else in_direct
        bots = [s for s in self._sessions.of(bot) if message.seen_by is None and s.intents & wanted]
        return [session for session in (*people, *bots) if self._sees(session.actor, channel)]

    def _sees(self, actor: Actor, channel: Channel) -> bool:
        return bool(self._world.permissions(actor, channel) & Permission.VIEW_CHANNEL)


def _sign(emoji: str) -> Json:
    return {"emoji": {"id": None, "name": emoji}}
