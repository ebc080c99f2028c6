"""Sentences for scenes: synonyms, word order, three languages, things left unsaid, and harmless words in between."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass

from pipeline.training.scenes.backdrops import LANDSCAPES
from pipeline.training.scenes.scene import Scene
from pipeline.training.words import (
    CHINESE_COLOURS,
    CHINESE_PLACES,
    CHINESE_THINGS,
    COLOUR_WORDS,
    OPENINGS,
    OTHER_WORDS,
    PLACE_WORDS,
    PRAISE,
    RUSSIAN_COLOURS,
    RUSSIAN_PLACES,
    RUSSIAN_THINGS,
    THING_WORDS,
)


@dataclass(frozen=True, kw_only=True)
class Caption:
    """A sentence, and which attributes it names; None means left unsaid."""

    text: str
    thing: str | None
    colour: str | None
    background: str | None


def plain_caption(scene: Scene) -> str:
    """Every attribute in its canonical word: "a red star on a blue background"."""
    if scene.background in LANDSCAPES:
        place = PLACE_WORDS[scene.background][0]
    else:
        place = f"on {_article(scene.background)} background"
    return f"{_article(f'{scene.colour} {THING_WORDS[scene.thing][0]}')} {place}"


def caption(scene: Scene, rng: random.Random) -> Caption:
    """Any of very many ways to say what a scene shows; now and then something is left out."""
    said = Caption(
        text="",
        thing=None if rng.random() < 0.03 else scene.thing,
        colour=None if rng.random() < 0.08 else scene.colour,
        background=None if rng.random() < 0.12 else scene.background,
    )
    language = rng.random()
    sentence = _english if language < 0.84 else _russian if language < 0.92 else _chinese
    text = _scatter(sentence(said, rng), rng)
    return Caption(text=text, thing=said.thing, colour=said.colour, background=said.background)


def _article(phrase: str) -> str:
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def _english(said: Caption, rng: random.Random) -> str:
    colour = rng.choice(COLOUR_WORDS[said.colour]) if said.colour else ""
    thing = rng.choice(THING_WORDS[said.thing]) if said.thing else rng.choice(("thing", "shape", "object", "picture"))
    praise = rng.choice(PRAISE) if rng.random() < 0.1 else ""
    phrase = " ".join(word for word in (praise, colour, thing) if word)
    if colour and rng.random() < 0.08:
        phrase = f"{praise} {thing} in {colour}".strip()
    manner = rng.random()
    phrase = _article(phrase) if manner < 0.75 else f"the {phrase}" if manner < 0.82 else phrase
    if rng.random() < 0.15:
        phrase = f"{rng.choice(OPENINGS)} {phrase}"
    return _placed(phrase, _english_place(said.background, rng), rng)


def _english_place(background: str | None, rng: random.Random) -> str:
    if background is None:
        return ""
    if background in PLACE_WORDS:
        return rng.choice(PLACE_WORDS[background])
    colour = rng.choice(COLOUR_WORDS[background])
    pattern = rng.choice(("on {a} background", "on {a} background", "{c} background", "with {a} background", "on {c}"))
    return pattern.format(a=_article(colour), c=colour)


def _placed(phrase: str, place: str, rng: random.Random) -> str:
    if not place:
        return phrase
    order = rng.random()
    return f"{phrase} {place}" if order < 0.75 else f"{phrase}, {place}" if order < 0.88 else f"{place}, {phrase}"


def _russian(said: Caption, rng: random.Random) -> str:
    thing, gender = RUSSIAN_THINGS[said.thing] if said.thing else ("предмет", 0)
    phrase = f"{RUSSIAN_COLOURS[said.colour][gender]} {thing}" if said.colour else thing
    place = ""
    if said.background is not None and said.background in RUSSIAN_PLACES:
        place = rng.choice(RUSSIAN_PLACES[said.background])
    elif said.background is not None:
        # "on a red background": prepositional case, -ый/-ий becomes -ом/-ем.
        adjective = RUSSIAN_COLOURS[said.background][0]
        place = f"на {adjective[:-2]}{'ем' if adjective.endswith('ний') else 'ом'} фоне"
    return _placed(phrase, place, rng).replace("ё", "е" if rng.random() < 0.4 else "ё")


def _chinese(said: Caption, rng: random.Random) -> str:
    thing = CHINESE_THINGS[said.thing] if said.thing else "图案"
    if said.colour and rng.random() < 0.15:
        thing = CHINESE_COLOURS[said.colour].removesuffix("色") + thing
    elif said.colour:
        thing = CHINESE_COLOURS[said.colour] + rng.choice(("的", "", " ")) + thing
    if said.background is None:
        return thing
    known = said.background in CHINESE_PLACES
    place = CHINESE_PLACES[said.background] if known else CHINESE_COLOURS[said.background] + "背景"
    return rng.choice((f"{place}上的{thing}", f"{thing}，{place}", f"{thing} {place}"))


def _scatter(text: str, rng: random.Random) -> str:
    """Praise at the end, and sometimes words that mean nothing here."""
    for _ in range(rng.choices((0, 1, 2, 4), (60, 25, 10, 5))[0]):
        text += f", {rng.choice(PRAISE)}"
    for _ in range(rng.choices((0, 1, 2, 5), (70, 18, 8, 4))[0]):
        words = text.split(" ")
        words.insert(rng.randrange(len(words) + 1), _meaningless(rng))
        text = " ".join(words)
    return text.capitalize() if rng.random() < 0.15 else text


def _meaningless(rng: random.Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(OTHER_WORDS)
    return "".join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(3, 9)))
