"""Several pictures into one: the grid that members get and the small sheet that they watch."""

from collections.abc import Sequence

from PIL import Image

_EMPTY = (17, 18, 22)
_MOST = 4


def compose(pictures: Sequence[Image.Image]) -> Image.Image:
    """Put 1–4 pictures of one size edge to edge, in reading order, without gap or border.

    One picture is returned as it is, two stand side by side, three leave the last cell dark. Raises ValueError.
    """
    _check(pictures)
    if len(pictures) == 1:
        return pictures[0]
    width, height = pictures[0].size
    rows = 1 if len(pictures) == 2 else 2
    sheet = Image.new("RGB", (2 * width, rows * height), _EMPTY)
    for slot, picture in enumerate(pictures):
        sheet.paste(picture, (slot % 2 * width, slot // 2 * height))
    return sheet


def contact(pictures: Sequence[Image.Image], longest_px: int = 512) -> Image.Image:
    """Compose small copies, at most `longest_px` on the longer side: 512×512 for a square grid, 512×340 for 3:2."""
    _check(pictures)
    columns = min(2, len(pictures))
    rows = 2 if len(pictures) > 2 else 1
    width, height = pictures[0].size
    scale = min(1.0, longest_px / max(columns * width, rows * height))
    cell = (max(1, int(width * scale)), max(1, int(height * scale)))
    return compose([_shrunk(picture, cell) for picture in pictures])


def _check(pictures: Sequence[Image.Image]) -> None:
    if not 1 <= len(pictures) <= _MOST:
        raise ValueError(f"A grid has 1 to {_MOST} pictures, not {len(pictures)}")
    if len({picture.size for picture in pictures}) > 1:
        raise ValueError("The pictures of a grid have one size")


def _shrunk(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    small = picture.convert("RGB")
    return small if small.size == size else small.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
