"""A painter that grows keeps what it knew."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from torch.nn import functional

from pipeline.training import unet
from pipeline.training.growth import grown
from tests.pipeline.training.conftest import SMALL_UNET


def a_painter() -> UNet2DConditionModel:
    torch.manual_seed(0)
    small = unet.build(SMALL_UNET, text_width=32).eval()
    torch.nn.init.normal_(small.conv_out.weight, std=0.1)
    return small


def smooth_latents() -> torch.Tensor:
    return functional.interpolate(torch.randn(1, 4, 2, 2), (16, 16), mode="bicubic")


@torch.no_grad()
def test_a_grown_painter_begins_with_the_small_ones_opinion_at_twice_the_size() -> None:
    small = a_painter()
    large, text, latents = grown(small).eval(), torch.randn(1, 77, 32), smooth_latents()

    before = small(functional.avg_pool2d(latents, 2), 300, text).sample
    after = functional.avg_pool2d(large(latents, 300, text).sample, 2)

    alike = torch.corrcoef(torch.stack([before.flatten(), after.flatten()]))[0, 1]
    assert float(alike) > 0.5


def test_the_trained_painter_has_one_level_more_than_it_began_with(small_run: Path) -> None:
    painter = UNet2DConditionModel.from_pretrained(small_run / "unet")

    assert painter.config.block_out_channels == [16, 16, 32]
    assert painter.config.sample_size == 16
