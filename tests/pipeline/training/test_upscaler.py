from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from pipeline.training import autoencoder, upscaler
from pipeline.training.loop import Course, Machine
from pipeline.training.scenes.scene import FIRST_STAGE
from pipeline.training.upscaler import UpscalerPlan

PLAN = UpscalerPlan(
    width=8, depth=2, course=Course(steps=2, batch=2, peak_rate=1e-3, report_every=1000), crop_px=16, picture_px=64
)


def test_a_trained_upscaler_is_kept_in_the_compact_layout(small_run: Path, machine: Machine) -> None:
    coder = autoencoder.load(small_run)

    model = upscaler.train(PLAN, FIRST_STAGE, coder, small_run, machine)

    weights = load_file(small_run / "upscaler" / "model.safetensors")
    assert weights["body.0.weight"].shape == (8, 3, 3, 3)
    assert weights["body.1.weight"].shape == (8,)
    assert weights["body.6.weight"].shape == (12, 8, 3, 3)
    assert model(torch.zeros(1, 3, 10, 14)).shape == (1, 3, 20, 28)


def test_small_and_large_cuts_show_the_same_place(small_run: Path, machine: Machine) -> None:
    plan = UpscalerPlan(course=Course(steps=1, batch=4, peak_rate=1e-3), crop_px=32, picture_px=128)

    low, high = upscaler.pairs(plan, FIRST_STAGE, np.random.default_rng(0), autoencoder.load(small_run), machine)

    shrunk = torch.nn.functional.avg_pool2d(high, 2)
    assert (shrunk - low)[1::2].abs().mean() < 0.02


def test_lanczos_doubles_the_size() -> None:
    assert upscaler.lanczos(torch.zeros(2, 3, 8, 12)).shape == (2, 3, 16, 24)


def test_a_fresh_upscaler_enlarges_smoothly() -> None:
    torch.manual_seed(0)
    model = upscaler.build(UpscalerPlan(width=3, depth=2))
    picture = torch.rand(1, 3, 12, 12)

    smooth = torch.nn.functional.interpolate(picture, scale_factor=2, mode="bilinear", align_corners=False)

    # Inside: at the border the convolutions see zeros where bilinear enlargement repeats the edge.
    assert (model(picture) - smooth)[..., 8:-8, 8:-8].abs().max() < 1e-5
