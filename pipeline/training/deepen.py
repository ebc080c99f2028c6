"""One more halving for a trained autoencoder: the same latents then stand for pictures twice as wide and high.

The painter learns with the shallow autoencoder on small drawings, which is cheap. The deep one reads and writes the
same latents at full size: its encoder imitates the shallow one, its decoder goes on from there and adds fine detail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor, nn

from pipeline.training.autoencoder import HELD_OUT_SEED, LATENT_CHANNELS, as_tensor, draw, psnr
from pipeline.training.loop import Course, Machine, Trainer
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import Stage, scene_at

CELL_PX = 16


@dataclass(frozen=True, kw_only=True)
class DeepenPlan:
    """How long to train, on which cut-outs, and how wrong the painter's latents may be."""

    course: Course = field(
        default_factory=lambda: Course(steps=1600, batch=6, peak_rate=1e-3, slowest_average=0.995, weight_decay=1e-4)
    )
    crop_px: int = 128
    picture_px: int = 256
    most_noise: float = 0.2


def build(shallow: AutoencoderTiny) -> AutoencoderTiny:
    """A deep autoencoder that starts with all that the shallow one knows."""
    known = shallow.config
    model = AutoencoderTiny(
        encoder_block_out_channels=(*known.encoder_block_out_channels, known.encoder_block_out_channels[-1]),
        decoder_block_out_channels=(*known.decoder_block_out_channels, known.decoder_block_out_channels[-1]),
        num_encoder_blocks=(0, *known.num_encoder_blocks),
        num_decoder_blocks=(*known.num_decoder_blocks, 0),
        latent_channels=LATENT_CHANNELS,
        force_upcast=False,
        scaling_factor=known.scaling_factor,
    )
    with torch.no_grad():
        _continue_encoder(model.encoder.layers, shallow.encoder.layers)
        _continue_decoder(model.decoder.layers, shallow.decoder.layers)
    return model


def _continue_encoder(deep: nn.Sequential, shallow: nn.Sequential) -> None:
    """First the picture itself and a constant, then the shallow first layer at every second pixel, then the rest."""
    first, halving, old = deep[0], deep[1], shallow[0]
    assert isinstance(first, nn.Conv2d)
    assert isinstance(halving, nn.Conv2d)
    assert isinstance(old, nn.Conv2d)
    assert first.bias is not None
    assert old.bias is not None
    for parameter in (first.weight, first.bias):
        parameter[:4] = 0
    for channel in range(3):
        first.weight[channel, channel, 1, 1] = 1
    # The halving has no bias of its own; a channel that is always one stands in.
    first.bias[3] = 1
    halving.weight.mul_(0.1)
    halving.weight[:, :3] = old.weight
    halving.weight[:, 3] = 0
    halving.weight[:, 3, 1, 1] = old.bias
    _copy(list(shallow)[1:], list(deep)[2:])


def _continue_decoder(deep: nn.Sequential, shallow: nn.Sequential) -> None:
    """All but the last layer as it was, one smooth enlargement of every channel, and the last layer."""
    _copy(list(shallow), [*list(deep)[: len(shallow) - 1], deep[-1]])
    enlarging = deep[-2]
    assert isinstance(enlarging, nn.Conv2d)
    enlarging.weight.mul_(0.1)
    tent = torch.tensor([0.25, 0.5, 0.25])
    for channel in range(len(enlarging.weight)):
        enlarging.weight[channel, channel] += tent[:, None] * tent[None]


def _copy(trained: list[nn.Module], fresh: list[nn.Module]) -> None:
    for old, new in zip(trained, fresh, strict=True):
        new.load_state_dict(old.state_dict())


def cut_outs(plan: DeepenPlan, stage: Stage, rng: np.random.Generator, machine: Machine) -> tuple[Tensor, Tensor]:
    """The same places of scenes drawn at half and at full size, in −1 … 1."""
    small, large = [], []
    side = plan.crop_px
    for _ in range(plan.course.batch):
        scene = scene_at(stage, plan.course.seed + 51, int(rng.integers(1 << 40)))
        y, x = CELL_PX * rng.integers(0, (plan.picture_px - side) // CELL_PX + 1, 2)
        large.append(render(scene, plan.picture_px, plan.picture_px)[y : y + side, x : x + side])
        half = render(scene, plan.picture_px // 2, plan.picture_px // 2)
        small.append(half[y // 2 : (y + side) // 2, x // 2 : (x + side) // 2])
    return as_tensor(np.stack(small), machine.device), as_tensor(np.stack(large), machine.device)


def train(plan: DeepenPlan, stage: Stage, shallow: AutoencoderTiny, folder: Path, machine: Machine) -> None:
    """Train, or go on training, and write `folder`/autoencoder-deep."""
    torch.manual_seed(plan.course.seed)
    shallow = shallow.to(machine.device)
    model = build(shallow).to(machine.device).to(memory_format=torch.channels_last)
    trainer = Trainer(plan.course, model.parameters(), folder / "autoencoder-deep.pt")

    def step(rng: np.random.Generator, _step: int) -> Tensor:
        return _loss(model, shallow, cut_outs(plan, stage, rng, machine), plan.most_noise, machine)

    trainer.run(step, _reporter(plan, trainer, model, shallow, stage))
    with trainer.average.applied():
        model.save_pretrained(folder / "autoencoder-deep")


def _loss(
    model: AutoencoderTiny, shallow: AutoencoderTiny, pair: tuple[Tensor, Tensor], most_noise: float, machine: Machine
) -> Tensor:
    """The encoder's distance from the shallow latents, and the picture's from what was drawn at full size."""
    small, large = pair
    with machine.precision():
        with torch.no_grad():
            wanted = shallow.encode(small).latents
        latents = model.encode(large).latents
        # The painter's latents are never quite right: the decoder learns to draw clean edges from worn ones.
        wear = most_noise * torch.rand(len(wanted), 1, 1, 1, device=wanted.device)
        decoded = model.decode(wanted + wear * torch.randn_like(wanted)).sample
    error = decoded.float() - large
    edges = (error[..., 1:] - error[..., :-1]).abs().mean() + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    imitation = (latents.float() - wanted.float()).square().mean()
    return error.abs().mean() + error.square().mean() + 0.5 * edges + imitation


def _reporter(
    plan: DeepenPlan, trainer: Trainer, model: AutoencoderTiny, shallow: AutoencoderTiny, stage: Stage
) -> Callable[[int, float, float], None]:
    def report(step: int, loss: float, pace: float) -> None:
        with trainer.average.applied():
            figures = evaluate(model, shallow, stage, plan.picture_px)
        print(
            f"deep autoencoder {step}/{plan.course.steps}  loss {loss:.4f}  {figures}  {pace:.2f} steps/s", flush=True
        )

    return report


@torch.no_grad()
def evaluate(
    model: AutoencoderTiny, shallow: AutoencoderTiny, stage: Stage, size_px: int, count: int = 16
) -> dict[str, float]:
    """PSNR in dB on unseen scenes, from shallow latents and from its own; and how far the two latents are apart."""
    scenes = [scene_at(stage, HELD_OUT_SEED, i) for i in range(count)]
    small, large = draw(scenes, size_px // 2, model.device), draw(scenes, size_px, model.device)
    wanted, own = shallow.encode(small).latents, model.encode(large).latents
    return {
        "painted": round(psnr(large, model.decode(wanted).sample.clamp(-1, 1)), 2),
        "own": round(psnr(large, model.decode(own).sample.clamp(-1, 1)), 2),
        "apart": round(float((own - wanted).square().mean().sqrt()), 3),
    }


def load(folder: Path) -> AutoencoderTiny:
    return AutoencoderTiny.from_pretrained(folder / "autoencoder-deep").eval()
