"""Keeps one device supplied with a living painter, and its jobs informed."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from pipeline.dialogue import ANSWER, frame_answer, question_frame
from pipeline.engine import Painter
from pipeline.events import Cancelled, Done, Event, Failed, FailureKind, Loading, Progress, Started, Terminal
from pipeline.mailbox import Mailbox
from pipeline.process import PainterLost, PainterProcess
from pipeline.questions import Answer, CannotAnswer, Question
from pipeline.setup import Patience, Setup
from pipeline.spec import JobId, PaintJob
from pipeline.wire import Frame, WireError, frame_event, is_event, paint_frame

log = structlog.get_logger(__name__)

_LONG_LIFE_S = 600.0


@dataclass(eq=False, kw_only=True)
class Ticket:
    """A job in an engine's hands: where it is, and where its events go."""

    job: PaintJob
    mailbox: Mailbox = field(default_factory=Mailbox)
    keeper: "Keeper | None" = None
    started: bool = False
    step: int = 0
    cancelled: bool = False
    ended: Terminal | None = None

    def tell(self, event: Event) -> None:
        """Pass an event on; nothing follows the terminal one."""
        if self.ended is not None:
            return
        match event:
            case Started():
                self.started = True
            case Progress():
                self.step = max(self.step, event.step)
            case Done() | Failed() | Cancelled():
                self.ended = event
        self.mailbox.put(event)


@dataclass(kw_only=True)
class _Health:
    """What is known of the painter."""

    ready: bool = False
    note: str = "It is starting."
    device: str = ""
    model: str | None = None
    free_memory_mib: int | None = None
    step_s: float = 600.0
    loading: Loading = field(default_factory=lambda: Loading(done=0, total=0))
    failure: Failed | None = None
    """Set while it is given up: what jobs that wait for it are told."""


class Keeper:
    """One device: starts its painter, restarts it when it dies, kills it when it hangs."""

    def __init__(self, *, setup: Setup, patience: Patience, on_change: Callable[["Keeper"], None]) -> None:
        self.name = setup.name
        self.setup = setup
        self.facts: Mapping[str, Any] = {}
        self.tickets: list[Ticket] = []
        self.process: PainterProcess | None = None
        self._patience = patience
        self._on_change = on_change
        self._health = _Health()
        self._deaths = 0
        self._last_news = 0.0
        self._drawing: JobId | None = None
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[Answer]] = {}

    @property
    def ready(self) -> bool:
        return self._health.ready

    @property
    def loading(self) -> Loading:
        return self._health.loading

    @property
    def failure(self) -> Failed | None:
        return self._health.failure

    @property
    def _idle(self) -> bool:
        return not self.tickets and self._drawing is None

    def describe(self) -> Painter:
        health = self._health
        return Painter(
            name=self.name,
            device=health.device or self.setup.device,
            ready=health.ready,
            model=health.model,
            free_memory_mib=health.free_memory_mib,
            busy_with=self._drawing,
            note=health.note,
        )

    def take(self, ticket: Ticket) -> None:
        """Hand a job to the painter, which is ready."""
        assert self.process is not None
        if self._idle:  # more work is no sign of life
            self._last_news = asyncio.get_running_loop().time()
        ticket.keeper = self
        self.tickets.append(ticket)
        self.process.send(paint_frame(ticket.job))

    def drop(self, ticket: Ticket) -> None:
        """Forget a job that nobody waits for any longer; the painter stops it between two steps."""
        if ticket in self.tickets:
            self.tickets.remove(ticket)
            self.cancel(ticket)

    def cancel(self, ticket: Ticket) -> None:
        if self.process is not None:
            self.process.send(Frame(kind="cancel", body={"job": ticket.job.id, "attempt": ticket.job.attempt}))

    async def ask(self, question: Question) -> Answer:
        """Ask the painter, which is ready, and wait for its answer. Raises CannotAnswer, also when it dies."""
        assert self.process is not None
        number = next(self._numbers)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            self.process.send(question_frame(number, question))
            return await answer
        finally:
            del self._asked[number]

    async def keep(self) -> None:
        """Start painter after painter, until cancelled."""
        while True:
            reason = await self._one_life()
            pause_s = self._after_death(reason)
            log.warning("painter ended", painter=self.name, reason=reason, restart_in_s=pause_s)
            self._on_change(self)
            await asyncio.sleep(pause_s)

    async def _one_life(self) -> str:
        """Run one painter to its end; return why it ended."""
        loop = asyncio.get_running_loop()
        born = self._last_news = loop.time()
        try:
            self.process = await PainterProcess.start(self.name, self.setup.to_plain())
            async with contextlib.AsyncExitStack() as stack:
                stack.push_async_callback(self._bury)
                watchdog = asyncio.create_task(self._watch(self.process))
                stack.callback(watchdog.cancel)
                return await self._listen(self.process)
        except (PainterLost, WireError) as fault:
            return str(fault)
        finally:
            if loop.time() - born > _LONG_LIFE_S:
                self._deaths = 0

    async def _listen(self, process: PainterProcess) -> str:
        while (frame := await process.receive()) is not None:
            self._last_news = asyncio.get_running_loop().time()
            if is_event(frame):
                self._pass_on(*frame_event(frame))
            elif frame.kind == ANSWER:
                self._hear_answer(*frame_answer(frame))
            elif frame.kind == "broken":
                self._health.failure = Failed(kind="model", detail=str(frame.body["detail"]))
                return str(frame.body["detail"])
            else:
                self._hear(frame)
                self._on_change(self)
        return process.last_words or "it ended without a word"

    def _pass_on(self, job_id: JobId, attempt: int, event: Event) -> None:
        mine = [t for t in self.tickets if t.job.id == job_id and t.job.attempt == attempt]
        if isinstance(event, Started | Progress):
            self._drawing = job_id
        if isinstance(event, Terminal):
            self._deaths = 0
            self._drawing = None
        for ticket in mine:
            ticket.tell(event)
            if ticket.ended:
                self.tickets.remove(ticket)

    def _hear_answer(self, number: int, answer: Answer | CannotAnswer) -> None:
        future = self._asked.get(number)  # gone when nobody waits any longer
        if future is None or future.done():
            return
        if isinstance(answer, CannotAnswer):
            future.set_exception(answer)
        else:
            future.set_result(answer)

    def _hear(self, frame: Frame) -> None:
        """Take in what a painter says about itself. Raises WireError."""
        try:
            self._note(frame.kind, frame.body)
        except (KeyError, TypeError, ValueError) as fault:
            raise WireError(f"A painter said something that this version cannot read: {frame.kind}") from fault

    def _note(self, kind: str, body: Mapping[str, Any]) -> None:
        health = self._health
        match kind:
            case "facts":
                self.facts = body
            case "loading":
                health.loading = Loading(done=int(body["done"]), total=int(body["total"]))
                health.note = f"It is loading its model ({_share(health.loading)})."
            case "ready":
                health.ready, health.note, health.failure = True, "", None
                health.device, health.step_s = str(body["device"]), float(body["step_s"])
                log.info("painter ready", painter=self.name, device=health.device)
            case "model":
                health.model = str(body["key"])
                log.info("model loaded", painter=self.name, model=health.model, plan=body["plan"])
            case "memory":
                health.free_memory_mib = int(body["free_mib"])

    async def _watch(self, process: PainterProcess) -> None:
        """Kill a painter that shows no sign of work although it has some."""
        loop = asyncio.get_running_loop()
        while True:
            limit_s = self._limit_s()
            silent_s = loop.time() - self._last_news
            if silent_s > limit_s:
                log.error("painter hangs", painter=self.name, silent_s=round(silent_s, 1))
                process.kill()
                return
            await asyncio.sleep(min(max(limit_s - silent_s, 0.05), 1.0))

    def _limit_s(self) -> float:
        if not self._health.ready:
            return self._patience.load_s
        if self._idle:
            return float("inf")
        return self._patience.step_s or self._health.step_s

    async def _bury(self) -> None:
        """End the process and tell the jobs that had begun; the others wait for another painter."""
        process, self.process = self.process, None
        tickets, self.tickets = self.tickets, []
        for number in self._asked:
            self._hear_answer(number, CannotAnswer("failed", "The painter ended before it answered."))
        health = self._health
        health.ready, self._drawing, health.free_memory_mib = False, None, None
        health.loading = Loading(done=0, total=0)
        try:
            if process is not None:
                await process.end(self._patience.close_s)
        finally:
            for ticket in tickets:
                _orphan(ticket, process.last_words if process else "")

    def _after_death(self, reason: str) -> float:
        """Note what happened; return how long to wait before the next try."""
        self._deaths += 1
        health, patience = self._health, self._patience
        if health.failure is None and self._deaths >= patience.give_up_after:
            why = f"The painter died {self._deaths} times in a row: {reason}"
            health.failure = Failed(kind="worker_lost", detail=why)
        if health.failure is not None:
            health.note = health.failure.detail
            return patience.second_wind_s
        pause_s = patience.restart_s[min(self._deaths, len(patience.restart_s)) - 1]
        health.note = f"It ended unexpectedly and starts again: {reason}"
        return pause_s


def _orphan(ticket: Ticket, last_words: str) -> None:
    """Say what became of a job whose painter has gone; one that had not begun says nothing and is placed again."""
    ticket.keeper = None
    kind: FailureKind = "worker_lost"
    if ticket.cancelled:
        ticket.tell(Cancelled(step=ticket.step))
    elif ticket.started:
        ticket.tell(Failed(kind=kind, detail=f"The painter ended during the job. {last_words}".strip()))


def _share(loading: Loading) -> str:
    return f"{100 * loading.done // loading.total} %" if loading.total else "size unknown"
