"""A picture with a hole: what is kept of it to the last bit, what is drawn anew, and how the two are joined."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from pipeline.sizes import Size, SizeRule
from pipeline.spec import Place

Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""
_Values = npt.NDArray[np.float32]

_LARGEST_VIEW = 1.6
"""Times the area that a model usually draws; beyond it, composition falls apart."""
_HALF = 128
_REACH = 8
"""The part of the shorter side over which a hole is brought to the colours of what is kept."""


class NoHole(ValueError):
    """There is nothing to draw, or nothing to draw it around; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """A picture, and where it is drawn anew."""

    picture: Image.Image
    """RGB, with something plausible in the hole, for a model to start from."""
    hole: Image.Image
    """L, of the same size: 255 is drawn anew, 0 is kept; nothing in between."""
    continued: bool
    """What is in the hole continues the picture right beside it, so that what is drawn may begin with it."""

    @property
    def whole(self) -> Box:
        return 0, 0, self.picture.width, self.picture.height

    def view(self, rule: SizeRule) -> Box:
        """Return the part that a model needs to see: all of it, or the hole with what is around it.

        rule: what the model draws well
        """
        width, height = self.picture.size
        if width * height <= _LARGEST_VIEW * rule.area_px:
            return self.whole
        left, top, right, bottom = self.hole.getbbox() or self.whole
        side = math.isqrt(rule.area_px)
        return (
            *(_stretched(left, right, side, width)[0], _stretched(top, bottom, side, height)[0]),
            *(_stretched(left, right, side, width)[1], _stretched(top, bottom, side, height)[1]),
        )

    def seen(self, box: Box, size: Size) -> Image.Image:
        """Show a part at the size at which a model draws it."""
        return _sized(self.picture.crop(box), size)

    def mask(self, box: Box, size: Size, cell_px: int) -> Image.Image:
        """Mark the hole for a model, which draws whole cells of its latents: each that the hole touches, in white."""
        rough = self.hole.crop(box).resize((size.width_px, size.height_px), Image.Resampling.BOX)
        cells = _cells(np.asarray(rough) > 0, cell_px)
        marked = np.kron(cells, np.ones((cell_px, cell_px), dtype=bool))[: size.height_px, : size.width_px]
        return Image.fromarray(marked.astype(np.uint8) * 255)

    def joined(self, drawn: Image.Image, box: Box, cell_px: int = 8) -> Image.Image:
        """Put what a model drew into the hole; all the rest is the picture, bit for bit.

        What was drawn is brought to the colours of the picture where they meet, and only there.

        cell_px: how far a decoded latent reaches, so that what was drawn beside the picture is a mixture of both
        """
        part = self.picture.crop(box)
        hole = self.hole.crop(box)
        drawn = _sized(drawn.convert("RGB"), Size(width_px=part.width, height_px=part.height))
        fitted = _matched(
            _values(drawn), _values(part), np.asarray(hole) < _HALF, cell_px if self.continued else cell_px // 4
        )
        result = self.picture.copy()
        result.paste(Image.fromarray(fitted.clip(0, 255).round().astype(np.uint8)), box[:2], hole)
        return result

    def glimpsed(self, small: Image.Image, box: Box, longest_px: int = 256) -> Image.Image:
        """Show quickly and small what the whole will look like, from a small picture of what is being drawn."""
        scale = min(1.0, longest_px / max(self.picture.size))
        width, height = (max(1, round(side * scale)) for side in self.picture.size)
        whole = self.picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        left, top, right, bottom = (round(edge * scale) for edge in box)
        part = small.convert("RGB").resize((max(1, right - left), max(1, bottom - top)), Image.Resampling.BICUBIC)
        hole = self.hole.resize((width, height), Image.Resampling.BOX)
        whole.paste(part, (left, top), hole.crop((left, top, left + part.width, top + part.height)))
        return whole


def with_hole(source: Image.Image, mask: Image.Image) -> Canvas:
    """Make a hole where a mask is white. Raises NoHole when the mask is of another size, or marks nothing."""
    if mask.size != source.size:
        raise NoHole(f"The mask is {mask.width}×{mask.height}, the picture {source.width}×{source.height}.")
    hole = mask.convert("L").point([0] * _HALF + [255] * (256 - _HALF))
    if hole.getbbox() is None:
        raise NoHole("The mask marks nothing.")
    picture = source.convert("RGB")
    kept = np.asarray(hole) < _HALF
    return Canvas(picture=_pasted(_spread(_values(picture), kept), picture, hole), hole=hole, continued=False)


def around(source: Image.Image, place: Place, size: Size) -> Canvas:
    """Lay a picture, scaled to its place, on a larger one; all around it is hole. Raises NoHole.

    size: of the whole
    """
    right, bottom = place.left_px + place.width_px, place.top_px + place.height_px
    inside = min(place.left_px, place.top_px) >= 0 and right <= size.width_px and bottom <= size.height_px
    if not inside or min(place.width_px, place.height_px) < 1:
        raise NoHole(f"A picture at {place} does not lie in {size}.")
    if (place.width_px, place.height_px) == (size.width_px, size.height_px):
        raise NoHole("The picture fills its place: there is nothing to draw around it.")
    inner = scaled(source, place)
    hole = Image.new("L", (size.width_px, size.height_px), 255)
    hole.paste(0, (place.left_px, place.top_px, right, bottom))
    margins = ((place.top_px, size.height_px - bottom), (place.left_px, size.width_px - right), (0, 0))
    wide = np.pad(np.asarray(inner), margins, mode="edge").astype(np.float32)
    reach = max(2, min(size.width_px, size.height_px) // 24)
    beside = _fading((np.asarray(hole) < _HALF)[..., None].astype(np.float32), reach)
    soft = wide * beside + _blurred(wide, reach) * (1 - beside)
    picture = _pasted(soft.astype(np.float32), Image.fromarray(wide.astype(np.uint8)), hole)
    return Canvas(picture=picture, hole=hole, continued=True)


def scaled(source: Image.Image, place: Place) -> Image.Image:
    """Scale a picture to its place: this is what is kept of it."""
    return _sized(source.convert("RGB"), Size(width_px=place.width_px, height_px=place.height_px))


def work_size(box: Box, rule: SizeRule) -> Size:
    """Choose the size at which a model draws a part of a picture: the part's own if that is a size that it knows."""
    width, height = box[2] - box[0], box[3] - box[1]
    scale = min(1.0, math.sqrt(_LARGEST_VIEW * rule.area_px / (width * height)))
    step = rule.step_px
    return Size(
        width_px=max(1, round(width * scale / step)) * step, height_px=max(1, round(height * scale / step)) * step
    )


def _stretched(start: int, end: int, side: int, whole: int) -> tuple[int, int]:
    """Widen a span by half a side for context, to a side at least, within the whole."""
    length = min(whole, max(end - start + side // 2, side))
    first = min(max(0, (start + end - length) // 2), whole - length)
    return first, first + length


def _sized(picture: Image.Image, size: Size) -> Image.Image:
    wanted = (size.width_px, size.height_px)
    return picture if picture.size == wanted else picture.resize(wanted, Image.Resampling.LANCZOS)


def _values(picture: Image.Image) -> _Values:
    return np.asarray(picture, dtype=np.float32)


def _pasted(values: _Values, picture: Image.Image, hole: Image.Image) -> Image.Image:
    """Take the values in the hole, the picture elsewhere."""
    result = Image.fromarray(values.clip(0, 255).round().astype(np.uint8))
    result.paste(picture, (0, 0), ImageChops.invert(hole))
    return result


def _cells(marked: npt.NDArray[np.bool_], cell_px: int) -> npt.NDArray[np.bool_]:
    """Reduce (H, W) to one value for each cell: whether anything in it is marked."""
    height, width = marked.shape
    padded = np.pad(marked, ((0, -height % cell_px), (0, -width % cell_px)))
    rows, columns = padded.shape[0] // cell_px, padded.shape[1] // cell_px
    return np.asarray(padded.reshape(rows, cell_px, columns, cell_px).any((1, 3)), dtype=np.bool_)


def _matched(drawn: _Values, picture: _Values, kept: npt.NDArray[np.bool_], over_px: int) -> _Values:
    """Lead what was drawn, (H, W, 3), over into what is kept, (H, W).

    Its colours come nearer to the picture's from far away; right beside it, as far as `over_px`, it fades into what
    continues the picture in the hole.
    """
    known = kept[..., None].astype(np.float32)
    near = _blurred(known, 1)
    seam = kept & (near[..., 0] < 0.999)
    if not seam.any():
        return drawn
    off = _blurred((picture - drawn) * known, 1) / np.maximum(near, 0.02)
    drawn = drawn + _spread(off.astype(np.float32), seam) * _fading(known, min(kept.shape) // _REACH)
    beside = _fading(known, over_px)
    return (drawn * (1 - beside) + picture * beside).astype(np.float32)


def _fading(known: _Values, reach: int) -> _Values:
    """Return 1 on what is known and beside it, falling softly to 0 at about one and a half times the reach."""
    # Half of what lies around a straight edge is known.
    share = np.clip(2 * _blurred(known, max(1, reach)), 0, 1)
    return (share * share * (3 - 2 * share)).astype(np.float32)


def _spread(values: _Values, kept: npt.NDArray[np.bool_]) -> _Values:
    """Fill the unknown part of (H, W, 3) softly with the colours around it: from halves of halves, back up."""
    known = kept[..., None].astype(np.float32)
    if min(kept.shape) < 2:
        total = known.sum()
        every = (values * known).sum((0, 1)) / total if total else np.full(3, 127.0)
        return np.where(known > 0, values, every).astype(np.float32)
    share = _halved(known)
    mean = (_halved(values * known) / np.maximum(share, 1e-6)).astype(np.float32)
    half = _spread(mean, share[..., 0] > 0)
    back = _doubled(half, kept.shape)
    return np.where(known > 0, values, back).astype(np.float32)


def _halved(values: _Values) -> _Values:
    height, width, _ = values.shape
    even = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)))
    halved: _Values = even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2, -1).mean((1, 3))
    return halved


def _doubled(values: _Values, shape: tuple[int, ...]) -> _Values:
    twice = values.repeat(2, 0).repeat(2, 1)[: shape[0], : shape[1]]
    return _blurred(twice, 1)


def _blurred(values: _Values, reach: int) -> _Values:
    """Blur (H, W, C) almost like a Gaussian: three times with a box of 2 × reach + 1."""
    for axis in (0, 1) * 3:
        values = _boxed(values, reach, axis)
    return values


def _boxed(values: _Values, reach: int, axis: int) -> _Values:
    margins = [(0, 0)] * 3
    margins[axis] = (reach + 1, reach)
    sums = np.cumsum(np.pad(values, margins, mode="edge"), axis=axis, dtype=np.float64)
    length, box = values.shape[axis], 2 * reach + 1
    upper = np.take(sums, range(box, box + length), axis=axis)
    lower = np.take(sums, range(length), axis=axis)
    return ((upper - lower) / box).astype(np.float32)
