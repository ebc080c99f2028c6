"""A busy evening: the painter draws without pause while fifty people a second want something."""

import asyncio
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.person import Person
from tests.e2e.processes import ROOT, Stage, stage

PER_SECOND = 50
SECONDS = 20
PAINT = 6
"""Every so many interactions one asks for a picture; the others ask for information."""


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_nobody_waits_a_second_for_an_answer_while_the_painter_is_busy(tmp_path: Path) -> None:
    model = tmp_path / "tiny-model"
    build = f"from pathlib import Path; from tests.pipeline.gpu import tiny; tiny.save('sd', Path({str(model)!r}))"
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", build], check=True, cwd=ROOT)
    settings = {
        "EASEL_MODEL": str(model),
        "EASEL_DEVICE": "cpu",
        "EASEL_CPU_THREADS": "1",
        "EASEL_WEB_PORT": "18462",
        "EASEL_START_CREDITS": "100000",
    }
    async with stage(tmp_path / "stage", "--bucket", "off") as running:
        running.settings.update(settings)
        await running.online()
        async with Person.at(running.world, "Ada") as ada, Person.at(running.world, "Ben") as ben:
            await painter_is_ready(running)
            busy = asyncio.create_task(watch_painter())
            await flood([ada, ben])
            busy_share = await stop(busy)

        acks = await acknowledgements(running)
        health = await vitals()
        violations = (await running.control("violations"))["violations"]

    p99 = statistics.quantiles(acks, n=100)[98]
    print(
        f"\n{len(acks)} interactions, {PER_SECOND}/s: acknowledged p50 {statistics.median(acks):.1f} ms,"
        f" p99 {p99:.1f} ms, max {max(acks):.1f} ms; event loop lag p99 {health['loop_lag_p99_ms']} ms,"
        f" max {health['loop_lag_max_ms']} ms; painter busy {busy_share:.0%} of the time"
    )
    assert len(acks) >= 0.9 * PER_SECOND * SECONDS
    assert max(acks) < 1000
    assert busy_share > 0.5
    assert violations == []


async def painter_is_ready(running: Stage) -> None:
    async with asyncio.timeout(90):
        while True:
            try:
                if (await vitals())["painters"][0]["ready"]:
                    return
            except (aiohttp.ClientError, IndexError):
                assert running.bots[-1].process.returncode is None, running.bots[-1].tail()
            await asyncio.sleep(0.2)


async def vitals() -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.get("http://127.0.0.1:18462/health") as answer:
        facts: dict[str, Any] = await answer.json()
        return facts


async def watch_painter() -> list[bool]:
    """Sample whether the painter is busy until cancelled."""
    samples: list[bool] = []
    try:
        while True:
            samples.append(bool((await vitals())["painters"][0]["busy"]))
            await asyncio.sleep(0.25)
    except asyncio.CancelledError:
        return samples


async def stop(watch: asyncio.Task[list[bool]]) -> float:
    watch.cancel()
    samples = await watch
    return sum(samples) / len(samples)


async def flood(people: Sequence[Person]) -> None:
    """Send interactions at an even pace, whether or not earlier ones are answered."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    async with asyncio.TaskGroup() as tasks:
        for number in range(PER_SECOND * SECONDS):
            await asyncio.sleep(max(0.0, begin + number / PER_SECOND - loop.time()))
            person = people[number % len(people)]
            if number % PAINT == 0:
                tasks.create_task(person.use("imagine", prompt=f"picture {number}"))
            else:
                tasks.create_task(person.use("info" if number % 2 else "help"))
    await asyncio.sleep(3.5)  # the deadline of the last one


async def acknowledgements(running: Stage) -> list[float]:
    """How long each interaction waited for its first answer, in ms; one that got none counts as the deadline."""
    log = await running.control("log")
    return [each["ack_ms"] if each["ack_ms"] is not None else 3000.0 for each in log["interactions"]]
