"""Brings progress and results to channels by bot token: one edit per message at a time, results exactly once."""

import asyncio
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import discord
import structlog

from bot.actions import ACTIONS
from bot.chat import present
from bot.chat.client import EaselClient
from bot.chat.pace import Pace
from bot.chat.reference import reply
from bot.errors import TryLater, Undeliverable
from bot.parcels import Parcel
from bot.runner import Courier
from db.jobs import Job, Outlook

log = structlog.get_logger(__name__)

GONE = {10003, 10004, 50001, 50013, 50083, 50007, 50278}
"""Channel or server gone, no access, no permission, archived thread, closed direct messages: retrying cannot help."""
PASSING = {40004, 130000}
"""Sending is switched off or overloaded on the platform's side for the moment."""
TOO_LARGE = 40005
UNEDITABLE = {10008, 30046}
"""The message is gone, or it is over an hour old and has been edited too often."""
OFFLINE = (OSError, aiohttp.ClientError)
"""The connection failed; not every aiohttp error is an OSError, and TimeoutError is one."""
SOLO_PATIENCE_S = 3.0
LOOK_BACK_MS = 15_000  # the server's clock may be behind ours
LOOK_LIMIT = 500


@dataclass(kw_only=True)
class _News:
    """The newest state of one progress message."""

    job: Job
    note: str = ""
    """What a job that has not begun waits for."""
    begun: bool = False
    percent: int = 0
    preview: bytes | None = None
    preview_sent: bool = False
    born_s: float = 0.0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class ChatCourier(Courier):
    """The courier that speaks to Discord."""

    def __init__(self, client: EaselClient) -> None:
        self._client = client
        self._news: dict[str, _News] = {}
        self._editors: dict[str, asyncio.Task[None]] = {}
        self._pace = Pace()

    def progress(self, job: Job, percent: int, preview: bytes | None) -> None:
        news = self._news_of(job)
        news.begun = True
        if percent >= 0:
            news.percent = max(news.percent, percent)
        if preview is not None:
            news.preview, news.preview_sent = preview, False
        news.changed.set()

    def place(self, job: Job, outlook: Outlook) -> None:
        news, note = self._news_of(job), present.place(outlook)
        if not news.begun and note != news.note:
            news.note = note
            news.changed.set()

    def _news_of(self, job: Job) -> _News:
        """The news of a job, and an editor that shows them."""
        news = self._news.get(job.id)
        if news is None:
            news = self._news[job.id] = _News(job=job, born_s=asyncio.get_running_loop().time())
            self._editors[job.id] = asyncio.create_task(self._show_progress(news), name=f"progress {job.id}")
        return news

    async def deliver(self, parcel: Parcel) -> str:
        await self._stop_news(parcel.job.id)
        try:
            if parcel.look_first and (found := await self._look(parcel)):
                return found
            return await self._post(parcel)
        except discord.HTTPException as error:
            raise _verdict(error) from error
        except OFFLINE as error:
            raise TryLater(type(error).__name__) from error

    async def tidy(self, job: Job) -> bool:
        try:
            message_id = await self._progress_message(job)
            if message_id is None:
                return False
            await self._client.partial_message(job.channel_id, message_id).delete()
        except (discord.HTTPException, *OFFLINE) as error:
            log.info("progress message not deleted", job=job.id, error=str(error))
            return not _passes(error)
        except Exception:
            log.exception("progress message not deleted", job=job.id)
        return True

    async def withdraw(self, job: Job) -> bool:
        await self._stop_news(job.id)
        try:
            if job.why == "cancelled":
                await self._mark_stopped(job)
            else:
                await self._say_lost(job)
        except (discord.HTTPException, *OFFLINE) as error:
            log.warning("refund not told", job=job.id, why=job.why, error=str(error))
            return not _passes(error)
        except Exception:
            log.exception("refund not told", job=job.id, why=job.why)
        return True

    async def close(self) -> None:
        """Stop all progress edits."""
        for job_id in list(self._news):
            await self._stop_news(job_id)

    async def _post(self, parcel: Parcel) -> str:
        job = parcel.job
        channel = self._client.get_partial_messageable(int(job.channel_id))
        reply_to = job.reply_to or await self._progress_message(job)
        message = await channel.send(
            present.final(
                job, parcel.spec, smaller=parcel.concession == "smaller", gallery_url=self._client.studio.gallery_url
            ),
            file=discord.File(io.BytesIO(parcel.data), parcel.file_name),
            view=self._client.view_of(job),
            nonce=job.nonce,
            **reply(job, reply_to),
            allowed_mentions=discord.AllowedMentions(
                everyone=False, roles=False, replied_user=False, users=[discord.Object(int(job.user_id))]
            ),
        )
        return str(message.id)

    async def _look(self, parcel: Parcel) -> str | None:
        """Find the result among our messages since the job entered delivery; raises TryLater if it can't be read."""
        job = parcel.job
        since_ms = (job.delivering_since or job.created_at) - LOOK_BACK_MS
        after = discord.Object(discord.utils.time_snowflake(_moment(since_ms)))
        channel = self._client.get_partial_messageable(int(job.channel_id))
        async for message in channel.history(limit=LOOK_LIMIT, after=after, oldest_first=True):
            if self._client.user is not None and message.author.id == self._client.user.id and _carries(message, job):
                log.info("result was there already", job=job.id, message=message.id)
                return str(message.id)
        return None

    async def _progress_message(self, job: Job) -> str | None:
        """The message id may have been stored after the job was read."""
        return job.progress_message_id or (await self._client.studio.find(job.id)).progress_message_id

    async def _stop_news(self, job_id: str) -> None:
        self._news.pop(job_id, None)
        editor = self._editors.pop(job_id, None)
        if editor is not None:
            editor.cancel()
            await asyncio.gather(editor, return_exceptions=True)

    async def _show_progress(self, news: _News) -> None:
        """Edit until told to stop; whatever goes wrong costs progress only, never the result."""
        try:
            await self._edit_while_painted(news)
        except Exception:
            log.exception("progress not shown", job=news.job.id)

    async def _edit_while_painted(self, news: _News) -> None:
        """Edit one progress message at the allowed pace, always with the newest news."""
        if ACTIONS[news.job.action].gives == "solo":
            await asyncio.sleep(SOLO_PATIENCE_S)
        while True:
            await news.changed.wait()
            message_id = await self._progress_message(news.job)
            if message_id is None:
                await asyncio.sleep(1.0)  # the acknowledgement is still under way, or was lost with a crash
                continue
            await self._pace.wait(news.job.channel_id, message_id)
            news.changed.clear()
            if not news.begun and (await self._client.studio.find(news.job.id)).state != "queued":
                continue  # it has begun or ended since; that is told by others
            if not await self._edit(news, message_id):
                return

    async def _edit(self, news: _News, message_id: str) -> bool:
        """Edit once; False when the message cannot be edited any more."""
        job, preview = news.job, None if news.preview_sent else news.preview
        message = self._client.partial_message(job.channel_id, message_id)
        content = present.progress(job, news.percent) if news.begun else present.waiting(job, news.note)
        try:
            if preview is None:
                await message.edit(content=content)
            else:
                news.preview_sent = True
                file = discord.File(io.BytesIO(preview), f"{job.id}_grid_0.webp")
                await message.edit(content=content, attachments=[file])
        except discord.HTTPException as error:
            log.info("progress not shown", job=job.id, error=str(error))
            return error.code not in UNEDITABLE and (error.status >= 500 or error.status == 429)
        except OFFLINE:
            pass  # the connection comes back or it doesn't; the result does not wait for this
        return True

    async def _mark_stopped(self, job: Job) -> None:
        message_id = await self._progress_message(job)
        if message_id is not None:
            message = self._client.partial_message(job.channel_id, message_id)
            await message.edit(content=present.stopped(job), view=None, attachments=[])

    async def _say_lost(self, job: Job) -> None:
        """Tell in the progress message, or in a new one where that is gone or too old."""
        message_id = await self._progress_message(job)
        embed = present.lost(job)
        if message_id is not None:
            message = self._client.partial_message(job.channel_id, message_id)
            try:
                await message.edit(content=present.stopped(job), embed=embed, view=None, attachments=[])
            except discord.HTTPException as error:
                if error.code not in UNEDITABLE:
                    raise
            else:
                return
        channel = self._client.get_partial_messageable(int(job.channel_id))
        await channel.send(content=present.mention(job.user_id), embed=embed)


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC)


def _carries(message: discord.Message, job: Job) -> bool:
    """Whether a message is the delivery of a job: by its file's name or by a button."""
    if any(f"_{job.id}." in attachment.filename for attachment in message.attachments):
        return True
    return any(
        job.id in str(getattr(part, "custom_id", "") or "")
        and not str(getattr(part, "custom_id", "")).startswith("MJ::CancelJob")
        for row in message.components
        for part in getattr(row, "children", ())
    )


def _verdict(error: discord.HTTPException) -> Exception:
    """Judge whether trying again can help; an answer without a code of Discord's came from something in between."""
    if error.code == TOO_LARGE or error.status == 413:
        return TryLater(str(error), too_large=True)
    refused = error.status in {400, 403, 404} and error.code and error.code not in PASSING
    if error.code in GONE or refused:
        return Undeliverable(str(error))
    return TryLater(str(error))


def _passes(error: Exception) -> bool:
    """Whether the same may work at another time."""
    return not isinstance(error, discord.HTTPException) or isinstance(_verdict(error), TryLater)
