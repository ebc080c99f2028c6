"""The picture autoencoder: 8×8 pixels to four latent channels that begin, and stay near, the block's mean colour."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from diffusers.models.unets.unet_2d_blocks import AutoencoderTinyBlock
from torch import Tensor, nn
from torch.nn import functional

from pipeline.training.loop import Course, Machine, Trainer
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import Scene, Stage, scene_at

LATENT_CHANNELS = 4
# Latent = SPREAD · colour − SPREAD/2: colours between 0 and 1 get about unit variance.
SPREAD = 3.0
HELD_OUT_SEED = 9_001


@dataclass(frozen=True, kw_only=True)
class AutoencoderPlan:
    """Widths, and how long to train."""

    encoder_width: int = 24
    decoder_width: int = 48
    course: Course = field(
        default_factory=lambda: Course(steps=2300, batch=8, peak_rate=1.5e-3, slowest_average=0.995, weight_decay=1e-4)
    )
    crop_px: int = 96
    picture_px: int = 256
    latent_noise: float = 0.06


def build(plan: AutoencoderPlan) -> AutoencoderTiny:
    """A fresh autoencoder that already reproduces smooth colour."""
    model = AutoencoderTiny(
        encoder_block_out_channels=(plan.encoder_width,) * 4,
        decoder_block_out_channels=(plan.decoder_width,) * 4,
        num_encoder_blocks=(1, 1, 1, 2),
        num_decoder_blocks=(3, 2, 2, 1),
        latent_channels=LATENT_CHANNELS,
        force_upcast=False,
    )
    with torch.no_grad():
        _pass_colour_down(model.encoder.layers)
        _pass_colour_up(model.decoder.layers)
    return model


def _pass_colour_down(layers: nn.Sequential) -> None:
    """Encoder: three channels carry the picture, halved by averaging, into the first three latents."""
    convolutions = _reserve_colour_channels(layers)
    for layer in convolutions:
        for k in range(3):
            if layer.stride[0] == 2:
                layer.weight[k, k, 1:, 1:] = 0.25
            else:
                layer.weight[k, k, 1, 1] = 1.0
    last = convolutions[-1]
    last.weight[:3] *= SPREAD
    assert last.bias is not None
    last.bias[:3] = -SPREAD / 2


def _pass_colour_up(layers: nn.Sequential) -> None:
    """Decoder: the first three latents come out again as a smoothly enlarged picture."""
    convolutions = _reserve_colour_channels(layers)
    first, last = convolutions[0], convolutions[-1]
    tent = torch.tensor([0.25, 0.5, 0.25])
    for k in range(3):
        # The decoder first squashes its input with 3·tanh(x/3); this slope takes ±1.5 to 0 … 1 again.
        first.weight[k, k, 1, 1] = 0.5 / (3 * math.tanh(0.5))
        last.weight[k, k, 1, 1] = 1.0
        for middle in convolutions[1:-1]:
            middle.weight[k, k] = tent[:, None] * tent[None]
    assert first.bias is not None
    first.bias[:3] = 0.5
    last.weight[:, 3:] *= 0.1


def _reserve_colour_channels(layers: nn.Sequential) -> list[nn.Conv2d]:
    """Clear everything that would write into channels 0–2, and return the plain convolutions in order."""
    convolutions = [layer for layer in layers if isinstance(layer, nn.Conv2d)]
    branches = [layer.conv for layer in layers if isinstance(layer, AutoencoderTinyBlock)]
    for layer in (*convolutions, *(branch[4] for branch in branches)):
        layer.weight[:3] = 0
        if layer.bias is not None:
            layer.bias[:3] = 0
    return convolutions


def as_tensor(pictures: np.ndarray, device: torch.device) -> Tensor:
    """(n, height, width, 3) bytes to (n, 3, height, width) floats in −1 … 1."""
    floats = torch.from_numpy(pictures).to(device).permute(0, 3, 1, 2).float()
    return floats.div_(127.5).sub_(1).contiguous(memory_format=torch.channels_last)


def draw(scenes: list[Scene], size_px: int, device: torch.device) -> Tensor:
    return as_tensor(np.stack([render(scene, size_px, size_px) for scene in scenes]), device)


def crops(plan: AutoencoderPlan, stage: Stage, rng: np.random.Generator, device: torch.device) -> Tensor:
    """Random square cut-outs of freshly drawn scenes; every fourth scene is drawn at half size."""
    side = plan.crop_px
    out = np.empty((plan.course.batch, side, side, 3), np.uint8)
    for row in range(plan.course.batch):
        size = plan.picture_px // 2 if row % 4 == 3 else plan.picture_px
        picture = render(scene_at(stage, plan.course.seed, int(rng.integers(1 << 40))), size, size)
        y, x = rng.integers(0, size - side + 1, 2)
        out[row] = picture[y : y + side, x : x + side]
    return as_tensor(out, device)


def loss_of(model: AutoencoderTiny, pictures: Tensor, machine: Machine, noise: float) -> Tensor:
    """Pixels, edges and coarse colour of the reconstruction, and latents kept near mean colour and unit variance."""
    with machine.precision():
        latents = model.encode(pictures).latents
        decoded = model.decode(latents + noise * torch.randn_like(latents)).sample
    latents, decoded = latents.float(), decoded.float()
    error = decoded - pictures
    edges = (error[..., 1:] - error[..., :-1]).abs().mean() + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    coarse = functional.avg_pool2d(error, 4).abs().mean()
    anchor = SPREAD / 2 * functional.avg_pool2d(pictures, 8)
    near = (latents[:, :3] - anchor).square().mean()
    detail = latents[:, 3]
    unit = detail.mean().square() + (detail.std() - 1).square()
    return error.abs().mean() + error.square().mean() + 0.5 * edges + 0.5 * coarse + 0.1 * near + 0.02 * unit


def psnr(a: Tensor, b: Tensor) -> float:
    """Mean peak signal-to-noise ratio in dB of pictures in −1 … 1."""
    return float((10 * torch.log10(4 / (a - b).square().mean((1, 2, 3)))).mean())


@torch.no_grad()
def evaluate(model: AutoencoderTiny, stage: Stage, size_px: int, count: int = 24) -> tuple[float, Tensor, Tensor]:
    """PSNR on scenes that were never trained on, the pictures and their reconstructions."""
    pictures = draw([scene_at(stage, HELD_OUT_SEED, i) for i in range(count)], size_px, model.device)
    decoded = model.decode(model.encode(pictures).latents).sample.clamp(-1, 1)
    return psnr(pictures, decoded), pictures, decoded


def train(plan: AutoencoderPlan, stage: Stage, folder: Path, machine: Machine) -> AutoencoderTiny:
    """Train, or go on training, and write `folder`/autoencoder in diffusers layout."""
    torch.manual_seed(plan.course.seed)
    model = build(plan).to(machine.device).to(memory_format=torch.channels_last)
    trainer = Trainer(plan.course, model.parameters(), folder / "autoencoder.pt")

    def step(rng: np.random.Generator, _step: int) -> Tensor:
        return loss_of(model, crops(plan, stage, rng, machine.device), machine, plan.latent_noise)

    def report(step: int, loss: float, pace: float) -> None:
        with trainer.average.applied():
            quality, _, _ = evaluate(model, stage, plan.picture_px)
        print(
            f"autoencoder {step}/{plan.course.steps}  loss {loss:.4f}  PSNR {quality:.2f} dB  {pace:.2f} steps/s",
            flush=True,
        )

    trainer.run(step, report)
    with trainer.average.applied():
        _save(model, stage, plan, folder / "autoencoder")
    return load(folder)


@torch.no_grad()
def _save(model: AutoencoderTiny, stage: Stage, plan: AutoencoderPlan, folder: Path) -> None:
    """Store the weights together with the factor that gives the latents unit variance."""
    pictures = draw([scene_at(stage, HELD_OUT_SEED, i) for i in range(64)], plan.picture_px, model.device)
    latents = torch.cat([model.encode(some).latents for some in pictures.split(16)])
    model.register_to_config(scaling_factor=float(1 / latents.std()))
    model.save_pretrained(folder)
    spread = {"mean": latents.mean((0, 2, 3)).tolist(), "std": latents.std((0, 2, 3)).tolist()}
    (folder / "latents.json").write_text(json.dumps(spread, indent=1) + "\n")


def load(folder: Path) -> AutoencoderTiny:
    return AutoencoderTiny.from_pretrained(folder / "autoencoder").eval()
