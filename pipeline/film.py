"""Films of pictures coming into being: MP4 where ffmpeg is to be had, else animated WebP."""

import importlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import structlog
from PIL import Image

log = structlog.get_logger(__name__)

LONGEST_PX = 512
_MOST_FRAMES = 48
_LENGTH_S = 3.0
_SLOWEST, _FASTEST = 6, 24  # frames a second
_HOLD_S = 1.0
_LIMIT_S = 120.0


class Reel:
    """Frames in their order, thinned as they come, so that a long job leaves no more than a short one."""

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._every = 1
        self._seen = 0

    def add(self, frame: Image.Image) -> None:
        if self._seen % self._every == 0:
            self._frames.append(_packed(frame))
        self._seen += 1
        if len(self._frames) > _MOST_FRAMES:
            del self._frames[1::2]
            self._every *= 2

    def __len__(self) -> int:
        return len(self._frames)

    def develop(self, finished: Image.Image) -> tuple[bytes, str]:
        """Make the film and return it with its extension; the finished picture stays for a second at its end.

        It has the size of `finished`, made even. Takes a second or so, so call it in a thread.
        """
        last = _even(finished)
        frames = [_fitted(frame, last.size) for frame in self._frames]
        pace = max(_SLOWEST, min(_FASTEST, round(len(frames) / _LENGTH_S)))
        program = ffmpeg()
        if program is not None:
            film = _mp4(program, [*frames, *[_packed(last)] * round(pace * _HOLD_S)], pace)
            if film is not None:
                return film, "mp4"
        return _webp([*frames, _packed(last)], pace), "webp"


def ffmpeg() -> str | None:
    """Find ffmpeg: the one that comes with the package imageio-ffmpeg, or this machine's own."""
    try:
        package: Any = importlib.import_module("imageio_ffmpeg")
        return str(package.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return shutil.which("ffmpeg")


def _mp4(program: str, frames: Sequence[bytes], pace: int) -> bytes | None:
    """Encode JPEG frames as H.264 that browsers play while it still loads; None when ffmpeg fails."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "film.mp4"  # a file, since the index is moved to its front at the end
        command = [
            *(program, "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"),
            *("-f", "image2pipe", "-c:v", "mjpeg", "-framerate", str(pace), "-i", "pipe:0"),
            # JPEG uses the whole range of brightness, which not every player expects of H.264.
            *("-vf", "scale=out_range=tv,format=yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-crf", "24"),
            *("-movflags", "+faststart", "-map_metadata", "-1", str(target)),
        ]
        try:
            subprocess.run(command, input=b"".join(frames), capture_output=True, timeout=_LIMIT_S, check=True)  # noqa: S603 - no shell, and nothing in it comes from people
            return target.read_bytes()
        except (OSError, subprocess.SubprocessError) as fault:
            said = getattr(fault, "stderr", None) or b""
            log.warning("ffmpeg failed", reason=str(fault)[:200], said=said[-300:].decode(errors="replace"))
            return None


def _webp(frames: Sequence[bytes], pace: int) -> bytes:
    pictures = [Image.open(BytesIO(frame)) for frame in frames]
    durations = [round(1000 / pace)] * (len(pictures) - 1) + [round(1000 * _HOLD_S)]
    out = BytesIO()
    pictures[0].save(
        out, "WEBP", save_all=True, append_images=pictures[1:], duration=durations, loop=0, quality=75, method=1
    )
    return out.getvalue()


def _packed(frame: Image.Image) -> bytes:
    out = BytesIO()
    frame.convert("RGB").save(out, "JPEG", quality=92)
    return out.getvalue()


def _fitted(frame: bytes, size: tuple[int, int]) -> bytes:
    """Bring a frame to the film's size, where the sheet of unfinished work was another by a pixel or two."""
    with Image.open(BytesIO(frame)) as picture:
        if picture.size == size:
            return frame
        return _packed(picture.convert("RGB").resize(size, Image.Resampling.BICUBIC))


def _even(picture: Image.Image) -> Image.Image:
    """Cut to even sides of at most `LONGEST_PX`, which the colour format asks for; narrow ones are doubled instead."""
    scale = min(1.0, LONGEST_PX / max(picture.size))
    size = tuple(max(2, int(side * scale) // 2 * 2) for side in picture.size)
    return picture.convert("RGB").resize((size[0], size[1]), Image.Resampling.LANCZOS)
