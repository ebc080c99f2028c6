"""The body of a request: JSON, or multipart with JSON in `payload_json` and files in `files[n]`."""

import json
import re
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from playground.problem import Problem
from playground.snowflake import Mint
from playground.uploads import Upload, plain_name

LARGEST_REQUEST = 25 << 20  # bytes, files included; "Uploading Files" in Discord's API reference
FILE_FIELD = re.compile(r"files\[(\d{1,2})\]|file(\d{0,2})")


@dataclass(frozen=True, kw_only=True)
class Body:
    """What was sent; `json` is None when there was no body at all."""

    json: Any = None
    uploads: tuple[Upload, ...] = ()


async def read(request: web.Request, mint: Mint) -> Body:
    """Read a request whole. Raises Problem for bad JSON (50109) and for more than 25 MiB (40005)."""
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request, mint)
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise too_large() from None
    return Body(json=_parse(raw) if raw else None)


def too_large() -> Problem:
    return Problem(413, 40005, "Request entity too large")


async def _read_multipart(request: web.Request, mint: Mint) -> Body:
    payload: Any = None
    uploads: list[Upload] = []
    left = LARGEST_REQUEST
    try:
        reader = await request.multipart()
        while part := await reader.next():
            if not isinstance(part, BodyPartReader):
                continue
            data = await _read_part(part, left)
            left -= len(data)
            if part.name == "payload_json":
                payload = _parse(data)
            elif match := FILE_FIELD.fullmatch(part.name or ""):
                name = plain_name(part.filename or "unknown")
                uploads.append(Upload(id=mint(), index=match[1] or match[2] or "0", name=name, data=data))
    except (ValueError, HttpProcessingError) as error:  # aiohttp's words for a broken form
        raise Problem(400, 50109, "The request body contains invalid form data.") from error
    return Body(json=payload, uploads=tuple(uploads))


async def _read_part(part: BodyPartReader, limit: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(1 << 18):
        data += chunk
        if len(data) > limit:
            raise too_large()
    return bytes(data)


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise Problem(400, 50109, "The request body contains invalid JSON.") from None
