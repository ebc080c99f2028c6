"""The size in pixels of a picture, read from its first bytes."""

import struct

Size = tuple[int, int]  # width, height
LONGEST_SIDE = (1 << 31) - 1  # what a PNG may claim, and what an attachment object can say


def size_of(data: bytes) -> Size | None:
    """Width and height of a PNG, GIF, WebP or JPEG; None for anything else or a broken head."""
    try:
        size = _size_of(data)
    except (struct.error, IndexError):
        return None
    return size if size and all(0 < side <= LONGEST_SIDE for side in size) else None


def _size_of(data: bytes) -> Size | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _pair(">II", data, 16)
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return _pair("<HH", data, 6)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return _jpeg(data) if data.startswith(b"\xff\xd8") else None


def _pair(form: str, data: bytes, at: int) -> Size:
    first, second = struct.unpack_from(form, data, at)
    return first, second


def _webp(data: bytes) -> Size | None:
    """The three kinds of WebP each keep the size elsewhere; source: RFC 9649."""
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = _pair("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    return None


def _jpeg(data: bytes) -> Size | None:
    """Walk the segments up to the frame header (0xC0 to 0xCF but for tables and restart marks)."""
    at = 2
    while data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = _pair(">HH", data, at + 5)
            return width, height
        at += 2 + length
    return None
