import asyncio
import time
import uuid
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from pipeline import doodle, encode
from pipeline.events import Artifact, Cancelled, Done, Event, Failed, Loading, Preview, Progress, Started, Terminal
from pipeline.fake import Behaviour, FakeEngine, mischief, steady
from pipeline.spec import JobId, PaintJob, Source, Spec
from pipeline.store import PictureStore

SPEC = Spec(model="doodle", prompt="a red fox", width_px=48, height_px=32, steps=6, guidance=1.0, seed=3)


@pytest.fixture
def store(tmp_path: Path) -> PictureStore:
    return PictureStore(tmp_path / "pictures")


def job(spec: Spec = SPEC, *, urgency: int = 1, attempt: int = 1, job_id: str = "") -> PaintJob:
    return PaintJob(id=JobId(job_id or str(uuid.uuid4())), attempt=attempt, spec=spec, urgency=urgency, previews=False)


async def events(engine: FakeEngine, task: PaintJob | None = None) -> list[Event]:
    async with asyncio.timeout(30):
        return [event async for event in engine.run(task or job())]


def engine_that(store: PictureStore, behaviour: Behaviour, *, painters: int = 1) -> FakeEngine:
    return FakeEngine(store, lambda _job: behaviour, painters=painters)


@pytest.mark.parametrize("kind", ["oom", "bad_params", "moderated", "model", "internal", "worker_lost"])
@pytest.mark.parametrize("at_step", [0, 3, 99])
async def test_a_scripted_failure_comes_after_its_step(store: PictureStore, kind: str, at_step: int) -> None:
    said = await events(engine_that(store, Behaviour(trouble=kind, at_step=at_step)))  # type: ignore[arg-type]

    steps = [event.step for event in said if isinstance(event, Progress)]
    pictures = [event for event in said if isinstance(event, Artifact)]
    assert isinstance(said[-1], Failed)
    assert said[-1].kind == kind
    assert (steps or [0])[-1] == min(at_step, SPEC.steps)
    assert len(pictures) == (at_step == 99)


async def test_a_painter_that_dies_is_away_until_it_is_started_again(store: PictureStore) -> None:
    engine = engine_that(store, Behaviour(trouble="die", at_step=2, restart_s=0.3))
    said = await events(engine)
    (away,) = await engine.painters()

    began = time.monotonic()
    await events(engine)

    assert isinstance(said[-1], Failed)
    assert said[-1].kind == "worker_lost"
    assert (away.ready, away.model) == (False, None)
    assert away.note
    assert time.monotonic() - began >= 0.25


async def test_a_hanging_painter_is_silent_and_then_lost(store: PictureStore) -> None:
    said = await events(engine_that(store, Behaviour(trouble="hang", at_step=2, hang_s=0.05)))

    assert isinstance(said[-1], Failed)
    assert said[-1].kind == "worker_lost"


async def test_a_painter_that_hangs_for_ever_can_be_cancelled(store: PictureStore) -> None:
    engine = engine_that(store, Behaviour(trouble="hang", at_step=2))
    task = job()
    said = []
    async with asyncio.timeout(30):
        async for event in engine.run(task):
            said.append(event)
            if isinstance(event, Progress) and event.step == 2:
                await engine.cancel(task.id)

    assert said[-1] == Cancelled(step=2)


async def test_a_job_that_never_starts_says_nothing_until_it_is_cancelled(store: PictureStore) -> None:
    engine = engine_that(store, Behaviour(trouble="never_start"))
    task = job()
    reader = asyncio.create_task(events(engine, task))
    await asyncio.sleep(0.05)
    silent = not reader.done()
    await engine.cancel(task.id)

    assert silent
    assert await reader == [Cancelled(step=0)]


async def test_loading_is_told_before_the_start(store: PictureStore) -> None:
    said = await events(engine_that(store, Behaviour(loading_s=0.02)))

    assert isinstance(said[0], Loading)
    assert [type(event) for event in said].index(Started) > 0
    assert isinstance(said[-1], Done)


async def test_steps_take_their_time(store: PictureStore) -> None:
    began = time.monotonic()
    await events(FakeEngine(store, steady(0.02)))

    assert time.monotonic() - began >= SPEC.steps * 0.02


async def test_one_painter_draws_one_job_after_another_the_most_urgent_first(store: PictureStore) -> None:
    engine = FakeEngine(store, steady(0.01))
    finished: list[str] = []

    async def drawn(name: str, urgency: int) -> None:
        await events(engine, job(urgency=urgency))
        finished.append(name)

    async with asyncio.TaskGroup() as group:
        for name, urgency in (("first", 0), ("relaxed", 0), ("fast", 1), ("turbo", 2)):
            group.create_task(drawn(name, urgency))

    assert finished == ["first", "turbo", "fast", "relaxed"]


async def test_a_waiting_job_that_is_cancelled_gives_its_turn_to_the_next(store: PictureStore) -> None:
    engine = FakeEngine(store, steady(0.01))
    waiting = job()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(events(engine))
        second = group.create_task(events(engine, waiting))
        third = group.create_task(events(engine))
        await asyncio.sleep(0.02)
        await engine.cancel(waiting.id)

    assert second.result() == [Cancelled(step=0)]
    assert isinstance(first.result()[-1], Done)
    assert isinstance(third.result()[-1], Done)


async def test_two_painters_draw_two_jobs_at_once(store: PictureStore) -> None:
    engine = FakeEngine(store, steady(0.02), painters=2)
    readers = [asyncio.create_task(events(engine)) for _ in range(2)]
    await asyncio.sleep(0.06)
    busy = await engine.painters()
    said = await asyncio.gather(*readers)

    assert all(painter.busy_with for painter in busy)
    assert {painter.name for painter in busy} == {
        event.painter for stream in said for event in stream if isinstance(event, Started)
    }


async def test_a_full_disk_fails_the_job_and_not_the_engine(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_bytes(b"not a folder")

    said = await events(FakeEngine(PictureStore(tmp_path / "pictures")))

    assert isinstance(said[-1], Failed)
    assert said[-1].kind == "internal"


async def test_mischief_is_the_same_for_the_same_seed_and_another_for_the_next_attempt() -> None:
    script, again = mischief(5, 0.5), mischief(5, 0.5)
    jobs = [job(job_id=str(number), attempt=attempt) for number in range(40) for attempt in (1, 2)]

    told = [script(each) for each in jobs]

    assert told == [again(each) for each in jobs]
    assert told[::2] != told[1::2]
    assert 10 < sum(behaviour.trouble is not None for behaviour in told) < 70


async def test_whatever_goes_wrong_a_job_ends_exactly_once(store: PictureStore) -> None:
    spec = SPEC.evolve(width_px=16, height_px=16, count=1, steps=3)
    endings = set()
    for seed in range(200):
        engine = FakeEngine(store, mischief(seed, 0.8, hang_s=0.001))
        said = await events(engine, job(spec, job_id=str(seed)))
        assert [event for event in said if isinstance(event, Terminal)] == said[-1:]
        assert all(store.has(event.sha256) for event in said if isinstance(event, Artifact))
        assert all(not painter.busy_with for painter in await engine.painters())
        endings.add(said[-1].kind if isinstance(said[-1], Failed) else "done")

    assert endings == {"done", "oom", "worker_lost", "bad_params", "moderated", "model", "internal"}


async def test_cancelling_at_any_moment_leaves_the_painter_free(store: PictureStore) -> None:
    engine = FakeEngine(store, steady(0.001))
    for wait_ms in range(0, 60, 2):
        task = job()
        reader = asyncio.create_task(events(engine, task))
        await asyncio.sleep(wait_ms / 1000)
        await engine.cancel(task.id)
        assert isinstance((await reader)[-1], Cancelled | Done)

    assert isinstance((await events(engine))[-1], Done)


async def test_a_stream_given_up_at_any_moment_leaves_the_painter_free(store: PictureStore) -> None:
    engine = FakeEngine(store, steady(0.001))
    for moment in range(12):
        stream = engine.run(job())
        async with asyncio.timeout(30):
            for _ in range(moment):
                await anext(stream)
        assert hasattr(stream, "aclose")
        await stream.aclose()

    assert isinstance((await events(engine))[-1], Done)
    assert not (await engine.painters())[0].busy_with


@pytest.fixture
def gallery(store: PictureStore) -> FakeEngine:
    return FakeEngine(store)


async def pictures(engine: FakeEngine, store: PictureStore, spec: Spec) -> list[Image.Image]:
    said = await events(engine, job(spec))
    return [encode.decode(store.read(event.sha256)) for event in said if isinstance(event, Artifact)]


def distance(first: Image.Image, second: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).mean)


async def test_variations_stay_closer_to_their_picture_the_weaker_they_are(
    gallery: FakeEngine, store: PictureStore
) -> None:
    subtle, strong, other = 0.0, 0.0, 0.0
    for seed in range(12):
        spec = SPEC.evolve(seed=seed, count=1, width_px=64, height_px=64)
        (parent,) = await pictures(gallery, store, spec)
        sha256 = store.put(encode.png(parent))
        varied = []
        for strength in (0.25, 0.7):
            wish = spec.evolve(verb="vary", seed=seed + 99, source=Source(sha256=sha256, strength=strength))
            varied += await pictures(gallery, store, wish)
        (stranger,) = await pictures(gallery, store, spec.evolve(seed=seed + 99))
        subtle += distance(parent, varied[0])
        strong += distance(parent, varied[1])
        other += distance(parent, stranger)

    assert 0 < subtle < strong < other


async def test_chaos_drives_the_pictures_of_a_grid_apart(gallery: FakeEngine, store: PictureStore) -> None:
    def spread(grid: list[Image.Image]) -> float:
        return sum(distance(first, second) for first in grid for second in grid)

    calm = wild = 0.0
    for seed in range(10):
        calm += spread(await pictures(gallery, store, SPEC.evolve(seed=seed)))
        wild += spread(await pictures(gallery, store, SPEC.evolve(seed=seed, chaos=100)))

    assert calm * 1.2 < wild


def test_a_doodle_is_the_same_picture_in_any_size() -> None:
    small = doodle.paint(SPEC, 0, (96, 64))
    large = doodle.paint(SPEC, 0, (384, 256)).resize((96, 64), Image.Resampling.BOX)

    assert distance(small, large) < 18


def test_colours_of_the_prompt_show() -> None:
    def mean(prompt: str) -> list[float]:
        sheets = [doodle.paint(SPEC.evolve(prompt=prompt, seed=seed), 0, (48, 48)) for seed in range(6)]
        return [sum(ImageStat.Stat(sheet).mean[band] for sheet in sheets) for band in range(3)]

    red, _, blue = mean("a red fox")
    assert red > blue
    red, _, blue = mean("the blue ocean")
    assert blue > red


async def test_previews_show_the_picture_emerging(store: PictureStore) -> None:
    engine, spec = FakeEngine(store), SPEC.evolve(count=1, steps=30, width_px=128, height_px=128)
    task = PaintJob(id=JobId(str(uuid.uuid4())), attempt=1, spec=spec)
    said = [event async for event in engine.run(task)]

    previews = [encode.decode(event.webp) for event in said if isinstance(event, Preview)]
    final = next(encode.decode(store.read(event.sha256)) for event in said if isinstance(event, Artifact))
    distances = [distance(preview, final) for preview in previews]
    assert len(previews) >= 3
    assert distances[0] > distances[-1]
