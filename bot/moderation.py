"""Words that the owner does not allow, found through disguises; text is changed for checking, never for drawing."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.prompt.clean import clean

# Letters that look like a Latin one and that no normalisation turns into it. Capitals have their own column, because
# a Greek capital may look like another letter than its small form does.
_SMALL = {
    "a": "аαɑɐᴀ", "b": "вьъβʙƀɓƅ", "c": "сϲᴄɔƈ", "d": "ԁδđɖɗᴅ", "e": "еєεɇɘɛǝəҽᴇз", "f": "ƒɟꜰϝ", "g": "ɡɠƃɢց",
    "h": "һнħɥʜհ", "i": "іιıɨɩɪӏ", "j": "јɉɟɾᴊյ", "k": "кκƙʞᴋ", "l": "łɭɫʟ", "m": "мμɯɱᴍ", "n": "пηɲɳŋɴո",
    "o": "оοσøɵᴏօס", "p": "рρᴘ", "q": "ԛɋզ", "r": "гɍɹɽʀя", "s": "ѕʂƨꜱς", "t": "тτŧƭʇʈᴛ", "u": "υʉʊᴜս", "v": "ѵνʌᴠ",
    "w": "ԝωшʍᴡ", "x": "хχ", "y": "уүγƴʏ", "z": "ζƶʐʑȥᴢ", "ae": "æ", "oe": "œ",
}  # fmt: skip
_CAPITAL = {
    "a": "АΑ", "b": "ВΒ", "c": "СϹ", "e": "ЕΕ", "h": "НΗ", "i": "ІΙ", "j": "Ј", "k": "КΚ", "m": "МΜ", "n": "Ν",
    "o": "ОΟ", "p": "РΡ", "s": "Ѕ", "t": "ТΤ", "u": "Ս", "x": "ХΧ", "y": "УҮΥ", "z": "Ζ",
}  # fmt: skip
_ENCLOSED_A = (0x1F150, 0x1F170, 0x1F1E6)  # white on black, in circles and squares; regional indicators
_LETTERS = str.maketrans(
    {char: plain for plain, chars in _SMALL.items() for char in chars}
    | {char: plain for plain, chars in _CAPITAL.items() for char in chars}
    | {first + nth: chr(ord("a") + nth) for first in _ENCLOSED_A for nth in range(26)}
)

# Digits and signs that stand for a letter in a disguise.
_STAND_INS = {
    "a": "4@", "b": "8", "c": "¢", "e": "3€", "g": "96", "i": "1!|l", "l": "1!|i£", "o": "0", "s": "5$§", "t": "7+",
    "y": "¥",
}  # fmt: skip
_SIGNS = "@$!|+€£¥¢§"
_GAP = rf"(?:[^\w\s*'’{re.escape(_SIGNS)}]|_){{0,3}}"  # no apostrophe: he'll is no "hell"; no space: hero in
_WIDE_GAP = r"[\W_]{1,3}"
_BETWEEN_WORDS = r"[\W_]{0,3}"
# Scripts that put no space between words: there a blocked word counts wherever it stands.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# One letter for all that may stand for each other; only for the quick look.
_MERGED = str.maketrans("4@8¢3€961!|l£05$§7+¥", "aabceeggiiiiiossstty")


class Blocklist:
    """Blocked words and phrases, whole words only: "ass" is not found in "class"."""

    def __init__(self, words: Iterable[str]) -> None:
        """Prepare the words; blank ones are left out."""
        folded = {word.strip(): _fold(word) for word in words}
        self._entries = tuple(_Entry(word, plain) for word, plain in folded.items() if _pieces(plain))

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, text: str) -> str | None:
        """The first blocked word that the text holds, as the owner wrote it; None when it holds none."""
        plain = _fold(text)
        quick = (_squeezed(plain, signs=True), _squeezed(plain, signs=False))
        starred = _starred(plain)
        for entry in self._entries:
            likely = any(entry.squeezed in view for view in quick)
            if (likely and entry.found_in(plain)) or (starred and entry.found_in(starred)):
                return entry.word
        return None


class _Entry:
    """One blocked word, prepared."""

    def __init__(self, word: str, plain: str) -> None:
        letters = sum(char.isalpha() for char in plain)
        self.word = word
        self.squeezed = _squeezed(plain, signs=True)
        self._pattern = _pattern(plain)
        self._letters_kept = min(letters, 1 if letters > 3 else 2)

    def found_in(self, plain: str) -> bool:
        """True for a disguise that still reads as a word; digits alone are a number (455 is no "ass")."""
        return any(self._reads(found.group()) for found in self._pattern.finditer(plain))

    def _reads(self, found: str) -> bool:
        digits = any(char.isdigit() for char in found)
        return not digits or sum(char.isalpha() for char in found) >= self._letters_kept


def _fold(text: str) -> str:
    """Plain small letters: compatibility forms, accents, invisible characters and look-alikes resolved."""
    compatible = unicodedata.normalize("NFKC", clean(text)).translate(_LETTERS).casefold()
    bare = "".join(char for char in unicodedata.normalize("NFKD", compatible) if not _is_ornament(char))
    return re.sub(r"(.)\1{3,}", r"\1\1\1", clean(unicodedata.normalize("NFC", bare)).translate(_LETTERS))


def _is_ornament(char: str) -> bool:
    """Accents and enclosures; but not the marks of scripts that write their vowels with them."""
    spells = 0x0900 <= ord(char) < 0x1AB0 or char in "\u3099\u309a"
    return unicodedata.category(char) in ("Mn", "Me", "Cf") and not spells


def _squeezed(plain: str, *, signs: bool) -> str:
    """All letters in a row, without gaps and repetitions."""
    kept = (char for char in plain if char.isalnum() or (signs and char in _SIGNS))
    return re.sub(r"(.)\1+", r"\1", "".join(kept).translate(_MERGED))


def _starred(plain: str) -> str:
    """The words in which a star may stand for a letter, each once; the quick look cannot judge them."""
    words = dict.fromkeys(word for word in plain.split(" ") if "*" in word)
    return " ".join(word for word in words if sum(map(str.isalnum, word)) > 1)


def _pieces(plain: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain)


def _pattern(plain: str) -> re.Pattern[str]:
    """Matches the word whole, closed up or with small gaps, or spelled out letter by letter."""
    pieces = _pieces(plain)
    closed = _BETWEEN_WORDS.join(_GAP.join(_units(piece)) for piece in pieces)
    ways = [closed]
    letters = "".join(pieces)
    if len(letters) > 2:
        ways.append(_WIDE_GAP.join(_units(letters)))
    start, end = _boundary(letters[0]), _boundary(letters[-1])
    return re.compile(f"(?<!{start})(?:{'|'.join(ways)})(?!{end})" if start and end else f"(?:{'|'.join(ways)})")


def _boundary(char: str) -> str:
    """What must not stand beside the word; empty for scripts without spaces."""
    if _UNSPACED.match(char):
        return ""
    return r"[^\W_]" if char.isdigit() else r"[^\W\d_]"


def _units(letters: str) -> Iterator[str]:
    """For each letter what may stand for it, and how often.

    Short words turn into innocent ones when a letter is doubled (god, good); there only three in a row are a disguise.
    """
    short = len(letters) < 4
    for at, letter in enumerate(letters):
        wild = "*" if not short and 0 < at < len(letters) - 1 else ""
        either = f"[{re.escape(letter + _STAND_INS.get(letter, '') + wild)}]"
        doubled = letter in letters[max(at - 1, 0) : at] + letters[at + 1 : at + 2]
        yield f"{either}(?:{either}{{2}})?" if short and not doubled else f"{either}{{1,3}}"
