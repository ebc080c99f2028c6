"""What a painter says of pictures and words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from pipeline.gpu.describe import Vocabulary, caption, load_describer
from pipeline.gpu.fetch import CannotLoad
from pipeline.gpu.load import Model
from pipeline.gpu.weigh import weigh
from pipeline.questions import CannotAnswer
from tests.pipeline.gpu import words
from tests.pipeline.gpu.test_families import FAMILIES

ModelOf = Callable[[str], Model]
PICTURE = Image.new("RGB", (80, 48), (200, 40, 30))


@pytest.mark.parametrize("build", [words.clip, words.blip], ids=["ranks", "writes"])
def test_four_different_descriptions_the_same_every_time(build: Callable[[Path], Path], tmp_path: Path) -> None:
    describer = load_describer(str(build(tmp_path / "model")), offline=True, device="cpu")
    before = torch.random.get_rng_state()

    first, again = describer.describe(PICTURE, 4), describer.describe(PICTURE, 4)

    assert first == again
    assert len(set(first)) == len(first) == 4
    assert all(text.strip() == text != "" for text in first)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_captions_are_ranked_best_first_and_say_a_or_an(tmp_path: Path) -> None:
    describer = load_describer(str(words.clip(tmp_path / "model")), offline=True, device="cpu")

    two, five = describer.describe(PICTURE, 2), describer.describe(PICTURE, 5)

    assert five[:2] == two
    assert caption("{a} {colour} {thing}", {"colour": "orange", "thing": "owl"}) == "an orange owl"
    assert caption("{thing}, {a} {colour} one", {"colour": "red", "thing": "owl"}) == "owl, a red one"


def test_a_ranker_finds_the_caption_that_fits(tmp_path: Path) -> None:
    """Its text side is made to agree with the picture for one sentence alone."""
    describer = load_describer(str(words.clip(tmp_path / "model")), offline=True, device="cpu")
    right = "a blue boat at night, in neon"
    fits = {"a blue boat": 0.5, "a blue boat at night": 0.7, right: 0.9}
    vars(describer)["_fit"] = lambda captions, _seen: [fits.get(text, 0.0) for text in captions]

    assert describer.describe(PICTURE, 3) == (right, "a blue boat at night", "a blue boat")


def test_several_alike_are_counted_where_that_fits_better(tmp_path: Path) -> None:
    describer = load_describer(str(words.clip(tmp_path / "model")), offline=True, device="cpu")
    fits = {"a red owl": 0.6, "a red owl at night": 0.7, "three red owls": 0.5, "three red owls at night": 0.8}
    vars(describer)["_fit"] = lambda captions, _seen: [fits.get(text, 0.0) for text in captions]

    assert describer.describe(PICTURE, 3) == ("three red owls at night", "a red owl at night", "a red owl")


@pytest.mark.parametrize(
    "plain",
    [
        {"things": ["star"], "templates": [["a {colour} {thing}"]]},
        {"things": ["star"], "templates": []},
        {"things": ["star"], "templates": [["a {thing}"], []]},
        {"things": ["star"], "templates": ["a {thing}"]},
    ],
)
def test_a_vocabulary_that_does_not_fit_its_templates_is_refused(plain: dict[str, list[Any]], tmp_path: Path) -> None:
    folder = words.clip(tmp_path / "model")
    (folder / "vocabulary.json").write_text(json.dumps(plain))

    with pytest.raises(ValueError, match="template"):
        Vocabulary.from_plain(plain)
    with pytest.raises(CannotLoad, match="template"):
        load_describer(str(folder), offline=True, device="cpu")


def test_what_is_not_there_cannot_describe(tmp_path: Path) -> None:
    for where in (str(tmp_path), "nobody/nothing"):
        with pytest.raises(CannotLoad, match="could not be loaded"):
            load_describer(where, offline=True, device="cpu")


@pytest.mark.parametrize("name", FAMILIES)
def test_every_word_is_weighed_as_it_stands(name: str, model_of: ModelOf) -> None:
    prompt = "  A red fox,   under the\n(old)  Tree "

    found = weigh(model_of(name), prompt).words

    assert [each.word for each in found] == prompt.split()
    assert max(each.weight for each in found) == 1.0
    assert all(0 <= each.weight <= 1 for each in found)
    assert len({each.weight for each in found}) > 3


def test_words_that_the_encoder_never_reads_weigh_nothing(model_of: ModelOf) -> None:
    found = weigh(model_of("sd"), "fox " + "abcdefghij " * 20).words

    assert found[0].weight > 0
    assert found[-1].weight == 0


def test_no_words_weigh_nothing_and_a_hidden_encoder_is_said(model_of: ModelOf) -> None:
    model = model_of("sd")
    assert weigh(model, " ").words == ()

    usual = model.card.family
    object.__setattr__(model.card, "family", "kandinsky")
    try:
        with pytest.raises(CannotAnswer) as no:
            weigh(model, "a fox")
    finally:
        object.__setattr__(model.card, "family", usual)
    assert no.value.kind == "no_model"
