"""The one way in which an interaction is answered: acknowledge first, then turn any error into a sentence."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import aiohttp
import discord
import structlog

from bot.chat.embeds import embed_of
from bot.chat.fields import field_value
from bot.custom_ids import read_form
from bot.errors import MissingPermissions
from bot.prompt import footer
from bot.replies import Notice, reply_to
from bot.studio import Asker
from bot.texts import say

log = structlog.get_logger(__name__)

PATIENCE_S = 1.0
"""How long the transaction may take before a deferral is sent instead of the answer."""

UNREACHABLE = (discord.HTTPException, aiohttp.ClientError, OSError)
"""Discord did not take an answer: too late, gone, or no connection."""

Interaction = discord.Interaction[Any]
T = TypeVar("T")

NEEDED = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
NEEDED_IN_THREADS = NEEDED | {"send_messages_in_threads": "Send Messages in Threads"}


def asker(interaction: Interaction) -> Asker:
    """Copy out of an interaction what the studio may know."""
    permissions = interaction.permissions
    return Asker(
        request_id=str(interaction.id),
        user_id=str(interaction.user.id),
        user_name=interaction.user.name,
        guild_id=str(interaction.guild_id) if interaction.guild_id else None,
        channel_id=str(interaction.channel_id),
        is_admin=interaction.guild_id is not None and (permissions.manage_guild or permissions.administrator),
        upload_limit=interaction.filesize_limit,
        locale=str(interaction.locale),
    )


def pressed_id(interaction: Interaction) -> str:
    """The custom_id that was pressed; empty for anything but a component."""
    data: Mapping[str, Any] = interaction.data or {}
    return str(data.get("custom_id", ""))


def check_permissions(interaction: Interaction) -> None:
    """Raise MissingPermissions when the result could not be posted here."""
    if interaction.guild_id is None:
        return
    needed = NEEDED_IN_THREADS if isinstance(interaction.channel, discord.Thread) else NEEDED
    held = interaction.app_permissions
    lacking = [name for flag, name in needed.items() if not getattr(held, flag) and not held.administrator]
    if "send_messages_in_threads" in needed and "Send Messages" in lacking:
        lacking.remove("Send Messages")  # inside a thread the other one counts
    if lacking:
        raise MissingPermissions(lacking)


async def in_time(interaction: Interaction, work: Coroutine[Any, Any, T], *, in_place: bool = False) -> T | None:
    """Do the work, deferring publicly if it takes over a second; a refusal is told to the asker alone.

    in_place: the answer will be a change of the pressed message

    Returns None when it was refused, and the asker has been told. `interaction.response.is_done()` afterwards says
    whether the work was slow.
    """
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE_S)
    if not done:
        await _defer(interaction, thinking=not in_place)
    try:
        return await task
    except Exception as error:  # noqa: BLE001 - one of the three places where errors become words
        await tell(interaction, notice_of(interaction, error))
        return None


@asynccontextmanager
async def privately(interaction: Interaction) -> AsyncIterator[None]:
    """Defer an answer that only the asker sees; any error becomes that answer."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    try:
        yield
    except Exception as error:  # noqa: BLE001 - see in_time
        notice = notice_of(interaction, error)
        try:
            await interaction.edit_original_response(embed=embed_of(notice))
        except UNREACHABLE as lost:
            log.warning("not answered", interaction=interaction.id, error=str(lost))


@asynccontextmanager
async def publicly(interaction: Interaction) -> AsyncIterator[None]:
    """Defer an answer that everybody sees; a refusal takes it back and is told to the asker alone."""
    await interaction.response.defer(thinking=True)
    try:
        yield
    except Exception as error:  # noqa: BLE001 - see in_time
        await tell(interaction, notice_of(interaction, error))


def notice_of(interaction: Interaction, error: Exception) -> Notice:
    """Word an error; one that has no words is a bug of ours and is logged with its traceback."""
    notice = reply_to(error)
    if notice is None:
        log.error("interaction failed", interaction=interaction.id, exc_info=error)
        notice = Notice(title=say("error.bug.title"), body=say("error.bug", reference=interaction.id))
    return replace(notice, footer=_typed(interaction, notice))


def _typed(interaction: Interaction, notice: Notice) -> str:
    """What was typed, to be copied: the whole command, or the text of a form that belongs to a result."""
    if interaction.type is discord.InteractionType.modal_submit and read_form(pressed_id(interaction)):
        return footer(field_value(interaction), command=None)
    if interaction.type is not discord.InteractionType.application_command or interaction.command is None:
        return notice.footer
    prompt = getattr(interaction.namespace, "prompt", None)
    return footer(prompt, command=interaction.command.name) if isinstance(prompt, str) else ""


async def whisper(interaction: Interaction, text: str) -> None:
    """Say something to the asker alone, whatever was answered before."""
    if not interaction.response.is_done():
        await interaction.response.send_message(text, ephemeral=True)
        return
    await interaction.delete_original_response()
    await interaction.followup.send(text, ephemeral=True)


async def _defer(interaction: Interaction, *, thinking: bool) -> None:
    """Ask for more time; if even that does not get through, the work that has begun is still done to its end."""
    try:
        await interaction.response.defer(thinking=thinking)
    except UNREACHABLE as error:
        log.warning("not deferred", interaction=interaction.id, error=str(error))


async def tell(interaction: Interaction, notice: Notice) -> None:
    """Show a notice to the asker alone, whatever was answered before; a lost connection is only logged."""
    try:
        if not interaction.response.is_done():
            await interaction.response.send_message(embed=embed_of(notice), ephemeral=True)
            return
        if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
            with contextlib.suppress(discord.NotFound):
                await interaction.delete_original_response()
        await interaction.followup.send(embed=embed_of(notice), ephemeral=True)
    except UNREACHABLE as error:
        log.warning("refusal not told", interaction=interaction.id, error=str(error))
