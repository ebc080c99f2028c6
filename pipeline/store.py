"""Pictures on disk, named by the SHA-256 of their bytes."""

import contextlib
import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from filelock import FileLock

_NAME = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_UNFINISHED = ".unfinished"


class PictureMissing(LookupError):
    """There is no picture of that name in the store."""


class PictureDamaged(ValueError):
    """The bytes on disk are no longer those that were stored."""


class StoreFull(OSError):
    """The disk has no room for another picture; nothing of it was kept."""


class PictureStore:
    """Holds pictures under `root`; safe from several threads and processes at once.

    Synchronous: on an event loop call it through `asyncio.to_thread`.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their SHA-256; storing the same bytes again changes nothing.

        When it returns, file and folder entry have been flushed to the disk. Raises StoreFull.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        target = self._target(sha256)
        try:
            self._make_folder(target.parent)
            with self._publishing():
                if not self._renew(target, sha256):
                    self._write(target, data)
            _flush_folder(target.parent)
        except OSError as fault:
            if fault.errno in _FULL:
                raise StoreFull(fault.errno, "No room left for pictures", str(self._root)) from fault
            raise
        return sha256

    def has(self, sha256: str) -> bool:
        """Say whether a picture is there, without reading it."""
        return _NAME.fullmatch(sha256) is not None and self._target(sha256).is_file()

    def path(self, sha256: str) -> Path:
        """Return the file that holds a picture. Raises PictureMissing, also for anything that is not a SHA-256."""
        if not _NAME.fullmatch(sha256):
            raise PictureMissing(f"{sha256[:80]!r} is not the name of a picture")
        target = self._target(sha256)
        if not target.is_file():
            raise PictureMissing(f"There is no picture {sha256}")
        return target

    def read(self, sha256: str) -> bytes:
        """Return the bytes of a picture, checked. Raises PictureMissing, PictureDamaged."""
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError as fault:
            raise PictureMissing(f"There is no picture {sha256}") from fault
        if hashlib.sha256(data).hexdigest() != sha256:
            raise PictureDamaged(f"Picture {sha256} has changed on disk")
        return data

    def sweep(self, keep: Collection[str], older_than_s: float) -> int:
        """Delete the pictures not in `keep` and last stored more than `older_than_s` ago; return how many.

        Leftovers of interrupted writes go the same way. `keep` should be a set.
        """
        before = time.time() - older_than_s
        return sum(self._discard(path, before) for path in self._files() if path.name not in keep)

    def _target(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256

    def _files(self) -> Iterator[Path]:
        for path in self._root.glob("[0-9a-f][0-9a-f]/*"):
            if _NAME.fullmatch(path.name) or path.name.endswith(_UNFINISHED):
                yield path

    def _publishing(self) -> FileLock:
        # Between "it is there already" and the caller's use of it, no sweep may take the picture away.
        return FileLock(self._root / ".lock")

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _flush_folder(self._root)
        _flush_folder(self._root.parent)

    def _renew(self, target: Path, sha256: str) -> bool:
        """Make an existing whole picture young again; False when it must be written."""
        try:
            whole = hashlib.sha256(target.read_bytes()).hexdigest() == sha256
            if whole:
                os.utime(target)
        except FileNotFoundError:
            return False
        return whole

    def _write(self, target: Path, data: bytes) -> None:
        handle, name = tempfile.mkstemp(suffix=_UNFINISHED, dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise

    def _discard(self, path: Path, before: float) -> bool:
        with contextlib.suppress(FileNotFoundError), self._publishing():
            if path.stat().st_mtime < before:
                path.unlink()
                return True
        return False


def _flush_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system lets a folder be opened."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
