"""Forms and buttons as discord.py really sends them: first answers, colours, replies, and what outlives a restart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.studio import Studio
from db import people
from tests.e2e.person import Message, buttons, fields, job_of
from tests.flow.town import Town, town

NEW_PROMPT = "MJ::RemixModal::new_prompt"
ZOOM_PROMPT = "MJ::OutpaintCustomZoomModal::prompt"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as opened:
        yield opened


async def grid_of(here: Town, prompt: str = "red fox --ar 3:2") -> Message:
    waiting = await here.ada.answer(await here.ada.use("imagine", prompt=prompt))
    return await here.ada.result(job_of(waiting))


async def solo_of(here: Town, prompt: str = "red fox --ar 3:2") -> Message:
    grid = await grid_of(here, prompt)
    waiting = await here.ada.answer(await here.ada.press(grid, f"MJ::JOB::upsample::1::{job_of(grid)}"))
    return await here.ada.result(job_of(waiting))


async def remixing(here: Town) -> None:
    await here.bot.database.write(people.put, here.ada.id, people.Preferences(remix=True), 0)


async def told(here: Town) -> Message:
    """The refusal that the person sees, answer or follow-up."""
    found = await here.ada.until(lambda: next((one for one in here.ada.messages.values() if one["embeds"]), None), "it")
    assert found is not None
    return found


async def coloured(here: Town, message: Message, custom_id: str, style: int) -> None:
    def is_so() -> bool:
        return bool(buttons(here.ada.messages[message["id"]])[custom_id]["style"] == style)

    await here.ada.until(is_so, f"style {style} of {custom_id}")


async def test_a_single_picture_has_its_rows_of_buttons_and_each_result_replies_to_it(here: Town) -> None:
    solo = await solo_of(here)
    job = job_of(solo)

    pressed = f"MJ::Outpaint::50::1::{job}::SOLO"
    waiting = await here.ada.answer(await here.ada.press(solo, pressed))
    zoomed = await here.ada.result(job_of(waiting))
    await coloured(here, solo, pressed, 1)

    assert [
        [part.get("label") or part["emoji"]["name"] for part in row["components"]] for row in solo["components"]
    ] == [
        ["Upscale (Subtle)", "Upscale (Creative)"],
        ["Vary (Subtle)", "Vary (Strong)"],
        ["Zoom Out 2x", "Zoom Out 1.5x", "Custom Zoom", "Make Square"],
        ["⬅️", "➡️", "⬆️", "⬇️"],
        ["❤️"],
    ]
    assert zoomed["message_reference"]["message_id"] == solo["id"]
    assert "- Zoom Out by" in zoomed["content"]


async def test_custom_zoom_opens_a_form_and_a_sent_form_becomes_a_job(here: Town) -> None:
    solo = await solo_of(here)
    pressed = f"MJ::CustomZoom::{job_of(solo)}"

    form = await here.ada.modal(await here.ada.press(solo, pressed))
    waiting = await here.ada.answer(await here.ada.submit_modal(form, {ZOOM_PROMPT: "a blue fox --ar 16:9 --zoom 1.5"}))
    zoomed = await here.ada.result(job_of(waiting))
    await coloured(here, solo, pressed, 1)

    assert form["title"] == "Zoom Out"
    assert [field["value"] for field in fields(form)] == ["red fox --ar 3:2 --zoom 2"]
    assert "**a blue fox --ar 16:9** - Zoom Out by" in zoomed["content"]
    assert zoomed["message_reference"]["message_id"] == solo["id"]


async def test_with_remix_the_form_comes_first_and_the_button_turns_green(here: Town) -> None:
    grid = await grid_of(here)
    await remixing(here)
    pressed = f"MJ::JOB::variation::2::{job_of(grid)}"

    form = await here.ada.modal(await here.ada.press(grid, pressed))
    waiting = await here.ada.answer(await here.ada.submit_modal(form, {NEW_PROMPT: "a blue fox"}))
    result = await here.ada.result(job_of(waiting))
    await coloured(here, grid, pressed, 3)

    assert form["custom_id"] == f"MJ::RemixModal::{job_of(grid)}::2::1"
    assert "**a blue fox** - Remix by" in result["content"]
    assert (
        here.bot.client._connection._view_store._modals == {}
    )  # so a restart between form and sending changes nothing


async def test_a_form_with_a_mistake_gives_back_what_was_typed_to_its_sender_alone(here: Town) -> None:
    solo = await solo_of(here)
    form = await here.ada.modal(await here.ada.press(solo, f"MJ::CustomZoom::{job_of(solo)}"))

    await here.ada.submit_modal(form, {ZOOM_PROMPT: "a blue fox --zoom 9"})
    notice = await told(here)

    assert notice["flags"] & 64
    assert notice["embeds"][0]["footer"]["text"] == "a blue fox --zoom 9"
    assert not here.waiting_messages()


async def test_a_form_whose_picture_is_gone_meanwhile_is_answered_with_a_sentence(here: Town) -> None:
    grid = await grid_of(here)
    await remixing(here)
    form = await here.ada.modal(await here.ada.press(grid, f"MJ::JOB::variation::1::{job_of(grid)}"))
    for stored in (here.bot.studio._house.store._root).glob("??/*"):
        stored.unlink()

    await here.ada.submit_modal(form, {NEW_PROMPT: "a blue fox"})
    notice = await told(here)

    assert "stored picture is gone" in notice["embeds"][0]["description"]
    assert notice["flags"] & 64


async def test_while_the_database_is_slow_a_button_works_without_its_form(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = await grid_of(here)
    await remixing(here)

    async def never(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Studio, "opening", never)
    waiting = await here.ada.answer(await here.ada.press(grid, f"MJ::JOB::reroll::0::{job_of(grid)}::SOLO"))

    assert "**red fox --ar 3:2**" in waiting["content"]
    await here.ada.result(job_of(waiting))
