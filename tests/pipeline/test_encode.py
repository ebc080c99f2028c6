import random
import re
import uuid
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from pipeline import doodle, encode, grid
from pipeline.provenance import Provenance, read
from pipeline.spec import Spec

JOB = "0b7e8f5c-3f6e-4d0a-9d1c-2f6f3a1b4c5d"
ABOUT = Provenance(prompt="a fox", parameters="", seed=1, model="sdxl", job_id=JOB)
MIB = 2**20
GRAINY = Image.frombytes("RGB", (256, 256), random.Random(1).randbytes(256 * 256 * 3))
SMOOTH = Image.merge("RGB", [Image.radial_gradient("L"), Image.linear_gradient("L"), Image.linear_gradient("L")])


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def same(first: Image.Image, second: Image.Image) -> bool:
    return ImageChops.difference(first.convert("RGB"), second.convert("RGB")).getbbox() is None


def photo(side: int) -> Image.Image:
    """Something with the detail of a photograph: octaves of clouds and some grain."""
    dice = random.Random(5)
    bands = []
    for _ in range(3):
        band = Image.new("L", (side, side), 128)
        for cells in (4, 16, 64, 256):
            cloud = Image.frombytes("L", (cells, cells), dice.randbytes(cells**2))
            band = Image.blend(band, cloud.resize(band.size, Image.Resampling.BICUBIC), 0.4)
        bands.append(band)
    return Image.merge("RGB", bands)


def test_a_stored_png_is_lossless_bare_and_always_the_same() -> None:
    data = encode.png(SMOOTH)

    assert same(opened(data), SMOOTH)
    assert opened(data).info == {}
    assert data == encode.png(SMOOTH.copy())


def test_metadata_of_the_source_never_goes_out() -> None:
    image = SMOOTH.copy()
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    image.info = {"exif": exif.tobytes(), "icc_profile": b"x" * 200, "xmp": b"<x/>", "comment": "here", "dpi": (72, 72)}

    files = [encode.png(image), encode.preview(image), encode.grid(image, ABOUT, MIB).data]
    files += [encode.ladder(image, limit, ABOUT).data for limit in (10 * MIB, 20_000)]

    for data in files:
        assert not set(opened(data).info) & {"icc_profile", "xmp", "comment", "dpi"}
        assert 0x010F not in opened(data).getexif()
    assert image.info["comment"] == "here"


def test_a_grid_of_a_photograph_is_a_webp_of_reasonable_size_that_looks_the_same() -> None:
    image = grid.compose([photo(1024)] * 4)

    encoded = encode.grid(image, ABOUT, 10 * MIB)

    assert (encoded.extension, encoded.note) == ("webp", None)
    assert opened(encoded.data).size == (2048, 2048)
    assert 300_000 < len(encoded.data) < 2_200_000
    difference = ImageChops.difference(opened(encoded.data).convert("RGB"), image).convert("L").histogram()
    assert sum(value * count for value, count in enumerate(difference)) / 2048**2 < 4
    assert read(encoded.data) == ABOUT


def test_a_single_picture_goes_out_as_the_stored_png_with_our_text() -> None:
    stored = encode.png(SMOOTH)

    encoded = encode.single(stored, ABOUT, MIB)

    assert (encoded.extension, encoded.note) == ("png", None)
    assert same(opened(encoded.data), SMOOTH)
    assert read(encoded.data) == ABOUT


@pytest.mark.parametrize("slack", [0, 1])
def test_a_file_of_exactly_the_limit_fits(slack: int) -> None:
    stored = encode.png(SMOOTH)
    size = len(encode.single(stored, ABOUT, MIB).data)

    assert encode.single(stored, ABOUT, size + slack).note is None
    assert encode.single(stored, ABOUT, size - 1).note is not None


def test_the_ladder_gives_up_as_little_as_it_must() -> None:
    drawing = doodle.paint(
        Spec(model="m", prompt="x", width_px=1, height_px=1, steps=1, guidance=1, seed=3), 0, (512, 512)
    )
    flat = drawing.quantize(32).convert("RGB")
    lossy = len(encode._webp(flat, ABOUT, quality=92, method=2))
    notes = []
    for limit in (MIB, len(encode.png(flat)) - 1, lossy, lossy - 1):
        encoded = encode.ladder(flat, limit, ABOUT)
        assert len(encoded.data) <= limit
        notes.append(encoded.note)
        if encoded.note in (None, "lossless_webp"):
            assert same(opened(encoded.data), flat)
        if encoded.note != "smaller":
            assert opened(encoded.data).size == flat.size

    assert notes == [None, "lossless_webp", "webp", "smaller"]


@pytest.mark.parametrize("limit", [300_000, 100_000, 20_000, 3_000])
def test_even_pure_noise_fits_any_reasonable_limit(limit: int) -> None:
    for encoded in (encode.ladder(GRAINY, limit, ABOUT), encode.grid(GRAINY, ABOUT, limit)):
        assert len(encoded.data) <= limit
        assert opened(encoded.data).format == encoded.extension.upper()


def test_no_picture_in_a_handful_of_bytes() -> None:
    with pytest.raises(ValueError, match="100 bytes"):
        encode.ladder(GRAINY, 100, ABOUT)


def test_a_picture_longer_than_webp_can_hold_is_shrunk() -> None:
    encoded = encode.ladder(GRAINY.resize((17_000, 40)), 200_000, ABOUT)

    assert encoded.note == "smaller"
    assert max(opened(encoded.data).size) <= 16_383


def test_previews_are_small() -> None:
    data = encode.preview(grid.contact([photo(512)] * 4))

    assert opened(data).size == (512, 512)
    assert len(data) < 137_000


def test_decode_reads_what_was_encoded_and_refuses_other_formats() -> None:
    gif = BytesIO()
    SMOOTH.save(gif, "GIF")

    assert same(encode.decode(encode.png(SMOOTH)), SMOOTH)
    with pytest.raises(OSError, match="identify"):
        encode.decode(gif.getvalue())
    with pytest.raises(OSError, match=r"."):
        encode.decode(encode.png(GRAINY)[:5000])


@pytest.mark.parametrize(
    ("user", "prompt", "expected"),
    [
        ("ada", "a red fox, in the snow", "ada_a_red_fox_in_the_snow"),
        ("ada", "a  red\n\tfox", "ada_a_red_fox"),
        ("ada", "half-timbered house", "ada_half-timbered_house"),
        ("ada", "crème brûlée", "ada_creme_brulee"),
        ("ada", "🦊🦊🦊", "ada"),
        ("ada", "شجرة في الليل", "ada"),
        ("ada", "\u202eevil\u200b\ufeff", "ada_evil"),
        ("ada.l_99", "x", "adal_99_x"),
        ("Größe", "x", "Groe_x"),
        ("ボット", "x", "x"),
        ("", "", "easel"),
        ("../../etc", "passwd\x00.png", "etc_passwdpng"),
        ("con", "a/b\\c:d*e?f", "con_abcdef"),
        ("-rf", "--help", "rf_help"),
        ("ada", "word " * 40, "ada" + "_word" * 12),
    ],
)
def test_file_names_speak_of_user_and_prompt(user: str, prompt: str, expected: str) -> None:
    assert encode.file_name(user, prompt, JOB, "png") == f"{expected}_{JOB}.png"


def test_user_and_words_are_cut_to_63_characters_together() -> None:
    name = encode.file_name("elevenchars", "a" * 100, JOB, "webp")

    assert name == f"elevenchars_{'a' * 51}_{JOB}.webp"


@given(st.text(), st.text(max_size=300), st.uuids(version=4))
def test_any_name_is_safe_and_ends_in_the_job(user: str, prompt: str, job: uuid.UUID) -> None:
    name = encode.file_name(user, prompt, str(job), "png")

    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*\.png", name)
    assert len(name) <= 63 + 1 + 36 + 4
    assert name.removesuffix(".png").rpartition("_")[2] == str(job)


@pytest.mark.parametrize("job", ["", "x", JOB.upper(), JOB.replace("-", ""), "../" + JOB])
def test_a_job_id_of_another_form_is_refused(job: str) -> None:
    with pytest.raises(ValueError, match="UUID"):
        encode.file_name("ada", "x", job, "png")


def test_a_grid_longer_than_its_format_allows_becomes_smaller() -> None:
    grid = encode.grid(Image.new("RGB", (16_600, 20), (9, 90, 200)), ABOUT, 10 * MIB)

    with Image.open(BytesIO(grid.data)) as image:
        assert (grid.extension, grid.note) == ("webp", "smaller")
        assert max(image.size) <= 16_383
        assert image.width / image.height > 700
