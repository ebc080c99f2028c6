"""A prompt in a message is bold text and nothing else: whatever it holds, people read it as it was typed."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.prompt import bold, clean, code, escape, footer, parse

NAUGHTY = [
    # ways out of bold, and other formats
    "**", "***", "****", "a ** b", "** out ** in", "*a*", "\\**", "\\", "\\\\", "\\\\**", "a\\", "_a_", "__a__",
    "a_b_c", "~~gone~~", "||hidden||", "`code`", "``co`de``", "```\nblock\n```", "```py", "`", "\\`", "`**`",
    "**`**", "||**||", "# title", "> quote", ">>> quote", "- item", "* item", "1. item", "-# small", "a\n# b",
    "a\n> b\n- c", "¯\\_(ツ)_/¯", "***a***b**c*d_e_f__g__", "*_~|`\\<>[]()#@:", "a\\\n**b", "~" * 50, "*" * 99,
    "`" * 99, "\\" * 99, "|" * 7, "_" * 7,
    # pings
    "@everyone", "@here", "@Everyone", "hi @everyone!", "\\@everyone", "<@123456789012345678>", "<@!123>",
    "<@&123>", "<@123", "@123>", "<\u200b@123>", "@\u200beveryone", "@\u2060here", "@@everyone", "<<@1>>",
    "`@here`", "@everyone@here", "＠everyone", "<@!&1>", "a@everyone.com", "https://x.y/@everyone",
    "https://x.y/<@123>", "<https://x.y/@here>",
    # the rest of Discord's own marks
    "<#123456789012345678>", "</imagine:123>", "</a b c:123>", "<t:1700000000>", "<t:1700000000:R>", "<t:-1:F>",
    "<:smile:123>", "<a:smile:123>", ":smile:", ":+1:", "a:b:c:d", "::", "a::2 b::-1", "<id:customize>",
    "<id:browse>", "<id:linked-roles:1>", "<sound:1:2>", "<+15551234>", "<mailto:a@b.c>", "<tel:+1>",
    "<steam://run/1>",
    # links
    "https://example.com", "http://example.com/a_b_c", "HTTPS://EXAMPLE.COM", "see https://example.com.",
    "(https://a.b)", "https://a.b/**", "https://a.b/**c**", "https://a.b/`", "https://a.b/||c||",
    "https://a.b/~~c~~", "https://a.b/\\", "https://a.b/c_d__e", "https://a.b/?q=[x](y)", "https://", "https://)",
    "https://**", "https://*x", "http://!", "xhttps://a.b", "<https://a.b>", "<https://a.b/**>",
    "<https://a.b/`x`>", "<https://a.b", "https://a.b>", "<<https://a.b>>", "<http://>", "https://a.b,https://c.d",
    "https://a.bhttps://c.d", "https://a.b/é", "https://пример.рф/**", "https://a.b/%2A%2a",
    "[click](https://evil.example)", "[click](<https://evil.example>)", "[a\\](https://b.c)", "[a](http://b 'c')",
    "![a](https://b.c)", "[https://good.example](https://evil.example)", "[[a]](https://b.c)",
    "[x]\n(https://a.b)", "steam://run/1", "ftp://a.b/c", "discord://-/users/1", "discord.gg/abc",
    "https://discord.gg/abc", "https://discord.com/invite/abc", "discordapp.com/invite/a",
    "https://discord.com/channels/1/2/3", "https://ptb.discord.com/channels/1/2", "https://discord.gift/x",
    "DISCORD.GG/abc", "https://discord.gg/**x**_y_", "https://notdiscord.gg/a",
    "https://discord.gg.evil.example/a", "data:text/html,<b>",
    # odd characters
    "", " ", "\u202eevil", "\u2066a\u2069", "a\u0000b", "a\x1bb", "\u200d\u200c", "Z̸̢̛̙a̷l̶g̵o̸", "👩‍🚀", "🏳️‍🌈",
    "שלום **x**", "مرحبا", "\ud800", "\uffff", "ﷺ" * 3, "\u0301**", "`\u0301", "<\u0301@1>", "%2A%2A",
    "&lt;@1&gt;", "&#64;everyone", "{0}", "%s %n", "'; DROP TABLE jobs;--x", "<script>alert(1)</script>", "${7*7}",
    "{{7*7}}", "../../etc/passwd", "CON", "NaN", "-1", "0x1F",
]  # fmt: skip

MARKS = [
    "**", "*", "_", "__", "~~", "||", "`", "```", "\\", "<", ">", "@everyone", "<@1>", "<#1>", "[", "](", ")", ":",
    "https://", "http://a.b", "<https://a.b>", ".", "/", "discord.gg/", " ", "a", "x", "\n", "</a:1>", "<t:1>",
    "é", "🦊", "\u0301", "\u200b",
]  # fmt: skip
nasty = st.lists(st.sampled_from(MARKS) | st.text(max_size=3), max_size=14).map("".join)


# ---- a small model of how a Discord client reads a message: rules in its order, the first that fits at a place wins

ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
STRONG = re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")
RULES = {
    "shrug": re.compile(r"(¯\\_\(ツ\)_/¯)"),
    "block": re.compile(r"```(?:([\w+.-]+?)\n)?\n*([^\n][\s\S]*?)\n*```"),
    "code": re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)"),
    "autolink": re.compile(r"<([^: >]+:/[^ >]+)>"),
    "link": re.compile(r"((?:https?|steam|discord|ftp)://[^\s<]+[^<.,:;\"')\]\s])", re.IGNORECASE),
    "masked": re.compile(
        r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]\(\s*<?((?:[^\s\\]|\\.)*?)>?(?:\s+['\"].*?['\"])?\s*\)"
    ),
    "user": re.compile(r"<@!?(\d+)>"),
    "role": re.compile(r"<@&(\d+)>"),
    "channel": re.compile(r"<#(\d+)>"),
    "everyone": re.compile(r"(@everyone|@here)"),
    "command": re.compile(r"</([-\w ]+):(\d+)>"),
    "time": re.compile(r"<t:(-?\d{1,17})(?::[tTdDfFRsS])?>"),
    "emoji": re.compile(r"<a?:(\w+):(\d+)>"),
    "place": re.compile(r"<(id:[\w-]+(?::\d+)?)>"),
    "phone": re.compile(r"<((?:mailto:|tel:|sms:|\+).+?)>"),
    "shortcode": re.compile(r":([\w+-]+?):"),
    "strong": STRONG,
    "underline": re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
    "italic": re.compile(r"_((?:__|\\[\s\S]|[^\\_])+?)_(?!\w)|\*(?=\S)((?:\*\*|\s+(?:[^*\s]|\*\*)|[^\s*])+?)\*(?!\*)"),
    "strike": re.compile(r"~~([\s\S]+?)~~"),
    "spoiler": re.compile(r"\|\|([\s\S]+?)\|\|"),
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What a person sees of some inline text."""

    text: str
    active: tuple[str, ...]


def read_inline(content: str) -> Seen:
    text, active, at = "", [], 0
    while at < len(content):
        if escaped := ESCAPE.match(content, at):
            text, at = text + escaped[1], escaped.end()
            continue
        name, found = next(((n, m) for n, rule in RULES.items() if (m := rule.match(content, at))), ("", None))
        if found is None:
            text, at = text + content[at], at + 1
            continue
        active.append(name)
        text, at = text + (found[1] or ""), found.end()
    return Seen(text, tuple(active))


def read_bold(content: str) -> Seen:
    """What stands inside bold text that must be the whole message."""
    if content == "****":
        return Seen("", ())
    whole = STRONG.match(content)
    assert whole, content
    assert whole.end() == len(content), "the bold text ends too early"
    return read_inline(whole[1])


def as_read(text: str) -> str:
    """What both sides of the comparison have in common: without link brackets, percent signs and the ping breaker."""
    return unquote(re.sub("[<>\u200b]", "", text), errors="surrogateescape")


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check(typed: str, show: Callable[[str, int], str] = bold) -> None:
    shown = show(typed, 20_000)
    seen = read_bold(shown)

    assert set(seen.active) <= {"autolink"}
    assert as_read(seen.text) == as_read(clean(typed))
    assert not re.search(r"@(everyone|here)|<@[!&]?\d+>", shown)
    assert all(before.endswith("<") for before, _ in pairwise(re.split(r"https?://", shown, flags=re.IGNORECASE)))
    assert not [
        char for char in shown if unicodedata.category(char) in ("Cc", "Cs") or unicodedata.bidirectional(char) in BIDI
    ]


BIDI = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@pytest.mark.parametrize("typed", NAUGHTY)
def test_naughty_strings_are_shown_as_typed_and_do_nothing(typed: str) -> None:
    check(typed)


@pytest.mark.parametrize(
    "careless",
    [
        lambda text, _: f"**{clean(text)}**",
        lambda text, _: "**" + re.sub(r"([\\*_~|`])", r"\\\1", clean(text)) + "**",
        lambda text, _: "**" + clean(text).replace("*", "").replace("`", "'") + "**",
    ],
    ids=["as it is", "escaped markdown", "without marks"],
)
def test_the_check_itself_notices_careless_ways_to_show_a_prompt(careless: Callable[[str, int], str]) -> None:
    noticed = 0
    for typed in NAUGHTY:
        try:
            check(typed, careless)
        except AssertionError:
            noticed += 1

    assert noticed > 50


@settings(max_examples=400, deadline=None)
@given(nasty)
def test_any_mix_of_marks_is_shown_as_typed_and_does_nothing(typed: str) -> None:
    check(typed)


@settings(max_examples=200, deadline=None)
@given(nasty | st.text(), st.integers(5, 60))
def test_shortened_text_keeps_the_limit_and_does_nothing(typed: str, limit: int) -> None:
    shown = bold(typed * 3, limit)

    assert utf16_length(shown) <= limit
    assert set(read_bold(shown).active) <= {"autolink"}
    assert len(bold(typed * 3, 20_000)) <= limit or shown.endswith("…**")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("red fox --ar 3:2 --v 7.0", "**red fox --ar 3:2 --v 7.0**"),
        ("snake_case *and* `ticks`", r"**snake\_case \*and\* \`ticks\`**"),
        ("hi @everyone", "**hi @\u200beveryone**"),
        ("hi <@123>", "**hi \\<@\u200b123\\>**"),
        ("<#1> </a:1> <t:1:R>", r"**\<#1\> \</a:1\> \<t\:1:R\>**"),
        ("see https://example.com/a_b.", "**see <https://example.com/a_b>.**"),
        ("https://example.com/**x**", "**<https://example.com/%2A%2Ax>\\*\\***"),
        ("join discord.gg/abc", r"**join discord\.gg/abc**"),
        ("https://discord.gg/abc", r"**https\://discord\.gg/abc**"),
        ("[x](https://a.b)", r"**\[x\](<https://a.b>)**"),
        ("12:30:45 :cat:", r"**12\:30:45 \:cat:**"),
        ("", "****"),
    ],
)
def test_the_escapes_are_the_least_that_suffice(typed: str, shown: str) -> None:
    assert bold(typed) == shown


def test_a_long_prompt_is_cut_between_characters_and_links_and_ends_with_an_ellipsis() -> None:
    assert bold("abcdefghij", 10) == "**abcde…**"
    assert bold("abcd     efghij", 10) == "**abcd…**"
    assert bold("a_b_c_d_e", 10) == r"**a\_b…**"
    assert bold("see https://example.com/long", 30) == "**see…**"
    assert bold("🦊🦊🦊🦊", 10) == "**🦊🦊…**"
    assert bold("cafe\u0301 noir", 9) == "**caf…**"
    assert utf16_length(bold("🦊" * 6000)) <= 2000


def test_a_limit_without_room_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="five"):
        bold("a fox", 4)


@pytest.mark.parametrize(
    "typed", ["a red_fox *in* <#snow>", "see https://example.com/a_b --ar 3:2", "hi @everyone \\o/ --no `x`"]
)
def test_what_is_copied_from_the_message_means_the_same_again(typed: str) -> None:
    copied = read_bold(bold(typed)).text

    assert parse(copied) == parse(typed)


@settings(max_examples=150, deadline=None)
@given(nasty | st.text())
def test_a_code_span_holds_anything(typed: str) -> None:
    span = code(typed)

    assert span.count("`") == 2
    assert utf16_length(span) <= 80
    assert read_inline(span).active == ("code",)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_the_foot_of_an_error_is_the_command_on_one_line(typed: str) -> None:
    foot = footer(typed * 20, 100)

    assert foot.startswith("/imagine")
    assert utf16_length(foot) <= 100
    assert foot.isprintable() or any(unicodedata.category(char) in ("Cn", "Co") for char in foot)


def test_escaped_text_without_bold_is_safe_as_well() -> None:
    assert escape("**a** @here", 100) == "\\*\\*a\\*\\* @\u200bhere"
