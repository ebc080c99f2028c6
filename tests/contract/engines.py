"""The engines that the contract suite runs against: to add one, write an opener and name it in ENGINES."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pipeline.events import FailureKind
from pipeline.fake import Behaviour, FakeEngine
from pipeline.spec import PaintJob, Spec
from pipeline.store import PictureStore
from tests.contract.bench import Bench, Opener

_FAILING: tuple[FailureKind, ...] = ("oom", "bad_params", "moderated", "model", "internal")
_QUICK = Spec(model="doodle", prompt="a red fox", width_px=72, height_px=48, steps=8, guidance=1.0, seed=7)


@asynccontextmanager
async def fake(folder: Path) -> AsyncIterator[Bench]:
    store = PictureStore(folder / "pictures")
    engine = FakeEngine(store, _script)

    async def kill() -> None:
        engine.kill()

    yield Bench(
        engine=engine,
        store=store,
        quick=_QUICK,
        endless=_QUICK.evolve(steps=1_000_000),
        failing={kind: _QUICK.evolve(prompt=f"fails as {kind}") for kind in _FAILING},
        kill=kill,
    )


def _script(job: PaintJob) -> Behaviour:
    trouble = next((kind for kind in _FAILING if job.spec.prompt == f"fails as {kind}"), None)
    return Behaviour(step_s=0.002, trouble=trouble, at_step=3, restart_s=0.1)


ENGINES: dict[str, Opener] = {"fake": fake}
