"""`/describe` and `/shorten` in the chat: what they show, and the buttons that make pictures of it."""

import asyncio
import io
import re
from typing import TYPE_CHECKING, Any

import discord

from bot.chat.answer import Interaction, asker, check_permissions, publicly
from bot.chat.asking import answer
from bot.chat.forms import PromptForm
from bot.chat.stateless import empty_view
from bot.errors import JobUnknown
from bot.inquiries import Described, Shortened
from bot.prompt import escape
from bot.studio import Proposal
from bot.texts import say
from db.inquiries import Inquiry, Kind

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

NUMBERS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣")
DESCRIBED = re.compile(r"MJ::Job::PicReader::(?P<which>[1-4]|all)")
AGAIN = re.compile(r"MJ::Picread::Retry")
SHORTENED = re.compile(r"MJ::Job::PromptAnalyzer::(?P<which>[1-5])")
DESCRIBED_FORM = re.compile(r"MJ::Picreader::Modal::[1-4]")
SHORTENED_FORM = re.compile(r"MJ::PromptAnalyzer::Modal::[1-5]")
LONGEST_PROMPT = 550
"""Of one prompt on show: five of them and the marked one fit into one embed."""
FILE = "described.webp"


async def show_described(interaction: Interaction, found: Described) -> None:
    """Put the description into the message that was promised, and remember it for its buttons."""
    client: EaselClient = interaction.client
    webp = await asyncio.to_thread(client.desks.inquiries.picture, found.sha256)
    embed = discord.Embed(description=_numbered(found.prompts)).set_image(url=f"attachment://{FILE}")
    await _remember(interaction, "describe", found.sha256, (*found.given, *found.prompts))
    await interaction.edit_original_response(
        content=None, embed=embed, attachments=[discord.File(io.BytesIO(webp), FILE)], view=_described(found)
    )


async def show_shortened(interaction: Interaction, found: Shortened) -> None:
    """Put the weighed prompt into the message that was promised."""
    important, shorter = say("shorten.important"), say("shorten.shorter")
    body = f"**{important}**\n{found.marked}"
    if found.prompts:
        body += f"\n\n**{shorter}**\n{_numbered(found.prompts)}"
    embed = discord.Embed(description=body).set_footer(text=say("shorten.footer"))
    await _remember(interaction, "shorten", None, found.prompts)
    await interaction.edit_original_response(embed=embed, view=_shortened(found))


async def pressed_described(interaction: Interaction, match: re.Match[str]) -> None:
    """Open the form for one description, or ask whether all are meant."""
    if match["which"] == "all":
        await answer(interaction, _all(interaction))
        return
    await _open(interaction, int(match["which"]), "describe", f"MJ::Picreader::Modal::{match['which']}")


async def pressed_shortened(interaction: Interaction, match: re.Match[str]) -> None:
    """Open the form for one shortened prompt."""
    await _open(interaction, int(match["which"]), "shorten", f"MJ::PromptAnalyzer::Modal::{match['which']}")


async def pressed_again(interaction: Interaction, _match: re.Match[str]) -> None:
    """Describe the same picture in other words, in a new message."""
    client: EaselClient = interaction.client
    async with publicly(interaction):
        await show_described(interaction, await client.desks.inquiries.again(_message_id(interaction)))


async def _open(interaction: Interaction, which: int, kind: Kind, custom_id: str) -> None:
    client: EaselClient = interaction.client
    found = await client.desks.inquiries.find(_message_id(interaction))
    prompts = _shown(found)
    if found.kind != kind or which > len(prompts):
        raise JobUnknown
    form = PromptForm(
        title=say("describe.form"),
        label=say("batch.field"),
        custom_id=custom_id,
        field_id=f"{custom_id.rpartition('::')[0]}::PromptField",
        text=prompts[which - 1],
    )
    await interaction.response.send_modal(form.modal())


async def _all(interaction: Interaction) -> Proposal:
    check_permissions(interaction)
    client: EaselClient = interaction.client
    by = asker(interaction)
    texts = _shown(await client.desks.inquiries.find(_message_id(interaction)))
    studio = client.studio.batches
    return await studio.propose(_choices(texts), texts, await studio.read(texts, by), by)


def _choices(texts: tuple[str, ...]) -> str:
    """Write several prompts as one that stands for them, so that it can be edited and sent."""
    return f"{{{', '.join(text.replace(',', chr(92) + ',') for text in texts)}}}"


async def _remember(interaction: Interaction, kind: Kind, sha256: str | None, prompts: tuple[str, ...]) -> None:
    """Remember what the message will show before it shows it: its buttons may be pressed at once."""
    client: EaselClient = interaction.client
    message = await interaction.original_response()
    await client.desks.inquiries.remember(
        Inquiry(message_id=str(message.id), kind=kind, user_id=str(interaction.user.id), sha256=sha256, prompts=prompts)
    )


def _message_id(interaction: Interaction) -> str:
    if interaction.message is None:
        raise JobUnknown
    return str(interaction.message.id)


def _shown(found: Inquiry) -> tuple[str, ...]:
    """Return the prompts that the message shows: of descriptions the last four."""
    return found.prompts if found.kind == "shorten" else found.prompts[-(len(found.prompts) % 4 or 4) :]


def _numbered(prompts: tuple[str, ...]) -> str:
    return "\n\n".join(
        f"{number} {escape(text, LONGEST_PROMPT)}" for number, text in zip(NUMBERS, prompts, strict=False)
    )


def _described(found: Described) -> discord.ui.View:
    view = _view([(f"MJ::Job::PicReader::{at}", NUMBERS[at - 1], None) for at in range(1, len(found.prompts) + 1)])
    for custom_id, emoji, label in (
        ("MJ::Picread::Retry", "🔄", None),
        ("MJ::Job::PicReader::all", "🎉", say("describe.all")),
    ):
        view.add_item(_button(custom_id, emoji, label, row=1))
    return view


def _shortened(found: Shortened) -> discord.ui.View:
    return _view([(f"MJ::Job::PromptAnalyzer::{at}", NUMBERS[at - 1], None) for at in range(1, len(found.prompts) + 1)])


def _view(buttons: list[tuple[str, str, str | None]]) -> discord.ui.View:
    view = empty_view()
    for custom_id, emoji, label in buttons:
        view.add_item(_button(custom_id, emoji, label, row=0))
    return view


def _button(custom_id: str, emoji: str, label: str | None, row: int) -> discord.ui.Button[Any]:
    return discord.ui.Button(
        custom_id=custom_id, emoji=emoji, label=label, style=discord.ButtonStyle.secondary, row=row
    )
