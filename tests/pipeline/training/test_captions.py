from __future__ import annotations

import random

from pipeline.training.captions import caption, plain_caption
from pipeline.training.scenes.scene import FIRST_STAGE, RELATIONS, WHOLE_STAGE, attributes_of, scene_at
from pipeline.training.words import (
    CHINESE_COLOURS,
    CHINESE_THINGS,
    COLOUR_WORDS,
    NUMBER_WORDS,
    RELATION_WORDS,
    RUSSIAN_COLOURS,
    RUSSIAN_THINGS,
    SIZE_WORDS,
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
        caption_ = caption(scene_at(FIRST_STAGE, 0, i), rng)
        text, said = caption_.text.lower().replace("ё", "е"), caption_.said

        if "thing" in said:
            # A word between the two halves of a name ("pine ... tree") still leaves each half there.
            assert any(all(part in text for part in name.split()) for name in names_of_thing(said["thing"])), text
        if "colour" in said:
            assert any(name in text for name in names_of_colour(said["colour"])), text


def test_counts_sizes_and_relations_are_always_said() -> None:
    rng = random.Random(3)
    scenes = [scene_at(WHOLE_STAGE, 0, i) for i in range(400)]
    for scene in scenes:
        text = caption(scene, rng).text.lower()

        if scene.count > 1:
            assert any(word.split()[0] in text for word in NUMBER_WORDS[scene.count]), text
        if scene.size_word:
            assert any(word in text for word in SIZE_WORDS[scene.size_word]), text
        if scene.relation:
            assert any(word.split()[0] in text for word in RELATION_WORDS[scene.relation]), text
    assert {scene.count for scene in scenes} == {1, 2, 3, 4, 5}
    assert {scene.relation for scene in scenes} == {*RELATIONS, None}


def test_captions_never_contradict_their_scene() -> None:
    rng = random.Random(1)
    for i in range(200):
        scene = scene_at(WHOLE_STAGE, 0, i)

        assert caption(scene, rng).said.items() <= attributes_of(scene).items()


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


def test_later_stages_are_captioned_in_full() -> None:
    scenes = [scene_at(WHOLE_STAGE, 0, i) for i in range(300)]
    pair = next(s for s in scenes if s.relation == "left" and s.style == "glass")
    group = next(s for s in scenes if s.count == 3)

    assert " to the left of a" in plain_caption(pair)
    assert plain_caption(pair).endswith(", stained glass")
    assert plain_caption(group).startswith("three ")
