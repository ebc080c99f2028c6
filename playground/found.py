"""The objects that ids in options, selects and forms stand for: `resolved`, as the bot gets it."""

from collections.abc import Mapping
from typing import Any

from playground import objects
from playground.attachments import ephemeral
from playground.components import STRING_SELECT
from playground.identity import Actor
from playground.messages import Message
from playground.problem import refuse
from playground.snowflake import ChannelId, Json
from playground.stage import Stage
from playground.uploads import FileFacts

USER, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT = 6, 7, 8, 9, 11  # types of options
KINDS_OF_SELECT = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}


class Found:
    """Collects what was named by its id."""

    def __init__(self, stage: Stage, files: Mapping[str, FileFacts]) -> None:
        self._stage = stage
        self._files = files
        self.resolved: Json = {}

    def resolve(self, kind: int, value: Any, at: str) -> None:
        """Add what an option of this type names. Raises Problem 50035 when there is nothing with this id."""
        world = self._stage.world
        if kind in (USER, MENTIONABLE) and (actor := world.actor(str(value))):
            self.add_user(actor)
        elif kind in (ROLE, MENTIONABLE):
            self._add("roles", next((r for r in objects.roles(world) if r["id"] == value), None), at)
        elif kind == CHANNEL:
            channel = world.channels.get(ChannelId(str(value)))
            self._add("channels", objects.channel(world, channel) if channel else None, at)
        elif kind == USER:
            raise refuse(at, "There is nobody with this id.")

    def chosen(self, select: Json, values: Any, at: str) -> list[Any]:
        """The values of a select. Raises Problem 50035 when they were not on offer."""
        low, high = select["min_values"], select["max_values"]
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise refuse(at, "This must be a list of values.")
        if not low <= len(values) <= high or len(set(values)) < len(values):
            raise refuse(at, f"Must choose {low} to {high}.")
        if select["type"] != STRING_SELECT:
            for value in values:
                self.resolve(KINDS_OF_SELECT[select["type"]], value, at)
        elif not set(values) <= {option["value"] for option in select["options"]}:
            raise refuse(at, "That was not on offer.")
        return values

    def file(self, value: Any, at: str) -> str:
        """Add an uploaded file, named by its place among the attachments; returns its id."""
        file = self._files.get(str(value))
        if file is None:
            raise refuse(at, "There is no such attachment; upload it first.")
        shown = self._stage.cdn.signed(ephemeral(file, self._stage.world.identity.application_id))
        self.resolved.setdefault("attachments", {})[file.id] = shown
        return file.id

    def add_user(self, actor: Actor) -> None:
        """Somebody of the guild, as a user and as a member."""
        world = self._stage.world
        permissions = str(world.base_permissions(actor))
        self.resolved.setdefault("users", {})[actor.id] = objects.user(actor)
        membership = {**objects.membership(world, actor), "permissions": permissions}
        self.resolved.setdefault("members", {})[actor.id] = membership

    def add_message(self, message: Message) -> None:
        """A message as the bot sees it."""
        self.resolved.setdefault("messages", {})[message.id] = self._stage.announcer.shown(message)

    def _add(self, kind: str, found: Json | None, at: str) -> None:
        if found is None:
            raise refuse(at, "There is nothing with this id.")
        self.resolved.setdefault(kind, {})[found["id"]] = {**found, "permissions": found.get("permissions", "0")}
