"""Repaint and extend, with every family that can."""

from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from pipeline import encode
from pipeline.canvas import scaled
from pipeline.families import FAMILIES
from pipeline.gpu.attempt import Unfit
from pipeline.gpu.load import Model
from pipeline.spec import Place, Source, Spec
from tests.pipeline.gpu.conftest import Easel, difference, one_at_a_time

ModelOf = Callable[[str], Model]

INPAINTING = ["sd", "sketch", "sdxl", "sd3", "flux", "zimage", "qwen"]
SPEC = Spec(model="tiny", prompt="a red fox", width_px=64, height_px=64, steps=3, guidance=3.0, seed=7)
PLACE = Place(left_px=17, top_px=0, width_px=40, height_px=64)
INSIDE = (17, 0, 57, 64)


@pytest.fixture
def source() -> Image.Image:
    return Image.effect_noise((64, 64), 90).convert("RGB")


@pytest.fixture
def mask() -> Image.Image:
    marked = Image.new("L", (64, 64))
    ImageDraw.Draw(marked).ellipse((13, 9, 44, 51), fill=255)
    return marked


def around(easel: Easel, source: Image.Image) -> Spec:
    return SPEC.evolve(verb="extend", source=Source(sha256=easel.stored(source)), width_px=96, place=PLACE)


def within(easel: Easel, source: Image.Image, mask: Image.Image) -> Spec:
    size = {"width_px": source.width, "height_px": source.height}
    return SPEC.evolve(verb="repaint", source=Source(sha256=easel.stored(source)), mask=easel.stored(mask), **size)


def outside(mask: Image.Image, picture: Image.Image) -> bytes:
    """Return a picture with its marked part blackened."""
    return Image.composite(Image.new("RGB", picture.size), picture, mask).tobytes()


@pytest.mark.parametrize("name", INPAINTING)
def test_what_is_drawn_around_a_picture_leaves_it_as_it_was(
    easel: Easel, model_of: ModelOf, name: str, source: Image.Image
) -> None:
    pictures = easel.paint(model_of(name), around(easel, source))

    assert {picture.size for picture in pictures} == {(96, 64)}
    assert {picture.crop(INSIDE).tobytes() for picture in pictures} == {scaled(source, PLACE).tobytes()}
    assert len({picture.tobytes() for picture in pictures}) == 4


@pytest.mark.parametrize("name", INPAINTING)
def test_what_is_drawn_in_a_part_of_a_picture_leaves_the_rest_as_it_was(
    easel: Easel, model_of: ModelOf, name: str, source: Image.Image, mask: Image.Image
) -> None:
    pictures = easel.paint(model_of(name), within(easel, source, mask))

    assert {outside(mask, picture) for picture in pictures} == {outside(mask, source)}
    assert len({picture.tobytes() for picture in [*pictures, source]}) == 5


@pytest.mark.parametrize("name", INPAINTING)
def test_a_picture_of_a_grid_is_the_one_that_is_drawn_alone(
    easel: Easel, model_of: ModelOf, name: str, source: Image.Image
) -> None:
    model, spec = model_of(name), around(easel, source)
    together = easel.paint(model, spec)

    with one_at_a_time(model):
        alone = easel.paint(model, spec)

    assert all(difference(one, other) <= 2 for one, other in zip(together, alone, strict=True))


@pytest.mark.parametrize(("width", "height"), [(65, 47), (33, 90), (64, 31)])
def test_sizes_that_no_model_draws_are_what_was_asked_for(
    easel: Easel, model_of: ModelOf, width: int, height: int
) -> None:
    source = Image.effect_noise((width, height), 90).convert("RGB")
    place = Place(left_px=3, top_px=5, width_px=width, height_px=height)
    mask = Image.new("L", (width, height))
    mask.paste(255, (5, 7, 19, 21))
    wide = around(easel, source).evolve(count=1, place=place, width_px=width + 14, height_px=height + 5)

    (larger,) = easel.paint(model_of("sd"), wide)
    (same,) = easel.paint(model_of("sd"), within(easel, source, mask).evolve(count=1))

    assert larger.size == (width + 14, height + 5)
    assert larger.crop((3, 5, 3 + width, 5 + height)).tobytes() == source.tobytes()
    assert outside(mask, same) == outside(mask, source)


def drawn_cells(easel: Easel, model: Model, spec: Spec) -> tuple[int, int, Image.Image]:
    """Paint one picture; return the rows and columns of latents that were drawn for it, and the picture."""
    sizes = set()
    original = type(model).for_hole

    def listening(self: Model) -> object:
        pipeline = original(self)
        prepare = pipeline.prepare_latents

        def noting(*args: object, **options: object) -> object:
            latents = prepare(*args, **options)
            sizes.add(tuple(latents[0].shape[2:]))
            return latents

        pipeline.prepare_latents = noting
        return pipeline

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Model, "for_hole", listening)
        (picture,) = easel.paint(model, spec.evolve(count=1))
    ((rows, columns),) = sizes
    return rows, columns, picture


@pytest.fixture
def corner(model_of: ModelOf) -> tuple[Image.Image, Image.Image]:
    """A picture far larger than the model draws, and a mask that marks a little of it."""
    side = int(model_of("sd").card.size_rule.area_px ** 0.5)
    mask = Image.new("L", (4 * side, 2 * side))
    mask.paste(255, (20, 20, 60, 40))
    return Image.effect_noise(mask.size, 90).convert("RGB"), mask


def test_of_a_picture_far_larger_than_the_model_draws_only_what_is_needed_is_drawn(
    easel: Easel, model_of: ModelOf, corner: tuple[Image.Image, Image.Image]
) -> None:
    model, (source, mask) = model_of("sd"), corner
    rows, columns, picture = drawn_cells(easel, model, within(easel, source, mask))

    assert rows * columns * 64 <= 1.75 * model.card.size_rule.area_px
    assert outside(mask, picture) == outside(mask, source)


def test_a_tile_is_seen_whole_so_that_its_edges_know_of_each_other(
    easel: Easel, model_of: ModelOf, corner: tuple[Image.Image, Image.Image]
) -> None:
    model, (source, mask) = model_of("sd"), corner
    rows, columns, picture = drawn_cells(easel, model, within(easel, source, mask).evolve(tile=True))

    assert columns == pytest.approx(2 * rows, abs=1), "the shape of the whole"
    assert outside(mask, picture) == outside(mask, source)


def test_previews_show_the_picture_in_its_place(easel: Easel, model_of: ModelOf) -> None:
    source = Image.new("RGB", (64, 64), (250, 10, 10))
    easel.paint(model_of("sd"), around(easel, source).evolve(count=1, width_px=128, steps=8))

    shown = encode.decode(easel.previews[0])
    red, green, _ = shown.getpixel((shown.width * 37 // 128, shown.height // 2))  # type: ignore[misc]
    assert shown.size == (128, 64)
    assert red > 200
    assert green < 60


def test_stopping_early_takes_a_soft_picture_and_keeps_the_rest(
    easel: Easel, model_of: ModelOf, source: Image.Image, mask: Image.Image
) -> None:
    whole = easel.paint(model_of("sd"), within(easel, source, mask).evolve(steps=8))
    half = easel.paint(model_of("sd"), within(easel, source, mask).evolve(steps=8, stop=50))

    assert {outside(mask, picture) for picture in half} == {outside(mask, source)}
    assert not {picture.tobytes() for picture in half} & {picture.tobytes() for picture in whole}


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": None},
        {"mask": None},
        {"width_px": 128},
        {"verb": "extend"},
        {"verb": "extend", "place": Place(left_px=0, top_px=0, width_px=64, height_px=64)},
        {"verb": "extend", "place": Place(left_px=9, top_px=0, width_px=64, height_px=64)},
        {"verb": "refine", "source": None},
    ],
    ids=["source", "mask", "size", "place", "full", "beyond", "refine"],
)
def test_what_is_missing_or_does_not_fit_is_refused(
    easel: Easel, model_of: ModelOf, source: Image.Image, mask: Image.Image, wrong: dict[str, object]
) -> None:
    with pytest.raises(Unfit):
        easel.paint(model_of("sd"), within(easel, source, mask).evolve(**wrong))


@pytest.mark.parametrize("size", [(32, 32), (64, 65)])
def test_a_mask_of_another_size_is_refused(
    easel: Easel, model_of: ModelOf, source: Image.Image, size: tuple[int, int]
) -> None:
    with pytest.raises(Unfit, match=f"{size[0]}×{size[1]}"):
        easel.paint(model_of("sd"), within(easel, source, Image.new("L", size, 255)))


@pytest.mark.parametrize("name", ["flux2", "sana", "pixart"])
def test_a_model_that_cannot_draw_a_part_says_so(
    easel: Easel, model_of: ModelOf, name: str, source: Image.Image
) -> None:
    model = model_of(name)

    with pytest.raises(Unfit, match="inpaint"):
        easel.paint(model, around(easel, source))


def test_every_family_that_says_it_can_is_tried_here() -> None:
    able = {name for name, family in FAMILIES.items() if "inpaint" in family.mechanisms} - {"doodle"}

    assert able == set(INPAINTING) - {"sketch"}
