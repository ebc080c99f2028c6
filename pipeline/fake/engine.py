"""Doodle as an engine: jobs in, events out, whatever the script lets happen."""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence

from pipeline import encode, grid, likeness
from pipeline.canvas import NoHole
from pipeline.cards import ModelCard
from pipeline.demands import missing
from pipeline.engine import Painter, Status
from pipeline.events import (
    Artifact,
    Cancelled,
    Done,
    Event,
    Failed,
    Film,
    Loading,
    Preview,
    Progress,
    Started,
    Terminal,
)
from pipeline.fake import drawing
from pipeline.fake.attempt import Attempt, Over
from pipeline.fake.easels import Easel, Easels
from pipeline.fake.script import Script, steady
from pipeline.film import LONGEST_PX, Reel
from pipeline.questions import Answer, CannotAnswer, Describe, Question
from pipeline.spec import JobId, PaintJob, Spec
from pipeline.store import PictureDamaged, PictureMissing, PictureStore
from pipeline.wellknown import DOODLE

_REMEMBERED = 1000


class FakeEngine:
    """Paints doodles in threads of this process; `script` decides what happens to each attempt."""

    def __init__(
        self,
        store: PictureStore,
        script: Script | None = None,
        *,
        painters: int = 1,
        models: Mapping[str, ModelCard] | None = None,
    ) -> None:
        """models: what each can do, by key; None: whatever is named can do what Doodle can."""
        self._store = store
        self._models = models
        self._script = script or steady()
        self._easels = Easels(painters)
        self._attempts: list[Attempt] = []
        self._done: OrderedDict[tuple[JobId, int], None] = OrderedDict()

    def run(self, job: PaintJob) -> AsyncGenerator[Event, None]:
        """Yield what happens to a job, at whatever pace it is read."""
        return self._run(job)

    async def cancel(self, job_id: JobId) -> None:
        """Stop a job between two steps; unknown and finished jobs are ignored."""
        for attempt in self._attempts:
            if attempt.job.id == job_id:
                attempt.stop(lambda step: Cancelled(step=step))

    async def status(self, job_id: JobId, attempt: int) -> Status:
        """Say what became of an attempt, as far back as the last thousand."""
        if (job_id, attempt) in self._done:
            return "done"
        running = any(a.job.id == job_id and a.job.attempt == attempt and not a.ended for a in self._attempts)
        return "running" if running else "unknown"

    async def ask(self, question: Question) -> Answer:
        """Answer from colours alone. Raises CannotAnswer."""
        if all(easel.away_s > 0 for easel in self._easels):
            raise CannotAnswer("not_ready", "No painter is ready.")
        try:
            return await asyncio.to_thread(self._answer, question)
        except (PictureMissing, PictureDamaged) as fault:
            raise CannotAnswer("failed", str(fault)) from fault

    async def painters(self) -> Sequence[Painter]:
        """List the painters, ready or not."""
        return [easel.told for easel in self._easels]

    def kill(self, number: int = 0) -> None:
        """Do what `kill -9` does to a painter."""
        attempt = self._easels[number].attempt
        if attempt is not None:
            attempt.stop(lambda _step: Failed(kind="worker_lost", detail="The painter was killed."))

    async def _run(self, job: PaintJob) -> AsyncGenerator[Event]:
        attempt = Attempt(job=job, behaviour=self._script(job))
        self._attempts.append(attempt)
        task = asyncio.create_task(self._perform(attempt))
        try:
            while True:
                event = await attempt.mailbox.get()
                yield event
                if isinstance(event, Terminal):
                    return
        finally:
            self._attempts.remove(attempt)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _perform(self, attempt: Attempt) -> None:
        """See an attempt through to its one terminal event."""
        started = time.monotonic()
        try:
            async with self._easel_for(attempt) as easel:
                attempt.mailbox.put(Started(painter=easel.name))
                await self._draw(attempt)
            terminal: Terminal = Done(gpu_ms=round(1000 * (time.monotonic() - started)))
        except Over as over:
            terminal = over.terminal
        except (PictureMissing, PictureDamaged, NoHole) as fault:
            terminal = Failed(kind="bad_params", detail=str(fault))
        except Exception as fault:  # noqa: BLE001 - an engine never raises: whatever it is, the job has failed
            terminal = Failed(kind="internal", detail=f"{type(fault).__name__}: {fault}")
        attempt.ended = True
        if isinstance(terminal, Done):
            self._remember(attempt.job)
        attempt.mailbox.put(terminal)

    def _remember(self, job: PaintJob) -> None:
        self._done[job.id, job.attempt] = None
        if len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)

    @contextlib.asynccontextmanager
    async def _easel_for(self, attempt: Attempt) -> AsyncIterator[Easel]:
        """Wait for a painter, the most urgent and then the oldest job first; load, and give it back at the end."""
        if attempt.behaviour.trouble == "never_start":
            await attempt.wait(None)
        easel = await self._easels.taken(attempt)
        easel.attempt = attempt
        try:
            await attempt.wait(easel.away_s)
            await self._load(attempt)
            yield easel
        except Over as over:
            if isinstance(over.terminal, Failed) and over.terminal.kind == "worker_lost":
                easel.back_at = time.monotonic() + attempt.behaviour.restart_s
            raise
        finally:
            easel.attempt = None
            self._easels.give_back(easel)

    async def _load(self, attempt: Attempt) -> None:
        ticks = 4 if attempt.behaviour.loading_s else 0
        for tick in range(ticks):
            attempt.mailbox.put(Loading(done=tick, total=ticks))
            await attempt.wait(attempt.behaviour.loading_s / ticks)

    def _check(self, spec: Spec) -> None:
        """Refuse what the model lacks, or a model that is not here; enlarging takes none."""
        if spec.verb == "upscale":
            return
        card = DOODLE if self._models is None else self._models.get(spec.model)
        if card is None:
            raise Over(Failed(kind="bad_params", detail=f"There is no model {spec.model!r} here."))
        if lacking := missing(spec, card):
            raise Over(Failed(kind="bad_params", detail=f"{card.title} has no {', '.join(lacking)}."))

    async def _draw(self, attempt: Attempt) -> None:
        spec, post = attempt.job.spec, attempt.mailbox.put
        self._check(spec)
        source = await asyncio.to_thread(drawing.start, spec, self._store)
        reel = Reel() if spec.film and spec.verb != "upscale" else None
        total, last = drawing.steps(spec)
        await self._trouble(attempt)
        for step in range(1, last + 1):
            await attempt.wait(attempt.behaviour.step_s)
            attempt.step = step
            post(Progress(step=step, total=total))
            if reel is not None and step < last:
                reel.add(await asyncio.to_thread(drawing.sheet, spec, source, step / total))
            if attempt.job.previews and drawing.shows(spec, step, last):
                post(Preview(webp=await asyncio.to_thread(drawing.preview, spec, source, step / total)))
            await self._trouble(attempt)
        finished = []
        for slot in range(spec.count):
            attempt.check()
            finished.append(await asyncio.to_thread(self._finish, spec, slot, source))
            post(finished[-1])
            attempt.step = last + 1
            await self._trouble(attempt)
        if reel is not None:
            post(await asyncio.to_thread(self._film, reel, finished))
        attempt.check()

    async def _trouble(self, attempt: Attempt) -> None:
        behaviour = attempt.behaviour
        if behaviour.trouble is None or attempt.step < min(behaviour.at_step, drawing.steps(attempt.job.spec)[1] + 1):
            return
        if behaviour.trouble == "hang":
            await attempt.wait(behaviour.hang_s)
            raise Over(Failed(kind="worker_lost", detail="The painter gave no news for too long."))
        if behaviour.trouble == "die":
            raise Over(Failed(kind="worker_lost", detail="The painter died."))
        if behaviour.trouble != "never_start":
            raise Over(Failed(kind=behaviour.trouble, detail="As the script says."))

    def _answer(self, question: Question) -> Answer:
        if isinstance(question, Describe):
            return likeness.describe(encode.decode(self._store.read(question.sha256)), question.count)
        return likeness.weigh(question.prompt)

    def _film(self, reel: Reel, finished: Sequence[Artifact]) -> Film:
        pictures = [encode.decode(self._store.read(artifact.sha256)) for artifact in finished]
        data, extension = reel.develop(grid.contact(pictures, LONGEST_PX))
        return Film(sha256=self._store.put(data), extension=extension)

    def _finish(self, spec: Spec, slot: int, source: drawing.Start) -> Artifact:
        image = drawing.picture(spec, slot, source, (spec.width_px, spec.height_px), spec.stop / 100)
        sha256 = self._store.put(encode.png(image))
        return Artifact(idx=slot, sha256=sha256, width_px=image.width, height_px=image.height)
