"""Shorter prompts that keep the words that matter, and the whole one with those words marked."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.prompt.display import escape, utf16_length

_KEPT = (0.8, 0.6, 0.45, 0.3, 0.18)
"""How much of the words each shorter prompt keeps."""
_STRONG, _WEAK = 0.5, 0.15
"""Against the weightiest word."""
_MARKS = {"strong": "**", "weak": "~~", "": ""}
_ELLIPSIS = " …"


def shorten_candidates(words: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """Up to five prompts, each shorter than the one before, made of the weightiest words in their order.

    words: every word of the prompt as it stands there, and how much it matters, 0 … 1
    """
    by_weight = sorted(range(len(words)), key=lambda at: -words[at][1])
    sizes = dict.fromkeys(max(1, round(len(words) * share)) for share in _KEPT)
    candidates = (_joined(words, by_weight[:size]) for size in sizes if size < len(words))
    return tuple(dict.fromkeys(candidate for candidate in candidates if candidate))


def _joined(words: Sequence[tuple[str, float]], kept: Sequence[int]) -> str:
    return " ".join(words[at][0] for at in sorted(kept)).strip(" ,;:")


def marked(words: Sequence[tuple[str, float]], limit: int = 1024) -> str:
    """The prompt with strong words in bold and weak ones struck through, disarmed, at most `limit` UTF-16 units long.

    words: as in `shorten_candidates`
    """
    heaviest = max((weight for _, weight in words), default=0.0)
    shown = ""
    for span in _spans(words, heaviest):
        longer = f"{shown} {span}".lstrip(" ")
        if utf16_length(longer + _ELLIPSIS) > limit:
            return (shown + _ELLIPSIS).lstrip(" ")
        shown = longer
    return shown


def _spans(words: Sequence[tuple[str, float]], heaviest: float) -> Iterator[str]:
    """Each word on its own for the limit's sake, but marks around as many of a kind as stand together."""
    for kind, group in groupby(words, key=lambda pair: _kind(pair[1], heaviest)):
        mark = _MARKS[kind]
        yield mark + escape(" ".join(word for word, _ in group), 10_000) + mark


def _kind(weight: float, heaviest: float) -> str:
    if heaviest and weight >= _STRONG * heaviest:
        return "strong"
    return "weak" if weight <= _WEAK * heaviest else ""
