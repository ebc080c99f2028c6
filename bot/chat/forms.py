"""What was typed into a form: read from the interaction itself, so that forms outlive a restart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import discord

from bot.chat.answer import Interaction
from bot.chat.stateless import stateless

LONGEST_FIELD = 4000  # what a text field of the platform holds
LONGEST_TITLE = 45


def field_value(interaction: Interaction) -> str:
    """Return the text of a form's first field; empty when it has none."""
    data: Mapping[str, Any] = interaction.data or {}
    fields = [part for part in _leaves(data.get("components", [])) if "value" in part]
    return str(fields[0]["value"]) if fields else ""


@dataclass(frozen=True, kw_only=True)
class PromptForm:
    """A form with one large field that holds a prompt already."""

    title: str
    label: str
    custom_id: str
    field_id: str
    text: str
    """What is too long for the field is cut."""
    hint: str | None = None
    required: bool = True

    def modal(self) -> discord.ui.Modal:
        """Make it, as the platform shows it."""
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=self.field_id,
            style=discord.TextStyle.paragraph,
            default=self.text[:LONGEST_FIELD],
            max_length=LONGEST_FIELD,
            required=self.required,
        )
        label: discord.ui.Label[Any] = discord.ui.Label(
            text=self.label[:LONGEST_TITLE], description=self.hint, component=field
        )
        return stateless(discord.ui.Modal(title=self.title[:LONGEST_TITLE], custom_id=self.custom_id)).add_item(label)


def _leaves(parts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Flatten rows and labels into the fields that they hold."""
    found: list[Mapping[str, Any]] = []
    for part in parts:
        inner = [*part.get("components", []), *([part["component"]] if "component" in part else [])]
        found += _leaves(inner) if inner else [part]
    return found
