"""Registering application commands, everywhere or in the guild."""

from typing import Any

from playground import problem
from playground.problem import invalid
from playground.rest.route import NOTHING, Answer, Call, Route
from playground.rules.commands import CHAT, command_rules, kind_of
from playground.snowflake import GuildId, Json
from playground.stage import Stage
from playground.violations import Kind
from playground.world import GLOBAL

EVERYWHERE = "/applications/{application_id}/commands"
IN_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


class Commands:
    """The handlers; a call without a guild in its path is about the commands of everywhere."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._world = stage.world

    def listed(self, call: Call) -> Answer:
        return Answer(json=self._shelf(call))

    def one(self, call: Call) -> Answer:
        return Answer(json=self._find(call))

    def overwrite(self, call: Call) -> Answer:
        """Replace the whole set; a command that keeps type and name keeps its id."""
        bodies = call.json
        if not isinstance(bodies, list):
            raise problem.refuse("", "This must be a list of commands.")
        self._check(bodies)
        old = {(kind_of(c), c["name"]): c for c in self._shelf(call)}
        commands = [self._made(body, call, old.get((kind_of(body), body["name"]))) for body in bodies]
        return Answer(json=self._keep(call, commands))

    def create(self, call: Call) -> Answer:
        """Add one, or replace the one of the same type and name (200 instead of 201)."""
        self._check([call.json])
        shelf = self._shelf(call)
        same = (kind_of(call.json), call.json["name"])
        old = next((c for c in shelf if (kind_of(c), c["name"]) == same), None)
        command = self._made(call.json, call, old)
        self._keep(call, [*(c for c in shelf if c is not old), command])
        return Answer(status=200 if old else 201, json=command)

    def change(self, call: Call) -> Answer:
        old = self._find(call)
        if not isinstance(call.json, dict):
            raise problem.refuse("", "Only dictionaries may be used here.")
        body = {**old, **call.json, "type": old["type"]}
        self._check([body])
        command = self._made(body, call, old)
        self._keep(call, [command if c is old else c for c in self._shelf(call)])
        return Answer(json=command)

    def remove(self, call: Call) -> Answer:
        old = self._find(call)
        self._keep(call, [c for c in self._shelf(call) if c is not old])
        return NOTHING

    def _guild(self, call: Call) -> GuildId:
        if call.args["application_id"] != self._world.identity.application_id:
            raise problem.Problem(404, 10002, "Unknown Application")
        guild = call.args.get("guild_id")
        if guild not in (None, self._world.identity.guild_id):
            raise problem.missing_access()
        return GuildId(guild) if guild else GLOBAL

    def _shelf(self, call: Call) -> list[Json]:
        return self._world.commands.get(self._guild(call), [])

    def _find(self, call: Call) -> Json:
        for command in self._shelf(call):
            if command["id"] == call.args["command_id"]:
                return command
        raise problem.unknown_command()

    def _keep(self, call: Call, commands: list[Json]) -> list[Json]:
        self._world.keep_commands(self._guild(call), commands)
        self._stage.announcer.commands_changed()
        self._stage.log.info("commands.registered", count=len(commands))
        return commands

    def _check(self, bodies: list[Any]) -> None:
        wrongs = command_rules(bodies)
        for wrong in wrongs:
            self._stage.violations.add(Kind.RULE, "commands", str(wrong))
        if wrongs:
            raise invalid(wrongs)

    def _made(self, body: Json, call: Call, old: Json | None) -> Json:
        permissions = body.get("default_member_permissions")
        guild = call.args.get("guild_id")
        return {
            "id": old["id"] if old else self._world.mint(),
            "application_id": self._world.identity.application_id,
            "version": self._world.mint(),
            "type": body.get("type") or CHAT,
            "name": body["name"],
            "name_localizations": body.get("name_localizations"),
            "description": body.get("description") or "",
            "description_localizations": body.get("description_localizations"),
            "options": body.get("options") or [],
            "default_member_permissions": None if permissions is None else str(permissions),
            "nsfw": bool(body.get("nsfw")),
            "contexts": body.get("contexts"),
            "integration_types": body.get("integration_types") or [0],
            **({"guild_id": guild} if guild else {"dm_permission": body.get("dm_permission") is not False}),
        }


def routes(stage: Stage) -> list[Route]:
    commands = Commands(stage)
    return [
        Route(method=method, path=base + tail, handler=handler)
        for base in (EVERYWHERE, IN_GUILD)
        for method, tail, handler in (
            ("GET", "", commands.listed),
            ("PUT", "", commands.overwrite),
            ("POST", "", commands.create),
            ("GET", "/{command_id}", commands.one),
            ("PATCH", "/{command_id}", commands.change),
            ("DELETE", "/{command_id}", commands.remove),
        )
    ]
