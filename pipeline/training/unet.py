"""The painter: one ordinary UNet2DConditionModel that grows with its pictures, a level for each doubling."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from torch import Tensor
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import CLIPTextModel, CLIPTokenizer

from pipeline.training import autoencoder, decoder, latents, sheets, text_encoder
from pipeline.training import tokenizer as tokenizers
from pipeline.training.captions import caption
from pipeline.training.growth import grown
from pipeline.training.latents import Latents, SceneSet
from pipeline.training.loop import Course, Machine, Trainer
from pipeline.training.scenes.scene import FIRST_STAGE, WHOLE_STAGE
from pipeline.training.scenes.styles import STYLES

# How much more a cell on the thing counts than one behind it: shape is a small part of the picture.
THING_WEIGHT = 3.0
EMPTY_CAPTIONS = 0.1
# Panes and hatching are most of a picture's detail: at full share a small painter learns all else more slowly.
TEXTURED_STYLES = ("sketch", "glass")
SMOOTH_TWICE = {style: 1 if style in TEXTURED_STYLES else 2 for style in STYLES}


@dataclass(frozen=True, kw_only=True)
class Phase:
    """Training on one set of scenes; the next phase goes on from the averaged weights.

    Scenes come up as often as their style's number in `times` says; other styles are left out.
    """

    set: SceneSet
    course: Course
    times: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(STYLES, 1))


@dataclass(frozen=True, kw_only=True)
class UnetPlan:
    """Widths, where text is attended to, and the sizes to grow through."""

    channels: tuple[int, ...] = (48, 96, 160)
    attend: tuple[bool, ...] = (False, True, True)
    layers: int = 1
    phases: Sequence[Phase] = field(
        default_factory=lambda: (
            Phase(
                set=SceneSet(name="128", stage=FIRST_STAGE, size_px=128, count=20_000),
                course=Course(steps=6000, batch=24, peak_rate=1e-3, report_every=400),
            ),
            Phase(
                set=SceneSet(name="whole-128", stage=WHOLE_STAGE, size_px=128, count=16_000),
                course=Course(steps=2400, batch=32, peak_rate=6e-4, report_every=400),
            ),
            Phase(
                set=SceneSet(name="whole-256", stage=WHOLE_STAGE, size_px=256, count=20_000),
                course=Course(steps=36_000, batch=16, peak_rate=6e-4, report_every=1000),
                times=SMOOTH_TWICE,
            ),
        )
    )


def build(plan: UnetPlan, text_width: int) -> UNet2DConditionModel:
    """A fresh network; the caption reaches every layer through the time embedding, and cells through attention."""
    down = tuple("CrossAttnDownBlock2D" if attend else "DownBlock2D" for attend in plan.attend)
    up = tuple("CrossAttnUpBlock2D" if attend else "UpBlock2D" for attend in reversed(plan.attend))
    model = UNet2DConditionModel(
        sample_size=plan.phases[0].set.size_px // latents.CELL_PX,
        in_channels=autoencoder.LATENT_CHANNELS,
        out_channels=autoencoder.LATENT_CHANNELS,
        block_out_channels=plan.channels,
        down_block_types=down,
        up_block_types=up,
        mid_block_type="UNetMidBlock2DCrossAttn",
        layers_per_block=plan.layers,
        cross_attention_dim=text_width,
        attention_head_dim=tuple(max(1, width // 32) for width in plan.channels),
        norm_num_groups=16,
        use_linear_projection=True,
        resnet_time_scale_shift="scale_shift",
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )
    torch.nn.init.zeros_(model.conv_out.weight)
    torch.nn.init.zeros_(model.conv_out.bias)
    return model


def noise_schedule() -> DDIMScheduler:
    """Velocity prediction, the last step pure noise, and steps counted from that end."""
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


def velocity_loss(
    model: UNet2DConditionModel, clean: Tensor, weight: Tensor, text: Tensor, alphas: Tensor, machine: Machine
) -> Tensor:
    """Squared velocity error, cell by cell weighted; times are spread evenly over the batch.

    clean:  (n, 4, h, w) scaled latents    weight: (n, 1, h, w)    text: (n, 77, width)
    """
    count = len(clean)
    places = (torch.randperm(count, device=clean.device) + torch.rand(count, device=clean.device)) / count
    times = (places * 1000).long().clamp(0, 999)
    alpha = alphas[times][:, None, None, None]
    noise = torch.randn_like(clean)
    noisy = alpha.sqrt() * clean + (1 - alpha).sqrt() * noise
    wanted = alpha.sqrt() * noise - (1 - alpha).sqrt() * clean
    with machine.precision(), sdpa_kernel(_attention(machine)):
        velocity = model(noisy.contiguous(memory_format=torch.channels_last), times, text).sample
    return (weight * (velocity.float() - wanted).square()).mean() / weight.mean()


def _attention(machine: Machine) -> list[SDPBackend]:
    """On a CPU plain products train a third faster than the fused kernel, at these sizes."""
    if machine.device.type == "cpu":
        return [SDPBackend.MATH]
    return [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]


@dataclass(frozen=True)
class Studio:
    """The trained parts that the painter learns with."""

    autoencoder: AutoencoderTiny
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer

    @classmethod
    def load(cls, folder: Path, machine: Machine) -> Studio:
        return cls(
            decoder.load(folder).to(machine.device),
            text_encoder.load(folder).to(machine.device),
            tokenizers.load(folder),
        )

    def pipeline(self, model: UNet2DConditionModel) -> StableDiffusionPipeline:
        """The whole as diffusers' own pipeline."""
        return StableDiffusionPipeline(
            vae=self.autoencoder,
            text_encoder=self.text_encoder,
            tokenizer=self.tokenizer,
            unet=model,
            scheduler=noise_schedule(),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def train(plan: UnetPlan, folder: Path, machine: Machine) -> None:
    """Train, or go on training, through all phases and write `folder`/unet."""
    studio = Studio.load(folder, machine)
    torch.manual_seed(plan.phases[0].course.seed)
    model = build(plan, studio.text_encoder.config.hidden_size)
    model = model.to(machine.device).to(memory_format=torch.channels_last)
    for phase in plan.phases:
        if phase.set.size_px > latents.CELL_PX * model.config.sample_size:
            model = grown(model).to(machine.device).to(memory_format=torch.channels_last)
        train_phase(model, phase, studio, folder, machine)
        model.save_pretrained(folder / "unet")


def train_phase(model: UNet2DConditionModel, phase: Phase, studio: Studio, folder: Path, machine: Machine) -> None:
    """Train at one size and leave the averaged weights in the model; each report paints a sample sheet."""
    trainer = Trainer(phase.course, model.parameters(), folder / f"unet-{phase.set.name}.pt")
    if trainer.step < phase.course.steps:
        material = latents.prepare(studio.autoencoder, phase.set, folder, machine)
        trainer.run(_lesson(model, phase, material, studio, machine), _reporter(model, phase, studio, trainer, folder))
    trainer.average.stay()


def _lesson(
    model: UNet2DConditionModel, phase: Phase, material: Latents, studio: Studio, machine: Machine
) -> Callable[[np.random.Generator, int], Tensor]:
    alphas = noise_schedule().alphas_cumprod.to(machine.device)
    learned = np.repeat(np.arange(len(material.scenes)), [phase.times.get(scene.style, 0) for scene in material.scenes])

    def step(rng: np.random.Generator, _step: int) -> Tensor:
        rows = learned[np.sort(rng.integers(0, len(learned), phase.course.batch))]
        clean = torch.from_numpy(material.values[rows].astype(np.float32)).to(machine.device)
        things = torch.from_numpy(material.things[rows].astype(np.float32) / 255).to(machine.device)
        with machine.precision():
            text = encoded(studio, texts_for(material, rows, rng))
        return velocity_loss(model, clean, near_thing(things), text, alphas, machine)

    return step


def _reporter(
    model: UNet2DConditionModel, phase: Phase, studio: Studio, trainer: Trainer, folder: Path
) -> Callable[[int, float, float], None]:
    def report(step: int, loss: float, pace: float) -> None:
        rate = pace * phase.course.batch
        print(f"unet {phase.set.name} {step}/{phase.course.steps}  loss {loss:.4f}  {rate:.1f} pictures/s", flush=True)
        with trainer.average.applied():
            sheets.sample_sheet(
                studio.pipeline(model), phase.set.size_px, folder / f"sheet-{phase.set.name}-{step:06d}.png"
            )

    return report


def texts_for(material: Latents, rows: np.ndarray, rng: np.random.Generator) -> list[str]:
    """A caption drawn anew for every picture, now and then none at all: that is what guidance leans on."""
    words = random.Random(int(rng.integers(1 << 62)))
    return ["" if words.random() < EMPTY_CAPTIONS else caption(material.scenes[row], words).text for row in rows]


@torch.no_grad()
def encoded(studio: Studio, texts: Sequence[str]) -> Tensor:
    ids = text_encoder.token_ids(studio.tokenizer, texts).to(studio.text_encoder.device)
    states: Tensor = studio.text_encoder(ids).last_hidden_state
    return states


def near_thing(things: Tensor) -> Tensor:
    """(n, h, w) silhouettes to (n, 1, h, w) weights that also cover the cells around the outline."""
    grown = functional.max_pool2d(things[:, None], 3, stride=1, padding=1)
    return 1 + THING_WEIGHT * grown
