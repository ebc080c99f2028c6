"""Masks that say which part of a picture is drawn anew: read from an upload, white means anew."""

import io
from typing import Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from pipeline import encode
from pipeline.foreign import UnusablePicture

MOST_BYTES = 8 * 1024 * 1024
THRESHOLD = 128
SMALLEST_SHARE = 0.0005
"""Of the picture; less is a slip of the finger."""

Flaw = Literal["size", "empty"]


class MaskUnusable(ValueError):
    """The mask does not fit its picture; `flaw` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


def mask_png(data: bytes, width_px: int, height_px: int) -> bytes:
    """Turn an uploaded PNG or WebP into the mask that painters take; slow, so call it in a thread.

    Raises UnusablePicture for what is no picture, MaskUnusable for one of another size or without anything marked.
    """
    image = _opened(data)
    if image.size != (width_px, height_px):
        raise MaskUnusable("size")
    try:
        grey = np.asarray(image.convert("L"))
    except (OSError, ValueError, SyntaxError) as error:
        raise UnusablePicture("broken") from error
    marked = grey >= THRESHOLD
    if marked.mean() < SMALLEST_SHARE:
        raise MaskUnusable("empty")
    return encode.png(Image.fromarray(marked.astype(np.uint8) * 255, "L"))


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=("PNG", "WEBP"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusablePicture("not_a_picture") from error
