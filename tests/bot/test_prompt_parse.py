"""What is typed means what people expect, and printing a prompt and reading it again changes nothing."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.prompt import (
    EmptyPrompt,
    InvalidParameter,
    Limits,
    Part,
    Prompt,
    PromptError,
    Ratio,
    StyleRef,
    TooLong,
    bold,
    echo,
    parse,
    permute,
    recall,
    spell,
)

MODELS = {"7": "sketchbook", "6.1": "sdxl-lightning", "niji 6": "anime", "niji": "anime"}
LIMITS = Limits(models=MODELS, zoom=True)

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
    # weights
    *("::2", "::-.5", "::.5", "::1,5", ":::", "：：2", ":: ", "::0", "a::2 b", "::2b", "::30?", "::2,", "::--raw"),
    *("::-ar", '"a::2"', "a:b", "12:30", "::https://example.com/a.png"),
    # links to pictures, styles
    *("https://example.com:8080/a.png", "http://[::1]/b.png", "https://a.b::2", "https://a.b::", "https://a.b/{c}.png"),
    *("https://a.b/c::d.png", "HTTPS://A.B/C.JPG,", "https://", "https://::", "https://a.b,;", "--iw 2", "--iw .33333"),
    *("--sref", "--sref random", "--sref 12 random", "--sref https://a.b/c::2 <https://d.e>", "--sref https://a.b 5"),
    *("random", "--sw 50", "--sref 9::2"),
    # flags and the rest
    *("--s 250", "-s 9", "--w 30", "--tile", "--raw", "--style raw", "--style cute", "--sameseed", "--sameseed 6"),
    *("--v 7", "--v 7.0", "-v 6.1", "--v sketchbook", "--niji", "--niji 6", "--niji 9", "--v 99", "--draft", "--video"),
    *("--fast", "--relax", "--turbo", "--stealth", "--public", "--r 4", "--repeat 99", "--zoom 1.5", "--cref x"),
    *("\\{", "\\}", "{", "}", "\\\\{", "\\,"),
]  # fmt: skip
typed_prompts = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=9).flatmap(
    lambda parts: st.sampled_from([" ", "", "  "]).map(lambda glue: glue.join(parts))
)
TOKENS = [
    "fox",
    "a",
    "blue,",
    "{",
    "}",
    "\\",
    "12",
    '5"',
    "12:30",
    "—",
    "don't",
    "狐狸",
    '"a:: --no 5"',
    "x:",
    ":y",
    "(z)",
]
words = st.lists(st.sampled_from(TOKENS), max_size=3).map(lambda several: " ".join(["it", *several, "is"]))
items = st.lists(st.sampled_from(["hats", "red", "{", "'", '"a, b"']), min_size=1, max_size=2).map(" ".join)
hundredths = st.integers(-500, 500).map(lambda number: number / 100)
LINKS = [
    *("https://a.b", "http://a.b:8080/c--ar.png", "https://a.b/c_d?e=f&g=%7B1%7D#h", "https://[::1]/i.jpg"),
    *("HTTPS://É.example/(j).webp", "https://a.b/c::d.png"),
]  # fmt: skip
links = st.sampled_from(LINKS)
several_parts = (
    st.lists(st.builds(Part, text=words, weight=st.just(1.0) | hundredths), min_size=2, max_size=4)
    .map(tuple)
    .filter(lambda parts: sum(round(100 * part.weight) for part in parts) > 0)
)
descriptions = words.map(lambda text: {"text": text}) | several_parts.map(
    lambda parts: {"parts": parts, "text": " ".join(part.text for part in parts if part.weight > 0)}
)
coded = st.builds(StyleRef, what=st.just("random") | st.integers(0, 4_294_967_295))
linked = st.builds(StyleRef, what=links, weight=st.just(1.0) | hundredths.filter(lambda weight: weight > 0))
styles = st.lists(coded, max_size=3) | st.lists(linked, max_size=3)
several_links = st.lists(links, max_size=3).map(tuple)
any_description = descriptions | st.just({"text": ""})
GRAMMAR = {
    "no": st.lists(items, max_size=3).map(tuple),
    "ratio": st.builds(Ratio, w=st.integers(1, 140), h=st.integers(1, 140)).filter(lambda r: 1 / 14 <= r.w / r.h <= 14),
    "seed": st.none() | st.integers(0, 4_294_967_295),
    "same_noise": st.booleans(),
    "chaos": st.integers(0, 100),
    "quality": st.sampled_from([0.25, 0.5, 1.0, 2.0]),
    "stop": st.integers(10, 100),
    "stylize": st.integers(0, 1000),
    "raw": st.booleans(),
    "weird": st.integers(0, 3000),
    "tile": st.booleans(),
    "style_refs": styles.map(tuple),
    "style_weight": st.integers(0, 1000),
    "image_weight": st.integers(0, 300).map(lambda number: number / 100),
    "draft": st.booleans(),
    "model": st.none() | st.sampled_from(sorted(set(MODELS.values()))),
    "video": st.booleans(),
    "speed": st.sampled_from([None, "fast", "relax", "turbo"]),
    "stealth": st.sampled_from([None, True, False]),
    "repeat": st.none() | st.integers(2, 10),
    "zoom": st.none() | st.integers(100, 200).map(lambda number: number / 100),
}


def made(fields: dict[str, Any], described: dict[str, Any], images: tuple[str, ...]) -> Prompt:
    """A prompt that makes sense: weights have something to weigh, and pictures alone have no style."""
    described = described if described["text"] or len(images) > 1 else {"text": "it is"}
    senseless = [
        *(("style_weight",) if not fields.get("style_refs") else ()),
        *(("image_weight",) if not images else ()),
        *(("stylize", "weird", "style_refs", "style_weight") if not described["text"] else ()),
    ]
    kept = {name: value for name, value in fields.items() if name not in senseless}
    return Prompt(**described, images=images, **kept)


prompts = st.builds(made, st.fixed_dictionaries({}, optional=GRAMMAR), any_description, several_links)
ORDER = {"speed": None, "stealth": None, "repeat": None, "zoom": None}


def outcome_of(typed: str) -> Prompt | PromptError:
    try:
        return parse(typed, limits=LIMITS)
    except PromptError as error:
        return error


@settings(max_examples=200, deadline=None)
@given(typed_prompts)
def test_reading_what_was_printed_gives_the_same_prompt(typed: str) -> None:
    prompt = outcome_of(typed)
    if isinstance(prompt, PromptError):
        return

    printed = echo(prompt)

    assert parse(printed, limits=LIMITS) == prompt.evolve(**ORDER)
    assert echo(parse(printed, limits=LIMITS)) == printed
    assert parse(spell(prompt), limits=LIMITS) == prompt


@settings(max_examples=200, deadline=None)
@given(prompts)
def test_every_prompt_can_be_printed_and_read_back(prompt: Prompt) -> None:
    assert parse(echo(prompt), limits=LIMITS) == prompt.evolve(**ORDER)
    assert parse(spell(prompt), limits=LIMITS) == prompt
    assert recall(echo(prompt), limits=LIMITS) == prompt.evolve(**ORDER)


@settings(max_examples=100, deadline=None)
@given(prompts)
def test_what_is_printed_stands_for_one_prompt_only(prompt: Prompt) -> None:
    assert permute(echo(prompt), 40) == (echo(prompt),)


@settings(max_examples=150, deadline=None)
@given(typed_prompts | st.text())
def test_whatever_is_typed_there_is_a_prompt_or_a_sentence_that_fits_an_embed(typed: str) -> None:
    outcome = outcome_of(typed)

    if isinstance(outcome, Prompt):
        assert outcome.text or len(outcome.images) > 1
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
        parse("fox --chaos 101 --seed x --apsect 3:2 --hd --iw 2")

    assert [fault.parameter for fault in caught.value.faults] == ["--chaos", "--seed", "--apsect", "--hd", "--iw"]
    assert [fault.nearest for fault in caught.value.faults] == [
        "--chaos 100", "--seed 1234", "--ar 3:2", None, None
    ]  # fmt: skip
    assert caught.value.sentence.count("\n") == 5


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


@settings(max_examples=100, deadline=None)
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
    def seconds() -> float:
        begin = time.process_time()  # not the clock on the wall: the machine may be busy
        outcome = outcome_of(hostile[:6000])
        bold(echo(outcome) if isinstance(outcome, Prompt) else outcome.sentence)
        return time.process_time() - begin

    # Tidying up after all tests before this one may fall into one of them.
    assert min(seconds() for _ in range(3)) < 0.5
