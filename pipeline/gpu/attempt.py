"""One attempt at one job inside the painter: its place in the queue, and what it says."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from PIL import Image

from pipeline import encode
from pipeline.events import Artifact, Event, Preview, Progress
from pipeline.film import Reel
from pipeline.gpu.baton import Baton, Turn
from pipeline.spec import PaintJob
from pipeline.store import PictureStore


class Unfit(ValueError):
    """The job asks for something that this model cannot do."""


class Moderated(Exception):
    """The model's own safety checker held a picture back."""


@dataclass(eq=False, kw_only=True)
class Attempt:
    """Carries a job through a verb."""

    job: PaintJob
    turn: Turn
    baton: Baton
    store: PictureStore
    say: Callable[[Event], None]
    gives_way: bool = True
    """Off while the job has changed how the shared model works, and cannot take that back between two steps."""
    aside: Callable[[], AbstractContextManager[None]] = nullcontext
    """Takes back what the job has changed of the shared model, for as long as another job computes."""
    step: int = 0
    total: int = 0
    done: list[tuple[int, Image.Image]] = field(default_factory=list)
    reel: Reel | None = None
    """Where frames of a film go, when one is wanted."""

    def progress(self, share: float) -> None:
        """Say how much is done, 0 … 1, in steps of a total that stays the same."""
        self.step = max(self.step, min(self.total, int(share * self.total + 1e-6)))
        self.say(Progress(step=self.step, total=self.total))

    def preview(self, webp: bytes) -> None:
        self.say(Preview(webp=webp))

    def breathe(self) -> None:
        """Between two steps: stop if cancelled, let more urgent jobs go first. Raises Stopped."""
        self.turn.check()
        if self.gives_way and self.baton.wanted(self.turn):
            with self.aside():
                self.baton.give_way(self.turn)

    def keep(self, idx: int, picture: Image.Image) -> None:
        """Store a finished picture and say so. Raises StoreFull."""
        sha256 = self.store.put(encode.png(picture))
        self.done.append((idx, picture))
        self.say(Artifact(idx=idx, sha256=sha256, width_px=picture.width, height_px=picture.height))

    def left(self) -> list[int]:
        """Return the pictures that are not done."""
        done = {idx for idx, _ in self.done}
        return [idx for idx in range(self.job.spec.count) if idx not in done]
