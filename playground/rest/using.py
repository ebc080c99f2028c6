"""A person uses a command, opens one from a context menu, or is still typing one."""

from collections.abc import Callable, Mapping
from typing import Any

from playground import problem
from playground.found import Found
from playground.identity import Actor
from playground.messages import Message
from playground.options import half_typed, resolve_options
from playground.permissions import Permission
from playground.problem import refuse
from playground.rest.sender import IN_GUILD, WITH_BOT, Asked, Sender
from playground.rules.commands import CHAT, MESSAGE_MENU, USER_MENU
from playground.snowflake import Json
from playground.stage import Stage
from playground.uploads import FileFacts

GUILD_INSTALL = 0  # nobody of the playground has the application for themselves alone (1)


class Using:
    """Checks and passes on."""

    def __init__(self, stage: Stage, sender: Sender) -> None:
        self._stage = stage
        self._world = stage.world
        self._sender = sender
        self._kinds: dict[int, Callable[[Asked, Json], None]] = {
            CHAT: self._chat,
            USER_MENU: self._on_user,
            MESSAGE_MENU: self._on_message,
        }

    def may_use(self, actor: Actor, command: Json, *, direct: bool) -> bool:
        """Whether a command is offered in the guild, or in conversations, and permissions are enough for it."""
        return _is_offered(command, direct=direct) and (direct or self._is_permitted(actor, command))

    def _is_permitted(self, actor: Actor, command: Json) -> bool:
        """Whether somebody's permissions are enough; "0" leaves a command to administrators."""
        needed = command["default_member_permissions"]
        base = self._world.base_permissions(actor)
        if needed is None or base & Permission.ADMINISTRATOR:
            return True
        return int(needed) != 0 and base & int(needed) == int(needed)

    def command(self, asked: Asked) -> None:
        """Raises Problem 50035, 50013 or 10008 for a use that Discord would not pass on."""
        command = self._command(asked)
        self._kinds[command["type"]](asked, command)

    def autocomplete(self, asked: Asked) -> None:
        """Ask the bot what could be filled in. Raises Problem 50035 or 50013."""
        command = self._command(asked)
        chosen = half_typed(self._stage, command, asked.data.get("options") or [])
        name = " ".join([command["name"], *chosen.path])
        data = _data(command, chosen.resolved, options=list(chosen.options))
        self._sender.send(self._sender.opened(asked, command=name, focused=chosen.focused), data)

    def _chat(self, asked: Asked, command: Json) -> None:
        chosen = resolve_options(self._stage, command, asked.data.get("options") or [], self._files(asked))
        name = " ".join([command["name"], *chosen.path])
        data = _data(command, chosen.resolved, options=list(chosen.options))
        self._sender.send(self._sender.opened(asked, command=name), data)

    def _on_user(self, asked: Asked, command: Json) -> None:
        found, target = Found(self._stage, {}), self._world.actor(str(asked.data.get("target_id")))
        if target is None:
            raise refuse("data/target_id", "There is nobody with this id.")
        found.add_user(target)
        self._on(asked, command, target.id, found)

    def _on_message(self, asked: Asked, command: Json) -> None:
        found, target = Found(self._stage, {}), self._target(asked)
        found.add_message(target)
        self._on(asked, command, target.id, found)

    def _on(self, asked: Asked, command: Json, target_id: str, found: Found) -> None:
        interaction = self._sender.opened(asked, command=command["name"], menu=command["type"], target=target_id)
        self._sender.send(interaction, _data(command, found.resolved, target_id=target_id))

    def _target(self, asked: Asked) -> Message:
        """The message that a menu was opened on; one that only somebody sees has no such menu."""
        message = self._world.messages.get(str(asked.data.get("target_id")))
        if message is None or message.channel_id != asked.channel.id or message.seen_by is not None:
            raise problem.unknown_message()
        if not self._world.permissions(asked.person, asked.channel) & Permission.READ_MESSAGE_HISTORY:
            raise problem.missing_permissions()
        return message

    def _files(self, asked: Asked) -> Mapping[str, FileFacts]:
        return self._stage.slots.handed(asked.person, asked.data.get("attachments"), asked.uploads)

    def _command(self, asked: Asked) -> Json:
        """The command that is meant, if it may be used by this person at this place."""
        data = asked.data
        command = self._world.command(str(data.get("id")))
        is_meant = command is not None and command["name"] == data.get("name")
        if command is None or not is_meant or data.get("type", CHAT) != command["type"]:
            raise refuse("data/id", "This command is outdated, please try again in a few minutes.")
        direct = asked.channel.person is not None
        if not _is_offered(command, direct=direct):
            raise refuse("data/id", "This command cannot be used here.")
        granted = self._world.permissions(asked.person, asked.channel)
        if not self.may_use(asked.person, command, direct=direct) or not granted & Permission.USE_APPLICATION_COMMANDS:
            raise problem.missing_permissions()
        if command["nsfw"] and not asked.channel.place.nsfw:
            raise refuse("data/id", "This command can only be used in age-restricted channels.")
        return command


def _is_offered(command: Json, *, direct: bool) -> bool:
    """Whether a command's contexts and kinds of installation let it be used; source: "Application Commands"."""
    if GUILD_INSTALL not in command["integration_types"]:
        return False
    if direct and ("guild_id" in command or command.get("dm_permission") is False):
        return False
    contexts = command["contexts"]
    return contexts is None or (WITH_BOT if direct else IN_GUILD) in contexts


def _data(command: Json, resolved: Json, **more: Any) -> Json:
    """The `data` of a command's interaction."""
    data = {"id": command["id"], "name": command["name"], "type": command["type"], **more}
    guild = {"guild_id": command["guild_id"]} if "guild_id" in command else {}
    return {**data, **({"resolved": resolved} if resolved else {}), **guild}
