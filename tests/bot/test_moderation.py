"""Blocked words are found through disguises, and innocent prompts are left alone."""

import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.moderation import Blocklist

BLOCKED = [
    *("ass", "sex", "tit", "cum", "god", "anal", "gore", "nude", "cock", "dick", "rape", "porn", "kill", "hell"),
    *("blood", "naked", "penis", "corpse", "weapon", "murder", "terrorist", "beheading", "school shooting"),
]

_FULL_WIDTH = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
_CYRILLIC = dict(zip("aceiopsxyhkmt", "асеіорѕхуһкмт", strict=True))
_GREEK = dict(zip("aeiknoptuvx", "αεικηορτυνχ", strict=True))
_SMALL_CAPITALS = dict(zip("abcdeghijklmnoprtuvw", "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡ", strict=True))


def _each(table: dict[str, str]) -> Callable[[str], str]:
    return lambda word: "".join(table.get(char, char) for char in word)


def _between(gap: str) -> Callable[[str], str]:
    return lambda word: gap.join(word.replace(" ", ""))


def _middle(word: str, insert: str) -> str:
    return word[: len(word) // 2] + insert + word[len(word) // 2 :]


DISGUISES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "mixed case": lambda word: "".join(c.upper() if n % 2 else c for n, c in enumerate(word)),
    "full width": _each(_FULL_WIDTH),
    "mathematical": lambda word: "".join(chr(0x1D4D0 + ord(c) - 97 + 26) if c.isalpha() else c for c in word),
    "in circles": lambda word: "".join(chr(0x24D0 + ord(c) - 97) if c.isalpha() else c for c in word),
    "in black squares": lambda word: "".join(chr(0x1F170 + ord(c) - 97) if c.isalpha() else c for c in word),
    "small capitals": _each(_SMALL_CAPITALS),
    "zero width": _between("\u200b"),
    "soft hyphens": _between("\u00ad"),
    "direction marks": lambda word: f"\u202d{_middle(word, chr(0x200E))}\u202c",
    "accents": lambda word: unicodedata.normalize("NFC", "".join(c + "\u0301" for c in word)),
    "struck through": lambda word: "".join(c + "\u0336\u0317" for c in word),
    "cyrillic": _each(_CYRILLIC),
    "greek": _each(_GREEK),
    "one digit": lambda word: word.translate(str.maketrans("oeis", "0315"), ) if len(word) > 3 else word,
    "signs": _each({"a": "@", "s": "$", "i": "!"}),
    "dots": _between("."),
    "spelled out": _between(" "),
    "underscores": _between("_"),
    "pictures between": _between("🔥"),
    "stretched": lambda word: _middle(word, word[len(word) // 2] * 4),
    "a star": lambda word: word[0] + "*" + word[2:] if len(word) > 3 else word,
    "hyphen": lambda word: _middle(word, "-"),
    "cut in two": lambda word: _middle(word, " "),
}  # fmt: skip

CLEAN = Path(__file__).with_name("innocent_prompts.txt").read_text("utf-8").splitlines()

# Blocked by the list above and meant so: the owner wrote these very words.
HONEST = ("blood orange", "naked mole-rat", "murder-mystery")


@pytest.fixture(scope="module")
def blocklist() -> Blocklist:
    return Blocklist(BLOCKED)


@pytest.mark.parametrize("word", BLOCKED)
def test_a_blocked_word_is_found_anywhere_in_a_prompt_and_named_as_the_owner_wrote_it(
    blocklist: Blocklist, word: str
) -> None:
    for prompt in (word, f"a fox, {word}, snow", f"({word})", f"{word}.", f"“{word}”", f"very-{word}"):
        assert blocklist.find(prompt) == word


def test_at_least_95_of_100_disguises_are_seen_through(blocklist: Blocklist) -> None:
    tried = [(name, word, disguise(word)) for name, disguise in DISGUISES.items() for word in BLOCKED]

    missed = [(name, word) for name, word, disguised in tried if blocklist.find(f"a fox, {disguised} in snow") != word]

    assert len(DISGUISES) >= 20
    assert len(missed) / len(tried) < 0.05, missed


def test_innocent_prompts_are_left_alone(blocklist: Blocklist) -> None:
    innocent = [prompt for prompt in CLEAN if not any(words in prompt for words in HONEST)]

    stopped = [(prompt, found) for prompt in innocent if (found := blocklist.find(prompt))]

    assert len(innocent) >= 200
    assert len(stopped) / len(innocent) < 0.005, stopped


@pytest.mark.parametrize(
    ("blocked", "innocent"),
    [
        ("ass", "class"), ("ass", "455"), ("ass", "a55"), ("ass", "as soon"), ("god", "good"), ("tit", "title"),
        ("sex", "Essex"), ("penis", "the pen is red"), ("cunt", "Scunthorpe"), ("hell", "shell"), ("gore", "gorge"),
        ("school shooting", "school"), ("school shooting", "a school, then shooting"), ("88", "1988"), ("c4", "c45"),
        ("hell", "he'll see"), ("hell", "he’ll see"), ("heroin", "a hero in a cape"),
        ("slaughter", "the cat's laughter"),
    ],
)  # fmt: skip
def test_a_word_inside_another_is_not_that_word(blocked: str, innocent: str) -> None:
    assert Blocklist([blocked]).find(innocent) is None


@pytest.mark.parametrize(
    ("blocked", "typed"),
    [
        ("88", "the 88 sign"),
        ("c4", "C4!"),
        ("война", "ВОЙНА и мир"),
        ("血腥", "很血腥的画"),
        ("がん", "これはがんです"),
        ("fête", "FETE"),
    ],
)
def test_numbers_and_other_scripts_can_be_blocked(blocked: str, typed: str) -> None:
    assert Blocklist([blocked]).find(typed) == blocked


def test_a_voice_mark_makes_another_word_in_japanese() -> None:
    assert Blocklist(["がん"]).find("かんさつ") is None


def test_blank_words_block_nothing() -> None:
    blocklist = Blocklist(["", "  ", "\u200b", "..."])

    assert len(blocklist) == 0
    assert blocklist.find("... a fox") is None


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text_can_be_checked_against_any_word(text: str) -> None:
    found = Blocklist([text, "gore"]).find(f"{text} gore")

    assert found in (text.strip(), "gore")


@pytest.mark.parametrize("hostile", ["*a " * 2000, "***.***." * 750, "g*o*r*e*" * 750, "ggoorree" * 750, "g " * 3000])
def test_6000_hostile_characters_against_200_words_do_not_hold_up_the_event_loop(hostile: str) -> None:
    blocklist = Blocklist([f"g{first}o{second}re" for first in "abcdefghijklmnopqrst" for second in "abcdefghij"])
    begin = time.perf_counter()

    blocklist.find(hostile[:6000])

    assert time.perf_counter() - begin < 0.5
