"""Attachment addresses that are signed and really expire, and the door that serves them."""

import hashlib
import hmac
import struct
import time
import zlib
from typing import Any

from aiohttp import web

from playground.uploads import FileShelf, kind_of

UNSIGNED = "cdn://"  # how an address of ours stands in a kept message: without host and signature
ADDRESS_KEYS = frozenset({"url", "proxy_url", "icon_url", "proxy_icon_url"})
SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "video/webm", "text/plain")
AVATAR_COLOURS = ((88, 110, 117), (38, 139, 210), (42, 161, 152), (133, 153, 0), (203, 75, 22), (108, 113, 196))


class Cdn:
    """Signs addresses, and serves files whose signature is right and has not run out."""

    def __init__(self, base_url: str, secret: str, life_s: float, shelf: FileShelf) -> None:
        self._prefix = f"{base_url}/cdn"
        self._secret = secret.encode()
        self._life_s = life_s
        self._shelf = shelf

    def signed(self, value: Any) -> Any:
        """A copy of any JSON value in which every address of ours is signed anew."""
        if isinstance(value, list):
            return [self.signed(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self._sign(item)
            if key in ADDRESS_KEYS and isinstance(item, str) and item.startswith(UNSIGNED)
            else self.signed(item)
            for key, item in value.items()
        }

    def unsigned(self, address: str) -> str:
        """An address as messages keep it: ours lose host and signature, others stay as they are."""
        if not address.startswith((f"{self._prefix}/attachments/", f"{self._prefix}/ephemeral-attachments/")):
            return address
        return UNSIGNED + address.removeprefix(f"{self._prefix}/").partition("?")[0]

    def _sign(self, address: str) -> str:
        path = "/" + address.removeprefix(UNSIGNED)
        issued = int(time.time())
        expires = int(issued + self._life_s)
        return (
            f"{self._prefix}{path}?ex={expires:x}&is={issued:x}&hm={self._mark(path, f'{expires:x}', f'{issued:x}')}&"
        )

    def _mark(self, path: str, expires: str, issued: str) -> str:
        return hmac.new(self._secret, f"{path}|{expires}|{issued}".encode(), hashlib.sha256).hexdigest()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """`GET /cdn/attachments/{channel}/{attachment}/{name}?ex&is&hm`."""
        path = request.path.removeprefix("/cdn")
        expires, issued = request.query.get("ex", ""), request.query.get("is", "")
        right = hmac.compare_digest(self._mark(path, expires, issued).encode(), request.query.get("hm", "").encode())
        file = self._shelf.path(request.match_info["attachment"])
        if not right or int(expires, 16) <= time.time() or not file.is_file():
            return web.Response(status=404, text="This content is no longer available.")
        return web.FileResponse(file, headers=_headers(request.match_info["name"]))

    async def serve_avatar(self, request: web.Request) -> web.Response:
        """`GET /cdn/embed/avatars/{n}.png`: a plain square for people without a picture."""
        colour = AVATAR_COLOURS[int(request.match_info["n"]) % len(AVATAR_COLOURS)]
        return web.Response(body=square(colour), content_type="image/png")


def kept_address(channel_id: str, attachment_id: str, name: str) -> str:
    """The address of a new attachment, as messages keep it."""
    return f"{UNSIGNED}attachments/{channel_id}/{attachment_id}/{name}"


def passing_address(application_id: str, attachment_id: str, name: str) -> str:
    """The address of a file that was handed to a command, not to a message."""
    return f"{UNSIGNED}ephemeral-attachments/{application_id}/{attachment_id}/{name}"


def square(colour: tuple[int, int, int], side_px: int = 128) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * side_px) * side_px
    head = struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _headers(name: str) -> dict[str, str]:
    """Only harmless kinds are shown by a browser; the rest (HTML, SVG …) could run scripts here: a download."""
    kind = kind_of(name)
    inline = kind in SHOWN_INLINE
    return {
        "Content-Type": kind if inline else "application/octet-stream",
        "Content-Disposition": f'{"inline" if inline else "attachment"}; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
