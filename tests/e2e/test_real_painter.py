"""The whole loop with the real painter process and real diffusers pipelines, on a tiny model of random weights."""

import asyncio
import io
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageChops, ImageStat

from tests.e2e.person import Person, job_of
from tests.e2e.processes import ROOT, Stage, stage

PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "smallest"
    build = f"from pathlib import Path; from tests.pipeline.gpu import tiny; tiny.save('sd', Path({str(folder)!r}))"
    subprocess.run([sys.executable, "-c", build], check=True, cwd=ROOT)
    return folder


def on_the_cpu(running: Stage, model: Path) -> None:
    running.settings.update(EASEL_MODEL=str(model), EASEL_DEVICE="cpu", EASEL_CPU_THREADS="1", EASEL_UPSCALER="lanczos")


def painter_of(running: Stage) -> psutil.Process | None:
    children = psutil.Process(running.bots[-1].process.pid).children(recursive=True)
    return next((child for child in children if "pipeline.gpu" in child.cmdline()), None)


async def picture(person: Person, message: dict[str, object]) -> Image.Image:
    attachments = message["attachments"]
    assert isinstance(attachments, list)
    return Image.open(io.BytesIO(await person.download(attachments[0]["url"]))).convert("RGB")


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures of one size, 0 … 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_a_grid_its_upscale_and_its_variation_are_painted_by_the_real_process(
    tmp_path: Path, model: Path
) -> None:
    async with stage(tmp_path / "stage", "--bucket", "off") as running:
        on_the_cpu(running, model)
        await running.online()
        async with Person.at(running.world, "Ada") as ada:
            first = await ada.answer(await ada.use("imagine", prompt="red fox --seed 7"))
            grid_message = await ada.result(job_of(first), PATIENCE_S)
            second = await ada.answer(await ada.use("imagine", prompt="red fox --seed 7"))
            same_message = await ada.result(job_of(second), PATIENCE_S)
            pressed = await ada.answer(await ada.press(grid_message, f"MJ::JOB::upsample::2::{job_of(grid_message)}"))
            solo_message = await ada.result(job_of(pressed), PATIENCE_S)
            varied = await ada.answer(await ada.press(grid_message, f"MJ::JOB::variation::2::{job_of(grid_message)}"))
            variation_message = await ada.result(job_of(varied), PATIENCE_S)

            grid, same = await picture(ada, grid_message), await picture(ada, same_message)
            solo, variation = await picture(ada, solo_message), await picture(ada, variation_message)
            half = grid.width // 2
            tiles = [grid.crop((x, y, x + half, y + half)) for y in (0, half) for x in (0, half)]
            apart = [distance(solo.resize((half, half), Image.Resampling.LANCZOS), tile) for tile in tiles]

            assert distance(grid, same) == 0
            assert solo.size == (2 * half, 2 * half)
            assert apart[1] < min(apart[0], apart[2], apart[3]) / 2, apart
            assert "Lanczos" in solo_message["content"]
            assert variation.size == grid.size
            assert distance(variation, grid) > 0


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_a_killed_painter_is_replaced_and_the_picture_still_comes(tmp_path: Path, model: Path) -> None:
    async with stage(tmp_path / "stage", "--bucket", "off") as running:
        on_the_cpu(running, model)
        slow = f'[models.slow]\nsource = "{model}"\nsteps = 200\nside = 256\n'  # long enough to be killed in the middle
        (running.home / "easel.toml").write_text(slow)
        running.settings["EASEL_MODEL"] = "slow"
        await running.online()
        async with Person.at(running.world, "Ada") as ada:
            warm = await ada.answer(await ada.use("imagine", prompt="warm up"))
            await ada.result(job_of(warm), PATIENCE_S)

            waiting = await ada.answer(await ada.use("imagine", prompt="red fox"))
            painter = painter_of(running)
            assert painter is not None
            await ada.until(lambda: "%" in ada.messages[waiting["id"]]["content"], "progress", PATIENCE_S)
            painter.kill()

            assert await ada.result(job_of(waiting), PATIENCE_S)


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_a_killed_bot_leaves_no_painter_behind(tmp_path: Path, model: Path) -> None:
    async with stage(tmp_path / "stage", "--bucket", "off") as running:
        on_the_cpu(running, model)
        bot = await running.online()
        painter = None
        async with asyncio.timeout(30):
            while painter is None:
                painter = painter_of(running)
                await asyncio.sleep(0.1)

        bot.process.kill()
        await bot.process.wait()

        _, alive = await asyncio.to_thread(psutil.wait_procs, [painter], 8)
        assert alive == []


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_the_idle_bot_is_small_and_has_not_loaded_torch(tmp_path: Path) -> None:
    async with stage(tmp_path / "stage") as running:
        bot = await running.online()
        await asyncio.sleep(2)

        process = psutil.Process(bot.process.pid)
        memory_mb = process.memory_info().rss / 1e6
        libraries = {Path(part.path).name for part in process.memory_maps()}
        print(f"\nidle bot: {memory_mb:.0f} MB")

        assert memory_mb < 200
        assert not any("libtorch" in name for name in libraries)
