"""Tiles: what stays one after a button, and what is none any more."""

import pytest

from bot.prompt import InvalidPrompt
from db.jobs import Job
from tests.flow.conftest import Opened, Place, asker, press
from tests.flow.test_all_buttons import solo_of, spec_of
from tests.flow.test_region import marked, studio
from tests.flow.test_remix import submit

TILE = "red fox --ar 3:2 --tile"
WIDER = ("outpaint_50", "outpaint_75", "outpaint_100", "custom_zoom", "pan_left", "pan_right", "pan_up", "pan_down")


async def pressed(house: Place, job: Job, action: str, slot: int = 1) -> Job:
    house.now[0] += 10_000
    return await house.ended((await house.studio.press(press(job, action, slot), asker())).job.id)


@pytest.mark.parametrize("action", WIDER)
async def test_what_is_drawn_wider_is_no_tile_any_more_nor_is_what_is_made_of_it(place: Opened, action: str) -> None:
    async with place() as house:
        wider = await pressed(house, await solo_of(house, TILE), action)
        again = await pressed(house, wider, "reroll", 0)
        single = await pressed(house, wider, "upsample")

        assert (wider.state, spec_of(wider).verb, spec_of(again).verb) == ("delivered", "extend", "extend")
        for job in (wider, again, single):
            assert not spec_of(job).tile
            assert "--tile" not in job.prompt
            assert not job.remixed


@pytest.mark.parametrize(
    "action", ["low_variation", "high_variation", "upsample_v7_2x_subtle", "upsample_v7_2x_creative"]
)
async def test_what_is_drawn_at_the_same_edges_stays_a_tile(place: Opened, action: str) -> None:
    async with place() as house:
        made = await pressed(house, await solo_of(house, TILE), action)

        assert made.state == "delivered"
        assert spec_of(made).tile
        assert made.prompt == TILE


async def test_a_tile_with_a_region_drawn_anew_stays_a_tile(place: Opened) -> None:
    async with studio(place, TILE) as one:
        accepted = await one.regions.submit(await one.link(), marked(await one.size()), None)
        made = await one.here.ended(accepted.job.id)

        assert (made.state, spec_of(made).verb, made.prompt) == ("delivered", "repaint", TILE)
        assert spec_of(made).tile


async def test_the_forms_of_what_is_drawn_wider_leave_the_tile_out_and_refuse_it_kindly(place: Opened) -> None:
    async with place() as house:
        solo = await solo_of(house, TILE)
        free = await house.free(asker())
        opening = await house.studio.opening(press(solo, "custom_zoom", 1), asker())
        with pytest.raises(InvalidPrompt, match="no longer repeats") as refused:
            await submit(house, solo, "custom_zoom", "red fox --ar 3:2 --tile --zoom 2", slot=1)

        assert opening is not None
        assert opening.text == "red fox --ar 3:2 --zoom 2"
        assert "Take --tile out" in refused.value.sentence
        assert await house.free(asker()) == free
