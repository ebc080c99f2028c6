"""The real bot process on the strict playground: everything a member does in the first five minutes."""

import asyncio
import io
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from tests.e2e.person import Person, buttons, job_of
from tests.e2e.processes import Stage, openapi_path, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
needs_spec = pytest.mark.skipif(
    openapi_path() is None,
    reason="Discord's OpenAPI file is absent: set EASEL_DISCORD_OPENAPI to its path to check bodies against it",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("journey")) as running:
        await running.online()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def ada(playground: Stage) -> AsyncIterator[Person]:
    async with Person.at(playground.world, "Ada") as person:
        yield person


@pytest_asyncio.fixture(loop_scope="module")
async def ben(playground: Stage) -> AsyncIterator[Person]:
    async with Person.at(playground.world, "Ben") as person:
        yield person


async def imagine(person: Person, prompt: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Use /imagine; returns the waiting message and the finished grid."""
    waiting = await person.answer(await person.use("imagine", prompt=prompt))
    return waiting, await person.result(job_of(waiting))


async def test_imagine_waits_shows_progress_and_ends_in_a_new_message(ada: Person) -> None:
    waiting = await ada.answer(await ada.use("imagine", prompt="red  fox —ar 3:2"))
    job = job_of(waiting)
    grid = await ada.result(job)

    assert waiting["content"] == f"**red fox --ar 3:2** - <@{ada.id}> (Waiting to start)"
    assert list(buttons(waiting)) == [f"MJ::CancelJob::ByJobid::{job}"]
    assert grid["content"] == f"**red fox --ar 3:2** - <@{ada.id}> (fast)"
    assert grid["message_reference"]["message_id"] == waiting["id"]
    assert grid["attachments"][0]["filename"] == f"ada_red_fox_{job}.webp"
    assert [part.get("label") or part["emoji"]["name"] for part in buttons(grid).values()] == [
        "U1", "U2", "U3", "U4", "🔄", "V1", "V2", "V3", "V4",
    ]  # fmt: skip
    assert next(iter(buttons(grid))) == f"MJ::JOB::upsample::1::{job}"
    assert list(buttons(grid))[4] == f"MJ::JOB::reroll::0::{job}::SOLO"
    assert {part["style"] for part in buttons(grid).values()} == {2}
    await ada.until(lambda: waiting["id"] in ada.deleted, "the progress message to go")


async def test_u_posts_one_larger_picture_and_colours_the_button(ada: Person) -> None:
    _, grid = await imagine(ada, "blue boat")
    grid_job = job_of(grid)

    waiting = await ada.answer(await ada.press(grid, f"MJ::JOB::upsample::2::{grid_job}"))
    solo = await ada.result(job_of(waiting))

    assert waiting["content"] == f"Upscaling image #2 with **blue boat** - <@{ada.id}> (Waiting to start)"
    assert solo["content"].splitlines()[0] == f"**blue boat** - Image #2 <@{ada.id}>"
    assert solo["message_reference"]["message_id"] == grid["id"]
    job = job_of(solo)
    assert [[part["custom_id"] for part in row["components"]] for row in solo["components"]] == [
        [f"MJ::JOB::upsample_v7_2x_{manner}::1::{job}::SOLO" for manner in ("subtle", "creative")],
        [f"MJ::JOB::{manner}_variation::1::{job}::SOLO" for manner in ("low", "high")],
        [f"MJ::Outpaint::50::1::{job}::SOLO", f"MJ::Outpaint::75::1::{job}::SOLO", f"MJ::CustomZoom::{job}"],
        [f"MJ::JOB::pan_{side}::1::{job}::SOLO" for side in ("left", "right", "up", "down")],
        [f"MJ::BOOKMARK::{job}"],
    ]  # without pages of its own, the bot offers no region editor
    with Image.open(io.BytesIO(await ada.download(grid["attachments"][0]["url"]))) as whole:
        grid_width = whole.width
    with Image.open(io.BytesIO(await ada.download(solo["attachments"][0]["url"]))) as single:
        assert (single.format, single.width) == ("PNG", grid_width)
    key = f"MJ::JOB::upsample::2::{grid_job}"
    await ada.until(lambda: buttons(ada.messages[grid["id"]])[key]["style"] == 1, "a coloured button")


async def test_v_belongs_to_whoever_presses_and_pays(ada: Person, ben: Person) -> None:
    _, grid = await imagine(ada, "green tree --seed 4")

    waiting = await ben.answer(await ben.press(grid, f"MJ::JOB::variation::3::{job_of(grid)}"))
    varied = await ben.result(job_of(waiting))

    assert waiting["content"].startswith("Making variations for image #3 with prompt **green tree** - ")
    assert varied["content"] == f"**green tree** - Variations by <@{ben.id}> (fast)"
    assert varied["message_reference"]["message_id"] == grid["id"]


async def test_a_single_picture_varies_subtly_and_strongly_and_takes_a_heart(ada: Person) -> None:
    _, grid = await imagine(ada, "yellow star")
    solo = await ada.result(job_of(await ada.answer(await ada.press(grid, f"MJ::JOB::upsample::1::{job_of(grid)}"))))
    job = job_of(solo)

    subtle = await ada.answer(await ada.press(solo, f"MJ::JOB::low_variation::1::{job}::SOLO"))
    strong = await ada.answer(await ada.press(solo, f"MJ::JOB::high_variation::1::{job}::SOLO"))
    heart = await ada.answer(await ada.press(solo, f"MJ::BOOKMARK::{job}"))

    assert " - Variations (Subtle) by " in (await ada.result(job_of(subtle)))["content"]
    assert " - Variations (Strong) by " in (await ada.result(job_of(strong)))["content"]
    assert heart["content"].startswith("You have successfully rated [this job](")
    assert heart.get("flags", 0) & 64 == 0


async def test_reroll_replies_to_the_grid(ada: Person) -> None:
    _, grid = await imagine(ada, "white moon")

    again = await ada.result(
        job_of(await ada.answer(await ada.press(grid, f"MJ::JOB::reroll::0::{job_of(grid)}::SOLO")))
    )

    assert again["content"] == f"**white moon** - <@{ada.id}> (fast)"
    assert again["message_reference"]["message_id"] == grid["id"]


async def test_info_counts_what_was_spent(ben: Person) -> None:
    before = await credits_of(ben)
    await imagine(ben, "one more thing")

    assert await credits_of(ben) == before - 1


async def credits_of(person: Person) -> int:
    answer = await person.answer(await person.use("info"))
    assert answer["flags"] & 64
    line = next(line for line in answer["embeds"][0]["description"].splitlines() if "Credits Remaining" in line)
    return int(line.split(": ")[1].split()[0])


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("--ar 3:2", "Empty prompt"),
        ("\u200b\u200f", "Empty prompt"),
        ("fox --aspekt 3:2", "Invalid parameter"),
        ("fox --seed -1", "Invalid parameter"),
        ("fox --weird 100", "Not with this model"),
        ("hot:: dog::-2", "Invalid prompt"),
    ],
)
async def test_a_wrong_prompt_is_answered_to_the_asker_alone(ben: Person, prompt: str, title: str) -> None:
    before = await credits_of(ben)

    answer = await ben.answer(await ben.use("imagine", prompt=prompt))

    assert answer["flags"] & 64
    assert answer["embeds"][0]["title"] == title
    assert answer["embeds"][0]["footer"]["text"].startswith("/imagine")
    assert await credits_of(ben) == before


@pytest.mark.parametrize(
    "prompt",
    ["@everyone look", "a `code` **bold** fox", "fox\u202eevil", "<@&1> </imagine:1> <t:1:R> [x](http://evil.example)"],
)
async def test_odd_text_is_shown_harmlessly_and_drawn(ada: Person, prompt: str) -> None:
    waiting, grid = await imagine(ada, prompt)

    assert not waiting["mention_everyone"]
    assert [user["id"] for user in grid["mentions"] if user["id"] != ada.id] == []
    assert "\u202e" not in grid["content"]


async def test_six_thousand_characters_are_drawn_and_six_thousand_and_one_are_not(ada: Person) -> None:
    waiting, grid = await imagine(ada, ("fox " * 1500)[:6000].strip())

    assert len(waiting["content"]) <= 2000
    assert len(grid["content"]) <= 2000
    with pytest.raises(AssertionError, match="400"):
        await ada.use("imagine", prompt="x" * 6001)


async def test_cancel_ends_a_job_and_gives_the_credits_back(playground: Stage, ben: Person) -> None:
    before = await credits_of(ben)
    first = [await ben.answer(await ben.use("imagine", prompt=f"slow thing {n}")) for n in range(6)]
    last = first[-1]

    answer = await ben.answer(await ben.press(last, f"MJ::CancelJob::ByJobid::{job_of(last)}"))

    assert answer["flags"] & 64
    assert "credits" in answer["content"]
    await ben.until(lambda: "(Stopped)" in ben.messages[last["id"]]["content"], "the stopped message")
    for waiting in first[:-1]:
        await ben.result(job_of(waiting))
    assert await credits_of(ben) == before - 5


async def test_somebody_else_cannot_cancel(ada: Person, ben: Person) -> None:
    waiting = await ada.answer(await ada.use("imagine", prompt="mine"))

    answer = await ben.answer(await ben.press(waiting, f"MJ::CancelJob::ByJobid::{job_of(waiting)}"))

    assert answer["embeds"][0]["title"] == "Job action restricted"
    await ada.result(job_of(waiting))


async def test_admins_look_after_credits_and_members_may_not(ada: Person, ben: Person) -> None:
    granted = await ada.answer(await ada.use("quota grant", member=ben.id, n=7, reason="good work"))
    after_grant = await credits_of(ben)
    await ada.answer(await ada.use("quota set", member=ben.id, n=40))
    after_set = await credits_of(ben)
    await ada.answer(await ada.use("quota take", member=ben.id, n=5))
    after_take = await credits_of(ben)
    too_much = await ada.answer(await ada.use("quota take", member=ben.id, n=1000))
    shown = await ada.answer(await ada.use("quota show", member=ben.id))
    await ada.answer(await ada.use("quota reset", member=ben.id))

    assert "7 credits" in granted["content"]
    assert (after_set, after_take) == (40, 35)
    assert after_grant >= 7
    assert too_much["embeds"][0]["title"] == "Not that many"
    assert "good work" in shown["content"]
    assert await credits_of(ben) == 25
    index = await ben.api("GET", f"/guilds/{ben.guild_id}/application-command-index")
    assert "quota" not in {command["name"] for command in index["application_commands"]}


def updated(person: Person, message_id: str, since: int) -> bool:
    """Whether a message has been edited since that many events."""
    return any(kind == "MESSAGE_UPDATE" and data["id"] == message_id for kind, data in person.events[since:])


async def test_help_explains_by_topic(ben: Person) -> None:
    page = await ben.answer(await ben.use("help"))
    assert "/imagine" in str(page["embeds"][0])

    [menu] = [custom_id for custom_id, part in buttons(page).items() if part["type"] == 3]
    seen = ""
    for option in buttons(page)[menu]["options"]:
        before = len(ben.events)
        await ben.select(page, menu, option["value"])
        await ben.until(partial(updated, ben, page["id"], before), option["label"])
        seen += str(ben.messages[page["id"]]["embeds"])
    assert "--ar" in seen
    assert "U1" in seen


async def test_buttons_work_after_a_restart(playground: Stage, ada: Person) -> None:
    _, grid = await imagine(ada, "an old oak")
    await playground.bots[-1].end()
    await playground.online()

    solo = await ada.result(job_of(await ada.answer(await ada.press(grid, f"MJ::JOB::upsample::4::{job_of(grid)}"))))

    assert "Image #4" in solo["content"]


async def test_without_permission_nothing_is_charged(playground: Stage, ben: Person) -> None:
    before = await credits_of(ben)
    await playground.control("faults", {"permissions": {"channel": ben.channel_id, "deny": ["ATTACH_FILES"]}})
    try:
        answer = await ben.answer(await ben.use("imagine", prompt="nowhere to go"))
    finally:
        await playground.control("faults", {"permissions": {"channel": ben.channel_id}})

    assert answer["embeds"][0]["title"] == "Missing permissions"
    assert "Attach Files" in answer["embeds"][0]["description"]
    assert await credits_of(ben) == before


@needs_spec
async def test_all_of_this_kept_to_the_published_rules(playground: Stage) -> None:
    await asyncio.sleep(0.2)
    assert (await playground.control("violations"))["violations"] == []
