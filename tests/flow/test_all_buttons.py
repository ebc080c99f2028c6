"""Every button below a job, from the press to the result: what is drawn, at what size and price, and what is said."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from bot import errors
from bot.chat import present
from bot.settings import Prices, Settings
from bot.studio import Studio, derive
from bot.studio.offers import offers
from db import jobs, people, pictures
from db.jobs import Job
from pipeline.catalog import Catalog
from pipeline.sizes import fit
from pipeline.spec import Place as Where
from pipeline.spec import Spec
from tests.flow.conftest import Opened, Place, asker, press

WHO = f"<@{asker().user_id}>"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What its messages say, after the prompt."""

    waiting: str
    progress: str
    final: str


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a button below a single picture of 336×224 gives."""

    verb: str
    size: tuple[int, int]
    said: Said
    echo: str = "red fox --ar 3:2"
    place: Where | None = None
    count: int = 4
    file: str = "webp"


def at(left: int, top: int, width: int, height: int) -> Where:
    return Where(left_px=left, top_px=top, width_px=width, height_px=height)


PLAIN = "{prompt} - {who} (Waiting to start)"
VARYING = "Making variations for image #1 with prompt {prompt} - {who} (Waiting to start)"
UPSCALING = "Upscaling image #1 with {prompt} - {who} (Waiting to start)"
ZOOM = Said(waiting=PLAIN, progress="Zoom Out by {who} (7%) (fast)", final="Zoom Out by {who} (fast)")


def large(manner: str) -> Said:
    return Said(
        waiting=UPSCALING, progress="Upscaling by {who} (7%) (fast)", final=f"Upscaled ({manner}) by {{who}} (fast)"
    )


def vary(manner: str) -> Said:
    return Said(
        waiting=VARYING,
        progress=f"Variations ({manner}) by {{who}} (7%) (fast)",
        final=f"Variations ({manner}) by {{who}} (fast)",
    )


def pan(side: str) -> Said:
    return Said(waiting=PLAIN, progress=f"Pan {side} by {{who}} (7%) (fast)", final=f"Pan {side} by {{who}} (fast)")


def size_for(w: int, h: int) -> tuple[int, int]:
    rule = Catalog.from_tables("tiny", {"models": {"tiny": {"source": "doodle", "side": 128}}}, None).default.size_rule
    size = fit(Fraction(w, h), rule)
    return size.width_px, size.height_px


WIDE = size_for(9, 4)
BUTTONS: Mapping[str, Expected] = {
    "upsample_v7_2x_subtle": Expected(
        verb="upscale", size=(672, 448), count=1, file="png", said=large("Subtle")
    ),
    "upsample_v7_2x_creative": Expected(
        verb="refine", size=(672, 448), count=1, file="png", said=large("Creative")
    ),
    "low_variation": Expected(verb="vary", size=(168, 112), said=vary("Subtle")),
    "high_variation": Expected(verb="vary", size=(168, 112), said=vary("Strong")),
    "outpaint_50": Expected(verb="extend", size=(168, 112), place=at(42, 28, 84, 56), said=ZOOM),
    "outpaint_75": Expected(verb="extend", size=(168, 112), place=at(28, 19, 112, 74), said=ZOOM),
    "custom_zoom": Expected(verb="extend", size=(168, 112), place=at(42, 28, 84, 56), said=ZOOM),
    "outpaint_100": Expected(
        verb="extend", size=(128, 128), place=at(0, 21, 128, 86), echo="red fox --ar 1:1", said=ZOOM
    ),
    "pan_left": Expected(
        verb="extend", size=WIDE, place=at(WIDE[0] - round(WIDE[1] * 1.5), 0, round(WIDE[1] * 1.5), WIDE[1]),
        echo="red fox --ar 9:4", said=pan("Left"),
    ),
    "pan_right": Expected(
        verb="extend", size=WIDE, place=at(0, 0, round(WIDE[1] * 1.5), WIDE[1]),
        echo="red fox --ar 9:4", said=pan("Right"),
    ),
    "pan_up": Expected(
        verb="extend", size=(128, 128), place=at(0, 43, 128, 85), echo="red fox --ar 1:1", said=pan("Up")
    ),
    "pan_down": Expected(
        verb="extend", size=(128, 128), place=at(0, 0, 128, 85), echo="red fox --ar 1:1", said=pan("Down")
    ),
}  # fmt: skip


async def grid_of(house: Place, text: str = "red fox --ar 3:2") -> Job:
    return await house.ended((await house.studio.imagine(text, asker())).job.id)


async def solo_of(house: Place, text: str = "red fox --ar 3:2") -> Job:
    grid = await grid_of(house, text)
    return await house.ended((await house.studio.press(press(grid, "upsample", 2), asker())).job.id)


async def picture_of(house: Place, job: Job, slot: int = 1) -> str:
    stored = await house.database.read(pictures.of_job, job.id)
    return stored[slot - 1].sha256


def spec_of(job: Job) -> Spec:
    return Spec.from_json(job.spec)


async def test_every_button_below_a_single_picture_orders_what_it_says_at_its_own_price(place: Opened) -> None:
    dear = Prices(zoom=1100, pan=1200, upscale_subtle=1300, upscale_creative=1400, variation=1500)
    async with place(settings=Settings(prices=dear, max_waiting=20)) as house:
        solo = await solo_of(house)
        source = await picture_of(house, solo)
        shown = house.studio.offers(solo, regions=False)
        made = {action.key: (await house.studio.press(press(solo, action.key, 1), asker())).job for action in shown}

        assert set(made) == set(BUTTONS)
        for key, job in made.items():
            check_order(job, key, source)
            assert (job.parent_id, job.parent_slot, job.reply_to) == (solo.id, 1, "900")
        prices = {action.key: getattr(dear, action.price) for action in shown}
        assert {key: job.price_units for key, job in made.items()} == prices


@pytest.mark.parametrize("key", ["upsample_v7_2x_subtle", "upsample_v7_2x_creative", "outpaint_50", "pan_up"])
async def test_results_arrive_at_their_size_as_png_or_as_a_grid(place: Opened, key: str) -> None:
    async with place() as house:
        solo = await solo_of(house)

        job = await house.ended((await house.studio.press(press(solo, key, 1), asker())).job.id)

        stored = await house.database.read(pictures.of_job, job.id)
        assert (job.state, job.hold, len(stored)) == ("delivered", "posted", BUTTONS[key].count)
        assert {(one.width_px, one.height_px) for one in stored} == {BUTTONS[key].size}
        assert house.courier.delivered[-1].file_name == f"ada_red_fox_{job.id}.{BUTTONS[key].file}"


def check_order(job: Job, key: str, source: str) -> None:
    """Hold a job against what its button promises."""
    wanted, spec = BUTTONS[key], spec_of(job)
    assert (spec.verb, spec.count, (spec.width_px, spec.height_px)) == (wanted.verb, wanted.count, wanted.size), key
    assert spec.source is not None
    assert (spec.source.sha256, spec.place, job.prompt) == (source, wanted.place, wanted.echo), key
    bold = f"**{wanted.echo}**"
    facts = {"prompt": bold, "who": WHO}
    assert present.waiting(job) == wanted.said.waiting.format(**facts)
    assert present.progress(job, 7) == f"{bold} - {wanted.said.progress.format(**facts)}"
    assert present.final(job, spec, smaller=False).splitlines()[0] == f"{bold} - {wanted.said.final.format(**facts)}"


async def test_an_upscale_is_redone_from_the_same_picture_and_varies_at_the_models_own_size(place: Opened) -> None:
    async with place() as house:
        solo = await solo_of(house)
        large = await house.ended((await house.studio.press(press(solo, "upsample_v7_2x_creative", 1), asker())).job.id)

        keys = [action.key for action in house.studio.offers(large, regions=True)]
        redone = (await house.studio.press(press(large, "upsample_v7_2x_creative", 1), asker())).job
        plain = (await house.studio.press(press(large, "upsample_v7_2x_subtle", 1), asker())).job
        varied = (await house.studio.press(press(large, "low_variation", 1), asker())).job

        assert keys == ["upsample_v7_2x_subtle", "upsample_v7_2x_creative", "low_variation", "high_variation"]
        for job in (redone, plain):
            assert spec_of(job).source == replace(spec_of(job).source, sha256=await picture_of(house, solo))  # type: ignore[type-var]
            assert (spec_of(job).width_px, spec_of(job).height_px) == (672, 448)
        assert spec_of(redone).seed != spec_of(large).seed
        assert (spec_of(varied).width_px, spec_of(varied).height_px) == (168, 112)
        assert spec_of(varied).source.sha256 == await picture_of(house, large)  # type: ignore[union-attr]


async def test_what_would_be_too_large_is_refused_before_it_is_charged(
    place: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "UNITS_PER_MEGAPIXEL", 100_000)
    async with place(settings=Settings(max_megapixels=1)) as house:
        solo = await solo_of(house)

        for action in ("upsample_v7_2x_subtle", "upsample_v7_2x_creative"):
            with pytest.raises(errors.TooLarge):
                await house.studio.press(press(solo, action, 1), asker("ben"))

        assert await house.free(asker("ben")) == 25_000


async def test_a_zoom_drawn_again_keeps_picture_and_place_and_its_pictures_vary_as_usual(place: Opened) -> None:
    async with place() as house:
        solo = await solo_of(house, "red fox --ar 3:2 --chaos 30 --seed 5")
        zoomed = await house.ended((await house.studio.press(press(solo, "outpaint_50", 1), asker())).job.id)

        again = (await house.studio.press(press(zoomed, "reroll"), asker())).job
        varied = (await house.studio.press(press(zoomed, "variation", 2), asker())).job

        old, new = spec_of(zoomed), spec_of(again)
        assert new.seed != old.seed
        assert new.evolve(seed=old.seed) == old
        assert old.chaos == 30
        assert spec_of(varied).verb == "vary"
        assert (spec_of(varied).place, spec_of(varied).chaos) == (None, 0)
        assert spec_of(varied).source.sha256 == await picture_of(house, zoomed, 2)  # type: ignore[union-attr]


async def test_variations_keep_what_is_for_variations_and_show_the_whole_prompt(place: Opened) -> None:
    async with place() as house:
        grid = await grid_of(house, "red fox --ar 3:2 --chaos 50 --quality 2 --stop 80 --seed 9")

        varied = (await house.studio.press(press(grid, "variation", 1), asker())).job
        again = (await house.studio.press(press(grid, "reroll"), asker())).job

        first, spec = spec_of(grid), spec_of(varied)
        assert (spec.chaos, spec.stop, spec.steps) == (0, 80, first.steps // 2)
        assert (spec_of(again).chaos, spec_of(again).steps) == (50, first.steps)
        assert varied.prompt == again.prompt == "red fox --ar 3:2 --chaos 50 --quality 2 --stop 80"


async def test_low_variability_makes_v_subtle_and_colours_the_button_that_was_pressed(place: Opened) -> None:
    async with place() as house:
        grid = await grid_of(house)
        usual = (await house.studio.press(press(grid, "variation", 1), asker())).job
        await house.database.write(people.put, asker().user_id, people.Preferences(variability="low"), 0)

        subtle = (await house.studio.press(press(grid, "variation", 2), asker())).job

        strengths = [spec_of(job).source.strength for job in (usual, subtle)]  # type: ignore[union-attr]
        assert strengths[1] < strengths[0]
        assert "Variations (Subtle) by" in present.final(subtle, spec_of(subtle), smaller=False)
        marks = {("variation", 1): "pressed", ("variation", 2): "pressed"}
        assert await house.studio.pressed_on(grid.id) == marks


@pytest.mark.parametrize("text", ["red fox", "red fox --ar 3:2", "red fox --ar 2:3"])
async def test_make_square_is_offered_where_there_is_something_to_make_square(place: Opened, text: str) -> None:
    async with place() as house:
        solo = await solo_of(house, text)

        view = present.result_view(solo, house.studio.offers(solo, regions=True), {}, "https://gallery.example")

        shown = {getattr(item, "custom_id", None): item for item in view.children}
        square = shown.get(f"MJ::Outpaint::100::1::{solo.id}::SOLO")
        emoji = {"red fox": None, "red fox --ar 3:2": "↕️", "red fox --ar 2:3": "↔️"}[text]
        assert (str(square.emoji) if square else None) == emoji  # type: ignore[attr-defined]
        assert f"MJ::Inpaint::1::{solo.id}::SOLO" in shown
        assert [item.url for item in view.children if getattr(item, "url", None)] == [  # type: ignore[attr-defined]
            f"https://gallery.example/jobs/{solo.id}?index=0"
        ]


async def test_what_a_model_cannot_do_has_no_button_and_an_old_one_is_refused_free_of_charge(place: Opened) -> None:
    async with place() as house:
        solo = await solo_of(house)
        card = house.studio.card
        bare = replace(card, mechanisms=card.mechanisms - {"inpaint", "image_to_image"})
        poor = Studio(
            replace(
                house.studio._house, catalog=replace(house.studio._house.catalog, default=bare, models={card.key: bare})
            )
        )

        shown = [action.key for action in offers(solo, bare, regions=True)]
        for key, lacking in (("outpaint_50", "inpaint"), ("pan_up", "inpaint"), ("low_variation", "image_to_image")):
            with pytest.raises(errors.NotWithThisModel) as refused:
                await poor.press(press(solo, key, 1), asker("ben"))
            assert refused.value.mechanism == lacking

        assert shown == ["upsample_v7_2x_subtle"]
        assert await house.free(asker("ben")) == 25_000


async def test_no_button_draws_from_a_picture_that_is_gone_or_on_another_server(place: Opened) -> None:
    async with place() as house:
        solo = await solo_of(house)
        zoomed = await house.ended((await house.studio.press(press(solo, "outpaint_50", 1), asker())).job.id)
        elsewhere = asker("ben", guild_id="100000000000000009")
        for key in BUTTONS:
            with pytest.raises(errors.ActionRestricted):
                await house.studio.press(press(solo, key, 1), elsewhere)
        with pytest.raises(errors.ActionRestricted):  # nobody has said which part
            await house.studio.press(press(solo, "inpaint", 1), asker("ben"))
        house.store.path(await picture_of(house, solo)).unlink()

        for key in BUTTONS:
            with pytest.raises(errors.PictureGone):
                await house.studio.press(press(solo, key, 1), asker("ben"))
        with pytest.raises(errors.PictureGone):
            await house.studio.press(press(zoomed, "reroll"), asker("ben"))

        assert await house.free(asker("ben")) == 25_000


async def test_a_double_press_is_one_job_and_a_plain_upscale_is_made_once(place: Opened) -> None:
    async with place(working=True) as house:
        solo = await solo_of(house)

        first = await house.studio.press(press(solo, "pan_left", 1), asker())
        hasty = await house.studio.press(press(solo, "pan_left", 1), asker())
        large = await house.studio.press(press(solo, "upsample_v7_2x_subtle", 1), asker())
        await house.ended(large.job.id)
        house.now[0] += 5000
        again = await house.studio.press(press(solo, "upsample_v7_2x_subtle", 1), asker("ben"))

        assert (hasty.reason, hasty.job.id) == ("pressed", first.job.id)
        assert (again.reason, again.job.id) == ("delivered", large.job.id)
        assert await house.free(asker("ben")) == 25_000


async def test_a_marked_part_is_drawn_anew_at_the_pictures_own_size_and_again_with_the_same_mask(place: Opened) -> None:
    async with place() as house:
        solo = await solo_of(house)
        mask = await picture_of(house, solo)  # any stored picture of that size is one here

        marked = replace(press(solo, "inpaint", 1), mask=mask)
        job = await house.ended((await house.studio.press(marked, asker())).job.id)
        again = (await house.studio.press(press(job, "reroll"), asker())).job

        spec = spec_of(job)
        assert (spec.verb, spec.mask, spec.width_px, spec.height_px) == ("repaint", mask, 336, 224)
        assert "Variations (Region) by" in present.final(job, spec, smaller=False)
        assert spec_of(again).evolve(seed=spec.seed) == spec


async def test_every_result_leads_back_to_the_first_one(place: Opened) -> None:
    async with place() as house:
        grid = await grid_of(house)
        solo = await house.ended((await house.studio.press(press(grid, "upsample", 1), asker())).job.id)
        zoomed = (await house.studio.press(press(solo, "outpaint_75", 1), asker())).job

        chain = await house.database.read(jobs.lineage, zoomed.id)

        assert [job.id for job in chain] == [zoomed.id, solo.id, grid.id]
        assert await house.database.read(jobs.lineage, "nobody") == []


async def test_a_film_is_kept_with_its_job_and_nothing_that_a_job_needs_is_swept_away(place: Opened) -> None:
    async with place() as house:
        grid = await grid_of(house, "red fox --video")
        solo = await house.ended((await house.studio.press(press(grid, "upsample", 1), asker())).job.id)
        mask = house.store.put(b"a mask")
        await house.studio.press(replace(press(solo, "inpaint", 1), mask=mask), asker())

        needed = await house.database.read(pictures.referenced_hashes)

        assert grid.film is not None
        assert house.store.has(grid.film.sha256)
        assert solo.film is None
        assert {grid.film.sha256, mask, await picture_of(house, solo)} <= needed
