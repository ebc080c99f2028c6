"""Drawn pictures kept on disk for those who learn to look: the judge, and the image–text model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from diffusers import AutoencoderTiny
from torch import Tensor
from torch.nn import functional

from pipeline.training.autoencoder import as_tensor, draw
from pipeline.training.decoder import worn
from pipeline.training.latents import kept_array
from pipeline.training.loop import Machine
from pipeline.training.scenes.scene import Scene, Stage, in_a_mirror, scene_at

SEED = 41
CHUNK = 48


@dataclass(frozen=True, kw_only=True)
class GalleryPlan:
    """How many scenes, how large, and how every third is worn: by the autoencoder, from latents so wrong."""

    scenes: int = 36_000
    side_px: int = 96
    worn_px: int = 144
    most_noise: float = 0.25
    most_blur: float = 0.5


@dataclass(frozen=True)
class Gallery:
    """(n, side, side, 3) bytes, and what they show."""

    pictures: npt.NDArray[np.uint8]
    scenes: list[Scene]

    def some(self, rng: np.random.Generator, count: int, device: torch.device) -> tuple[Tensor, list[Scene]]:
        """So many different ones: (count, 3, side, side) in −1 … 1, and their scenes.

        They are moved, in every other batch seen in a mirror, and sometimes grainy.
        """
        rows = np.sort(rng.choice(len(self.scenes), count, replace=False))
        scenes = [self.scenes[row] for row in rows]
        pictures = _shifted(as_tensor(self.pictures[rows], device), rng)
        grain = float(rng.choice((0.0, 0.0, 0.04)))
        if rng.random() < 0.5:
            pictures, scenes = pictures.flip(-1), [in_a_mirror(scene) for scene in scenes]
        return pictures + grain * torch.randn_like(pictures), scenes


def _shifted(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """All moved by up to a sixteenth of their side, so that few pictures do for long."""
    side = pictures.shape[-1]
    most = side // 16
    x, y = rng.integers(0, 2 * most + 1, 2)
    return functional.pad(pictures, (most, most, most, most), mode="replicate")[..., y : y + side, x : x + side]


def prepare(plan: GalleryPlan, stage: Stage, coder: AutoencoderTiny, folder: Path, machine: Machine) -> Gallery:
    """Draw all pictures, going on where an earlier run stopped."""
    scenes = [scene_at(stage, SEED, i) for i in range(plan.scenes)]
    shape = (plan.scenes, plan.side_px, plan.side_px, 3)
    kept = kept_array(folder / "gallery.npy", shape, np.dtype(np.uint8))
    progress = folder / "gallery.json"
    done = json.loads(progress.read_text()) if progress.exists() else 0
    for start in range(done, plan.scenes, CHUNK):
        drawn = pictures(plan, scenes[start : start + CHUNK], coder, machine)
        kept[start : start + CHUNK] = ((drawn + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
        progress.write_text(json.dumps(min(plan.scenes, start + CHUNK)))
    return Gallery(kept, scenes)


@torch.no_grad()
def pictures(plan: GalleryPlan, scenes: Sequence[Scene], coder: AutoencoderTiny, machine: Machine) -> Tensor:
    """(n, 3, side, side) in −1 … 1: drawn ones, and every third one worn as painted ones are."""
    clean = [row for row in range(len(scenes)) if row % 3]
    out = torch.empty(len(scenes), 3, plan.side_px, plan.side_px, device=machine.device)
    if clean:
        out[clean] = draw([scenes[row] for row in clean], plan.side_px, machine.device)
    rough = draw(list(scenes[::3]), plan.worn_px, machine.device)
    with machine.precision():
        latents = worn(coder.encode(rough).latents.float(), plan.most_noise, plan.most_blur)
        rough = coder.decode(latents).sample.float().clamp(-1, 1)
    out[::3] = functional.interpolate(rough, (plan.side_px, plan.side_px), mode="area")
    return out
