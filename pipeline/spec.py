"""What a picture is to be: frozen values that travel from the studio to a painter and into the database."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NewType

JobId = NewType("JobId", str)
"""A random UUIDv4 in its usual 36-character form; one per job, everywhere."""

Verb = Literal["draw", "vary", "upscale"]
"""What a painter does: text to image; image to image from `source`; enlarge `source`."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A stored picture that a job starts from."""

    sha256: str
    strength: float = 1.0
    """How far a variation may leave the picture, 0 (not at all) to 1 (entirely); unused by `upscale`."""


@dataclass(frozen=True, kw_only=True)
class Spec:
    """All that decides the pixels of a job; equal specs give equal pictures.

    Picture k depends only on (seed, k, the other fields), never on the batch that it was drawn in, up to 2/255.
    """

    verb: Verb = "draw"
    model: str
    """A key of the catalog."""
    prompt: str
    """The text to draw, without parameters."""
    negative: str = ""
    width_px: int
    height_px: int
    """Size of one finished picture."""
    steps: int
    guidance: float
    seed: int
    """0 … 4294967295; picture k draws its noise from (seed, k)."""
    count: int = 4
    chaos: int = 0
    """0 … 100: how far the pictures of a grid may differ from one another."""
    stop: int = 100
    """10 … 100: per cent of the steps after which the picture is taken as it is."""
    source: Source | None = None
    upscaler: str | None = None
    """For `upscale`: a key of the catalog's upscalers; "lanczos" needs no model."""
    scale: int = 1

    def evolve(self, **changes: Any) -> "Spec":
        return replace(self, **changes)

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> "Spec":
        """Read a spec back; unknown fields raise TypeError, so a newer database is noticed."""
        fields = json.loads(text)
        source = fields.pop("source", None)
        return Spec(**fields, source=Source(**source) if source else None)


@dataclass(frozen=True, kw_only=True)
class PaintJob:
    """One attempt at one job, as an engine receives it."""

    id: JobId
    attempt: int
    spec: Spec
    urgency: int = 1
    """Who gets the baton between two steps: larger goes first (turbo 2, fast 1, relax 0)."""
    previews: bool = True
