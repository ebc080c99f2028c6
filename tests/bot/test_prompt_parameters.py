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
    MECHANISMS,
    PARAMETERS,
    BlockedWord,
    InvalidParameter,
    Limits,
    Parameter,
    Prompt,
    Ratio,
    parse,
    permute,
    spell,
)
from bot.prompt.values import Decimal, Flag, Unreadable, Words
from pipeline.families import MECHANISMS as FAMILY_MECHANISMS

LIMITS = Limits(models={"7": "sketchbook", "niji": "inky"}, zoom=True)
PICTURED = "https://example.com/a.png fox --sref 5"
"""A prompt that every parameter makes sense in."""

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


def example(row: Parameter) -> str:
    return row.example or ("7" if row.name == "v" else "")


@pytest.mark.parametrize("name", MIDJOURNEY)
def test_every_parameter_of_midjourney_works_or_is_refused_with_what_to_use_instead(name: str) -> None:
    row = BY_NAME[name]
    typed = f"{PICTURED} --{name} {example(row)}"

    if row.available:
        assert parse(typed, limits=LIMITS).text == "fox"
    else:
        with pytest.raises(InvalidParameter, match=f"--{name} (does nothing here|belongs to old models)") as caught:
            parse(typed, limits=LIMITS)
        assert "not yet" not in caught.value.sentence
        assert re.search(r"Use|use|--\w+ |Press|press|Take it out", caught.value.sentence.replace(f"--{name}", ""))


def test_every_field_of_a_prompt_can_be_typed() -> None:
    typed = {field for row in AVAILABLE for field in row.fields}

    assert typed == {field.name for field in fields(Prompt)} - {"text", "parts", "images"}


def test_every_mechanism_that_a_parameter_needs_is_one_that_a_model_can_have() -> None:
    needed = {name for row in AVAILABLE for name in row.mechanisms} | {"weights", "image_prompts"}

    assert needed == MECHANISMS
    assert set(FAMILY_MECHANISMS) >= MECHANISMS


@pytest.mark.parametrize("row", AVAILABLE, ids=lambda row: row.name)
def test_a_row_agrees_with_the_prompt_it_fills(row: Parameter) -> None:
    plain = parse(PICTURED, limits=LIMITS)
    name = row.printed_as or row.name

    typed = parse(f"{PICTURED} --{row.name} {example(row)}", limits=LIMITS)

    assert typed != plain, "an example should do something"
    assert {field.name for field in fields(Prompt) if getattr(typed, field.name) != getattr(plain, field.name)} <= set(
        row.fields
    )
    assert BY_NAME[name].shown(typed) in spell(typed)
    if row.example and not row.printed_as:
        assert row.shown(typed) == f"--{row.name} {row.example}"
    if row.default:
        assert parse(f"{PICTURED} --{row.name} {row.default}", limits=LIMITS) == plain
    assert row.help.render().endswith(".")


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_every_row_says_what_it_takes_and_its_example_is_right(row: Parameter) -> None:
    assert row.values.allowed(DEFAULT_LIMITS).render()
    if row.example:
        reading = row.values.read(row.example, LIMITS)
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
        f"<parameter.all|{', '.join(f'--{row.name}' for row in AVAILABLE if row.name != 'zoom')}>"
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
    typed = re.findall(r"^    /imagine (.+)$", guide, re.MULTILINE)
    examples = [one for each in typed for one in permute(each, 40)]

    assert len(examples) >= 20
    assert all(parse(example, limits=LIMITS) for example in examples)
    for row in AVAILABLE:
        assert all(f"`--{name}`" in guide for name in row.names)
        assert any(f"--{name} " in f"{example} " for name in row.names for example in examples) or row.name == "zoom"


@pytest.mark.parametrize("row", [row for row in PARAMETERS if not row.available], ids=lambda row: row.name)
def test_the_guide_for_members_names_what_does_nothing_here(row: Parameter) -> None:
    assert all(f"`--{name}`" in GUIDE.read_text("utf-8") for name in row.names)


def test_the_help_of_all_parameters_fits_one_message() -> None:
    lines = [f"`--{row.name} {row.example}` {row.help.render()}" for row in AVAILABLE]

    assert max(map(len, lines)) <= 90
    assert sum(len(line) + 1 for line in lines) <= 2600, "an embed holds 6000, and /help has more to say"
