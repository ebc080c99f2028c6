"""Where an old picture lies in a new one: inside, in the middle or at the far side, never stretched to be seen."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot import errors, prompt
from bot.actions import ACTIONS
from bot.studio import frames
from pipeline.sizes import Size, SizeRule, fit
from pipeline.spec import Place

RULE = SizeRule(area_px=1024 * 1024)
SIDES = st.integers(64, 4096)
EXTENDING = [action for action in ACTIONS.values() if action.extends is not None]


def size(width: int, height: int) -> Size:
    return Size(width_px=width, height_px=height)


@pytest.mark.parametrize(
    ("action", "picture", "canvas", "place"),
    [
        ("outpaint_50", (2048, 2048), (1024, 1024), (256, 256, 512, 512)),
        ("outpaint_50", (2688, 1792), (1344, 896), (336, 224, 672, 448)),
        ("outpaint_75", (2048, 2048), (1024, 1024), (171, 171, 682, 682)),
        ("outpaint_100", (2688, 1792), (1024, 1024), (0, 171, 1024, 682)),
        ("outpaint_100", (1792, 2688), (1024, 1024), (171, 0, 682, 1024)),
        ("pan_right", (2048, 2048), (1344, 896), (0, 0, 896, 896)),
        ("pan_left", (2048, 2048), (1344, 896), (448, 0, 896, 896)),
        ("pan_up", (2048, 2048), (896, 1344), (0, 448, 896, 896)),
        ("pan_down", (2048, 2048), (896, 1344), (0, 0, 896, 896)),
    ],
)
def test_a_picture_lies_where_its_button_says(
    action: str, picture: tuple[int, int], canvas: tuple[int, int], place: tuple[int, int, int, int]
) -> None:
    left, top, width, height = place

    found = frames.place_of(ACTIONS[action], size(*picture), size(*canvas), None)

    assert found == Place(left_px=left, top_px=top, width_px=width, height_px=height)


@pytest.mark.parametrize(
    ("action", "picture", "ratio"),
    [
        ("pan_right", (2048, 2048), "3:2"),
        ("pan_left", (2688, 1792), "9:4"),
        ("pan_up", (2048, 2048), "2:3"),
        ("pan_down", (2688, 1792), "1:1"),
        ("outpaint_100", (2688, 1792), "1:1"),
        ("outpaint_50", (2688, 1792), "5:4"),
    ],
)
def test_a_pan_makes_one_side_longer_by_a_half_and_a_square_is_square(
    action: str, picture: tuple[int, int], ratio: str
) -> None:
    assert str(frames.ratio_after(ACTIONS[action], size(*picture), prompt.Ratio(w=5, h=4))) == ratio


@given(SIDES, SIDES, st.sampled_from(EXTENDING), st.floats(1, 2))
def test_the_picture_always_lies_inside_and_something_is_left_to_draw(width: int, height: int, action, zoom) -> None:  # type: ignore[no-untyped-def]
    picture = size(width, height)
    ratio = frames.ratio_after(action, picture, prompt.Ratio(w=width, h=height))
    canvas = fit(Fraction(ratio.w, ratio.h), RULE)
    try:
        place = frames.place_of(action, picture, canvas, zoom)
    except errors.NothingToAdd:
        return

    assert min(place.left_px, place.top_px) >= 0
    assert min(place.width_px, place.height_px) >= 1
    assert place.left_px + place.width_px <= canvas.width_px
    assert place.top_px + place.height_px <= canvas.height_px
    assert (place.width_px, place.height_px) != (canvas.width_px, canvas.height_px)


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 8))
def test_a_zoom_of_a_whole_picture_leaves_equal_margins_to_the_pixel(w: int, h: int, scale: int) -> None:
    assume(RULE.allows(Fraction(w, h)))
    canvas = fit(Fraction(w, h), RULE)
    picture = size(canvas.width_px * scale, canvas.height_px * scale)

    place = frames.place_of(ACTIONS["custom_zoom"], picture, canvas, 1.7)

    assert canvas.width_px - place.width_px == 2 * place.left_px
    assert canvas.height_px - place.height_px == 2 * place.top_px


@pytest.mark.parametrize(
    ("action", "picture", "canvas"),
    [("custom_zoom", (2048, 2048), (1024, 1024)), ("pan_right", (3072, 1024), (1774, 592))],
)
def test_where_nothing_would_be_drawn_that_is_said(
    action: str, picture: tuple[int, int], canvas: tuple[int, int]
) -> None:
    with pytest.raises(errors.NothingToAdd):
        frames.place_of(ACTIONS[action], size(*picture), size(*canvas), 1.0)
