"""The engine of one machine: a painter process for each device, watched over and restarted."""

import asyncio
import contextlib
import shutil
import sys
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from pipeline.catalog import Catalog
from pipeline.engine import Painter, Status
from pipeline.events import Cancelled, Done, Event, Failed, Terminal
from pipeline.keeper import Keeper, Ticket
from pipeline.questions import Answer, CannotAnswer, Question
from pipeline.setup import Patience, Setup, Wishes
from pipeline.spec import JobId, PaintJob

log = structlog.get_logger(__name__)

_REMEMBERED = 1000


class LocalEngine:
    """Runs jobs on this machine's devices; made by `LocalEngine.open`."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._keepers: list[Keeper] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._tickets: list[Ticket] = []
        self._advised = False
        self._done: OrderedDict[tuple[JobId, int], None] = OrderedDict()

    def run(self, job: PaintJob) -> AsyncGenerator[Event, None]:
        """Yield what happens to a job; it waits in here, with Loading, until a painter is ready."""
        return self._run(job)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, *, catalog: Catalog, store: Path, wishes: Wishes | None = None, patience: Patience | None = None
    ) -> AsyncIterator["LocalEngine"]:
        """Start the painters and return at once; they load while jobs wait. On leaving they end, by force if need be.

        store: folder of the picture store
        """
        wishes = wishes or Wishes()
        engine = cls(patience or Patience())
        setup = Setup(
            wishes=wishes,
            models=catalog.models,
            default=catalog.default.key,
            upscalers=catalog.upscalers,
            store=str(await asyncio.to_thread(store.resolve)),
            describer=catalog.describer,
        )
        for device in wishes.device.split(","):
            engine._add(setup, device.strip())
        try:
            yield engine
        finally:
            await engine._close()

    async def _run(self, job: PaintJob) -> AsyncGenerator[Event, None]:
        ticket = Ticket(job=job)
        self._tickets.append(ticket)
        self._place(ticket)
        try:
            while True:
                event = await ticket.mailbox.get()
                if isinstance(event, Done):
                    self._remember(job)
                yield event
                if isinstance(event, Terminal):
                    return
        finally:
            self._tickets.remove(ticket)
            if ticket.keeper is not None:
                ticket.keeper.drop(ticket)

    async def cancel(self, job_id: JobId) -> None:
        """Stop a job between two steps, or at once while it waits; unknown and finished jobs are ignored."""
        for ticket in [t for t in self._tickets if t.job.id == job_id]:
            ticket.cancelled = True
            if ticket.keeper is None:
                ticket.tell(Cancelled(step=0))
            else:
                ticket.keeper.cancel(ticket)

    async def status(self, job_id: JobId, attempt: int) -> Status:
        """Say what became of an attempt, as far back as the last thousand."""
        if (job_id, attempt) in self._done:
            return "done"
        mine = [t for t in self._tickets if t.job.id == job_id and t.job.attempt == attempt]
        return "running" if any(t.ended is None for t in mine) else "unknown"

    async def ask(self, question: Question) -> Answer:
        """Let the painter answer that has the fewest jobs. Raises CannotAnswer."""
        ready = [keeper for keeper in self._keepers if keeper.ready]
        if not ready:
            raise CannotAnswer("not_ready", "No painter is ready.")
        try:
            async with asyncio.timeout(self._patience.answer_s):
                return await min(ready, key=lambda keeper: len(keeper.tickets)).ask(question)
        except TimeoutError as fault:
            raise CannotAnswer("failed", f"No answer within {self._patience.answer_s:g} s.") from fault

    async def painters(self) -> Sequence[Painter]:
        """List the painters, ready or not."""
        return [keeper.describe() for keeper in self._keepers]

    def _remember(self, job: PaintJob) -> None:
        self._done[job.id, job.attempt] = None
        if len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)

    def _place(self, ticket: Ticket) -> None:
        """Give a job to the painter where it comes on soonest; without any it waits, or fails if none will come."""
        ready = [keeper for keeper in self._keepers if keeper.ready]
        if ready:
            min(ready, key=lambda keeper: sum(t.job.urgency >= ticket.job.urgency for t in keeper.tickets)).take(ticket)
            return
        failures = [keeper.failure for keeper in self._keepers]
        if None not in failures:
            ticket.tell(failures[0] or Failed(kind="worker_lost", detail="This engine has no painter."))
            return
        ticket.tell(next(keeper.loading for keeper in self._keepers if keeper.failure is None))

    def _changed(self, keeper: Keeper) -> None:
        """Place the jobs that wait, and watch over the cards that a first painter has found."""
        if keeper is self._keepers[0]:
            self._add_cards(keeper)
        for ticket in self._tickets:
            if ticket.keeper is None and ticket.ended is None:
                self._place(ticket)

    def _add_cards(self, first: Keeper) -> None:
        if first.setup.device not in ("auto", "cuda"):
            return
        for number in range(len(self._keepers), int(first.facts.get("cards", 1))):
            self._add(first.setup, f"cuda:{number}")
        if first.facts.get("cards") == 0 and not self._advised:
            self._advised = True
            self._tasks.append(asyncio.create_task(_advise(first.facts.get("cuda_build"))))

    def _add(self, setup: Setup, device: str) -> None:
        setup = setup.on(device, f"painter-{len(self._keepers)}")
        keeper = Keeper(setup=setup, patience=self._patience, on_change=self._changed)
        self._keepers.append(keeper)
        self._tasks.append(asyncio.create_task(keeper.keep(), name=keeper.name))

    async def _close(self) -> None:
        """End all painters, then the jobs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for ticket in self._tickets:
            ticket.tell(Failed(kind="worker_lost", detail="The engine was closed."))


async def _advise(cuda_build: str | None) -> None:
    if await asyncio.to_thread(nvidia_card_present):
        log.warning(cuda_advice(cuda_build))


def nvidia_card_present() -> bool:
    """Say whether this machine has an NVIDIA card, without asking torch; blocks for a moment."""
    if sys.platform == "win32":
        return shutil.which("nvidia-smi") is not None
    gpus = Path("/proc/driver/nvidia/gpus")
    with contextlib.suppress(OSError):
        if gpus.is_dir() and any(gpus.iterdir()):
            return True
    return Path("/dev/nvidia0").exists() or Path("/usr/lib/wsl/lib/nvidia-smi").exists()


def cuda_advice(cuda_build: str | None) -> str:
    """Say what mends a torch that sees no NVIDIA card although there is one; `cuda_build`: torch.version.cuda."""
    if cuda_build is not None:
        return (
            f"There is an NVIDIA card, but torch (made for CUDA {cuda_build}) cannot use it: its driver is not loaded "
            "or too old. Run nvidia-smi to see which it is, and install a newer driver."
        )
    command = 'pip install --force-reinstall "torch>=2.8,<2.14"'
    if sys.platform == "win32":
        command = "the command that pytorch.org/get-started/locally shows for your CUDA version"
    return f"There is an NVIDIA card, but the installed torch was built without CUDA. Run: {command}"
