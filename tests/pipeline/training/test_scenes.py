from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from pipeline.training.scenes.arrange import arrange
from pipeline.training.scenes.backdrops import LANDSCAPES
from pipeline.training.scenes.render import render, silhouette
from pipeline.training.scenes.scene import (
    COLOURS,
    FIRST_STAGE,
    WHOLE_STAGE,
    Scene,
    asked_of,
    held_out,
    in_a_mirror,
    scene_at,
    sights,
    sights_of,
)
from pipeline.training.scenes.styles import STYLES
from pipeline.training.scenes.things import THINGS


def a_scene(**changes: object) -> Scene:
    scene = Scene(thing="star", colour="red", background="white", x=0.5, y=0.5, size=0.6, seed=3)
    return dataclasses.replace(scene, **changes)  # type: ignore[arg-type]


def test_the_same_seed_and_index_always_give_the_same_picture() -> None:
    first, second = scene_at(FIRST_STAGE, 4, 17), scene_at(FIRST_STAGE, 4, 17)

    assert first == second
    assert np.array_equal(render(first, 96, 96), render(second, 96, 96))


def test_another_index_gives_another_scene() -> None:
    assert len({scene_at(FIRST_STAGE, 4, i) for i in range(50)}) == 50


@pytest.mark.parametrize("background", ["white", *LANDSCAPES])
def test_a_scene_looks_the_same_at_every_size(background: str) -> None:
    scene = a_scene(background=background)

    small, large = render(scene, 64, 64), render(scene, 192, 192)

    shrunk = large.reshape(64, 3, 64, 3, 3).mean((1, 3))
    assert np.abs(shrunk - small).mean() < 3.5


def test_edges_are_antialiased() -> None:
    picture = render(a_scene(thing="circle"), 64, 64).astype(int)

    green = picture[32, :, 1]
    between = (green > green.min() + 30) & (green < green.max() - 30)

    assert 1 <= between.sum() <= 4


@pytest.mark.parametrize("thing", THINGS)
def test_every_thing_shows_its_own_colour_most(thing: str) -> None:
    scene = a_scene(thing=thing, colour="blue")

    inside = render(scene, 96, 96)[silhouette(scene, 96, 96) > 250].astype(int)

    # Sails and snow are white, trunks brown; blue still leads in the middle of what is painted.
    assert (inside[:, 2] > inside[:, 0] + 10).mean() > 0.5


def test_wide_and_tall_pictures_keep_the_thing_round() -> None:
    wide = silhouette(a_scene(thing="circle"), 192, 96) > 127

    rows, columns = wide.any(1).sum(), wide.any(0).sum()

    assert abs(int(rows) - int(columns)) <= 1


def test_training_never_draws_a_combination_that_is_held_out() -> None:
    trained = [scene_at(FIRST_STAGE, 1, i) for i in range(400)]
    tested = [scene_at(dataclasses.replace(FIRST_STAGE, only_held_out=True), 1, i) for i in range(50)]

    assert not any(held_out(scene) for scene in trained)
    assert all(held_out(scene) for scene in tested)


def test_a_thing_never_hides_on_its_own_colour() -> None:
    scenes = [scene_at(FIRST_STAGE, 2, i) for i in range(400)]

    assert all(scene.colour != scene.background for scene in scenes)


def test_every_colour_and_landscape_comes_up() -> None:
    scenes = [scene_at(FIRST_STAGE, 3, i) for i in range(1500)]

    assert {scene.background for scene in scenes} == {*COLOURS, *LANDSCAPES}
    assert {scene.colour for scene in scenes} == set(COLOURS)
    assert {scene.thing for scene in scenes} == set(FIRST_STAGE.things)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_paints_its_own_picture(style: str) -> None:
    plain, styled = render(a_scene(), 96, 96), render(a_scene(style=style), 96, 96)

    assert styled.shape == plain.shape
    assert (style == "flat") == np.array_equal(styled, plain)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_as_many_things_are_placed_as_counted_and_none_overlap(count: int) -> None:
    places = arrange(a_scene(count=count, size=0.8))

    assert len(places) == count
    for a, b in itertools.combinations(places, 2):
        assert max(abs(a.x - b.x), abs(a.y - b.y)) > (a.size + b.size) / 2 * 0.85


@pytest.mark.parametrize(
    ("relation", "horizontal", "vertical"), [("above", 0, -1), ("below", 0, 1), ("left", -1, 0), ("right", 1, 0)]
)
def test_the_first_thing_stands_where_the_relation_says(relation: str, horizontal: int, vertical: int) -> None:
    other, first = arrange(a_scene(relation=relation, other="circle", other_colour="blue", size=0.8))

    assert first.thing == "star"
    assert np.sign(round(first.x - other.x, 3)) == horizontal
    assert np.sign(round(first.y - other.y, 3)) == vertical


def test_what_is_inside_is_painted_last_and_fits() -> None:
    frame, inner = arrange(a_scene(relation="inside", other="circle", other_colour="blue", size=0.8))

    assert (frame.thing, inner.thing) == ("circle", "star")
    assert inner.size < frame.size / 2


def test_things_of_any_size_stay_in_the_picture() -> None:
    scenes = [scene_at(WHOLE_STAGE, 1, i) for i in range(300)]

    for scene in (s for s in scenes if s.count == 1 and not s.relation):
        assert scene.size / 2 <= min(scene.x, scene.y, 1 - scene.x, 1 - scene.y)


@pytest.mark.parametrize(("said", "mirrored"), [("above", "below"), ("left", "right")])
def test_two_captions_of_one_picture_ask_to_see_the_same(said: str, mirrored: str) -> None:
    one = a_scene(relation=said, other="heart", other_colour="blue", size=0.8)
    same = dataclasses.replace(one, relation=mirrored, thing="heart", colour="blue", other="star", other_colour="red")

    assert np.abs(render(one, 64, 64).astype(int) - render(same, 64, 64)).mean() < 0.2
    assert sights_of(one) == sights_of(same)
    assert asked_of(one)["relation"] in sights(WHOLE_STAGE)["relation"]


BESIDE = {"relation": "left", "other": "heart", "other_colour": "blue", "size": 0.8}


@pytest.mark.parametrize("changes", [BESIDE, BESIDE | {"relation": "inside"}, {"x": 0.25}])
def test_a_scene_in_a_mirror_is_what_its_mirrored_picture_shows(changes: dict[str, object]) -> None:
    scene = a_scene(**changes)

    seen = render(scene, 64, 64)[:, ::-1].astype(int)

    assert np.abs(seen - render(in_a_mirror(scene), 64, 64)).mean() < 0.2
    assert in_a_mirror(in_a_mirror(scene)) == scene


def test_a_size_is_seen_whether_a_caption_names_it_or_not() -> None:
    silent, named = a_scene(size=0.65), a_scene(size=0.65, names_size=True)

    assert sights_of(silent)["size"] == sights_of(named)["size"] == "large"
    assert "size" not in asked_of(silent)
    assert asked_of(named)["size"] == "large"


def test_every_sight_of_a_scene_is_among_those_that_a_judge_can_name() -> None:
    known = sights(WHOLE_STAGE)

    for i in range(300):
        for name, value in sights_of(scene_at(WHOLE_STAGE, 9, i)).items():
            assert value in known[name]
