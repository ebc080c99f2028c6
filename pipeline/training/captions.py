"""Sentences for scenes: synonyms, word order, three languages, things left unsaid, and harmless words in between."""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.training.scenes.backdrops import LANDSCAPES
from pipeline.training.scenes.scene import Scene, attributes_of
from pipeline.training.words import (
    CHINESE_COLOURS,
    CHINESE_PLACES,
    CHINESE_THINGS,
    COLOUR_WORDS,
    NUMBER_WORDS,
    OPENINGS,
    OTHER_WORDS,
    PLACE_WORDS,
    PLURALS,
    PRAISE,
    RELATION_WORDS,
    RUSSIAN_COLOURS,
    RUSSIAN_PLACES,
    RUSSIAN_THINGS,
    SIZE_WORDS,
    STYLE_WORDS,
    THING_WORDS,
)

Said = Mapping[str, str]
UNNAMED = ("thing", "shape", "object", "picture")


@dataclass(frozen=True, kw_only=True)
class Caption:
    """A sentence, and the attributes that it names; what is missing was left unsaid."""

    text: str
    said: Mapping[str, str]


def plain_caption(scene: Scene) -> str:
    """Every attribute in its canonical word: "a red star on a blue background"."""
    if scene.background in LANDSCAPES:
        place = PLACE_WORDS[scene.background][0]
    else:
        place = f"on {_article(scene.background)} background"
    size = f"{scene.size_word} " if scene.size_word else ""
    name = f"{size}{scene.colour} {THING_WORDS[scene.thing][0]}"
    text = f"{NUMBER_WORDS[scene.count][0]} {plural(name)}" if scene.count > 1 else _article(name)
    if scene.relation and scene.other:
        other = _article(f"{scene.other_colour} {THING_WORDS[scene.other][0]}")
        text = f"{text} {RELATION_WORDS[scene.relation][0]} {other}"
    style = f", {STYLE_WORDS[scene.style][0]}" if scene.style != "flat" else ""
    return f"{text} {place}{style}"


def brief_caption(scene: Scene) -> str:
    """Colour and thing alone, as many as there are: "three red stars"."""
    name = f"{scene.colour} {THING_WORDS[scene.thing][0]}"
    return f"{NUMBER_WORDS[scene.count][0]} {plural(name)}" if scene.count > 1 else _article(name)


def caption(scene: Scene, rng: random.Random) -> Caption:
    """Any of very many ways to say what a scene shows; now and then something is left out."""
    chances = {"thing": 0.97, "colour": 0.92, "background": 0.88, "style": 0.45 if scene.style == "flat" else 0.93}
    values = attributes_of(scene)
    said = {name: value for name, value in values.items() if rng.random() < chances.get(name, 1.0)}
    simple = scene.style == "flat" and scene.count == 1 and not scene.relation and not scene.size_word
    language = rng.random() if simple else 0.0
    sentence = _english if language < 0.84 else _russian if language < 0.92 else _chinese
    return Caption(text=_scatter(sentence(said, rng), rng), said=said)


def _article(phrase: str) -> str:
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def plural(phrase: str) -> str:
    """Of several: "red star" becomes "red stars"."""
    *before, last = phrase.split(" ")
    return " ".join([*before, PLURALS.get(last, f"{last}s")])


def _english(said: Said, rng: random.Random) -> str:
    phrase = _english_thing(said, rng)
    if "relation" in said:
        other = f"{rng.choice(COLOUR_WORDS[said['other_colour']])} {rng.choice(THING_WORDS[said['other']])}"
        phrase = f"{phrase} {rng.choice(RELATION_WORDS[said['relation']])} {_article(other)}"
    if rng.random() < 0.15:
        phrase = f"{rng.choice(OPENINGS)} {phrase}"
    return _styled(_placed(phrase, _english_place(said.get("background"), rng), rng), said.get("style"), rng)


def _english_thing(said: Said, rng: random.Random) -> str:
    colour = rng.choice(COLOUR_WORDS[said["colour"]]) if "colour" in said else ""
    thing = rng.choice(THING_WORDS[said["thing"]]) if "thing" in said else rng.choice(UNNAMED)
    praise = rng.choice(PRAISE) if rng.random() < 0.1 else ""
    size = rng.choice(SIZE_WORDS[said["size"]]) if "size" in said else ""
    phrase = " ".join(word for word in (praise, size, colour, thing) if word)
    if "count" in said:
        return f"{rng.choice(NUMBER_WORDS[int(said['count'])])} {plural(phrase)}"
    if colour and rng.random() < 0.08:
        phrase = f"{praise} {size} {thing} in {colour}".strip().replace("  ", " ")
    manner = rng.random()
    return _article(phrase) if manner < 0.75 else f"the {phrase}" if manner < 0.82 else phrase


def _styled(text: str, style: str | None, rng: random.Random) -> str:
    if style is None:
        return text
    word, manner = rng.choice(STYLE_WORDS[style]), rng.random()
    if manner < 0.5:
        return f"{text}, {word}{rng.choice(('', '', ' style'))}"
    if manner < 0.7:
        return f"{_article(word)} {rng.choice(('painting', 'picture', 'image', 'artwork'))} of {text}"
    return f"{word}, {text}" if manner < 0.85 else f"{text} in {word} style"


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


def _russian(said: Said, rng: random.Random) -> str:
    thing, gender = RUSSIAN_THINGS[said["thing"]] if "thing" in said else ("предмет", 0)
    phrase = f"{RUSSIAN_COLOURS[said['colour']][gender]} {thing}" if "colour" in said else thing
    background = said.get("background")
    place = ""
    if background is not None and background in RUSSIAN_PLACES:
        place = rng.choice(RUSSIAN_PLACES[background])
    elif background is not None:
        # "on a red background": prepositional case, -ый/-ий becomes -ом/-ем.
        adjective = RUSSIAN_COLOURS[background][0]
        place = f"на {adjective[:-2]}{'ем' if adjective.endswith('ний') else 'ом'} фоне"
    return _placed(phrase, place, rng).replace("ё", "е" if rng.random() < 0.4 else "ё")


def _chinese(said: Said, rng: random.Random) -> str:
    thing = CHINESE_THINGS[said["thing"]] if "thing" in said else "图案"
    if "colour" in said and rng.random() < 0.15:
        thing = CHINESE_COLOURS[said["colour"]].removesuffix("色") + thing
    elif "colour" in said:
        thing = CHINESE_COLOURS[said["colour"]] + rng.choice(("的", "", " ")) + thing
    background = said.get("background")
    if background is None:
        return thing
    known = background in CHINESE_PLACES
    place = CHINESE_PLACES[background] if known else CHINESE_COLOURS[background] + "背景"
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
