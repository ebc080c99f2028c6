"""Reads what stands before the parameters: image prompts, then text, perhaps in weighted parts."""

from dataclasses import dataclass

from bot.prompt.clean import is_blank
from bot.prompt.display import code
from bot.prompt.images import Pictured, misplaced, take_images
from bot.prompt.prompt import Part
from bot.prompt.texts import Sentence, say
from bot.prompt.weights import joined, pieces, total, written


@dataclass(frozen=True, kw_only=True)
class Description:
    """What should be seen, and what is not right about it."""

    text: str
    parts: tuple[Part, ...]
    images: tuple[str, ...]
    problems: tuple[Sentence, ...]


def describe(typed: str) -> Description:
    """Read a description; where something is not right, the nearest sensible reading stands beside the problems."""
    pictured = take_images(typed)
    parts, problems = _parts(pictured.rest)
    problems = [*_image_problems(pictured), *problems]
    images = tuple(one.url for one in pictured.images)
    if parts and total(parts) <= 0:
        problems.append(_sum_problem(parts))
        parts = tuple(Part(text=part.text) for part in parts)
    plain = len(parts) == 1 and parts[0].weight == 1
    return Description(text=joined(parts), parts=() if plain else parts, images=images, problems=tuple(problems))


def _parts(text: str) -> tuple[tuple[Part, ...], list[Sentence]]:
    parts, problems = [], []
    for piece, weight in pieces(text):
        if not is_blank(piece):
            parts.append(Part(text=piece, weight=1.0 if weight is None else weight))
        elif weight is not None:
            problems.append(say("weights.empty", value=code(f"::{written(weight)}")))
    return tuple(parts), problems


def _sum_problem(parts: tuple[Part, ...]) -> Sentence:
    shown = ", ".join(f"{code(part.text, 40)} {written(part.weight)}" for part in parts[:5])
    return say("weights.sum", sum=written(total(parts)), parts=shown + (", …" if len(parts) > 5 else ""))


def _image_problems(pictured: Pictured) -> list[Sentence]:
    problems = [
        say("image.weight", value=code(f"{one.url}::{written(one.weight)}", 200))
        for one in pictured.images
        if one.weight is not None
    ]
    rest = " ".join(piece for piece, _ in pieces(pictured.rest))
    if late := misplaced(rest):
        words = [word for word in rest.split(" ") if word != late]
        first = [*(one.url for one in pictured.images), late]
        problems.append(say("image.place", nearest=code(f"/imagine {' '.join([*first, *words])}", 400)))
    return problems
