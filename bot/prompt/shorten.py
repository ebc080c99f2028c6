"""Shorter prompts that keep the words that matter, and the whole one with those words marked."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby

from bot.prompt.clean import clean
from bot.prompt.display import escape, utf16_length

_KEPT = (0.8, 0.6, 0.45, 0.3, 0.18)
"""How much of the words each shorter prompt keeps."""
_STRONG, _WEAK = 0.5, 0.15
"""Against the weightiest word."""
_MARKS = {"strong": "**", "weak": "~~", "": ""}
_ELLIPSIS = " …"
_MOST_CHARS = 20_000
"""More than a prompt has, escaped."""


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
    kinds = [(shown, _kind(weight, heaviest)) for word, weight in words if (shown := clean(word))]
    whole = _rendered(kinds)
    if utf16_length(whole) <= limit:
        return whole
    room = limit - utf16_length(_ELLIPSIS)
    kept = bisect_right(range(1, len(kinds)), room, key=lambda count: utf16_length(_rendered(kinds[:count])))
    return (_rendered(kinds[:kept]) + _ELLIPSIS).lstrip(" ")


def _rendered(words: Sequence[tuple[str, str]]) -> str:
    """Marks around as many words of a kind as stand together."""
    spans = groupby(words, key=lambda pair: pair[1])
    return " ".join(_marked(" ".join(word for word, _ in span), _MARKS[kind]) for kind, span in spans)


def _marked(text: str, mark: str) -> str:
    return mark + escape(text, _MOST_CHARS) + mark


def _kind(weight: float, heaviest: float) -> str:
    if heaviest and weight >= _STRONG * heaviest:
        return "strong"
    return "weak" if weight <= _WEAK * heaviest else ""
