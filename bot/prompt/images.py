"""Links to pictures in a prompt: which words are links, and which stand where image prompts stand."""

import re
from dataclasses import dataclass

from bot.prompt.clean import fold_digits, is_blank
from bot.prompt.weights import COLONS, cuts, number

_URL = re.compile(r"https?://[^\s<>\"“”„\\]+", re.IGNORECASE)
_WEIGHT = re.compile(r"::+([+-]?[\d.]*)$")
_PICTURE = re.compile(r"https?://[^\s<>?#]+\.(?:png|jpe?g|gif|webp)(?:[?#][^\s<>]*)?", re.IGNORECASE)
_BRACES = str.maketrans({"{": "%7B", "}": "%7D"})


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link, and the weight behind it, if one was typed."""

    url: str
    weight: float | None = None


@dataclass(frozen=True, kw_only=True)
class Pictured:
    """A description without the image prompts at its beginning."""

    images: tuple[Link, ...]
    rest: str


def link(word: str) -> Link | None:
    """Read one word that is a link and nothing else, in angle brackets or not."""
    word = re.sub(r"^<(https?://[^\s<>]+)>", r"\1", word, flags=re.IGNORECASE).rstrip(",;")
    weighed = _WEIGHT.search(fold_digits(word))
    url = (word[: weighed.start()] if weighed else word).rstrip(",;:")
    if not _URL.fullmatch(url):
        return None
    try:
        weight = number(weighed[1]) if weighed and weighed[1] else None
    except ValueError:
        return None
    return Link(url=url.translate(_BRACES), weight=weight)


def take_images(text: str) -> Pictured:
    """Take the links from the beginning of a description; dashes and colons before and between them mean nothing."""
    images: list[Link] = []
    words = text.split(" ")
    taken = 0
    for at, word in enumerate(words):
        if found := link(word):
            images.append(found)
            taken = at + 1
        elif not _is_nothing(word):
            break
    return Pictured(images=tuple(images), rest=" ".join(words[taken:]))


def _is_nothing(word: str) -> bool:
    bare_cut = [(cut.start, cut.end, cut.weight) for cut in cuts(word)] == [(0, len(word), None)]
    return bare_cut or is_blank(word.rstrip(COLONS))


def misplaced(text: str) -> str | None:
    """The first link to a picture inside a description, where it is only a word."""
    return next((word for word in text.split(" ") if _PICTURE.fullmatch(word)), None)
