"""A whole painter in this process: jobs in, frames out."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from pipeline.cards import LANCZOS, ModelCard, Origin
from pipeline.catalog import Catalog
from pipeline.events import Artifact, Cancelled, Done, Event, Failed, Loading, Progress, Started, Terminal
from pipeline.film import Reel
from pipeline.gpu import facts
from pipeline.gpu.inbox import Inbox
from pipeline.gpu.painter import Painter, serve
from pipeline.setup import Setup
from pipeline.spec import JobId, PaintJob, Source, Spec
from pipeline.store import PictureStore
from pipeline.wire import Channel, Frame, frame_event, is_event, paint_frame
from tests.pipeline.gpu.conftest import WISHES

FolderOf = Callable[[str], Path]
SPEC = Spec(model="sd", prompt="a red fox", width_px=64, height_px=64, steps=4, guidance=3.0, seed=7)


class Shelf(Inbox):
    """An inbox that is filled by hand and whose end ends only a thread."""

    def __init__(self) -> None:
        self.frames: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()

    def get(self) -> Frame:
        frame = self.frames.get()
        if frame is None:
            raise SystemExit
        return frame


class Bot:
    """The other end of a painter."""

    def __init__(self, setup: Setup) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(60)
        self._shelf = Shelf()
        self._channel, self._theirs = Channel(ours), Channel(theirs)
        self.said: list[Frame] = []
        self.events: list[tuple[JobId, Event]] = []
        self.painter = Painter(self._theirs, self._shelf, setup)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        self.hear(lambda: any(frame.kind == "ready" for frame in self.said))

    def _work(self) -> None:
        with contextlib.suppress(SystemExit):
            self.painter.work()

    def hear(self, enough: Callable[[], bool]) -> None:
        while not enough():
            frame = self._channel.receive()
            assert frame is not None
            if is_event(frame):
                job_id, _, event = frame_event(frame)
                self.events.append((job_id, event))
            else:
                self.said.append(frame)

    def ask(self, spec: Spec, name: str = "a", urgency: int = 1) -> None:
        self._shelf.frames.put(paint_frame(PaintJob(id=JobId(name), attempt=1, spec=spec, urgency=urgency)))

    def cancel(self, name: str = "a") -> None:
        self._shelf.frames.put(Frame(kind="cancel", body={"job": name, "attempt": 1}))

    def of(self, name: str) -> list[Event]:
        return [event for job_id, event in self.events if job_id == name]

    def end_of(self, name: str = "a") -> Event:
        self.hear(lambda: any(isinstance(event, Terminal) for event in self.of(name)))
        return self.of(name)[-1]

    def paint(self, spec: Spec) -> list[Event]:
        self.events.clear()
        self.ask(spec)
        self.end_of()
        return self.of("a")

    def close(self) -> None:
        self._shelf.frames.put(None)
        self._thread.join(20)
        self._channel.close()
        self._theirs.close()


@pytest.fixture(scope="module")
def cards(folder_of: FolderOf) -> dict[str, ModelCard]:
    names = ("sd", "sdxl", "sd-guarded")
    cards = {name: Catalog.from_tables(str(folder_of(name)), {}, None).default for name in names}
    return {card.key: card for card in cards.values()}


@pytest.fixture(scope="module")
def setup(cards: dict[str, ModelCard], tmp_path_factory: pytest.TempPathFactory) -> Setup:
    return Setup(
        name="painter-7",
        device="cpu",
        wishes=WISHES,
        models=cards,
        default="sd",
        upscalers={"lanczos": LANCZOS},
        store=str(tmp_path_factory.mktemp("pictures")),
    )


@pytest.fixture(scope="module")
def bot(setup: Setup) -> Iterator[Bot]:
    bot = Bot(setup)
    yield bot
    bot.close()


def artifacts(events: list[Event]) -> list[str]:
    return [event.sha256 for event in events if isinstance(event, Artifact)]


def test_it_says_what_it_is_before_the_first_job(bot: Bot) -> None:
    kinds = [frame.kind for frame in bot.said]

    assert kinds[0] == "facts"
    assert kinds[-1] == "ready"
    assert set(kinds) == {"facts", "loading", "model", "memory", "ready"}


def test_a_job_is_heard_from_start_to_end(bot: Bot, setup: Setup) -> None:
    events = bot.paint(SPEC)

    assert events[0] == Started(painter="painter-7")
    assert isinstance(events[-1], Done)
    assert events[-1].gpu_ms > 0
    assert all(PictureStore(Path(setup.store)).path(sha256) for sha256 in artifacts(events))


def test_another_model_is_loaded_when_a_job_asks_for_it_and_the_first_comes_back(bot: Bot) -> None:
    first = bot.paint(SPEC)

    other = bot.paint(SPEC.evolve(model="sdxl"))
    again = bot.paint(SPEC)

    assert any(isinstance(event, Loading) for event in other)
    assert isinstance(other[-1], Done)
    assert artifacts(first) == artifacts(again) != artifacts(other)


def test_a_picture_that_the_models_own_checker_holds_back_is_not_delivered(bot: Bot) -> None:
    bot.paint(SPEC.evolve(model="sd-guarded"))
    model = bot.painter._model
    assert model is not None
    thresholds = model.base.safety_checker.concept_embeds_weights
    usual = thresholds.data
    thresholds.data = torch.full_like(usual, -10.0)

    events = bot.paint(SPEC.evolve(model="sd-guarded"))
    thresholds.data = usual

    assert isinstance(events[-1], Failed)
    assert events[-1].kind == "moderated"
    assert artifacts(events) == []


def test_memory_that_runs_out_twice_fails_the_job_and_not_the_next(bot: Bot) -> None:
    bot.paint(SPEC)
    model = bot.painter._model
    assert model is not None

    def scarce(*_args: object, **_options: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    model.base.unet.forward = scarce
    failed = bot.paint(SPEC)
    del model.base.unet.forward
    fine = bot.paint(SPEC)

    assert isinstance(failed[-1], Failed)
    assert (failed[-1].kind, failed[-1].retryable) == ("oom", True)
    assert isinstance(fine[-1], Done)


def test_a_fault_of_ours_is_reported_with_its_place_and_harms_no_other_job(bot: Bot) -> None:
    bot.paint(SPEC)
    model = bot.painter._model
    assert model is not None
    model.base.unet.forward = None
    failed = bot.paint(SPEC)
    del model.base.unet.forward

    assert isinstance(failed[-1], Failed)
    assert failed[-1].kind == "internal"
    assert "Traceback" in failed[-1].detail
    assert isinstance(bot.paint(SPEC)[-1], Done)


def test_a_device_that_no_longer_says_what_is_free_keeps_no_ending_back(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_device: str) -> int:
        raise RuntimeError("the driver does not answer")

    monkeypatch.setattr(facts, "free_mib", silent)

    assert isinstance(bot.paint(SPEC)[-1], Done)


def test_a_film_that_fails_loses_no_pictures(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(_reel: Reel, _finished: Image.Image) -> tuple[bytes, str]:
        raise MemoryError

    monkeypatch.setattr(Reel, "develop", too_much)
    events = bot.paint(SPEC.evolve(film=True))

    assert isinstance(events[-1], Done)
    assert len(artifacts(events)) == 4


@pytest.mark.parametrize(
    "spec",
    [
        SPEC.evolve(model="gone"),
        SPEC.evolve(verb="vary", source=None),
        SPEC.evolve(verb="upscale", source=None),
        SPEC.evolve(verb="vary", source=Source(sha256="0" * 64)),
        SPEC.evolve(verb="upscale", source=Source(sha256="0" * 64), upscaler="magic"),
    ],
    ids=["model", "vary", "upscale", "picture", "upscaler"],
)
def test_what_cannot_be_done_is_refused(bot: Bot, spec: Spec) -> None:
    end = bot.paint(spec)[-1]

    assert isinstance(end, Failed)
    assert (end.kind, end.retryable) == ("bad_params", False)


def test_an_urgent_job_overtakes_one_that_is_being_drawn(bot: Bot) -> None:
    bot.paint(SPEC)
    bot.events.clear()
    bot.ask(SPEC.evolve(steps=400), "slow", urgency=0)
    bot.hear(lambda: any(isinstance(event, Progress) and event.step > 1 for event in bot.of("slow")))

    bot.ask(SPEC.evolve(seed=8), "quick", urgency=2)
    assert isinstance(bot.end_of("quick"), Done)
    assert not any(isinstance(event, Terminal) for event in bot.of("slow"))
    bot.cancel("slow")

    assert isinstance(bot.end_of("slow"), Cancelled)
    # The end is said when the baton is free again, so that the slow job may already be heard before it.
    names = [name for name, event in bot.events if not isinstance(event, Terminal)]
    first, last = names.index(JobId("quick")), len(names) - names[::-1].index(JobId("quick"))
    assert set(names[first:last]) == {"quick"}


def test_pictures_drawn_in_turns_are_those_drawn_alone(bot: Bot) -> None:
    specs = {"slow": SPEC.evolve(steps=60), "quick": SPEC.evolve(seed=8)}
    alone = {name: artifacts(bot.paint(spec)) for name, spec in specs.items()}
    bot.events.clear()
    bot.ask(specs["slow"], "slow", urgency=0)
    bot.hear(lambda: any(isinstance(event, Progress) and event.step > 1 for event in bot.of("slow")))
    bot.ask(specs["quick"], "quick", urgency=2)

    bot.end_of("quick")
    bot.end_of("slow")

    assert {name: artifacts(bot.of(name)) for name in specs} == alone


def test_a_model_that_cannot_be_loaded_is_said_at_once(
    setup: Setup, cards: dict[str, ModelCard], tmp_path: Path
) -> None:
    lost = replace(cards["sd"], origin=Origin(kind="folder", where=str(tmp_path / "lost")))
    ours, theirs = socket.socketpair()
    began = time.monotonic()

    code = serve(Channel(theirs), Shelf(), replace(setup, models={"sd": lost}))

    channel = Channel(ours)
    frames = [channel.receive(), channel.receive()]
    assert code == 3
    assert [frame.kind for frame in frames if frame] == ["facts", "broken"]
    assert time.monotonic() - began < 20
    ours.close()
    theirs.close()
