from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline import encode
from pipeline.provenance import Provenance, as_exif, into_png, read

ABOUT = Provenance(
    prompt="a red fox, 雪の中の狐 🦊\n\u202e<script>",
    parameters="--ar 3:2 --chaos 10",
    seed=4294967295,
    model="sdxl",
    job_id="0b7e8f5c-3f6e-4d0a-9d1c-2f6f3a1b4c5d",
)
PICTURE = encode.png(Image.new("RGB", (24, 16), (10, 120, 90)))


def webp(about: Provenance) -> bytes:
    out = BytesIO()
    Image.new("RGB", (24, 16)).save(out, "WEBP", exif=as_exif(about))
    return out.getvalue()


def test_what_is_written_into_a_png_is_read_back() -> None:
    assert read(into_png(PICTURE, ABOUT)) == ABOUT


def test_what_is_written_into_a_webp_is_read_back() -> None:
    assert read(webp(ABOUT)) == ABOUT


def test_a_png_keeps_its_pixels_and_stays_a_valid_png() -> None:
    with Image.open(BytesIO(into_png(PICTURE, ABOUT))) as image:
        image.verify()
    with Image.open(BytesIO(into_png(PICTURE, ABOUT))) as image, Image.open(BytesIO(PICTURE)) as before:
        assert image.tobytes() == before.tobytes()


def test_a_png_says_that_easel_made_it_and_nothing_else() -> None:
    with Image.open(BytesIO(into_png(PICTURE, ABOUT))) as image:
        assert set(image.info) == {"Software", "Easel"}
        assert image.info["Software"] == "Easel"


def test_a_webp_carries_two_fields_and_no_xmp() -> None:
    with Image.open(BytesIO(webp(ABOUT))) as image:
        assert len(image.getexif()) == 2
        assert "xmp" not in image.info
        assert "icc_profile" not in image.info


@given(
    st.builds(
        Provenance,
        prompt=st.text(),
        parameters=st.text(),
        seed=st.integers(0, 2**32 - 1),
        model=st.text(),
        job_id=st.text(),
    )
)
def test_any_text_survives_and_is_plain_ascii_without_control_characters(about: Provenance) -> None:
    text = about.to_text()

    assert text.isascii()
    assert text.isprintable()
    assert Provenance.from_text(text) == about


def test_the_longest_prompt_fits_both_formats() -> None:
    about = Provenance(prompt="🦊" * 6000, parameters="", seed=1, model="x" * 64, job_id=ABOUT.job_id)

    assert read(into_png(PICTURE, about)) == about
    assert read(webp(about)) == about


def test_a_lone_surrogate_does_no_harm() -> None:
    about = Provenance(prompt="\ud800", parameters="", seed=1, model="m", job_id="j")

    assert read(into_png(PICTURE, about)) == about


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", '{"prompt": 1}', '{"prompt": "a"}', "[" * 100_000, "x" * 300_000,
     '{"prompt": 1, "parameters": "", "seed": 1, "model": "", "job_id": ""}',
     '{"prompt": "", "parameters": "", "seed": "1", "model": "", "job_id": ""}',
     '{"prompt": "", "parameters": "", "seed": 1, "model": "", "job_id": "", "more": 1}'],
)  # fmt: skip
def test_what_easel_did_not_write_reads_as_nothing(text: str) -> None:
    assert Provenance.from_text(text) is None


def test_files_without_our_text_or_no_pictures_at_all_read_as_nothing() -> None:
    assert read(PICTURE) is None
    assert read(b"") is None
    assert read(b"GIF89a") is None


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_never_raises(position: int, noise: bytes) -> None:
    for whole in (into_png(PICTURE, ABOUT), webp(ABOUT)):
        damaged = whole[:position] + noise + whole[position + len(noise) :]
        read(damaged)
        read(whole[:position])


def test_text_goes_into_png_files_only() -> None:
    with pytest.raises(ValueError, match="PNG"):
        into_png(webp(ABOUT), ABOUT)
