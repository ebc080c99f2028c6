"""What members prefer reaches every job of theirs, and whatever is typed beats it."""

import pytest

from bot import errors, prompt
from bot.studio.orders import suffix_of
from db.jobs import Job
from db.people import MOST_OPTIONS, Preferences
from pipeline.spec import Spec
from tests.flow.conftest import Opened, Place, asker, press

ADA, BEN = asker(), asker("ben")


async def spec_of(house: Place, text: str) -> tuple[Job, Spec]:
    job = (await house.studio.imagine(text, asker())).job
    return job, Spec.from_json(job.spec)


async def test_a_suffix_is_added_to_every_prompt_and_shows_and_typing_beats_it(place: Opened) -> None:
    async with place(working=False) as house:
        kept = await house.tastes.set_suffix("—ar 3:2  --c 20", ADA)
        plain, drawn = await spec_of(house, "red fox")
        typed, wide = await spec_of(house, "red fox --ar 2:1")
        other = (await house.studio.imagine("red fox", asker("ben"))).job
        await house.tastes.set_suffix("", ADA)
        bare, _ = await spec_of(house, "red fox")

    assert kept == "--ar 3:2 --chaos 20"
    assert plain.prompt == "red fox --ar 3:2 --chaos 20"
    assert drawn.chaos == 20
    assert typed.prompt == "red fox --ar 2:1 --chaos 20"
    assert wide.width_px > 1.5 * wide.height_px
    assert other.prompt == bare.prompt == "red fox"


@pytest.mark.parametrize("wrong", ["a fox", "--teleport", "--ar 3", "--repeat 3", "--cref x"])
async def test_a_suffix_that_cannot_be_used_is_refused_and_the_old_one_stays(place: Opened, wrong: str) -> None:
    async with place(working=False) as house:
        await house.tastes.set_suffix("--ar 3:2", ADA)

        with pytest.raises(prompt.PromptError):
            await house.tastes.set_suffix(wrong, ADA)

        assert (await house.tastes.of(ADA.user_id)).preferences.suffix == "--ar 3:2"


async def test_an_own_option_stands_for_its_text_and_parameters(place: Opened) -> None:
    async with place(working=False) as house:
        name = await house.tastes.set_option("--Mine", "in the snow --chaos 5 --ar 3:2", ADA)
        job, _ = await spec_of(house, "red fox --mine")
        assert await house.tastes.drop_option("--mine", ADA)
        with pytest.raises(prompt.PromptError):
            await spec_of(house, "red fox --mine")

        assert name == "mine"
        assert job.prompt == "red fox in the snow --ar 3:2 --chaos 5"
        assert not await house.tastes.drop_option("mine", ADA)
        assert await house.tastes.options(ADA.user_id) == {}


async def test_options_are_private_and_at_most_twenty(place: Opened) -> None:
    async with place(working=False) as house:
        for number in range(MOST_OPTIONS):
            await house.tastes.set_option(f"look{number}x", "--chaos 5", ADA)
        await house.tastes.set_option("look3x", "--chaos 7", ADA)

        with pytest.raises(errors.TooManyOptions):
            await house.tastes.set_option("onemore", "--chaos 5", ADA)

        assert len(await house.tastes.options(ADA.user_id)) == MOST_OPTIONS
        assert await house.tastes.options(BEN.user_id) == {}


@pytest.mark.parametrize(("name", "value"), [("ar", "3:2"), ("1st", "x"), ("mine", "--teleport 3"), ("m n", "x")])
async def test_options_that_cannot_be_used_are_refused(place: Opened, name: str, value: str) -> None:
    async with place(working=False) as house:
        with pytest.raises(prompt.PromptError):
            await house.tastes.set_option(name, value, ADA)

        assert await house.tastes.options(ADA.user_id) == {}


async def test_the_panel_chooses_model_and_look_for_later_prompts(place: Opened) -> None:
    async with place(working=False, models=("tiny", "sdxl")) as house:
        await house.tastes.choose(ADA, model="sdxl", stylize=250)
        job, spec = await spec_of(house, "red fox")
        typed, _ = await spec_of(house, "red fox --v tiny --seed 5")
        panel = await house.tastes.choose(ADA, model="no such model")

    assert (job.model, spec.stylize) == ("sdxl", 250)
    assert "--v sdxl" in job.prompt
    assert "--stylize 250" in job.prompt
    assert (typed.model, "--stylize" in typed.prompt) == ("tiny", False)  # it cannot do that
    assert (panel.model.key, panel.preferences.model) == ("tiny", None)


async def test_a_model_that_the_owner_took_away_means_the_default(place: Opened) -> None:
    async with place(working=False, models=("tiny", "sdxl")) as house:
        await house.tastes.choose(ADA, model="sdxl")
    async with place(working=False) as house:
        job, _ = await spec_of(house, "red fox")

        assert (job.model, job.prompt) == ("tiny", "red fox")
        assert (await house.tastes.panel(ADA)).model.key == "tiny"


async def test_raw_is_added_and_can_be_turned_off(place: Opened) -> None:
    async with place(working=False, models=("sdxl",)) as house:
        await house.tastes.turn(ADA, "raw")
        with_raw, _ = await spec_of(house, "red fox")
        await house.tastes.turn(ADA, "raw")
        without, _ = await spec_of(house, "red fox")

    assert with_raw.prompt == "red fox --raw"
    assert without.prompt == "red fox"


async def test_reset_takes_model_look_and_suffix_away_and_leaves_the_rest(place: Opened) -> None:
    async with place(working=False, models=("tiny", "sdxl")) as house:
        await house.tastes.choose(
            ADA, model="sdxl", stylize=750, raw=True, speed="relax", stealth=True, remix=True, variability="low"
        )
        await house.tastes.set_suffix("--ar 3:2", ADA)

        await house.tastes.reset(ADA)

        assert (await house.tastes.of(ADA.user_id)).preferences == Preferences(
            speed="relax", stealth=True, remix=True, variability="low"
        )


async def test_switches_turn_there_and_back(place: Opened) -> None:
    async with place(working=False) as house:
        assert [(await house.tastes.turn(ADA, "remix")).preferences.remix for _ in range(3)] == [True, False, True]
        assert (await house.tastes.turn_variability(ADA)).preferences.variability == "low"
        assert (await house.tastes.turn_variability(ADA)).preferences.variability == "high"
        assert (await house.tastes.turn(ADA, "auto_dm")).preferences.auto_dm


async def test_buttons_take_the_preferences_of_whoever_presses(place: Opened) -> None:
    async with place() as house:
        await house.tastes.choose(BEN, speed="turbo", stealth=True)
        grid = await house.ended((await house.studio.imagine("red fox", asker())).job.id)
        mine = await house.studio.press(press(grid, "variation", 1), asker())
        his = await house.studio.press(press(grid, "variation", 1), asker("ben"))

        assert (mine.job.speed, mine.job.stealth, mine.job.price_units) == ("fast", False, 1000)
        assert (his.job.speed, his.job.stealth, his.job.price_units) == ("turbo", True, 2000)


def test_the_members_own_suffix_beats_the_panel() -> None:
    assert suffix_of(Preferences(), ()) == ""
    assert suffix_of(Preferences(model="gone"), ("sdxl",)) == ""
    assert suffix_of(Preferences(model="sdxl", stylize=250, raw=True, suffix="--stylize 50"), ("sdxl",)) == (
        "--v sdxl --stylize 250 --raw --stylize 50"
    )
