"""What an engine says while it runs a job: plain frozen values, exactly one of the last three at the end."""

from dataclasses import dataclass
from typing import Literal

FailureKind = Literal["oom", "worker_lost", "bad_params", "moderated", "model", "internal"]


@dataclass(frozen=True, kw_only=True)
class Loading:
    """The model is on its way to the device; nothing has been drawn yet."""

    done: int
    total: int
    """Bytes or files, 0 when unknown."""


@dataclass(frozen=True, kw_only=True)
class Started:
    """A painter has taken the job up; from here on it counts as an attempt."""

    painter: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """`step` of `total` denoising steps are done; never decreases."""

    step: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A small picture of the work so far, all pictures of the job in one; may be dropped."""

    webp: bytes


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """One finished picture; its bytes are already on the bot's disk, fsynced, under this hash."""

    idx: int
    """0 … count − 1."""
    sha256: str
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film of how the pictures came into being; its bytes are already on the bot's disk, fsynced, under this hash."""

    sha256: str
    extension: str
    """"mp4" or "webp"."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """All artifacts have been sent."""

    gpu_ms: int


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The job cannot be finished by this attempt."""

    kind: FailureKind
    detail: str
    """For the log, never for people."""

    @property
    def retryable(self) -> bool:
        return self.kind in ("oom", "worker_lost")


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """The job was cancelled before it was finished."""

    step: int


Terminal = Done | Failed | Cancelled
Event = Loading | Started | Progress | Preview | Artifact | Film | Terminal
