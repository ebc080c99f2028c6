"""What the rest of Easel may ask an engine besides pictures."""

import asyncio

import pytest
import pytest_asyncio

from pipeline.events import Progress, Terminal
from pipeline.questions import CannotAnswer, Describe, Description, Weigh, Weights
from tests.contract.bench import Bench, drawn, idle, job, listening, until

pytestmark = pytest.mark.asyncio(loop_scope="package")

SOON_S = 60.0


@pytest_asyncio.fixture(loop_scope="package", autouse=True)
async def _ready(bench: Bench) -> None:
    """Questions are refused while no painter is ready, as it is meant."""
    await until(lambda: idle(bench))


async def test_a_picture_is_described_in_different_ways_the_same_every_time(bench: Bench) -> None:
    picture = (await drawn(bench, bench.quick))[0].sha256

    async with asyncio.timeout(SOON_S):
        first = await bench.engine.ask(Describe(sha256=picture))
        again = await bench.engine.ask(Describe(sha256=picture))
        two = await bench.engine.ask(Describe(sha256=picture, count=2))

    assert isinstance(first, Description)
    assert isinstance(two, Description)
    assert first == again
    assert len(set(first.prompts)) == len(first.prompts) == 4
    assert two.prompts == first.prompts[:2]
    assert all(prompt.strip() for prompt in first.prompts)


async def test_the_words_of_a_prompt_are_weighed_as_they_stand(bench: Bench) -> None:
    prompt = "A red fox, under   the (old) Tree"

    async with asyncio.timeout(SOON_S):
        answer = await bench.engine.ask(Weigh(prompt=prompt))

    assert isinstance(answer, Weights)
    assert [each.word for each in answer.words] == prompt.split()
    assert max(each.weight for each in answer.words) == 1.0
    assert min(each.weight for each in answer.words) >= 0.0


@pytest.mark.parametrize("prompt", ["", "🦊", "a\x00b", "word " * 300])
async def test_any_prompt_can_be_weighed(bench: Bench, prompt: str) -> None:
    async with asyncio.timeout(SOON_S):
        answer = await bench.engine.ask(Weigh(prompt=prompt))

    assert isinstance(answer, Weights)
    assert len(answer.words) == len(prompt.split())


async def test_a_picture_that_is_gone_cannot_be_described_and_the_next_question_can(bench: Bench) -> None:
    async with asyncio.timeout(SOON_S):
        with pytest.raises(CannotAnswer) as no:
            await bench.engine.ask(Describe(sha256="0" * 64))
        answer = await bench.engine.ask(Weigh(prompt="a fox"))

    assert no.value.kind == "failed"
    assert isinstance(answer, Weights)


async def test_questions_are_answered_while_a_job_is_drawn_and_do_not_end_it(bench: Bench) -> None:
    picture = (await drawn(bench, bench.quick))[0].sha256
    task = job(bench.endless, urgency=2)
    async with listening(bench, task) as listener:
        await listener.heard(Progress)
        answers = await asyncio.gather(
            bench.engine.ask(Describe(sha256=picture)), *(bench.engine.ask(Weigh(prompt=f"fox {n}")) for n in range(3))
        )
        assert not any(isinstance(event, Terminal) for event in listener.events)

    assert [type(answer) for answer in answers] == [Description, Weights, Weights, Weights]
    await until(lambda: idle(bench))


async def test_a_question_that_nobody_waits_for_any_longer_harms_nothing(bench: Bench) -> None:
    asking = asyncio.ensure_future(bench.engine.ask(Weigh(prompt="word " * 50)))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    async with asyncio.timeout(SOON_S):
        assert isinstance(await bench.engine.ask(Weigh(prompt="a fox")), Weights)


async def test_a_painter_killed_before_it_answers_is_said_and_comes_back(bench: Bench) -> None:
    if bench.kill is None:
        pytest.skip("this engine has no painter of its own to kill")
    async with listening(bench, job(bench.endless)) as listener:
        await listener.heard(Progress)
        asking = asyncio.ensure_future(bench.engine.ask(Weigh(prompt="word " * 400)))
        await asyncio.sleep(0)
        await bench.kill()
        async with asyncio.timeout(SOON_S):
            (end,) = await asyncio.gather(asking, return_exceptions=True)
            await listener.end()
            refused = await asyncio.gather(bench.engine.ask(Weigh(prompt="a")), return_exceptions=True)

    # A stand-in that answers at once has answered before it dies.
    assert isinstance(end, Weights) or (isinstance(end, CannotAnswer) and end.kind == "failed")
    assert isinstance(refused[0], Weights) or (isinstance(refused[0], CannotAnswer) and refused[0].kind == "not_ready")
    await until(lambda: idle(bench))
    assert isinstance(await bench.engine.ask(Weigh(prompt="a fox")), Weights)
