"""Remix: the prompt is changed on the way; what the form shows, what it orders, and what it refuses free of charge."""

from dataclasses import replace

import pytest

from bot import errors, prompt
from bot.chat import present
from bot.custom_ids import form_id
from bot.settings import Settings
from bot.studio import Opening
from db import people
from db.jobs import Acceptance, Job
from pipeline.spec import Spec
from tests.flow.conftest import Opened, Place, asker, press
from tests.flow.test_all_buttons import grid_of, solo_of, spec_of

ADA = asker().user_id


async def remixing(house: Place) -> None:
    await house.database.write(people.put, ADA, people.Preferences(remix=True), 0)


async def opened(house: Place, job: Job, action: str, slot: int = 1) -> Opening:
    found = await house.studio.opening(press(job, action, slot), asker())
    assert found is not None
    return found


async def submit(house: Place, job: Job, action: str, text: str, slot: int = 1) -> Acceptance:
    """Press, type into the form and send it."""
    opening = await house.studio.opening(press(job, action, slot), asker())
    assert opening is not None
    plain = press(job, opening.action.stands_for or opening.action.key, slot)
    custom_id = form_id(opening.form, slot, job.id, "900")
    pressed = replace(plain.pressed, action=opening.action)
    return await house.studio.press(replace(plain, pressed=pressed, custom_id=custom_id, prompt=text), asker())


async def test_without_remix_only_custom_zoom_asks_first(place: Opened) -> None:
    async with place() as house:
        solo = await solo_of(house, "red fox --ar 3:2 --chaos 5")
        asking = [
            action.key
            for action in house.studio.offers(solo, regions=False)
            if await house.studio.opening(press(solo, action.key, 1), asker())
        ]

        assert asking == ["custom_zoom"]
        assert (await opened(house, solo, "custom_zoom")).text == "red fox --chaos 5 --ar 3:2 --zoom 2"


async def test_with_remix_every_button_that_draws_asks_first_with_the_prompt_in_it(place: Opened) -> None:
    async with place() as house:
        solo = await solo_of(house, "red fox --ar 3:2 --seed 4")
        await remixing(house)
        forms = {
            action.key: (found.form.custom_id, found.text)
            for action in house.studio.offers(solo, regions=False)
            if (found := await house.studio.opening(press(solo, action.key, 1), asker()))
        }

        prompts = {
            text
            for key, (_, text) in forms.items()
            if key != "custom_zoom" and not key.startswith(("pan", "outpaint_100"))
        }
        assert prompts == {"red fox --ar 3:2"}
        assert forms["pan_left"] == ("MJ::PanModal::left::{job}::{slot}", "red fox")
        assert forms["low_variation"][0].endswith("::0")
        assert forms["high_variation"][0].endswith("::1")
        assert set(forms) == {
            *("low_variation", "high_variation", "outpaint_50", "outpaint_75", "outpaint_100", "custom_zoom"),
            *("pan_left", "pan_right", "pan_up", "pan_down"),
        }


async def test_a_changed_prompt_is_drawn_and_said_and_an_unchanged_one_is_a_plain_variation(place: Opened) -> None:
    async with place() as house:
        grid = await grid_of(house, "red fox --ar 3:2")
        await remixing(house)

        changed = (await submit(house, grid, "variation", "blue  fox —ar 1:1", slot=2)).job
        same = (await submit(house, grid, "variation", "red fox --ar 3:2", slot=3)).job

        spec = spec_of(changed)
        assert (changed.prompt, changed.remixed, same.remixed) == ("blue fox", True, False)
        assert (spec.verb, spec.prompt, spec.width_px, spec.height_px) == ("vary", "blue fox", 128, 128)
        assert present.waiting(changed) == f"Remixing image #2 with prompt **blue fox** - <@{ADA}> (Waiting to start)"
        assert present.final(changed, spec, smaller=False) == f"**blue fox** - Remix by <@{ADA}> (fast)"
        assert present.waiting(same).startswith("Making variations for image #3 with prompt")
        assert await house.studio.pressed_on(grid.id) == {("variation", 2): "remixed", ("variation", 3): "remixed"}


@pytest.mark.parametrize(
    ("action", "typed", "echo", "said"),
    [
        ("low_variation", "blue fox", "blue fox", "Remix (Subtle) by"),
        ("high_variation", "blue fox", "blue fox", "Remix (Strong) by"),
        ("outpaint_50", "blue fox --ar 3:2", "blue fox --ar 3:2", "Zoom Out by"),
        ("outpaint_100", "blue fox --ar 3:2", "blue fox --ar 1:1", "Zoom Out by"),
        ("pan_right", "blue fox --ar 7:1", "blue fox --ar 9:4", "Pan Right by"),
    ],
)
async def test_each_form_orders_what_its_button_does(
    place: Opened, action: str, typed: str, echo: str, said: str
) -> None:
    async with place() as house:
        solo = await solo_of(house)
        await remixing(house)
        typed = typed.replace("7:1", "2:1")

        job = (await submit(house, solo, action, typed)).job

        assert (job.prompt, spec_of(job).prompt, job.remixed) == (echo, "blue fox", True)
        assert said in present.final(job, spec_of(job), smaller=False)
        assert await house.studio.pressed_on(solo.id) == {(action, 1): "remixed"}


async def test_a_zoom_drawn_again_has_its_own_form_and_keeps_its_frame(place: Opened) -> None:
    async with place() as house:
        solo = await solo_of(house)
        zoomed = await house.ended((await house.studio.press(press(solo, "outpaint_50", 1), asker())).job.id)
        await remixing(house)

        opening = await opened(house, zoomed, "reroll", 0)
        again = (await submit(house, zoomed, "reroll", "blue fox --ar 1:1", slot=0)).job

        old, new = spec_of(zoomed), spec_of(again)
        assert opening.form.custom_id == "MJ::OutpaintModal::-1::1::{job}"
        assert (new.prompt, again.prompt) == ("blue fox", "blue fox --ar 3:2")
        assert new.evolve(seed=old.seed, prompt=old.prompt) == old


@pytest.mark.parametrize(
    ("typed", "size", "place_of"),
    [
        ("red fox --ar 3:2 --zoom 1.5", (168, 112), (28, 19, 112, 74)),
        ("red fox --ar 1:1 --zoom 1", (128, 128), (0, 21, 128, 86)),
        ("red fox --ar 3:2", (168, 112), (42, 28, 84, 56)),
        ("a blue fox --zoom 2", (128, 128), (32, 43, 64, 42)),
    ],
)
async def test_custom_zoom_goes_as_far_and_in_the_shape_that_was_typed(
    place: Opened, typed: str, size: tuple[int, int], place_of: tuple[int, int, int, int]
) -> None:
    async with place() as house:
        solo = await solo_of(house)

        job = (await submit(house, solo, "custom_zoom", typed)).job

        spec = spec_of(job)
        assert spec.place is not None
        found = (spec.place.left_px, spec.place.top_px, spec.place.width_px, spec.place.height_px)
        assert ((spec.width_px, spec.height_px), found) == (size, place_of)
        assert "--zoom" not in job.prompt
        assert await house.studio.pressed_on(solo.id) == {("custom_zoom", 1): "pressed"}


async def test_what_is_wrong_in_a_form_is_said_with_all_that_was_typed_and_costs_nothing(place: Opened) -> None:
    async with place(settings=Settings(blocked_words=("turnip",))) as house:
        solo = await solo_of(house)
        before = await house.free(asker())
        wrong: dict[str, type[Exception]] = {
            "red fox --zoom 3": prompt.InvalidParameter,
            "red fox --arr 3:2": prompt.InvalidParameter,
            "--ar 3:2 --zoom 2": prompt.EmptyPrompt,
            "   ": prompt.EmptyPrompt,
            "a {red, blue} fox": prompt.InvalidPrompt,
            "a turnip": prompt.BlockedWord,
            "red fox --ar 3:2 --zoom 1": errors.NothingToAdd,
            "red fox --repeat 3": prompt.InvalidParameter,
        }
        for typed, kind in wrong.items():
            with pytest.raises(kind) as refused:
                await submit(house, solo, "custom_zoom", typed)
            if isinstance(refused.value, prompt.PromptError):
                assert typed.strip() in refused.value.command

        assert await house.free(asker()) == before


async def test_a_prompt_too_long_for_a_form_stays_where_no_other_is_typed(place: Opened) -> None:
    long = " ".join(["fox"] * 1400)
    async with place() as house:
        solo = await solo_of(house, f"{long} --chaos 7 --ar 3:2")
        await remixing(house)

        opening = await opened(house, solo, "high_variation")
        kept = (await submit(house, solo, "high_variation", "")).job
        shaped = (await submit(house, solo, "custom_zoom", "--chaos 8 --ar 1:1 --zoom 1")).job
        other = (await submit(house, solo, "low_variation", "a blue fox")).job

        assert (opening.text, opening.whole) == ("--ar 3:2 --chaos 7", False)
        assert (Spec.from_json(kept.spec).prompt, kept.remixed) == (long, False)
        assert (spec_of(shaped).prompt, spec_of(shaped).chaos, spec_of(shaped).width_px) == (long, 8, 128)
        assert spec_of(other).prompt == "a blue fox"


async def test_a_form_is_refused_where_its_button_would_be(place: Opened) -> None:
    async with place() as house:
        solo = await solo_of(house)
        stranger = asker("ben", guild_id="100000000000000009")
        zoom = press(solo, "custom_zoom", 1)

        for one in (zoom, replace(zoom, prompt="blue fox --zoom 2")):
            with pytest.raises(errors.ActionRestricted):
                await (house.studio.press(one, stranger) if one.prompt else house.studio.opening(one, stranger))
        gone = replace(zoom.pressed, job_id="00000000-0000-4000-8000-000000000000")  # type: ignore[arg-type]
        with pytest.raises(errors.JobUnknown):
            await house.studio.press(replace(zoom, pressed=gone, prompt="blue fox"), asker())


async def test_an_own_option_cannot_carry_a_blocked_word_into_a_form(place: Opened) -> None:
    async with place(settings=Settings(blocked_words=("turnip",))) as house:
        await remixing(house)
        await house.database.write(people.set_option, ADA, "mine", "with a turnip")
        solo = await solo_of(house, "red fox")
        before = await house.free(asker())

        with pytest.raises(prompt.BlockedWord):
            await submit(house, solo, "high_variation", "red fox --mine")
        assert await house.free(asker()) == before


async def test_choices_in_an_own_option_are_as_many_prompts_too_many_for_a_button(place: Opened) -> None:
    async with place() as house:
        grid = await grid_of(house)
        await remixing(house)
        await house.tastes.set_option("herd", "{red, blue} cow", asker())
        before = await house.free(asker())

        with pytest.raises(prompt.InvalidPrompt, match="a button takes one"):
            await submit(house, grid, "variation", "a --herd")
        assert await house.free(asker()) == before
