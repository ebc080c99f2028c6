"""One job being run, which can be stopped from outside between any two of its steps."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.events import Terminal
from pipeline.fake.script import Behaviour
from pipeline.mailbox import Mailbox
from pipeline.spec import PaintJob


class Over(Exception):
    """The attempt has come to its end."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self.terminal = terminal


@dataclass(eq=False, kw_only=True)
class Attempt:
    """One job being run."""

    job: PaintJob
    behaviour: Behaviour
    mailbox: Mailbox = field(default_factory=Mailbox)
    step: int = 0
    ended: bool = False
    verdict: Callable[[int], Terminal] | None = None
    """Set from outside: how the attempt is to end, given the steps that are done."""
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self, verdict: Callable[[int], Terminal]) -> None:
        if self.verdict is None:
            self.verdict = verdict
            self.stopped.set()

    def check(self) -> None:
        if self.verdict is not None:
            raise Over(self.verdict(self.step))

    async def wait(self, seconds: float | None) -> None:
        """Let time pass (None: for ever), unless the attempt is stopped."""
        self.check()
        if seconds == 0:
            await asyncio.sleep(0)
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopped.wait(), seconds)
        self.check()
