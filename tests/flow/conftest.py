"""A house without Discord: real database, real store, the scripted engine, a courier that remembers."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PIL import Image

from bot.actions import ACTIONS
from bot.custom_ids import Pressed, custom_id
from bot.errors import LinkUnusable, TryLater, Undeliverable
from bot.hints import hints_of
from bot.moderation import Blocklist
from bot.parcels import Parcel
from bot.quotas import Quotas
from bot.references import References
from bot.runner import Runner, Workshop
from bot.settings import Settings
from bot.studio import Asker, House, Press, Studio
from bot.tastes import Tastes
from db import jobs, pictures
from db.database import Database
from db.jobs import Job, Outlook
from pipeline import encode
from pipeline.catalog import Catalog
from pipeline.fake import FakeEngine, Script, steady
from pipeline.store import PictureStore
from tests.db import fresh

GUILD, CHANNEL = "100000000000000001", "100000000000000002"
REQUESTS = itertools.count(1)


class MadeUpWeb:
    """The pictures behind links, as far as a test says."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.fetched: list[str] = []

    async def __call__(self, url: str) -> bytes:
        self.fetched.append(url)
        if url not in self.pages:
            raise LinkUnusable("unreachable", url)
        return self.pages[url]


class MemoryCourier:
    """Remembers what it was given; can be told to fail."""

    def __init__(self) -> None:
        self.delivered: list[Parcel] = []
        self.withdrawn: list[Job] = []
        self.tidied: list[Job] = []
        self.percents: list[int] = []
        self.places: dict[str, list[int]] = {}
        self.troubles: list[TryLater | Undeliverable] = []
        self.offline = False
        """Progress messages can be neither changed nor taken away."""

    def progress(self, job: Job, percent: int, preview: bytes | None) -> None:
        del job, preview
        self.percents.append(percent)

    def place(self, job: Job, outlook: Outlook) -> None:
        self.places.setdefault(job.id, []).append(outlook.ahead)

    async def deliver(self, parcel: Parcel) -> str:
        if self.troubles:
            raise self.troubles.pop(0)
        self.delivered.append(parcel)
        return f"message-{len(self.delivered)}"

    async def tidy(self, job: Job) -> bool:
        self.tidied.append(job)
        return job.progress_message_id is not None and not self.offline

    async def withdraw(self, job: Job) -> bool:
        self.withdrawn.append(job)
        return not self.offline


@dataclass(kw_only=True)
class Place:
    """Everything at hand that a test of a whole journey needs."""

    database: Database
    store: PictureStore
    studio: Studio
    quotas: Quotas
    tastes: Tastes
    runner: Runner
    courier: MemoryCourier
    web: MadeUpWeb
    now: list[int] = field(default_factory=lambda: [1_700_000_000_000])
    time: list[Callable[[], int]] = field(default_factory=list)
    """Its one entry is the clock; it may be put in another's place."""

    async def ended(self, job_id: str) -> Job:
        """Wait until a job has ended."""
        async with asyncio.timeout(60):
            while True:
                job = await self.database.read(jobs.get, job_id)
                assert job is not None
                if job.ended:
                    return job
                await asyncio.sleep(0.01)

    async def until(self, found: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(60):
            while not found():
                await asyncio.sleep(0.01)

    async def picture_of(self, job: Job, slot: int) -> Image.Image:
        """Open one stored picture of a job."""
        shelf = await self.database.read(pictures.of_job, job.id)
        return encode.decode(self.store.read(shelf[slot - 1].sha256))

    async def free(self, by: Asker) -> int:
        return (await self.studio.about(by)).balance.free_units


Opened = Callable[..., contextlib.AbstractAsyncContextManager[Place]]


def asker(name: str = "ada", **changes: object) -> Asker:
    ids = {"ada": "200000000000000001", "ben": "200000000000000002"}
    plain = Asker(
        request_id=f"request-{next(REQUESTS)}",
        user_id=ids[name],
        user_name=name,
        guild_id=GUILD,
        channel_id=CHANNEL,
        is_admin=False,
        upload_limit=None,
        locale="en-US",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def press(job: Job, action: str, slot: int = 0, message_id: str = "900") -> Press:
    text = custom_id(ACTIONS[action], slot, job.id)
    pressed = Pressed(action=ACTIONS[action], slot=slot, job_id=job.id)  # type: ignore[arg-type]
    return Press(pressed=pressed, message_id=message_id, custom_id=text)


@pytest.fixture
def no_deferral(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is waited for however busy the machine is: for what a deferral would change."""
    monkeypatch.setattr("bot.chat.answer.PATIENCE_S", 60.0)


@pytest.fixture
def place(tmp_path: Path) -> Opened:
    @contextlib.asynccontextmanager
    async def opened(
        script: Script | None = None,
        *,
        working: bool = True,
        settings: Settings | None = None,
        models: Sequence[str] = ("tiny",),
    ) -> AsyncIterator[Place]:
        store = await asyncio.to_thread(PictureStore, tmp_path / "pictures")
        # A doodle cannot do all that is asked for; "sdxl" can, and is never loaded here.
        tables = {"models": {key: {"source": "sdxl" if key == "sdxl" else "doodle", "side": 128} for key in models}}
        catalog = Catalog.from_tables(models[0], tables, None)
        wanted = settings or Settings()
        now = [1_700_000_000_000]
        time: list[Callable[[], int]] = [lambda: now[0]]

        def clock() -> int:
            return time[0]()

        async with Database.open(await asyncio.to_thread(fresh.file, tmp_path / "easel.sqlite")) as database:
            web = MadeUpWeb()
            engine = FakeEngine(store, script or steady(), models=catalog.models)
            studio = Studio(
                House(
                    database=database,
                    settings=wanted,
                    catalog=catalog,
                    hints=hints_of(catalog.default),
                    store=store,
                    blocklist=Blocklist(wanted.blocked_words),
                    references=References(database, store, web, clock),
                    engine=engine,
                    clock=clock,
                    point=lambda _name: None,
                )
            )
            courier = MemoryCourier()
            shop = Workshop(
                database=database,
                engine=engine,
                store=store,
                clock=clock,
                owner="boot-1",
                point=lambda _name: None,
                max_running=wanted.max_running,
            )
            runner = Runner(shop, courier)
            studio.works = runner
            worker = asyncio.create_task(runner.run()) if working else None
            try:
                yield Place(
                    database=database,
                    store=store,
                    studio=studio,
                    quotas=Quotas(database, wanted, clock),
                    tastes=Tastes(studio.intake.house),
                    runner=runner,
                    courier=courier,
                    web=web,
                    now=now,
                    time=time,
                )
            finally:
                if worker is not None:
                    worker.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await worker

    return opened
