"""What Easel writes into a picture's file about how it was made, and nothing else."""

import json
import struct
import zlib
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

from PIL import Image

SOFTWARE = "Easel"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_HEADER_END = len(_PNG_START) + 25
_KEYWORD = "Easel"
_EXIF_DESCRIPTION = 0x010E
_EXIF_SOFTWARE = 0x0131
_LONGEST = 200_000


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """How a picture was made."""

    prompt: str
    parameters: str
    """As typed after the prompt: "--ar 3:2 --chaos 10"; empty when there were none."""
    seed: int
    model: str
    job_id: str

    def to_text(self) -> str:
        """Write it as JSON in plain ASCII, so that no control character or odd encoding reaches a file."""
        return json.dumps(asdict(self), ensure_ascii=True, sort_keys=True)

    @staticmethod
    def from_text(text: str) -> "Provenance | None":
        """Read it back; None for anything that Easel did not write."""
        if len(text) > _LONGEST:
            return None
        try:
            fields = json.loads(text)
            return _checked(fields)
        except (ValueError, TypeError, KeyError, RecursionError):
            return None


def into_png(png: bytes, about: Provenance) -> bytes:
    """Return the PNG with our text chunks after its header; the pixels are not decoded. Raises ValueError."""
    if not png.startswith(_PNG_START) or png[12:16] != b"IHDR":
        raise ValueError("Not a PNG file")
    chunks = _text_chunk("Software", SOFTWARE) + _text_chunk(_KEYWORD, about.to_text())
    return png[:_HEADER_END] + chunks + png[_HEADER_END:]


def as_exif(about: Provenance) -> bytes:
    """Return the two EXIF fields for formats without text chunks (WebP)."""
    exif = Image.Exif()
    exif[_EXIF_DESCRIPTION] = about.to_text()
    exif[_EXIF_SOFTWARE] = SOFTWARE
    return exif.tobytes()


def read(data: bytes) -> Provenance | None:
    """Read what Easel wrote into a PNG or WebP file; None when there is nothing, or nothing readable."""
    try:
        with Image.open(BytesIO(data), formats=("PNG", "WEBP")) as image:
            text = image.info.get(_KEYWORD) if image.format == "PNG" else image.getexif().get(_EXIF_DESCRIPTION)
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError):
        return None
    return Provenance.from_text(text) if isinstance(text, str) else None


def _text_chunk(keyword: str, text: str) -> bytes:
    body = b"tEXt" + keyword.encode("latin-1") + b"\0" + text.encode("ascii")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _checked(fields: Any) -> Provenance | None:
    about = Provenance(**fields)
    texts = (about.prompt, about.parameters, about.model, about.job_id)
    return about if all(isinstance(text, str) for text in texts) and isinstance(about.seed, int) else None
