import pytest
from PIL import Image

from pipeline.grid import compose, contact

COLORS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]


def plain(count: int, size: tuple[int, int] = (30, 20)) -> list[Image.Image]:
    return [Image.new("RGB", size, color) for color in COLORS[:count]]


def test_four_pictures_fill_a_square_of_cells_in_reading_order_without_gap() -> None:
    sheet = compose(plain(4))

    assert sheet.size == (60, 40)
    for slot, color in enumerate(COLORS):
        x, y = slot % 2 * 30, slot // 2 * 20
        assert sheet.crop((x, y, x + 30, y + 20)).getcolors() == [(600, color)]


def test_one_picture_is_itself() -> None:
    (picture,) = plain(1)

    assert compose([picture]) is picture


def test_two_pictures_stand_side_by_side() -> None:
    sheet = compose(plain(2))

    assert sheet.size == (60, 20)
    assert sheet.getpixel((59, 10)) == COLORS[1]


def test_the_place_of_a_missing_fourth_is_dark() -> None:
    sheet = compose(plain(3))

    assert sheet.size == (60, 40)
    assert sheet.getpixel((10, 30)) == COLORS[2]
    dark = sheet.getpixel((50, 30))
    assert isinstance(dark, tuple)
    assert max(dark) < 30


@pytest.mark.parametrize("count", [0, 5])
def test_other_numbers_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 4"):
        compose([Image.new("RGB", (8, 8))] * count)


def test_pictures_of_different_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        compose([Image.new("RGB", (8, 8)), Image.new("RGB", (8, 9))])


@pytest.mark.parametrize(
    ("size", "count", "longest", "expected"),
    [
        ((1024, 1024), 4, 512, (512, 512)),
        ((1344, 896), 4, 512, (512, 340)),
        ((896, 1344), 4, 512, (340, 512)),
        ((1024, 1024), 1, 256, (256, 256)),
        ((1024, 1024), 2, 512, (512, 256)),
        ((64, 48), 4, 512, (128, 96)),
        ((4000, 2), 4, 512, (512, 2)),
    ],
)
def test_a_contact_sheet_has_the_size_of_a_preview(
    size: tuple[int, int], count: int, longest: int, expected: tuple[int, int]
) -> None:
    assert contact(plain(count, size), longest).size == expected


def test_a_contact_sheet_leaves_the_pictures_as_they_are() -> None:
    pictures = [Image.new("RGBA", (64, 64), (1, 2, 3, 128)) for _ in range(4)]

    sheet = contact(pictures, 32)

    assert sheet.mode == "RGB"
    assert all(picture.size == (64, 64) and picture.mode == "RGBA" for picture in pictures)
