"""The decoder's second lesson: draw clean pictures, in every style, from latents that are not quite right.

The encoder stays as it is, so a painter can learn on its latents before, during and after this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor
from torch.nn import functional

from pipeline.training import autoencoder
from pipeline.training.autoencoder import HELD_OUT_SEED, as_tensor, draw, psnr
from pipeline.training.latents import CELL_PX
from pipeline.training.loop import Course, Machine, Trainer
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import Stage, scene_at

TRAINING_SEED = 51
CUTS_PER_SCENE = 2


@dataclass(frozen=True, kw_only=True)
class DecoderPlan:
    """How long to train, on which cut-outs, and how wrong the latents may be."""

    course: Course = field(
        default_factory=lambda: Course(
            steps=600, batch=8, peak_rate=8e-4, slowest_average=0.99, weight_decay=1e-4, report_every=100
        )
    )
    crop_px: int = 96
    picture_px: int = 256
    most_noise: float = 0.25
    most_blur: float = 0.5


def cut_outs(plan: DecoderPlan, stage: Stage, rng: np.random.Generator, machine: Machine) -> Tensor:
    """Squares of freshly drawn scenes, (n, 3, crop, crop) in −1 … 1, cut at the encoder's cells."""
    out = []
    side, size = plan.crop_px, plan.picture_px
    for row in range(plan.course.batch):
        if row % CUTS_PER_SCENE == 0:
            picture = render(scene_at(stage, TRAINING_SEED, int(rng.integers(1 << 40))), size, size)
        y, x = CELL_PX * rng.integers(0, (size - side) // CELL_PX + 1, 2)
        out.append(picture[y : y + side, x : x + side])
    return as_tensor(np.stack(out), machine.device)


def worn(latents: Tensor, most_noise: float, most_blur: float) -> Tensor:
    """Latents as a painter leaves them: a little smoothed, a little noisy, each picture by another measure."""
    blur, noise = torch.rand(2, len(latents), 1, 1, 1, device=latents.device)
    smooth = functional.avg_pool2d(functional.pad(latents, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return torch.lerp(latents, smooth, most_blur * blur) + most_noise * noise * torch.randn_like(latents)


def loss_of(model: AutoencoderTiny, pictures: Tensor, plan: DecoderPlan, machine: Machine) -> Tensor:
    """Pixels and edges of what is drawn from worn latents."""
    with machine.precision():
        with torch.no_grad():
            latents = model.encode(pictures).latents
            latents = worn(latents.float(), plan.most_noise, plan.most_blur)
        decoded = model.decode(latents).sample
    error = decoded.float() - pictures
    edges = (error[..., 1:] - error[..., :-1]).abs().mean() + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    return error.abs().mean() + error.square().mean() + 0.5 * edges


def train(plan: DecoderPlan, stage: Stage, folder: Path, machine: Machine) -> AutoencoderTiny:
    """Train, or go on training, and write `folder`/autoencoder-worn."""
    model = autoencoder.load(folder).to(machine.device).to(memory_format=torch.channels_last)
    model.encoder.requires_grad_(False)  # noqa: FBT003 - torch's own signature
    trainer = Trainer(plan.course, model.decoder.parameters(), folder / "decoder.pt")

    def step(rng: np.random.Generator, _step: int) -> Tensor:
        return loss_of(model, cut_outs(plan, stage, rng, machine), plan, machine)

    def report(step: int, loss: float, pace: float) -> None:
        with trainer.average.applied():
            figures = evaluate(model, plan, stage)
            model.save_pretrained(folder / "autoencoder-worn")
        print(f"decoder {step}/{plan.course.steps}  loss {loss:.4f}  {figures}  {pace:.2f} steps/s", flush=True)

    trainer.run(step, report)
    trainer.average.stay()
    model.save_pretrained(folder / "autoencoder-worn")
    return model.eval()


@torch.no_grad()
def evaluate(model: AutoencoderTiny, plan: DecoderPlan, stage: Stage, count: int = 16) -> dict[str, float]:
    """PSNR in dB on unseen scenes, from the encoder's latents and from worn ones."""
    torch.manual_seed(HELD_OUT_SEED)
    pictures = draw([scene_at(stage, HELD_OUT_SEED, i) for i in range(count)], plan.picture_px, model.device)
    latents = model.encode(pictures).latents
    rough = worn(latents, plan.most_noise, plan.most_blur)
    return {
        name: round(psnr(pictures, model.decode(some).sample.clamp(-1, 1)), 2)
        for name, some in (("clean", latents), ("worn", rough))
    }


def load(folder: Path) -> AutoencoderTiny:
    """The autoencoder with the best decoder there is."""
    taught = folder / "autoencoder-worn"
    return AutoencoderTiny.from_pretrained(taught).eval() if taught.is_dir() else autoencoder.load(folder)
