"""Scenes as latents, computed once per picture size and kept on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from diffusers import AutoencoderTiny

from pipeline.training.autoencoder import LATENT_CHANNELS, draw
from pipeline.training.loop import Machine
from pipeline.training.scenes.render import silhouette
from pipeline.training.scenes.scene import Scene, Stage, scene_at

CELL_PX = 8
CHUNK = 64
SCENES_SEED = 1


@dataclass(frozen=True, kw_only=True)
class SceneSet:
    """So many scenes of a stage, drawn at one size; `name` names their latents on disk."""

    name: str
    stage: Stage
    size_px: int
    count: int


@dataclass(frozen=True)
class Latents:
    """Scaled latents, where the thing stands in them, and the scenes they show."""

    values: npt.NDArray[np.float16]
    things: npt.NDArray[np.uint8]
    scenes: list[Scene]


def prepare(model: AutoencoderTiny, wanted: SceneSet, folder: Path, machine: Machine) -> Latents:
    """Draw and encode the scenes, going on where an earlier run stopped."""
    side, count = wanted.size_px // CELL_PX, wanted.count
    values = kept_array(
        folder / f"latents-{wanted.name}.npy", (count, LATENT_CHANNELS, side, side), np.dtype(np.float16)
    )
    things = kept_array(folder / f"things-{wanted.name}.npy", (count, side, side), np.dtype(np.uint8))
    scenes = [scene_at(wanted.stage, SCENES_SEED, i) for i in range(count)]
    progress = folder / f"latents-{wanted.name}.json"
    done = json.loads(progress.read_text()) if progress.exists() else 0
    model = model.to(machine.device)
    for start in range(done, count, CHUNK):
        chunk = scenes[start : start + CHUNK]
        values[start : start + CHUNK] = _encode(model, chunk, wanted.size_px, machine)
        things[start : start + CHUNK] = np.stack([silhouette(scene, side, side) for scene in chunk])
        progress.write_text(json.dumps(min(count, start + CHUNK)))
    spread = float(np.std(values[:2000].astype(np.float32)))
    print(f"latents {wanted.name}: {count} scenes, standard deviation {spread:.3f}", flush=True)
    return Latents(values, things, scenes)


def kept_array(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """A file-backed array of this shape; a file of another shape is started afresh."""
    if path.exists() and np.load(path, mmap_mode="r").shape == shape:
        return np.lib.format.open_memmap(path, mode="r+")
    path.with_suffix(".json").unlink(missing_ok=True)
    return np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)


@torch.no_grad()
def _encode(model: AutoencoderTiny, scenes: list[Scene], size_px: int, machine: Machine) -> npt.NDArray[np.float16]:
    pictures = draw(scenes, size_px, machine.device)
    with machine.precision():
        # Two at a time stay in a processor's cache: sixteen took nearly twice as long.
        latents = torch.cat([model.encode(some).latents for some in pictures.split(2)])
    return (latents.float() * model.config.scaling_factor).cpu().numpy().astype(np.float16)
