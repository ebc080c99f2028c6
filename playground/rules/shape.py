"""The least that a body must be, so that the rest may rely on it: objects are objects, lists are lists."""

from collections.abc import Iterator, Mapping
from typing import Any

from playground.components import walk
from playground.problem import Wrong
from playground.snowflake import Json

TEXT, NUMBER, FLAG, OBJECT, OBJECTS = "text", "a whole number", "true or false", "an object", "a list of objects"

At = tuple[str | int, ...]

MESSAGE = {
    "content": TEXT,
    "embeds": OBJECTS,
    "components": OBJECTS,
    "attachments": OBJECTS,
    "flags": NUMBER,
    "allowed_mentions": OBJECT,
    "message_reference": OBJECT,
}
LISTS_OF_MENTIONS = ("parse", "users", "roles")
EMBED = {
    "title": TEXT,
    "description": TEXT,
    "url": TEXT,
    "fields": OBJECTS,
    **dict.fromkeys(("author", "footer", "image", "thumbnail"), OBJECT),
}
COMPONENT = {
    "type": NUMBER,
    "id": NUMBER,
    "custom_id": TEXT,
    "label": TEXT,
    "content": TEXT,
    "url": TEXT,
    "components": OBJECTS,
    "options": OBJECTS,
    "items": OBJECTS,
    "placeholder": TEXT,
    "min_values": NUMBER,
    "max_values": NUMBER,
    **dict.fromkeys(("accessory", "component", "emoji", "media"), OBJECT),
}
OPTION = {"label": TEXT, "value": TEXT, "description": TEXT}
MODAL = {"custom_id": TEXT, "title": TEXT, "components": OBJECTS}
FIELD = {
    **COMPONENT,
    "style": NUMBER,
    "description": TEXT,
    "value": TEXT,
    "min_length": NUMBER,
    "max_length": NUMBER,
    "required": FLAG,
    "disabled": FLAG,
}
COMMAND = {
    "name": TEXT,
    "description": TEXT,
    "type": NUMBER,
    "options": OBJECTS,
    "choices": OBJECTS,
    "name_localizations": OBJECT,
    "description_localizations": OBJECT,
}


def command_shape(command: Any, at: At) -> list[Wrong]:
    """Faults in the shape of a command, or of one of its options."""
    if not isinstance(command, dict) or not isinstance(command.get("name"), str):
        return [Wrong(at=at, message="This must be an object with a name.")]
    wrongs = list(_fields(command, COMMAND, at))
    if wrongs:
        return wrongs
    for n, option in enumerate(command.get("options") or []):
        wrongs += command_shape(option, (*at, "options", n))
    return wrongs


def message_shape(body: Any) -> list[Wrong]:
    """Faults in the shape of a message body."""
    if not isinstance(body, dict):
        return [Wrong(at=(), message="Only dictionaries may be used here.")]
    wrongs = list(_fields(body, MESSAGE, ()))
    if wrongs:
        return wrongs
    allowed = body.get("allowed_mentions") or {}
    for key in LISTS_OF_MENTIONS:
        if not isinstance(allowed.get(key) or [], list):
            wrongs.append(Wrong(at=("allowed_mentions", key), message="This must be a list."))
    for n, embed in enumerate(body.get("embeds") or []):
        wrongs += _embed(embed, ("embeds", n))
    for component in walk(body.get("components")):
        wrongs += _component(component, COMPONENT, ("components",))
    return wrongs


def modal_shape(data: Any) -> Iterator[Wrong]:
    """Faults in the shape of the data that opens a modal."""
    if not isinstance(data, dict):
        yield Wrong(at=("data",), message="Only dictionaries may be used here.")
        return
    yield from _fields(data, MODAL, ("data",))
    if isinstance(data.get("components"), list):
        for component in walk(data["components"]):
            yield from _component(component, FIELD, ("data", "components"))


def _component(component: Json, kinds: Mapping[str, str], at: At) -> Iterator[Wrong]:
    yield from _fields(component, kinds, at)
    options = component.get("options")
    for option in options if isinstance(options, list) else []:
        if isinstance(option, dict):
            yield from _fields(option, OPTION, (*at, "options"))


def _embed(embed: Json, at: At) -> Iterator[Wrong]:
    yield from _fields(embed, EMBED, at)
    fields = embed.get("fields")
    for n, field in enumerate(fields if isinstance(fields, list) else []):
        if isinstance(field, dict):
            yield from _fields(field, {"name": TEXT, "value": TEXT}, (*at, "fields", n))


def _fields(body: Mapping[str, Any], kinds: Mapping[str, str], at: At) -> Iterator[Wrong]:
    for key, kind in kinds.items():
        if body.get(key) is not None and not _is(body[key], kind):
            yield Wrong(at=(*at, key), message=f"This must be {kind}.")


def _is(value: Any, kind: str) -> bool:
    if kind == TEXT:
        return isinstance(value, str)
    if kind == NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == FLAG:
        return isinstance(value, bool)
    if kind == OBJECT:
        return isinstance(value, dict)
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
