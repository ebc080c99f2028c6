"""What is to happen to each attempt: nothing bad, or one of the ways in which painting goes wrong."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from pipeline.events import FailureKind
from pipeline.spec import PaintJob

Trouble = Literal["die", "hang", "never_start"] | FailureKind
"""die: the painter is lost; hang: no more news; never_start: it is never taken up; else: the job fails like that."""

_FAILURES: tuple[FailureKind, ...] = get_args(FailureKind)


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """How one attempt goes."""

    step_s: float = 0.0
    loading_s: float = 0.0
    """Time during which the model is said to be loading, before the job is started."""
    trouble: Trouble | None = None
    at_step: int = 0
    """Steps that are done when the trouble comes; more than the job has: after the first picture is stored."""
    hang_s: float | None = None
    """Silence after which a hanging painter counts as lost; None: for ever."""
    restart_s: float = 0.0
    """How long a lost painter is away."""


Script = Callable[[PaintJob], Behaviour]


def steady(step_s: float = 0.0) -> Script:
    """Let every job go well, at this pace."""
    behaviour = Behaviour(step_s=step_s)
    return lambda _job: behaviour


def mischief(seed: int, rate: float, *, step_s: float = 0.0, hang_s: float = 0.05) -> Script:
    """Let about `rate` of all attempts go wrong, each in its own way, the same for the same seed, job and attempt."""

    def script(job: PaintJob) -> Behaviour:
        dice = random.Random(f"{seed}|{job.id}|{job.attempt}")  # noqa: S311 - a test script
        if dice.random() >= rate:
            return Behaviour(step_s=step_s)
        troubles: tuple[Trouble, ...] = ("die", "hang", *_FAILURES)
        return Behaviour(
            step_s=step_s, trouble=dice.choice(troubles), at_step=dice.randint(0, job.spec.steps + 1), hang_s=hang_s
        )

    return script
