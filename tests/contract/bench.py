"""What every engine brings to the contract suite, and how the suite listens to it."""

import asyncio
import contextlib
import itertools
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.engine import Engine
from pipeline.events import Artifact, Event, FailureKind, Preview, Progress, Terminal
from pipeline.spec import JobId, PaintJob, Spec
from pipeline.store import PictureStore

DEADLINE_S = 60.0
"""Longer than anything takes, so that a lost event fails a test instead of hanging it."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """One engine, ready to draw, with the specs that suit it."""

    engine: Engine
    store: PictureStore
    """Where the engine puts its pictures."""
    quick: Spec
    """Four small pictures, wider than high, at least four steps, done within about a second; seed as you like."""
    endless: Spec
    """So many steps that it is still running when a test has done what it came for."""
    beyond: Spec
    """Asks for something that its model lacks."""
    failing: Mapping[FailureKind, Spec] = field(default_factory=dict)
    """Specs that this engine cannot draw, and how each of them fails."""
    kill: Callable[[], Awaitable[None]] | None = None
    """Kill the painter at once, as `kill -9` does; None for engines without a painter of their own."""


Opener = Callable[[Path], AbstractAsyncContextManager[Bench]]
"""Opens an engine that keeps its files under a fresh folder, and closes it; one engine serves the whole suite."""


def job(spec: Spec, *, previews: bool = True, urgency: int = 1, attempt: int = 1) -> PaintJob:
    return PaintJob(id=JobId(str(uuid.uuid4())), attempt=attempt, spec=spec, previews=previews, urgency=urgency)


def stream_of(bench: Bench, task: PaintJob) -> AsyncGenerator[Event, None]:
    """Start a job whose stream can be closed."""
    return bench.engine.run(task)


async def events_of(bench: Bench, task: PaintJob) -> list[Event]:
    """Run a job to the end of its stream."""
    async with asyncio.timeout(DEADLINE_S):
        return [event async for event in bench.engine.run(task)]


async def drawn(bench: Bench, spec: Spec) -> list[Artifact]:
    """Run a job that must succeed and return its pictures, in their order."""
    events = await events_of(bench, job(spec))
    assert type(events[-1]).__name__ == "Done", events[-1]
    return sorted((event for event in events if isinstance(event, Artifact)), key=lambda artifact: artifact.idx)


@contextlib.asynccontextmanager
async def listening(bench: Bench, task: PaintJob) -> AsyncIterator["Listener"]:
    """Run a job in the background and note what it says."""
    listener = Listener(bench, task)
    reader = asyncio.create_task(listener.read())
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield listener
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)


class Listener:
    """Hears a job while a test does other things."""

    def __init__(self, bench: Bench, task: PaintJob) -> None:
        self.events: list[Event] = []
        self._stream = stream_of(bench, task)
        self._news = asyncio.Condition()

    async def read(self) -> None:
        # Closed by us and not by the garbage collector: a reader may be stopped while it notes an event.
        async with contextlib.aclosing(self._stream) as stream:
            async for event in stream:
                async with self._news:
                    self.events.append(event)
                    self._news.notify_all()

    async def heard(self, kind: type[Event], count: int = 1) -> None:
        """Wait until so many events of a kind have come."""
        async with self._news:
            await self._news.wait_for(lambda: sum(isinstance(event, kind) for event in self.events) >= count)

    async def end(self) -> Terminal:
        """Wait for the terminal event."""
        async with self._news:
            await self._news.wait_for(lambda: bool(self.events) and isinstance(self.events[-1], Terminal))
        last = self.events[-1]
        assert isinstance(last, Terminal)
        return last


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait, politely, until something has become true."""
    async with asyncio.timeout(DEADLINE_S):
        while not await condition():
            await asyncio.sleep(0.01)


async def idle(bench: Bench) -> bool:
    painters = await bench.engine.painters()
    return all(painter.ready and painter.busy_with is None for painter in painters)


def steps_of(events: list[Event]) -> list[int]:
    return [event.step for event in events if isinstance(event, Progress)]


def previews_of(events: list[Event]) -> list[bytes]:
    return [event.webp for event in events if isinstance(event, Preview)]


def never_falls(numbers: list[int]) -> bool:
    return all(before <= after for before, after in itertools.pairwise(numbers))
