"""The 2× upscaler: Real-ESRGAN's compact layout, taught on scenes that are drawn once small and once large."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from pipeline.gpu.compact import Compact
from pipeline.training.autoencoder import as_tensor, draw, psnr
from pipeline.training.decoder import worn
from pipeline.training.latents import CELL_PX
from pipeline.training.loop import Course, Machine, Trainer
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import Stage, scene_at

SCALE = 2
CUTS_PER_SCENE = 8
HELD_OUT_SEED = 32
TRAINING_SEED = 31


@dataclass(frozen=True, kw_only=True)
class UpscalerPlan:
    """Width and depth, and how long to train."""

    width: int = 24
    depth: int = 8
    course: Course = field(
        default_factory=lambda: Course(steps=6000, batch=16, peak_rate=8e-4, slowest_average=0.99, weight_decay=0.0)
    )
    crop_px: int = 48
    # How wrong the latents of painted pictures may be.
    most_noise: float = 0.15
    most_blur: float = 0.3
    picture_px: int = 256


def build(plan: UpscalerPlan) -> Compact:
    """A network that starts as bilinear enlargement, carrying the picture through in three channels.

    From a random start the correction only ever shrinks to nothing: nine tenths of a picture need none.
    """
    model = Compact(width=plan.width, blocks=plan.depth, scale=SCALE)
    with torch.no_grad():
        for layer in model.body:
            if isinstance(layer, nn.PReLU):
                layer.weight[:3] = 1
            elif isinstance(layer, nn.Conv2d):
                _carry_colours(layer)
        _enlarge_bilinearly(model.body[-1])
    return model


def _carry_colours(layer: nn.Conv2d) -> None:
    assert layer.bias is not None
    layer.bias.zero_()
    layer.weight[:3] = 0
    for channel in range(3):
        layer.weight[channel, channel, 1, 1] = 1


def _enlarge_bilinearly(last: nn.Module) -> None:
    """The difference between bilinear and nearest-neighbour enlargement, which the network adds anyway."""
    assert isinstance(last, nn.Conv2d)
    nn.init.kaiming_uniform_(last.weight, a=5**0.5)
    last.weight.mul_(0.1)
    taps = torch.tensor([[0.25, 0.75, 0.0], [0.0, 0.75, 0.25]])
    for place in range(SCALE * SCALE):
        bilinear = taps[place // SCALE][:, None] * taps[place % SCALE][None]
        bilinear[1, 1] -= 1
        for channel in range(3):
            last.weight[channel * SCALE * SCALE + place, :3] = 0
            last.weight[channel * SCALE * SCALE + place, channel] = bilinear


def pairs(
    plan: UpscalerPlan, stage: Stage, rng: np.random.Generator, autoencoder: AutoencoderTiny, machine: Machine
) -> tuple[Tensor, Tensor]:
    """Small and large cut-outs in 0 … 1; half of the small ones went through the autoencoder, as painted ones do."""
    small, large = [], []
    side = plan.crop_px
    # Drawing costs more than training here, so several cut-outs are taken from each scene.
    for row in range(plan.course.batch):
        if row % CUTS_PER_SCENE == 0:
            scene = scene_at(stage, TRAINING_SEED, int(rng.integers(1 << 40)))
            picture = render(scene, plan.picture_px, plan.picture_px)
            big = render(scene, SCALE * plan.picture_px, SCALE * plan.picture_px)
        # Cut at multiples of the autoencoder's cells, so that its blur is the same as in whole pictures.
        y, x = CELL_PX * rng.integers(0, (plan.picture_px - side) // CELL_PX + 1, 2)
        small.append(picture[y : y + side, x : x + side])
        large.append(big[SCALE * y : SCALE * (y + side), SCALE * x : SCALE * (x + side)])
    low, high = as_tensor(np.stack(small), machine.device), as_tensor(np.stack(large), machine.device)
    low[::2] = through(autoencoder, low[::2], machine, plan.most_noise, plan.most_blur)
    return (low + 1) / 2, (high + 1) / 2


@torch.no_grad()
def through(
    autoencoder: AutoencoderTiny, pictures: Tensor, machine: Machine, most_noise: float = 0.0, most_blur: float = 0.0
) -> Tensor:
    """What the autoencoder makes of pictures in −1 … 1, from latents that are worn so far."""
    with machine.precision():
        latents = worn(autoencoder.encode(pictures).latents.float(), most_noise, most_blur)
        decoded: Tensor = autoencoder.decode(latents).sample
    return decoded.float().clamp(-1, 1)


def train(plan: UpscalerPlan, stage: Stage, autoencoder: AutoencoderTiny, folder: Path, machine: Machine) -> Compact:
    """Train, or go on training, and write `folder`/upscaler/model.safetensors."""
    torch.manual_seed(plan.course.seed)
    model = build(plan).to(machine.device)
    trainer = Trainer(plan.course, model.parameters(), folder / "upscaler.pt")

    def step(rng: np.random.Generator, _step: int) -> Tensor:
        low, high = pairs(plan, stage, rng, autoencoder, machine)
        with machine.precision():
            enlarged = model(low)
        error = enlarged.float() - high
        return 20 * error.square().mean() + 0.2 * error.abs().mean()

    def report(step: int, loss: float, pace: float) -> None:
        with trainer.average.applied():
            figures = against_lanczos(model, stage, autoencoder, count=8)
        print(f"upscaler {step}/{plan.course.steps}  loss {loss:.4f}  {figures}  {pace:.1f} steps/s", flush=True)

    trainer.run(step, report)
    with trainer.average.applied():
        target = folder / "upscaler"
        target.mkdir(parents=True, exist_ok=True)
        save_file({k: v.contiguous() for k, v in model.state_dict().items()}, target / "model.safetensors")
    return load(folder)


def load(folder: Path) -> Compact:
    model = Compact.of_weights(load_file(folder / "upscaler" / "model.safetensors"))
    assert model is not None
    return model


@torch.no_grad()
def against_lanczos(model: Compact, stage: Stage, autoencoder: AutoencoderTiny, count: int) -> dict[str, float]:
    """PSNR in dB on unseen scenes: clean pictures and ones from the autoencoder, by this model and by Lanczos."""
    device = next(model.parameters()).device
    scenes = [scene_at(stage, HELD_OUT_SEED, i) for i in range(count)]
    truth, clean = draw(scenes, 512, device), draw(scenes, 256, device)
    worn = autoencoder.decode(autoencoder.encode(clean).latents).sample.clamp(-1, 1)
    figures: dict[str, float] = {}
    for name, small in (("clean", clean), ("painted", worn)):
        ours = torch.cat([model((one + 1) / 2) for one in small.split(2)]).clamp(0, 1) * 2 - 1
        figures[name] = round(psnr(truth, ours), 2)
        figures[f"{name}, Lanczos"] = round(psnr(truth, lanczos(small)), 2)
    return figures


def lanczos(pictures: Tensor) -> Tensor:
    """Pillow's Lanczos at twice the size; pictures in −1 … 1."""
    levels = ((pictures + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    height, width = levels.shape[1:3]
    size = (SCALE * width, SCALE * height)
    large = [np.asarray(Image.fromarray(one).resize(size, Image.Resampling.LANCZOS)) for one in levels]
    return as_tensor(np.stack(large), pictures.device)
