from __future__ import annotations

import random

from pipeline.training.captions import caption, plain_caption
from pipeline.training.scenes.scene import FIRST_STAGE, scene_at
from pipeline.training.words import (
    CHINESE_COLOURS,
    CHINESE_THINGS,
    COLOUR_WORDS,
    RUSSIAN_COLOURS,
    RUSSIAN_THINGS,
    THING_WORDS,
)


def names_of_thing(thing: str) -> list[str]:
    return [*THING_WORDS[thing], RUSSIAN_THINGS[thing][0].replace("ё", "е"), CHINESE_THINGS[thing]]


def names_of_colour(colour: str) -> list[str]:
    russian = [form.replace("ё", "е") for form in RUSSIAN_COLOURS[colour]]
    return [*COLOUR_WORDS[colour], *russian, CHINESE_COLOURS[colour].removesuffix("色")]


def test_a_caption_holds_a_word_for_everything_it_claims_to_name() -> None:
    rng = random.Random(0)
    for i in range(500):
        said = caption(scene_at(FIRST_STAGE, 0, i), rng)
        text = said.text.lower().replace("ё", "е")

        if said.thing:
            # A word between the two halves of a name ("pine ... tree") still leaves each half there.
            assert any(all(part in text for part in name.split()) for name in names_of_thing(said.thing)), said
        if said.colour:
            assert any(name in text for name in names_of_colour(said.colour)), said


def test_captions_never_contradict_their_scene() -> None:
    rng = random.Random(1)
    for i in range(200):
        scene = scene_at(FIRST_STAGE, 0, i)
        said = caption(scene, rng)

        assert said.thing in (scene.thing, None)
        assert said.colour in (scene.colour, None)
        assert said.background in (scene.background, None)


def test_one_scene_has_very_many_captions() -> None:
    rng = random.Random(2)
    scene = scene_at(FIRST_STAGE, 0, 0)

    assert len({caption(scene, rng).text for _ in range(200)}) > 120


def test_the_plain_caption_names_everything_in_canonical_words() -> None:
    scene = next(s for s in (scene_at(FIRST_STAGE, 0, i) for i in range(999)) if s.background == "orange")

    text = plain_caption(scene)

    assert scene.thing in text
    assert scene.colour in text
    assert text.endswith("on an orange background")


def test_no_name_stands_for_two_things() -> None:
    names = [(thing, name) for thing in THING_WORDS for name in set(THING_WORDS[thing])]

    assert len({name for _, name in names}) == len(names)
