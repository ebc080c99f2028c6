"""The image–text model in miniature: layout, words, and what training is shown."""

from __future__ import annotations

import json
import random
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

from pipeline.gpu.describe import Vocabulary
from pipeline.gpu.describe import caption as filled
from pipeline.training import autoencoder, image_text
from pipeline.training.captions import plain_caption
from pipeline.training.gallery import GalleryPlan, prepare
from pipeline.training.image_text import ImageTextPlan, Reader, almost, contrast, neighbours, unit
from pipeline.training.loop import Machine
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import BACKGROUNDS, COLOURS, FIRST_STAGE, WHOLE_STAGE, Scene, scene_at
from tests.pipeline.training.conftest import short

PLAN = ImageTextPlan(side_px=32, patch_px=8, width=32, layers=1, heads=2, projection=16, course=short(2, 6))
GALLERY = GalleryPlan(scenes=12, side_px=32, worn_px=48)


@pytest.fixture(scope="module")
def trained(small_run: Path, machine: Machine) -> Path:
    gallery = prepare(GALLERY, WHOLE_STAGE, autoencoder.load(small_run), small_run, machine)
    image_text.train(PLAN, WHOLE_STAGE, gallery, small_run, machine)
    return small_run / "image_text"


def test_the_folder_loads_with_transformers_own_classes(trained: Path) -> None:
    model, tokenizer = CLIPModel.from_pretrained(trained), CLIPTokenizer.from_pretrained(trained)
    processor = CLIPImageProcessorPil.from_pretrained(trained)

    ids = tokenizer(["a red star", "a cat"], padding=True, return_tensors="pt").input_ids
    pixels = processor(Image.new("RGB", (60, 40)), return_tensors="pt").pixel_values

    assert pixels.shape == (1, 3, 32, 32)
    assert model(input_ids=ids, pixel_values=pixels).logits_per_image.shape == (1, 2)


@pytest.mark.parametrize("count", [1, 3])
def test_the_words_beside_it_make_the_captions_it_learned(count: int, trained: Path) -> None:
    words = json.loads((trained / "vocabulary.json").read_text(encoding="utf-8"))
    vocabulary = Vocabulary.from_plain(words)
    scene = Scene(
        thing="cat", colour="orange", background="night", x=0.5, y=0.5, size=0.8, seed=1, style="neon", count=count
    )
    choice = {
        "thing": "cat",
        "plural": words["plurals"][words["things"].index("cat")],
        "number": "three",
        "colour": "orange",
        "background": "at night",
        "style": "neon",
    }

    assert plain_caption(scene) in {filled(way[-1], choice) for way in vocabulary.ways}


def test_text_means_the_same_whatever_the_padding_behind_it(trained: Path) -> None:
    model, tokenizer = CLIPModel.from_pretrained(trained).eval(), CLIPTokenizer.from_pretrained(trained)

    def meaning(texts: list[str]) -> torch.Tensor:
        ids = image_text.tokens(tokenizer, texts, torch.device("cpu"))
        return unit(model.get_text_features(ids).pooler_output)[0]

    assert torch.allclose(meaning(["a cat"]), meaning(["a cat", "four blue robots in the desert"]), atol=1e-5)


def test_an_almost_right_scene_differs_in_what_its_caption_says() -> None:
    rng = random.Random(1)
    scenes = [scene_at(WHOLE_STAGE, 3, i) for i in range(200)]

    pairs = [(scene, almost(scene, rng)) for scene in scenes]

    assert all(plain_caption(a) != plain_caption(b) for a, b in pairs)
    changed = [sum(getattr(a, f.name) != getattr(b, f.name) for f in fields(a)) for a, b in pairs]
    assert set(changed) <= {1, 2, 4}


def test_neighbours_start_with_the_right_caption_and_never_repeat_it() -> None:
    scene = scene_at(FIRST_STAGE, 3, 0)

    texts = neighbours(scene)

    assert texts[0] == plain_caption(scene)
    assert len(set(texts)) == len(texts) > 30


def test_contrast_is_small_only_when_each_picture_finds_its_own_caption() -> None:
    own, scale = torch.eye(4), torch.tensor(4.0)

    right, wrong = contrast(own, own, scale), contrast(own, own.roll(1, 0), scale)

    assert float(right) < 0.01 < float(wrong)


def test_a_reader_places_every_picture_among_all_captions(trained: Path) -> None:
    reader = Reader(trained, FIRST_STAGE)
    scenes = [scene_at(FIRST_STAGE, 5, i) for i in range(3)]

    places = reader.places([render(scene, 64, 64) for scene in scenes], scenes)

    assert len(reader.captions) == len(FIRST_STAGE.things) * len(COLOURS) * len(BACKGROUNDS)
    assert all(0 <= place < len(reader.captions) for place in places)


def test_a_picture_is_no_way_apart_from_itself(trained: Path) -> None:
    sight = image_text.Sight(trained)
    one, other = np.zeros((40, 40, 3), np.uint8), np.full((40, 40, 3), 200, np.uint8)

    assert sight.apart(one, one) == pytest.approx(0, abs=1e-5)
    assert sight.apart(one, other) > 1e-4
