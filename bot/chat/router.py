"""Every button, menu and form of ours, for ever: the custom_id says who answers, the database has the rest.

Nothing is kept in memory between showing a component and its press, so all of them outlive a restart.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import discord
import structlog

from bot.chat import asking, batches, buttons, inquiries, modals
from bot.chat.answer import UNREACHABLE, Interaction, notice_of, pressed_id, tell
from bot.chat.commands import help as help_pages
from bot.chat.commands import settings as panel
from bot.custom_ids import OURS
from bot.errors import JobUnknown

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Route:
    """Who answers custom_ids of one form."""

    pattern: re.Pattern[str]
    handle: Callable[[Interaction, re.Match[str]], Awaitable[None]]


COMPONENTS: tuple[Route, ...] = (
    Route(pattern=inquiries.DESCRIBED, handle=inquiries.pressed_described),
    Route(pattern=inquiries.AGAIN, handle=inquiries.pressed_again),
    Route(pattern=inquiries.SHORTENED, handle=inquiries.pressed_shortened),
    Route(pattern=batches.BUTTON, handle=batches.pressed),
    Route(pattern=panel.PRESSED, handle=panel.pressed),
    Route(pattern=help_pages.CHOSEN, handle=help_pages.chosen),
    Route(pattern=OURS, handle=buttons.pressed),
)
"""Buttons and menus; the first form that fits answers."""

FORMS: tuple[Route, ...] = (
    Route(pattern=batches.FORM, handle=asking.edited),
    Route(pattern=inquiries.DESCRIBED_FORM, handle=asking.edited),
    Route(pattern=inquiries.SHORTENED_FORM, handle=asking.edited),
    Route(pattern=OURS, handle=modals.submitted),
)
"""Modals that were filled in."""

TABLES = {discord.InteractionType.component: COMPONENTS, discord.InteractionType.modal_submit: FORMS}


async def route(interaction: Interaction) -> None:
    """Answer a press or a form; what is not ours is left alone, what nobody knows any more is said."""
    if interaction.type not in TABLES:
        return
    try:
        await _answer(interaction, pressed_id(interaction))
    except UNREACHABLE as error:
        log.warning("press not answered", interaction=interaction.id, error=str(error))
    except Exception as error:  # noqa: BLE001 - a fault of one press must be told to who pressed
        await tell(interaction, notice_of(interaction, error))


async def _answer(interaction: Interaction, custom_id: str) -> None:
    for one in TABLES[interaction.type]:
        if match := one.pattern.fullmatch(custom_id):
            await one.handle(interaction, match)
            return
    if OURS.fullmatch(custom_id):
        raise JobUnknown
