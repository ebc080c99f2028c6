"""The Engine protocol: runs paint jobs somewhere and says what happens."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pipeline.events import Event
from pipeline.questions import Answer, Question
from pipeline.spec import JobId, PaintJob

Status = Literal["running", "done", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Painter:
    """One process with one device, as it describes itself."""

    name: str
    device: str
    """For people: "NVIDIA GeForce RTX 4090", "CPU, 1 thread"."""
    ready: bool
    """False while it starts, loads its model or is being restarted."""
    model: str | None
    free_memory_mib: int | None
    busy_with: JobId | None
    note: str = ""
    """Why it is not ready, in a sentence for the owner; empty when it is."""


class Engine(Protocol):
    """Runs paint jobs; every implementation passes `tests/contract`."""

    def run(self, job: PaintJob) -> AsyncGenerator[Event, None]:
        """Yield what happens to the job, ending with exactly one Done, Failed or Cancelled; closing it cancels."""
        ...

    async def cancel(self, job_id: JobId) -> None:
        """Stop the job between two steps; unknown and finished jobs are ignored."""
        ...

    async def status(self, job_id: JobId, attempt: int) -> Status:
        """Say what became of an attempt."""
        ...

    async def ask(self, question: Question) -> Answer:
        """Answer a question, between the steps of jobs. Raises CannotAnswer."""
        ...

    async def painters(self) -> Sequence[Painter]:
        """List the painters, ready or not."""
        ...
