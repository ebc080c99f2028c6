"""Whether parameters mean what they say: weights, --no, --chaos, --stylize, --weird, --iw, blends, --sref.

`python -m bench.meaning` paints a few prompts with the built-in model, once for each value of each parameter, and
prints one row per value: a measure that should rise or fall steadily, averaged over the prompts. Measures are of
pixels, and of the image–text model's embedding where there is one. It gives a verdict for each parameter;
`--only weights` (or another name) runs one alone.
"""

import argparse
import itertools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from PIL import Image

from bot.engines import BUILT_IN_FOLDER
from pipeline import encode
from pipeline.catalog import Catalog
from pipeline.describers import BESIDE_BUILT_IN
from pipeline.events import Artifact, Event
from pipeline.gpu import facts
from pipeline.gpu.attempt import Attempt
from pipeline.gpu.baton import Baton, Turn
from pipeline.gpu.describe import Ranker, load_describer
from pipeline.gpu.draw import draw
from pipeline.gpu.load import Model, load
from pipeline.setup import Wishes
from pipeline.spec import JobId, PaintJob, Part, Reference, Spec
from pipeline.store import PictureStore

RED, BLUE = (220, 40, 40), (45, 90, 215)
SUBJECTS = ("balloon", "star", "heart", "house", "boat", "fish")
Trend = Literal["rises", "falls"]
Measure = Callable[[Sequence[Image.Image]], float]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One value of one parameter."""

    label: str
    value: float


@dataclass(eq=False, kw_only=True)
class Studio:
    """Paints in this process."""

    model: Model
    store: PictureStore
    ranker: Ranker | None
    count: int
    _baton: Baton = field(default_factory=Baton)

    def paint(self, prompt: str, **changes: object) -> list[Image.Image]:
        """Paint a grid."""
        return [encode.decode(self.store.read(each)) for each in self.stored(prompt, **changes)]

    def stored(self, prompt: str, **changes: object) -> list[str]:
        card, heard = self.model.card, list[Event]()
        side = int(card.size_rule.area_px**0.5)
        spec = Spec(
            model=card.key, prompt=prompt, width_px=side, height_px=side, steps=card.steps, guidance=card.guidance,
            seed=len(prompt), count=self.count,
        ).evolve(**changes)  # fmt: skip
        attempt = Attempt(
            job=PaintJob(id=JobId("bench"), attempt=1, spec=spec, previews=False),
            turn=Turn(urgency=1),
            baton=self._baton,
            store=self.store,
            say=heard.append,
        )
        with self._baton.held(attempt.turn):
            draw(self.model, attempt)
        return [event.sha256 for event in heard if isinstance(event, Artifact)]

    def apart(self, one: Image.Image, other: Image.Image) -> float:
        """Return how far two pictures are from each other: by the image–text model, else by pixels."""
        if self.ranker is None:
            return pixels_apart(one, other)
        with torch.no_grad():
            both = self.ranker.image_processor(images=[one, other], return_tensors="pt")["pixel_values"]
            found = self.ranker.model.get_image_features(pixel_values=both)
        first, second = torch.nn.functional.normalize(getattr(found, "pooler_output", found), dim=-1)
        return float(1 - first @ second)


def pixels_apart(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of values, of 255."""
    return float(np.abs(np.asarray(one, float) - np.asarray(other, float)).mean())


def lean(pictures: Sequence[Image.Image]) -> float:
    """Return how red against blue the middles of pictures are: red minus blue, of 255."""
    values = []
    for picture in pictures:
        side = picture.width
        middle = picture.crop((side // 3, side // 3, side - side // 3, side - side // 3))
        red, _, blue = np.asarray(middle, float).reshape(-1, 3).mean(0)
        values.append(red - blue)
    return float(np.mean(values))


def bluish(pictures: Sequence[Image.Image]) -> float:
    """Return the share of pixels, in per cent, in which blue is clearly the largest."""
    values = [np.asarray(picture, float) for picture in pictures]
    return 100 * float(np.mean([(v[..., 2] > v[..., 0] + 25) & (v[..., 2] > v[..., 1]) for v in values]))


def spread(studio: Studio, pictures: Sequence[Image.Image]) -> float:
    pairs = list(itertools.combinations(pictures, 2))
    return sum(studio.apart(*pair) for pair in pairs) / len(pairs)


def averaged(labels: Sequence[str], values: Sequence[Sequence[float]]) -> list[Row]:
    """Average over prompts: values[prompt][label]."""
    return [
        Row(label=label, value=float(np.mean(each)))
        for label, each in zip(labels, zip(*values, strict=True), strict=True)
    ]


def weights(studio: Studio, subjects: Sequence[str]) -> list[Row]:
    ratios = ((1, 4), (1, 2), (1, 1), (2, 1), (4, 1))
    rows = []
    for subject in subjects:
        parts = [
            (Part(text=f"a red {subject}", weight=red), Part(text=f"a blue {subject}", weight=blue))
            for red, blue in ratios
        ]
        rows.append([lean(studio.paint(f"a red {subject}", parts=each)) for each in parts])
    return averaged([f"red::{red} blue::{blue}" for red, blue in ratios], rows)


def no(studio: Studio, subjects: Sequence[str]) -> list[Row]:
    """The background is free; ruling blue out leaves less of it."""
    words = ("", "blue, sea, snow")
    rows = [[bluish(studio.paint(f"a red {subject}", negative=word)) for word in words] for subject in subjects]
    return averaged(["nothing ruled out", "--no blue, sea, snow"], rows)


def chaos(studio: Studio, subjects: Sequence[str]) -> list[Row]:
    values = (0, 25, 50, 75, 100)
    prompts = [f"a red {subject}, sea" for subject in subjects]
    rows = [[spread(studio, studio.paint(prompt, chaos=value)) for value in values] for prompt in prompts]
    return averaged([f"--chaos {value}" for value in values], rows)


def _away(studio: Studio, prompt: str, changes: Sequence[dict[str, object]]) -> list[float]:
    start = studio.paint(prompt)
    grids = [studio.paint(prompt, **change) for change in changes]
    return [float(np.mean([pixels_apart(*pair) for pair in zip(start, grid, strict=True)])) for grid in grids]


def stylize(studio: Studio, subjects: Sequence[str]) -> list[Row]:
    values = (100, 200, 400, 700, 1000)
    rows = [_away(studio, f"a red {subject}, sea", [{"stylize": value} for value in values]) for subject in subjects]
    return averaged([f"--stylize {value}" for value in values], rows)


def weird(studio: Studio, subjects: Sequence[str]) -> list[Row]:
    values = (0, 250, 1000, 2000, 3000)
    rows = [_away(studio, f"a red {subject}, sea", [{"weird": value} for value in values]) for subject in subjects]
    return averaged([f"--weird {value}" for value in values], rows)


def iw(studio: Studio, subjects: Sequence[str]) -> list[Row]:
    values = (0.0, 0.5, 1.0, 2.0, 3.0)
    (sha256, *_) = studio.stored("a yellow moon, night", count=1)
    reference = encode.decode(studio.store.read(sha256))
    rows = []
    for subject in subjects:
        changes = [{"images": (Reference(sha256=sha256),), "image_weight": value} for value in values]
        grids = [studio.paint(f"a red {subject}", **change) for change in changes]
        rows.append([float(np.mean([pixels_apart(reference, each) for each in grid])) for grid in grids])
    return averaged([f"--iw {value:g}" for value in values], rows)


def sref(studio: Studio, subjects: Sequence[str]) -> list[Row]:
    """How far the colours of the grid, on the whole, are from those of the reference."""
    values = (0, 50, 100, 300, 1000)
    (sha256, *_) = studio.stored("a green tree, sunset", count=1)
    wanted = _colour([encode.decode(studio.store.read(sha256))])
    rows = []
    for subject in subjects:
        changes = [{"style_images": (Reference(sha256=sha256),), "style_weight": value} for value in values]
        grids = [studio.paint(f"a red {subject}, sea", **change) for change in changes]
        rows.append([float(np.abs(_colour(grid) - wanted).mean()) for grid in grids])
    return averaged([f"--sw {value}" for value in values], rows)


def _colour(pictures: Sequence[Image.Image]) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    every: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    every = np.concatenate([np.asarray(picture, np.float64).reshape(-1, 3) for picture in pictures])
    return np.asarray(every.mean(0))


def blend(studio: Studio, subjects: Sequence[str]) -> list[Row]:
    """A blend is nearer to either parent than they are to each other."""
    rows = []
    for one, other in itertools.pairwise(subjects):
        parents = [studio.stored(prompt, count=1)[0] for prompt in (f"a red {one}, sea", f"a yellow {other}, night")]
        pictures = [encode.decode(studio.store.read(each)) for each in parents]
        between = studio.paint("", images=tuple(Reference(sha256=each) for each in parents), image_weight=2.0)
        nearest = [float(np.mean([pixels_apart(parent, each) for each in between])) for parent in pictures]
        rows.append([max(nearest), pixels_apart(*pictures)])
    return averaged(["blend to its farther parent", "parent to parent"], rows)


STUDIES: dict[str, tuple[Callable[[Studio, Sequence[str]], list[Row]], Trend]] = {
    "weights": (weights, "rises"),
    "no": (no, "falls"),
    "chaos": (chaos, "rises"),
    "stylize": (stylize, "rises"),
    "weird": (weird, "rises"),
    "iw": (iw, "falls"),
    "sref": (sref, "falls"),
    "blend": (blend, "rises"),
}


def verdict(rows: Sequence[Row], trend: Trend) -> bool:
    values = [row.value if trend == "rises" else -row.value for row in rows]
    return all(before < after for before, after in itertools.pairwise(values))


def open_studio(folder: Path, count: int, threads: int) -> Studio:
    wishes = Wishes(device="cpu", cpu_threads=threads, offline=True)
    card = Catalog.from_tables("", {}, BUILT_IN_FOLDER).default
    model = load(card, facts.gather("cpu"), wishes, "cpu", lambda _done, _total: None)
    words = BUILT_IN_FOLDER / BESIDE_BUILT_IN
    found = load_describer(str(words), offline=True, device="cpu") if words.is_dir() else None
    return Studio(
        model=model, store=PictureStore(folder), ranker=found if isinstance(found, Ranker) else None, count=count
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(STUDIES), help="one parameter alone")
    parser.add_argument("--prompts", type=int, default=3, choices=range(2, len(SUBJECTS) + 1), help="how many subjects")
    parser.add_argument("--count", type=int, default=4, help="pictures per grid")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        studio = open_studio(Path(folder), options.count, options.threads)
        print(f"{options.prompts} prompts, {options.count} pictures each; judged by "
              f"{'the image–text model and pixels' if studio.ranker else 'pixels'}")  # fmt: skip
        for name, (study, trend) in STUDIES.items():
            if options.only in (None, name):
                rows = study(studio, SUBJECTS[: options.prompts])
                print(f"\n{name}: {trend} steadily: {'yes' if verdict(rows, trend) else 'NO'}")
                for row in rows:
                    print(f"  {row.label:28} {row.value:9.3f}", flush=True)


if __name__ == "__main__":
    main()
