"""Message components as Discord answers them: every one with an id, defaults filled in."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from playground.snowflake import Json

BUTTON, STRING_SELECT = 2, 3
SELECTS = frozenset({3, 5, 6, 7, 8})
LINK_STYLES = frozenset({5, 6})  # link and premium: they send no interaction
NESTED = ("accessory", "component")

_DEFAULTS: dict[int, Json] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
    4: {"required": True},
    11: {"description": None, "spoiler": False},
    13: {"spoiler": False, "name": None, "size": None},
    14: {"divider": True, "spacing": 1},
    17: {"accent_color": None, "spoiler": False},
    19: {"min_values": 1, "max_values": 1, "required": True},
}


def walk(components: Iterable[Any] | None) -> Iterator[Json]:
    """Every component, outer before inner; anything that is not an object is passed over."""
    for component in components or []:
        if not isinstance(component, dict):
            continue
        yield component
        inner = component.get("components")
        yield from walk(inner if isinstance(inner, list) else [])
        yield from walk(component[key] for key in NESTED if key in component)


def completed(components: Iterable[Json]) -> list[Json]:
    """A copy with ids given to those that have none, and with the defaults that Discord fills in."""
    components = list(components)
    taken = {c["id"] for c in walk(components) if c.get("id")}
    fresh = (n for n in count(1) if n not in taken)
    return [_completed(c, fresh) for c in components]


def find(components: Iterable[Json], custom_id: str) -> Json | None:
    """The component that carries a custom_id."""
    return next((c for c in walk(components) if c.get("custom_id") == custom_id), None)


def _completed(component: Json, fresh: Iterator[int]) -> Json:
    given = {k: v for k, v in component.items() if v is not None}
    result = {**_DEFAULTS.get(component.get("type", 0), {}), **given, "id": component.get("id") or next(fresh)}
    if isinstance(result.get("components"), list):
        result["components"] = [_completed(c, fresh) for c in result["components"]]
    for key in NESTED:
        if isinstance(result.get(key), dict):
            result[key] = _completed(result[key], fresh)
    if isinstance(result.get("emoji"), dict):
        # An emoji of Unicode has no id; clients send null for it, Discord leaves it out.
        result["emoji"] = {key: value for key, value in result["emoji"].items() if value is not None}
    if "items" in result:
        result["items"] = [{"description": None, "spoiler": False, **item} for item in result["items"]]
    return result
