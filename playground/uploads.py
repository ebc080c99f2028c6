"""Files that came with a request: named as Discord names them, and kept on disk under their attachment id."""

import asyncio
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from playground.pictures import Size, size_of

GRACE_S = 60.0  # a replaced file stays this long, for pages that are just reading it
PLAIN_NAME = re.compile(r"[^\w.\-]", re.ASCII)
KINDS = mimetypes.MimeTypes()  # Python's own table only: what a machine adds or changes is different on every one
KINDS.add_type("image/webp", ".webp")  # part of the table since Python 3.13


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """What is told of a file: its length in bytes, and its size in pixels if it is a picture."""

    id: str
    index: str  # by which a body speaks of it
    name: str
    length: int
    size: Size | None

    @property
    def content_type(self) -> str:
        return kind_of(self.name)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file; `index` is the n of `files[n]`, by which the body speaks of it."""

    id: str
    index: str
    name: str
    data: bytes = field(repr=False)

    @property
    def facts(self) -> FileFacts:
        return FileFacts(id=self.id, index=self.index, name=self.name, length=len(self.data), size=size_of(self.data))


def kind_of(name: str) -> str:
    """The content type that a file's name promises."""
    return KINDS.guess_type(name)[0] or "application/octet-stream"


def plain_name(name: str) -> str:
    """A file name as the CDN shows it: ASCII letters, digits, dots, hyphens and underscores."""
    return PLAIN_NAME.sub("_", name.strip().replace(" ", "_"))[-200:] or "unknown"


class FileShelf:
    """Attachments on disk. All reading and writing happens in threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._doomed: dict[str, asyncio.TimerHandle] = {}
        self._removals: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)

    def path(self, attachment_id: str) -> Path:
        return self._folder / attachment_id

    async def save(self, uploads: Iterable[Upload]) -> None:
        """Write all files; raises OSError when the disk does not take them."""
        await asyncio.to_thread(self._save, list(uploads))

    def discard(self, attachment_ids: Iterable[str], *, after_s: float = GRACE_S) -> None:
        """Delete files soon."""
        loop = asyncio.get_running_loop()
        for attachment_id in attachment_ids:
            if attachment_id not in self._doomed:
                self._doomed[attachment_id] = loop.call_later(after_s, self._remove_soon, attachment_id)

    def keep(self, attachment_ids: Iterable[str]) -> None:
        """Think better of deleting files."""
        for attachment_id in attachment_ids:
            if timer := self._doomed.pop(attachment_id, None):
                timer.cancel()

    async def close(self) -> None:
        """Delete at once what was to be deleted soon."""
        for timer in self._doomed.values():
            timer.cancel()
        await asyncio.to_thread(self._remove, list(self._doomed))
        self._doomed.clear()
        await asyncio.gather(*self._removals)

    def _remove_soon(self, attachment_id: str) -> None:
        self._doomed.pop(attachment_id, None)
        task = asyncio.get_running_loop().create_task(asyncio.to_thread(self._remove, [attachment_id]))
        self._removals.add(task)
        task.add_done_callback(self._removals.discard)

    def _save(self, uploads: list[Upload]) -> None:
        for upload in uploads:
            self.path(upload.id).write_bytes(upload.data)

    def _remove(self, attachment_ids: list[str]) -> None:
        for attachment_id in attachment_ids:
            self.path(attachment_id).unlink(missing_ok=True)
