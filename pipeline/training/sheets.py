"""Pictures laid out side by side, for eyes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

BATCH = 12
STEPS = 12
GUIDANCE = 2.0
PROMPTS: Sequence[str] = (
    "a red star on a blue background",
    "a yellow moon at night",
    "a green tree in the snow",
    "an orange cat on a white background",
    "a pink heart on a black background",
    "a white boat at sunset",
    "a purple fish in the sea",
    "a red mushroom in a forest",
    "a white rocket in the night sky",
    "a red house in a meadow",
    "a blue balloon on a yellow background",
    "a pink flower in a meadow",
    "a gray robot in the desert",
    "a cyan circle on a brown background",
    "a green triangle on a pink background",
    "a black square on an orange background",
    "a yellow ring on a purple background",
    "a white diamond on a red background",
    "a gray mountain at sunset",
    "a blue house in the snow, dreamy",
    "красное сердце на белом фоне",
    "夜晚的黄色的星星",
    "an orange cat on a white background, watercolor",
    "a blue robot on a yellow background, 3d render",
    "an orange fish in the sea, pixel art",
    "a pink flower at night, neon",
    "a white boat at sunset, stained glass",
    "a red rocket on a white background, pencil sketch",
    "three yellow stars at night",
    "two pink hearts on a white background",
    "four red mushrooms in a forest",
    "five blue circles on a white background",
    "a red circle above a blue square on a white background",
    "a green tree to the left of a red house in the snow",
    "a yellow star inside a blue circle on a white background",
    "a small red balloon in a meadow",
)


def sheet(pictures: Sequence[npt.NDArray[np.uint8]], columns: int, gap_px: int = 3) -> Image.Image:
    """Lay equal pictures out in rows on white."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    page = np.full((rows * (height + gap_px) + gap_px, columns * (width + gap_px) + gap_px, 3), 255, np.uint8)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        y, x = gap_px + row * (height + gap_px), gap_px + column * (width + gap_px)
        page[y : y + height, x : x + width] = picture
    return Image.fromarray(page)


def paint(
    pipeline: StableDiffusionPipeline,
    prompts: Sequence[str],
    size_px: int,
    steps: int = STEPS,
    guidance: float = GUIDANCE,
    seed: int = 0,
) -> list[npt.NDArray[np.uint8]]:
    """Paint one picture per prompt, seeded prompt by prompt, through the pipeline's own call."""
    pipeline.set_progress_bar_config(disable=True)
    pictures: list[npt.NDArray[np.uint8]] = []
    for start in range(0, len(prompts), BATCH):
        some = list(prompts[start : start + BATCH])
        painted = pipeline(
            some,
            num_inference_steps=steps,
            guidance_scale=guidance,
            height=size_px,
            width=size_px,
            generator=[torch.Generator().manual_seed(seed * 100_003 + start + k) for k in range(len(some))],
            output_type="np",
        ).images
        pictures += list((painted * 255).round().astype(np.uint8))
    return pictures


def sample_sheet(pipeline: StableDiffusionPipeline, size_px: int, path: Path) -> None:
    """Paint the standing prompts and keep the sheet."""
    sheet(paint(pipeline, PROMPTS, size_px), 8).save(path)
