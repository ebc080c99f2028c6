"""Pictures from strangers, read with care: what is too large or broken is refused before it is decoded."""

import io
import warnings
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline import encode

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 40_000_000
"""Width times height; a larger picture would fill the memory of a small computer."""
LONGEST_SIDE_PX = 2048
"""What is kept: no model here looks at more."""

Flaw = Literal["not_a_picture", "too_many_pixels", "broken"]


class UnusablePicture(ValueError):
    """These bytes cannot be taken as a picture; `flaw` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A picture as it is kept: its first frame, upright, RGB, without anything that was hidden in the file."""

    png: bytes
    width_px: int
    height_px: int


def take(data: bytes) -> Taken:
    """Read a PNG, JPEG, WebP or GIF; slow, so call it in a thread. Raises UnusablePicture."""
    image = _opened(data)
    if image.width * image.height > MOST_PIXELS:
        raise UnusablePicture("too_many_pixels")
    try:
        upright = ImageOps.exif_transpose(image)
        flat = _flattened(upright)
    except (OSError, ValueError, SyntaxError, IndexError, Image.DecompressionBombError) as error:
        raise UnusablePicture("broken") from error
    flat.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.LANCZOS)
    return Taken(png=encode.png(flat), width_px=flat.width, height_px=flat.height)


def _opened(data: bytes) -> Image.Image:
    """Read the head only."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked by the caller
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise UnusablePicture("too_many_pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnusablePicture("not_a_picture") from error


def _flattened(image: Image.Image) -> Image.Image:
    """Lay a picture with transparent parts on white."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(white, clear).convert("RGB")
