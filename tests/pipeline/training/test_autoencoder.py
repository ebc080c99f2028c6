from __future__ import annotations

import torch

from pipeline.training.autoencoder import AutoencoderPlan, build, draw, evaluate
from pipeline.training.scenes.scene import FIRST_STAGE, scene_at

PLAN = AutoencoderPlan(encoder_width=8, decoder_width=8)


def test_an_untrained_autoencoder_already_gives_the_blurred_picture_back() -> None:
    torch.manual_seed(0)

    quality, _, _ = evaluate(build(PLAN), FIRST_STAGE, 128, count=6)

    assert quality > 17


def test_the_first_three_latents_begin_as_the_mean_colour_of_a_cell() -> None:
    torch.manual_seed(0)
    picture = draw([scene_at(FIRST_STAGE, 0, 1)], 64, torch.device("cpu"))

    with torch.no_grad():
        latents = build(PLAN).encode(picture).latents[:, :3]

    mean = 1.5 * torch.nn.functional.avg_pool2d(picture, 8)
    # Away from the border, where the encoder's zero padding is felt.
    assert (latents - mean)[..., 1:-1, 1:-1].abs().max() < 1e-4
