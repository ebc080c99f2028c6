"""Settings, preferences, modes and help as discord.py sends them and the playground checks them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.chat.commands.help import LONGEST, TOPICS, page
from db.errors import DatabaseBusy
from db.jobs import Job
from tests.e2e.person import Message, buttons
from tests.flow.town import Town, town

GREEN, GREY = 3, 2


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as opened:
        yield opened


async def panel_of(here: Town) -> Message:
    return await here.ada.answer(await here.ada.use("settings"))


async def pressed(here: Town, panel: Message, custom_id: str, style: int) -> Message:
    """Press a button of the panel, and wait until it looks as it should."""
    await here.ada.press(panel, custom_id)
    await here.ada.until(lambda: buttons(here.ada.messages[panel["id"]])[custom_id]["style"] == style, custom_id)
    return here.ada.messages[panel["id"]]


async def test_the_panel_is_for_one_person_and_changes_in_place(here: Town) -> None:
    panel = await panel_of(here)
    first = {custom_id: one["style"] for custom_id, one in buttons(panel).items()}
    for custom_id in ("MJ::Settings::RemixMode", "MJ::Settings::RelaxMode::on", "MJ::Settings::HighVariabilityMode::0"):
        panel = await pressed(here, panel, custom_id, GREEN)
    panel = await pressed(here, panel, "MJ::Settings::PublicMode", GREY)
    await here.ada.use("info")
    info = await here.ada.until(
        lambda: next((one for one in here.ada.messages.values() if one.get("embeds")), None), "the info"
    )

    assert panel["flags"] & 64
    assert panel["content"].startswith("Adjust your settings here.")
    assert first["MJ::Settings::FastMode::on"] == first["MJ::Settings::PublicMode"] == GREEN
    assert first["MJ::Settings::RemixMode"] == first["MJ::Settings::RelaxMode::on"] == GREY
    assert buttons(panel)["MJ::Settings::FastMode::on"]["style"] == GREY
    assert info is not None
    for line in ("**Job Mode**: Relaxed", "**Visibility Mode**: Stealth", "**Queued Jobs (relax)**: 0"):
        assert line in info["embeds"][0]["description"]


async def test_commands_confirm_in_a_sentence(here: Town) -> None:
    async def said(command: str, **options: Any) -> str:
        answer = await here.ada.answer(await here.ada.use(command, **options))
        assert answer["flags"] & 64
        return str(answer["content"] or answer["embeds"][0]["title"])

    assert (await said("relax")).startswith("Done!")
    assert (await said("stealth")).startswith("Done!")
    assert (await said("prefer remix")).startswith("Remix mode turned on")
    assert (await said("prefer remix")).startswith("Remix mode turned off")
    assert "`--ar 3:2`" in await said("prefer suffix", new_value="--ar 3:2")
    assert await said("prefer suffix", new_value="a fox") == "Invalid prompt"
    assert "`--mine`" in await said("prefer option set", option="mine", value="--chaos 5")
    assert "`--mine` → `--chaos 5`" in await said("prefer option list")
    assert "deleted" in await said("prefer option set", option="--mine")
    assert "nothing to delete" in await said("prefer option set", option="mine")
    assert "```\n--ar 3:2\n```" in (await panel_of(here))["content"]


async def test_every_page_of_the_help_fits_and_names_every_command(here: Town) -> None:
    client = here.bot.client
    texts = {topic: page(client, topic).description or "" for topic in TOPICS}

    assert all(0 < len(text) < LONGEST for text in texts.values())
    for command in client.tree.get_commands():
        assert f"/{command.name}" in texts["commands"] or command.name in texts["commands"]
    for name in ("--ar", "--relax", "--video", "--zoom"):
        assert name in texts["parameters"]


async def test_whoever_has_enough_under_way_is_told_alone_that_the_job_is_queued(tmp_path: Path) -> None:
    async with town(tmp_path, step_s=5.0, max_running=1) as here:
        for prompt in ("red fox", "blue fox"):
            await here.ada.answer(await here.ada.use("imagine", prompt=prompt))
        notice = await here.ada.until(
            lambda: next((one for one in here.ada.messages.values() if one.get("embeds")), None), "the notice"
        )
        waiting = [one for one in here.waiting_messages() if "blue fox" in one["content"]]

        assert notice is not None
        assert notice["flags"] & 64
        assert notice["embeds"][0]["title"] == "Job queued"
        assert notice["embeds"][0]["color"] == 0xF7CB73
        assert "1 job ahead" in notice["embeds"][0]["description"]
        assert waiting[0]["content"].endswith("-# 1 job ahead")


async def list_accepted(here: Town, text: str) -> None:
    """Ask for several jobs at once, and say yes."""
    question = await here.ada.answer(await here.ada.use("imagine", prompt=text))
    [yes] = [custom_id for custom_id in buttons(question) if custom_id.startswith("MJ::Batch::yes")]
    await here.ada.press(question, yes)


def notices(here: Town, title: str) -> list[dict[str, Any]]:
    embeds = [(one, embed) for one in here.ada.messages.values() for embed in one.get("embeds") or []]
    return [{**embed, "flags": one["flags"]} for one, embed in embeds if embed.get("title") == title]


async def test_whoever_starts_a_list_with_more_than_are_painted_at_once_is_told_once_and_alone(tmp_path: Path) -> None:
    async with town(tmp_path, step_s=5.0, max_running=2) as here:
        await list_accepted(here, "a {red, blue, green, black} fox")

        [notice] = await here.ada.until(lambda: notices(here, "Job queued"), "the notice")

        assert notice["flags"] & 64
        assert "at once (2)" in notice["description"]
        assert "wait: 2. " in notice["description"]
        assert len(here.waiting_messages()) == 4


async def test_all_prompts_of_the_longest_list_are_shown_however_long_they_are(tmp_path: Path) -> None:
    words = ", ".join(f"number{number}" for number in range(40))
    async with town(tmp_path, max_batch=40) as here:
        asked = await here.ada.answer(await here.ada.use("imagine", prompt=f"{{{words}}} {'snow ' * 60}"))
        every = next(custom_id for custom_id, part in buttons(asked).items() if part["label"] == "Show All Prompts")
        told = (await here.ada.answer(await here.ada.press(asked, every)))["embeds"][0]["description"]

    lines = told.split("\n")
    assert [line.split()[:2] for line in lines] == [[f"{number + 1}.", f"`number{number}"] for number in range(40)]
    assert all(line.endswith("`") for line in lines)


async def test_a_prompt_that_no_form_can_hold_is_said_to_be_too_long_instead_of_losing_its_parameters(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as here:
        asked = await here.ada.answer(
            await here.ada.use("imagine", prompt=f"a {{red, blue}} fox {'in the snow ' * 360}--ar 3:2")
        )
        edit = next(custom_id for custom_id, part in buttons(asked).items() if part["label"] == "Edit Prompt")
        told = await here.ada.answer(await here.ada.press(asked, edit))

    assert told["flags"] & 64
    assert "longer than the 4000 characters" in told["embeds"][0]["description"]


async def test_a_list_within_what_is_painted_at_once_brings_no_notice(tmp_path: Path) -> None:
    async with town(tmp_path, step_s=5.0, max_running=2) as here:
        await list_accepted(here, "a {red, blue} fox")
        await here.ada.until(lambda: len(here.waiting_messages()) == 2, "the waiting messages")
        await here.ada.answer(await here.ada.use("imagine", prompt="one more"))

        [notice] = await here.ada.until(lambda: notices(here, "Job queued"), "the notice")

        assert "This one is accepted" in notice["description"]


async def test_a_list_is_shown_to_its_end_when_the_database_is_busy_or_an_answer_gets_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path, step_s=5.0, max_running=5) as here:
        attach, troubles = here.bot.studio.attach_progress, [DatabaseBusy("held")]

        async def sometimes(job: Job, message_id: str) -> None:
            if troubles:
                raise troubles.pop()
            await attach(job, message_id)

        monkeypatch.setattr(here.bot.studio, "attach_progress", sometimes)
        here.fault("PATCH", "@original", "before", status=404, code=10008)
        await list_accepted(here, "a {red, blue, green} fox")

        await here.ada.until(lambda: len(here.waiting_messages()) == 3, "the waiting messages")


async def test_the_help_turns_its_pages_in_place(here: Town) -> None:
    first = await here.ada.answer(await here.ada.use("help"))

    await here.ada.select(first, "MJ::Help::Topic", "parameters")
    await here.ada.until(
        lambda: here.ada.messages[first["id"]]["embeds"][0]["title"] == "Parameters", "the page of parameters"
    )

    assert "--ar" in here.ada.messages[first["id"]]["embeds"][0]["description"]


async def test_names_of_own_options_are_suggested(here: Town) -> None:
    for name in ("mine", "minor", "other"):
        await here.ada.answer(await here.ada.use("prefer option set", option=name, value="--chaos 5"))

    suggested = await here.ada.suggestions("prefer option set", "option", "--MIN")

    assert [one["value"] for one in suggested] == ["mine", "minor"]
