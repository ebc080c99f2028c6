"""A small network that says what a picture shows; it learns from drawings, clean and worn, never from painted ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.training.autoencoder import as_tensor
from pipeline.training.gallery import Gallery
from pipeline.training.loop import Course, Machine, Trainer
from pipeline.training.scenes.scene import Scene, Stage, sights, sights_of
from pipeline.training.text_encoder import class_number

SIDE_PX = 96
HELD_OUT_SEED = 22
DEFAULT_COURSE = Course(steps=11_000, batch=64, peak_rate=2e-3, slowest_average=0.99)


class Judge(nn.Module):
    """Convolutions down to 6×6, then one linear reading per attribute; input (n, 3, 96, 96) in −1 … 1."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.known = sights(stage)
        widths = (3, 16, 48, 96, 160)
        self.body = nn.Sequential(*(_halve(a, b) for a, b in pairwise(widths)))
        self.mix = nn.Sequential(nn.Flatten(), nn.Linear(widths[-1] * (SIDE_PX // 16) ** 2, 256), nn.ReLU())
        self.heads = nn.ModuleDict({name: nn.Linear(256, len(values) + 1) for name, values in self.known.items()})

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        features = self.mix(self.body(pictures))
        return {name: head(features) for name, head in self.heads.items()}


def _halve(narrow: int, wide: int) -> nn.Module:
    # Group norm: single pictures are judged exactly as in a batch.
    return nn.Sequential(
        nn.Conv2d(narrow, wide, 3, padding=1),
        nn.GroupNorm(8, wide),
        nn.ReLU(),
        nn.Conv2d(wide, wide, 3, stride=2, padding=1),
        nn.GroupNorm(8, wide),
        nn.ReLU(),
    )


def classes(scenes: Sequence[Scene], known: Mapping[str, tuple[str, ...]]) -> dict[str, Tensor]:
    return {
        name: torch.tensor([class_number(values, sights_of(scene).get(name)) for scene in scenes])
        for name, values in known.items()
    }


def train(stage: Stage, gallery: Gallery, folder: Path, machine: Machine, course: Course = DEFAULT_COURSE) -> Judge:
    """Train, or go on training, and keep the judge in `folder`/judge.pt."""
    torch.manual_seed(course.seed)
    judge = Judge(stage).to(machine.device)
    trainer = Trainer(course, judge.parameters(), folder / "judge.pt")

    def step(rng: np.random.Generator, _step: int) -> Tensor:
        shown, scenes = gallery.some(rng, course.batch, machine.device)
        pictures = functional.interpolate(shown, (SIDE_PX, SIDE_PX), mode="area")
        with machine.precision():
            named = judge(pictures)
        wanted = classes(scenes, judge.known)
        return sum(
            (
                functional.cross_entropy(scores.float(), wanted[name].to(scores.device))
                for name, scores in named.items()
            ),
            start=torch.zeros((), device=machine.device),
        )

    def report(step: int, loss: float, pace: float) -> None:
        print(f"judge {step}/{course.steps}  loss {loss:.3f}  {pace:.1f} steps/s", flush=True)

    trainer.run(step, report)
    trainer.average.stay()
    return judge.eval()


@torch.no_grad()
def look(judge: Judge, pictures: Sequence[npt.NDArray[np.uint8]]) -> list[dict[str, str | None]]:
    """Say what each (height, width, 3) picture shows, attribute by attribute; None where it has none."""
    device = next(judge.parameters()).device
    seen: list[dict[str, str | None]] = []
    for start in range(0, len(pictures), 64):
        batch = as_tensor(np.stack(pictures[start : start + 64]), device)
        named = judge(functional.interpolate(batch, (SIDE_PX, SIDE_PX), mode="area"))
        best = {name: scores.argmax(1).tolist() for name, scores in named.items()}
        seen += [
            {name: (*values, None)[best[name][row]] for name, values in judge.known.items()}
            for row in range(len(batch))
        ]
    return seen
