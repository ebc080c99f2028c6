"""What Doodle, the stand-in without a model, can say of pictures and words: only what their colours tell."""

import colorsys

from PIL import Image

from pipeline import doodle
from pipeline.questions import Description, Weight, Weights

_FORMS = (
    "an abstract picture in {0}, {1} and {2}",
    "soft shapes in {0} and {1}",
    "{0} and {2} layers under {1} light",
    "a pattern of {1} on {0}",
    "{0}, {1} and {2} drifting into each other",
    "{2} shapes on a {0} ground",
)
_SMALL = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "it", "of", "on", "or", "over", "the", "to",
     "under", "up", "with")
)  # fmt: skip
_NAMED: dict[str, tuple[int, int, int]] = {
    "red": (200, 40, 40), "orange": (235, 140, 40), "yellow": (240, 215, 70), "green": (70, 150, 75),
    "mint": (150, 215, 185), "teal": (30, 130, 135), "sky blue": (140, 195, 235), "blue": (50, 90, 190),
    "navy": (25, 35, 85), "violet": (120, 75, 180), "pink": (235, 150, 185), "brown": (120, 80, 50),
    "black": (20, 20, 24), "grey": (128, 128, 130), "white": (240, 240, 238),
}  # fmt: skip


def describe(picture: Image.Image, count: int) -> Description:
    """Name the colours that fill most of a picture, in `count` forms of words."""
    few = picture.convert("RGB").resize((64, 64)).quantize(8).convert("RGB")
    found = sorted(few.getcolors(64 * 64) or [], key=lambda each: -each[0])
    names = list(dict.fromkeys(_nearest(colour) for _, colour in found if isinstance(colour, tuple)))
    names += [name for name in ("white", "grey", "black") if name not in names]
    return Description(prompts=tuple(form.format(*names) for form in _FORMS[:count]))


def weigh(prompt: str) -> Weights:
    """Weigh words as Doodle heeds them: colours decide the palette, the rest only which shapes come up."""
    return Weights(words=tuple(Weight(word=word, weight=_weight(word)) for word in prompt.split()))


def _weight(word: str) -> float:
    plain = "".join(letter for letter in word.lower() if letter.isalnum())
    if doodle.heeds(plain):
        return 1.0
    return 0.1 if plain in _SMALL or not plain else 0.4


def _nearest(colour: tuple[int, ...]) -> str:
    return min(_NAMED, key=lambda name: _apart(_NAMED[name], colour))


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    first, second = (colorsys.rgb_to_yiq(*(value / 255 for value in colour)) for colour in (one, other))
    return sum((a - b) ** 2 for a, b in zip(first, second, strict=True))
