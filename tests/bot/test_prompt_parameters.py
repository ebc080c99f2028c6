"""The parameter table is complete, agrees with itself and with `Prompt`, and its sentences can be translated."""

import re
from dataclasses import fields
from pathlib import Path
from string import Formatter

import pytest

from bot.prompt import (
    AVAILABLE,
    BY_NAME,
    DEFAULT_LIMITS,
    ENGLISH,
    PARAMETERS,
    BlockedWord,
    InvalidParameter,
    Parameter,
    Prompt,
    Ratio,
    parse,
)
from bot.prompt.values import Choice, Decimal, Flag, Unreadable, Words

# Every name that Midjourney has understood in the chat, old and new.
MIDJOURNEY = re.findall(
    r"\w+",
    """
    aspect ar chaos c stylize s weird w quality q seed sameseed stop repeat r no tile iw style raw version v niji
    sref sw sv cref cw oref ow p profile exp draft hd sd fast relax turbo stealth public video motion loop end bs zoom
    h uplight upbeta creative test testp hq vibe upanime newclip nostretch old beta wallpaper sl ml ll sp mp lp
    """,
)


def test_no_two_parameters_share_a_name() -> None:
    names = [name for row in PARAMETERS for name in row.names]

    assert len(names) == len(set(names)) == len(BY_NAME)


@pytest.mark.parametrize("name", MIDJOURNEY)
def test_every_parameter_of_midjourney_works_or_is_refused_as_not_here_yet(name: str) -> None:
    row = BY_NAME[name]

    if row.available:
        assert parse(f"fox --{name} {row.example}").text == "fox"
    else:
        with pytest.raises(InvalidParameter, match=f"--{name} isn't here yet"):
            parse(f"fox --{name} {row.example}")


def test_what_exists_now_is_exactly_what_was_promised() -> None:
    assert [row.name for row in AVAILABLE] == ["ar", "chaos", "quality", "seed", "stop", "no"]
    assert {row.field for row in AVAILABLE} == {field.name for field in fields(Prompt)} - {"text"}


@pytest.mark.parametrize("row", AVAILABLE, ids=lambda row: row.name)
def test_a_row_agrees_with_the_prompt_it_fills(row: Parameter) -> None:
    defaults = {field.name: field.default for field in fields(Prompt)}

    example = parse(f"fox --{row.name} {row.example}")

    assert row.field is not None
    assert getattr(example, row.field) != defaults[row.field], "an example should do something"
    assert row.typed(getattr(example, row.field)) == f"--{row.name} {row.example}"
    if row.default:
        assert getattr(parse(f"fox --{row.name} {row.default}"), row.field) == defaults[row.field]
    assert row.help.render().endswith(".")


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_every_row_says_what_it_takes_and_its_example_is_right(row: Parameter) -> None:
    assert row.values.allowed(DEFAULT_LIMITS).render()
    if row.example:
        reading = row.values.read(row.example, DEFAULT_LIMITS)
        assert reading.rest == ""
        assert row.values.write(reading.value) == row.example
    assert row.help.render()


def test_a_decimal_keeps_its_range_and_offers_the_nearest() -> None:
    strength = Decimal(0, 3)

    assert strength.read("1,5 fox", DEFAULT_LIMITS).value == 1.5
    assert strength.read("1,5 fox", DEFAULT_LIMITS).rest == "fox"
    with pytest.raises(Unreadable) as caught:
        strength.read("3.5", DEFAULT_LIMITS)
    assert (caught.value.out_of_range, caught.value.nearest) == (True, 3)
    with pytest.raises(Unreadable):
        strength.read("much", DEFAULT_LIMITS)


def test_a_choice_takes_its_words_in_any_case() -> None:
    motion = Choice(("low", "high"))

    assert motion.read("HIGH, fox", DEFAULT_LIMITS).value == "high"
    with pytest.raises(Unreadable):
        motion.read("medium", DEFAULT_LIMITS)


def test_a_flag_takes_nothing_and_gives_back_what_follows() -> None:
    reading = Flag().read("a fox", DEFAULT_LIMITS)

    assert (reading.value, reading.rest) == (True, "a fox")
    assert Parameter(name="tile", values=Flag()).typed(reading.value) == "--tile"


def test_words_take_everything_but_nothing() -> None:
    assert Words().read("https://a.b 123", DEFAULT_LIMITS).value == "https://a.b 123"
    with pytest.raises(Unreadable):
        Words().read("", DEFAULT_LIMITS)


def test_a_ratio_is_kept_in_lowest_terms_and_above_zero() -> None:
    assert Ratio(w=1920, h=1080) == Ratio(w=16, h=9)
    assert str(Ratio(w=6, h=4)) == "3:2"
    with pytest.raises(ValueError, match="above zero"):
        Ratio(w=0, h=1)


def test_every_sentence_can_be_translated() -> None:
    finnish = {key: f"<{key}|" + "|".join(_placeholders(text)) + ">" for key, text in ENGLISH.items()}

    with pytest.raises(InvalidParameter) as caught:
        parse("fox --chaos 101 --apsect 3:2")

    assert caught.value.render(finnish) == (
        "<parameter.range|`101`|--chaos|<allowed.whole|0|100>|<default.value|0>> <parameter.nearest|`--chaos 100`>\n"
        "<parameter.unknown|`--apsect`> <parameter.nearest|`--ar 3:2`>\n"
        "<parameter.all|--ar, --chaos, --quality, --seed, --stop, --no>"
    )


def _placeholders(text: str) -> list[str]:
    return [f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name]


@pytest.mark.parametrize("key", ENGLISH)
def test_sentences_are_tidy(key: str) -> None:
    text = ENGLISH[key]

    assert text == text.strip()
    assert "  " not in text
    assert not re.search(r"\b(error|fail|illegal|wrong)", text, re.IGNORECASE), "say what to do instead"


def test_a_blocked_word_is_named_and_cannot_break_out_of_the_sentence() -> None:
    refused = BlockedWord(typed="a fox with `gore`", word="`gore`")

    assert refused.title == "Banned prompt"
    assert refused.sentence == (
        "Your prompt contains `'gore'`, which isn't allowed here. Please describe it another way."
    )
    assert refused.command == "/imagine a fox with `gore`"


GUIDE = Path(__file__).parents[2] / "docs" / "members.md"


def test_the_guide_for_members_knows_every_parameter_and_its_examples_work() -> None:
    guide = GUIDE.read_text("utf-8")
    examples = re.findall(r"^    /imagine (.+)$", guide, re.MULTILINE)

    assert len(examples) >= 6
    assert all(parse(example).text for example in examples)
    for row in AVAILABLE:
        assert all(f"`--{name}`" in guide for name in row.names)
        assert any(f"--{name} " in example for name in row.names for example in examples), row.name
