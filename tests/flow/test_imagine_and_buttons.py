"""From a wish to a delivered picture, without Discord."""

from dataclasses import replace

import pytest

from bot import errors
from bot.prompt import EmptyPrompt, InvalidParameter
from bot.settings import Settings
from db import ledger, pictures
from db.errors import NotEnoughCredits, QueueFull
from pipeline.spec import Spec
from tests.flow.conftest import Opened, Place, asker, press


async def test_a_grid_is_delivered_once_and_costs_one_credit(place: Opened) -> None:
    async with place() as house:
        ada = asker()

        accepted = await house.studio.imagine("red  fox —ar 3:2 --seed 7", ada)
        job = await house.ended(accepted.job.id)

        assert (job.state, job.hold) == ("delivered", "posted")
        assert [parcel.job.id for parcel in house.courier.delivered] == [job.id]
        assert house.courier.delivered[0].file_name == f"ada_red_fox_{job.id}.webp"
        assert job.prompt == "red fox --ar 3:2 --seed 7"
        assert await house.free(ada) == 24_000
        assert house.courier.percents[-1] <= 100


async def test_u_enlarges_the_stored_picture_and_is_made_only_once(place: Opened) -> None:
    async with place() as house:
        grid = await house.ended((await house.studio.imagine("red fox", asker())).job.id)

        first = await house.studio.press(press(grid, "upsample", 2), asker())
        again = await house.studio.press(press(grid, "upsample", 2), asker("ben"))
        await house.ended(first.job.id)
        later = await house.studio.press(press(grid, "upsample", 2), asker("ben"))

        spec, parent = Spec.from_json(first.job.spec), Spec.from_json(grid.spec)
        assert (spec.verb, spec.count, spec.width_px) == ("upscale", 1, 2 * parent.width_px)
        assert (again.reason, later.reason) == ("active", "delivered")
        assert again.job.id == later.job.id == first.job.id
        assert await house.free(asker("ben")) == 25_000
        assert house.courier.delivered[1].file_name.endswith(f"_{first.job.id}.png")


async def test_v_starts_from_the_picture_that_was_pressed(place: Opened) -> None:
    async with place() as house:
        grid = await house.ended((await house.studio.imagine("red fox --seed 7", asker())).job.id)

        accepted = await house.studio.press(press(grid, "variation", 3), asker("ben"))
        varied = await house.ended(accepted.job.id)

        spec = Spec.from_json(varied.spec)
        assert spec.verb == "vary"
        assert spec.source is not None
        assert spec.source.sha256 == await third_picture(house, grid.id)
        assert varied.prompt == "red fox"
        assert (varied.user_id, varied.reply_to) == (asker("ben").user_id, "900")
        assert await house.free(asker("ben")) == 24_000


async def third_picture(house: Place, job_id: str) -> str:
    stored = await house.database.read(pictures.of_job, job_id)
    return stored[2].sha256


async def test_reroll_draws_the_same_wish_with_another_seed(place: Opened) -> None:
    async with place() as house:
        grid = await house.ended((await house.studio.imagine("red fox --ar 2:3 --seed 7", asker())).job.id)

        again = await house.studio.press(press(grid, "reroll"), asker())

        old, new = Spec.from_json(grid.spec), Spec.from_json(again.job.spec)
        assert new.seed != old.seed
        assert new.evolve(seed=old.seed) == old


async def test_the_same_button_within_two_seconds_is_one_press(place: Opened) -> None:
    async with place() as house:
        grid = await house.ended((await house.studio.imagine("red fox", asker())).job.id)

        first = await house.studio.press(press(grid, "variation", 1), asker())
        hasty = await house.studio.press(press(grid, "variation", 1), asker())
        house.now[0] += 3000
        patient = await house.studio.press(press(grid, "variation", 1), asker())

        assert (hasty.fresh, hasty.job.id) == (False, first.job.id)
        assert patient.fresh
        assert patient.job.id != first.job.id


async def test_the_same_interaction_twice_is_one_job(place: Opened) -> None:
    async with place(working=False) as house:
        ada = asker()

        first = await house.studio.imagine("red fox --seed 3", ada)
        second = await house.studio.imagine("red fox --seed 3", ada)

        assert second.job.id == first.job.id
        assert not second.fresh


@pytest.mark.parametrize(
    ("action", "slot", "changes"),
    [
        ("upsample", 1, {"guild_id": "100000000000000009"}),
        ("upsample", 1, {"channel_id": "100000000000000009"}),
        ("variation", 1, {"guild_id": None, "channel_id": "100000000000000008"}),
        ("low_variation", 1, {}),
        ("high_variation", 1, {}),
    ],
)
async def test_a_button_that_does_not_belong_there_is_refused_free_of_charge(
    place: Opened, action: str, slot: int, changes: dict[str, object]
) -> None:
    async with place(settings=Settings(home_guild="100000000000000001")) as house:
        grid = await house.ended((await house.studio.imagine("red fox", asker())).job.id)

        with pytest.raises(errors.ActionRestricted):
            await house.studio.press(press(grid, action, slot), asker("ben", **changes))

        assert await house.free(asker("ben")) == 25_000


async def test_a_button_of_an_unknown_job_is_refused(place: Opened) -> None:
    async with place() as house:
        grid = await house.ended((await house.studio.imagine("red fox", asker())).job.id)
        stranger = press(grid, "upsample", 1)

        forged = replace(
            stranger,
            pressed=replace(stranger.pressed, job_id="00000000-0000-4000-8000-000000000000"),  # type: ignore[arg-type]
        )
        with pytest.raises(errors.JobUnknown):
            await house.studio.press(forged, asker())


async def test_a_picture_deleted_from_disk_is_said_and_not_charged(place: Opened) -> None:
    async with place() as house:
        grid = await house.ended((await house.studio.imagine("red fox", asker())).job.id)
        house.store.path(await third_picture(house, grid.id)).unlink()

        with pytest.raises(errors.PictureGone):
            await house.studio.press(press(grid, "upsample", 3), asker())

        assert await house.free(asker()) == 24_000


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", EmptyPrompt),
        ("   \u200b ", EmptyPrompt),
        ("--ar 3:2", EmptyPrompt),
        ("fox --arr 3:2", InvalidParameter),
        ("fox --chaos 101", InvalidParameter),
        ("x" * 6001, Exception),
    ],
)
async def test_a_wish_that_cannot_be_read_costs_nothing(place: Opened, text: str, error: type[Exception]) -> None:
    async with place() as house:
        with pytest.raises(error):
            await house.studio.imagine(text, asker())

        assert await house.free(asker()) == 25_000


async def test_without_credits_nothing_is_accepted(place: Opened) -> None:
    async with place(working=False, settings=Settings(start_units=500)) as house:
        with pytest.raises(NotEnoughCredits):
            await house.studio.imagine("red fox", asker())


async def test_the_eleventh_waiting_job_is_refused(place: Opened) -> None:
    async with place(working=False) as house:
        for number in range(10):
            await house.studio.imagine(f"fox {number}", asker())

        with pytest.raises(QueueFull):
            await house.studio.imagine("one more fox", asker())

        assert await house.free(asker()) == 15_000


async def test_the_ledger_adds_up_after_a_busy_day(place: Opened) -> None:
    async with place() as house:
        grid = await house.ended((await house.studio.imagine("red fox", asker())).job.id)
        made = [await house.studio.press(press(grid, "upsample", slot), asker("ben")) for slot in (1, 2, 3, 4)]
        for acceptance in made:
            await house.ended(acceptance.job.id)

        assert await house.database.read(ledger.audit) == []
        assert await house.free(asker("ben")) == 21_000
