"""Pictures → the bytes that are stored and uploaded, and the names of the files."""

import math
import re
import unicodedata
import uuid
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image

from pipeline.provenance import Provenance, as_exif, into_png

Concession = Literal["lossless_webp", "webp", "smaller"]
"""What was given up so that a file fits: PNG for another lossless format; exactness; size in pixels."""

_LONGEST_NAME = 63
_WEBP_LONGEST_PX = 16383  # the format's own limit
_LOSSLESS_HOPE = 2.5  # drawings shrink to less than half of their PNG, photographs hardly at all
_DROPPED = re.compile(r"[^A-Za-z0-9 _-]+")
_GAPS = re.compile(r"[ _]+")


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """One file ready for upload."""

    data: bytes
    extension: str
    """"png" or "webp"."""
    note: Concession | None = None
    """What was given up, None when nothing was."""


def decode(data: bytes) -> Image.Image:
    """Decode a picture from our own store, whole, as RGB. Raises OSError when it is not a picture."""
    with Image.open(BytesIO(data), formats=("PNG", "WEBP")) as image:
        return image.convert("RGB")


def png(image: Image.Image) -> bytes:
    """Encode losslessly for the store, without any metadata; equal pixels give equal bytes."""
    # Run lengths only: a fifth of the time of the default, and on photographs fewer bytes (`bench/encoding.py`).
    return _save(image.convert("RGB"), "PNG", compress_level=1, compress_type=zlib.Z_RLE)


def single(png_data: bytes, about: Provenance, limit_bytes: int) -> Encoded:
    """Make the upload of one stored PNG: itself with our text when it fits, else what `ladder` gives."""
    data = into_png(png_data, about)
    if len(data) <= limit_bytes:
        return Encoded(data=data, extension="png")
    return ladder(decode(png_data), limit_bytes, about)


def grid(image: Image.Image, about: Provenance, limit_bytes: int) -> Encoded:
    """Make the upload of a finished grid: WebP that looks like the original, 0.3–2.2 MB at 2048²."""
    if max(image.size) > _WEBP_LONGEST_PX:
        return _smaller(image, limit_bytes, limit_bytes, about)
    data = _webp(image, about, quality=90, method=2)
    if len(data) <= limit_bytes:
        return Encoded(data=data, extension="webp")
    return _smaller(image, len(data), limit_bytes, about)


def preview(image: Image.Image) -> bytes:
    """Encode a contact sheet, quickly and small."""
    return _save(image.convert("RGB"), "WEBP", quality=72, method=1)


def ladder(image: Image.Image, limit_bytes: int, about: Provenance) -> Encoded:
    """Find the best file within a limit: PNG, lossless WebP, WebP, then fewer pixels."""
    data = into_png(png(image), about)
    if len(data) <= limit_bytes:
        return Encoded(data=data, extension="png")
    if max(image.size) <= _WEBP_LONGEST_PX:
        if len(data) <= _LOSSLESS_HOPE * limit_bytes:
            data = _webp(image, about, lossless=True, quality=0, method=1)
            if len(data) <= limit_bytes:
                return Encoded(data=data, extension="webp", note="lossless_webp")
        data = _webp(image, about, quality=92, method=2)
        if len(data) <= limit_bytes:
            return Encoded(data=data, extension="webp", note="webp")
    return _smaller(image, len(data), limit_bytes, about)


def file_name(user_name: str, prompt: str, job_id: str, extension: str) -> str:
    """Name an upload `user_words_of_the_prompt_<job id>.<extension>`, in ASCII.

    User and words are cut to 63 characters together; the job id is always the last `_`-separated part of the stem.
    Raises ValueError when the job id is not a UUID in its usual form.
    """
    if str(uuid.UUID(job_id)) != job_id:
        raise ValueError(f"{job_id!r} is not a UUID in its usual form")
    words = "_".join(filter(None, (_slug(user_name), _slug(prompt))))
    stem = words[:_LONGEST_NAME].rstrip("_-") or "easel"
    return f"{stem}_{job_id}.{extension}"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    spaced = "".join(" " if letter.isspace() else letter for letter in plain)
    return _GAPS.sub("_", _DROPPED.sub("", spaced)).strip("_-")


def _smaller(image: Image.Image, size_bytes: int, limit_bytes: int, about: Provenance) -> Encoded:
    """Shrink until the file fits. Raises ValueError when not even a thumbnail does."""
    scale = min(1.0, _WEBP_LONGEST_PX / max(image.size))
    while True:
        scale *= min(0.9, math.sqrt(limit_bytes / size_bytes) * 0.97)
        width, height = (int(side * scale) for side in image.size)
        if min(width, height) < 1:
            raise ValueError(f"No picture fits into {limit_bytes} bytes")
        data = _webp(image.resize((width, height), Image.Resampling.LANCZOS), about, quality=92, method=2)
        if len(data) <= limit_bytes:
            return Encoded(data=data, extension="webp", note="smaller")
        size_bytes = len(data)


def _webp(image: Image.Image, about: Provenance, **options: int) -> bytes:
    return _save(image.convert("RGB"), "WEBP", exif=as_exif(about), **options)


def _save(image: Image.Image, kind: str, **options: int | bytes) -> bytes:
    out = BytesIO()
    # A picture may carry text, EXIF and colour profiles from where it was decoded: none of it goes out.
    image.info = {}
    image.save(out, kind, **options)
    return out.getvalue()
