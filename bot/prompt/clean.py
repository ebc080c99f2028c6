"""Typed characters made harmless: nothing invisible, no control or direction marks, one kind of space."""

import re
import unicodedata

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
"""Everything that keyboards and word processors turn hyphens into."""

# Lettering in quotes: nothing inside is a parameter or a comma of a list, and its spaces stay. A quotation begins where
# a word may begin and ends where one may end, so that 5" nails open nothing.
QUOTED = r'(?<![^ (\[{,:=])(?:"[^"]*"|“[^“”]*”|„[^„“”]*[“”])(?=[ ,.;:!?)\]}]|$)'

_STRIPPED_CATEGORIES = ("Cc", "Cf", "Cs")
# Letters and marks by category that show nothing at all: fillers, joiners, separators of old scripts.
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_BLANK_SYMBOLS = frozenset("\u2800")  # a Braille cell without dots looks like a space
_WRAPPED_URL = re.compile(r"^([(\[{]*)<(https?://[^\s<>\"]+)>", re.IGNORECASE)
_FOLDED_PUNCTUATION = str.maketrans({"：": ":", "︓": ":", "∶": ":", "．": ".", "，": ",", "＝": "=", "／": "/"})


def clean(text: str) -> str:
    """Strip invisible, control and direction characters; every kind of white space becomes a plain space."""
    return "".join(map(_shown, text)).strip(" ")


def _shown(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char
    if char.isspace() or char in _BLANK_SYMBOLS or unicodedata.category(char) in ("Zs", "Zl", "Zp"):
        return " "
    hidden = unicodedata.category(char) in _STRIPPED_CATEGORIES or char in _BLANK_LETTERS or _is_noncharacter(char)
    return "" if hidden else char


def _is_noncharacter(char: str) -> bool:
    return ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF


def is_blank(text: str) -> bool:
    """True when there is nothing to draw: only spaces, dashes, and marks that sit on other characters."""
    return all(unicodedata.category(char)[0] in "ZM" or char in DASHES for char in text)


def unwrap_url(word: str) -> str:
    """Take the angle brackets off a link that was copied together with them."""
    return _WRAPPED_URL.sub(r"\1\2", word)


def fold_digits(text: str) -> str:
    """Read digits of every script, full-width punctuation and all dashes as their ASCII forms; the length stays."""
    return "".join(map(_folded, text.translate(_FOLDED_PUNCTUATION)))


def _folded(char: str) -> str:
    if char in DASHES:
        return "-"
    return str(unicodedata.decimal(char, char))
