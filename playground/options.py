"""What a person chose for a command's options or in a select, checked and resolved as Discord does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground import objects, problem
from playground.components import STRING_SELECT
from playground.identity import Actor
from playground.problem import Wrong, invalid, refuse
from playground.snowflake import ChannelId, Json
from playground.stage import Stage

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
KINDS_OF_SELECT = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}
LARGEST_INTEGER = 1 << 53


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Options as the bot gets them, the subcommands on the way, and the objects that ids stand for."""

    options: Sequence[Json]
    path: tuple[str, ...]
    resolved: Json


def resolve_options(stage: Stage, command: Mapping[str, Any], given: Any) -> Chosen:
    """Raises Problem 50035 for options that the command does not have, lacks or does not allow."""
    resolver = _Resolver(stage)
    options, path = resolver.level(command.get("options") or [], given, "data/options")
    return Chosen(options=options, path=path, resolved=resolver.resolved)


def resolve_values(stage: Stage, select: Json, values: Any) -> Json:
    """The `values` and `resolved` of a select. Raises Problem 50035 when they were not on offer."""
    if not isinstance(values, list) or not select["min_values"] <= len(values) <= select["max_values"]:
        raise refuse("data/values", f"Must choose {select['min_values']} to {select['max_values']}.")
    if select["type"] == STRING_SELECT:
        if not set(values) <= {option["value"] for option in select["options"]}:
            raise refuse("data/values", "That was not on offer.")
        return {"values": values}
    resolver = _Resolver(stage)
    for value in values:
        resolver.resolve(KINDS_OF_SELECT[select["type"]], value, "data/values")
    return {"values": values, "resolved": resolver.resolved}


class _Resolver:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.resolved: Json = {}

    def level(self, offered: Sequence[Json], given: Any, at: str) -> tuple[list[Json], tuple[str, ...]]:
        """One level of options: either a subcommand, or values."""
        if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
            raise refuse(at, "This must be a list of options.")
        by_name = {option["name"]: option for option in offered}
        if any(option["type"] in (SUBCOMMAND, GROUP) for option in offered):
            return self._subcommand(by_name, given, at)
        missing = {n for n, option in by_name.items() if option.get("required")} - {i.get("name") for i in given}
        if missing:
            raise invalid([Wrong(at=(*at.split("/"), n), message="This field is required") for n in sorted(missing)])
        return [self._value(by_name, item, f"{at}/{n}") for n, item in enumerate(given)], ()

    def _subcommand(
        self, by_name: Mapping[str, Json], given: list[Json], at: str
    ) -> tuple[list[Json], tuple[str, ...]]:
        option = by_name.get(str(given[0].get("name"))) if len(given) == 1 else None
        if option is None:
            raise refuse(at, "Choose exactly one of the subcommands.")
        inner, path = self.level(option.get("options") or [], given[0].get("options") or [], f"{at}/0/options")
        return [{"name": option["name"], "type": option["type"], "options": inner}], (option["name"], *path)

    def _value(self, by_name: Mapping[str, Json], item: Json, at: str) -> Json:
        option = by_name.get(str(item.get("name")))
        if option is None or item.get("type", option["type"]) != option["type"]:
            raise refuse(at, "The command has no such option.")
        value = item.get("value")
        self._check(option, value, f"{at}/value")
        self.resolve(option["type"], value, f"{at}/value")
        return {"name": option["name"], "type": option["type"], "value": value}

    def _check(self, option: Json, value: Any, at: str) -> None:
        kind = option["type"]
        if not _is_of(kind, value):
            raise refuse(at, "That is not the right kind of value.")
        choices = option.get("choices") or []
        if choices and value not in [choice["value"] for choice in choices]:
            raise refuse(at, "Value must be one of the choices.")
        size = len(value) if kind == STRING else value
        low, high = ("min_length", "max_length") if kind == STRING else ("min_value", "max_value")
        if kind in (STRING, INTEGER, NUMBER):
            if option.get(low) is not None and size < option[low]:
                raise refuse(at, f"Must be {option[low]} or more.")
            if option.get(high) is not None and size > option[high]:
                raise refuse(at, f"Must be {option[high]} or fewer.")

    def resolve(self, kind: int, value: Any, at: str) -> None:
        """Add the object that an id stands for to `resolved`."""
        world = self._stage.world
        if kind == ATTACHMENT:
            raise problem.absent("attachments as options")
        if kind in (USER, MENTIONABLE) and (actor := world.actor(str(value))):
            self._add_user(actor)
        elif kind in (ROLE, MENTIONABLE):
            role = next((r for r in objects.roles(world) if r["id"] == value), None)
            self._add("roles", role, at)
        elif kind == CHANNEL:
            channel = world.channels.get(ChannelId(str(value)))
            self._add("channels", objects.channel(world, channel) if channel else None, at)
        elif kind == USER:
            raise refuse(at, "There is nobody with this id.")

    def _add_user(self, actor: Actor) -> None:
        world = self._stage.world
        permissions = str(world.base_permissions(actor))
        self.resolved.setdefault("users", {})[actor.id] = objects.user(actor)
        membership = {**objects.membership(world, actor), "permissions": permissions}
        self.resolved.setdefault("members", {})[actor.id] = membership

    def _add(self, kind: str, found: Json | None, at: str) -> None:
        if found is None:
            raise refuse(at, "There is nothing with this id.")
        self.resolved.setdefault(kind, {})[found["id"]] = {**found, "permissions": found.get("permissions", "0")}


def _is_of(kind: int, value: Any) -> bool:
    if kind == BOOLEAN:
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == INTEGER:
        return isinstance(value, int) and abs(value) <= LARGEST_INTEGER
    return isinstance(value, int | float) if kind == NUMBER else isinstance(value, str)
