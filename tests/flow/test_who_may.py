"""Who may do what, as a table: every admin command and every button, for everybody who might try."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot import errors, prompt
from bot.actions import ACTIONS
from bot.custom_ids import Controlled, read_custom_id
from bot.settings import Settings
from bot.studio import Asker
from tests.flow.conftest import GUILD, Opened, Place, asker, press

BEN = asker("ben").user_id
OWNER = "200000000000000009"
ELSEWHERE = "100000000000000009"

COMMANDS: dict[str, Callable[[Place, Asker], Awaitable[object]]] = {
    "show": lambda house, by: house.quotas.show(BEN, by),
    "grant": lambda house, by: house.quotas.grant(BEN, 3, "why", by),
    "take": lambda house, by: house.quotas.take(BEN, 3, "why", by),
    "set": lambda house, by: house.quotas.set(BEN, 3, "why", by),
    "reset": lambda house, by: house.quotas.reset(BEN, "why", by),
    "daily": lambda house, by: house.quotas.daily(3, by),
}
PEOPLE: dict[str, tuple[Asker, type[Exception] | None]] = {
    "member": (asker(), errors.AdminsOnly),
    "admin": (asker(is_admin=True), None),
    "owner": (asker(user_id=OWNER), None),
    "member in a direct message": (asker(guild_id=None), errors.ServerOnly),
    "owner in a direct message": (asker(user_id=OWNER, guild_id=None), errors.ServerOnly),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("person", PEOPLE)
async def test_balances_are_for_admins_and_the_owner(place: Opened, command: str, person: str) -> None:
    by, refusal = PEOPLE[person]
    async with place(working=False, settings=Settings(owners=frozenset({OWNER}), home_guild=GUILD)) as house:
        before = await house.free(asker("ben"))
        if refusal is None:
            await COMMANDS[command](house, by)
        else:
            with pytest.raises(refusal):
                await COMMANDS[command](house, by)
            assert await house.free(asker("ben")) == before


async def test_an_admin_elsewhere_rules_only_there(place: Opened) -> None:
    async with place(working=False) as house:
        await house.free(asker("ben"))

        await house.quotas.set(BEN, 3, "", asker(is_admin=True, guild_id=ELSEWHERE))

        assert await house.free(asker("ben")) == 25_000
        assert await house.free(asker("ben", guild_id=ELSEWHERE)) == 3_000


OFFERED = {"grid": ("upsample", "variation", "reroll"), "solo": ("low_variation", "high_variation")}
WRONG_PLACES: dict[str, dict[str, object]] = {
    "another guild": {"guild_id": ELSEWHERE},
    "another channel": {"channel_id": ELSEWHERE},
    "a direct message": {"guild_id": None, "channel_id": ELSEWHERE},
}


@pytest.mark.parametrize("where", WRONG_PLACES)
async def test_no_button_works_in(place: Opened, where: str) -> None:
    stranger = asker("ben", is_admin=True, **WRONG_PLACES[where])
    async with place(settings=Settings(home_guild=GUILD)) as house:
        grid = await house.ended((await house.studio.imagine("red fox", asker())).job.id)
        solo = await house.ended((await house.studio.press(press(grid, "upsample", 1), asker())).job.id)
        for parent, result in ((grid, "grid"), (solo, "solo")):
            for action in OFFERED[result]:
                slot = 1 if ACTIONS[action].takes_slot else 0
                with pytest.raises(errors.ActionRestricted):
                    await house.studio.press(press(parent, action, slot), stranger)
        with pytest.raises(errors.ActionRestricted):
            await house.studio.rate(solo.id, stranger)
        if where != "another channel":  # an admin of the server may cancel from anywhere on it
            with pytest.raises(errors.ActionRestricted):
                await house.studio.cancel(solo.id, stranger)

        assert await house.free(asker("ben")) == 25_000


async def test_no_button_works_on_the_wrong_kind_of_result_or_on_nothing(place: Opened) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    async with place() as house:
        grid = await house.ended((await house.studio.imagine("red fox", asker())).job.id)
        solo = await house.ended((await house.studio.press(press(grid, "upsample", 1), asker())).job.id)
        for parent, others in ((grid, OFFERED["solo"]), (solo, OFFERED["grid"])):
            for action in others:
                with pytest.raises(errors.ActionRestricted):
                    await house.studio.press(press(parent, action, 1), asker("ben"))
        for action in (*OFFERED["grid"], *OFFERED["solo"]):
            right = press(grid, action, 1)
            with pytest.raises(errors.JobUnknown):
                await house.studio.press(
                    replace(right, pressed=replace(right.pressed, job_id=unknown)),  # type: ignore[arg-type]
                    asker("ben"),
                )
        for ask in (house.studio.cancel, house.studio.rate):
            with pytest.raises(errors.JobUnknown):
                await ask(unknown, asker("ben"))

        assert await house.free(asker("ben")) == 25_000


async def test_slots_that_a_result_does_not_have_are_refused(place: Opened) -> None:
    async with place() as house:
        grid = await house.ended((await house.studio.imagine("red fox", asker())).job.id)
        solo = await house.ended((await house.studio.press(press(grid, "upsample", 1), asker())).job.id)

        with pytest.raises(errors.ActionRestricted):
            await house.studio.press(press(solo, "low_variation", 2), asker())
        assert read_custom_id(f"MJ::JOB::upsample::5::{grid.id}") is None
        assert isinstance(read_custom_id(f"MJ::BOOKMARK::{solo.id}"), Controlled)


async def test_a_server_that_is_not_served_gets_no_pictures(place: Opened) -> None:
    async with place(working=False, settings=Settings(guilds=frozenset({ELSEWHERE}))) as house:
        with pytest.raises(errors.NotServedHere):
            await house.studio.imagine("red fox", asker())
        with pytest.raises(errors.NotServedHere):
            await house.studio.about(asker())


async def test_direct_messages_draw_on_the_home_server_or_are_refused(place: Opened) -> None:
    alone = asker(guild_id=None)
    async with place(working=False) as house:
        with pytest.raises(errors.NoHomeForDirectMessages):
            await house.studio.imagine("red fox", alone)
        with pytest.raises(errors.NoHomeForDirectMessages):
            await house.studio.about(alone)
    async with place(working=False, settings=Settings(home_guild=GUILD)) as house:
        accepted = await house.studio.imagine("red fox", alone)

        assert (accepted.job.guild_id, accepted.job.scope_id) == (None, GUILD)
        assert await house.free(asker()) == 24_000


async def test_a_word_that_was_blocked_since_is_not_drawn_again_but_its_picture_may_be_enlarged(place: Opened) -> None:
    async with place() as before:
        grid = await before.ended((await before.studio.imagine("red turnip", asker())).job.id)

    async with place(settings=Settings(blocked_words=("turnip",))) as house:
        for action, slot in (("reroll", 0), ("variation", 1)):
            with pytest.raises(prompt.BlockedWord):
                await house.studio.press(press(grid, action, slot), asker())

        assert (await house.studio.press(press(grid, "upsample", 1), asker())).fresh
