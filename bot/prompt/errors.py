"""What can be wrong with a prompt: one exception per situation, with the facts and a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.prompt.display import code, footer
from bot.prompt.texts import ENGLISH, Sentence, say

EXAMPLE = "`/imagine a red fox in the snow --ar 3:2`"
_MOST_FAULTS = 5


class PromptError(Exception):
    """A prompt that cannot be drawn as it stands; nothing has been charged."""

    title_key = "title.prompt"

    def __init__(self, *sentences: Sentence, typed: str) -> None:
        """Keep what to say, and `typed`, the prompt as it arrived, for the foot of the message."""
        self.sentences = sentences
        self.typed = typed
        super().__init__(self.render())

    @property
    def title(self) -> str:
        return ENGLISH[self.title_key]

    def render(self, texts: Mapping[str, str] = ENGLISH) -> str:
        """What is wrong and what to do, one line per fault, at most five, safe as the description of an embed."""
        return "\n".join(_told([line.render(texts) for line in self.sentences], texts))

    @property
    def sentence(self) -> str:
        return self.render()

    @property
    def command(self) -> str:
        """The whole command, cut to what the foot of an embed may hold."""
        return footer(self.typed)


class EmptyPrompt(PromptError):
    """Nothing to draw: no words at all, or nothing but parameters."""

    title_key = "title.empty"

    def __init__(self, *, typed: str, parameters: bool) -> None:
        key = "empty.parameters" if parameters else "empty.nothing"
        super().__init__(say(key, example=EXAMPLE), typed=typed)


class InvalidPrompt(PromptError):
    """The description cannot be drawn as it stands: its pictures, weights or braces."""


class TooLong(PromptError):
    """More characters than a prompt may have."""

    def __init__(self, *, typed: str, limit: int) -> None:
        self.length, self.limit = len(typed), limit
        said = say("too_long", length=self.length, limit=limit, surplus=self.length - limit)
        super().__init__(said, typed=typed[:limit])


class BlockedWord(PromptError):
    """The prompt holds a word that the owner does not allow."""

    title_key = "title.banned"

    def __init__(self, *, typed: str, word: str) -> None:
        self.word = word
        super().__init__(say("banned", word=code(word)), typed=typed)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong with one parameter."""

    sentences: tuple[Sentence, ...]
    parameter: str
    """Name with its two hyphens, as it should be typed; as it was typed where nobody knows it."""
    value: str = ""
    """What was typed as its value, or the text that should not be there."""
    allowed: Sentence | None = None
    nearest: str | None = None
    """The nearest right spelling, complete: `--ar 3:2`."""
    lacking: bool = False
    """It is right, but the model cannot do it."""
    notes: tuple[Sentence, ...] = ()
    """What is worth saying once at the end, however many faults there are."""

    def render(self, texts: Mapping[str, str] = ENGLISH) -> str:
        return " ".join(part.render(texts) for part in self.sentences)


class InvalidParameter(PromptError):
    """At least one parameter is unknown, of no use, or has a value that it cannot take; all faults at once."""

    def __init__(self, *faults: Fault, typed: str) -> None:
        self.faults = faults
        first = faults[0]
        self.parameter, self.value, self.nearest = first.parameter, first.value, first.nearest
        self.allowed = first.allowed.render() if first.allowed else None
        super().__init__(typed=typed)

    @property
    def title(self) -> str:
        return ENGLISH["title.model" if all(fault.lacking for fault in self.faults) else "title.parameter"]

    def render(self, texts: Mapping[str, str] = ENGLISH) -> str:
        """One line per fault, at most five, then the notes; always within the 4096 characters of a description."""
        lines = _told([fault.render(texts) for fault in self.faults], texts)
        notes = dict.fromkeys(note.render(texts) for fault in self.faults[:_MOST_FAULTS] for note in fault.notes)
        return "\n".join((*lines, *notes))


def _told(lines: list[str], texts: Mapping[str, str]) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - _MOST_FAULTS
    return [*lines[:_MOST_FAULTS], *([say("parameter.more", count=more).render(texts)] if more > 0 else [])]
