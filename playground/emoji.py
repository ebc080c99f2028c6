"""What can be a reaction: a sign of Unicode's emoji; the guild has none of its own."""

import unicodedata

LONGEST = 24  # code points: families and flags are made of many
KEYCAP = "\u20e3"
JOINED = frozenset({"Mn", "Me", "Cf", "Sk"})  # variation selectors, keycaps, joiners and tags, skin tones
SIGNS = frozenset({"So", "Sm"})
OTHER_SIGNS = frozenset("‼⁉〰〽")  # emoji by themselves, though Unicode files them elsewhere


def is_emoji(text: str) -> bool:
    """Whether a text is one emoji, as far as the categories of its characters tell."""
    if not 1 <= len(text) <= LONGEST:
        return False
    signs = [char for char in text if unicodedata.category(char) not in JOINED]
    if KEYCAP in text:
        return len(signs) == 1 and signs[0] in "0123456789#*"
    return bool(signs) and all(_is_sign(char) for char in signs)


def _is_sign(char: str) -> bool:
    return char in OTHER_SIGNS or (ord(char) > 0xA8 and unicodedata.category(char) in SIGNS)
