"""Who computes, and when."""

import threading
import time
from collections.abc import Callable

import pytest

from pipeline.gpu.baton import Baton, Stopped, Turn

DEADLINE_S = 20.0


class Runner:
    """A job of so many steps on a thread of its own, which notes its name after each."""

    def __init__(self, name: str, baton: Baton, turn: Turn, steps: int, trace: list[str]) -> None:
        self.turn = turn
        self.stopped = False
        self._thread = threading.Thread(target=self._run, args=(name, baton, steps, trace), daemon=True)
        self._thread.start()

    def _run(self, name: str, baton: Baton, steps: int, trace: list[str]) -> None:
        try:
            with baton.held(self.turn):
                for _ in range(steps):
                    trace.append(name)
                    baton.give_way(self.turn)
        except Stopped:
            self.stopped = True

    def join(self) -> None:
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.002)


def run_all(*jobs: tuple[str, Turn, int]) -> list[str]:
    """Let jobs wait in the order given while somebody else holds the baton, then let them go; return who ran when."""
    baton, gate, trace = Baton(), Turn(urgency=99), list[str]()
    runners = []
    with baton.held(gate):
        for name, turn, steps in jobs:
            runners.append(Runner(name, baton, turn, steps, trace))
            until(lambda turn=turn: turn in baton._waiting)  # type: ignore[misc]
    for runner in runners:
        runner.join()
    return trace


def test_equals_go_one_after_the_other_in_the_order_of_arrival() -> None:
    jobs = [(name, Turn(urgency=1), 3) for name in "abc"]

    assert run_all(*jobs) == list("aaabbbccc")


def test_the_most_urgent_goes_first() -> None:
    assert run_all(("relax", Turn(urgency=0), 2), ("turbo", Turn(urgency=2), 2), ("fast", Turn(urgency=1), 2)) == [
        "turbo",
        "turbo",
        "fast",
        "fast",
        "relax",
        "relax",
    ]


def test_an_urgent_job_goes_between_two_steps_and_the_other_goes_on_after_it() -> None:
    baton, trace = Baton(), list[str]()
    slow, quick = Turn(urgency=0), Turn(urgency=2)
    runner = Runner("quick", Baton(), Turn(urgency=0), 0, trace)
    with baton.held(slow):
        trace.append("slow")
        runner = Runner("quick", baton, quick, 3, trace)
        until(lambda: quick in baton._waiting)
        baton.give_way(slow)
        trace.append("slow")
    runner.join()

    assert trace == ["slow", "quick", "quick", "quick", "slow"]


def test_a_job_that_waits_can_be_cancelled_and_never_runs() -> None:
    baton, trace, turn = Baton(), list[str](), Turn(urgency=1)
    with baton.held(Turn(urgency=1)):
        runner = Runner("a", baton, turn, 3, trace)
        until(lambda: turn in baton._waiting)
        baton.cancel(turn)
        runner.join()

    assert runner.stopped
    assert trace == []
    assert baton._waiting == []


def test_a_job_cancelled_while_it_gives_way_leaves_the_baton_to_others() -> None:
    baton, slow, quick = Baton(), Turn(urgency=0), Turn(urgency=2)
    entered, leave, stopped = (threading.Event() for _ in range(3))

    def urgent() -> None:
        with baton.held(quick):
            entered.set()
            leave.wait(DEADLINE_S)

    def patient() -> None:
        with baton.held(slow):
            until(lambda: quick in baton._waiting)
            with pytest.raises(Stopped):
                baton.give_way(slow)
            stopped.set()

    threads = [threading.Thread(target=target, daemon=True) for target in (patient, urgent)]
    threads[0].start()
    until(lambda: slow.begun)
    threads[1].start()
    assert entered.wait(DEADLINE_S)
    baton.cancel(slow)
    leave.set()
    for thread in threads:
        thread.join(DEADLINE_S)

    assert stopped.is_set()
    with baton.held(Turn(urgency=0)):
        assert baton.alone()


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        (["same", "other"], ["same", "same", "slow", "other", "other"]),
        # A steady stream of jobs for the loaded model must not keep the other one waiting for ever.
        (["other", "same"], ["slow", "other", "other", "same", "same"]),
    ],
)
def test_a_job_for_another_model_waits_only_for_those_that_have_begun_or_came_before(
    arrivals: list[str], expected: list[str]
) -> None:
    baton, trace, slow = Baton(), list[str](), Turn(urgency=0, model="sdxl")
    turns = {
        name: Turn(urgency=2 if name == "other" else 1, model="flux" if name == "other" else "sdxl")
        for name in arrivals
    }
    runners = []
    with baton.held(slow):
        for name, turn in turns.items():
            runners.append(Runner(name, baton, turn, 2, trace))
            until(lambda turn=turn: turn in baton._waiting)  # type: ignore[misc]
        baton.give_way(slow)
        trace.append("slow")
    for runner in runners:
        runner.join()

    assert trace == expected


def test_work_that_needs_no_model_goes_between_the_steps_of_any() -> None:
    baton, trace = Baton(), list[str]()
    slow, upscale = Turn(urgency=0, model="sdxl"), Turn(urgency=1)
    with baton.held(slow):
        runner = Runner("upscale", baton, upscale, 1, trace)
        until(lambda: upscale in baton._waiting)
        assert baton.alone()
        baton.give_way(slow)
        trace.append("slow")
    runner.join()

    assert trace == ["upscale", "slow"]


def test_only_the_time_with_the_baton_counts() -> None:
    turns = [Turn(urgency=1) for _ in range(3)]

    run_all(*((str(number), turn, 5) for number, turn in enumerate(turns)))

    assert all(0 < turn.held_s < DEADLINE_S for turn in turns)
