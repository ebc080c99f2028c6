"""What people do with results afterwards: have them sent, shown again, taken away, reported."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from bot import errors
from bot.custom_ids import UUID
from bot.parcels import Enclosure, Parcel, film, pack, singles
from bot.studio import Asker, House, Studio
from db import jobs, pictures
from db.database import Conn
from db.jobs import Job, Posting
from pipeline.store import PictureDamaged, PictureMissing

T = TypeVar("T")

DAY_MS = 24 * 3600 * 1000
MOST_REPORTS = 10
"""Of one member, a day."""
MOST_AT_ONCE = 2
"""Jobs whose pictures are read and encoded; each holds all of them in memory."""
_ID = re.compile(UUID)


@dataclass(frozen=True, kw_only=True)
class Recalled:
    """A finished job that may be shown again."""

    job: Job
    parent: Posting | None
    """Where the one stands that it was made from."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The files of a job, for its owner alone."""

    files: tuple[Enclosure, ...]
    film_left_out: bool
    """There is a film, and it is over the limit."""


@dataclass(frozen=True, kw_only=True)
class Discarded:
    """What became of a job that somebody did not want (any more)."""

    outcome: str
    """"removed", or what cancelling says."""
    postings: tuple[Posting, ...] = ()
    """The messages that have to go."""


class Keepsakes:
    """Looks after what is left when a job is done."""

    def __init__(self, house: House, studio: Studio) -> None:
        self._house = house
        self._studio = studio
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    async def find(self, message_id: str) -> Job | None:
        """Look up the job that a message shows."""
        return await self._house.database.read(jobs.by_message, message_id)

    async def postings(self, job: Job) -> list[Posting]:
        """Where a delivered job stands, the newest first; empty where it was taken away."""
        latest = await self._studio.find(job.id)
        return [] if latest.removed else await self._house.database.read(jobs.postings, latest)

    async def discard(self, job: Job, by: Asker, progress_id: str | None) -> Discarded:
        """Cancel a job, or take its result away once that is there; raises NotYourJob.

        progress_id: the message that was pointed at, if that shows progress; it never stands for the result
        """
        if not self._controls(job, by):
            raise errors.NotYourJob
        if job.state != "delivered" or progress_id is not None:
            there = replace(by, guild_id=job.guild_id)  # one's own job may be shown on another server
            return Discarded(outcome=await self._studio.cancel(job.id, there, progress_id))
        await self._house.database.write(jobs.remove, job.id, self._house.clock())
        found = await self._house.database.read(jobs.postings, job)
        return Discarded(outcome="removed", postings=tuple(found))

    async def recall(self, text: str, by: Asker) -> Recalled:
        """Find a finished job of one's own (admins: of anybody's on their server) by its id.

        text: the id, or anything that has it in it, such as a file's name
        Raises NotServedHere, NoJobId, NoSuchJob, NotYourJob, NotFinished, EndedWithout, NothingKept.
        """
        if by.guild_id is not None:
            self._studio.scope(by)
        found = _ID.findall(text.lower())
        if len(set(found)) != 1:
            raise errors.NoJobId
        job = await self._house.database.read(jobs.get, found[0])
        if job is None:
            raise errors.NoSuchJob
        if not self._controls(job, by):
            raise errors.NotYourJob
        await self._check_kept(job)
        return Recalled(job=job, parent=await self._parent(job))

    async def pack(self, job: Job, limit: int | None) -> Parcel:
        """Make the one file of a finished job again; raises NothingKept. limit: in bytes, None for the usual one."""
        stored = await self._house.database.read(pictures.of_job, job.id)
        wanted = replace(job, upload_limit=limit)
        return await self._in_thread(lambda: pack(wanted, stored, self._house.store, look_first=False))

    async def letter(self, job: Job, limit: int) -> Letter:
        """Make a file of every picture and of the film, none over a limit; raises NotFinished, NothingKept."""
        if job.state != "delivered":
            raise errors.NotFinished
        stored = await self._house.database.read(pictures.of_job, job.id)
        files = await self._in_thread(lambda: singles(job, stored, self._house.store, limit))
        moving = await self._in_thread(lambda: film(job, self._house.store))
        if moving is None or len(moving.data) > limit:
            return Letter(files=tuple(files), film_left_out=moving is not None)
        return Letter(files=(*files, moving), film_left_out=False)

    async def posted(self, job: Job, where: Posting) -> None:
        """Remember a message that is about to show a job again."""
        await self._house.database.write(jobs.show, job.id, where, self._house.clock())

    async def restored(self, job: Job) -> None:
        """Note that a job that was taken away can be seen again."""
        if job.removed:
            await self._house.database.write(jobs.restore, job.id, self._house.clock())

    async def owes_copy(self, job: Job) -> bool:
        """Say whether a delivered job is still to be sent to its owner by direct message, too."""
        return await self._house.database.read(jobs.owes_copy, job.id)

    async def copied(self, job: Job) -> None:
        """Note that the copy is sent, or never can be: no later start of the bot tries it again."""
        await self._house.database.write(jobs.copied, job.id, self._house.clock())

    async def report(self, job: Job, by: Asker) -> bool:
        """Note that a member objects to a job; False if that was known already. Raises TooManyReports."""

        def note(conn: Conn, now: int) -> bool:
            if pictures.reports_since(conn, by.user_id, now - DAY_MS) >= MOST_REPORTS:
                raise errors.TooManyReports
            return pictures.report(conn, by.user_id, job.id, now)

        return await self._house.database.write(note, self._house.clock())

    def owners(self) -> frozenset[str]:
        """Who looks after this bot."""
        return self._house.settings.owners

    async def _parent(self, job: Job) -> Posting | None:
        parent = await self._house.database.read(jobs.get, job.parent_id) if job.parent_id else None
        found = await self.postings(parent) if parent else []
        return found[0] if found else None

    async def _check_kept(self, job: Job) -> None:
        if job.state == "refunded":
            raise errors.EndedWithout
        if job.state != "delivered":
            raise errors.NotFinished
        stored = await self._house.database.read(pictures.of_job, job.id)
        if not await asyncio.to_thread(lambda: all(self._house.store.has(one.sha256) for one in stored)):
            raise errors.NothingKept

    def _controls(self, job: Job, by: Asker) -> bool:
        """Jobs are in the hands of who ordered them, of the admins of their server, and of the owner of the bot."""
        admin = by.is_admin and job.guild_id is not None and job.guild_id == by.guild_id
        return job.user_id == by.user_id or admin or self._studio.is_owner(by.user_id)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Read and encode beside the loop, a few at a time; raises NothingKept."""
        try:
            async with self._room:
                return await asyncio.to_thread(work)
        except (PictureMissing, PictureDamaged) as error:
            raise errors.NothingKept from error
