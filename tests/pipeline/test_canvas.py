from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageStat

from pipeline.canvas import Canvas, NoHole, around, scaled, with_hole, work_size
from pipeline.sizes import Size, SizeRule
from pipeline.spec import Place

RULE = SizeRule(area_px=64 * 64, step_px=8)


def scene(width: int, height: int) -> Image.Image:
    """A sky over ground, with a disc: smooth, and different everywhere."""
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    colours = np.stack([200 * down + 30, 120 + 60 * across, 230 - 180 * down], -1).astype(np.uint8)
    picture = Image.fromarray(colours)
    ImageDraw.Draw(picture).ellipse((width * 0.4, height * 0.4, width * 0.6, height * 0.6), fill=(240, 230, 40))
    return picture


def noise(size: tuple[int, int], seed: int = 1) -> Image.Image:
    dice = np.random.default_rng(seed)
    return Image.fromarray(dice.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))


def spot(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask


def kept_is_exact(canvas: Canvas, result: Image.Image, source: Image.Image) -> bool:
    difference = ImageChops.difference(result, source).convert("RGB")
    kept = canvas.hole.point([255] + [0] * 255)
    return max(high for _, high in Image.composite(difference, Image.new("RGB", result.size), kept).getextrema()) == 0  # type: ignore[misc]


@settings(max_examples=40, deadline=None)
@given(
    source=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    inner=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    margins=st.tuples(*[st.integers(0, 40)] * 4),
)
def test_a_picture_laid_on_a_larger_one_stays_itself_wherever_and_however_large_it_is(
    source: tuple[int, int], inner: tuple[int, int], margins: tuple[int, int, int, int]
) -> None:
    left, top, right, bottom = margins
    if not any(margins):
        right = 1
    place = Place(left_px=left, top_px=top, width_px=inner[0], height_px=inner[1])
    size = Size(width_px=left + inner[0] + right, height_px=top + inner[1] + bottom)
    picture = noise(source)

    canvas = around(picture, place, size)
    box = canvas.view(RULE)
    work = work_size(box, RULE)
    result = canvas.joined(noise((work.width_px, work.height_px), 2), box)

    inside = (left, top, left + inner[0], top + inner[1])
    assert result.size == (size.width_px, size.height_px)
    assert result.crop(inside).tobytes() == scaled(picture, place).tobytes()
    assert canvas.seen(box, work).size == canvas.mask(box, work, 8).size == (work.width_px, work.height_px)


@settings(max_examples=40, deadline=None)
@given(size=st.tuples(st.integers(8, 150), st.integers(8, 150)), seed=st.integers(0, 99))
def test_outside_its_mask_a_picture_stays_itself_whatever_is_drawn(size: tuple[int, int], seed: int) -> None:
    source, mask = noise(size), spot(size, (size[0] // 5, size[1] // 4, size[0] // 2 + 3, size[1] // 2 + 3))

    canvas = with_hole(source, mask)
    box = canvas.view(RULE)
    work = work_size(box, RULE)
    result = canvas.joined(noise((work.width_px, work.height_px), seed), box)

    assert kept_is_exact(canvas, result, source)
    assert result.tobytes() != source.tobytes()


def test_a_mask_with_soft_edges_has_a_hole_with_hard_ones() -> None:
    source = scene(64, 64)
    soft = Image.radial_gradient("L").resize((64, 64))

    hole = with_hole(source, soft).hole

    assert set(hole.tobytes()) == {0, 255}


def test_what_is_drawn_takes_on_the_colours_of_what_is_kept_where_they_meet_and_keeps_its_own_far_away() -> None:
    source, size = scene(128, 128), Size(width_px=256, height_px=256)
    canvas = around(source, Place(left_px=64, top_px=64, width_px=128, height_px=128), size)
    drawn = ImageChops.add(canvas.picture, Image.new("RGB", canvas.picture.size, (40, 0, 20)))

    result = canvas.joined(drawn, (0, 0, 256, 256))

    beside, far = (62, 100), (4, 4)
    steps = [abs(a - b) for a, b in zip(result.getpixel(beside), result.getpixel((65, 100)), strict=True)]  # type: ignore[arg-type]
    assert max(steps) < 12
    assert result.getpixel(far) == drawn.getpixel(far)


def test_a_hole_begins_with_the_colours_around_it() -> None:
    source = scene(96, 96)
    canvas = with_hole(source, spot((96, 96), (30, 30, 66, 66)))

    inside = ImageStat.Stat(canvas.picture, canvas.hole).mean
    around_it = ImageStat.Stat(source.crop((20, 20, 76, 76))).mean
    assert max(abs(a - b) for a, b in zip(inside, around_it, strict=True)) < 40
    assert canvas.picture.getpixel((48, 48)) != source.getpixel((48, 48))


def test_a_model_draws_whole_cells_and_misses_no_pixel_of_the_mask() -> None:
    mask = Image.new("L", (64, 48))
    mask.putpixel((9, 17), 255)
    canvas = with_hole(scene(64, 48), mask)

    marked = canvas.mask((0, 0, 64, 48), Size(width_px=64, height_px=48), 8)

    assert marked.getbbox() == (8, 16, 16, 24)


@pytest.mark.parametrize(("size", "box"), [((64, 64), (0, 0, 64, 64)), ((96, 64), (0, 0, 96, 64))])
def test_a_picture_of_a_usual_size_is_seen_whole(size: tuple[int, int], box: tuple[int, int, int, int]) -> None:
    assert with_hole(scene(*size), spot(size, (2, 2, 9, 9))).view(RULE) == box


def test_of_a_large_picture_a_model_sees_the_hole_with_what_is_around_it() -> None:
    canvas = with_hole(scene(512, 256), spot((512, 256), (440, 10, 490, 60)))

    left, top, right, bottom = canvas.view(RULE)

    assert left <= 440 - 16
    assert top == 0
    assert 490 + 16 <= right <= 512
    assert RULE.area_px <= (right - left) * (bottom - top) <= 2 * RULE.area_px
    assert work_size((left, top, right, bottom), RULE).area_px <= 1.75 * RULE.area_px


def test_a_hole_as_large_as_a_large_picture_is_drawn_small_and_enlarged() -> None:
    canvas = with_hole(scene(512, 256), Image.new("L", (512, 256), 255))
    box = canvas.view(RULE)

    assert box == (0, 0, 512, 256)
    assert work_size(box, RULE).area_px <= 1.75 * RULE.area_px
    assert Fraction(work_size(box, RULE).width_px, work_size(box, RULE).height_px) > Fraction(3, 2)


def test_a_glimpse_is_small_and_shows_both() -> None:
    size = Size(width_px=512, height_px=300)
    canvas = around(scene(256, 256), Place(left_px=200, top_px=20, width_px=256, height_px=256), size)

    small = canvas.glimpsed(Image.new("RGB", (20, 12), (255, 0, 0)), (0, 0, 512, 300))

    assert small.size == (256, 150)
    assert small.getpixel((5, 5)) == (255, 0, 0)
    assert small.getpixel((164, 74)) == (240, 230, 40)


@pytest.mark.parametrize(
    "place",
    [
        Place(left_px=-1, top_px=0, width_px=10, height_px=10),
        Place(left_px=60, top_px=0, width_px=10, height_px=10),
        Place(left_px=0, top_px=0, width_px=0, height_px=10),
        Place(left_px=0, top_px=0, width_px=64, height_px=64),
    ],
    ids=["left", "right", "nothing", "all"],
)
def test_a_place_that_cannot_be_is_refused(place: Place) -> None:
    with pytest.raises(NoHole):
        around(scene(32, 32), place, Size(width_px=64, height_px=64))


def test_a_mask_of_another_size_or_without_a_mark_is_refused() -> None:
    with pytest.raises(NoHole, match="32×32"):
        with_hole(scene(64, 64), Image.new("L", (32, 32), 255))
    with pytest.raises(NoHole, match="nothing"):
        with_hole(scene(64, 64), Image.new("L", (64, 64), 100))
