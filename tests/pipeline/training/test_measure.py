from __future__ import annotations

import dataclasses

import pytest
import torch

from pipeline.training import ruler
from pipeline.training.judge import Judge, look
from pipeline.training.measure import Card, Share, Table, as_markdown, by_judge, by_ruler
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import FIRST_STAGE, WHOLE_STAGE, scene_at

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


def test_only_what_a_prompt_names_is_asked_for() -> None:
    torch.manual_seed(0)
    judge = Judge(WHOLE_STAGE).eval()
    scenes = [scene_at(WHOLE_STAGE, 7, i) for i in range(40)]

    shares = by_judge(judge, [render(scene, 64, 64) for scene in scenes], scenes)

    assert shares["thing"].of == 40
    assert shares["style"].of == sum(scene.style != "flat" for scene in scenes)
    assert shares["count"].of == sum(scene.relation is None for scene in scenes)
    assert shares["size"].of == sum(scene.size_word is not None for scene in scenes)
    assert shares["relation"].of == sum(scene.relation is not None for scene in scenes)


def test_rows_that_nothing_was_asked_for_are_left_out_of_the_card() -> None:
    some, none = Share(right=9, of=10), Share(right=0, of=0)
    shares = {"thing": some, "count": none}
    table = Table(title="one flat thing", painted=shares, drawn=shares, mislabelled=shares)

    text = as_markdown(
        Card(size_px=256, steps=12, guidance=2.0, tables=[table], grid_distance=1.0, few=3, settings=[(2.0, 8, shares)])
    )

    assert "### One flat thing" in text
    assert "| thing | 0.900 (0.596 – 0.982, n=10) | 0.900 | 0.900 |" in text
    assert "count" not in text


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (90, 100, 0.826, 0.945)],
)
def test_confidence_intervals_are_wilsons(right: int, of: int, low: float, high: float) -> None:
    interval = Share(right=right, of=of).interval()

    assert interval == pytest.approx((low, high), abs=0.001)
