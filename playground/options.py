"""What a person chose for a command's options, checked as Discord does before the bot hears of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.found import ATTACHMENT, Found
from playground.problem import Wrong, invalid, refuse
from playground.snowflake import Json
from playground.stage import Stage
from playground.uploads import FileFacts

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, NUMBER = 1, 2, 3, 4, 5, 10
LARGEST_INTEGER = 1 << 53
LONGEST_TYPED = 6000  # characters of a string option


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Options as the bot gets them, the subcommands on the way, and the objects that ids stand for."""

    options: Sequence[Json]
    path: tuple[str, ...]
    resolved: Json
    focused: Json | None = None  # autocomplete: the option that is being typed, as the command offers it


def resolve_options(stage: Stage, command: Mapping[str, Any], given: Any, files: Mapping[str, FileFacts]) -> Chosen:
    """Raises Problem 50035 for options that the command does not have, lacks or does not allow."""
    reader = _Reader(Found(stage, files))
    options, path = reader.level(command.get("options") or [], given, "data/options")
    return Chosen(options=options, path=path, resolved=reader.found.resolved)


def half_typed(stage: Stage, command: Mapping[str, Any], given: Any) -> Chosen:
    """Options while one of them is being typed. Raises Problem 50035 unless exactly one is, and has autocomplete."""
    reader = _HalfTyped(Found(stage, {}))
    options, path = reader.level(command.get("options") or [], given, "data/options")
    if len(reader.focused) != 1:
        raise refuse("data/options", "Exactly one option must have the focus, and it must offer autocomplete.")
    return Chosen(options=options, path=path, resolved=reader.found.resolved, focused=reader.focused[0])


class _Reader:
    """Walks through options that are complete."""

    def __init__(self, found: Found) -> None:
        self.found = found

    def level(self, offered: Sequence[Json], given: Any, at: str) -> tuple[list[Json], tuple[str, ...]]:
        """One level of options: either a subcommand, or values."""
        if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
            raise refuse(at, "This must be a list of options.")
        by_name = {option["name"]: option for option in offered}
        if any(option["type"] in (SUBCOMMAND, GROUP) for option in offered):
            return self._subcommand(by_name, given, at)
        self._refuse_gaps(by_name, given, at)
        return [self._value(by_name, item, f"{at}/{n}") for n, item in enumerate(given)], ()

    def _refuse_gaps(self, by_name: Mapping[str, Json], given: list[Json], at: str) -> None:
        names = [item.get("name") for item in given]
        missing = {name for name, option in by_name.items() if option.get("required") and name not in names}
        if missing:
            raise invalid([Wrong(at=(*at.split("/"), n), message="This field is required") for n in sorted(missing)])
        if any(names.count(name) > 1 for name in names):
            raise refuse(at, "An option is given twice.")

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
        return {"name": option["name"], "type": option["type"], **self._read(option, item, f"{at}/value")}

    def _read(self, option: Json, item: Json, at: str) -> Json:
        value = item.get("value")
        if option["type"] == ATTACHMENT:
            return {"value": self.found.file(value, at)}
        self._check(option, value, at)
        self.found.resolve(option["type"], value, at)
        return {"value": value}

    def _check(self, option: Json, value: Any, at: str) -> None:
        kind = option["type"]
        if not _is_of(kind, value):
            raise refuse(at, "That is not the right kind of value.")
        choices = option.get("choices") or []
        if choices and value not in [choice["value"] for choice in choices]:
            raise refuse(at, "Value must be one of the choices.")
        if kind not in (STRING, INTEGER, NUMBER):
            return
        size = len(value) if kind == STRING else value
        low, high = ("min_length", "max_length") if kind == STRING else ("min_value", "max_value")
        most = option.get(high) if option.get(high) is not None or kind != STRING else LONGEST_TYPED
        if option.get(low) is not None and size < option[low]:
            raise refuse(at, f"Must be {option[low]} or more.")
        if most is not None and size > most:
            raise refuse(at, f"Must be {most} or fewer.")


class _HalfTyped(_Reader):
    """Walks through options of which some are still missing, and one is not finished."""

    def __init__(self, found: Found) -> None:
        super().__init__(found)
        self.focused: list[Json] = []

    def _refuse_gaps(self, by_name: Mapping[str, Json], given: list[Json], at: str) -> None:
        pass

    def _read(self, option: Json, item: Json, at: str) -> Json:
        if not item.get("focused"):
            if option["type"] == ATTACHMENT:  # not looked at before the command is used
                return {"value": str(item.get("value"))}
            return super()._read(option, item, at)
        value = item.get("value")
        if not option.get("autocomplete") or not isinstance(value, str | int | float):
            raise refuse(at, "This option offers no autocomplete.")
        if len(str(value)) > LONGEST_TYPED:
            raise refuse(at, f"Must be {LONGEST_TYPED} or fewer in length.")
        self.focused.append(option)
        return {"value": value, "focused": True}


def _is_of(kind: int, value: Any) -> bool:
    if kind == BOOLEAN:
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == INTEGER:
        return isinstance(value, int) and abs(value) <= LARGEST_INTEGER
    return isinstance(value, int | float) if kind == NUMBER else isinstance(value, str)
