"""Enlarging with new details."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline import encode
from pipeline.gpu.attempt import Unfit
from pipeline.gpu.load import Model
from pipeline.gpu.refine import _ramp, pieces
from pipeline.sizes import Size, SizeRule
from pipeline.spec import Source, Spec
from tests.pipeline.gpu.conftest import Easel, distance, one_at_a_time

ModelOf = Callable[[str], Model]
RULE = SizeRule(area_px=64 * 64, step_px=8)
SPEC = Spec(
    verb="refine", model="tiny", prompt="a red fox", width_px=128, height_px=96, steps=6, guidance=3.0, seed=7,
    count=1, upscaler="lanczos", scale=2,
)  # fmt: skip


def soft() -> Image.Image:
    return Image.effect_noise((8, 6), 90).convert("RGB").resize((64, 48), Image.Resampling.BICUBIC)


def wish(easel: Easel, strength: float = 0.3) -> Spec:
    return SPEC.evolve(source=Source(sha256=easel.stored(soft()), strength=strength))


@pytest.mark.parametrize("name", ["sd", "sdxl", "sd3", "flux", "zimage"])
def test_the_details_are_new_and_the_size_is_what_was_asked_for(easel: Easel, model_of: ModelOf, name: str) -> None:
    spec = wish(easel)
    (picture,) = easel.paint(model_of(name), spec)
    (again,) = easel.paint(model_of(name), spec)
    (other,) = easel.paint(model_of(name), spec.evolve(seed=8))

    assert picture.size == (128, 96)
    assert picture.tobytes() == again.tobytes() != other.tobytes()


def small_model(model: Model, monkeypatch: pytest.MonkeyPatch, area_px: int = 64 * 64) -> Model:
    monkeypatch.setattr(model, "card", replace(model.card, size_rule=replace(model.card.size_rule, area_px=area_px)))
    return model


def test_a_picture_larger_than_the_model_draws_is_drawn_in_pieces_that_go_over_into_each_other(
    easel: Easel, model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_model(model_of("sd3"), monkeypatch)
    assert len(list(pieces(Size(width_px=128, height_px=96), RULE))) == 4

    (picture,) = easel.paint(model, wish(easel, 0.6))

    steps = easel.steps
    assert steps[-1] == (24, 24)
    assert [step for step, _ in steps] == sorted(step for step, _ in steps)
    assert len({step for step, _ in steps}) > 4
    assert encode.decode(easel.previews[0]).size == (128, 96)
    assert picture.size == (128, 96)


def test_a_unet_refines_a_picture_whole_where_there_is_memory_for_it(
    easel: Easel, model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_model(model_of("sd"), monkeypatch)

    easel.paint(model, wish(easel))
    with_memory = easel.steps[-1]
    with one_at_a_time(model):
        easel.paint(model, wish(easel))

    assert with_memory == (6, 6)
    assert easel.steps[-1] == (24, 24)


def test_the_stronger_the_further_from_the_picture(easel: Easel, model_of: ModelOf) -> None:
    distances = []
    large = soft().resize((128, 96), Image.Resampling.LANCZOS)
    for strength in (0.2, 1.0):
        (picture,) = easel.paint(model_of("sd"), wish(easel, strength))
        distances.append(distance(picture, large))

    assert distances[0] < distances[1]


@given(width=st.integers(8, 400), height=st.integers(8, 400))
def test_pieces_cover_a_picture_overlap_and_are_no_larger_than_the_model_draws(width: int, height: int) -> None:
    size = Size(width_px=width * 8, height_px=height * 8)
    boxes = list(pieces(size, SizeRule(area_px=512 * 512, step_px=8)))

    covered = np.zeros((height, width), dtype=int)
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= size.width_px
        assert 0 <= top < bottom <= size.height_px
        assert (left % 8, top % 8, right % 8, bottom % 8) == (0, 0, 0, 0)
        covered[top // 8 : bottom // 8, left // 8 : right // 8] += 1
    assert covered.min() >= 1
    assert len({(right - left, bottom - top) for left, top, right, bottom in boxes}) == 1
    if len(boxes) > 1:
        assert covered.max() >= 2


def test_a_piece_fades_in_over_those_before_it_and_is_whole_elsewhere() -> None:
    boxes = list(pieces(Size(width_px=128, height_px=96), RULE))

    levels = [np.asarray(_ramp(box, boxes)) for box in boxes]

    assert levels[0].min() == 255
    assert (levels[1][:, 0].max(), levels[1][:, -1].min()) == (0, 255)
    assert (levels[2][0].max(), levels[2][-1].min()) == (0, 255)


def test_a_tile_is_refined_whole_and_stays_one(
    easel: Easel, model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_model(model_of("sd"), monkeypatch)

    easel.paint(model, wish(easel).evolve(tile=True))

    assert easel.steps[-1] == (6, 6)


def test_a_model_that_only_looks_at_pictures_says_so(easel: Easel, model_of: ModelOf) -> None:
    with pytest.raises(Unfit):
        easel.paint(model_of("flux2"), wish(easel))
