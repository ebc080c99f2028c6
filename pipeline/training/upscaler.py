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
from torch.nn import functional

from pipeline.training.autoencoder import as_tensor, draw, psnr
from pipeline.training.deepen import CELL_PX
from pipeline.training.loop import Course, Machine, Trainer
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import Stage, scene_at

SCALE = 2
CUTS_PER_SCENE = 4
HELD_OUT_SEED = 32
TRAINING_SEED = 31


@dataclass(frozen=True, kw_only=True)
class UpscalerPlan:
    """Width and depth, and how long to train."""

    width: int = 24
    depth: int = 8
    course: Course = field(
        default_factory=lambda: Course(steps=3000, batch=12, peak_rate=6e-4, slowest_average=0.995, weight_decay=0.0)
    )
    crop_px: int = 48
    picture_px: int = 256


class Compact(nn.Module):
    """Convolutions with PReLU at low resolution, a pixel shuffle, and the enlarged input added.

    The names of its weights (body.0.weight …) are those of SRVGGNetCompact, which spandrel calls "Compact".
    (n, 3, h, w) in 0 … 1 to (n, 3, 2h, 2w).
    """

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, width, 3, padding=1), nn.PReLU(width)]
        for _ in range(depth):
            layers += [nn.Conv2d(width, width, 3, padding=1), nn.PReLU(width)]
        layers.append(nn.Conv2d(width, 3 * SCALE * SCALE, 3, padding=1))
        self.body = nn.ModuleList(layers)

    @torch.no_grad()
    def begin_as_bilinear(self) -> None:
        """Carry the picture through in three channels and start from bilinear enlargement.

        From a random start the correction only ever shrinks to nothing: nine tenths of a picture need none.
        """
        convolutions = [layer for layer in self.body if isinstance(layer, nn.Conv2d)]
        for carrying in convolutions[:-1]:
            carrying.weight[:3] = 0
            for channel in range(3):
                carrying.weight[channel, channel, 1, 1] = 1
        for layer in self.body:
            if isinstance(layer, nn.PReLU):
                layer.weight[:3] = 1
            elif isinstance(layer, nn.Conv2d) and layer.bias is not None:
                layer.bias.zero_()
        last = convolutions[-1]
        last.weight.mul_(0.1)
        taps = torch.tensor([[0.25, 0.75, 0.0], [0.0, 0.75, 0.25]])
        for place in range(SCALE * SCALE):
            bilinear = taps[place // SCALE][:, None] * taps[place % SCALE][None]
            bilinear[1, 1] -= 1
            for channel in range(3):
                last.weight[channel * SCALE * SCALE + place, :3] = 0
                last.weight[channel * SCALE * SCALE + place, channel] = bilinear

    def forward(self, picture: Tensor) -> Tensor:
        features = picture
        for layer in self.body:
            features = layer(features)
        enlarged = functional.interpolate(picture, scale_factor=SCALE, mode="nearest")
        return functional.pixel_shuffle(features, SCALE) + enlarged


def pairs(
    plan: UpscalerPlan, stage: Stage, rng: np.random.Generator, autoencoder: AutoencoderTiny, machine: Machine
) -> tuple[Tensor, Tensor]:
    """Small and large cut-outs in 0 … 1; a third of the small ones went through the autoencoder, as painted ones do."""
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
    with torch.no_grad(), machine.precision():
        low[::3] = autoencoder.decode(autoencoder.encode(low[::3]).latents).sample.float().clamp(-1, 1)
    return (low + 1) / 2, (high + 1) / 2


def train(plan: UpscalerPlan, stage: Stage, autoencoder: AutoencoderTiny, folder: Path, machine: Machine) -> Compact:
    """Train, or go on training, and write `folder`/upscaler/model.safetensors."""
    torch.manual_seed(plan.course.seed)
    model = Compact(plan.width, plan.depth).to(machine.device)
    model.begin_as_bilinear()
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
    weights = load_file(folder / "upscaler" / "model.safetensors")
    width = weights["body.0.weight"].shape[0]
    depth = (max(int(name.split(".")[1]) for name in weights) - 2) // 2
    model = Compact(width, depth)
    model.load_state_dict(weights)
    return model.eval()


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
