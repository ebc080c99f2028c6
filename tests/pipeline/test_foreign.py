"""Pictures from strangers: what is kept of them, and what is refused before it is decoded."""

import io
import struct
import zlib

import pytest
from PIL import Image

from pipeline import encode, foreign
from pipeline.foreign import UnusablePicture, take


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def huge_png(side_px: int) -> bytes:
    """A well-formed head that promises more pixels than any computer has."""
    head = b"IHDR" + struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\x00" * 100)
    chunks = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (head, data, b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_usual_kinds_are_taken(kind: str) -> None:
    taken = take(written(Image.new("RGB", (40, 30), "red"), kind))

    assert (taken.width_px, taken.height_px) == (40, 30)
    assert encode.decode(taken.png).getpixel((20, 15))[0] > 240  # type: ignore[index]


@pytest.mark.parametrize("data", [b"", b"hello", b"<svg xmlns='x'/>", b"%PDF-1.7", b"\x00" * 99])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(UnusablePicture) as refused:
        take(data)
    assert refused.value.flaw == "not_a_picture"


def test_a_picture_of_billions_of_pixels_is_refused_by_its_head() -> None:
    with pytest.raises(UnusablePicture) as refused:
        take(huge_png(60_000))
    assert refused.value.flaw == "too_many_pixels"


def test_a_picture_just_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "MOST_PIXELS", 99)
    with pytest.raises(UnusablePicture) as refused:
        take(written(Image.new("RGB", (10, 10)), "PNG"))
    assert refused.value.flaw == "too_many_pixels"


def test_half_a_picture_is_refused() -> None:
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    with pytest.raises(UnusablePicture) as refused:
        take(written(noise, "PNG")[:5000])
    assert refused.value.flaw == "broken"


def test_a_large_picture_is_kept_smaller() -> None:
    taken = take(written(Image.new("RGB", (5000, 2500)), "PNG"))
    assert (taken.width_px, taken.height_px) == (2048, 1024)


def test_a_picture_lying_on_its_side_is_turned_upright_and_its_secrets_are_gone() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010F] = "camera of somebody"
    taken = take(written(Image.new("RGB", (40, 30)), "JPEG", exif=exif))

    assert (taken.width_px, taken.height_px) == (30, 40)
    assert not Image.open(io.BytesIO(taken.png)).getexif()


def test_clear_parts_lie_on_white() -> None:
    taken = take(written(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG"))
    assert encode.decode(taken.png).getpixel((4, 4)) == (255, 255, 255)
