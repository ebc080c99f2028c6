"""A prompt, wherever it was typed or chosen: command, form or button; its answer is always the same."""

import re
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from bot.chat import batches
from bot.chat.answer import Interaction, asker, check_permissions, in_time, whisper
from bot.chat.fields import field_value
from bot.studio import Proposal
from bot.texts import say
from db.jobs import Acceptance

if TYPE_CHECKING:
    from bot.chat.client import EaselClient


async def imagine_text(interaction: Interaction, text: str) -> None:
    """Ask for what a prompt says, and answer with the waiting message, a question, or a refusal."""
    await answer(interaction, _imagine(interaction, text))


async def answer(interaction: Interaction, work: Coroutine[Any, Any, Acceptance | Proposal]) -> None:
    """Do the work that asks for pictures, and show what came of it."""
    client: EaselClient = interaction.client
    outcome = await in_time(interaction, work)
    if outcome is None:
        return
    if isinstance(outcome, Proposal):
        await batches.propose(interaction, outcome)
    elif outcome.fresh:
        await client.show_waiting(interaction, outcome)
    else:
        await whisper(interaction, say("press.replay"))


async def edited(interaction: Interaction, _match: re.Match[str]) -> None:
    """Take a prompt from a form as if it had been typed."""
    await imagine_text(interaction, field_value(interaction))


async def _imagine(interaction: Interaction, text: str) -> Acceptance | Proposal:
    check_permissions(interaction)
    client: EaselClient = interaction.client
    return await client.studio.ask(text, asker(interaction))
