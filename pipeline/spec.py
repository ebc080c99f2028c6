"""What a picture is to be: frozen values that travel from the studio to a painter and into the database."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NewType

JobId = NewType("JobId", str)
"""A random UUIDv4 in its usual 36-character form; one per job, everywhere."""

Verb = Literal["draw", "vary", "repaint", "extend", "upscale", "refine"]
"""What a painter does.

draw: text to image, perhaps with image prompts; vary: image to image from `source`; repaint: draw the white part of
`mask` anew, the rest of `source` stays; extend: draw around `source`, which lies at `place`; upscale: enlarge `source`;
refine: enlarge `source` and draw its details anew, as far as its strength goes.
"""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A stored picture that a job starts from."""

    sha256: str
    strength: float = 1.0
    """How far `vary` and `refine` may leave the picture, 0 (not at all) to 1 (entirely); unused by other verbs."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a prompt with `::`, and how much it counts; negative weights push away."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A stored picture to look at, and how much it counts beside others of its kind."""

    sha256: str
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the source lies in the new picture, scaled to this size, in pixels from the upper left corner."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True)
class Spec:
    """All that decides the pixels of a job; equal specs give equal pictures.

    Picture k depends only on (seed, k, the other fields), never on the batch that it was drawn in, up to 2/255.
    """

    verb: Verb = "draw"
    model: str
    """A key of the catalog."""
    prompt: str
    """The text to draw, without parameters; of a prompt with `::`, the positive parts joined."""
    parts: tuple[Part, ...] = ()
    """The weighted parts, when there is more than one; their weights add up to more than 0. Else empty."""
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
    same_noise: bool = False
    """All pictures of the grid begin with the same noise (`--sameseed`)."""
    stylize: int = 100
    """0 … 1000: how far the model's own taste may go; 100 is the model as it is."""
    weird: int = 0
    """0 … 3000: how far the wish is pushed into an unusual direction."""
    tile: bool = False
    """The picture can be laid beside itself without a seam."""
    stop: int = 100
    """10 … 100: per cent of the steps after which the picture is taken as it is."""
    images: tuple[Reference, ...] = ()
    """Image prompts."""
    image_weight: float = 1.0
    """0 … 3: image prompts against text (`--iw`)."""
    style_images: tuple[Reference, ...] = ()
    """Pictures whose style is wanted (`--sref` with links)."""
    style_codes: tuple[int, ...] = ()
    """Styles by number (`--sref` with numbers)."""
    style_weight: int = 100
    """0 … 1000 (`--sw`)."""
    source: Source | None = None
    mask: str | None = None
    """For `repaint`: sha256 of a stored grey picture of the source's size; white is drawn anew."""
    place: Place | None = None
    """For `extend`."""
    upscaler: str | None = None
    """For `upscale` and `refine`: a key of the catalog's upscalers; "lanczos" needs no model."""
    scale: int = 1
    film: bool = False
    """Keep a film of how the pictures come into being (`--video`)."""

    def evolve(self, **changes: Any) -> "Spec":
        return replace(self, **changes)

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> "Spec":
        """Read a spec back; unknown fields raise TypeError, so a newer database is noticed."""
        fields = json.loads(text)
        for name, one in _SINGLE.items():
            if fields.get(name):
                fields[name] = one(**fields[name])
        for name, many in _SEVERAL.items():
            fields[name] = tuple(many(**each) for each in fields.get(name, ()))
        fields["style_codes"] = tuple(fields.get("style_codes", ()))
        return Spec(**fields)


_SINGLE: dict[str, type[Source] | type[Place]] = {"source": Source, "place": Place}
_SEVERAL: dict[str, type[Part] | type[Reference]] = {"parts": Part, "images": Reference, "style_images": Reference}


@dataclass(frozen=True, kw_only=True)
class PaintJob:
    """One attempt at one job, as an engine receives it."""

    id: JobId
    attempt: int
    spec: Spec
    urgency: int = 1
    """Who gets the baton between two steps: larger goes first (turbo 2, fast 1, relax 0)."""
    previews: bool = True
