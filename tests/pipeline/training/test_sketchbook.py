"""The model that ships: what it promises, it keeps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoPipelineForText2Image, DPMSolverMultistepScheduler, StableDiffusionPipeline
from PIL import Image

from pipeline.gpu.describe import load_describer
from pipeline.training import ruler, upscaler
from pipeline.training.autoencoder import draw, psnr
from pipeline.training.image_text import Reader
from pipeline.training.measure import held_out_scenes
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import FIRST_STAGE, WHOLE_STAGE
from pipeline.training.sheets import paint
from pipeline.training.words import NUMBER_WORDS

SKETCHBOOK = Path(__file__).parents[3] / "pipeline" / "sketchbook"
PLAIN_PROMPTS = {
    "a red heart on a white background": ("red", "white"),
    "a yellow moon on a black background": ("yellow", "black"),
    "a blue star on an orange background": ("blue", "orange"),
    "a green triangle on a pink background": ("green", "pink"),
    "a purple house on a yellow background": ("purple", "yellow"),
    "a white ring on a red background": ("white", "red"),
    "красная рыба на белом фоне": ("red", "white"),
    "蓝色的方块，黄色背景": ("blue", "yellow"),
}


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    """Tests run side by side: more threads than processor cores only wait for each other."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def sketchbook() -> StableDiffusionPipeline:
    return AutoPipelineForText2Image.from_pretrained(SKETCHBOOK, torch_dtype=torch.float32, local_files_only=True)


def test_it_is_small_enough_to_ship() -> None:
    assert sum(file.stat().st_size for file in SKETCHBOOK.rglob("*") if file.is_file()) <= 40_000_000


def test_colours_and_plain_backgrounds_come_out_as_asked_in_three_languages(
    sketchbook: StableDiffusionPipeline,
) -> None:
    pictures = paint(sketchbook, list(PLAIN_PROMPTS), 256)

    found = [ruler.measure(picture, FIRST_STAGE.things) for picture in pictures]
    wanted = list(PLAIN_PROMPTS.values())
    right_colours = sum(m.colour == colour for m, (colour, _) in zip(found, wanted, strict=True))
    right_grounds = sum(m.background == ground for m, (_, ground) in zip(found, wanted, strict=True))

    assert right_colours >= 7
    assert right_grounds >= 7


def test_a_simple_outline_is_what_was_asked_for(sketchbook: StableDiffusionPipeline) -> None:
    shapes = ("heart", "star", "moon", "ring")
    pictures = paint(sketchbook, [f"a red {shape} on a white background" for shape in shapes], 256)

    found = [ruler.measure(picture, FIRST_STAGE.things).thing for picture in pictures]

    assert sum(seen == shape for seen, shape in zip(found, shapes, strict=True)) >= 3


def test_one_thing_stands_above_another_as_asked(sketchbook: StableDiffusionPipeline) -> None:
    picture = paint(sketchbook, ["a red circle above a blue square on a white background"], 256)[0].astype(int)

    upper, lower = picture[40:120, 80:176], picture[136:216, 80:176]

    assert (upper[..., 0] > upper[..., 2] + 60).mean() > 0.3
    assert (lower[..., 2] > lower[..., 0] + 60).mean() > 0.3


def test_four_are_more_than_one(sketchbook: StableDiffusionPipeline) -> None:
    picture = paint(sketchbook, ["four blue circles on a white background"], 256)[0].astype(int)

    blue = picture[..., 2] > picture[..., 0] + 60
    corners = [blue[y : y + 100, x : x + 100].mean() for y in (20, 136) for x in (20, 136)]

    assert min(corners) > 0.25
    assert blue[118:138].mean() < 0.1


def test_the_image_text_model_is_small_and_finds_the_caption_of_a_drawing_among_all() -> None:
    folder = SKETCHBOOK / "image_text"
    reader = Reader(folder, FIRST_STAGE)
    scenes = held_out_scenes(FIRST_STAGE, 60)

    places = reader.places([render(scene, 256, 256) for scene in scenes], scenes)

    assert sum(file.stat().st_size for file in folder.iterdir()) <= 10_000_000
    assert sum(place < 4 for place in places) >= 40


def test_it_says_how_many_there_are_in_a_drawing() -> None:
    describer = load_describer(str(SKETCHBOOK / "image_text"), offline=True, device="cpu")
    scenes = [scene for scene in held_out_scenes(WHOLE_STAGE, 20) if not scene.relation]

    said = [describer.describe(Image.fromarray(render(scene, 128, 128)), 1)[0].split()[0] for scene in scenes]

    numbers = {1: {"a", "an"}} | {count: {NUMBER_WORDS[count][0]} for count in (2, 3, 4, 5)}
    assert sum(word in numbers[scene.count] for word, scene in zip(said, scenes, strict=True)) >= 0.8 * len(scenes)
    assert {scene.count for scene in scenes} > {1, 3}


def test_wide_tall_and_default_sizes_are_painted(sketchbook: StableDiffusionPipeline) -> None:
    sketchbook.set_progress_bar_config(disable=True)

    sizes = [
        sketchbook("a cat", num_inference_steps=2, **size).images[0].size
        for size in ({}, {"width": 320, "height": 256}, {"width": 256, "height": 320})
    ]

    assert sizes == [(256, 256), (320, 256), (256, 320)]


def test_another_sampler_paints_the_same_colours(sketchbook: StableDiffusionPipeline) -> None:
    scheduler = DPMSolverMultistepScheduler.from_config(sketchbook.scheduler.config)
    other = StableDiffusionPipeline(**{**sketchbook.components, "scheduler": scheduler}, requires_safety_checker=False)

    picture = paint(other, ["a red heart on a white background"], 256)[0]

    assert ruler.measure(picture, FIRST_STAGE.things).colour == "red"


def test_words_it_does_not_know_do_no_harm(sketchbook: StableDiffusionPipeline) -> None:
    prompt = "a red heart on a white background, zqrxv, by a famous painter, trending, 8k"

    picture = paint(sketchbook, [prompt], 256)[0]

    assert ruler.measure(picture, FIRST_STAGE.things).colour == "red"


def test_a_picture_is_alike_alone_and_in_a_batch(sketchbook: StableDiffusionPipeline) -> None:
    prompts = ["a red heart on a white background", "a yellow moon at night"]

    alone = paint(sketchbook, prompts[:1], 256, steps=6)[0].astype(int)
    together = paint(sketchbook, prompts, 256, steps=6)[0].astype(int)

    assert np.abs(alone - together).max() <= 2


def test_example_prompts_use_only_words_it_knows() -> None:
    known = json.loads((SKETCHBOOK / "sketchbook.json").read_text(encoding="utf-8"))
    words = {
        part
        for kind in ("things", "colours", "places", "styles", "counts", "relations")
        for names in known[kind].values()
        for name in names["en"]
        for part in (*name.split(), f"{name}s")
    } | {"a", "an", "on", "background"}

    assert known["examples"]
    assert all(set(prompt.replace(",", "").split()) <= words for prompt in known["examples"])


def test_the_upscaler_adds_more_than_lanczos_does() -> None:
    model = upscaler.load(SKETCHBOOK)
    scenes = held_out_scenes(FIRST_STAGE, 4)
    device = torch.device("cpu")
    truth, small = draw(scenes, 512, device), draw(scenes, 256, device)

    with torch.no_grad():
        ours = model((small + 1) / 2).clamp(0, 1) * 2 - 1

    assert psnr(truth, ours) > psnr(truth, upscaler.lanczos(small)) + 1
