"""Pictures in prompts, and blends: fetched once, kept, refused kindly and free when they are none."""

import io

import pytest
from PIL import Image

from bot import errors, prompt
from pipeline.spec import Reference, Spec
from tests.flow.conftest import Opened, Place, asker, press

CAT = "https://pictures.example/cat.png"
DOG = "https://pictures.example/dog.jpg"


def picture(colour: str, side_px: int = 32) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side_px, side_px), colour).save(buffer, "PNG")
    return buffer.getvalue()


def with_pets(here: Place) -> Place:
    here.web.pages.update({CAT: picture("red"), DOG: picture("blue")})
    return here


async def test_a_link_before_the_text_becomes_an_image_prompt(place: Opened) -> None:
    async with place(working=False) as here:
        job = (await with_pets(here).studio.imagine(f"{CAT} a red hat --iw 2", asker())).job
        spec = Spec.from_json(job.spec)

        [only] = spec.images
        assert here.store.has(only.sha256)
        assert (spec.prompt, spec.image_weight) == ("a red hat", 2.0)
        assert job.prompt == f"<{CAT}> a red hat --iw 2"


async def test_a_style_reference_keeps_its_weight(place: Opened) -> None:
    async with place(working=False) as here:
        job = (await with_pets(here).studio.imagine(f"a hat --sref {CAT}::2 {DOG} --sw 300", asker())).job
        spec = Spec.from_json(job.spec)

        assert [one.weight for one in spec.style_images] == [2.0, 1.0]
        assert spec.style_weight == 300


async def test_the_same_link_is_fetched_once_and_works_when_it_is_dead(place: Opened) -> None:
    async with place(working=False) as here:
        first = (await with_pets(here).studio.imagine(f"{CAT} a hat", asker())).job
        here.web.pages.clear()
        second = (await here.studio.imagine(f"{CAT} a hat", asker())).job

        assert here.web.fetched == [CAT]
        assert Spec.from_json(first.spec).images == Spec.from_json(second.spec).images


async def test_drawing_again_looks_at_the_same_pictures(place: Opened) -> None:
    async with place() as here:
        first = await here.ended((await with_pets(here).studio.imagine(f"{CAT} a hat", asker())).job.id)
        here.web.pages.clear()
        again = (await here.studio.press(press(first, "reroll"), asker())).job

        assert Spec.from_json(again.spec).images == Spec.from_json(first.spec).images


@pytest.mark.parametrize(
    ("page", "kind"),
    [(b"<html>no picture</html>", "not_a_picture"), (picture("red", 300)[:200], "broken"), (None, "unreachable")],
)
async def test_what_is_no_picture_is_refused_and_nothing_is_charged(
    place: Opened, page: bytes | None, kind: str
) -> None:
    async with place(working=False) as here:
        if page is not None:
            here.web.pages[CAT] = page
        before = await here.free(asker())
        with pytest.raises(errors.LinkUnusable) as refused:
            await here.studio.imagine(f"{CAT} a hat", asker())

        assert refused.value.kind == kind
        assert await here.free(asker()) == before


@pytest.mark.parametrize("link", ["http://[cat", "https://a.example:cat/x.png", "https://a.example:99999/x.png"])
async def test_what_only_looks_like_a_link_is_refused_in_words_and_is_no_fault_of_ours(
    place: Opened, link: str
) -> None:
    async with place(working=False) as here:
        for typed in (f"{link} a hat", f"a hat --sref {link}"):
            with pytest.raises(errors.LinkUnusable):
                await here.studio.imagine(typed, asker())


async def test_a_blend_is_a_grid_of_its_pictures(place: Opened) -> None:
    async with place() as here:
        job = (await with_pets(here).studio.blend([CAT, DOG], "2:3", asker())).job
        spec = Spec.from_json(job.spec)

        assert job.prompt == f"<{CAT}> <{DOG}> --ar 2:3"
        assert len(spec.images) == 2
        assert all(isinstance(one, Reference) for one in spec.images)
        assert (await here.ended(job.id)).state == "delivered"
        assert here.courier.delivered


async def test_the_same_picture_twice_is_not_blended_even_from_two_places(place: Opened) -> None:
    async with place(working=False) as here:
        here.web.pages.update({CAT: picture("red"), DOG: picture("red")})
        with pytest.raises(errors.SamePicture):
            await here.studio.blend([CAT, DOG], "", asker())


async def test_an_address_that_is_no_link_to_a_picture_is_refused_as_a_prompt(place: Opened) -> None:
    async with place(working=False) as here:
        with pytest.raises(prompt.PromptError):
            await here.studio.imagine(f"{CAT}", asker())
