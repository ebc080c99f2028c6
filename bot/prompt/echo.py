"""The normalised prompt: what a job's messages show, and what can be typed again to get the same."""

from dataclasses import fields

from bot.prompt.parameters import AVAILABLE
from bot.prompt.prompt import Prompt

_DEFAULTS = {field.name: field.default for field in fields(Prompt)}


def echo(prompt: Prompt) -> str:
    """The description, then every parameter that differs from its default; parsing it gives the same prompt."""
    parts = [prompt.text]
    for row in AVAILABLE:
        assert row.field is not None  # AVAILABLE holds no other rows
        value = getattr(prompt, row.field)
        if value != _DEFAULTS[row.field]:
            parts.append(row.typed(value))
    return " ".join(parts)
