"""A prompt shown on Discord: bold, readable, and unable to ping, link, embed or break out of its place."""

import re
import unicodedata
from collections.abc import Iterator

from bot.prompt.clean import clean

FOOTER_LIMIT = 2048  # https://docs.discord.com/developers/resources/message#embed-object-embed-limits
_ELLIPSIS = "…"
_NOTHING_WIDE = "\u200b"

# Discord's own addresses become invitations, gifts and jump chips even inside <…>; they are shown as plain text.
_DISCORD_HOST = re.compile(r"https?://(?:[\w-]+\.)*discord(?:app)?\.(?:com|gg|gift|new|me)(?![\w-])", re.IGNORECASE)
_UNIT = re.compile(
    r"<(?P<wrapped>https?://[^\s<>]+)>"
    r"|(?P<url>https?://[^\s<>]*[^\s<>.,:;!?\"'()\[\]{}*_~|`\\…])"
    r"|(?P<dot>(?:(?<=discord)|(?<=discordapp))\.(?=gg|com|gift|new|me))"
    r"|(?P<ping>@(?=everyone|here|[!&]?\d))"
    r"|(?P<colon>:(?=[\w+-]+:|//))"  # :shortcodes: and what is left of odd links
    r"|(?P<mark>[\\*_~|`<>\[\]])"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_UNSAFE_IN_URL = re.compile(r"[\\*`|\"^{}\[\]@]|:(?=//)")  # what ends a format, pings, or begins another link


def bold(prompt_echo: str, limit: int = 2000) -> str:
    """The prompt between double asterisks, every character shown as itself, at most `limit` long.

    Shortened with an ellipsis where it does not fit. Lengths are counted in UTF-16 units, the stricter of the two ways.
    Raises ValueError for a limit below 5, which not even the ellipsis fits in.
    """
    if limit < 5:
        raise ValueError("bold text needs room for at least five characters")
    return f"**{escape(prompt_echo, limit - 4)}**"


def escape(text: str, limit: int) -> str:
    """The text with everything disarmed that Discord would format, link or ping, at most `limit` UTF-16 units long."""
    units = list(_units(clean(text)))
    if sum(map(utf16_length, units)) <= limit:
        return "".join(units)
    kept, room = [], limit - utf16_length(_ELLIPSIS)
    for unit in units:
        room -= utf16_length(unit)
        if room < 0:
            break
        kept.append(unit)
    return "".join(kept).rstrip(" ") + _ELLIPSIS


def _units(text: str) -> Iterator[str]:
    """The escaped text in pieces that must not be cut."""
    piece = ""
    for match in _UNIT.finditer(text):
        unit = _disarmed(match)
        if piece and not unicodedata.category(unit[0]).startswith("M"):
            yield piece
            piece = ""
        piece += unit
    if piece:
        yield piece


def _disarmed(match: re.Match[str]) -> str:
    found = match.group()
    if address := match["wrapped"] or match["url"]:
        if _DISCORD_HOST.match(address):
            return re.sub(r"([^\w\s/%-]|_)", r"\\\1", address)
        scheme, _, rest = address.partition("://")
        return f"<{scheme}://{_UNSAFE_IN_URL.sub(_percent, rest)}>"
    if match["ping"]:
        return found + _NOTHING_WIDE  # the server looks for pings without regard to backslashes
    return found if match["other"] else "\\" + found


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match.group()):02X}"


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def code(text: str, limit: int = 80) -> str:
    """The text in a code span, in which nothing is active; back-ticks become apostrophes."""
    shown = clean(text).replace("`", "'") or " "
    return f"`{_cut(shown, limit - 2)}`"


def footer(text: str, limit: int = FOOTER_LIMIT, *, command: str | None = "imagine") -> str:
    """The whole command for the foot of an error embed, where Discord formats nothing.

    command: None gives the text alone
    """
    return _cut(f"/{command} {clean(text)}".rstrip() if command else clean(text), limit)


def _cut(text: str, limit: int) -> str:
    if utf16_length(text) <= limit:
        return text
    kept, room = [], limit - 1
    for char in text:
        room -= utf16_length(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip() + _ELLIPSIS
