"""What Discord's documents say about modals beyond the schema."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from playground.components import SELECTS, walk
from playground.problem import Wrong
from playground.rules.select import select_faults
from playground.rules.shape import At, modal_shape
from playground.snowflake import Json

ACTION_ROW, TEXT_INPUT, TEXT, LABEL, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 1, 4, 10, 18, 19, 21, 22, 23
AT_THE_TOP = frozenset({ACTION_ROW, TEXT, LABEL})
FIELDS = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX}
PARTS = 5  # at the top
TITLE_LENGTH, ID_LENGTH, LABEL_LENGTH, ABOUT_LENGTH = 45, 100, 45, 100
PLACEHOLDER_LENGTH, LONGEST_TEXT = 100, 4000
STYLES = (1, 2)  # one line, several
MOST_CHOICES, MOST_FILES = 10, 10
AT: At = ("data", "components")


def modal_rules(data: Any) -> list[Wrong]:
    """Faults of the data of a callback that opens a modal."""
    wrongs = list(modal_shape(data))
    if wrongs:
        return wrongs
    parts = data.get("components") or []
    wrongs += [*_length(data, "title", TITLE_LENGTH, ("data",)), *_length(data, "custom_id", ID_LENGTH, ("data",))]
    if not 1 <= len(parts) <= PARTS:
        wrongs.append(Wrong(at=AT, message=f"Must be between 1 and {PARTS} in length.", code="BASE_TYPE_BAD_LENGTH"))
    for n, part in enumerate(parts):
        wrongs += _part(part, (*AT, n))
    names = Counter(c["custom_id"] for c in walk(parts) if c.get("custom_id"))
    if any(times > 1 for times in names.values()):
        wrongs.append(Wrong(at=AT, message="Component custom id cannot be duplicated", code="COMPONENT_INVALID"))
    return wrongs


def _part(part: Json, at: At) -> Iterator[Wrong]:
    kind = part.get("type")
    if kind == ACTION_ROW:
        inside = part.get("components") or []
        if len(inside) != 1 or inside[0].get("type") not in {TEXT_INPUT} | SELECTS:
            yield Wrong(at=(*at, "components"), message="A row of a modal holds one text input.")
            return
        if inside[0]["type"] == TEXT_INPUT:
            yield from _length(inside[0], "label", LABEL_LENGTH, (*at, "components", 0))
        yield from _field(inside[0], (*at, "components", 0))
    elif kind == LABEL:
        yield from _length(part, "label", LABEL_LENGTH, at)
        if len(part.get("description") or "") > ABOUT_LENGTH:
            yield Wrong(at=(*at, "description"), message=f"Must be {ABOUT_LENGTH} or fewer in length.")
        yield from _labelled(part.get("component") or {}, (*at, "component"))
    elif kind == TEXT:
        yield from _length(part, "content", LONGEST_TEXT, at)
    else:
        yield Wrong(at=(*at, "type"), message=f"Value must be one of {', '.join(map(str, sorted(AT_THE_TOP)))}.")


def _labelled(field: Json, at: At) -> Iterator[Wrong]:
    if field.get("type") not in FIELDS:
        yield Wrong(at=(*at, "type"), message="A label needs a field.")
        return
    if field.get("label"):
        yield Wrong(at=(*at, "label"), message="Inside a label a field has no label of its own.")
    yield from _field(field, at)


def _field(field: Json, at: At) -> Iterator[Wrong]:
    yield from _length(field, "custom_id", ID_LENGTH, at)
    if field.get("disabled"):
        yield Wrong(at=(*at, "disabled"), message="A component of a modal cannot be disabled.")
    kind = field["type"]
    if kind == TEXT_INPUT:
        yield from _text_input(field, at)
    elif kind in SELECTS:
        yield from (Wrong(at=at, message=fault) for fault in select_faults(field))
    elif kind == FILE_UPLOAD:
        yield from _range(field, MOST_FILES, at)
    elif kind in (RADIO, CHECKBOXES):
        yield from _choices(field, at)


def _text_input(field: Json, at: At) -> Iterator[Wrong]:
    shortest, longest = field.get("min_length") or 0, field.get("max_length") or LONGEST_TEXT
    if field.get("style") not in STYLES:
        yield Wrong(at=(*at, "style"), message="Value must be one of 1, 2.")
    if len(field.get("placeholder") or "") > PLACEHOLDER_LENGTH:
        yield Wrong(at=(*at, "placeholder"), message=f"Must be {PLACEHOLDER_LENGTH} or fewer in length.")
    if not 0 <= shortest <= longest <= LONGEST_TEXT:
        yield Wrong(at=(*at, "min_length"), message=f"Lengths go from 0 to {LONGEST_TEXT}, the smaller one first.")
    if field.get("value") and not shortest <= len(field["value"]) <= longest:
        yield Wrong(at=(*at, "value"), message=f"Must be between {shortest} and {longest} in length.")


def _choices(field: Json, at: At) -> Iterator[Wrong]:
    options = field.get("options") or []
    if not (2 if field["type"] == RADIO else 1) <= len(options) <= MOST_CHOICES:
        yield Wrong(at=(*at, "options"), message=f"Must be {MOST_CHOICES} or fewer in length, and some.")
    if len({option.get("value") for option in options}) < len(options):
        yield Wrong(at=(*at, "options"), message="Two options have the same value.")
    yield from _range(field, MOST_CHOICES, at)


def _range(field: Json, most: int, at: At) -> Iterator[Wrong]:
    low, high = field.get("min_values"), field.get("max_values")
    if not 0 <= (1 if low is None else low) <= (most if high is None else high) <= most:
        yield Wrong(at=at, message=f"min_values and max_values go from 0 to {most}, the smaller one first.")


def _length(thing: Json, key: str, most: int, at: At) -> Iterator[Wrong]:
    if not 1 <= len(thing.get(key) or "") <= most:
        yield Wrong(at=(*at, key), message=f"Must be between 1 and {most} in length.", code="BASE_TYPE_BAD_LENGTH")
