"""Whether Vary (Subtle) stays nearer to its picture than Vary (Strong), and that nearer than another seed.

`python -m bench.variations` paints `--parents` pictures of different prompts with the built-in model (or `--model`),
and of each a subtle and a strong variation and the same wish with another seed. It prints mean distances of pixels.
"""

import argparse
import asyncio
import json
import math
import random
import statistics
import tempfile
import uuid
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from bot.engines import BUILT_IN_FOLDER
from pipeline import encode
from pipeline.cards import ModelCard
from pipeline.catalog import VOCABULARY, Catalog
from pipeline.events import Artifact, Failed
from pipeline.local import LocalEngine
from pipeline.setup import Wishes
from pipeline.sizes import fit
from pipeline.spec import JobId, PaintJob, Source, Spec
from pipeline.store import PictureStore

VOCABULARY_KINDS = ("things", "colours", "places")
KINDS = ("subtle", "strong", "another seed")


def prompts(count: int) -> list[str]:
    """Make different prompts from the words that the built-in model knows, the same at every run."""
    told = json.loads((BUILT_IN_FOLDER / VOCABULARY).read_text(encoding="utf-8"))
    things, colours, places = ([entry["en"][0] for entry in told[kind].values()] for kind in VOCABULARY_KINDS)
    every = [f"a {colour} {thing}, {place}" for colour in colours for thing in things for place in places]
    return random.Random(7).sample(every, count)


async def paint(engine: LocalEngine, spec: Spec) -> str:
    """Paint one picture; returns its hash."""
    found = ""
    async for event in engine.run(PaintJob(id=JobId(str(uuid.uuid4())), attempt=1, spec=spec, previews=False)):
        if isinstance(event, Failed):
            raise SystemExit(f"The painter failed: {event.detail}")
        if isinstance(event, Artifact):
            found = event.sha256
    return found


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures of one size, 0 … 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


async def family(engine: LocalEngine, store: PictureStore, card: ModelCard, spec: Spec) -> list[float]:
    """Paint a parent and its three relatives; returns their distances from it, in the order of KINDS."""
    parent = await paint(engine, spec)
    fresh = spec.evolve(seed=spec.seed + 1_000_000)
    relatives = [
        fresh.evolve(verb="vary", source=Source(sha256=parent, strength=card.vary_strength[strength]))
        for strength in ("subtle", "strong")
    ]
    pictures = [encode.decode(store.read(await paint(engine, one))) for one in (*relatives, fresh)]
    start = encode.decode(store.read(parent))
    return [distance(start, picture) for picture in pictures]


async def measure(catalog: Catalog, count: int, threads: int) -> list[list[float]]:
    card = catalog.default
    size = fit(Fraction(1), card.size_rule)
    with tempfile.TemporaryDirectory() as folder:
        store = await asyncio.to_thread(PictureStore, Path(folder))
        wishes = Wishes(device="cpu", cpu_threads=threads, offline=True)
        async with LocalEngine.open(catalog=catalog, store=Path(folder), wishes=wishes) as engine:
            rows = []
            for number, prompt in enumerate(prompts(count)):
                spec = Spec(
                    model=card.key, prompt=prompt, width_px=size.width_px, height_px=size.height_px,
                    steps=card.steps, guidance=card.guidance, seed=number, count=1,
                )  # fmt: skip
                rows.append(await family(engine, store, card, spec))
            return rows


def report(rows: Sequence[Sequence[float]]) -> None:
    print(f"{len(rows)} parents; mean difference from the parent in pixel values, with 95 % confidence interval")
    for kind, values in zip(KINDS, zip(*rows, strict=True), strict=True):
        spread = 1.96 * statistics.stdev(values) / math.sqrt(len(values))
        print(f"  {kind:14} {statistics.mean(values):6.2f} ± {spread:.2f}")
    ordered = sum(subtle < strong < other for subtle, strong, other in rows)
    print(f"  subtle < strong < another seed for {ordered} of {len(rows)} parents one by one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="sketchbook")
    parser.add_argument("--parents", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    catalog = Catalog.from_tables(options.model, {}, BUILT_IN_FOLDER)
    report(asyncio.run(measure(catalog, options.parents, options.threads)))


if __name__ == "__main__":
    main()
