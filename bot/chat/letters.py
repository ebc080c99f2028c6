"""Direct messages: results that people asked for, copies of new ones, and reports for the owners."""

import asyncio
import io
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import discord
import structlog

from bot.chat import present
from bot.chat.answer import UNREACHABLE
from bot.chat.embeds import AMBER
from bot.chat.fitting import MOST_SIZES, sent_to_fit, too_large
from bot.errors import MailboxClosed, Refused, Unsent
from bot.keepsakes import Letter
from bot.parcels import DEFAULT_LIMIT_BYTES, Enclosure, Parcel
from bot.texts import say
from db.errors import DatabaseUnavailable
from db.jobs import Job
from pipeline.spec import Spec

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

log = structlog.get_logger(__name__)

CLOSED = {20009, 50007, 50278}
"""Filtered by the recipient, closed to us, or no server in common any more."""
MOST_FILES = 10
MOST_AT_ONCE = 2
"""Each holds all pictures of a job in memory."""
MOST_COPIES = 100
"""That wait to be sent; what comes on top waits for the next start of the bot."""
PASSING = (discord.DiscordServerError, aiohttp.ClientError, OSError, DatabaseUnavailable)
"""What keeps a copy from being sent today only."""


class Mailbox:
    """Writes to people; nothing here is worth a refund, and nothing here delays a delivery."""

    def __init__(self, client: "EaselClient") -> None:
        self._client = client
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._copies: set[asyncio.Task[None]] = set()

    async def send_results(self, job: Job) -> None:
        """Send every picture of a job, and its film, to its owner.

        Raises MailboxClosed, Unsent, and what `Keepsakes.letter` raises.
        """
        async with self._room:
            try:
                await self._send_all(job)
            except UNREACHABLE as error:
                raise _verdict(error) from error

    def copy_soon(self, job: Job) -> None:
        """Send a job that has just been delivered to its owner, too, if they like it so; returns at once."""
        if len(self._copies) >= MOST_COPIES:
            log.warning("copy put off: too many wait", job=job.id)
            return
        task = asyncio.create_task(self._copy(job), name=f"copy {job.id}")
        self._copies.add(task)
        task.add_done_callback(self._copies.discard)

    async def tell_owners(self, notice: discord.Embed) -> None:
        """Write to those who look after the bot; who cannot be reached is a line in the log."""
        for owner in sorted(self._client.desks.keepsakes.owners()):
            try:
                channel = await self._open(owner)
                await channel.send(embed=notice)
            except UNREACHABLE as error:
                log.warning("owner not told", owner=owner, error=str(error))

    async def close(self) -> None:
        """Drop the copies that have not been sent."""
        for task in self._copies:
            task.cancel()
        await asyncio.gather(*self._copies, return_exceptions=True)

    async def _open(self, user_id: str) -> discord.DMChannel:
        return await self._client.create_dm(discord.Object(int(user_id)))

    async def _copy(self, job: Job) -> None:
        """Send a copy at least once: it is owed since the delivery was written down, and noted as sent afterwards.

        One that a crash has swallowed would be missed; one too many, after a crash between sending and noting, is a
        second look at the same picture, and the platform drops it for some minutes by its nonce. Neither costs.
        """
        keepsakes = self._client.desks.keepsakes
        try:
            async with self._room:
                if not await keepsakes.owes_copy(job):
                    return
                await self._send_for_good(job)
                await keepsakes.copied(job)
        except PASSING as error:
            log.info("copy waits for the next start", job=job.id, error=f"{type(error).__name__}: {error}")
        except Exception:
            log.exception("copy not noted", job=job.id)

    async def _send_for_good(self, job: Job) -> None:
        """Send a copy, or find that trying again cannot help; raises what is PASSING."""
        try:
            await self._send_copy(job)
        except PASSING:
            raise
        except (discord.HTTPException, Refused) as error:
            log.info("copy not sent", job=job.id, error=f"{type(error).__name__}: {error}")
        except Exception:
            log.exception("copy not sent", job=job.id)

    async def _send_copy(self, job: Job) -> None:
        channel = await self._open(job.user_id)
        link = present.jump_url(job.guild_id, job.channel_id, job.result_message_id or "")
        page = present.page(job, self._client.studio.gallery_url)
        pack = partial(self._client.desks.keepsakes.pack, job)

        async def send(parcel: Parcel, file: discord.File) -> None:
            text = _copy(job, link, page, smaller=parcel.concession == "smaller")
            await channel.send(text, file=file, nonce=f"c{job.nonce}")  # the delivery has the plain one

        await sent_to_fit(DEFAULT_LIMIT_BYTES, pack, send)

    async def _send_all(self, job: Job) -> None:
        """Send in as many messages as it takes; what is too large all the same is made smaller and tried again."""
        channel = await self._open(job.user_id)
        page = present.page(job, self._client.studio.gallery_url)
        limit, sent, said = DEFAULT_LIMIT_BYTES, 0, set[str]()
        for _ in range(MOST_SIZES):
            letter = await self._client.desks.keepsakes.letter(job, limit)
            try:
                for batch in batches(letter.files[sent:], limit):
                    files = [discord.File(io.BytesIO(one.data), one.file_name) for one in batch]
                    lines = [one for one in _lines(job, letter, sent, page) if one not in said]
                    await channel.send("\n".join(lines) or None, files=files)
                    said.update(lines)
                    sent += len(batch)
            except discord.HTTPException as error:
                if not too_large(error):
                    raise
                limit = min(limit, max(len(one.data) for one in letter.files[sent:])) * 3 // 4
            else:
                return
        raise Unsent


def batches(files: Iterable[Enclosure], limit: int) -> Iterator[list[Enclosure]]:
    """Divide files over messages: ten in each, and together no more bytes than one file may have."""
    batch: list[Enclosure] = []
    for file in files:
        if batch and (len(batch) == MOST_FILES or sum(len(one.data) for one in batch) + len(file.data) > limit):
            yield batch
            batch = []
        batch.append(file)
    if batch:
        yield batch


def report_of(job: Job, reporter_id: str, url: str) -> discord.Embed:
    """Word a report for the owners."""
    body = say(
        "report.body",
        reporter=present.mention(reporter_id),
        who=present.mention(job.user_id),
        prompt=present.prompt(job),
        job=job.id,
        url=url,
    )
    return discord.Embed(title=say("report.title"), description=body, colour=AMBER)


def _copy(job: Job, link: str, page: str | None, *, smaller: bool) -> str:
    text = say("mail.copy", prompt=present.prompt(job, beside=len(page or "")), url=link)
    return "\n".join([text, present.smaller_file(page)]) if smaller else text


def _lines(job: Job, letter: Letter, sent: int, page: str | None) -> list[str]:
    """All that there is to say about a letter of which some files are sent already."""
    prompt = present.prompt(job, beside=2 * len(page or ""))
    lines = [say("mail.text", prompt=prompt, job=job.id, seed=Spec.from_json(job.spec).seed)]
    if any(one.smaller for one in letter.files[sent:]):
        lines.append(say("mail.smaller.link", url=page) if page else say("mail.smaller"))
    if letter.film_left_out:
        lines.append(say("mail.no_film.link", url=page) if page else say("mail.no_film"))
    return lines


def _verdict(error: Exception) -> Refused:
    if isinstance(error, discord.HTTPException) and error.code in CLOSED:
        return MailboxClosed()
    log.warning("direct message not sent", error=str(error))
    return Unsent()
