"""Passes on to the bot what a person does: an interaction is opened, and both sides are told."""

from dataclasses import dataclass
from typing import Any

from playground import objects
from playground.identity import Person
from playground.interactions import Interaction, new_token
from playground.messages import Message
from playground.rest.replies import installed_at
from playground.rules.callback import AUTOCOMPLETE
from playground.snowflake import InteractionId, Json
from playground.stage import Stage
from playground.uploads import Upload
from playground.world import Channel

IN_GUILD, WITH_BOT = 0, 1  # contexts


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a person's client sent, where, and with which files."""

    person: Person
    channel: Channel
    body: Json
    uploads: tuple[Upload, ...] = ()

    @property
    def data(self) -> Json:
        data: Json = self.body["data"]
        return data


class Sender:
    """Opens interactions."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._world = stage.world

    def opened(self, asked: Asked, **more: Any) -> Interaction:
        """A new interaction that nobody knows of yet."""
        return Interaction(
            id=InteractionId(self._world.mint()),
            token=new_token(),
            kind=asked.body["type"],
            person=asked.person,
            channel_id=asked.channel.id,
            nonce=asked.body.get("nonce"),
            **more,
        )

    def send(self, interaction: Interaction, data: Json, message: Message | None = None) -> None:
        """Start its clock, tell the person that it is on its way (not so of autocomplete), and hand it to the bot."""
        self._stage.desk.open(interaction)
        if interaction.kind != AUTOCOMPLETE:
            ids = {"id": interaction.id, "nonce": interaction.nonce}
            self._stage.announcer.to_person(interaction.person, "INTERACTION_CREATE", ids)
        payload = self._payload(interaction, data)
        if message is not None:
            payload["message"] = self._stage.announcer.shown(message)
        self._stage.announcer.to_bot("INTERACTION_CREATE", payload)

    def _payload(self, interaction: Interaction, data: Json) -> Json:
        """The interaction as the bot receives it; source: "Interaction Object" in Discord's documentation."""
        world, person = self._world, interaction.person
        channel = world.channel(interaction.channel_id)
        assert channel is not None
        granted = str(world.permissions(person, channel))
        where = self._in_guild if channel.person is None else self._in_direct
        return {
            "version": 1,
            "id": interaction.id,
            "application_id": world.identity.application_id,
            "type": interaction.kind,
            "token": interaction.token,
            "data": data,
            "channel_id": channel.id,
            "channel": {**objects.place(world, channel, world.identity.bot), "permissions": granted},
            "locale": objects.LOCALE,
            "app_permissions": str(world.permissions(world.identity.bot, channel)),
            "attachment_size_limit": world.attachment_size_limit,
            "entitlements": [],
            "authorizing_integration_owners": installed_at(self._stage, interaction),
            **where(person, granted),
        }

    def _in_guild(self, person: Person, granted: str) -> Json:
        guild_id = self._world.identity.guild_id
        return {
            "context": IN_GUILD,
            "guild_id": guild_id,
            "guild": {"id": guild_id, "locale": objects.LOCALE, "features": []},
            "guild_locale": objects.LOCALE,
            "member": {**objects.member(self._world, person), "permissions": granted},
        }

    def _in_direct(self, person: Person, _: str) -> Json:
        return {"context": WITH_BOT, "user": objects.user(person)}
