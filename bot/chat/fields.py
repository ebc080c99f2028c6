"""What was typed into a form: read from the interaction itself, so that forms outlive a restart."""

from collections.abc import Iterable, Mapping
from typing import Any

import discord


def field_value(interaction: discord.Interaction[Any]) -> str:
    """Return the text of a form's first field; empty when it has none."""
    data: Mapping[str, Any] = interaction.data or {}
    fields = [part for part in _leaves(data.get("components", [])) if "value" in part]
    return str(fields[0]["value"]) if fields else ""


def _leaves(parts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Flatten rows and labels into the fields that they hold."""
    found: list[Mapping[str, Any]] = []
    for part in parts:
        inner = [*part.get("components", []), *([part["component"]] if "component" in part else [])]
        found += _leaves(inner) if inner else [part]
    return found
