"""Fast, relax and turbo; stealth and public: who may, what it costs, what it says, and who is painted first."""

import pytest

from bot import errors
from bot.chat import present
from bot.settings import Factors, Modes, Settings
from db import jobs
from db.jobs import Speed
from tests.flow.conftest import GUILD, Opened, asker, press

OWNER = "200000000000000009"


@pytest.mark.parametrize(
    ("typed", "speed", "price", "shown"),
    [
        ("", "fast", 1000, "fast"),
        ("--turbo", "turbo", 2000, "turbo"),
        ("--relax", "relax", 0, "relaxed"),
        ("--draft", "fast", 500, "fast"),
        ("--turbo --draft", "turbo", 1000, "turbo"),
        ("--stealth", "fast", 1000, "fast, stealth"),
        ("--relax --stealth", "relax", 0, "relaxed, stealth"),
    ],
)
async def test_a_flag_counts_for_one_job(place: Opened, typed: str, speed: str, price: int, shown: str) -> None:
    async with place(working=False) as house:
        job = (await house.studio.imagine(f"red fox {typed}", asker())).job
        after = (await house.studio.imagine("red fox", asker())).job

        assert (job.speed, job.price_units, present.mode(job)) == (speed, price, shown)
        assert f"({shown})" in present.progress(job, 30)
        assert (after.speed, after.price_units, after.stealth) == ("fast", 1000, False)
        assert await house.free(asker()) == 25_000 - price - 1000


async def test_a_preference_counts_until_it_is_changed_and_a_flag_beats_it(place: Opened) -> None:
    async with place(working=False) as house:
        await house.tastes.choose(asker(), speed="relax", stealth=True)
        relaxed = (await house.studio.imagine("red fox", asker())).job
        quick = (await house.studio.imagine("red fox --fast --public", asker())).job

        assert (relaxed.speed, relaxed.stealth, relaxed.price_units) == ("relax", True, 0)
        assert (quick.speed, quick.stealth, quick.price_units) == ("fast", False, 1000)


async def test_factors_are_the_owners(place: Opened) -> None:
    settings = Settings(factors=Factors(turbo=3, relax=0.25, draft=0.1))
    async with place(working=False, settings=settings) as house:
        prices = [
            (await house.studio.imagine(f"red fox {flag}", asker())).job.price_units
            for flag in ("--turbo", "--relax", "--draft")
        ]

    assert prices == [3000, 250, 100]


async def test_what_a_relaxed_job_holds_is_nothing_and_it_is_delivered_all_the_same(place: Opened) -> None:
    async with place() as house:
        job = await house.ended((await house.studio.imagine("red fox --relax", asker())).job.id)

        assert (job.state, job.hold) == ("delivered", "posted")
        assert await house.free(asker()) == 25_000


@pytest.mark.parametrize("flag", ["--turbo", "--relax", "--stealth"])
async def test_a_mode_that_the_owner_switched_off_is_refused_free_of_charge(place: Opened, flag: str) -> None:
    settings = Settings(modes=Modes(turbo="nobody", relax="nobody", stealth="nobody"))
    async with place(working=False, settings=settings) as house:
        with pytest.raises(errors.ModeOff) as refused:
            await house.studio.imagine(f"red fox {flag}", asker(is_admin=True))
        with pytest.raises(errors.ModeOff):
            await house.tastes.choose(
                asker(), **({"stealth": True} if flag == "--stealth" else {"speed": flag.removeprefix("--")})
            )

        assert not refused.value.for_admins
        assert await house.free(asker()) == 25_000


async def test_a_mode_may_be_kept_for_admins_and_owners(place: Opened) -> None:
    settings = Settings(modes=Modes(turbo="admins", stealth="admins"), owners=frozenset({OWNER}))
    async with place(working=False, settings=settings) as house:
        for by in (asker(is_admin=True), asker(user_id=OWNER)):
            job = (await house.studio.imagine("red fox --turbo --stealth", by)).job
            assert (job.speed, job.stealth) == ("turbo", True)
        with pytest.raises(errors.ModeOff) as refused:
            await house.studio.imagine("red fox --stealth", asker())

        assert refused.value.for_admins
        assert (await house.tastes.panel(asker())).speeds == ("fast", "relax")


@pytest.mark.parametrize(("speed", "ends"), [("turbo", "fast"), ("relax", None)])
async def test_of_preferences_that_are_off_by_now_only_the_dearer_gives_way_silently(
    place: Opened, speed: Speed, ends: str | None
) -> None:
    async with place(working=False) as house:
        await house.tastes.choose(asker(), speed=speed)
    async with place(working=False, settings=Settings(modes=Modes(turbo="nobody", relax="nobody"))) as house:
        if ends is None:  # nobody pays without having been told
            with pytest.raises(errors.ModeOff):
                await house.studio.imagine("red fox", asker())
            return
        assert (await house.studio.imagine("red fox", asker())).job.speed == ends


async def test_who_chose_stealth_is_never_shown_without_having_said_so(place: Opened) -> None:
    async with place(working=False) as house:
        await house.tastes.choose(asker(), stealth=True)
    async with place(working=False, settings=Settings(modes=Modes(stealth="nobody"))) as house:
        with pytest.raises(errors.ModeOff):
            await house.studio.imagine("red fox", asker())
        await house.tastes.choose(asker(), stealth=False)

        assert not (await house.studio.imagine("red fox", asker())).job.stealth


@pytest.mark.parametrize("text", ["red fox --repeat 3 --relax", "{red, blue} fox --relax"])
async def test_relaxed_jobs_come_one_at_a_time(place: Opened, text: str) -> None:
    async with place(working=False, settings=Settings(home_guild=GUILD)) as house:
        with pytest.raises(errors.OneAtATime):
            await house.studio.ask(text, asker())

        assert await house.free(asker()) == 25_000


async def test_turbo_goes_before_most_of_what_waits_longer_and_relax_goes_last(place: Opened) -> None:
    async with place(working=False) as house:
        flags = ["--relax", "--relax", *[""] * 7, "--turbo"]
        accepted = [
            await house.studio.imagine(f"fox {number} {flag}", asker("ben" if flag == "--turbo" else "ada"))
            for number, flag in enumerate(flags)
        ]
        taken = [await house.database.write(jobs.lease, "boot-1", house.now[0]) for _ in accepted]
        order = [job.id for job in taken if job]

    assert len(order) == len(accepted)
    assert order.index(accepted[-1].job.id) <= 6
    assert order.index(accepted[1].job.id) >= 6


async def test_an_upscale_of_a_draft_costs_what_upscales_cost(place: Opened) -> None:
    async with place() as house:
        grid = await house.ended((await house.studio.imagine("red fox --draft", asker())).job.id)
        upscale = await house.studio.press(press(grid, "upsample", 1), asker())
        vary = await house.studio.press(press(grid, "reroll"), asker())

    assert grid.price_units == 500
    assert upscale.job.price_units == 1000
    assert vary.job.price_units == 500
