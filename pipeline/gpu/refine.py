"""Enlarges a stored picture and draws its details anew, piece by piece, at the size that the model draws best."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from PIL import Image

from pipeline import encode
from pipeline.gpu.attempt import Attempt, Unfit
from pipeline.gpu.call import Call, pictures, produce_all, usual_arguments
from pipeline.gpu.load import Model
from pipeline.gpu.upscale import Enlarger
from pipeline.gpu.vary import sides_for, strength_for
from pipeline.gpu.watch import View
from pipeline.sizes import Size, SizeRule, within
from pipeline.spec import Spec

Box = tuple[int, int, int, int]

_LARGEST_PIECE = 1.7
"""Times the area that a model usually draws."""
_LARGEST_WHOLE = 4.2
"""The same for a UNet, which keeps to a large picture that it sees; pieces tempt it to draw the whole wish in each."""
_OVERLAP = 0.25
_GLIMPSE_PX = 256


def refine(model: Model, enlarger: Enlarger, attempt: Attempt) -> None:
    """Enlarge a job's source to the size of its spec and leave it as far as its strength says.

    Raises Stopped, Moderated, Unfit, CannotLoad, PictureMissing, and what the model raises.
    """
    spec, rule = attempt.job.spec, model.card.size_rule
    if spec.source is None or model.card.traits.init_image != "strength":
        raise Unfit(f"{model.card.title} cannot draw the details of a picture anew.")
    source = encode.decode(attempt.store.read(spec.source.sha256))
    size = Size(width_px=_stepped(spec.width_px, rule), height_px=_stepped(spec.height_px, rule))
    large = enlarger.enlarged(source, size, attempt)

    def produce(part: Sequence[int]) -> list[Image.Image]:
        boxes = _boxes(model, spec, size)  # more of them once memory has run out
        return [_refined(model, attempt, large, boxes, slot) for slot in part]

    produce_all(model, attempt, produce, len(_boxes(model, spec, size)) * spec.count)


def _boxes(model: Model, spec: Spec, size: Size) -> list[Box]:
    rule = model.card.size_rule
    whole = hasattr(model.base, "unet") and size.area_px <= _LARGEST_WHOLE * rule.area_px
    # Cut to pieces, the edges of a tile would no longer know of each other.
    if spec.tile or (whole and size.area_px <= model.plan.pixels_at_once):
        return [(0, 0, size.width_px, size.height_px)]
    return list(pieces(size, rule))


def pieces(size: Size, rule: SizeRule) -> Iterator[Box]:
    """Yield boxes that cover a picture, row by row, as few as a model can draw; neighbours overlap."""
    count = 1
    while size.area_px * _side(count) ** 2 > _LARGEST_PIECE * rule.area_px and count < 16:
        count += 1
    for top, bottom in _spans(size.height_px, count, rule.step_px):
        for left, right in _spans(size.width_px, count, rule.step_px):
            yield left, top, right, bottom


def _refined(model: Model, attempt: Attempt, large: Image.Image, boxes: Sequence[Box], slot: int) -> Image.Image:
    spec = attempt.job.spec
    canvas = large.copy()
    for number, box in enumerate(boxes):
        attempt.breathe()
        call = _call(model, attempt, canvas, box, (slot, number, len(boxes)))
        (drawn,) = pictures(model, attempt, call, [slot])
        canvas.paste(drawn, box[:2], _ramp(box, boxes))
    size = (spec.width_px, spec.height_px)
    return canvas if canvas.size == size else canvas.resize(size, Image.Resampling.LANCZOS)


def _call(model: Model, attempt: Attempt, canvas: Image.Image, box: Box, place: tuple[int, int, int]) -> Call:
    """Make ready the call for one piece; place: (picture, piece, pieces of a picture)."""
    spec = attempt.job.spec
    slot, number, count = place
    pipeline = model.for_picture()
    size = Size(width_px=box[2] - box[0], height_px=box[3] - box[1])

    def whole(small: Image.Image) -> Image.Image:
        return _glimpsed(canvas, small, box)

    share = 1 / (count * spec.count)
    return Call(
        pipeline=pipeline,
        arguments=usual_arguments(model, spec, [slot * count + number])
        | {"image": [canvas.crop(box)], "strength": strength_for(spec)}
        | sides_for(pipeline, size),
        view=View(size=size, whole=whole, before=(slot * count + number) * share, share=share),
    )


def _glimpsed(canvas: Image.Image, small: Image.Image, box: Box) -> Image.Image:
    size = within(Size(width_px=canvas.width, height_px=canvas.height), _GLIMPSE_PX)
    sheet = canvas.resize((size.width_px, size.height_px), Image.Resampling.BILINEAR, reducing_gap=2.0)
    left, top, right, bottom = (round(edge * size.width_px / canvas.width) for edge in box)
    sheet.paste(small.resize((right - left, bottom - top), Image.Resampling.BICUBIC), (left, top))
    return sheet


def _side(count: int) -> float:
    """Return the side of a piece as a share of the picture's, when there are so many along each side."""
    return 1 / (count - (count - 1) * _OVERLAP)


def _spans(length: int, count: int, step: int) -> list[tuple[int, int]]:
    """Cut a side, a multiple of `step`, into pieces of one length that overlap."""
    piece = min(length, math.ceil(length * _side(count) / step) * step)
    starts = [round((length - piece) * number / max(1, count - 1) / step) * step for number in range(count)]
    return [(start, start + piece) for start in starts]


def _ramp(box: Box, boxes: Sequence[Box]) -> Image.Image:
    """Fade a piece in over those that are drawn already: to the left and above, as far as it overlaps them."""
    left, top, right, bottom = box
    across, down = _fade(left, right, {(b[0], b[2]) for b in boxes}), _fade(top, bottom, {(b[1], b[3]) for b in boxes})
    return Image.fromarray((255 * down[:, None] * across[None, :]).round().astype(np.uint8))


def _fade(start: int, end: int, spans: set[tuple[int, int]]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    level = np.ones(end - start)
    for before, this in pairwise(sorted(spans)):
        if this == (start, end) and (overlap := before[1] - start) > 0:
            level[:overlap] = np.linspace(0, 1, overlap)
    return level


def _stepped(length: int, rule: SizeRule) -> int:
    return max(1, round(length / rule.step_px)) * rule.step_px
