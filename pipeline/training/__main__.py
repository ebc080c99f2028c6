"""`python -m pipeline.training`: draw, train, measure and export Sketchbook; every step resumes where it stopped."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline, UNet2DConditionModel

from pipeline.training import (
    autoencoder,
    decoder,
    gallery,
    image_text,
    judge,
    measure,
    sheets,
    text_encoder,
    tokenizer,
    unet,
    upscaler,
)
from pipeline.training.export import export, known_by
from pipeline.training.gallery import Gallery
from pipeline.training.judge import Judge
from pipeline.training.loop import Machine, this_machine
from pipeline.training.plans import PLANS, Plan
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import FIRST_STAGE, scene_at

SKETCHBOOK = Path(__file__).parents[1] / "sketchbook"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One invocation: what to train, where, on what."""

    plan: Plan
    folder: Path
    target: Path
    machine: Machine
    count: int


def draw_sheet(run: Run) -> None:
    pictures = [render(scene_at(run.plan.stage, 0, i), 160, 160) for i in range(60)]
    sheets.sheet(pictures, 10).save(run.folder / "scenes.png")
    print(f"drew {run.folder / 'scenes.png'}", flush=True)


def train_tokenizer(run: Run) -> None:
    # The text encoder's weights belong to one tokenizer: never replace it under them.
    if not (run.folder / "tokenizer" / "vocab.json").exists():
        tokenizer.train(run.plan.stage, run.folder)


def train_text_encoder(run: Run) -> None:
    text_encoder.train(run.plan.text, run.folder, run.machine)


def train_autoencoder(run: Run) -> None:
    autoencoder.train(run.plan.autoencoder, run.plan.any_scene, run.folder, run.machine)


def train_decoder(run: Run) -> None:
    decoder.train(run.plan.decoder, run.plan.stage, run.folder, run.machine)


def train_unet(run: Run) -> None:
    unet.train(run.plan.unet, run.folder, run.machine)


def see_gallery(run: Run) -> Gallery:
    # A fresh clone has no autoencoder of its own making: the exported one serves as well.
    trained = (run.folder / "autoencoder").is_dir()
    coder = autoencoder.load(run.folder) if trained else AutoencoderTiny.from_pretrained(run.target / "vae").eval()
    coder = coder.to(run.machine.device)
    return gallery.prepare(run.plan.gallery, run.plan.stage, coder, run.folder, run.machine)


def train_image_text(run: Run) -> None:
    image_text.train(run.plan.image_text, run.plan.stage, see_gallery(run), run.folder, run.machine)


def train_upscaler(run: Run) -> None:
    coder = decoder.load(run.folder).to(run.machine.device)
    model = upscaler.train(run.plan.upscaler, run.plan.stage, coder, run.folder, run.machine)
    figures = upscaler.against_lanczos(model, run.plan.stage, coder, 24)
    (run.folder / "upscaler.json").write_text(json.dumps(figures))
    print(f"upscaler, dB on 24 unseen scenes: {figures}", flush=True)


def train_judge(run: Run) -> Judge:
    return judge.train(run.plan.stage, see_gallery(run), run.folder, run.machine, run.plan.judge)


def write_card(run: Run) -> None:
    """Measure the painter and leave `card.md` and contact sheets in the run's folder.

    Without a painter in the run's folder the exported one is measured, on what it says it can draw: a fresh clone can
    check the card.
    """
    one = train_judge(run)
    size_px = run.plan.unet.phases[-1].set.size_px
    reading = run.folder / "image_text"
    reader = image_text.Reader(reading if reading.is_dir() else run.target / "image_text", run.plan.stage)
    judges = measure.Judges(judge=one, reader=reader)
    session = measure.Session(pipeline=_painter(run), judges=judges, size_px=size_px, folder=run.folder)
    stages = {"one flat thing": FIRST_STAGE, "everything": run.plan.painted}
    if not _trained_here(run):
        stages = {title: known_by(run.target, stage) for title, stage in stages.items()}
    result = measure.card(session, stages, run.count)
    text = measure.as_markdown(result)
    (run.folder / "card.md").write_text(text)
    print(text, flush=True)


def _trained_here(run: Run) -> bool:
    return (run.folder / "unet").is_dir()


def _painter(run: Run) -> StableDiffusionPipeline:
    if not _trained_here(run):
        return StableDiffusionPipeline.from_pretrained(run.target, dtype=torch.float32).to(run.machine.device)
    painter = UNet2DConditionModel.from_pretrained(run.folder / "unet").to(run.machine.device)
    return unet.Studio.load(run.folder, run.machine).pipeline(painter)


def write_export(run: Run) -> None:
    export(run.folder, run.target, run.plan, run.machine)


STEPS: Mapping[str, Callable[[Run], object]] = {
    "render": draw_sheet,
    "tokenizer": train_tokenizer,
    "text": train_text_encoder,
    "autoencoder": train_autoencoder,
    "decoder": train_decoder,
    "unet": train_unet,
    "image_text": train_image_text,
    "upscaler": train_upscaler,
    "judge": train_judge,
    "measure": write_card,
    "export": write_export,
}


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline.training", description=__doc__)
    parser.add_argument("step", choices=[*STEPS, "all"], help="one step, or all of them in this order")
    parser.add_argument("--run", type=Path, default=Path("training-run"), help="where checkpoints and sheets are kept")
    parser.add_argument("--target", type=Path, default=SKETCHBOOK, help="where `export` writes the model")
    parser.add_argument("--plan", choices=list(PLANS), help="core or gpu; default: gpu where there is one")
    parser.add_argument("--count", type=int, default=1000, help="held-out prompts that `measure` paints")
    parser.add_argument("--threads", type=int, default=1, help="processor threads")
    return parser


def main() -> None:
    chosen = arguments().parse_args()
    torch.set_num_threads(chosen.threads)
    machine = this_machine()
    plan = chosen.plan or ("gpu" if machine.device.type == "cuda" else "core")
    chosen.run.mkdir(parents=True, exist_ok=True)
    run = Run(plan=PLANS[plan], folder=chosen.run, target=chosen.target, machine=machine, count=chosen.count)
    for name in STEPS if chosen.step == "all" else (chosen.step,):
        print(f"— {name} ({plan} plan, {machine.device}, {machine.product_dtype})", flush=True)
        STEPS[name](run)


if __name__ == "__main__":
    main()
