"""From a training run to the folder that ships: half-precision weights, words, examples and the model card."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from transformers import CLIPModel

from pipeline.training import words
from pipeline.training.latents import CELL_PX
from pipeline.training.loop import Machine
from pipeline.training.plans import Plan
from pipeline.training.scenes.scene import COLOURS, Stage
from pipeline.training.sheets import GUIDANCE, STEPS
from pipeline.training.unet import Studio

LIMIT_BYTES = 40_000_000
# What the report card is measured with; sizes are multiples of the autoencoder's cell.
DEFAULTS = {"steps": STEPS, "guidance": GUIDANCE, "size_px": 256, "multiple_px": CELL_PX}
EXAMPLES = (
    "a yellow moon at night",
    "a purple fish in the sea",
    "three yellow stars at night",
    "a white boat at sunset",
    "a yellow triangle on a purple background, neon",
    "a yellow house under a rainbow",
    "a red balloon above a blue house in a meadow",
    "a green tree to the left of a red house in the snow",
    "a red mushroom in a forest",
    "a red boat in the rain",
    "a green rocket on a white background, pencil sketch",
    "an orange fish in the sea, pixel art",
)


class TooLarge(Exception):
    """The exported weights exceed what may ship in the repository."""


def export(run: Path, target: Path, plan: Plan, machine: Machine) -> None:
    """Write the pipeline, its words and its card to `target`; everything else there stays."""
    studio = Studio.load(run, machine)
    model = UNet2DConditionModel.from_pretrained(run / "unet")
    pipeline = studio.pipeline(model).to(torch.float16)
    pipeline.save_pretrained(target)
    # Left alone, diffusers would warn about a setting that it derives, and transformers would load half precision
    # while diffusers loads single.
    _change_settings(target / "vae" / "config.json", drop="block_out_channels")
    _change_settings(target / "text_encoder" / "config.json", dtype="float32")
    if (run / "image_text").is_dir():
        export_image_text(run, target)
    upscaler = run / "upscaler" / "model.safetensors"
    if upscaler.exists():
        (target / "upscaler").mkdir(exist_ok=True)
        shutil.copyfile(upscaler, target / "upscaler" / "model.safetensors")
    (target / "sketchbook.json").write_text(json.dumps(vocabulary(plan.painted), indent=1, ensure_ascii=False) + "\n")
    card, enlarging = run / "card.md", run / "upscaler.json"
    figures = card.read_text() if card.exists() else "Not measured yet.\n"
    if enlarging.exists():
        figures += UPSCALER.format(json.loads(enlarging.read_text()))
    notes = run / "notes.md"
    history = f"\n{notes.read_text()}" if notes.exists() else ""
    (target / "README.md").write_text(model_card(figures, seen(run, plan), model.num_parameters(), history))
    size = sum(file.stat().st_size for file in target.rglob("*.safetensors"))
    if size > LIMIT_BYTES:
        raise TooLarge(f"The weights take {size / 1e6:.1f} MB; at most {LIMIT_BYTES / 1e6:.0f} MB may ship.")
    print(f"exported to {target}: {size / 1e6:.1f} MB of weights", flush=True)


def export_image_text(run: Path, target: Path) -> None:
    """The image–text model in half precision, with its words."""
    source, folder = run / "image_text", target / "image_text"
    CLIPModel.from_pretrained(source).half().save_pretrained(folder)
    _change_settings(folder / "config.json", dtype="float32")
    for file in source.iterdir():
        if file.suffix == ".json" and file.name != "config.json":
            shutil.copyfile(file, folder / file.name)


UPSCALER = """
The upscaler (2×, `upscaler/model.safetensors`) on 24 unseen scenes, against drawings of twice the size: clean pictures
{0[clean]} dB (Lanczos {0[clean, Lanczos]} dB), pictures that went through the autoencoder {0[painted]} dB (Lanczos
{0[painted, Lanczos]} dB).
"""


def _change_settings(config: Path, drop: str = "", **changes: str) -> None:
    settings = json.loads(config.read_text()) | changes
    settings.pop(drop, None)
    config.write_text(json.dumps(settings, indent=2) + "\n")


def vocabulary(stage: Stage) -> dict[str, object]:
    """What the model can draw, word by word and in three languages where it knows them, and prompts to try."""
    things = list(dict.fromkeys(stage.things))
    return {
        "things": {
            thing: {
                "en": _once(words.THING_WORDS[thing]),
                "ru": words.RUSSIAN_THINGS[thing][0],
                "zh": words.CHINESE_THINGS[thing],
            }
            for thing in things
        },
        "colours": {
            colour: {
                "en": _once(words.COLOUR_WORDS[colour]),
                "ru": words.RUSSIAN_COLOURS[colour][0],
                "zh": words.CHINESE_COLOURS[colour],
            }
            for colour in COLOURS
        },
        "places": {
            place: {
                "en": _once(words.PLACE_WORDS[place]),
                "ru": words.RUSSIAN_PLACES[place][0],
                "zh": words.CHINESE_PLACES[place],
            }
            for place in stage.landscapes
        },
        **_english_only(stage),
        "examples": list(EXAMPLES),
        "defaults": DEFAULTS,
    }


def known_by(target: Path, stage: Stage) -> Stage:
    """The part of a stage that the model exported there says it can draw."""
    told = json.loads((target / "sketchbook.json").read_text())
    return replace(
        stage,
        things=[thing for thing in stage.things if thing in told["things"]],
        landscapes=[place for place in stage.landscapes if place in told["places"]],
        styles=[style for style in stage.styles if style == "flat" or style in told.get("styles", {})],
        earlier=known_by(target, stage.earlier) if stage.earlier else None,
    )


def _english_only(stage: Stage) -> dict[str, dict[str, dict[str, list[str]]]]:
    """What only English captions name: styles, numbers, sizes, where things stand to each other."""
    styles = {style: {"en": _once(words.STYLE_WORDS[style])} for style in stage.styles if style != "flat"}
    counts = {str(count): {"en": _once(words.NUMBER_WORDS[count])} for count in sorted({*stage.counts} - {1})}
    sizes = {size: {"en": _once(names)} for size, names in words.SIZE_WORDS.items() if stage.names_sizes}
    relations = {relation: {"en": _once(words.RELATION_WORDS[relation])} for relation in stage.relations}
    found = {"styles": styles, "counts": counts, "sizes": sizes, "relations": relations}
    return {kind: entries for kind, entries in found.items() if entries}


def _once(names: Sequence[str]) -> list[str]:
    """Every word once, the canonical one first."""
    return list(dict.fromkeys(names))


CARD = """---
license: mit
library_name: diffusers
pipeline_tag: text-to-image
---

# Sketchbook

Easel's built-in model: a small latent-diffusion model in Stable-Diffusion layout, so that a machine with nothing on it
can paint. It draws things in colours on plain backgrounds or in small landscapes, at 256×256 pixels: one of them, up to
five alike, or two that stand to each other; in the styles that `sketchbook.json` lists. It was trained only on scenes
that the project draws itself (`pipeline/training`); no photograph, no artist's work and no downloaded weight is in it.
Width and height are multiples of {multiple_px} pixels; 256×256 is what it was trained on. Guidance 1.5 to 3 and {steps}
steps are good.

What it knows is listed in `sketchbook.json`; other words do no harm and add nothing. Prompts in Russian and Chinese
work for the same things, colours and places, not for styles, numbers and relations.

Beside it lie an upscaler (`upscaler/`) and an image–text model (`image_text/`, a CLIPModel with its tokenizer, the
settings of its image processor, and the words and templates to compose captions from).

## Measured

Prompts are combinations of thing, colour and background that the painter never saw in training. "Painted" is judged
by a small network that learned from drawings only, the looser judge; the rows marked "measured" compare outline, median
colour and margins of single flat things with drawn templates, without any learning, the stricter one. Each attribute is
asked of the prompts that name it; of two things the upper or the left one counts as the first, because a picture does
not say which of them the prompt named first. The last two columns say how far each judge can be trusted: close to 1 on
correct drawings, close to chance on drawings with another scene's label. Where it is well below 1 on drawings, compare
the two. Captions by the image–text model are all that can be composed of one thing, colour, background and style.

{figures}
## Training

The painter (UNet, {million:.1f} million weights) learned from {trained_on}.
The autoencoder and the text encoder learned before it, on scenes drawn without end. More steps go on improving it, and
the command resumes where it stopped. Things of many small parts (robots, flowers, cats, rockets), and several of them
at once, would gain most from more.
{notes}
## How to reproduce

    python -m pipeline.training all        # draw, train, measure and write this folder; resumes where it stopped
    python -m pipeline.training measure    # the figures above
"""


def seen(run: Path, plan: Plan) -> str:
    """How many pictures the painter has learned from so far, phase by phase."""
    phases = []
    for phase in plan.unet.phases:
        state = torch.load(run / f"unet-{phase.set.name}.pt", map_location="cpu", weights_only=True, mmap=True)
        pictures = state["step"] * phase.course.batch
        phases.append(f"{pictures:,} pictures of {phase.set.count:,} scenes at {phase.set.size_px} pixels")
    return ", then ".join(phases)


def model_card(figures: str, trained_on: str, weights: int, notes: str = "") -> str:
    """The card's text; `notes` is what happened in this run alone, `notes.md` in its folder."""
    return CARD.format(
        figures=figures,
        trained_on=trained_on,
        notes=notes,
        million=weights / 1e6,
        steps=STEPS,
        multiple_px=CELL_PX,
    )
