"""How long a grid takes through the painter, beside plain diffusers on the same weights: `python -m bench.painter`.

Each round measures both, one after the other, so that a machine of changing speed treats them alike. Ratios can be
trusted more than seconds. Give `--model` for another local model, `--rounds` and `--threads`.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from fractions import Fraction
from pathlib import Path

from bot.engines import BUILT_IN_FOLDER
from pipeline.cards import ModelCard
from pipeline.catalog import Catalog
from pipeline.events import Done, Failed
from pipeline.local import LocalEngine
from pipeline.setup import Wishes
from pipeline.sizes import fit
from pipeline.spec import JobId, PaintJob, Spec
from pipeline.store import PictureStore

PROMPT = "a red star on a blue background"
READY_WITHIN_S = 300.0

PLAIN = """
import json, sys, time
import torch
model, threads, rounds, prompt, width, height, steps, guidance = json.loads(sys.argv[1])
torch.set_num_threads(threads)
began = time.perf_counter()
from diffusers import AutoPipelineForText2Image
imported = time.perf_counter()
pipe = AutoPipelineForText2Image.from_pretrained(model, local_files_only=True)
loaded = time.perf_counter()
pipe.set_progress_bar_config(disable=True)
print(json.dumps({"import_s": imported - began, "load_s": loaded - imported}), flush=True)
for line in sys.stdin:
    began = time.perf_counter()
    generators = [torch.Generator().manual_seed(k) for k in range(4)]
    pipe(prompt=[prompt] * 4, width=width, height=height, num_inference_steps=steps, guidance_scale=guidance,
         generator=generators)
    print(json.dumps({"grid_s": time.perf_counter() - began}), flush=True)
"""


class Plain:
    """Diffusers alone, in a process of its own, drawing a grid whenever it is asked."""

    def __init__(self, card: ModelCard, threads: int) -> None:
        size = fit(Fraction(1), card.size_rule)
        facts = [card.origin.where, threads, 0, PROMPT, size.width_px, size.height_px, card.steps, card.guidance]
        self._process = subprocess.Popen(
            [sys.executable, "-c", PLAIN, json.dumps(facts)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.start = self._answer()

    def grid_s(self) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return self._answer()["grid_s"]

    def close(self) -> None:
        self._process.communicate()

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout is not None
        answer: dict[str, float] = json.loads(self._process.stdout.readline())
        return answer


async def painted_s(engine: LocalEngine, spec: Spec) -> float:
    """Seconds from asking until the last picture lies in the store."""
    began = time.perf_counter()
    async for event in engine.run(PaintJob(id=JobId(str(uuid.uuid4())), attempt=1, spec=spec)):
        if isinstance(event, Failed):
            raise SystemExit(f"The painter failed: {event.detail}")
        if isinstance(event, Done):
            break
    return time.perf_counter() - began


async def ready_s(engine: LocalEngine) -> float:
    """Seconds until the painter has loaded its model, importing torch and diffusers included."""
    began = time.perf_counter()
    async with asyncio.timeout(READY_WITHIN_S):
        while not (await engine.painters())[0].ready:  # noqa: ASYNC110 - the engine tells nobody
            await asyncio.sleep(0.02)
    return time.perf_counter() - began


async def measure(card: ModelCard, catalog: Catalog, threads: int, rounds: int) -> None:
    size = fit(Fraction(1), card.size_rule)
    spec = Spec(
        model=card.key, prompt=PROMPT, width_px=size.width_px, height_px=size.height_px,
        steps=card.steps, guidance=card.guidance, seed=1,
    )  # fmt: skip
    plain = await asyncio.to_thread(Plain, card, threads)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        await asyncio.to_thread(PictureStore, store)
        wishes = Wishes(device="cpu", cpu_threads=threads, offline=True)
        async with LocalEngine.open(catalog=catalog, store=store, wishes=wishes) as engine:
            start_s = await ready_s(engine)
            ours, theirs = [], []
            for number in range(rounds + 1):
                pair = (await painted_s(engine, spec.evolve(seed=number)), await asyncio.to_thread(plain.grid_s))
                if number:
                    ours.append(pair[0])
                    theirs.append(pair[1])
    await asyncio.to_thread(plain.close)
    report(card, plain.start, start_s, ours, theirs)


def report(card: ModelCard, start: dict[str, float], start_s: float, ours: list[float], theirs: list[float]) -> None:
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    print(f"{card.title}: four pictures, {card.steps} steps, guidance {card.guidance}; {len(ours)} rounds in pairs")
    print(f"  painter, from start to ready      {start_s:6.2f} s (process, torch, diffusers and model)")
    print(f"  plain diffusers: import, load     {start['import_s']:6.2f} s, {start['load_s']:.2f} s")
    for name, values in (("painter, grid in the store", ours), ("plain diffusers, grid", theirs)):
        print(f"  {name:32}  {statistics.median(values):6.2f} s ({min(values):.2f} … {max(values):.2f})")
    print(
        f"  painter ÷ plain, by pairs         {statistics.median(ratios):6.2f} ({min(ratios):.2f} … {max(ratios):.2f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="sketchbook")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    catalog = Catalog.from_tables(options.model, {}, BUILT_IN_FOLDER)
    if catalog.default.origin.kind != "folder":
        raise SystemExit(f"{catalog.default.title}: only a model in a local folder can be measured beside diffusers.")
    asyncio.run(measure(catalog.default, catalog, options.threads, options.rounds))


if __name__ == "__main__":
    main()
