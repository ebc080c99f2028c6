"""Braces stand for exactly the prompts that people expect, in their order, and never for too many."""

import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.prompt import InvalidPrompt, TooManyPrompts, echo, parse, permute

# typed → all that it stands for
SETS: dict[str, tuple[str, ...]] = {
    "a fox": ("a fox",),
    "  a  fox ": ("  a  fox ",),
    "": ("",),
    "a, b": ("a, b",),
    "a {red, blue} fox": ("a red fox", "a blue fox"),
    "a {red,blue} fox": ("a red fox", "a blue fox"),
    "a { red ,  blue  } fox": ("a red fox", "a blue fox"),
    "{a}": ("a",),
    "{a, b} {c, d}": ("a c", "a d", "b c", "b d"),
    "{a, b}{c, d}": ("ac", "ad", "bc", "bd"),
    "{a, b {c, d}}": ("a", "b c", "b d"),
    "{a, {b, {c, d}}}": ("a", "b", "c", "d"),
    "{{a, b}, {c, d}} x": ("a x", "b x", "c x", "d x"),
    "x {a, b} {{c, d} e, f}": ("x a c e", "x a d e", "x a f", "x b c e", "x b d e", "x b f"),
    "{a, a}": ("a", "a"),
    # nothing is a choice
    "a {big, } fox": ("a big fox", "a  fox"),
    "a {, big} fox": ("a  fox", "a big fox"),
    "fox{}": ("fox",),
    "{,}": ("", ""),
    # anywhere
    "fox --ar {3:2, 1:1}": ("fox --ar 3:2", "fox --ar 1:1"),
    "fox --{v 7, niji, draft}": ("fox --v 7", "fox --niji", "fox --draft"),
    "fox::{1, .5} snow": ("fox::1 snow", "fox::.5 snow"),
    "https://a.b/{1,2}.png fox": ("https://a.b/1.png fox", "https://a.b/2.png fox"),
    "fox --no {hats, cats\\, dogs}": ("fox --no hats", "fox --no cats, dogs"),
    # a backslash takes the meaning away; braces keep it, so that what comes out can be typed
    r"{red\, blue, green}": ("red, blue", "green"),
    r"a\, b": (r"a\, b",),
    r"a \{b, c\} d": (r"a \{b, c\} d",),
    r"{\{a\}, b}": (r"\{a\}", "b"),
    r"{a\b, c\\d}": (r"a\b", r"c\\d"),
}


@pytest.mark.parametrize("typed", SETS)
def test_braces_stand_for_these_prompts_in_this_order(typed: str) -> None:
    assert permute(typed, 40) == SETS[typed]


@pytest.mark.parametrize("typed", ["{", "}", "a {b", "a b}", "{a, {b}", "{a}}", "}{", r"{a\}", "{" * 6000, "}" * 6000])
def test_a_brace_without_its_partner_is_named_with_the_way_out(typed: str) -> None:
    with pytest.raises(InvalidPrompt, match="without its partner") as caught:
        permute(typed, 40)

    assert "write `\\" in caught.value.sentence
    assert caught.value.command.startswith("/imagine")


@pytest.mark.parametrize(
    ("typed", "limit", "count"),
    [
        ("{a, b} {c, d}", 3, 4),
        ("{a, b}" * 6, 40, 64),
        ("{a, {b, c}}" * 4, 40, 81),
        ("{" + ",".join("abcdefghijk") + "}", 10, 11),
        ("{a, b}" * 10 + " {c, {d, e}}", 40, 3072),
    ],
)
def test_too_many_prompts_are_refused_with_how_many_and_how_many_are_allowed(
    typed: str, limit: int, count: int
) -> None:
    with pytest.raises(TooManyPrompts) as caught:
        permute(typed, limit)

    assert (caught.value.count, caught.value.limit) == (count, limit)
    assert f"{count:,} prompts; {limit} is the most" in caught.value.sentence
    assert caught.value.title == "Invalid prompt"


def test_exactly_the_limit_is_allowed() -> None:
    assert len(permute("{a,b}{c,d}{e,f,g,h,i} {j,k}", 40)) == 40


@pytest.mark.parametrize(
    "typed", ["{a, b}" * 1000, "{" * 2500 + "a,b" + "}" * 2500 + "{a,b}" * 100, "{,,,,,,,,,,}" * 400]
)
def test_billions_are_counted_without_being_made(typed: str) -> None:
    begin = time.process_time()

    with pytest.raises(TooManyPrompts, match="more than 1,000,000 prompts"):
        permute(typed[:6000], 40)

    assert time.process_time() - begin < 2


def test_deep_nesting_is_no_trouble() -> None:
    assert permute("{" * 2900 + "a, b" + "}" * 2900, 40) == ("a", "b")


choices = st.lists(st.text("abc 1:", max_size=3).map(lambda text: text.strip(" ")), min_size=1, max_size=3)


@settings(max_examples=100, deadline=None)
@given(st.lists(choices, min_size=1, max_size=3))
def test_several_sets_give_every_combination_once_and_the_first_varies_slowest(sets: list[list[str]]) -> None:
    typed = " x ".join("{" + ", ".join(one) + "}" for one in sets)

    assert permute(typed, 27) == tuple(" x ".join(combination) for combination in product(*sets))


@settings(max_examples=200, deadline=None)
@given(st.text("ab{},\\ ", max_size=24), st.integers(1, 12))
def test_whatever_is_typed_there_are_prompts_up_to_the_limit_or_a_sentence(typed: str, limit: int) -> None:
    try:
        prompts = permute(typed, limit)
    except (InvalidPrompt, TooManyPrompts):
        return

    assert 1 <= len(prompts) <= limit
    assert all(permute(one, limit) == (one,) for one in prompts)


def test_an_escaped_brace_is_drawn_as_a_brace_and_shown_so_that_it_stays_one() -> None:
    (only,) = permute(r"a \{red, blue\} fox", 40)

    assert parse(only).text == "a {red, blue} fox"
    assert echo(parse(only)) == r"a \{red, blue\} fox"
