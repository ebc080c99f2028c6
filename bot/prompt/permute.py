"""Braces that stand for several prompts at once: `{a, b {c, d}}`."""

import re
from dataclasses import dataclass, field

from bot.prompt.errors import InvalidPrompt, PromptError
from bot.prompt.texts import say

_PIECE = re.compile(r"\\[{},]|[{},]|[^\\{},]+|\\")
_MOST_COUNTED = 1_000_000


class TooManyPrompts(PromptError):
    """The braces stand for more prompts than a member may order at once."""

    def __init__(self, *, typed: str, count: int, limit: int) -> None:
        """count: exact up to a million; above it only known to be more."""
        self.count, self.limit = count, limit
        many = count > _MOST_COUNTED
        shown = say("permute.over", count=f"{_MOST_COUNTED:,}") if many else f"{count:,}"
        super().__init__(say("permute.many", count=shown, limit=limit), typed=typed)


@dataclass
class _Run:
    """Text with choices in it, while it is being read: its variants so far."""

    count: int = 1
    texts: list[str] = field(default_factory=lambda: [""])
    """Complete as long as there are no more than the limit."""

    def append(self, text: str) -> None:
        self.texts = [one + text for one in self.texts]

    def multiply(self, choices: "_Run", limit: int) -> None:
        self.count = min(self.count * choices.count, _MOST_COUNTED + 1)
        self.texts = [one + other for one in self.texts for other in choices.texts] if self.count <= limit else []


@dataclass
class _Set:
    """A pair of braces, while it is being read: the choices that are complete, and the one that is not."""

    count: int = 0
    texts: list[str] = field(default_factory=list)
    current: _Run = field(default_factory=_Run)

    def close_choice(self, limit: int) -> None:
        self.count = min(self.count + self.current.count, _MOST_COUNTED + 1)
        self.texts = [*self.texts, *(one.strip(" ") for one in self.current.texts)] if self.count <= limit else []
        self.current = _Run()


def permute(text: str, limit: int) -> tuple[str, ...]:
    r"""Every prompt that the text stands for, the leftmost braces varying slowest; without braces the text itself.

    `\,` is a comma inside a choice; `\{` and `\}` stay as they are, for `parse` to read as braces.
    Raises TooManyPrompts above `limit`, InvalidPrompt where braces have no partner.
    """
    whole = _Run()
    open_sets: list[_Set] = []
    for piece in _PIECE.findall(text):
        run = open_sets[-1].current if open_sets else whole
        if piece == "{":
            open_sets.append(_Set())
        elif piece == "}":
            if not open_sets:
                raise _unpaired(text, "}")
            closed = open_sets.pop()
            closed.close_choice(limit)
            around = open_sets[-1].current if open_sets else whole
            around.multiply(_Run(count=closed.count, texts=closed.texts), limit)
        elif piece == "," and open_sets:
            open_sets[-1].close_choice(limit)
        else:
            run.append("," if piece == "\\," and open_sets else piece)
    if open_sets:
        raise _unpaired(text, "{")
    if whole.count > limit:
        raise TooManyPrompts(typed=text, count=whole.count, limit=limit)
    return tuple(whole.texts)


def _unpaired(text: str, brace: str) -> InvalidPrompt:
    return InvalidPrompt(say("permute.open", brace=f"`{brace}`", escaped=f"`\\{brace}`"), typed=text)
