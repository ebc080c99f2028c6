"""Which answers an interaction can have."""

from collections.abc import Iterator
from typing import Any

from playground.messages import EPHEMERAL
from playground.problem import Wrong
from playground.rules.commands import CHOICE_LENGTH, CHOICES
from playground.rules.shape import At
from playground.snowflake import Json

PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 1, 2, 3, 4, 5
MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, SUGGESTIONS, MODAL = 4, 5, 6, 7, 8, 9
ACTIVITY = 12
KINDS_OF_VALUE: dict[int, type | tuple[type, ...]] = {3: str, 4: int, 10: (int, float)}


def callback_rules(body: Json, kind: int, *, on_message: bool) -> list[Wrong]:
    """Faults of a callback to an interaction of this kind, its message aside; `on_message`: it began at a component."""
    answer, data = body.get("type"), body.get("data") or {}
    if answer in (DEFERRED_UPDATE, UPDATE) and not on_message:
        return [_wrong(f"Callback {answer} is only for message components and forms that they opened.")]
    if answer == SUGGESTIONS and kind != AUTOCOMPLETE:
        return [_wrong("Callback 8 is only for autocomplete.")]
    if kind == AUTOCOMPLETE and answer != SUGGESTIONS:
        return [_wrong("Autocomplete can only be answered with callback 8.")]
    if answer == MODAL and kind == MODAL_SUBMIT:
        return [_wrong("A modal cannot be answered with a modal.")]
    if answer == DEFERRED_MESSAGE and (not isinstance(data, dict) or (data.get("flags") or 0) & ~EPHEMERAL):
        return [Wrong(at=("data", "flags"), message="A deferral may only be ephemeral.")]
    return []


def choice_rules(data: Json, option: Json) -> list[Wrong]:
    """Faults of suggestions for an option that is being typed."""
    choices = data.get("choices") or []
    at = ("data", "choices")
    if not isinstance(choices, list) or len(choices) > CHOICES:
        return [Wrong(at=at, message=f"This must be a list, {CHOICES} or fewer in length.")]
    return [wrong for n, choice in enumerate(choices) for wrong in _choice(choice, option, (*at, n))]


def _choice(choice: Any, option: Json, at: At) -> Iterator[Wrong]:
    name, value = (choice.get(key) if isinstance(choice, dict) else None for key in ("name", "value"))
    if not isinstance(name, str) or not 1 <= len(name) <= CHOICE_LENGTH:
        yield Wrong(at=(*at, "name"), message=f"Must be between 1 and {CHOICE_LENGTH} in length.")
    if isinstance(value, bool) or not isinstance(value, KINDS_OF_VALUE.get(option["type"], str)):
        yield Wrong(at=(*at, "value"), message="That is not the kind of value that the option takes.")
    elif isinstance(value, str) and not 1 <= len(value) <= CHOICE_LENGTH:
        yield Wrong(at=(*at, "value"), message=f"Must be between 1 and {CHOICE_LENGTH} in length.")


def _wrong(message: str) -> Wrong:
    return Wrong(at=("type",), message=message)
