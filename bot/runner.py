"""Carries a job from the queue to its delivery; declares what it needs of a courier."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import structlog

from bot.clock import Clock
from bot.errors import TryLater, Undeliverable
from bot.failpoint import Point
from bot.parcels import Parcel, pack
from db import jobs, pictures
from db.database import Conn, Database
from db.errors import DatabaseClosed, DatabaseUnavailable, LeaseLost
from db.jobs import Job, NewPicture, Outlook, Why
from db.pictures import Picture
from pipeline.engine import Engine
from pipeline.events import Artifact, Cancelled, Done, Failed, FailureKind, Film, Preview, Progress, Started
from pipeline.spec import JobId, PaintJob, Spec
from pipeline.store import PictureDamaged, PictureMissing, PictureStore

log = structlog.get_logger(__name__)

T = TypeVar("T")

URGENCY = {"turbo": 2, "fast": 1, "relax": 0}
GIVE_UP_AFTER_MS = 24 * 3600 * 1000
RETRY_MS = 2_000
POLL_S = 1.0
PLACES_EVERY_S = 15.0
"""How often those who wait are told their places; at first they are told with the waiting message."""
MOST_SIZES = 8
MOST_DELIVERIES = 8
"""At a time; after an outage many wait, and each holds its pictures in memory."""
TIDY_WITHIN_S = 5.0
"""How long the charge may wait for the progress message to go."""
WHY_OF_FAILURE: Mapping[FailureKind, Why] = {"oom": "oom", "worker_lost": "worker_lost", "moderated": "moderated"}


class Courier(Protocol):
    """Brings news and results to where people are."""

    def progress(self, job: Job, percent: int, preview: bytes | None) -> None:
        """Show how far a job is; the newest news wins, old news may be dropped."""
        ...

    def place(self, job: Job, outlook: Outlook) -> None:
        """Show what a job that has not begun can expect; the newest news wins, old news may be dropped."""
        ...

    async def deliver(self, parcel: Parcel) -> str:
        """Post a result once and return its message id; raises TryLater or Undeliverable."""
        ...

    async def tidy(self, job: Job) -> bool:
        """Take the progress message of a posted job away; False if none is known yet, or to try later. Never raises."""
        ...

    async def withdraw(self, job: Job) -> bool:
        """Tell the requester that a job ended without a result; False to try later. Never raises."""
        ...


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """All that the runner works with."""

    database: Database
    engine: Engine
    store: PictureStore
    clock: Clock
    owner: str
    """This boot of the bot; leases of another boot are void."""
    point: Point
    max_running: int
    """Jobs of one member at a time."""


class Runner:
    """Leases jobs while painters are free, and delivers what they finish."""

    def __init__(self, workshop: Workshop, courier: Courier) -> None:
        self._shop = workshop
        self._courier = courier
        self.posted: Callable[[Job], None] = _nothing
        """Set once, by the composition root: hears of each job that was delivered and paid; may not raise or wait."""
        self._wake = asyncio.Event()
        self._painting: set[str] = set()
        self._delivering: set[str] = set()

    def wake(self) -> None:
        """Look at the queue at once: a job was accepted."""
        self._wake.set()

    async def stop(self, job: Job) -> None:
        """Stop a job that is being painted, between two steps."""
        await self._shop.engine.cancel(JobId(job.id))

    async def settle(self, job: Job) -> None:
        """Bring the progress message of an ended job to its end, too; what fails now is for the next start."""
        if await (self._courier.tidy(job) if job.state == "delivered" else self._courier.withdraw(job)):
            await self._told(job)

    async def run(self) -> None:
        """Pick up what an earlier boot left, then work until cancelled."""
        recovery = await self._shop.database.write(jobs.recover, self._shop.owner, self._shop.clock())
        self._shop.point("after_recover")
        log.info("recovered", requeued=len(recovery.requeued), undelivered=len(recovery.undelivered))
        await self._hand_on_copies()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tell_what_ended(), name="tell what ended")
            tasks.create_task(self._tell_places(), name="tell places")
            while True:
                self._wake.clear()
                try:
                    await self._start_jobs(tasks)
                    await self._start_deliveries(tasks)
                except DatabaseUnavailable as error:
                    log.warning("queue not readable", error=str(error))
                # Not wait_for: until Python 3.12 it may lose a cancellation that comes together with the wake-up.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._wake.wait()

    async def _tell_what_ended(self) -> None:
        """Say what an earlier boot could not say any more: jobs that ended, and whose message does not show it."""
        for job in await self._left(jobs.untold):
            await self._guarded(self.settle(job))

    async def _hand_on_copies(self) -> None:
        """Pass on what an earlier boot delivered and could not copy any more; before anything new is delivered."""
        for job in await self._left(jobs.copies_owed):
            self.posted(job)

    async def _left(self, find: Callable[[Conn, int], list[Job]]) -> list[Job]:
        """The jobs that an earlier boot left something to do for; a busy database leaves them to the next one."""
        try:
            return await self._shop.database.read(find, self._shop.clock() - GIVE_UP_AFTER_MS)
        except DatabaseUnavailable as error:
            log.warning("what is left to do is not known", error=str(error))
            return []

    async def _tell_places(self) -> None:
        """Tell those who wait, now and then, how far they have come."""
        while True:
            await asyncio.sleep(PLACES_EVERY_S)
            try:
                ready = sum(painter.ready for painter in await self._shop.engine.painters())
                now = self._shop.clock()
                waiting = await self._shop.database.read(jobs.waiting, now)
                outlooks = await self._shop.database.read(jobs.outlooks, now, ready, self._shop.max_running)
            except DatabaseUnavailable as error:
                log.warning("places not known", error=str(error))
                continue
            for job in waiting:
                if job.id in outlooks and now - job.created_at > PLACES_EVERY_S * 1000:
                    self._courier.place(job, outlooks[job.id])

    async def _told(self, job: Job) -> None:
        """Forget the progress message of an ended job, so that no later start tells the same again."""
        with contextlib.suppress(DatabaseUnavailable):
            await self._shop.database.write(jobs.attach_progress, job.id, None, self._shop.clock())

    async def _start_jobs(self, tasks: asyncio.TaskGroup) -> None:
        ready = sum(painter.ready for painter in await self._shop.engine.painters())
        while len(self._painting) < ready:
            if not await self._shop.database.read(jobs.may_start, self._shop.clock(), self._shop.max_running):
                return
            job = await self._shop.database.write(
                jobs.lease, self._shop.owner, self._shop.clock(), max_running=self._shop.max_running
            )
            if job is None:
                return
            self._painting.add(job.id)
            tasks.create_task(self.perform(job), name=f"paint {job.id}")

    async def _start_deliveries(self, tasks: asyncio.TaskGroup) -> None:
        for job in await self._shop.database.read(jobs.due_deliveries, self._shop.clock()):
            if len(self._delivering) >= MOST_DELIVERIES:
                return
            if job.id not in self._delivering:
                self._delivering.add(job.id)
                tasks.create_task(self.deliver(job), name=f"deliver {job.id}")

    async def perform(self, job: Job) -> None:
        """Paint one leased job; a fault is written on the job, never raised."""
        try:
            if not await self._paint(job):
                log.error("the painter said nothing of how it ended", job=job.id)
                await self._close(job, "failed")
        except LeaseLost:
            log.warning("lease lost", job=job.id)
        except Exception:
            log.exception("painting failed", job=job.id)
            await self._guarded(self._close(job, "failed"))
        finally:
            self._painting.discard(job.id)
            self.wake()

    async def _paint(self, job: Job) -> bool:
        """Follow one job through the engine; False if the engine never said how it ended."""
        found: list[NewPicture] = []
        film: jobs.Film | None = None
        ended = False
        task = PaintJob(
            id=JobId(job.id), attempt=job.attempt + 1, spec=Spec.from_json(job.spec), urgency=URGENCY[job.speed]
        )
        async with contextlib.aclosing(self._shop.engine.run(task)) as events:
            async for event in events:
                ended |= isinstance(event, Done | Failed | Cancelled)
                match event:
                    case Started():
                        await self._shop.database.write(jobs.started, job.id, _token(job), self._shop.clock())
                    case Progress() | Preview():
                        self._tell(job, event)
                    case Artifact():
                        found.append(_stored(event))
                    case Film():
                        film = jobs.Film(sha256=event.sha256, extension=event.extension)
                    case Done():
                        await self._rendered(job, found, film)
                    case Failed():
                        await self._failed(job, event)
                    case Cancelled():
                        await self._close(job, "cancelled")
                    case _:
                        pass  # Loading: the painter's own state, asked for by `painters()`
        return ended

    def _tell(self, job: Job, event: Progress | Preview) -> None:
        if isinstance(event, Preview):
            self._courier.progress(job, -1, event.webp)
            return
        self._shop.point("mid_generate")
        self._courier.progress(job, 100 * event.step // max(event.total, 1), None)

    async def _rendered(self, job: Job, found: list[NewPicture], film: jobs.Film | None) -> None:
        self._shop.point("before_rendered")
        # The pictures are made and stored: a database that is busy for a while must not cost them.
        done = await self._insist(
            job,
            lambda: self._shop.database.write(jobs.rendered, job.id, _token(job), found, self._shop.clock(), film=film),
        )
        if not done:
            await self._close(job, "cancelled")

    async def _failed(self, job: Job, failure: Failed) -> None:
        log.warning("paint job failed", job=job.id, kind=failure.kind, detail=failure.detail)
        if failure.kind != "worker_lost":
            await self._close(job, WHY_OF_FAILURE.get(failure.kind, "failed"))
            return
        after = await self._insist(
            job, lambda: self._shop.database.write(jobs.requeue, job.id, _token(job), self._shop.clock(), RETRY_MS)
        )
        if after.state == "refunded":
            await self.settle(after)

    async def _close(self, job: Job, why: Why) -> None:
        """Refund a job and say so."""
        refunded = await self._insist(
            job,
            lambda: self._shop.database.write(jobs.refund, job.id, why, self._shop.clock(), token=job.lease_token),
        )
        if refunded:
            after = await self._insist(job, lambda: self._shop.database.read(jobs.get, job.id))
            await self.settle(after or job)

    async def _insist(self, job: Job, work: Callable[[], Awaitable[T]]) -> T:
        """Do what ends a job, again and again while the database is busy or the disk full: it must not be lost."""
        while True:
            try:
                return await work()
            except DatabaseClosed:
                raise  # the next boot sorts it out
            except DatabaseUnavailable as error:
                log.warning("the database is awaited", job=job.id, error=str(error))
                await asyncio.sleep(POLL_S)

    async def _guarded(self, work: Awaitable[None]) -> None:
        """Let one job's trouble never end the others' work."""
        try:
            await work
        except Exception:
            log.exception("a job could not be closed; the next start of the bot does it")

    async def deliver(self, job: Job) -> None:
        """Post one rendered job: exactly one message, then the charge; a fault is written on the job."""
        try:
            await self._post(job)
        except TryLater as error:
            await self._guarded(self._park(job, str(error)))
        except (Undeliverable, PictureMissing, PictureDamaged) as error:
            log.warning("undeliverable", job=job.id, reason=str(error))
            await self._guarded(self._close(_unleased(job), "undeliverable"))
        except Exception as error:
            log.exception("delivery failed", job=job.id)
            await self._guarded(self._park(job, type(error).__name__))
        finally:
            self._delivering.discard(job.id)

    async def _post(self, job: Job) -> None:
        self._shop.point("before_delivering")
        begun = await self._shop.database.write(jobs.begin_delivery, job.id, self._shop.clock())
        if begun is None:
            return
        # The job as it was listed may be older than a try that has ended meanwhile, hence the second condition.
        look_first = job.state == "delivering" or begun.deliver_tries > 0
        stored = await self._shop.database.read(pictures.of_job, job.id)
        message_id = await self._deliver_within_limit(begun, stored, look_first=look_first)
        self._shop.point("after_post")
        # Before the write that ends the job: after a crash in between, the next delivery finds the result and tidies.
        tidied = await self._tidy_soon(begun)
        await self._shop.database.write(jobs.delivered, job.id, message_id, self._shop.clock())
        self._shop.point("after_delivered")
        self.posted(replace(begun, state="delivered", result_message_id=message_id))
        if tidied:
            await self._told(begun)
        else:
            await self.settle(replace(begun, state="delivered"))  # it may have become known just now

    async def _tidy_soon(self, job: Job) -> bool:
        try:
            async with asyncio.timeout(TIDY_WITHIN_S):
                return await self._courier.tidy(job)
        except TimeoutError:
            return False

    async def _deliver_within_limit(self, job: Job, stored: Sequence[Picture], *, look_first: bool) -> str:
        """Deliver; where the platform calls the file too large all the same, try smaller ones."""
        for _ in range(MOST_SIZES):
            parcel = await asyncio.to_thread(pack, job, stored, self._shop.store, look_first=look_first)
            self._shop.point("before_post")
            try:
                return await self._courier.deliver(parcel)
            except TryLater as error:
                if not error.too_large:
                    raise
                job = replace(job, upload_limit=len(parcel.data) * 3 // 4)
        raise Undeliverable("no file was small enough")

    async def _park(self, job: Job, reason: str) -> None:
        now = self._shop.clock()
        if job.delivering_since is not None and now - job.delivering_since > GIVE_UP_AFTER_MS:
            await self._close(_unleased(job), "expired")
            return
        delay_ms = min(RETRY_MS * 2 ** min(job.deliver_tries, 12), jobs.LONGEST_DELAY_MS)
        log.warning("delivery parked", job=job.id, reason=reason, tries=job.deliver_tries, delay_ms=delay_ms)
        try:
            await self._shop.database.write(jobs.park_delivery, job.id, now, delay_ms)
        except DatabaseUnavailable:
            await asyncio.sleep(POLL_S)  # still due: the next look at the queue finds it again


def _nothing(_job: Job) -> None:
    return


def _token(job: Job) -> str:
    assert job.lease_token is not None, "only leased jobs are painted"
    return job.lease_token


def _unleased(job: Job) -> Job:
    """The job as the refund sees it after its lease has ended."""
    return replace(job, lease_token=None)


def _stored(event: Artifact) -> NewPicture:
    return NewPicture(idx=event.idx, sha256=event.sha256, width_px=event.width_px, height_px=event.height_px)
