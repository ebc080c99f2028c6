"""Several jobs from one prompt: proposed with their price, started by a yes, all or none."""

import pytest

from bot import errors, prompt
from bot.settings import Settings
from bot.studio import Proposal
from db.errors import NotEnoughCredits
from db.jobs import Acceptance
from pipeline.spec import Spec
from tests.flow.conftest import Opened, Place, asker


async def proposed(place: Place, text: str) -> Proposal:
    outcome = await place.studio.ask(text, asker())
    assert isinstance(outcome, Proposal)
    return outcome


async def accepted(place: Place, text: str) -> list[Acceptance]:
    return await place.studio.batches.accept((await proposed(place, text)).batch.id, asker())


async def test_braces_are_proposed_with_number_and_price_and_nothing_is_charged(place: Opened) -> None:
    async with place() as here:
        before = await here.free(asker())
        proposal = await proposed(here, "a {red, blue, green} house --ar {1:1, 3:2}")

        assert proposal.price_units == 6000
        assert proposal.echoes[:2] == ("a red house", "a red house --ar 3:2")
        assert await here.free(asker()) == before


async def test_a_yes_starts_every_job_and_each_ends_with_its_own_pictures(place: Opened) -> None:
    async with place() as here:
        jobs = await accepted(here, "a {red, blue} house")
        ended = [await here.ended(one.job.id) for one in jobs]

        assert [job.state for job in ended] == ["delivered", "delivered"]
        assert [Spec.from_json(job.spec).prompt for job in ended] == ["a red house", "a blue house"]
        assert len({job.batch_id for job in ended}) == 1


async def test_repeat_makes_the_same_wish_with_other_seeds(place: Opened) -> None:
    async with place(working=False) as here:
        jobs = await accepted(here, "a red house --repeat 3")

        assert [one.job.prompt for one in jobs] == ["a red house"] * 3
        assert len({Spec.from_json(one.job.spec).seed for one in jobs}) == 3


async def test_each_repeat_draws_its_own_random_style(place: Opened) -> None:
    async with place(working=False) as here:
        jobs = await accepted(here, "a red house --sref random --repeat 3")
        assert len({Spec.from_json(one.job.spec).style_codes for one in jobs}) == 3


async def test_a_second_yes_starts_nothing(place: Opened) -> None:
    async with place(working=False) as here:
        proposal = await proposed(here, "a {red, blue} house")
        await here.studio.batches.accept(proposal.batch.id, asker())
        free = await here.free(asker())

        with pytest.raises(errors.BatchAnswered):
            await here.studio.batches.accept(proposal.batch.id, asker())
        assert await here.free(asker()) == free


async def test_after_a_no_there_is_no_yes(place: Opened) -> None:
    async with place(working=False) as here:
        proposal = await proposed(here, "a {red, blue} house")
        await here.studio.batches.decline(proposal.batch.id, asker())
        with pytest.raises(errors.BatchAnswered):
            await here.studio.batches.accept(proposal.batch.id, asker())


async def test_a_list_that_costs_more_than_there_is_starts_nothing_at_all(place: Opened) -> None:
    async with place(working=False, settings=Settings(start_units=2500)) as here:
        proposal = await proposed(here, "a {red, blue, green} house")
        with pytest.raises(NotEnoughCredits):
            await here.studio.batches.accept(proposal.batch.id, asker())

        about = await here.studio.about(asker())
        assert about.balance.free_units == 2500
        assert about.usage.queued_fast == 0


async def test_somebody_elses_list_is_not_answered(place: Opened) -> None:
    async with place(working=False) as here:
        proposal = await proposed(here, "a {red, blue} house")
        with pytest.raises(errors.ActionRestricted):
            await here.studio.batches.accept(proposal.batch.id, asker("ben"))


@pytest.mark.parametrize("text", ["{a, b, c} {d, e, f} house", "a {red, blue} house --repeat 3"])
async def test_more_than_the_owner_allows_is_refused_with_the_number(place: Opened, text: str) -> None:
    async with place(working=False, settings=Settings(max_batch=5)) as here:
        with pytest.raises(prompt.TooManyPrompts) as refused:
            await here.studio.ask(text, asker())
        assert (refused.value.count, refused.value.limit) in {(9, 5), (6, 5)}


async def test_a_long_list_may_wait_although_single_jobs_could_not(place: Opened) -> None:
    async with place(working=False, settings=Settings(max_waiting=2)) as here:
        assert len(await accepted(here, "a house --repeat 5")) == 5


async def test_one_wrong_prompt_of_a_list_refuses_the_list(place: Opened) -> None:
    async with place(working=False) as here:
        with pytest.raises(prompt.PromptError):
            await here.studio.ask("a house --chaos {10, 500}", asker())


async def test_a_list_outlives_a_restart(place: Opened) -> None:
    async with place(working=False) as here:
        proposal = await proposed(here, "a {red, blue} house")
    async with place() as again:
        jobs = await again.studio.batches.accept(proposal.batch.id, asker())
        assert [(await again.ended(one.job.id)).state for one in jobs] == ["delivered", "delivered"]


async def test_choices_in_an_own_option_are_choices_of_the_prompt(place: Opened) -> None:
    async with place(working=False) as here:
        await here.tastes.set_option("herd", "{red, blue} cow --ar {1:1, 3:2}", asker())
        proposal = await proposed(here, "a --herd")

        assert proposal.echoes == ("a red cow", "a red cow --ar 3:2", "a blue cow", "a blue cow --ar 3:2")
        jobs = await here.studio.batches.accept(proposal.batch.id, asker())
        assert [one.job.prompt for one in jobs] == list(proposal.echoes)
