"""The form with one large field, as the platform shows it."""

from dataclasses import dataclass
from typing import Any

import discord

from bot.chat.stateless import stateless
from bot.prompt import InvalidPrompt, utf16_length
from bot.prompt import say as prompt_text

LONGEST_FIELD = 4000  # what a text field of the platform holds
LONGEST_TITLE = 45


@dataclass(frozen=True, kw_only=True)
class PromptForm:
    """A form with one large field that holds a prompt already."""

    title: str
    label: str
    custom_id: str
    field_id: str
    text: str
    hint: str | None = None
    required: bool = True

    def modal(self) -> discord.ui.Modal:
        """Make it, as the platform shows it; raises InvalidPrompt for a text that it cannot hold whole.

        Its parameters stand at the end: a text that is cut would be sent without them.
        """
        if utf16_length(self.text) > LONGEST_FIELD:
            raise InvalidPrompt(prompt_text("form.long", limit=LONGEST_FIELD), typed=self.text)
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=self.field_id,
            style=discord.TextStyle.paragraph,
            default=self.text,
            max_length=LONGEST_FIELD,
            required=self.required,
        )
        label: discord.ui.Label[Any] = discord.ui.Label(
            text=self.label[:LONGEST_TITLE], description=self.hint, component=field
        )
        return stateless(discord.ui.Modal(title=self.title[:LONGEST_TITLE], custom_id=self.custom_id)).add_item(label)
