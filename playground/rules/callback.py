"""Which answers an interaction can have."""

from playground.messages import EPHEMERAL
from playground.problem import Wrong
from playground.snowflake import Json

PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 1, 2, 3, 4, 5
MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
ACTIVITY = 12


def callback_rules(body: Json, kind: int) -> list[Wrong]:
    """Faults of a callback to an interaction of this kind, its message aside."""
    answer, data = body.get("type"), body.get("data") or {}
    if answer in (DEFERRED_UPDATE, UPDATE) and kind != COMPONENT:
        return [_wrong(f"Callback {answer} is only for message components.")]
    if answer == CHOICES and kind != AUTOCOMPLETE:
        return [_wrong("Callback 8 is only for autocomplete.")]
    if kind == AUTOCOMPLETE and answer != CHOICES:
        return [_wrong("Autocomplete can only be answered with callback 8.")]
    if answer == MODAL and kind == MODAL_SUBMIT:
        return [_wrong("A modal cannot be answered with a modal.")]
    if answer == DEFERRED_MESSAGE and (not isinstance(data, dict) or (data.get("flags") or 0) & ~EPHEMERAL):
        return [Wrong(at=("data", "flags"), message="A deferral may only be ephemeral.")]
    return []


def _wrong(message: str) -> Wrong:
    return Wrong(at=("type",), message=message)
