"""The engine without a model: it paints doodles, and goes wrong exactly as it is told to."""

import asyncio
import contextlib
import heapq
import itertools
import random
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from PIL import Image

from pipeline import doodle, encode, grid, inspiration, likeness
from pipeline.canvas import Canvas, NoHole, around, with_hole
from pipeline.cards import ModelCard
from pipeline.demands import missing
from pipeline.engine import Painter, Status
from pipeline.events import (
    Artifact,
    Cancelled,
    Done,
    Event,
    Failed,
    FailureKind,
    Film,
    Loading,
    Preview,
    Progress,
    Started,
    Terminal,
)
from pipeline.film import LONGEST_PX, Reel
from pipeline.inspiration import Inspiration
from pipeline.mailbox import Mailbox
from pipeline.questions import Answer, CannotAnswer, Describe, Question
from pipeline.sizes import Size
from pipeline.spec import JobId, PaintJob, Spec
from pipeline.store import PictureDamaged, PictureMissing, PictureStore
from pipeline.wellknown import DOODLE

Trouble = Literal["die", "hang", "never_start"] | FailureKind
"""die: the painter is lost; hang: no more news; never_start: it is never taken up; else: the job fails like that."""

_Start = Image.Image | Canvas | Inspiration | None
"""What a job starts from."""

_FAILURES: tuple[FailureKind, ...] = get_args(FailureKind)
_PREVIEWS = 4
_REMEMBERED = 1000


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """How one attempt goes."""

    step_s: float = 0.0
    loading_s: float = 0.0
    """Time during which the model is said to be loading, before the job is started."""
    trouble: Trouble | None = None
    at_step: int = 0
    """Steps that are done when the trouble comes; more than the job has: after the first picture is stored."""
    hang_s: float | None = None
    """Silence after which a hanging painter counts as lost; None: for ever."""
    restart_s: float = 0.0
    """How long a lost painter is away."""


Script = Callable[[PaintJob], Behaviour]


def steady(step_s: float = 0.0) -> Script:
    """Let every job go well, at this pace."""
    behaviour = Behaviour(step_s=step_s)
    return lambda _job: behaviour


def mischief(seed: int, rate: float, *, step_s: float = 0.0, hang_s: float = 0.05) -> Script:
    """Let about `rate` of all attempts go wrong, each in its own way, the same for the same seed, job and attempt."""

    def script(job: PaintJob) -> Behaviour:
        dice = random.Random(f"{seed}|{job.id}|{job.attempt}")  # noqa: S311 - a test script
        if dice.random() >= rate:
            return Behaviour(step_s=step_s)
        troubles: tuple[Trouble, ...] = ("die", "hang", *_FAILURES)
        return Behaviour(
            step_s=step_s, trouble=dice.choice(troubles), at_step=dice.randint(0, job.spec.steps + 1), hang_s=hang_s
        )

    return script


class _Over(Exception):
    """The attempt has come to its end."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self.terminal = terminal


@dataclass(eq=False, kw_only=True)
class _Attempt:
    """One job being run."""

    job: PaintJob
    behaviour: Behaviour
    mailbox: Mailbox = field(default_factory=Mailbox)
    step: int = 0
    ended: bool = False
    verdict: Callable[[int], Terminal] | None = None
    """Set from outside: how the attempt is to end, given the steps that are done."""
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self, verdict: Callable[[int], Terminal]) -> None:
        if self.verdict is None:
            self.verdict = verdict
            self.stopped.set()

    def check(self) -> None:
        if self.verdict is not None:
            raise _Over(self.verdict(self.step))

    async def wait(self, seconds: float | None) -> None:
        """Let time pass (None: for ever), unless the attempt is stopped."""
        self.check()
        if seconds == 0:
            await asyncio.sleep(0)
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopped.wait(), seconds)
        self.check()


@dataclass(eq=False, kw_only=True)
class _Easel:
    """One painter."""

    name: str
    attempt: _Attempt | None = None
    back_at: float = 0.0

    @property
    def away_s(self) -> float:
        return max(0.0, self.back_at - time.monotonic())


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
        self._easels = [_Easel(name=f"painter-{number}") for number in range(painters)]
        self._free = list(self._easels)
        self._queue: list[tuple[int, int, asyncio.Future[_Easel]]] = []
        self._numbers = itertools.count()
        self._attempts: list[_Attempt] = []
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
        return [_described(easel) for easel in self._easels]

    def kill(self, number: int = 0) -> None:
        """Do what `kill -9` does to a painter."""
        attempt = self._easels[number].attempt
        if attempt is not None:
            attempt.stop(lambda _step: Failed(kind="worker_lost", detail="The painter was killed."))

    async def _run(self, job: PaintJob) -> AsyncGenerator[Event]:
        attempt = _Attempt(job=job, behaviour=self._script(job))
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

    async def _perform(self, attempt: _Attempt) -> None:
        """See an attempt through to its one terminal event."""
        started = time.monotonic()
        try:
            async with self._easel_for(attempt) as easel:
                attempt.mailbox.put(Started(painter=easel.name))
                await self._draw(attempt)
            terminal: Terminal = Done(gpu_ms=round(1000 * (time.monotonic() - started)))
        except _Over as over:
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
    async def _easel_for(self, attempt: _Attempt) -> AsyncIterator[_Easel]:
        """Wait for a painter, the most urgent and then the oldest job first; load, and give it back at the end."""
        if attempt.behaviour.trouble == "never_start":
            await attempt.wait(None)
        easel = await self._taken(attempt)
        easel.attempt = attempt
        try:
            await attempt.wait(easel.away_s)
            await self._load(attempt)
            yield easel
        except _Over as over:
            if isinstance(over.terminal, Failed) and over.terminal.kind == "worker_lost":
                easel.back_at = time.monotonic() + attempt.behaviour.restart_s
            raise
        finally:
            easel.attempt = None
            self._give_back(easel)

    async def _taken(self, attempt: _Attempt) -> _Easel:
        if self._free:
            return self._free.pop(0)
        turn: asyncio.Future[_Easel] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (-attempt.job.urgency, next(self._numbers), turn))
        stopped = asyncio.create_task(attempt.stopped.wait())
        try:
            await asyncio.wait((turn, stopped), return_when=asyncio.FIRST_COMPLETED)
            attempt.check()
            return turn.result()
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._give_back(turn.result())
            turn.cancel()
            raise
        finally:
            stopped.cancel()

    def _give_back(self, easel: _Easel) -> None:
        while self._queue:
            turn = heapq.heappop(self._queue)[2]
            if not turn.done():
                turn.set_result(easel)
                return
        self._free.append(easel)

    async def _load(self, attempt: _Attempt) -> None:
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
            raise _Over(Failed(kind="bad_params", detail=f"There is no model {spec.model!r} here."))
        if lacking := missing(spec, card):
            raise _Over(Failed(kind="bad_params", detail=f"{card.title} has no {', '.join(lacking)}."))

    async def _draw(self, attempt: _Attempt) -> None:
        spec, post = attempt.job.spec, attempt.mailbox.put
        self._check(spec)
        source = await asyncio.to_thread(self._start, spec)
        reel = Reel() if spec.film and spec.verb != "upscale" else None
        total, last = _steps(spec)
        await self._trouble(attempt)
        for step in range(1, last + 1):
            await attempt.wait(attempt.behaviour.step_s)
            attempt.step = step
            post(Progress(step=step, total=total))
            if reel is not None and step < last:
                reel.add(await asyncio.to_thread(_sheet, spec, source, step / total))
            if attempt.job.previews and _shows(spec, step, last):
                post(Preview(webp=await asyncio.to_thread(_preview, spec, source, step / total)))
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

    async def _trouble(self, attempt: _Attempt) -> None:
        behaviour = attempt.behaviour
        if behaviour.trouble is None or attempt.step < min(behaviour.at_step, _steps(attempt.job.spec)[1] + 1):
            return
        if behaviour.trouble == "hang":
            await attempt.wait(behaviour.hang_s)
            raise _Over(Failed(kind="worker_lost", detail="The painter gave no news for too long."))
        if behaviour.trouble == "die":
            raise _Over(Failed(kind="worker_lost", detail="The painter died."))
        if behaviour.trouble != "never_start":
            raise _Over(Failed(kind=behaviour.trouble, detail="As the script says."))

    def _start(self, spec: Spec) -> _Start:
        """Read what a job starts from. Raises PictureMissing, PictureDamaged, NoHole."""
        if spec.verb == "draw":
            return inspiration.gather(spec, self._store)
        if spec.source is None:
            raise PictureMissing(f"To {spec.verb} takes a picture to start from")
        source = encode.decode(self._store.read(spec.source.sha256))
        if spec.verb == "repaint":
            if spec.mask is None or source.size != (spec.width_px, spec.height_px):
                raise NoHole("There is no mask, or the picture has another size than the job.")
            return with_hole(source, encode.decode(self._store.read(spec.mask)))
        if spec.verb == "extend":
            if spec.place is None:
                raise NoHole("There is no place for the picture.")
            return around(source, spec.place, Size(width_px=spec.width_px, height_px=spec.height_px))
        return source

    def _answer(self, question: Question) -> Answer:
        if isinstance(question, Describe):
            return likeness.describe(encode.decode(self._store.read(question.sha256)), question.count)
        return likeness.weigh(question.prompt)

    def _film(self, reel: Reel, finished: Sequence[Artifact]) -> Film:
        pictures = [encode.decode(self._store.read(artifact.sha256)) for artifact in finished]
        data, extension = reel.develop(grid.contact(pictures, LONGEST_PX))
        return Film(sha256=self._store.put(data), extension=extension)

    def _finish(self, spec: Spec, slot: int, source: _Start) -> Artifact:
        image = _picture(spec, slot, source, (spec.width_px, spec.height_px), spec.stop / 100)
        sha256 = self._store.put(encode.png(image))
        return Artifact(idx=slot, sha256=sha256, width_px=image.width, height_px=image.height)


def _steps(spec: Spec) -> tuple[int, int]:
    """Return (all steps, steps after which the picture is taken)."""
    total = 1 if spec.verb == "upscale" else spec.steps
    return total, max(1, round(total * spec.stop / 100))


def _shows(spec: Spec, step: int, last: int) -> bool:
    """Say whether a preview is due: a few times in a job, never at its end."""
    every = max(1, last // (_PREVIEWS + 1))
    return spec.verb != "upscale" and step < last and step % every == 0


def _preview(spec: Spec, source: _Start, done: float) -> bytes:
    return encode.preview(_sheet(spec, source, done))


def _sheet(spec: Spec, source: _Start, done: float) -> Image.Image:
    scale = min(1.0, 256 / max(spec.width_px, spec.height_px))
    size = (max(8, round(spec.width_px * scale)), max(8, round(spec.height_px * scale)))
    return grid.contact([_picture(spec, slot, source, size, done) for slot in range(spec.count)])


def _picture(spec: Spec, slot: int, source: _Start, size: tuple[int, int], done: float) -> Image.Image:
    if source is None:
        return doodle.paint(spec, slot, size, done)
    if isinstance(source, Inspiration):
        return inspiration.heed(spec, source, doodle.paint(spec, slot, size, done))
    if isinstance(source, Canvas):
        return doodle.fill(spec, slot, source, size, done)
    if spec.verb == "upscale":
        return source.resize(size, Image.Resampling.LANCZOS)
    return doodle.vary(spec, slot, source, size, done)


def _described(easel: _Easel) -> Painter:
    away = easel.away_s > 0
    return Painter(
        name=easel.name,
        device="Doodle, which needs no graphics card",
        ready=not away,
        model=None if away else "doodle",
        free_memory_mib=None,
        busy_with=easel.attempt.job.id if easel.attempt else None,
        note="It is being started again." if away else "",
    )
