"""The engines that the contract suite runs against: to add one, write an opener and name it in ENGINES."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from pipeline.catalog import Catalog
from pipeline.events import FailureKind
from pipeline.fake import Behaviour, FakeEngine
from pipeline.local import LocalEngine
from pipeline.setup import Wishes
from pipeline.spec import PaintJob, Spec
from pipeline.store import PictureStore
from pipeline.wellknown import DOODLE
from tests.contract.bench import Bench, Opener

_FAILING: tuple[FailureKind, ...] = ("oom", "bad_params", "moderated", "model", "internal")
_QUICK = Spec(model="doodle", prompt="a red fox", width_px=72, height_px=48, steps=8, guidance=1.0, seed=7)


@asynccontextmanager
async def fake(folder: Path) -> AsyncIterator[Bench]:
    store = PictureStore(folder / "pictures")
    model = replace(DOODLE, mechanisms=DOODLE.mechanisms | {"negative"})
    engine = FakeEngine(store, _script, models={_QUICK.model: model})

    async def kill() -> None:
        engine.kill()

    yield Bench(
        engine=engine,
        store=store,
        quick=_QUICK,
        endless=_QUICK.evolve(steps=1_000_000),
        beyond=_QUICK.evolve(weird=100),
        failing={kind: _QUICK.evolve(prompt=f"fails as {kind}") for kind in _FAILING},
        kill=kill,
    )


def _script(job: PaintJob) -> Behaviour:
    trouble = next((kind for kind in _FAILING if job.spec.prompt == f"fails as {kind}"), None)
    return Behaviour(step_s=0.002, trouble=trouble, at_step=3, restart_s=0.1)


@asynccontextmanager
async def local(folder: Path) -> AsyncIterator[Bench]:
    model, words = await asyncio.to_thread(_tiny_models, folder)
    tables = {"models": {"tiny": {"source": str(model), "without": ["weird"]}}}
    catalog = await asyncio.to_thread(Catalog.from_tables, "tiny", tables, None, describer=str(words))
    pictures = folder / "pictures"
    quick = Spec(model="tiny", prompt="a red fox", width_px=72, height_px=48, steps=8, guidance=3.0, seed=7)
    wishes = Wishes(device="cpu", cpu_threads=1, offline=True)
    async with LocalEngine.open(catalog=catalog, store=pictures, wishes=wishes) as engine:

        async def kill() -> None:
            process = engine._keepers[0].process
            assert process is not None
            process.kill()

        yield Bench(
            engine=engine,
            store=PictureStore(pictures),
            quick=quick,
            endless=quick.evolve(steps=900),  # schedulers know no more than 1000
            beyond=quick.evolve(weird=100),
            failing={"bad_params": quick.evolve(model="another")},
            kill=kill,
        )


def _tiny_models(folder: Path) -> tuple[Path, Path]:
    from tests.pipeline.gpu import tiny, words  # noqa: PLC0415 - torch is imported where it is needed alone

    return tiny.save("sd", folder / "tiny"), words.clip(folder / "words")


ENGINES: dict[str, Opener] = {"fake": fake, "local": local}
