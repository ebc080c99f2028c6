"""A whole training run in miniature, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import CLIPTokenizer

from pipeline.training import autoencoder, decoder, text_encoder, tokenizer, unet
from pipeline.training.autoencoder import AutoencoderPlan
from pipeline.training.decoder import DecoderPlan
from pipeline.training.latents import SceneSet
from pipeline.training.loop import Course, Machine
from pipeline.training.scenes.scene import FIRST_STAGE, WHOLE_STAGE
from pipeline.training.text_encoder import TextPhase, TextPlan
from pipeline.training.unet import Phase, UnetPlan


def short(steps: int, batch: int) -> Course:
    return Course(steps=steps, batch=batch, peak_rate=1e-3, report_every=1000)


SMALL_UNET = UnetPlan(
    channels=(16, 32),
    attend=(False, True),
    phases=(
        Phase(set=SceneSet(name="small", stage=FIRST_STAGE, size_px=64, count=16), course=short(2, 4)),
        Phase(set=SceneSet(name="large", stage=WHOLE_STAGE, size_px=128, count=8), course=short(1, 2)),
    ),
)
SMALL_TEXT = TextPlan(
    width=32,
    heads=2,
    phases=(
        TextPhase(stage=FIRST_STAGE, layers=1, course=short(2, 4), checkpoint="text-first.pt"),
        TextPhase(stage=WHOLE_STAGE, layers=2, course=short(2, 4), checkpoint="text-whole.pt"),
    ),
)
SMALL_DECODER = DecoderPlan(course=short(2, 2), crop_px=32, picture_px=64)


@pytest.fixture(scope="session")
def machine() -> Machine:
    torch.set_num_threads(1)
    return Machine(device=torch.device("cpu"), product_dtype=torch.float32)


@pytest.fixture(scope="session")
def small_tokenizer(tmp_path_factory: pytest.TempPathFactory) -> CLIPTokenizer:
    return tokenizer.train(FIRST_STAGE, tmp_path_factory.mktemp("tokenizer"), captions=3000)


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory, machine: Machine) -> Path:
    """A run's folder with every part trained for a step or two."""
    folder = tmp_path_factory.mktemp("run")
    tokenizer.train(FIRST_STAGE, folder, captions=500)
    text_encoder.train(SMALL_TEXT, folder, machine)
    plan = AutoencoderPlan(encoder_width=8, decoder_width=8, course=short(2, 2), crop_px=32, picture_px=64)
    autoencoder.train(plan, FIRST_STAGE, folder, machine)
    decoder.train(SMALL_DECODER, WHOLE_STAGE, folder, machine)
    unet.train(SMALL_UNET, folder, machine)
    return folder
