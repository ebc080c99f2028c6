"""Kills the real bot at named points and, when it has recovered, compares its books with what people can see."""

import asyncio
import contextlib
import json
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.person import Message, Person, buttons
from tests.e2e.processes import Process, Stage, stage

POINTS = (
    "before_commit:accept",
    "after_commit:accept",
    "after_accept",
    "after_commit:attach_progress",
    "before_commit:lease",
    "after_commit:lease",
    "after_commit:started",
    "mid_generate",
    "before_rendered",
    "before_commit:rendered",
    "after_commit:rendered",
    "before_delivering",
    "after_commit:begin_delivery",
    "before_post",
    "after_post",
    "before_commit:delivered",
    "after_commit:delivered",
    "after_delivered",
    "before_commit:cancel",
    "after_commit:cancel",
    "after_recover",
)
"""Every place between two durable steps of a job's life."""

TURNS = (
    "after_commit:accept",
    "after_commit:started",
    "before_rendered",
    "after_commit:begin_delivery",
    "after_post",
    "after_commit:delivered",
    "after_commit:cancel",
)
"""One place of each state that a crash can leave a job in."""

PATIENCE_S = 20.0


@dataclass(kw_only=True)
class Siege:
    """A bot under attack, and one member who goes on asking."""

    stage: Stage
    ada: Person
    dice: random.Random
    module: Sequence[str] = ("bot",)
    kills: int = 0
    log: list[str] = field(default_factory=list)

    async def strike(self, point: str, hit: int = 1) -> None:
        """Start a bot that will die at a point, and ask for things until it does."""
        bot = await self.stage.bot(module=self.module, EASEL_FAIL_POINT=f"{point}@{hit}")
        asking = asyncio.create_task(self._ask_for_things(bot, cancels="cancel" in point))
        try:
            async with asyncio.timeout(PATIENCE_S):
                await bot.process.wait()
        except TimeoutError:
            raise AssertionError(f"{point} was not reached within {PATIENCE_S} s:\n{bot.tail()}") from None
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        assert bot.process.returncode == -9, f"{point}: the bot ended by itself:\n{bot.tail()}"
        self.kills += 1
        self.log.append(point)

    async def strike_at_random(self, within_s: float) -> None:
        """Kill the bot at some moment."""
        bot = await self.stage.online(module=self.module)
        asking = asyncio.create_task(self._ask_for_things(bot, cancels=True))
        await asyncio.sleep(self.dice.uniform(0.0, within_s))
        bot.process.kill()
        await bot.process.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        self.kills += 1
        self.log.append("random")

    async def recover(self) -> None:
        """Let a sound bot finish everything, then end it."""
        bot = await self.stage.online(module=self.module)
        try:
            async with asyncio.timeout(60):
                while open_jobs(self.database):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"not all jobs ended: {open_jobs(self.database)}\n{bot.tail()}") from None
        await bot.end()

    @property
    def database(self) -> Path:
        return self.stage.home / "data" / "easel.sqlite"

    async def _ask_for_things(self, bot: Process, *, cancels: bool) -> None:
        """Imagine, enlarge and cancel, without minding whether anybody answers."""
        while "is online as" not in bot.tail() and bot.process.returncode is None:
            await asyncio.sleep(0.02)
        while bot.process.returncode is None:
            with contextlib.suppress(AssertionError):
                await self._one_thing(cancels=cancels)
            await asyncio.sleep(0.25)

    async def _one_thing(self, *, cancels: bool) -> None:
        waiting = [m for m in self.ada.messages.values() if any("CancelJob" in key for key in buttons(m))]
        grids = [m for m in self.ada.messages.values() if any("upsample" in key for key in buttons(m))]
        if cancels and waiting:
            message = waiting[-1]
            await self.ada.press(message, next(iter(buttons(message))))
        elif grids and self.dice.random() < 0.4:
            message = self.dice.choice(grids)
            await self.ada.press(message, self.dice.choice([key for key in buttons(message) if "upsample" in key]))
        else:
            await self.ada.use("imagine", prompt=f"thing {self.dice.randrange(10**6)}")


@asynccontextmanager
async def siege(home: Path, *, module: Sequence[str] = ("bot",), seed: int = 1) -> AsyncIterator[Siege]:
    """Run a playground that forgets nonces at once: only looking first can prevent a second post."""
    # No rate limits: they would only slow the loop down, and have tests of their own.
    async with stage(home, "--nonce-window", "0.3", "--bucket", "off") as running:
        running.settings["EASEL_START_CREDITS"] = "100000"
        running.settings["EASEL_MAX_WAITING"] = "50"
        async with Person.at(running.world, "Ada") as ada:
            yield Siege(stage=running, ada=ada, dice=random.Random(seed), module=module)


def open_jobs(database: Path) -> list[Any]:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        return conn.execute("SELECT id, state FROM job WHERE state NOT IN ('delivered', 'refunded')").fetchall()


async def violations(siege: Siege) -> list[str]:
    """Compare the books (read without our own code) with the channel; an empty list means all promises were kept."""
    posted = await _posted(siege)
    with contextlib.closing(sqlite3.connect(f"file:{siege.database}?mode=ro", uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        jobs = conn.execute("SELECT job.*, hold.state AS hold FROM job JOIN hold ON hold.id = job.id").fetchall()
        found = _job_faults(jobs, posted) + _ledger_faults(conn)
        accepted = {row["id"] for row in jobs}
    told = {key.rsplit("::", 1)[1] for m in _ever_seen(siege) for key in buttons(m) if "CancelJob" in key}
    found += [f"I5 {job} was shown as accepted, and is not in the books" for job in told - accepted]
    return found


def _ever_seen(siege: Siege) -> list[Message]:
    return [data for kind, data in siege.ada.events if kind in ("MESSAGE_CREATE", "MESSAGE_UPDATE")]


async def _posted(siege: Siege) -> Counter[str]:
    """Count result messages by job, from the channel itself."""
    seen: Counter[str] = Counter()
    before = ""
    while True:
        page = await siege.ada.api("GET", f"/channels/{siege.ada.channel_id}/messages?limit=100{before}")
        if not page:
            return seen
        for message in page:
            for attachment in message["attachments"]:
                seen[attachment["filename"].rsplit("_", 1)[1].split(".")[0]] += "_grid_" not in attachment["filename"]
        before = f"&before={page[-1]['id']}"


def _job_faults(jobs: Sequence[sqlite3.Row], posted: Counter[str]) -> list[str]:
    found = []
    for job in jobs:
        end = (job["state"], job["hold"])
        if end not in {("delivered", "posted"), ("refunded", "voided")}:
            found.append(f"I4 {job['id']} ended as {end}")
        count = posted[job["id"]]
        if count > 1:
            found.append(f"I7 {job['id']} was posted {count} times")
        if count == 0 and job["state"] == "delivered":
            found.append(f"I4 {job['id']} was charged and never delivered")
        if count and job["state"] == "refunded":
            found.append(f"I4 {job['id']} was delivered and refunded")
    twice = Counter(job["request_id"] for job in jobs)
    found += [f"I6 interaction {request} made {n} jobs" for request, n in twice.items() if n > 1]
    return found


def _ledger_faults(conn: sqlite3.Connection) -> list[str]:
    found = []
    pending = conn.execute("SELECT count(*) FROM hold WHERE state = 'pending'").fetchone()[0]
    if pending:
        found.append(f"I3 {pending} holds are still pending")
    lots = conn.execute("SELECT id, posted_units, held_units FROM lot").fetchall()
    moved = dict(conn.execute("SELECT lot_id, sum(posted_units) FROM transfer GROUP BY lot_id").fetchall())
    for lot in lots:
        if lot["held_units"] != 0 or lot["posted_units"] < 0:
            found.append(f"I2 lot {lot['id']} has {lot['posted_units']} and holds {lot['held_units']}")
        if moved.get(lot["id"], 0) != lot["posted_units"]:
            found.append(f"I1 lot {lot['id']} says {lot['posted_units']}, its transfers {moved.get(lot['id'], 0)}")
    return found


def summary(siege: Siege) -> str:
    with contextlib.closing(sqlite3.connect(f"file:{siege.database}?mode=ro", uri=True)) as conn:
        ends = dict(conn.execute("SELECT state, count(*) FROM job GROUP BY state").fetchall())
    return json.dumps({"kills": siege.kills, "jobs": sum(ends.values()), **ends})
