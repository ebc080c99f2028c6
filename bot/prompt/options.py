"""What a member keeps for later prompts: own options and a suffix, checked when they are set."""

import re

from bot.prompt.braces import unescape
from bot.prompt.clean import clean, is_blank
from bot.prompt.display import code
from bot.prompt.errors import InvalidParameter, InvalidPrompt
from bot.prompt.lexer import Parts, split
from bot.prompt.parameters import BY_NAME
from bot.prompt.parse import Filled, fill
from bot.prompt.permute import permute
from bot.prompt.prompt import DEFAULT_LIMITS, Limits, Prompt
from bot.prompt.rules import not_with
from bot.prompt.texts import say

_NAME = re.compile(r"[a-z]\w{0,31}", re.ASCII)
_LETTERS = re.compile(r"[a-z]+", re.ASCII)
_ONCE = ("repeat", "zoom")
_EXAMPLE = "`--ar 3:2 --stylize 250`"


def check_option(name: str, value: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """The name under which an own option is kept, without hyphens and in small letters.

    value: text and parameters, parameters last; it may hold braces, but no other own option
    Raises InvalidPrompt or InvalidParameter.
    """
    typed = f"--{clean(name).lstrip('-')} {clean(value)}".rstrip(" ")
    plain = clean(name).lstrip("-—–").casefold()
    if not _NAME.fullmatch(plain):
        raise InvalidPrompt(say("option.name", value=code(plain)), typed=typed)
    start = _LETTERS.match(plain)
    if plain in BY_NAME or (start and start.group() in BY_NAME and plain[start.end() :][:1] != "_"):
        raise InvalidPrompt(say("option.taken", name=f"--{plain}"), typed=typed)
    if is_blank(clean(value)):
        raise InvalidPrompt(say("option.empty", name=f"--{plain}", example=_EXAMPLE), typed=typed)
    for one in permute(value, limits.max_permutations):
        _checked(split(unescape(clean(one))), limits, typed=typed)
    return plain


def check_suffix(text: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """The suffix as it is kept: parameters in the order of typing. Raises InvalidPrompt or InvalidParameter."""
    cleaned = clean(text)
    parts = split(unescape(cleaned))
    if not is_blank(parts.text):
        raise InvalidPrompt(say("suffix.text", value=code(parts.text), example=_EXAMPLE), typed=cleaned)
    once = [BY_NAME[one.name].name for one in parts.typed if one.name in BY_NAME and BY_NAME[one.name].name in _ONCE]
    if once:
        raise InvalidPrompt(*(say("suffix.order", name=f"--{name}") for name in once), typed=cleaned)
    filled = _checked(parts, limits, typed=cleaned)
    faults = [clash.fault for clash in not_with(Prompt(text="", **filled.fields), limits)]
    if faults:
        raise InvalidParameter(*faults, typed=cleaned)
    return " ".join(_kept(one.name, one.value, limits) for one in parts.typed)


def _checked(parts: Parts, limits: Limits, *, typed: str) -> Filled:
    filled = fill(parts.typed, limits, text=parts.text)
    if filled.faults:
        raise InvalidParameter(*filled.faults, typed=typed)
    return filled


def _kept(name: str, value: str, limits: Limits) -> str:
    row = BY_NAME[name]
    return BY_NAME[row.printed_as or row.name].typed(row.values.read(value, limits).value)
