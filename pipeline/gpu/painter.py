"""The painter: reads what the bot asks for, runs each job on a thread of its own, says what happens."""

import contextlib
import os
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import structlog

from pipeline import grid
from pipeline.dialogue import ASK, answer_frame, frame_question
from pipeline.events import Cancelled, Done, Event, Failed, FailureKind, Film, Loading, Started
from pipeline.film import LONGEST_PX, Reel
from pipeline.gpu import facts, memory
from pipeline.gpu.answers import Answers
from pipeline.gpu.attempt import Attempt, Moderated, Unfit
from pipeline.gpu.baton import Baton, Stopped, Turn
from pipeline.gpu.draw import draw
from pipeline.gpu.extend import extend
from pipeline.gpu.fetch import CannotLoad
from pipeline.gpu.inbox import Inbox
from pipeline.gpu.load import Model, load
from pipeline.gpu.refine import refine
from pipeline.gpu.repaint import repaint
from pipeline.gpu.upscale import Enlarger
from pipeline.gpu.vary import vary
from pipeline.questions import Answer, CannotAnswer, Question
from pipeline.setup import Setup
from pipeline.spec import PaintJob
from pipeline.store import PictureDamaged, PictureMissing, PictureStore, StoreFull
from pipeline.wire import Channel, Frame, WireError, event_frame, frame_job

log = structlog.get_logger(__name__)

_LONGEST_DETAIL = 4000
_POISONED = ("CUDA error", "device-side assert", "illegal memory access", "unspecified launch failure")
_FAILURES: tuple[tuple[type[Exception], FailureKind], ...] = (
    (Moderated, "moderated"),
    (Unfit, "bad_params"),
    (PictureMissing, "bad_params"),
    (PictureDamaged, "bad_params"),
    (CannotLoad, "model"),
    (StoreFull, "internal"),
)


class Painter:
    """Holds one device, one model and the jobs that the bot has sent."""

    def __init__(self, channel: Channel, inbox: Inbox, setup: Setup) -> None:
        self._channel = channel
        self._inbox = inbox
        self._setup = setup
        self._store = PictureStore(Path(setup.store))
        self._baton = Baton()
        self._turns: dict[tuple[str, int], Turn] = {}
        self._model: Model | None = None
        self._enlarger: Enlarger
        self._for_words = "cpu"
        """The device that describes pictures: the card, unless the model alone fills it."""
        self._answers = Answers(setup, self._store, self._baton, lambda: self._model_called(setup.default))
        self._send("facts", **facts.cards())

    def work(self) -> NoReturn:
        """Load the model, then serve; the inbox ends the process. Raises CannotLoad, WireError, ConnectionError."""
        model = self._load(self._setup.default)
        self._enlarger = Enlarger(list(self._setup.upscalers.values()), model.plan.device)
        self._for_words = model.plan.device if model.plan.offload == "none" else "cpu"
        self._tell_memory()
        self._send("ready", device=_title(model), step_s=model.plan.step_s)
        while True:
            self._heed(self._inbox.get())

    def _heed(self, frame: Frame) -> None:
        match frame.kind:
            case "paint":
                self._begin(frame_job(frame))
            case "cancel":
                turn = self._turns.get((str(frame.body["job"]), int(frame.body["attempt"])))
                if turn is not None:
                    self._baton.cancel(turn)
            case kind if kind == ASK:
                threading.Thread(target=self._reply, args=frame_question(frame), name="question", daemon=True).start()

    def _reply(self, number: int, question: Question) -> None:
        answer: Answer | CannotAnswer
        try:
            answer = self._answers.answer(question, self._for_words)
        except CannotAnswer as no:
            answer = no
        except Exception as fault:  # noqa: BLE001 - the edge of the thread: the bot must hear of it
            failure = _failure(fault)
            answer = CannotAnswer("no_model" if failure.kind == "model" else "failed", failure.detail)
        with contextlib.suppress(ConnectionError):
            self._channel.send(answer_frame(number, answer))

    def _begin(self, job: PaintJob) -> None:
        turn = Turn(urgency=job.urgency, model=job.spec.model if job.spec.verb != "upscale" else None)
        self._turns[job.id, job.attempt] = turn
        threading.Thread(target=self._run, args=(job, turn), name=f"job {job.id}", daemon=True).start()

    def _run(self, job: PaintJob, turn: Turn) -> None:
        attempt = Attempt(
            job=job,
            turn=turn,
            baton=self._baton,
            store=self._store,
            say=lambda event: self._say(job, event),
            reel=Reel() if job.spec.film and job.spec.verb != "upscale" else None,
        )
        ending = self._outcome(attempt)
        if isinstance(ending, Done) and attempt.reel is not None:
            _keep_film(attempt, attempt.reel)
        del self._turns[job.id, job.attempt]
        # A device that does not even say what is free keeps no ending back.
        with contextlib.suppress(ConnectionError, RuntimeError):
            self._tell_memory()
        self._say(job, ending)

    def _outcome(self, attempt: Attempt) -> Event:
        """Run a job and return its last event; whatever goes wrong becomes one."""
        try:
            with self._baton.held(attempt.turn):
                attempt.say(Started(painter=self._setup.name))
                self._perform(attempt)
        except Stopped:
            return Cancelled(step=attempt.step)
        except Exception as fault:  # noqa: BLE001 - the edge of the thread: the bot must hear of it
            return _failure(fault)
        return Done(gpu_ms=round(attempt.turn.held_s * 1000))

    def _perform(self, attempt: Attempt) -> None:
        spec = attempt.job.spec
        match spec.verb:
            case "draw":
                draw(self._model_for(attempt), attempt)
            case "vary":
                vary(self._model_for(attempt), attempt)
            case "repaint":
                repaint(self._model_for(attempt), attempt)
            case "extend":
                extend(self._model_for(attempt), attempt)
            case "upscale":
                self._enlarger.upscale(attempt)
            case "refine":
                refine(self._model_for(attempt), self._enlarger, attempt)

    def _model_for(self, attempt: Attempt) -> Model:
        """Return the model that a job asks for, on the device; another one goes first. Raises Unfit, CannotLoad."""
        key = attempt.job.spec.model
        if key not in self._setup.models:
            raise Unfit(f"There is no model {key!r} here any longer.")
        return self._model_called(key, lambda done, total: attempt.say(Loading(done=done, total=total)))

    def _model_called(self, key: str, tell: Callable[[int, int], None] | None = None) -> Model:
        if self._model is not None and self._model.card.key == key:
            return self._model
        self._model = None
        memory.free()
        return self._load(key, tell)

    def _load(self, key: str, tell: Callable[[int, int], None] | None = None) -> Model:
        self._model = load(
            self._setup.models[key],
            facts.gather(self._setup.device),
            self._setup.wishes,
            self._setup.device,
            tell or self._tell_loading,
        )
        self._send("model", key=key, plan=self._model.plan.why)
        return self._model

    def _tell_loading(self, done: int, total: int) -> None:
        self._send("loading", done=done, total=total)

    def _tell_memory(self) -> None:
        if self._model is not None:
            self._send("memory", free_mib=facts.free_mib(self._model.plan.device))

    def _send(self, kind: str, **body: Any) -> None:
        self._channel.send(Frame(kind=kind, body=body))

    def _say(self, job: PaintJob, event: Event) -> None:
        # When the bot has gone, the reading thread ends this process: nothing is left to say.
        with contextlib.suppress(ConnectionError):
            self._channel.send(event_frame(job, event))


def serve(channel: Channel, inbox: Inbox, setup: Setup) -> int:
    """Be a painter until the bot hangs up; return the exit code when that does not even begin."""
    try:
        Painter(channel, inbox, setup).work()
    except CannotLoad as fault:
        with contextlib.suppress(ConnectionError):
            channel.send(Frame(kind="broken", body={"detail": str(fault)[:_LONGEST_DETAIL]}))
        return 3
    except (WireError, ConnectionError) as fault:
        log.warning("hung up", reason=str(fault))
        return 4


def _keep_film(attempt: Attempt, reel: Reel) -> None:
    """Store the film of a job and say so; a film that fails is no reason to lose the pictures."""
    pictures = [picture for _, picture in sorted(attempt.done, key=lambda done: done[0])]
    try:
        data, extension = reel.develop(grid.contact(pictures, LONGEST_PX))
        attempt.say(Film(sha256=attempt.store.put(data), extension=extension))
    except Exception as fault:  # noqa: BLE001 - the edge of the thread: the pictures are done, and the bot must hear of it
        log.warning("no film", reason=repr(fault)[:200])


def _failure(fault: Exception) -> Failed:
    """Sort a fault; a device that answers nothing but errors from now on ends the process, and a new one starts."""
    if memory.ran_out(fault):
        memory.free()
        return Failed(kind="oom", detail=str(fault)[:_LONGEST_DETAIL])
    for situation, kind in _FAILURES:
        if isinstance(fault, situation):
            return Failed(kind=kind, detail=str(fault)[:_LONGEST_DETAIL])
    report = "".join(traceback.format_exception(fault))
    log.error("job failed", report=report)
    if any(words in str(fault) for words in _POISONED):
        os._exit(5)
    return Failed(kind="internal", detail=report[-_LONGEST_DETAIL:])


def _title(model: Model) -> str:
    threads = model.plan.threads
    return (
        f"{model.plan.title}, {threads} thread{'s' * (threads > 1)}" if model.plan.kind == "cpu" else model.plan.title
    )
