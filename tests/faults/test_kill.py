"""`kill -9` at every point: whatever was accepted ends exactly once, and is charged only when it was delivered."""

from pathlib import Path

import pytest

from tests.faults.kill import POINTS, TURNS, siege, summary, violations


@pytest.mark.timeout(300)
async def test_a_kill_in_every_state_of_a_job_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with siege(tmp_path) as attack:
        for point in TURNS:
            await attack.strike(point)
        await attack.recover()

        assert await violations(attack) == []
        print(summary(attack))


@pytest.mark.timeout(120)
async def test_a_copy_by_direct_message_survives_a_kill_between_the_charge_and_the_sending(tmp_path: Path) -> None:
    async with siege(tmp_path) as attack:
        bot = await attack.stage.online(EASEL_FAIL_POINT="after_commit:delivered")
        await attack.ada.answer(await attack.ada.use("prefer auto_dm"))
        await attack.ada.use("imagine", prompt="red fox")
        assert await bot.process.wait() == -9

        await attack.stage.online()
        channel = await attack.ada.dm()
        [copy] = await attack.ada.until(
            lambda: [one for one in attack.ada.messages.values() if one["channel_id"] == channel], "the copy"
        )

        assert copy["content"].startswith("**red fox**\n")
        assert len(copy["attachments"]) == 1
        assert await violations(attack) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2])
async def test_a_hundred_kills_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    async with siege(tmp_path, seed=seed) as attack:
        for hit in (1, 2):
            for point in POINTS:
                await attack.strike(point, hit if point != "after_recover" else 1)
        for _ in range(12):
            await attack.strike_at_random(3.0)
        await attack.recover()

        assert await violations(attack) == []
        assert attack.kills >= 54
        print(summary(attack))


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_the_loop_finds_out_a_bot_that_does_not_look_first(tmp_path: Path) -> None:
    async with siege(tmp_path, module=("tests.faults.broken", "no_look_first")) as attack:
        for _ in range(2):
            await attack.strike("after_post")
        await attack.recover()

        assert any("I7" in fault for fault in await violations(attack))


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_the_loop_finds_out_a_bot_that_charges_before_it_delivers(tmp_path: Path) -> None:
    async with siege(tmp_path, module=("tests.faults.broken", "charge_first")) as attack:
        for _ in range(2):
            await attack.strike("before_post")
        await attack.recover()

        assert any("charged and never delivered" in fault for fault in await violations(attack))
