import itertools
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from pipeline import film
from pipeline.film import Reel


def frame(level: int, size: tuple[int, int] = (128, 96)) -> Image.Image:
    return Image.new("RGB", size, (level, 255 - level, 90))


def reel_of(count: int) -> Reel:
    reel = Reel()
    for number in range(count):
        reel.add(frame(255 * number // max(1, count - 1)))
    return reel


@pytest.fixture
def without_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "ffmpeg", lambda: None)


def pictures_of(mp4: bytes, folder: Path) -> list[Image.Image]:
    """Decode a film with the same program."""
    source = folder / "film.mp4"
    source.write_bytes(mp4)
    program = film.ffmpeg()
    assert program is not None
    command = [program, "-nostdin", "-loglevel", "error", "-i", str(source), str(folder / "%03d.png")]
    subprocess.run(command, check=True, timeout=60)
    return [Image.open(file).convert("RGB") for file in sorted(folder.glob("*.png"))]


needs_ffmpeg = pytest.mark.skipif(film.ffmpeg() is None, reason="there is no ffmpeg here: pip install imageio-ffmpeg")


@needs_ffmpeg
def test_a_film_is_an_mp4_that_plays_before_it_is_loaded_and_ends_with_the_finished_picture(tmp_path: Path) -> None:
    data, extension = reel_of(20).develop(Image.new("RGB", (128, 96), (10, 20, 200)))

    pictures = pictures_of(data, tmp_path)
    assert extension == "mp4"
    assert data.index(b"moov") < data.index(b"mdat")
    assert {picture.size for picture in pictures} == {(128, 96)}
    assert len(pictures) == 20 + 7
    for picture in pictures[-7:]:
        difference = ImageChops.difference(picture, Image.new("RGB", (128, 96), (10, 20, 200)))
        assert max(ImageStat.Stat(difference).mean) < 8
    reds = [ImageStat.Stat(picture).mean[0] for picture in pictures[:20]]
    assert reds == sorted(reds)


@needs_ffmpeg
def test_a_film_is_what_every_browser_plays(tmp_path: Path) -> None:
    data, _ = reel_of(3).develop(frame(9))
    (tmp_path / "film.mp4").write_bytes(data)
    program = film.ffmpeg()
    assert program is not None

    told = subprocess.run([program, "-i", str(tmp_path / "film.mp4")], capture_output=True, check=False).stderr.decode()

    assert "h264" in told
    assert "yuv420p" in told


@needs_ffmpeg
@pytest.mark.parametrize("size", [(127, 95), (1, 1), (2048, 1024), (511, 3)])
def test_a_film_of_any_size_is_even_and_no_larger_than_a_preview(size: tuple[int, int], tmp_path: Path) -> None:
    reel = reel_of(3)

    data, _ = reel.develop(Image.new("RGB", size, (90, 90, 90)))

    (first, *_) = pictures_of(data, tmp_path)
    assert first.width % 2 == first.height % 2 == 0
    assert max(first.size) <= 512


@needs_ffmpeg
def test_a_film_as_long_as_the_longest_job_is_small() -> None:
    reel = Reel()
    for number in range(200):
        soft = Image.effect_noise((64, 64), 20 + number / 4).convert("RGB").resize((512, 512))
        reel.add(soft)

    data, _ = reel.develop(soft)

    assert len(reel) <= 48
    assert len(data) < 1_500_000


def test_without_ffmpeg_a_film_is_an_animated_webp(without_ffmpeg: None) -> None:
    data, extension = reel_of(5).develop(frame(60, (130, 98)))

    with Image.open(BytesIO(data)) as image:
        assert extension == "webp"
        assert image.format == "WEBP"
        assert getattr(image, "n_frames", 0) == 6
        assert image.size == (130, 98)


def test_an_ffmpeg_that_fails_is_no_reason_to_have_no_film(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "ffmpeg", lambda: "/bin/false")

    assert reel_of(2).develop(frame(9))[1] == "webp"


def test_a_job_without_any_frame_has_a_film_of_its_end(without_ffmpeg: None) -> None:
    data, _ = Reel().develop(frame(9))

    with Image.open(BytesIO(data)) as image:
        assert image.size == (128, 96)


def test_frames_are_thinned_evenly(without_ffmpeg: None) -> None:
    reel = reel_of(100)

    data, _ = reel.develop(frame(0))

    with Image.open(BytesIO(data)) as image:
        levels = []
        for number in range(len(reel)):
            image.seek(number)
            levels.append(round(ImageStat.Stat(image.convert("RGB")).mean[0]))
    gaps = [after - before for before, after in itertools.pairwise(levels)]
    assert max(gaps) - min(gaps) <= 6
