"""A modal that was filled in: judged by what it asks for, and written as the bot receives it."""

from collections.abc import Callable, Mapping
from typing import Any

from playground.components import SELECTS, walk
from playground.found import Found
from playground.problem import refuse
from playground.rules.modal import (
    ACTION_ROW,
    CHECKBOX,
    CHECKBOXES,
    FILE_UPLOAD,
    LABEL,
    LONGEST_TEXT,
    RADIO,
    TEXT_INPUT,
)
from playground.snowflake import Json
from playground.stage import Stage
from playground.uploads import FileFacts

AT = "data/components"


def filled(stage: Stage, modal: Json, given: Any, files: Mapping[str, FileFacts]) -> Json:
    """`custom_id`, `components` and `resolved` of a submission. Raises Problem 50035 for a wrong or missing answer."""
    if not isinstance(given, list):
        raise refuse(AT, "This must be a list of components.")
    answers = {str(c["custom_id"]): c for c in walk(given) if "custom_id" in c}
    asked_for = {c["custom_id"] for c in walk(modal["components"]) if "custom_id" in c}
    if set(answers) - asked_for:
        raise refuse(AT, "The form has no such field.")
    form = _Form(stage, answers, files)
    components = [form.part(component) for component in modal["components"]]
    resolved = {"resolved": form.found.resolved} if form.found.resolved else {}
    return {"custom_id": modal["custom_id"], "components": components, **resolved}


class _Form:
    def __init__(self, stage: Stage, answers: Mapping[str, Json], files: Mapping[str, FileFacts]) -> None:
        self._answers = answers
        self.found = Found(stage, files)
        self._kinds: dict[int, Callable[[Json, Json], Json]] = {
            TEXT_INPUT: self._text,
            FILE_UPLOAD: self._files,
            RADIO: self._radio,
            CHECKBOXES: self._checkboxes,
            CHECKBOX: self._checkbox,
            **dict.fromkeys(SELECTS, self._select),
        }

    def part(self, component: Json) -> Json:
        """What becomes of one part of the modal; texts between the fields keep their place."""
        shell = {"type": component["type"], "id": component["id"]}
        if component["type"] == ACTION_ROW:
            return {**shell, "components": [self.part(inner) for inner in component["components"]]}
        if component["type"] == LABEL:
            return {**shell, "component": self.part(component["component"])}
        if component["type"] not in self._kinds:
            return shell
        answer = self._answers.get(component["custom_id"], {})
        return {**shell, "custom_id": component["custom_id"], **self._kinds[component["type"]](component, answer)}

    def _text(self, field: Json, answer: Json) -> Json:
        value = answer.get("value") or ""
        if not isinstance(value, str):
            raise refuse(_at(field), "This must be text.")
        shortest, longest = field.get("min_length", 0), field.get("max_length", LONGEST_TEXT)
        if not value and field.get("required", True):
            raise refuse(_at(field), "This field is required")
        if value and not shortest <= len(value) <= longest:
            raise refuse(_at(field), f"Must be between {shortest} and {longest} in length.")
        return {"value": value}

    def _select(self, field: Json, answer: Json) -> Json:
        values = answer.get("values") or []
        if not values and not field.get("required", True):
            return {"values": []}
        return {"values": self.found.chosen(field, values, _at(field))}

    def _files(self, field: Json, answer: Json) -> Json:
        values = _several(field, answer, most=field.get("max_values", 1))
        return {"values": [self.found.file(value, _at(field)) for value in values]}

    def _radio(self, field: Json, answer: Json) -> Json:
        value = answer.get("value")
        if value is None and not field.get("required", True):
            return {"value": None}
        if value not in [option["value"] for option in field["options"]]:
            raise refuse(_at(field), "Choose one of these.")
        return {"value": value}

    def _checkboxes(self, field: Json, answer: Json) -> Json:
        values = _several(field, answer, most=field.get("max_values", len(field["options"])))
        if any(value not in [option["value"] for option in field["options"]] for value in values):
            raise refuse(_at(field), "That was not on offer.")
        return {"values": values}

    def _checkbox(self, field: Json, answer: Json) -> Json:
        value = answer.get("value", False)
        if not isinstance(value, bool):
            raise refuse(_at(field), "This must be true or false.")
        return {"value": value}


def _several(field: Json, answer: Json, *, most: int) -> list[Any]:
    values = answer.get("values") or []
    least = field.get("min_values", 1)
    if not isinstance(values, list) or not all(isinstance(value, str | int) for value in values):
        raise refuse(_at(field), "This must be a list of values.")
    if not values and not field.get("required", True):
        return []
    if not least <= len(values) <= most:
        raise refuse(_at(field), f"Must choose {least} to {most}.")
    return values


def _at(field: Json) -> str:
    return f"{AT}/{field['custom_id']}"
