"""Whether Vary (Subtle) stays nearer to its picture than Vary (Strong), and that nearer than another seed.

`python -m bench.variations` paints `--parents` pictures of different prompts with the built-in model (or `--model`),
and of each a subtle and a strong variation and the same wish with another seed. It prints mean distances: of pixels,
and as the image–text model beside the built-in one sees them.
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

import numpy as np
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
from pipeline.training.image_text import Sight

VOCABULARY_KINDS = ("things", "colours", "places")
KINDS = ("subtle", "strong", "another seed")
PIXELS = "pixel values of 255"
MEANING = "one less the cosine by the image–text model"


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


def seen_distance(sight: Sight, one: Image.Image, other: Image.Image) -> float:
    """How far apart two pictures are in meaning: 0 … 2."""
    return sight.apart(np.asarray(one.convert("RGB")), np.asarray(other.convert("RGB")))


async def family(engine: LocalEngine, store: PictureStore, card: ModelCard, spec: Spec) -> list[Image.Image]:
    """Paint a parent and its three relatives, in the order of KINDS."""
    parent = await paint(engine, spec)
    fresh = spec.evolve(seed=spec.seed + 1_000_000)
    relatives = [
        fresh.evolve(verb="vary", source=Source(sha256=parent, strength=card.vary_strength[strength]))
        for strength in ("subtle", "strong")
    ]
    pictures = [encode.decode(store.read(await paint(engine, one))) for one in (*relatives, fresh)]
    return [encode.decode(store.read(parent)), *pictures]


async def measure(catalog: Catalog, count: int, threads: int) -> dict[str, list[list[float]]]:
    """For each measure the distances of every parent's relatives from it."""
    card = catalog.default
    size = fit(Fraction(1), card.size_rule)
    with tempfile.TemporaryDirectory() as folder:
        store = await asyncio.to_thread(PictureStore, Path(folder))
        wishes = Wishes(device="cpu", cpu_threads=threads, offline=True)
        async with LocalEngine.open(catalog=catalog, store=Path(folder), wishes=wishes) as engine:
            sight = await asyncio.to_thread(Sight, BUILT_IN_FOLDER / "image_text")
            rows: dict[str, list[list[float]]] = {PIXELS: [], MEANING: []}
            for number, prompt in enumerate(prompts(count)):
                spec = Spec(
                    model=card.key, prompt=prompt, width_px=size.width_px, height_px=size.height_px,
                    steps=card.steps, guidance=card.guidance, seed=number, count=1,
                )  # fmt: skip
                parent, *relatives = await family(engine, store, card, spec)
                rows[PIXELS].append([distance(parent, one) for one in relatives])
                rows[MEANING].append([seen_distance(sight, parent, one) for one in relatives])
            return rows


def report(measured: str, rows: Sequence[Sequence[float]]) -> None:
    print(f"{len(rows)} parents; mean distance from the parent, {measured}, with 95 % confidence interval")
    for kind, values in zip(KINDS, zip(*rows, strict=True), strict=True):
        spread = 1.96 * statistics.stdev(values) / math.sqrt(len(values))
        print(f"  {kind:14} {statistics.mean(values):8.4f} ± {spread:.4f}")
    ordered = sum(subtle < strong < other for subtle, strong, other in rows)
    print(f"  subtle < strong < another seed for {ordered} of {len(rows)} parents one by one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="sketchbook")
    parser.add_argument("--parents", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    catalog = Catalog.from_tables(options.model, {}, BUILT_IN_FOLDER)
    for measured, rows in asyncio.run(measure(catalog, options.parents, options.threads)).items():
        report(measured, rows)


if __name__ == "__main__":
    main()
