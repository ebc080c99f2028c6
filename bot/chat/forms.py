"""What was typed into a form: read from the interaction itself, so that forms outlive a restart."""

from collections.abc import Iterable, Mapping
from typing import Any

import discord

from bot.chat.answer import Interaction

LONGEST_FIELD = 4000  # what a text field of the platform holds
FORGET_S = 60.0


def field_value(interaction: Interaction) -> str:
    """Return the text of a form's first field; empty when it has none."""
    data: Mapping[str, Any] = interaction.data or {}
    fields = [part for part in _leaves(data.get("components", [])) if "value" in part]
    return str(fields[0]["value"]) if fields else ""


def prompt_form(*, title: str, label: str, custom_id: str, field_id: str, text: str) -> discord.ui.Modal:
    """Make a form with one large field that holds a prompt already; what is too long for it is cut."""
    form = discord.ui.Modal(title=title[:45], custom_id=custom_id, timeout=FORGET_S)
    form.stop()  # what is sent finds us by its id, so the library need not keep the form
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label=label[:45],
        custom_id=field_id,
        style=discord.TextStyle.paragraph,
        default=text[:LONGEST_FIELD],
        max_length=LONGEST_FIELD,
    )
    form.add_item(field)
    return form


def _leaves(parts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Flatten rows and labels into the fields that they hold."""
    found: list[Mapping[str, Any]] = []
    for part in parts:
        inner = [*part.get("components", []), *([part["component"]] if "component" in part else [])]
        found += _leaves(inner) if inner else [part]
    return found
