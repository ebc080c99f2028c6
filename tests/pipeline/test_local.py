"""Painter processes: how they start, are watched, restarted and ended. What all engines do is in tests/contract."""

import asyncio
import errno
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import psutil
import pytest
import pytest_asyncio

from pipeline import wire
from pipeline.cards import Origin
from pipeline.catalog import Catalog
from pipeline.events import Artifact, Cancelled, Done, Event, Failed, Loading, Preview, Progress, Started
from pipeline.keeper import Keeper, Ticket
from pipeline.local import LocalEngine, cuda_advice
from pipeline.mailbox import Mailbox
from pipeline.process import PainterLost, PainterProcess, _Door
from pipeline.setup import Patience, Setup, Wishes
from pipeline.spec import PaintJob, Spec
from tests.contract.bench import DEADLINE_S, job

pytestmark = pytest.mark.asyncio(loop_scope="module")

WISHES = Wishes(device="cpu", cpu_threads=1, offline=True)
QUICK = Spec(model="tiny", prompt="a red fox", width_px=64, height_px=64, steps=4, guidance=3.0, seed=7)
ENDLESS = QUICK.evolve(steps=900)
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    from tests.pipeline.gpu import tiny  # noqa: PLC0415 - torch is imported where it is needed alone

    folder = tiny.save("sd", tmp_path_factory.mktemp("models") / "tiny")
    return Catalog.from_tables(str(folder), {}, None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalEngine]:
    async with opened(catalog, tmp_path_factory.mktemp("engine"), Patience(step_s=6, restart_s=(0,))) as engine:
        yield engine


@asynccontextmanager
async def opened(
    catalog: Catalog, folder: Path, patience: Patience, deadline_s: float = 2 * DEADLINE_S
) -> AsyncIterator[LocalEngine]:
    async with (
        asyncio.timeout(deadline_s),
        LocalEngine.open(catalog=catalog, store=folder / "pictures", wishes=WISHES, patience=patience) as engine,
    ):
        yield engine


async def heard(engine: LocalEngine, task: PaintJob) -> list[Event]:
    async with asyncio.timeout(DEADLINE_S):
        return [event async for event in engine.run(task)]


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            now = condition()
            if now if isinstance(now, bool) else await now:
                return
            await asyncio.sleep(0.02)


async def process_of(engine: LocalEngine) -> PainterProcess:
    await until(lambda: engine._keepers[0].process is not None)
    process = engine._keepers[0].process
    assert process is not None
    return process


async def ready(engine: LocalEngine) -> bool:
    return all(painter.ready for painter in await engine.painters())


async def test_a_job_waits_while_the_painter_loads_even_if_that_dies_meanwhile(engine: LocalEngine) -> None:
    listening = asyncio.create_task(heard(engine, job(QUICK)))
    (await process_of(engine)).kill()

    kinds = [type(event) for event in await listening]

    assert kinds[0] is Loading
    assert kinds.count(Started) == 1
    assert Loading not in kinds[kinds.index(Started) :]
    assert kinds[-1] is Done
    assert sum(kind is Artifact for kind in kinds) == 4


async def test_a_painter_tells_what_it_has(engine: LocalEngine) -> None:
    await heard(engine, job(QUICK))

    (painter,) = await engine.painters()

    assert (painter.name, painter.device, painter.model) == ("painter-0", "CPU, 1 thread", "tiny")
    assert painter.ready
    assert painter.note == ""
    assert painter.free_memory_mib is not None
    assert 0 < painter.free_memory_mib < 1 << 24


async def test_an_urgent_job_goes_first_while_another_is_drawn(engine: LocalEngine) -> None:
    slow = engine.run(job(ENDLESS, urgency=0))
    async for event in slow:
        if isinstance(event, Progress) and event.step:
            break

    events = await heard(engine, job(QUICK, urgency=2))

    assert isinstance(events[-1], Done)
    assert isinstance(await anext(slow), Progress | Preview)
    await slow.aclose()


async def test_a_job_cancelled_while_another_is_drawn_never_starts(engine: LocalEngine) -> None:
    slow = engine.run(job(ENDLESS))
    await anext(slow)
    waiting = job(QUICK)
    listening = asyncio.create_task(heard(engine, waiting))
    await until(lambda: len(engine._tickets) == 2)

    await engine.cancel(waiting.id)

    assert await listening == [Cancelled(step=0)]
    await slow.aclose()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
async def test_ctrl_c_is_not_for_the_painter(engine: LocalEngine) -> None:
    await until(lambda: ready(engine))
    process = await process_of(engine)

    os.kill(process.pid, signal.SIGINT)

    assert isinstance((await heard(engine, job(QUICK)))[-1], Done)
    assert await process_of(engine) is process


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
async def test_a_painter_that_hangs_is_killed_and_the_next_job_works(engine: LocalEngine) -> None:
    await until(lambda: ready(engine))
    hanging = await process_of(engine)
    stream = engine.run(job(ENDLESS))
    events = [await anext(stream)]
    while not isinstance(events[-1], Progress):
        events.append(await anext(stream))

    os.kill(hanging.pid, signal.SIGSTOP)
    events += [event async for event in stream]

    assert isinstance(events[-1], Failed)
    assert events[-1].kind == "worker_lost"
    assert isinstance((await heard(engine, job(QUICK)))[-1], Done)
    assert not psutil.pid_exists(hanging.pid)


class Mute:
    """A painter process that takes everything and never says a word."""

    killed = False

    def send(self, _frame: wire.Frame) -> None:
        pass

    def kill(self) -> None:
        self.killed = True


async def test_jobs_that_keep_coming_do_not_make_a_painter_that_hangs_look_alive(
    catalog: Catalog, tmp_path: Path
) -> None:
    keeper = Keeper(setup=_setup(catalog, tmp_path), patience=Patience(step_s=0.5), on_change=lambda _keeper: None)
    mute = Mute()
    keeper.process = cast(PainterProcess, mute)
    keeper._note("ready", {"device": "cpu", "step_s": 1})
    watching = asyncio.create_task(keeper._watch(keeper.process))

    async with asyncio.timeout(10):
        while not mute.killed:
            keeper.take(Ticket(job=job(QUICK)))
            await asyncio.sleep(0.05)

    await watching


async def test_a_machine_without_a_free_port_is_no_end_of_trying(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_left(*_args: object, **_options: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(asyncio, "start_server", none_left)

    with pytest.raises(PainterLost, match="Too many open files"):
        await PainterProcess.start("painter-0", _setup(catalog, tmp_path).to_plain())


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for the interpreter")
async def test_a_painter_that_ends_before_its_hello_leaves_its_last_words(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho 'No module named psutil' >&2\nexit 1\n")
    script.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(script))

    with pytest.raises(PainterLost, match=r"hello.*No module named psutil"):
        await PainterProcess.start("painter-0", _setup(catalog, tmp_path).to_plain())


async def test_a_model_that_cannot_be_loaded_fails_its_jobs_and_says_why(catalog: Catalog, tmp_path: Path) -> None:
    nowhere = replace(catalog.default, origin=Origin(kind="folder", where=str(tmp_path / "nowhere")))
    broken = replace(catalog, default=nowhere, models={nowhere.key: nowhere})
    async with opened(broken, tmp_path, Patience()) as engine:
        events = await heard(engine, job(QUICK))
        (painter,) = await engine.painters()
        later = await heard(engine, job(QUICK))

    assert isinstance(events[-1], Failed)
    assert events[-1].kind == "model"
    assert "There is no" in events[-1].detail
    assert not painter.ready
    assert painter.note == events[-1].detail
    assert later == [events[-1]]


async def test_a_painter_that_dies_again_and_again_is_given_up_for_a_while(catalog: Catalog, tmp_path: Path) -> None:
    patience = Patience(restart_s=(0,), give_up_after=3, second_wind_s=600)
    async with opened(catalog, tmp_path, patience) as engine:
        listening = asyncio.create_task(heard(engine, job(QUICK)))
        killed: set[int] = set()
        while len(killed) < 3:
            process = await process_of(engine)
            process.kill()
            killed.add(process.pid)
            await until(lambda ended=process: engine._keepers[0].process is not ended)  # type: ignore[misc]
        events = await listening
        (painter,) = await engine.painters()

    assert isinstance(events[-1], Failed)
    assert events[-1].kind == "worker_lost"
    assert "3 times in a row" in painter.note


async def test_closing_ends_painters_and_jobs(catalog: Catalog, tmp_path: Path) -> None:
    async with opened(catalog, tmp_path, Patience()) as engine:
        listening = asyncio.create_task(heard(engine, job(QUICK)))
        pid = (await process_of(engine)).pid
        before = asyncio.get_running_loop().time()

    assert asyncio.get_running_loop().time() - before < 5
    assert not psutil.pid_exists(pid)
    assert isinstance((await listening)[-1], Failed)


@pytest.mark.parametrize("moment", ["while it loads", pytest.param("while it draws", marks=pytest.mark.slow)])
async def test_no_painter_outlives_a_killed_bot(catalog: Catalog, tmp_path: Path, moment: str) -> None:
    arguments = [catalog.default.origin.where, str(tmp_path / "pictures"), moment]
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _BOT, *arguments, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert bot.stdout is not None
    line = b""
    while not line.startswith(b"painter "):  # among what the bot logs
        line = await asyncio.wait_for(bot.stdout.readline(), DEADLINE_S)
    painter = psutil.Process(int(line.split()[1]))

    bot.kill()
    await bot.wait()

    async with asyncio.timeout(5):
        while painter.is_running() and painter.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.05)


_BOT = """
import asyncio, sys
from pathlib import Path
from pipeline.catalog import Catalog
from pipeline.events import Progress
from pipeline.local import LocalEngine
from pipeline.setup import Wishes
from pipeline.spec import JobId, PaintJob, Spec

async def main(model, pictures, moment):
    wishes = Wishes(device="cpu", cpu_threads=1, offline=True)
    catalog = Catalog.from_tables(model, {}, None)
    async with LocalEngine.open(catalog=catalog, store=Path(pictures), wishes=wishes) as engine:
        spec = Spec(model="tiny", prompt="", width_px=64, height_px=64, steps=900, guidance=3.0, seed=1)
        async for event in engine.run(PaintJob(id=JobId("a"), attempt=1, spec=spec)):
            keeper = engine._keepers[0]
            if isinstance(event, Progress):
                break
            while moment == "while it loads" and keeper.process is None:
                await asyncio.sleep(0.01)
            if moment == "while it loads":
                break
        print("painter", keeper.process.pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_second_card_gets_a_painter_of_its_own(catalog: Catalog, tmp_path: Path) -> None:
    class Recording(LocalEngine):
        def _add(self, setup: Setup, device: str) -> None:
            self._keepers.append(
                Keeper(setup=setup.on(device, "p"), patience=Patience(), on_change=lambda keeper: None)
            )

    engine = Recording(Patience())
    engine._add(_setup(catalog, tmp_path), "auto")
    engine._keepers[0].facts = {"cards": 3, "cuda_build": "13.0"}
    engine._changed(engine._keepers[0])
    engine._changed(engine._keepers[0])

    assert [keeper.setup.device for keeper in engine._keepers] == ["auto", "cuda:1", "cuda:2"]


def _setup(catalog: Catalog, folder: Path) -> Setup:
    return Setup(
        wishes=WISHES,
        models=catalog.models,
        default=catalog.default.key,
        upscalers=catalog.upscalers,
        store=str(folder),
    )


async def test_the_set_up_survives_the_journey(catalog: Catalog, tmp_path: Path) -> None:
    setup = _setup(catalog, tmp_path)

    assert Setup.from_plain(json.loads(json.dumps(setup.to_plain()))) == setup


async def test_a_bot_of_another_version_is_refused_and_told_why() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await wire.read_frame(reader)
        writer.write(wire.pack(wire.Frame(kind="welcome", body={"protocol": 0, "setup": {}})))
        await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    code, words = await _by_hand(json.dumps({"port": port, "secret": "sesame"}).encode() + b"\n")
    server.close()

    assert code == 4
    assert "restart Easel" in words


async def test_a_painter_started_by_hand_says_how_to_use_it() -> None:
    code, words = await _by_hand(b"\n")

    assert code == 2
    assert "--facts" in words


async def _by_hand(stdin: bytes) -> tuple[int | None, str]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pipeline.gpu", stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT
    )
    out, err = await asyncio.wait_for(process.communicate(stdin), DEADLINE_S)
    assert out == b""
    return process.returncode, err.decode()


async def test_something_else_that_knocks_is_not_let_in(catalog: Catalog, tmp_path: Path) -> None:
    door = _Door()
    server = await asyncio.start_server(door.knock, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    writer.write(wire.pack(wire.hello("a guess", 1)))

    assert await asyncio.wait_for(reader.read(), DEADLINE_S) == b""
    gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    with pytest.raises(PainterLost):
        await door.opened(gone)
    writer.close()
    server.close()


async def test_the_facts_are_one_line_of_json() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pipeline.gpu", "--facts", stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    out, _ = await asyncio.wait_for(process.communicate(), DEADLINE_S)

    facts = json.loads(out)
    assert out.count(b"\n") == 1
    assert facts["devices"][-1]["kind"] == "cpu"
    assert {"torch", "cuda", "mps", "cuda_build", "cores"} <= facts.keys()


async def test_the_bot_never_imports_torch() -> None:
    script = "import sys, pipeline.local; sys.exit(len({'torch', 'diffusers', 'transformers'} & sys.modules.keys()))"

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, cwd=ROOT)

    assert await asyncio.wait_for(process.wait(), DEADLINE_S) == 0


async def test_advice_for_a_card_that_torch_does_not_see_names_the_command() -> None:
    assert "pip install" in cuda_advice(None)
    assert "driver" in cuda_advice("13.0")


async def test_a_full_mailbox_keeps_everything_that_counts() -> None:
    mailbox = Mailbox()
    kept: list[Event] = [
        Started(painter="p"),
        *(Artifact(idx=idx, sha256="", width_px=1, height_px=1) for idx in range(4)),
    ]
    for event in kept:
        mailbox.put(event)
        for step in range(1000):
            mailbox.put(Preview(webp=bytes(1000)))
            mailbox.put(Progress(step=step, total=1000))
    mailbox.put(Done(gpu_ms=1))

    events = [await mailbox.get() for _ in range(len(mailbox))]

    assert len(events) == len(kept) + 3
    assert [event for event in events if event in kept] == kept
    assert isinstance(events[-1], Done)


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_a_painter_killed_at_any_step_loses_one_attempt_and_nothing_else(
    catalog: Catalog, tmp_path: Path
) -> None:
    spec = QUICK.evolve(steps=40)
    async with opened(catalog, tmp_path, Patience(restart_s=(0,)), deadline_s=400) as engine:
        whole = [event.sha256 for event in await heard(engine, job(spec)) if isinstance(event, Artifact)]
        for share in (0, 25, 50, 75, 100):
            process = await process_of(engine)
            events: list[Event] = []
            async with asyncio.timeout(DEADLINE_S):
                async for event in engine.run(job(spec)):
                    events.append(event)
                    if isinstance(event, Progress) and event.step >= event.total * share / 100:
                        process.kill()

            assert isinstance(events[-1], Failed | Done)
            assert isinstance(events[-1], Done) == (len(_pictures(events)) == 4)
            assert _pictures(events) == whole[: len(_pictures(events))]
            assert _pictures(await heard(engine, job(spec))) == whole


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_in_a_crowd_of_jobs_each_ends_once_as_it_should(catalog: Catalog, tmp_path: Path) -> None:
    dice = random.Random(7)
    async with opened(catalog, tmp_path, Patience(), deadline_s=400) as engine:
        alone = [_pictures(await heard(engine, job(QUICK.evolve(seed=seed)))) for seed in range(4)]
        memory = psutil.Process((await process_of(engine)).pid).memory_info
        sizes = []

        async def one(number: int) -> tuple[int, list[Event], bool]:
            task = job(QUICK.evolve(seed=number % 4), urgency=dice.randrange(3))
            doomed = dice.random() < 0.3
            listening = asyncio.create_task(heard(engine, task))
            if doomed:
                await asyncio.sleep(dice.random() * 2)
                await engine.cancel(task.id)
            return number % 4, await listening, doomed

        for _ in range(10):
            for seed, events, doomed in await asyncio.gather(*(one(number) for number in range(12))):
                assert sum(isinstance(event, Done | Failed | Cancelled) for event in events) == 1
                assert isinstance(events[-1], Done) or doomed
                if isinstance(events[-1], Done):
                    assert _pictures(events) == alone[seed]
            sizes.append(memory().rss)

        assert sizes[-1] < 1.1 * sizes[2]
        assert engine._tickets == []
        assert all(keeper.tickets == [] for keeper in engine._keepers)


@pytest.mark.slow
async def test_two_painters_share_the_work(catalog: Catalog, tmp_path: Path) -> None:
    wishes = replace(WISHES, device="cpu,cpu")
    async with (
        asyncio.timeout(120),
        LocalEngine.open(catalog=catalog, store=tmp_path, wishes=wishes) as engine,
    ):
        await until(lambda: ready(engine))
        crowd = await asyncio.gather(*(heard(engine, job(QUICK.evolve(steps=40))) for _ in range(4)))

    names = [event.painter for events in crowd for event in events if isinstance(event, Started)]
    assert sorted(names) == ["painter-0", "painter-0", "painter-1", "painter-1"]
    assert len({tuple(_pictures(events)) for events in crowd}) == 1


def _pictures(events: list[Event]) -> list[str]:
    found = [event for event in events if isinstance(event, Artifact)]
    return [event.sha256 for event in sorted(found, key=lambda event: event.idx)]
