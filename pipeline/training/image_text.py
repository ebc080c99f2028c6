"""The image–text model: a small CLIPModel that says how well a caption fits a picture."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPTextModel, CLIPTokenizer, CLIPVisionConfig

from pipeline.training import text_encoder
from pipeline.training import tokenizer as tokenizers
from pipeline.training.autoencoder import draw
from pipeline.training.captions import brief_caption, caption, plain_caption, plural
from pipeline.training.gallery import Gallery
from pipeline.training.judge import classes
from pipeline.training.loop import Course, Machine, Trainer
from pipeline.training.scenes.scene import BACKGROUNDS, COLOURS, HIDDEN_ON, Scene, Stage, scene_at, sights
from pipeline.training.scenes.styles import STYLES
from pipeline.training.scenes.things import THINGS
from pipeline.training.words import NUMBER_WORDS

HELD_OUT_SEED = 42
# Pictures come in as −1 … 1.
MEAN = STD = 0.5
NAMING_WEIGHT = 0.3


@dataclass(frozen=True, kw_only=True)
class ImageTextPlan:
    """Widths, and how long to train."""

    side_px: int = 96
    patch_px: int = 12
    width: int = 192
    layers: int = 6
    heads: int = 6
    projection: int = 128
    # Captions per picture that are wrong in one attribute.
    almost_right: int = 2
    course: Course = field(
        default_factory=lambda: Course(
            steps=1400, batch=96, peak_rate=1e-3, slowest_average=0.995, weight_decay=0.05, report_every=100
        )
    )


def build(plan: ImageTextPlan, text: CLIPTextModel) -> CLIPModel:
    """A fresh image tower beside a copy of the text encoder, which already tells attributes apart and stays so."""
    vision = CLIPVisionConfig(
        hidden_size=plan.width,
        intermediate_size=plan.width * 4,
        projection_dim=plan.projection,
        num_hidden_layers=plan.layers,
        num_attention_heads=plan.heads,
        image_size=plan.side_px,
        patch_size=plan.patch_px,
        hidden_act="gelu",
    )
    config = CLIPConfig(
        text_config=text.config.to_dict(), vision_config=vision.to_dict(), projection_dim=plan.projection
    )
    model = CLIPModel(config)
    model.text_model.load_state_dict(text.state_dict())
    model.text_model.requires_grad_(False)  # noqa: FBT003 - torch's own signature
    places = model.vision_model.embeddings.position_embedding.weight
    with torch.no_grad():
        places[1:] = waves(plan.side_px // plan.patch_px, plan.width)
    return model


def waves(side: int, width: int) -> Tensor:
    """(side², width) sines and cosines of row and column: neighbours begin alike, so shapes are learned sooner."""
    rates = torch.pi * 2.0 ** (torch.arange(width // 4) * (math.log2(side) / (width // 4)))
    at = (torch.arange(side) + 0.5) / side
    angles = at[:, None] * rates[None]
    one = torch.cat([angles.sin(), angles.cos()], 1)
    rows, columns = one[:, None].expand(-1, side, -1), one[None].expand(side, -1, -1)
    return 0.3 * torch.cat([rows, columns], 2).reshape(side * side, width)


class Namer(nn.Module):
    """Linear heads that read every attribute off the image tower; thrown away after training."""

    def __init__(self, width: int, stage: Stage) -> None:
        super().__init__()
        self.known = sights(stage)
        self.heads = nn.ModuleDict({name: nn.Linear(width, len(values) + 1) for name, values in self.known.items()})

    def forward(self, state: Tensor, scenes: Sequence[Scene]) -> Tensor:
        """Summed naming error of (n, width) states."""
        wanted = classes(scenes, self.known)
        errors = [
            functional.cross_entropy(head(state), wanted[name].to(state.device)) for name, head in self.heads.items()
        ]
        return torch.stack(errors).sum()


def almost(scene: Scene, rng: random.Random) -> Scene:
    """The same scene but for one attribute."""
    kinds = ["thing", "colour", "background", "style"]
    kinds += ["count"] if scene.relation is None else ["relation", "swap"]
    kind = rng.choice(kinds)
    if kind == "swap" and scene.other and scene.other_colour:
        return replace(
            scene, thing=scene.other, other=scene.thing, colour=scene.other_colour, other_colour=scene.colour
        )
    choices: dict[str, Sequence[object]] = {
        "thing": tuple(THINGS),
        "colour": tuple(COLOURS),
        "background": BACKGROUNDS,
        "style": tuple(STYLES),
        "count": (1, 2, 3, 4, 5),
        "relation": ("above", "below", "left", "right", "inside"),
    }
    return replace(scene, **{kind: rng.choice([one for one in choices[kind] if one != getattr(scene, kind)])})  # type: ignore[arg-type]


def captions(plan: ImageTextPlan, scenes: Sequence[Scene], rng: random.Random) -> list[str]:
    """First a caption of every scene, plain or free or brief, then those that are wrong in one attribute."""
    right = [_one_caption(scene, rng) for scene in scenes]
    return right + [plain_caption(almost(scene, rng)) for _ in range(plan.almost_right) for scene in scenes]


def _one_caption(scene: Scene, rng: random.Random) -> str:
    manner = rng.random()
    if manner < 0.5:
        return plain_caption(scene)
    return caption(scene, rng).text if manner < 0.85 else brief_caption(scene)


def tokens(tokenizer: CLIPTokenizer, texts: Sequence[str], device: torch.device) -> Tensor:
    """Token numbers, padded no further than needed: what stands behind a text's end does not change its meaning."""
    ids: Tensor = tokenizer(
        list(texts), padding=True, truncation=True, max_length=tokenizers.MAX_TOKENS, return_tensors="pt"
    ).input_ids
    return ids.to(device)


def unit(features: Tensor) -> Tensor:
    return functional.normalize(features.float(), dim=-1)


def contrast(images: Tensor, texts: Tensor, scale: Tensor) -> Tensor:
    """Each picture must find its caption among all, and each right caption its picture; both unit vectors."""
    count = len(images)
    own = torch.arange(count, device=images.device)
    scores = scale.exp().clamp(max=100) * images @ texts.T
    return (functional.cross_entropy(scores, own) + functional.cross_entropy(scores[:, :count].T, own)) / 2


def train(plan: ImageTextPlan, stage: Stage, gallery: Gallery, folder: Path, machine: Machine) -> CLIPModel:
    """Train, or go on training, and write `folder`/image_text."""
    torch.manual_seed(plan.course.seed)
    tokenizer = tokenizers.load(folder)
    model = build(plan, text_encoder.load(folder)).to(machine.device).train()
    namer = Namer(plan.width, stage).to(machine.device)
    trainer = Trainer(plan.course, [*model.parameters(), *namer.parameters()], folder / "image_text.pt")

    def step(rng: np.random.Generator, _step: int) -> Tensor:
        shown, scenes = gallery.some(rng, plan.course.batch, machine.device)
        words = random.Random(int(rng.integers(1 << 62)))
        ids = tokens(tokenizer, captions(plan, scenes, words), machine.device)
        with machine.precision():
            seen = model.vision_model(shown).pooler_output
            images, texts = model.visual_projection(seen), model.get_text_features(ids).pooler_output
        naming = namer(seen.float(), scenes)
        return contrast(unit(images), unit(texts), model.logit_scale) + NAMING_WEIGHT * naming

    def report(step: int, loss: float, pace: float) -> None:
        with trainer.average.applied():
            figures = ranking(model, tokenizer, plan, stage, 64)
        print(f"image and text {step}/{plan.course.steps}  loss {loss:.3f}  {figures}  {pace:.2f} steps/s", flush=True)
        with trainer.average.applied():
            save(model, plan, stage, tokenizer, folder / "image_text")

    trainer.run(step, report)
    trainer.average.stay()
    save(model, plan, stage, tokenizer, folder / "image_text")
    return model.eval()


@torch.no_grad()
def ranking(
    model: CLIPModel, tokenizer: CLIPTokenizer, plan: ImageTextPlan, stage: Stage, count: int
) -> dict[str, float]:
    """How often the right caption of an unseen drawing comes first, and among the first four.

    It stands against every caption that differs in one attribute of thing, colour and background.
    """
    device = model.logit_scale.device
    scenes = [scene_at(replace(stage, only_held_out=True), HELD_OUT_SEED, i) for i in range(count)]
    shown = draw(scenes, plan.side_px, device)
    images = unit(model.get_image_features(shown).pooler_output)
    places = []
    for scene, image in zip(scenes, images, strict=True):
        texts = unit(model.get_text_features(tokens(tokenizer, neighbours(scene), device)).pooler_output)
        scores = texts @ image
        places.append(int((scores > scores[0]).sum()))
    return {
        "first": round(sum(place == 0 for place in places) / count, 3),
        "in four": round(sum(place < 4 for place in places) / count, 3),
    }


def neighbours(scene: Scene) -> list[str]:
    """The right caption, then all that differ in one of thing, colour and background."""
    others = [replace(scene, thing=thing) for thing in THINGS if thing != scene.thing]
    others += [replace(scene, colour=colour) for colour in COLOURS if colour not in {scene.colour, scene.background}]
    others += [
        replace(scene, background=place)
        for place in BACKGROUNDS
        if place != scene.background and scene.colour not in HIDDEN_ON.get(place, frozenset({place}))
    ]
    return [plain_caption(one) for one in (scene, *others)]


def processor(plan: ImageTextPlan) -> CLIPImageProcessorPil:
    """What turns any picture into the tower's input: shortest edge, middle square, −1 … 1."""
    return CLIPImageProcessorPil(
        size={"shortest_edge": plan.side_px},
        crop_size={"height": plan.side_px, "width": plan.side_px},
        image_mean=[MEAN] * 3,
        image_std=[STD] * 3,
    )


def save(model: CLIPModel, plan: ImageTextPlan, stage: Stage, tokenizer: CLIPTokenizer, folder: Path) -> None:
    """Model, image processor, tokenizer and the words to describe with, as transformers lays them out."""
    model.save_pretrained(folder)
    processor(plan).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary(stage), indent=1, ensure_ascii=False) + "\n")


def vocabulary(stage: Stage) -> dict[str, list[str] | list[list[str]]]:
    """Words in the canonical forms that captions were learned in, and how they make sentences, of one thing or several.

    `{a}` stands for "a" or "an", as the next word asks. A flat picture needs no style.
    """
    like = Scene(thing="star", colour="red", background="white", x=0.5, y=0.5, size=0.6, seed=0)
    named = plain_caption(like)
    start = named.index(" on ")
    backgrounds = [plain_caption(replace(like, background=place))[start + 1 :] for place in BACKGROUNDS]
    styles = [plain_caption(replace(like, style=style))[len(named) + 2 :] for style in STYLES if style != "flat"]
    things = list(dict.fromkeys(stage.things))
    subjects = ("{a} {colour} {thing}", "{number} {colour} {plural}")
    return {
        "things": things,
        "plurals": [plural(thing) for thing in things],
        "numbers": [NUMBER_WORDS[count][0] for count in sorted({*stage.counts} - {1})],
        "colours": list(COLOURS),
        "backgrounds": backgrounds,
        "styles": styles,
        "templates": [
            [subject, f"{subject} {{background}}", f"{subject} {{background}}, {{style}}"] for subject in subjects
        ],
    }


class Sight:
    """The trained model's eyes: pictures as directions, close together when they show the same."""

    def __init__(self, folder: Path) -> None:
        self.model = CLIPModel.from_pretrained(folder, dtype=torch.float32).eval()
        self.processor = CLIPImageProcessorPil.from_pretrained(folder)

    @torch.no_grad()
    def of(self, shown: Sequence[npt.NDArray[np.uint8]]) -> Tensor:
        """(n, projection) unit vectors of (height, width, 3) pictures."""
        pixels = self.processor([Image.fromarray(one) for one in shown], return_tensors="pt").pixel_values
        return torch.cat([unit(self.model.get_image_features(some).pooler_output) for some in pixels.split(64)])

    def apart(self, one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
        """One less the cosine between two pictures: 0 for the same, about 1 for pictures that share nothing."""
        first, second = self.of([one, other])
        return 1 - float(first @ second)


class Reader(Sight):
    """The same with every caption of a single thing that can be composed from the model's words."""

    @torch.no_grad()
    def __init__(self, folder: Path, stage: Stage) -> None:
        """Captions of combinations that no training has seen, or that would hide the thing, are among them."""
        super().__init__(folder)
        tokenizer = CLIPTokenizer.from_pretrained(folder)
        some = Scene(thing="star", colour="red", background="white", x=0.5, y=0.5, size=0.6, seed=0)
        every = product(dict.fromkeys(stage.things), COLOURS, BACKGROUNDS, stage.styles)
        self.captions = [
            plain_caption(replace(some, thing=thing, colour=colour, background=background, style=style))
            for thing, colour, background, style in every
        ]
        self.numbers = {text: number for number, text in enumerate(self.captions)}
        batches = [self.captions[start : start + 256] for start in range(0, len(self.captions), 256)]
        ids = [tokens(tokenizer, texts, self.model.device) for texts in batches]
        self.texts = torch.cat([unit(self.model.get_text_features(some).pooler_output) for some in ids])

    def places(self, shown: Sequence[npt.NDArray[np.uint8]], scenes: Sequence[Scene]) -> list[int]:
        """How many captions fit each picture better than its own."""
        scores = self.of(shown) @ self.texts.T
        own = [self.numbers[plain_caption(scene)] for scene in scenes]
        right = scores[torch.arange(len(own)), own]
        return (scores > right[:, None]).sum(1).tolist()
