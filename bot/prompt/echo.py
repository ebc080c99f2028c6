"""The normalised prompt: what a job's messages show, and what can be typed again to get the same."""

from collections.abc import Iterator

from bot.prompt.braces import escape
from bot.prompt.parameters import AVAILABLE, BY_NAME, Parameter
from bot.prompt.prompt import Prompt
from bot.prompt.weights import printed


def echo(prompt: Prompt, *, last: str = "") -> str:
    """Links to pictures, the description, then every parameter that differs from its default.

    Parsing it gives the same prompt, but for what concerns the order alone: speed, visibility, repeats and zoom are
    shown elsewhere or once. `last` names a parameter that stands at the end, whatever its value, as after a pan.
    """
    rows = [row for row in _rows(prompt) if row.scope != "order" and row.name != last]
    shown = [row.shown(prompt) for row in (*rows, *((BY_NAME[last],) if last else ()))]
    return escape(" ".join((*_description(prompt), *shown)))


def spell(prompt: Prompt) -> str:
    """The whole wish as it can be typed, with what concerns the order; parsing it gives exactly the same prompt."""
    return escape(" ".join((*_description(prompt), *(row.shown(prompt) for row in _rows(prompt)))))


def arguments(prompt: Prompt) -> str:
    """The parameters of the normalised prompt alone."""
    return escape(" ".join(row.shown(prompt) for row in _rows(prompt) if row.scope != "order"))


def _description(prompt: Prompt) -> Iterator[str]:
    yield from (f"<{url}>" for url in prompt.images)
    if text := printed(prompt.parts) if prompt.parts else prompt.text:
        yield text


def _rows(prompt: Prompt) -> Iterator[Parameter]:
    return (row for row in AVAILABLE if row.stands_in(prompt) and not row.printed_as)
