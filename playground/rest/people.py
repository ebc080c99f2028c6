"""What Discord's own client sends for a person: the command index, and using commands and components."""

from typing import Any

from playground import objects, problem
from playground.components import BUTTON, LINK_STYLES, SELECTS, find
from playground.identity import Actor, Person
from playground.interactions import Interaction, new_token
from playground.messages import Message
from playground.options import resolve_options, resolve_values
from playground.permissions import Permission
from playground.problem import Problem, refuse
from playground.rest.route import NOTHING, Answer, Call, Route, Who
from playground.rules.callback import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT
from playground.rules.commands import CHAT
from playground.snowflake import InteractionId, Json
from playground.stage import Stage
from playground.world import Channel

NOT_YET = {AUTOCOMPLETE: "autocomplete", MODAL_SUBMIT: "modals"}


class People:
    """The handlers."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._world = stage.world

    def guild_index(self, call: Call) -> Answer:
        if call.args["guild_id"] != self._world.identity.guild_id:
            raise problem.unknown_guild()
        return self._index(call.sender)

    def channel_index(self, call: Call) -> Answer:
        self._stage.channel(call.sender, call.args["channel_id"])
        return self._index(call.sender)

    def interact(self, call: Call) -> Answer:
        """Pass a use of a command or component on to the bot."""
        person, body = call.sender, call.json
        assert isinstance(person, Person)
        if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
            raise refuse("data", "This field is required.")
        kind = body.get("type")
        if kind in NOT_YET:
            raise problem.absent(NOT_YET[kind])
        if kind not in (COMMAND, COMPONENT):
            raise refuse("type", f"Value must be one of {COMMAND}, {COMPONENT}.")
        self._check_place(body)
        channel = self._stage.channel(person, str(body.get("channel_id")))
        send = self._use_command if kind == COMMAND else self._use_component
        send(person, channel, body)
        return NOTHING

    def _index(self, actor: Actor) -> Answer:
        whole = objects.application(self._world)
        app = {key: whole[key] for key in ("id", "name", "icon", "description", "flags", "bot")}
        commands = [c for c in self._world.all_commands() if self._may_use(actor, c)]
        version = max((c["version"] for c in commands), default="0", key=int)
        return Answer(json={"applications": [app], "application_commands": commands, "version": version})

    def _may_use(self, actor: Actor, command: Json) -> bool:
        needed = command["default_member_permissions"]
        base = self._world.base_permissions(actor)
        if needed is None or base & Permission.ADMINISTRATOR:
            return True
        return int(needed) != 0 and base & int(needed) == int(needed)

    def _check_place(self, body: Json) -> None:
        if not body.get("guild_id"):
            raise problem.absent("direct messages")
        if body["guild_id"] != self._world.identity.guild_id:
            raise problem.unknown_guild()
        if body.get("application_id") != self._world.identity.application_id:
            raise Problem(404, 10002, "Unknown Application")

    def _use_command(self, person: Person, channel: Channel, body: Json) -> None:
        data = body["data"]
        command = self._world.command(str(data.get("id")))
        if command is None or command["name"] != data.get("name"):
            raise refuse("data/id", "This command is outdated, please try again in a few minutes.")
        if command["type"] != CHAT:
            raise problem.absent("context menus")
        granted = self._world.permissions(person, channel)
        if not self._may_use(person, command) or not granted & Permission.USE_APPLICATION_COMMANDS:
            raise problem.missing_permissions()
        if command["nsfw"] and not channel.place.nsfw:
            raise refuse("data/id", "This command can only be used in age-restricted channels.")
        chosen = resolve_options(self._stage, command, data.get("options") or [])
        sent: Json = {"id": command["id"], "name": command["name"], "type": CHAT, "options": list(chosen.options)}
        if chosen.resolved:
            sent["resolved"] = chosen.resolved
        if "guild_id" in command:
            sent["guild_id"] = command["guild_id"]
        name = " ".join([command["name"], *chosen.path])
        self._send(self._new(person, channel, body, command=name), sent)

    def _use_component(self, person: Person, channel: Channel, body: Json) -> None:
        message = self._world.messages.get(str(body.get("message_id")))
        if message is None or message.channel_id != channel.id or message.seen_by not in (None, person.id):
            raise problem.unknown_message()
        data = body["data"]
        component = find(message.body["components"], str(data.get("custom_id")))
        if (
            component is None
            or component["type"] != data.get("component_type")
            or component.get("style") in LINK_STYLES
        ):
            raise refuse("data/custom_id", "Component validation failed")
        if component.get("disabled"):
            raise refuse("data/custom_id", "This component is disabled.")
        sent: Json = {"custom_id": component["custom_id"], "component_type": component["type"], "id": component["id"]}
        if component["type"] in SELECTS:
            sent |= resolve_values(self._stage, component, data.get("values"))
        elif component["type"] != BUTTON:
            raise problem.absent(f"components of type {component['type']}")
        pressed = self._new(person, channel, body, pressed=component["custom_id"], source=message.id)
        self._send(pressed, sent, message)

    def _new(self, person: Person, channel: Channel, body: Json, **more: Any) -> Interaction:
        return Interaction(
            id=InteractionId(self._world.mint()),
            token=new_token(),
            kind=body["type"],
            person=person,
            channel_id=channel.id,
            nonce=body.get("nonce"),
            **more,
        )

    def _send(self, interaction: Interaction, data: Json, message: Message | None = None) -> None:
        self._stage.desk.open(interaction)
        ids = {"id": interaction.id, "nonce": interaction.nonce}
        self._stage.announcer.to_person(interaction.person, "INTERACTION_CREATE", ids)
        payload = self._payload(interaction, data)
        if message is not None:
            payload["message"] = self._stage.announcer.shown(message)
        self._stage.announcer.to_bot("INTERACTION_CREATE", payload)

    def _payload(self, interaction: Interaction, data: Json) -> Json:
        """The interaction as the bot receives it; source: "Interaction Object" in Discord's documentation."""
        world, person = self._world, interaction.person
        channel = world.channels[interaction.channel_id]
        granted = str(world.permissions(person, channel))
        return {
            "version": 1,
            "id": interaction.id,
            "application_id": world.identity.application_id,
            "type": interaction.kind,
            "token": interaction.token,
            "data": data,
            "guild_id": world.identity.guild_id,
            "guild": {"id": world.identity.guild_id, "locale": objects.LOCALE, "features": []},
            "guild_locale": objects.LOCALE,
            "channel_id": channel.id,
            "channel": {**objects.channel(world, channel), "permissions": granted},
            "member": {**objects.member(world, person), "permissions": granted},
            "locale": objects.LOCALE,
            "app_permissions": str(world.permissions(world.identity.bot, channel)),
            "attachment_size_limit": world.attachment_size_limit,
            "entitlements": [],
            "authorizing_integration_owners": {"0": world.identity.guild_id},
            "context": 0,
        }


def routes(stage: Stage) -> list[Route]:
    people = People(stage)
    return [
        Route(
            method="GET",
            path="/guilds/{guild_id}/application-command-index",
            handler=people.guild_index,
            who=Who.PERSON,
        ),
        Route(
            method="GET",
            path="/channels/{channel_id}/application-command-index",
            handler=people.channel_index,
            who=Who.PERSON,
        ),
        Route(method="POST", path="/interactions", handler=people.interact, who=Who.PERSON),
    ]
