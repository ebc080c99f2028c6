"""The whole workflow against the published rules: every button, form and command of the real bot on the playground."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from tests.e2e.person import File, Person, buttons, fields, job_of
from tests.e2e.processes import Stage, openapi_path, stage
from tests.flow.proxy import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")
needs_spec = pytest.mark.skipif(
    openapi_path() is None,
    reason="Discord's OpenAPI file is absent: set EASEL_DISCORD_OPENAPI to its path to check bodies against it",
)
Message = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("workflow")) as running:
        port = free_port()
        await running.online(
            EASEL_WEB_PORT=str(port), EASEL_PUBLIC_URL=f"http://127.0.0.1:{port}", EASEL_START_CREDITS="1000"
        )
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def ada(playground: Stage) -> AsyncIterator[Person]:
    async with Person.at(playground.world, "Ada") as person:
        yield person


async def imagine(ada: Person, prompt: str) -> Message:
    return await ada.result(job_of(await ada.answer(await ada.use("imagine", prompt=prompt))))


async def pressed(ada: Person, message: Message, custom_id: str) -> Message:
    """Press a button that makes a job, and wait for its result."""
    return await ada.result(job_of(await ada.answer(await ada.press(message, custom_id))))


async def single(ada: Person, prompt: str = "a red house") -> Message:
    grid = await imagine(ada, prompt)
    return await pressed(ada, grid, f"MJ::JOB::upsample::1::{job_of(grid)}")


def picture(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (48, 32), colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.slow
async def test_every_button_below_a_single_picture_leads_to_a_result_that_replies_to_it(ada: Person) -> None:
    solo = await single(ada)
    job = job_of(solo)
    plain = [
        custom_id
        for custom_id in buttons(solo)
        if not custom_id.startswith(("MJ::CustomZoom", "MJ::Inpaint", "MJ::BOOKMARK"))
    ]
    assert len(plain) == 10
    for custom_id in plain:
        result = await pressed(ada, solo, custom_id)
        assert result["message_reference"]["message_id"] == solo["id"], custom_id
    zoom = await ada.modal(await ada.press(solo, f"MJ::CustomZoom::{job}"))
    sent = await ada.submit_modal(zoom, {fields(zoom)[0]["custom_id"]: "a red house --ar 3:2 --zoom 1.7"})
    wide = await ada.result(job_of(await ada.answer(sent)))
    assert "--ar 3:2" in wide["content"]
    hearted = await ada.answer(await ada.press(solo, f"MJ::BOOKMARK::{job}"))
    assert "successfully rated" in hearted["content"]
    region = await ada.answer(await ada.press(solo, f"MJ::Inpaint::1::{job}::SOLO"))
    assert "/region/" in region["content"]


async def test_an_upscaled_picture_is_upscaled_anew_and_varied(ada: Person) -> None:
    solo = await single(ada)
    upscaled = await pressed(ada, solo, f"MJ::JOB::upsample_v7_2x_subtle::1::{job_of(solo)}::SOLO")
    labels = [part.get("label") for part in buttons(upscaled).values()]
    assert labels[:4] == ["Redo Upscale (Subtle)", "Redo Upscale (Creative)", "Vary (Subtle)", "Vary (Strong)"]
    for custom_id in list(buttons(upscaled))[:4]:
        assert (await pressed(ada, upscaled, custom_id))["attachments"]


async def test_a_wide_picture_can_be_made_square(ada: Person) -> None:
    solo = await single(ada, "a red house --ar 3:2")
    square = await pressed(ada, solo, f"MJ::Outpaint::100::1::{job_of(solo)}::SOLO")
    assert "--ar 1:1" in square["content"] or "--ar" not in square["content"]
    attachment = square["attachments"][0]
    assert attachment["width"] == attachment["height"]


async def test_with_remix_every_form_opens_filled_and_its_sending_becomes_a_job(ada: Person) -> None:
    await ada.answer(await ada.use("prefer remix"))
    grid = await imagine(ada, "a green boat")
    for custom_id in (f"MJ::JOB::variation::2::{job_of(grid)}", f"MJ::JOB::reroll::0::{job_of(grid)}::SOLO"):
        form = await ada.modal(await ada.press(grid, custom_id))
        [field] = fields(form)
        assert field["value"] == "a green boat"
        result = await ada.result(
            job_of(await ada.answer(await ada.submit_modal(form, {field["custom_id"]: "a yellow boat"})))
        )
        assert "yellow boat" in result["content"]
    await ada.answer(await ada.use("prefer remix"))


@pytest.mark.slow
async def test_with_remix_every_form_of_a_single_picture_becomes_a_job(ada: Person) -> None:
    await ada.answer(await ada.use("prefer remix"))
    wide = await single(ada, "a green boat --ar 3:2")
    drawing = [
        custom_id
        for custom_id in buttons(wide)
        if not custom_id.startswith(("MJ::CustomZoom", "MJ::Inpaint", "MJ::BOOKMARK", "MJ::JOB::upsample"))
    ]
    assert len(drawing) == 9
    for custom_id in drawing:
        form = await ada.modal(await ada.press(wide, custom_id))
        sent = await ada.submit_modal(form, {fields(form)[0]["custom_id"]: "a yellow boat --ar 3:2"})
        grid = await ada.result(job_of(await ada.answer(sent)))
        assert "yellow boat" in grid["content"], custom_id
        assert grid["message_reference"]["message_id"] == wide["id"], custom_id
    zoomed = await ada.modal(await ada.press(grid, f"MJ::JOB::reroll::0::{job_of(grid)}::SOLO"))
    again = await ada.result(job_of(await ada.answer(await ada.submit_modal(zoomed))))
    await ada.answer(await ada.use("prefer remix"))
    for custom_id in (f"MJ::JOB::variation::1::{job_of(again)}", f"MJ::JOB::reroll::0::{job_of(again)}::SOLO"):
        assert (await pressed(ada, again, custom_id))["attachments"]


async def test_braces_ask_first_and_a_yes_starts_them_all(ada: Person) -> None:
    asked = await ada.answer(await ada.use("imagine", prompt="a {red, blue} fox --repeat 2"))
    ids = {part["label"]: custom_id for custom_id, part in buttons(asked).items()}
    assert list(ids) == ["Yes", "No", "Edit Prompt", "Show All Prompts"]
    assert "4 prompts" in asked["embeds"][0]["description"]
    shown = await ada.answer(await ada.press(asked, ids["Show All Prompts"]))
    assert "a blue fox" in shown["embeds"][0]["description"]
    form = await ada.modal(await ada.press(asked, ids["Edit Prompt"]))
    again = await ada.answer(await ada.submit_modal(form, {fields(form)[0]["custom_id"]: "a {red, green} fox"}))
    before = set(ada.messages)
    yes = next(custom_id for custom_id, part in buttons(again).items() if part["label"] == "Yes")
    await ada.press(again, yes)

    def both() -> list[Message] | None:
        found = [
            message
            for key, message in ada.messages.items()
            if key not in before and message.get("attachments") and " fox" in message["content"]
        ]
        return found if len({message["content"] for message in found if "MJ::JOB" in str(message)}) == 2 else None

    assert await ada.until(both, "both pictures", 60)
    declined = next(custom_id for custom_id, part in buttons(asked).items() if part["label"] == "No")
    await ada.press(asked, declined)
    await ada.until(lambda: not buttons(ada.messages[asked["id"]]), "the question to go")


async def test_blend_and_describe_take_files_and_shorten_takes_words(ada: Person) -> None:
    red, blue = File(name="red.png", data=picture("red")), File(name="blue.png", data=picture("blue"))
    blended = await ada.answer(await ada.use("blend", image1=red, image2=blue, dimensions="2:3"), 60)
    assert "--ar 2:3" in (await ada.result(job_of(blended)))["content"]

    described = await ada.answer(await ada.use("describe", image=File(name="sea.png", data=picture("navy"))))
    assert described["embeds"][0]["image"]["url"]
    one = await ada.modal(await ada.press(described, "MJ::Job::PicReader::1"))
    assert await ada.result(job_of(await ada.answer(await ada.submit_modal(one))))
    other = await ada.answer(await ada.press(described, "MJ::Picread::Retry"))
    assert other["embeds"][0]["description"] != described["embeds"][0]["description"]
    every = await ada.answer(await ada.press(described, "MJ::Job::PicReader::all"))
    assert "4 prompts" in every["embeds"][0]["description"]

    shortened = await ada.answer(await ada.use("shorten", prompt="a red and gold house by the deep blue sea"))
    form = await ada.modal(await ada.press(shortened, "MJ::Job::PromptAnalyzer::1"))
    assert await ada.result(job_of(await ada.answer(await ada.submit_modal(form))))


async def test_every_command_that_only_its_user_sees_answers_privately(ada: Person) -> None:
    for name, options in (
        ("info", {}),
        ("help", {}),
        ("settings", {}),
        ("fast", {}),
        ("relax", {}),
        ("turbo", {}),
        ("stealth", {}),
        ("public", {}),
        ("fast", {}),
        ("prefer suffix", {"new_value": "--chaos 10"}),
        ("prefer suffix", {}),
        ("prefer auto_dm", {}),
        ("prefer auto_dm", {}),
        ("prefer variability", {}),
        ("prefer variability", {}),
        ("prefer option set", {"option": "mine", "value": "--ar 3:2"}),
        ("prefer option list", {}),
    ):
        answer = await ada.answer(await ada.use(name, **options))
        assert answer["flags"] & 64, name
        assert answer["content"] or answer["embeds"], name
    assert [choice["value"] for choice in await ada.suggestions("prefer option set", "option", "mi")] == ["mine"]


async def test_the_settings_panel_turns_green_where_it_is_pressed(ada: Person) -> None:
    panel = await ada.answer(await ada.use("settings"))
    remix = next(custom_id for custom_id, part in buttons(panel).items() if "Remix" in (part.get("label") or ""))
    for style in (3, 2):
        await ada.press(panel, remix)
        await ada.until(lambda: buttons(ada.messages[panel["id"]])[remix]["style"] == style, f"style {style}")  # noqa: B023


async def test_help_changes_its_topic(ada: Person) -> None:
    page = await ada.answer(await ada.use("help"))
    [menu] = [custom_id for custom_id, part in buttons(page).items() if part["type"] == 3]
    for option in buttons(page)[menu]["options"]:
        before = ada.messages[page["id"]].get("edited_timestamp")
        await ada.select(page, menu, option["value"])
        await ada.until(lambda: ada.messages[page["id"]].get("edited_timestamp") != before, option["label"])  # noqa: B023


@pytest.mark.parametrize(
    "prompt",
    [
        "hot:: dog::-3",
        "a house --cref https://pictures.example/face.png",
        "http://127.0.0.1:9/cat.png a cat",
        "http://192.168.0.1/cat.png a cat",
        "a {red, blue",
        "a house --zoom 2",
        "a house --weird 100",
    ],
)
async def test_nonsense_is_answered_in_private_and_costs_nothing(ada: Person, prompt: str) -> None:
    before = set(ada.messages)
    await ada.use("imagine", prompt=prompt)

    def refused() -> Message | None:
        new = (message for key, message in ada.messages.items() if key not in before)
        return next((message for message in new if message.get("flags", 0) & 64 and message.get("embeds")), None)

    refusal = await ada.until(refused, "the refusal")
    assert refusal is not None
    assert refusal["embeds"][0]["title"]
    assert refusal["embeds"][0]["description"]


@needs_spec
async def test_all_of_this_kept_to_the_published_rules(playground: Stage) -> None:
    await asyncio.sleep(0.2)
    assert (await playground.control("violations"))["violations"] == []
