"""Tiny models, loaded once, and a place to draw with them in this process."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pytest
import torch
from PIL import Image

from pipeline import encode
from pipeline.cards import LANCZOS
from pipeline.catalog import Catalog
from pipeline.events import Artifact, Event, Preview, Progress
from pipeline.gpu.attempt import Attempt
from pipeline.gpu.baton import Baton, Turn
from pipeline.gpu.draw import draw
from pipeline.gpu.extend import extend
from pipeline.gpu.load import Model, load
from pipeline.gpu.plan import Device, Facts
from pipeline.gpu.refine import refine
from pipeline.gpu.repaint import repaint
from pipeline.gpu.upscale import Enlarger
from pipeline.gpu.vary import vary
from pipeline.setup import Wishes
from pipeline.spec import JobId, PaintJob, Spec
from pipeline.store import PictureStore
from tests.pipeline.gpu import tiny

torch.set_num_threads(1)

FACTS = Facts(
    devices=[Device(name="cpu", kind="cpu", title="CPU", free_mib=8192, total_mib=16384, bfloat16=False)],
    cores=2,
    torch=torch.__version__,
    cuda_build=None,
)
WISHES = Wishes(device="cpu", cpu_threads=1, offline=True)


_VERBS: dict[str, Callable[[Model, Attempt], None]] = {
    "draw": draw,
    "vary": vary,
    "repaint": repaint,
    "extend": extend,
    "refine": lambda model, attempt: refine(model, Enlarger([LANCZOS], "cpu"), attempt),
}


@dataclass(kw_only=True)
class Easel:
    """Draws in this process and keeps what was said."""

    store: PictureStore
    events: list[Event] = field(default_factory=list)
    baton: Baton = field(default_factory=Baton)

    def attempt(self, spec: Spec, say: Callable[[Event], None] | None = None) -> Attempt:
        return Attempt(
            job=PaintJob(id=JobId("a job"), attempt=1, spec=spec),
            turn=Turn(urgency=1),
            baton=self.baton,
            store=self.store,
            say=say or self.events.append,
        )

    def paint(self, model: Model, spec: Spec, say: Callable[[Event], None] | None = None) -> list[Image.Image]:
        """Draw a job and return its pictures as they are in the store, by their numbers."""
        self.events.clear()
        attempt = self.attempt(spec, say)
        with self.baton.held(attempt.turn):
            _VERBS[spec.verb](model, attempt)
        return [encode.decode(self.store.read(artifact.sha256)) for artifact in self.artifacts]

    def stored(self, picture: Image.Image) -> str:
        """Put a picture into the store, for a job to start from."""
        return self.store.put(encode.png(picture))

    @property
    def artifacts(self) -> list[Artifact]:
        return sorted((event for event in self.events if isinstance(event, Artifact)), key=lambda event: event.idx)

    @property
    def previews(self) -> list[bytes]:
        return [event.webp for event in self.events if isinstance(event, Preview)]

    @property
    def steps(self) -> list[tuple[int, int]]:
        return [(event.step, event.total) for event in self.events if isinstance(event, Progress)]


@pytest.fixture
def easel(tmp_path: Path) -> Easel:
    return Easel(store=PictureStore(tmp_path / "pictures"))


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of a tiny model, built when it is first asked for."""
    return cache(lambda name: tiny.save(name, tmp_path_factory.mktemp("models") / name))


@pytest.fixture(scope="session")
def model_of(folder_of: Callable[[str], Path]) -> Callable[[str], Model]:
    """Return a tiny model, loaded when it is first asked for."""
    return cache(lambda name: loaded(folder_of(name)))


def loaded(path: Path) -> Model:
    card = Catalog.from_tables(str(path), {}, None).default
    return load(card, FACTS, WISHES, "cpu", lambda done, total: None)


def difference(one: Image.Image, other: Image.Image) -> int:
    """Return the largest difference of any value of two pictures."""
    first, second = (torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).int() for image in (one, other))
    return int((first - second).abs().max())


def distance(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of the values of two pictures."""
    first, second = (torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).float() for image in (one, other))
    return float((first - second).abs().mean())


def apart(pictures: Sequence[Image.Image]) -> float:
    """Return the mean distance between any two of some pictures."""
    distances = [distance(one, other) for one, other in itertools.combinations(pictures, 2)]
    return sum(distances) / len(distances)


@contextmanager
def one_at_a_time(model: Model) -> Iterator[None]:
    """Let a model draw its pictures one by one."""
    usual, model.plan = model.plan, replace(model.plan, pixels_at_once=0)
    try:
        yield
    finally:
        model.plan = usual
