"""What a refusal shows on Discord: the whole command to be copied, and the names of files instead of addresses."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.person import File, Message, buttons
from tests.flow.town import Town, town


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as opened:
        yield opened


async def refusal(here: Town, command: str, **options: object) -> Message:
    """What comes back for the asker's eyes alone."""
    before = set(here.ada.messages)
    await here.ada.use(command, **options)

    def told() -> Message | None:
        new = (one for key, one in here.ada.messages.items() if key not in before)
        return next((one for one in new if one.get("flags", 0) & 64 and one.get("embeds")), None)

    found = await here.ada.until(told, "the refusal")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("command", "typed"),
    [
        ("imagine", "{a,} --ar 3:2"),
        ("imagine", "http://10.0.0.1/a.png a cat"),
        ("imagine", "a fox --relax --repeat 3"),
        ("shorten", "a fox --chaos 4000"),
    ],
)
async def test_below_every_refusal_of_a_prompt_stands_the_command_as_it_was_typed(
    here: Town, command: str, typed: str
) -> None:
    told = await refusal(here, command, prompt=typed)

    assert told["embeds"][0]["footer"]["text"] == f"/{command} {typed}"


async def test_what_was_no_prompt_is_not_called_one(here: Town) -> None:
    assert "footer" not in (await refusal(here, "prefer suffix", new_value="hello"))["embeds"][0]


@pytest.mark.parametrize("command", ["describe", "blend"])
async def test_a_file_that_is_no_picture_is_called_by_its_name(here: Town, command: str) -> None:
    text = File(name="notes.png", data=b"no picture at all")
    files = {"image": text} if command == "describe" else {"image1": text, "image2": text}

    embed = (await refusal(here, command, **files))["embeds"][0]

    assert embed["title"] == "Invalid picture"
    assert embed["description"].startswith("`notes.png` is not a picture that I can read.")


async def test_the_longest_prompt_can_be_shortened_too(here: Town) -> None:
    shown = await here.ada.answer(await here.ada.use("shorten", prompt="\\_ word " * 700))

    assert "Shortened prompts" in shown["embeds"][0]["description"]
    assert len(buttons(shown)) == 5


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("::1 " * 1400 + "fox", "Invalid prompt"),
        (" ".join(f"https://pictures.example/{number}.png::2" for number in range(140)) + " fox", "Invalid prompt"),
        ("fox --sref " + f"https://pictures.example/{'x' * 1100}.png " * 5 + "hello", "Invalid parameter"),
    ],
)
async def test_however_much_is_wrong_with_a_long_prompt_its_asker_is_told(here: Town, typed: str, title: str) -> None:
    """An embed over the platform's limit for all its texts is refused there, and the asker would hear nothing."""
    embed = (await refusal(here, "imagine", prompt=typed))["embeds"][0]

    assert embed["title"] == title
    assert embed["description"].endswith((".", "`"))  # all of a sentence, or the spelling that it ends in
    assert embed["footer"]["text"].startswith("/imagine ")
