from __future__ import annotations

import dataclasses

import pytest
import torch

from pipeline.training import ruler
from pipeline.training.judge import Judge, look
from pipeline.training.measure import Share, by_ruler
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import FIRST_STAGE, scene_at

PLAIN = dataclasses.replace(FIRST_STAGE, landscape_share=0.0, only_held_out=True)


def test_the_ruler_names_drawn_things_and_colours() -> None:
    scenes = [scene_at(PLAIN, 5, i) for i in range(60)]

    shares = by_ruler([render(scene, 128, 128) for scene in scenes], scenes, FIRST_STAGE.things)

    assert shares["thing on a plain background, measured"].value > 0.93
    assert shares["colour on a plain background, measured"].value > 0.93


def test_the_ruler_is_not_fooled_by_wrong_labels() -> None:
    scenes = [scene_at(PLAIN, 6, i) for i in range(60)]
    pictures = [render(scene, 128, 128) for scene in scenes]

    shares = by_ruler(pictures, scenes[1:] + scenes[:1], FIRST_STAGE.things)

    assert shares["thing on a plain background, measured"].value < 0.2
    assert shares["colour on a plain background, measured"].value < 0.3


def test_an_empty_picture_measures_as_nothing() -> None:
    scene = dataclasses.replace(scene_at(PLAIN, 5, 0), size=0.001)

    measured = ruler.measure(render(scene, 128, 128), FIRST_STAGE.things)

    assert (measured.thing, measured.colour) == (None, None)
    assert measured.background == scene.background


def test_a_judge_sees_a_picture_alike_alone_and_among_others() -> None:
    torch.manual_seed(0)
    judge = Judge(FIRST_STAGE).eval()
    pictures = [render(scene_at(FIRST_STAGE, 7, i), 128, 128) for i in range(4)]

    assert look(judge, pictures)[2] == look(judge, pictures[2:3])[0]


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (90, 100, 0.826, 0.945)],
)
def test_confidence_intervals_are_wilsons(right: int, of: int, low: float, high: float) -> None:
    interval = Share(right=right, of=of).interval()

    assert interval == pytest.approx((low, high), abs=0.001)
