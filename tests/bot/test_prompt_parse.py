"""What is typed means what people expect, and printing a prompt and reading it again changes nothing."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.prompt import (
    EmptyPrompt,
    InvalidParameter,
    Limits,
    Prompt,
    PromptError,
    Ratio,
    TooLong,
    bold,
    echo,
    parse,
    recall,
)

# What prompts are made of, and what lies in wait for a parser that cuts at the wrong place.
FRAGMENTS = [
    *("fox", "a", "5", "12", "ar", "no", "stop", "q", "snow,", "5\"", "x--ar", "x—seed", "c"),
    *("--", "—", "–", "-", "−", "---", "=", ":", ",", ".", "::", "{a, b}", "\\", "*", "`", "<", ">"),
    *('"', "“", "”", "„", '"red, blue"', '"--no 5"', "“--seed", "(\"x\")"),
    *("--ar 3:2", "—ar 16:9", "--ar", "3:2", "１６：９", "-ar", "--seed 5", "--seed=7", "--seed9", "--c 20", "--chaos"),
    *("--q .6", "--stop 50", "--no", "--no hats, cats", "--no-ar", "-- , ar 3:2", "--no = a", "--no ,"),
    *("--no \"b", "--AR 2:2"),
    *("https://example.com/a--c5.png", "<https://example.com/b_c>", "<https://a<https://b>>", "\u200b"),
    *("\u202e", "\n", "\u3000"),
]  # fmt: skip
typed_prompts = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=9).flatmap(
    lambda parts: st.sampled_from([" ", "", "  "]).map(lambda glue: glue.join(parts))
)
words = st.text("abcdefghij ,", min_size=1, max_size=20)
items = st.text("abcdefghij ", min_size=1).map(lambda text: " ".join(text.split())).filter(bool)
prompts = st.builds(
    Prompt,
    text=words.map(lambda text: " ".join(text.split())).filter(bool),
    no=st.lists(items, max_size=3).map(tuple),
    ratio=st.builds(Ratio, w=st.integers(1, 140), h=st.integers(1, 140)).filter(lambda r: 1 / 14 <= r.w / r.h <= 14),
    seed=st.none() | st.integers(0, 4_294_967_295),
    chaos=st.integers(0, 100),
    quality=st.sampled_from([0.25, 0.5, 1.0, 2.0]),
    stop=st.integers(10, 100),
)


def outcome_of(typed: str) -> Prompt | PromptError:
    try:
        return parse(typed)
    except PromptError as error:
        return error


@settings(max_examples=1500, deadline=None)
@given(typed_prompts)
def test_reading_what_was_printed_gives_the_same_prompt(typed: str) -> None:
    prompt = outcome_of(typed)
    if isinstance(prompt, PromptError):
        return

    printed = echo(prompt)

    assert parse(printed) == prompt
    assert echo(parse(printed)) == printed


@settings(max_examples=300, deadline=None)
@given(prompts)
def test_every_prompt_can_be_printed_and_read_back(prompt: Prompt) -> None:
    assert parse(echo(prompt)) == prompt


@settings(max_examples=700, deadline=None)
@given(typed_prompts | st.text())
def test_whatever_is_typed_there_is_a_prompt_or_a_sentence_that_fits_an_embed(typed: str) -> None:
    outcome = outcome_of(typed)

    if isinstance(outcome, Prompt):
        assert outcome.text
        assert bold(echo(outcome)).startswith("**")
    else:
        assert outcome.title
        assert 0 < len(outcome.sentence) <= 4096
        assert outcome.command.startswith("/imagine")
        assert len(outcome.command) <= 2048
        assert "{" in typed or "{" not in outcome.sentence


def test_the_example_of_the_fact_sheet_is_echoed_letter_by_letter() -> None:
    prompt = parse("red  fox —ar 3:2")

    assert prompt == Prompt(text="red fox", ratio=Ratio(w=3, h=2))
    assert bold(echo(prompt)) == "**red fox --ar 3:2**"


def test_every_parameter_that_exists_fills_its_field() -> None:
    prompt = parse("a fox --aspect 3:2 --seed 7 --no hats, red cats --c 20 --q .5 --stop 80")

    assert prompt == Prompt(
        text="a fox", ratio=Ratio(w=3, h=2), seed=7, no=("hats", "red cats"), chaos=20, quality=0.5, stop=80
    )  # fmt: skip


def test_a_prompt_without_parameters_has_the_defaults_and_no_seed() -> None:
    assert parse("a fox") == Prompt(text="a fox", ratio=Ratio(w=1, h=1), seed=None, chaos=0, quality=1.0, stop=100)
    assert echo(parse("a fox")) == "a fox"


@pytest.mark.parametrize("dash", ["--", "—", "–", "‒", "−", "――", "–-", "-–", "－－", "⸺"])
def test_every_dash_that_a_keyboard_makes_of_two_hyphens_begins_a_parameter(dash: str) -> None:
    assert parse(f"a fox {dash}ar 3:2").ratio == Ratio(w=3, h=2)


@pytest.mark.parametrize(
    "typed",
    [
        *("a — b", "a – b", "well-known fox", "fox—quick and sly—jumps", "−5° outside", "a --> b", "a -- b"),
        *("bus — stop 12", "- a fox"),
    ],
)
def test_a_dash_that_belongs_to_the_description_stays_there(typed: str) -> None:
    assert parse(typed).text == typed


def test_nothing_between_quotes_is_a_parameter_or_a_comma_and_its_spaces_stay() -> None:
    prompt = parse('a sign “SALE  --50% off”,  red "—ar 3:2" --no "red, blue" hats, cats')

    assert prompt.text == 'a sign “SALE  --50% off”, red "—ar 3:2"'
    assert prompt.no == ('"red, blue" hats', "cats")
    assert prompt.ratio == Ratio(w=1, h=1)


def test_an_inch_mark_opens_no_quotation() -> None:
    assert parse('5" nails and a 7" board --ar 3:2').ratio == Ratio(w=3, h=2)


def test_a_parameter_typed_twice_counts_as_typed_last_and_no_adds_up() -> None:
    prompt = parse("fox --ar 3:2 --no hats --seed 1 --ar 16:9 --seed 2 --no cats")

    assert (prompt.ratio, prompt.seed, prompt.no) == (Ratio(w=16, h=9), 2, ("hats", "cats"))


def test_invisible_control_and_direction_characters_are_stripped() -> None:
    typed = "\ufeffa\u200b \u202efox\u202c\u2066\x00\x07 in\u00ad\nthe\r\n\tsnow\u3164\ud800\u2800 --a\u200dr 3:2"

    assert parse(typed) == Prompt(text="a fox in the snow", ratio=Ratio(w=3, h=2))


@pytest.mark.parametrize("typed", ["שלום עולם", "مرحبا بالعالم", "狐狸在雪中", "🦊❤️ 🇫🇮", "лиса в снегу", "cafe\u0301"])
def test_every_script_is_kept_as_it_is(typed: str) -> None:
    assert parse(typed).text == typed


@pytest.mark.parametrize("typed", ["", "   ", "\n\t", "\u200b\u200f", "\u3164", "\ufe0f", "--", "— –"])
def test_a_prompt_without_ink_is_empty(typed: str) -> None:
    with pytest.raises(EmptyPrompt) as caught:
        parse(typed)

    assert caught.value.title == "Empty prompt"
    assert "Describe a picture" in caught.value.sentence


@pytest.mark.parametrize("typed", ["--ar 3:2", " —seed 5 --no hats", "\u200b --chaos 5"])
def test_parameters_alone_are_an_empty_prompt_and_the_sentence_says_what_lacks(typed: str) -> None:
    with pytest.raises(EmptyPrompt, match="no description"):
        parse(typed)


def test_6000_characters_are_read_and_6001_are_told_by_how_many_they_are_too_many() -> None:
    assert len(parse("x" * 6000).text) == 6000

    with pytest.raises(TooLong) as caught:
        parse("x" * 6001)

    assert "6001" in caught.value.sentence
    assert "shorten it by 1 " in caught.value.sentence
    assert len(caught.value.command) == 2048


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse("fox --chaos 101 --seed x --apsect 3:2 --tile")

    assert [fault.parameter for fault in caught.value.faults] == ["--chaos", "--seed", "--apsect", "--tile"]
    assert [fault.nearest for fault in caught.value.faults] == ["--chaos 100", "--seed 1234", "--ar 3:2", None]
    assert caught.value.sentence.count("\n") == 4


def test_a_hundred_faults_still_fit_the_description_of_an_embed() -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse(" ".join(f"--{'x' * 40}{n}y" for n in range(100)))

    assert "95 more" in caught.value.sentence
    assert len(caught.value.sentence) < 4096


def test_the_ranges_of_the_model_decide() -> None:
    small = Limits(tallest=Ratio(w=1, h=2), widest=Ratio(w=2, h=1), qualities=(1.0, 4.0), max_chars=50)

    assert parse("fox --q 2", limits=small).quality == 1.0
    assert parse("fox --q 3.5", limits=small).quality == 4.0
    with pytest.raises(InvalidParameter, match="from 1:2 to 2:1") as caught:
        parse("fox --ar 3:1", limits=small)
    assert caught.value.nearest == "--ar 2:1"
    with pytest.raises(TooLong):
        parse("x" * 51, limits=small)


@settings(max_examples=300, deadline=None)
@given(prompts)
def test_a_stored_prompt_is_read_back_whatever_the_model_of_today_can_do(prompt: Prompt) -> None:
    square = Limits(tallest=Ratio(w=1, h=2), widest=Ratio(w=2, h=1), qualities=(1.0,), max_chars=5)

    again = recall(echo(prompt), limits=square)

    assert (again.text, again.no, again.seed) == (prompt.text, prompt.no, prompt.seed)
    assert (again.chaos, again.stop, again.quality) == (prompt.chaos, prompt.stop, 1.0)
    assert 1 / 2 <= again.ratio.w / again.ratio.h <= 2


def test_a_prompt_of_6000_characters_that_is_longer_in_print_can_be_read_back() -> None:
    typed = "x" * 5976 + " --c 5 --no a,b,c,d,e,f,"
    prompt = parse(typed)

    assert len(typed) == 6000
    assert len(echo(prompt)) > 6000
    assert recall(echo(prompt)) == prompt


def test_the_value_that_was_typed_cannot_format_or_ping_in_the_answer() -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse("fox --seed `@everyone` **x** [y](http://z)")

    assert "`'@everyone' **x** [y](http://z)`" in caught.value.sentence


@pytest.mark.parametrize(
    "hostile",
    [
        *("--a" * 2000, '"' * 6000, "“" * 6000, "," * 5990 + "--no x", "--no " + ",x" * 2990, "-" * 6000),
        *("<https://" * 600, "x--ar" * 1200, "a.b-" * 1500, "@" * 6000, ":a" * 3000, "(" * 6000, "x--c5" * 1200),
    ],
)
def test_6000_hostile_characters_are_read_in_a_fraction_of_a_second(hostile: str) -> None:
    begin = time.perf_counter()

    outcome = outcome_of(hostile[:6000])
    bold(echo(outcome) if isinstance(outcome, Prompt) else outcome.sentence)

    assert time.perf_counter() - begin < 0.5
