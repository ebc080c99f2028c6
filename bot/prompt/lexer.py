"""Cuts a cleaned prompt into its description and its parameters, without judging any of them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.prompt.clean import DASHES, QUOTED, fold_digits, unwrap_url
from bot.prompt.parameters import BY_NAME
from bot.prompt.weights import cuts

_WORD = re.compile(rf"(?:{QUOTED}|[^ ])+")
_DASH_RUN = re.compile(rf"[{DASHES}]{{1,3}}")
_LETTERS = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"\w+")
_JOINED = re.compile(rf"(?P<before>.*[^{DASHES}])(?:--|—)(?P<name>[A-Za-z]+)(?P<glued>[=:]?[\d.][^ ]*)?", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """One parameter as it was typed."""

    name: str
    """In lower case and plain letters, without the dashes."""
    spelled: str
    """With the dashes, letter by letter."""
    value: str
    """All that follows up to the next parameter."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The description and the parameters after it, in the order of typing."""

    text: str
    typed: tuple[Typed, ...]


def split(text: str) -> Parts:
    """Cut a cleaned prompt at every word that begins with two hyphens, or with a dash that stands for them."""
    words: list[list[str]] = [[]]
    heads: list[tuple[str, str]] = []
    for word in _loosened([piece for typed in _WORD.findall(text) for piece in _apart(unwrap_url(typed))]):
        head = _head(word)
        if head is None:
            words[-1].append(word)
        else:
            name, spelled, glued = head
            heads.append((name, spelled))
            words.append([unwrap_url(glued)] if glued else [])
    parameters = (
        Typed(name=name, spelled=spelled, value=" ".join(value).lstrip("=: "))
        for (name, spelled), value in zip(heads, words[1:], strict=True)
    )
    return Parts(text=" ".join(words[0]), typed=tuple(parameters))


def _apart(word: str) -> Iterator[str]:
    """`a::b` → a::, b; as if it had been typed with a space, so that what follows can be a parameter."""
    start = 0
    for cut in cuts(word) if "::" in fold_digits(word) else ():
        yield word[start : cut.end]
        start = cut.end
    if start < len(word):
        yield word[start:]


def expand(text: str, options: Mapping[str, str]) -> str:
    """Put in the place of every own option what it stands for; what it holds is not looked at again."""
    if not options:
        return text
    return " ".join(_expanded(word, options) for word in _WORD.findall(text))


def _expanded(word: str, options: Mapping[str, str]) -> str:
    head = _head(word)
    if head is None or head[0] not in options:
        return word
    name, _, glued = head
    return f"{options[name]} {glued}".rstrip(" ")


def _head(word: str) -> tuple[str, str, str] | None:
    """(name, as spelled, glued value) of a word that begins a parameter."""
    run = _DASH_RUN.match(word)
    if run is None or run.group() == "-":
        return None
    rest = word[run.end() :]
    begins = rest[:1].isalnum() if run.group().startswith("--") else rest[:1].isalpha()  # −5° is no parameter
    if not begins:
        return None
    name = _name(rest)
    return _plain(name), run.group() + name, rest[len(name) :].lstrip("=:,;")


def _name(rest: str) -> str:
    """The name at the start; `ar3:2` begins with a name that the table knows, and so does `ar=3:2`."""
    letters = _LETTERS.match(rest)
    if letters and _plain(letters.group()) in BY_NAME and rest[letters.end() : letters.end() + 1] != "_":
        return letters.group()
    whole = _NAME.match(rest)
    return whole.group() if whole else rest


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _loosened(words: list[str]) -> Iterator[str]:
    """Repair three slips that cannot mean anything else: `-- ar 3:2`, `-ar 3:2` and `fox--ar 3:2`.

    Only where the name takes a number and a number follows; in any other place a dash is a dash.
    """
    at = 0
    while at < len(words):
        repaired, used = _repaired(words[at : at + 3])
        yield from repaired
        at += used


def _repaired(words: list[str]) -> tuple[Iterable[str], int]:
    """What the first word becomes, and how many words went into it."""
    word, *after = words
    number_follows = bool(after) and _numeric(after[0])
    if word in ("--", "—") and len(after) == 2 and _takes_number(after[0]) and _numeric(after[1]):
        plain_dash = word == "—" and ":" not in fold_digits(after[1])  # "a bus — stop 12"
        return ((word,), 1) if plain_dash else ((f"--{after[0]}",), 2)
    if word.startswith("-") and _takes_number(word[1:]) and number_follows:
        return (f"-{word}",), 1
    return _unglued(word, number_follows=number_follows), 1


def _unglued(word: str, *, number_follows: bool) -> list[str]:
    """`fox--ar` → fox, --ar; as often as parameters hang on the word."""
    tail: list[str] = []
    while "--" in word or "—" in word:
        joined = _JOINED.fullmatch(word)
        glued = joined and joined["glued"]
        if not joined or "://" in word or not _takes_number(joined["name"]) or not (glued or number_follows):
            break
        tail.append(f"--{joined['name']}{glued or ''}")
        word, number_follows = joined["before"], False
    return [word, *reversed(tail)]


def _takes_number(name: str) -> bool:
    row = BY_NAME.get(_plain(name))
    return row is not None and row.available and row.kind in ("int", "float", "ratio", "version")


def _numeric(word: str) -> bool:
    return re.match(r"\.?\d", fold_digits(word)) is not None
