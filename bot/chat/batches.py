"""Several prompts from one: the question before them, and the buttons that answer it."""

import re
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.chat.answer import UNREACHABLE, Interaction, asker, check_permissions, privately
from bot.chat.embeds import AMBER
from bot.chat.forms import PromptForm
from bot.chat.stateless import empty_view
from bot.custom_ids import UUID
from bot.errors import JobUnknown
from bot.prompt import code
from bot.studio import Proposal
from bot.texts import credits, say

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

log = structlog.get_logger(__name__)

BUTTON = re.compile(rf"MJ::Batch::(?P<answer>yes|no|edit|all)::(?P<id>{UUID})")
FORM = re.compile(rf"MJ::BatchModal::(?P<id>{UUID})")
FIELD = "MJ::BatchModal::new_prompt"
STYLES = {"yes": discord.ButtonStyle.success, "no": discord.ButtonStyle.danger}
SHOWN = 10
LONGEST_EMBED = 4000


async def propose(interaction: Interaction, proposal: Proposal) -> None:
    """Ask, for the asker's eyes only, whether all these jobs are meant."""
    if interaction.response.is_done():
        await interaction.delete_original_response()
        await interaction.followup.send(embed=_question(proposal), view=_answers(proposal.batch.id), ephemeral=True)
        return
    await interaction.response.send_message(embed=_question(proposal), view=_answers(proposal.batch.id), ephemeral=True)


async def pressed(interaction: Interaction, match: re.Match[str]) -> None:
    """Answer one of the four buttons."""
    handlers = {"yes": _yes, "no": _no, "edit": _edit, "all": _all}
    await handlers[match["answer"]](interaction, match["id"])


def _question(proposal: Proposal) -> discord.Embed:
    lines = [f"{number}. {code(echo, 300)}" for number, echo in enumerate(proposal.echoes[:SHOWN], start=1)]
    if len(proposal.echoes) > SHOWN:
        lines.append(say("batch.more", count=len(proposal.echoes) - SHOWN))
    asked = say("batch.ask", count=len(proposal.echoes), price=credits(proposal.price_units))
    return discord.Embed(
        title=say("batch.title"), description="\n".join([asked, "", *lines])[:LONGEST_EMBED], colour=AMBER
    )


def _answers(batch_id: str) -> discord.ui.View:
    view = empty_view()
    for answer in ("yes", "no", "edit", "all"):
        style = STYLES.get(answer, discord.ButtonStyle.secondary)
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=say(f"batch.{answer}"), style=style, custom_id=f"MJ::Batch::{answer}::{batch_id}"
        )
        view.add_item(button)
    return view


async def _yes(interaction: Interaction, batch_id: str) -> None:
    client: EaselClient = interaction.client
    check_permissions(interaction)
    await interaction.response.defer()
    accepted = await client.studio.batches.accept(batch_id, asker(interaction))
    embed = discord.Embed(description=say("batch.accepted", count=len(accepted)), colour=AMBER)
    try:
        await interaction.edit_original_response(embed=embed, view=None)
    except UNREACHABLE as error:  # the jobs are under way, and can be shown all the same
        log.warning("question not closed", interaction=interaction.id, error=str(error))
    await client.show_list(interaction, accepted)


async def _no(interaction: Interaction, batch_id: str) -> None:
    client: EaselClient = interaction.client
    await client.studio.batches.decline(batch_id, asker(interaction))
    await interaction.response.edit_message(embed=discord.Embed(description=say("batch.declined")), view=None)


async def _edit(interaction: Interaction, batch_id: str) -> None:
    client: EaselClient = interaction.client
    found = await client.studio.batches.find(batch_id, asker(interaction))
    form = PromptForm(
        title=say("batch.form"),
        label=say("batch.field"),
        custom_id=f"MJ::BatchModal::{batch_id}",
        field_id=FIELD,
        text=found.typed,
    )
    await interaction.response.send_modal(form.modal())


async def _all(interaction: Interaction, batch_id: str) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        echoes = await client.studio.batches.show(batch_id, asker(interaction))
        if not echoes:
            raise JobUnknown
        room = LONGEST_EMBED // len(echoes) - len("00. \n")
        text = "\n".join(f"{number}. {code(echo, room)}" for number, echo in enumerate(echoes, start=1))
        await interaction.edit_original_response(
            embed=discord.Embed(title=say("batch.title"), description=text, colour=AMBER)
        )
