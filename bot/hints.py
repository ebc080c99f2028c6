"""What the model here draws well, for `/help` and the playground's first page."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.texts import say
from pipeline.cards import ModelCard

FILE = "sketchbook.json"
MOST_EXAMPLES = 8


@dataclass(frozen=True, kw_only=True)
class Hints:
    """A few lines about the model, and prompts to try."""

    title: str
    lines: tuple[str, ...]
    examples: tuple[str, ...]

    def to_json(self) -> str:
        """Write them as the playground's page reads them; its heading is its own."""
        facts = {"lines": self.lines, "examples": self.examples, "note": say("hints.note", title=self.title)}
        return json.dumps(facts, ensure_ascii=False)


def hints_of(card: ModelCard) -> Hints:
    """Read what a model says of itself, if it says anything; reads a file, so call it in a thread."""
    own = Path(card.origin.where) / FILE
    if card.origin.kind == "folder" and own.is_file():
        told = json.loads(own.read_text(encoding="utf-8"))
        return Hints(
            title=card.title,
            lines=tuple(_vocabulary(told)),
            examples=tuple(told.get("examples", ()))[:MOST_EXAMPLES],
        )
    key = "doodle" if card.origin.kind == "scripted" else "any"
    return Hints(
        title=card.title,
        lines=(say(f"hints.{key}"),),
        examples=tuple(say(f"hints.{key}.examples").split("\n")),
    )


def _vocabulary(told: Mapping[str, Any]) -> Iterator[str]:
    """Say which words a small model knows: its own lines, or what its lists hold."""
    yield from told.get("lines", ())
    for kind in ("things", "colours", "places", "styles", "counts", "relations"):
        words = [entry["en"][0] for entry in told.get(kind, {}).values() if entry.get("en")]
        if words:
            yield say(f"hints.{kind}", words=", ".join(words))
