"""Reactions to messages that show jobs: ❌ takes away, ✉️ sends; everything else is none of our business."""

import time
from typing import TYPE_CHECKING

import discord
import structlog

from bot.chat import present
from bot.chat.answer import UNREACHABLE
from bot.chat.embeds import embed_of
from bot.errors import MailboxClosed, Refused
from bot.replies import reply_to
from bot.studio import Asker
from bot.texts import say
from db.errors import DatabaseUnavailable
from db.jobs import Job, Posting

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

log = structlog.get_logger(__name__)

CROSS = "❌"
LETTERS = ("✉️", "✉")
"""Clients send it with or without the sign that makes it colourful."""
SAME_WITHIN_S = 10.0
"""A connection that is taken up again tells the last events twice."""
REMIND_AFTER_S = 3600.0


class Reactions:
    """Hears every reaction that the bot is told of."""

    def __init__(self, client: "EaselClient") -> None:
        self._client = client
        self._answered = _Lately(SAME_WITHIN_S)
        self._reminded = _Lately(REMIND_AFTER_S)

    async def heard(self, event: discord.RawReactionActionEvent) -> None:
        """Do what a reaction asks for, if it is for its person to ask; anything else is passed over in silence."""
        if event.emoji.name not in (CROSS, *LETTERS) or not self._may_be_ours(event):
            return
        try:
            job = await self._client.desks.keepsakes.find(str(event.message_id))
            if job is None:
                return
            if event.emoji.name == CROSS:
                await self._cross(event, job)
            elif job.user_id == str(event.user_id) and job.state == "delivered":
                await self._letter(event, job)
        except Refused:
            return
        except (*UNREACHABLE, DatabaseUnavailable) as error:
            log.warning("reaction not answered", message=event.message_id, error=f"{type(error).__name__}: {error}")

    def _may_be_ours(self, event: discord.RawReactionActionEvent) -> bool:
        us = self._client.user
        return us is not None and event.user_id != us.id and event.message_author_id in (None, us.id)

    async def _cross(self, event: discord.RawReactionActionEvent, job: Job) -> None:
        message_id = str(event.message_id)
        progress_id = message_id if message_id == job.progress_message_id else None
        discarded = await self._client.desks.keepsakes.discard(job, _asker(event), progress_id)
        await take_away(self._client, discarded.postings)

    async def _letter(self, event: discord.RawReactionActionEvent, job: Job) -> None:
        if not self._answered.first(f"{event.user_id} {job.id}"):
            return
        try:
            await self._client.mailbox.send_results(job)
        except MailboxClosed:
            await self._remind(event)
        except Refused as error:
            notice = reply_to(error)
            if notice is None or self._client.is_closed():
                raise
            channel = await self._client.create_dm(discord.Object(event.user_id))
            await channel.send(embed=embed_of(notice))

    async def _remind(self, event: discord.RawReactionActionEvent) -> None:
        """Say once in a while, where the reaction was, that no direct message gets through."""
        if not self._reminded.first(str(event.user_id)):
            return
        channel = self._client.get_partial_messageable(event.channel_id)
        await channel.send(
            say("mail.closed", who=present.mention(str(event.user_id))),
            allowed_mentions=discord.AllowedMentions(
                everyone=False, roles=False, users=[discord.Object(event.user_id)]
            ),
        )


async def take_away(client: "EaselClient", postings: tuple[Posting, ...]) -> None:
    """Delete messages; those that are gone already are passed over."""
    for posting in postings:
        try:
            await client.partial_message(posting.channel_id, posting.message_id).delete()
        except UNREACHABLE as error:
            log.info("message not deleted", message=posting.message_id, error=str(error))


class _Lately:
    """What has happened within the last seconds."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._at: dict[str, float] = {}

    def first(self, key: str) -> bool:
        """Note something; False if it was noted within the time already."""
        now = time.monotonic()
        self._at = {known: at for known, at in self._at.items() if now - at < self._within_s}
        if key in self._at:
            return False
        self._at[key] = now
        return True


def _asker(event: discord.RawReactionActionEvent) -> Asker:
    permissions = event.member.guild_permissions if event.member else discord.Permissions.none()
    return Asker(
        request_id="",
        user_id=str(event.user_id),
        user_name="",
        guild_id=str(event.guild_id) if event.guild_id else None,
        channel_id=str(event.channel_id),
        is_admin=permissions.manage_guild or permissions.administrator,
        upload_limit=None,
        locale="",
    )
