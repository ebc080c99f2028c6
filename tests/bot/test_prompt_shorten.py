"""A shortened prompt keeps the words that matter, in their order, and marks are safe to show."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.prompt import marked, parse, shorten_candidates
from bot.prompt.display import utf16_length

PROMPT = "a majestic red fox, sitting quietly in the deep snow"
WEIGHTS = (0.01, 0.2, 0.6, 1.0, 0.3, 0.1, 0.05, 0.02, 0.4, 0.8)
WORDS = tuple(zip(PROMPT.split(), WEIGHTS, strict=True))
NAUGHTY = ["fox", "a", "snow,", "**", "~~", "@everyone", "\\", "`", "https://a.b", "🦊", "\u200b"]
weighed = st.lists(st.tuples(st.sampled_from(NAUGHTY), st.floats(0, 1)), max_size=30)


def test_five_prompts_each_shorter_keep_the_weightiest_words_in_order() -> None:
    assert shorten_candidates(WORDS) == (
        "majestic red fox, sitting quietly in deep snow",
        "majestic red fox, sitting deep snow",
        "red fox, deep snow",
        "red fox, snow",
        "fox, snow",
    )


@pytest.mark.parametrize(
    ("words", "shorter"),
    [
        ((), ()),
        ((("fox", 1.0),), ()),
        ((("red", 0.4), ("fox,", 1.0)), ("fox",)),
        ((("red", 0.0), ("fox", 0.0), ("here", 0.0)), ("red fox", "red")),
        ((("fox", 1.0), (",", 0.1), ("snow", 0.5)), ("fox snow", "fox")),
        ((("fox", 0.5), ("fox", 0.5), ("fox", 0.4)), ("fox fox", "fox")),
    ],
)
def test_short_prompts_have_fewer_shorter_ones(words: tuple[tuple[str, float], ...], shorter: tuple[str, ...]) -> None:
    assert shorten_candidates(words) == shorter


@settings(max_examples=100, deadline=None)
@given(weighed)
def test_shorter_prompts_are_ever_shorter_and_hold_the_weightiest_word(words: list[tuple[str, float]]) -> None:
    candidates = shorten_candidates(words)

    assert len(candidates) <= 5
    sizes = [len(candidate.split()) for candidate in candidates]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(candidates)) == len(candidates)
    heaviest = max(words, key=lambda pair: pair[1])[0] if words else ""
    assert all(heaviest.strip(",") in candidate for candidate in candidates)


def test_a_shorter_prompt_can_be_drawn() -> None:
    assert [parse(candidate).text for candidate in shorten_candidates(WORDS)] == list(shorten_candidates(WORDS))


def test_strong_words_are_bold_and_weak_ones_struck_through() -> None:
    assert marked(WORDS) == "~~a~~ majestic **red fox,** sitting ~~quietly in the~~ deep **snow**"
    assert marked(()) == ""


def test_where_nothing_matters_nothing_is_bold() -> None:
    assert marked((("red", 0.0), ("fox", 0.0))) == "~~red fox~~"


def test_marks_in_the_words_themselves_do_nothing() -> None:
    assert marked((("**fox**", 1.0), ("@everyone", 0.3))) == r"**\*\*fox\*\*** " + "@\u200beveryone"


@settings(max_examples=100, deadline=None)
@given(weighed, st.integers(5, 80))
def test_marked_words_keep_the_limit_and_every_mark_has_its_partner(words: list[tuple[str, float]], limit: int) -> None:
    shown = marked(words * 3, limit)

    bare = re.sub(r"\\.", "", shown)
    assert utf16_length(shown) <= limit
    assert bare.count("**") % 2 == 0
    assert bare.count("~~") % 2 == 0
    assert not re.search("@(everyone|here)", shown)


def test_a_long_run_of_one_kind_is_cut_between_words() -> None:
    words = tuple((f"word{number}", 1.0) for number in range(50))

    shown = marked(words, 60)

    assert shown.startswith("**word0 word1")
    assert shown.endswith(" …")
    assert len(shown) > 45
