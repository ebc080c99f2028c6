"""Describe and shorten: a picture in words, a prompt weighed; free, and kind when it cannot be done."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from bot import errors, prompt
from bot.chat.inquiries import _shown
from bot.inquiries import Inquiries
from db.inquiries import Inquiry
from pipeline.questions import CannotAnswer
from tests.e2e.person import File, buttons, fields
from tests.flow.conftest import Opened, Place, asker
from tests.flow.town import town

LINK = "https://pictures.example/sea.png"


def picture(size: tuple[int, int] = (60, 40)) -> bytes:
    image = Image.new("RGB", size, (50, 90, 190))
    image.paste((240, 215, 70), (0, 0, size[0] // 3, size[1]))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def desk(here: Place) -> Inquiries:
    here.web.pages[LINK] = picture()
    return Inquiries(here.studio.intake.house)


async def test_a_picture_becomes_four_prompts_of_its_shape_that_name_what_is_there(place: Opened) -> None:
    async with place(working=False) as here:
        before = await here.free(asker())
        found = await desk(here).describe(LINK, asker())

        assert len(set(found.prompts)) == 4
        assert all(text.endswith(" --ar 3:2") for text in found.prompts)
        assert "blue" in found.prompts[0]
        assert "yellow" in found.prompts[0]
        assert await here.free(asker()) == before


async def test_every_description_can_be_imagined(place: Opened) -> None:
    async with place(working=False) as here:
        found = await desk(here).describe(LINK, asker())
        for text in found.prompts:
            assert (await here.studio.imagine(text, asker())).fresh


async def test_a_picture_wider_than_the_model_draws_gets_the_widest_shape(place: Opened) -> None:
    async with place(working=False) as here:
        inquiries = desk(here)
        here.web.pages[LINK] = picture((2000, 20))
        found = await inquiries.describe(LINK, asker())
        assert (await here.studio.imagine(found.prompts[0], asker())).fresh


async def test_again_gives_other_words_for_the_same_picture(place: Opened) -> None:
    async with place(working=False) as here:
        inquiries = desk(here)
        first = await inquiries.describe(LINK, asker())
        await inquiries.remember(
            Inquiry(message_id="1", kind="describe", user_id="2", sha256=first.sha256, prompts=first.prompts)
        )
        again = await inquiries.again("1")

        assert again.sha256 == first.sha256
        assert again.prompts
        assert not set(again.prompts) & set(first.prompts)


async def test_however_often_a_picture_is_described_again_each_number_opens_the_prompt_beside_it(place: Opened) -> None:
    async with place(working=False) as here:
        inquiries = desk(here)
        found = await inquiries.describe(LINK, asker())
        for number in range(6):
            known = Inquiry(
                message_id=str(number),
                kind="describe",
                user_id="2",
                sha256=found.sha256,
                prompts=(*found.given, *found.prompts),
            )
            await inquiries.remember(known)
            assert _shown(await inquiries.find(str(number))) == found.prompts
            found = await inquiries.again(str(number))


async def test_a_large_picture_full_of_detail_is_described_although_its_png_is_over_the_upload_limit(
    tmp_path: Path,
) -> None:
    grain = io.BytesIO()
    Image.frombytes("RGB", (2048, 2048), os.urandom(3 * 2048 * 2048)).save(grain, "JPEG", quality=60)
    async with town(tmp_path) as here:
        told = await here.ada.answer(await here.ada.use("describe", image=File(name="a.jpg", data=grain.getvalue())))

        assert "Job::PicReader::1" in str(buttons(told))
        assert told["embeds"][0]["image"]["url"]


async def test_all_descriptions_can_be_edited_as_one_prompt_and_sent_as_they_are(tmp_path: Path) -> None:
    sea = File(name="sea.png", data=picture())
    async with town(tmp_path) as here:
        told = await here.ada.answer(await here.ada.use("describe", image=sea))
        asked = await here.ada.answer(await here.ada.press(told, "MJ::Job::PicReader::all"))
        edit = next(custom_id for custom_id, part in buttons(asked).items() if part["label"] == "Edit Prompt")
        form = await here.ada.modal(await here.ada.press(asked, edit))
        again = await here.ada.answer(await here.ada.submit_modal(form))

        assert fields(form)
        assert again["embeds"][0]["description"] == asked["embeds"][0]["description"]


async def test_a_message_that_nobody_remembers_is_said_so(place: Opened) -> None:
    async with place(working=False) as here:
        with pytest.raises(errors.JobUnknown):
            await desk(here).again("404")


async def test_what_is_no_picture_is_not_described(place: Opened) -> None:
    async with place(working=False) as here:
        inquiries = desk(here)
        here.web.pages[LINK] = b"nothing of the kind"
        with pytest.raises(errors.LinkUnusable):
            await inquiries.describe(LINK, asker())


async def test_shorten_keeps_the_words_that_matter_and_the_parameters(place: Opened) -> None:
    async with place(working=False) as here:
        found = await desk(here).shorten("a red and gold house by the sea --ar 3:2", asker())

        assert "**" in found.marked
        assert found.prompts
        lengths = [len(text) for text in found.prompts]
        assert lengths == sorted(lengths, reverse=True)
        for text in found.prompts:
            assert "red" in text or "gold" in text or "sea" in text
            assert text.endswith("--ar 3:2")


@pytest.mark.parametrize(
    ("text", "why"), [("hot:: dog", "mixed"), ("house", "short"), ("a {red, blue} house --ar 3:2", "braces")]
)
async def test_what_cannot_be_shortened_says_why(place: Opened, text: str, why: str) -> None:
    async with place(working=False) as here:
        with pytest.raises(errors.CannotShorten) as refused:
            await desk(here).shorten(text, asker())
        assert refused.value.why == why


@pytest.mark.parametrize(("chosen", "typed"), [("sdxl", ""), (None, " --v sdxl")])
async def test_parameters_of_the_model_that_would_draw_it_may_stand_in_what_is_shortened(
    place: Opened, chosen: str | None, typed: str
) -> None:
    async with place(working=False, models=("tiny", "sdxl")) as here:
        await here.tastes.choose(asker(), model=chosen)
        found = await desk(here).shorten(f"a red and gold house by the sea --weird 50{typed}", asker())
        assert found.prompts
        assert all(text.endswith(f"--weird 50{typed}") for text in found.prompts)


async def test_choices_in_an_own_option_cannot_be_shortened_either(place: Opened) -> None:
    async with place(working=False) as here:
        await here.tastes.set_option("herd", "{red, blue} cow", asker())
        with pytest.raises(errors.CannotShorten):
            await desk(here).shorten("a --herd by the sea", asker())


async def test_braces_that_are_drawn_are_weighed_like_any_word_and_open_ones_are_said(place: Opened) -> None:
    async with place(working=False) as here:
        found = await desk(here).shorten(r"a red \{ and gold house by the sea", asker())
        assert found.prompts

        with pytest.raises(prompt.InvalidPrompt, match="without its partner"):
            await desk(here).shorten("a red { and gold house", asker())


async def test_a_wrong_parameter_is_said_as_everywhere(place: Opened) -> None:
    async with place(working=False) as here:
        with pytest.raises(prompt.PromptError):
            await desk(here).shorten("a house --chaos 999", asker())


async def test_without_a_painter_there_is_a_sentence_and_no_answer(place: Opened) -> None:
    async with place(working=False) as here:
        inquiries = desk(here)

        async def away(_question: object) -> None:
            raise CannotAnswer("not_ready")

        here.studio.intake.house.engine.ask = away  # type: ignore[method-assign, assignment]
        with pytest.raises(CannotAnswer):
            await inquiries.describe(LINK, asker())
