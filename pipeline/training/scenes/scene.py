"""A scene as plain values, and how one is chosen from a seed."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.training.scenes.backdrops import LANDSCAPES
from pipeline.training.scenes.styles import STYLES
from pipeline.training.scenes.things import THINGS, Colour

COLOURS: Mapping[str, Colour] = {
    "red": (0.87, 0.13, 0.15),
    "orange": (0.98, 0.54, 0.10),
    "yellow": (0.99, 0.86, 0.18),
    "green": (0.16, 0.62, 0.25),
    "cyan": (0.14, 0.80, 0.82),
    "blue": (0.14, 0.34, 0.88),
    "purple": (0.50, 0.20, 0.72),
    "pink": (0.98, 0.50, 0.71),
    "brown": (0.48, 0.29, 0.15),
    "black": (0.09, 0.09, 0.11),
    "white": (0.96, 0.96, 0.95),
    "gray": (0.54, 0.55, 0.58),
}
BACKGROUNDS: tuple[str, ...] = (*LANDSCAPES, *COLOURS)
# A thing must be told from what is behind it: colours that a landscape is itself made of.
HIDDEN_ON: Mapping[str, frozenset[str]] = {
    "night": frozenset({"black", "blue", "purple"}),
    "sunset": frozenset({"orange", "brown", "purple"}),
    "sea": frozenset({"blue", "cyan"}),
    "meadow": frozenset({"green", "cyan"}),
    "snow": frozenset({"white", "gray"}),
    "desert": frozenset({"orange", "brown", "yellow"}),
    "forest": frozenset({"green"}),
    "rain": frozenset({"gray"}),
    "fog": frozenset({"white", "gray"}),
    "rainbow": frozenset({"green", "cyan"}),
}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a step of the curriculum draws."""

    things: Sequence[str]
    colours: Sequence[str] = tuple(COLOURS)
    landscapes: Sequence[str] = tuple(LANDSCAPES)
    size: tuple[float, float] = (0.56, 0.70)
    drift: float = 0.06
    landscape_share: float = 0.45
    styles: Sequence[str] = ("flat",)
    counts: Sequence[int] = (1,)
    relations: Sequence[str] = ()
    relation_share: float = 0.4
    names_sizes: bool = False
    only_held_out: bool = False
    # A share of the scenes is still drawn as an earlier stage drew all of its own, so that nothing is forgotten.
    earlier: Stage | None = None
    earlier_share: float = 0.0


RELATIONS = ("above", "below", "left", "right", "inside")
# Things that others fit into.
FRAMES = ("circle", "square", "hexagon", "heart", "diamond")
# Things whose outlines differ even on a grid of 16 by 16; the others wait for a larger model.
FIRST_STAGE = Stage(things=tuple(thing for thing in THINGS if thing not in {"hexagon", "cloud"}))
# Things of many small parts come up twice as often.
INTRICATE = ("house", "boat", "fish", "flower", "robot", "cat", "rocket")
WHOLE_STAGE = Stage(
    things=(*THINGS, *INTRICATE),
    styles=tuple(STYLES),
    counts=(1, 1, 1, 2, 3, 4, 5),
    relations=RELATIONS,
    relation_share=0.35,
    size=(0.26, 0.72),
    drift=0.16,
    names_sizes=True,
    earlier=FIRST_STAGE,
    earlier_share=0.3,
)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Things before a background; every number a share of the picture's height (x: of its width).

    With a count above one, `size` spans the whole group; with a relation, the first thing stands so to the `other`.
    """

    thing: str
    colour: str
    background: str
    x: float
    y: float
    size: float
    seed: int
    style: str = "flat"
    count: int = 1
    relation: str | None = None
    other: str | None = None
    other_colour: str | None = None
    names_size: bool = False

    @property
    def size_word(self) -> str | None:
        """The size that a caption may name; the middle goes without saying."""
        if not self.names_size or self.count > 1 or self.relation:
            return None
        return "small" if self.size < 0.36 else "large" if self.size > 0.58 else None


def attributes(stage: Stage) -> dict[str, tuple[str, ...]]:
    """What can be named, judged and measured in this stage, each with its values."""
    found: dict[str, tuple[str, ...]] = {
        "thing": tuple(THINGS),
        "colour": tuple(COLOURS),
        "background": BACKGROUNDS,
    }
    if len(stage.styles) > 1:
        found["style"] = tuple(STYLES)
    if len(stage.counts) > 1:
        found["count"] = ("2", "3", "4", "5")
    if stage.names_sizes:
        found["size"] = ("small", "large")
    if stage.relations:
        found |= {"relation": RELATIONS, "other": tuple(THINGS), "other_colour": tuple(COLOURS)}
    return found


def attributes_of(scene: Scene) -> dict[str, str]:
    """The value of every attribute that this scene has; a single, middle-sized, lone thing has no count or size."""
    values = {"thing": scene.thing, "colour": scene.colour, "background": scene.background, "style": scene.style}
    if scene.count > 1:
        values["count"] = str(scene.count)
    if scene.size_word:
        values["size"] = scene.size_word
    if scene.relation and scene.other and scene.other_colour:
        values |= {"relation": scene.relation, "other": scene.other, "other_colour": scene.other_colour}
    return values


# What stands below something has it above: a picture does not say which of the two was named first.
MIRRORED = {"below": "above", "right": "left"}


def sights(stage: Stage) -> dict[str, tuple[str, ...]]:
    """What can be seen in this stage's pictures, each with its values."""
    found = attributes(stage)
    if "count" in found:
        found["count"] = ("1", *found["count"])
    if "size" in found:
        found["size"] = ("small", "middle", "large")
    if "relation" in found:
        found["relation"] = tuple(relation for relation in RELATIONS if relation not in MIRRORED)
    return found


def sights_of(scene: Scene) -> dict[str, str]:
    """What anyone sees in a picture of this scene, whatever its caption said.

    Of two things, the upper or the left one comes first; a lone thing has a number and a size.
    """
    scene = _upright(scene)
    seen = attributes_of(scene)
    if not scene.relation:
        seen["count"] = str(scene.count)
        if scene.count == 1:
            seen["size"] = "small" if scene.size < 0.40 else "large" if scene.size > 0.54 else "middle"
    return seen


def asked_of(scene: Scene) -> dict[str, str]:
    """What a caption of this scene asks to see: all but the size that it does not name, and the plain style."""
    seen = sights_of(scene)
    if scene.size_word is None:
        seen.pop("size", None)
    if scene.style == "flat":
        del seen["style"]
    return seen


def _upright(scene: Scene) -> Scene:
    if scene.relation not in MIRRORED or scene.other is None or scene.other_colour is None:
        return scene
    return replace(
        scene,
        relation=MIRRORED[scene.relation],
        thing=scene.other,
        colour=scene.other_colour,
        other=scene.thing,
        other_colour=scene.colour,
    )


def in_a_mirror(scene: Scene) -> Scene:
    """What a picture of this scene shows when left and right change places."""
    swapped = {"left": "right", "right": "left"}
    return replace(scene, x=1 - scene.x, relation=swapped.get(scene.relation or "", scene.relation))


def held_out(scene: Scene) -> bool:
    """Whether this combination of thing, colour and background is kept from every training: one in ten."""
    return zlib.crc32(f"{scene.thing} {scene.colour} {scene.background}".encode()) % 10 == 0


def scene_at(stage: Stage, seed: int, index: int) -> Scene:
    """The `index`-th scene of an endless, reproducible series."""
    rng = random.Random(seed * 1_000_003 + index)
    while held_out(scene := _any_scene(stage, rng)) != stage.only_held_out:
        pass
    return scene


def _any_scene(stage: Stage, rng: random.Random) -> Scene:
    if stage.earlier and rng.random() < stage.earlier_share:
        return _any_scene(stage.earlier, rng)
    background = rng.choice(stage.landscapes if rng.random() < stage.landscape_share else stage.colours)
    hidden = HIDDEN_ON.get(background, frozenset({background}))
    visible = [colour for colour in stage.colours if colour not in hidden]
    scene = Scene(
        thing=rng.choice(stage.things),
        colour=rng.choice(visible),
        background=background,
        x=0.5 + rng.uniform(-stage.drift, stage.drift),
        y=0.5 + rng.uniform(-stage.drift, stage.drift),
        size=rng.uniform(*stage.size),
        seed=rng.randrange(1 << 30),
        names_size=stage.names_sizes,
    )
    # A stage draws no number for what it does not vary: later stages leave the scenes of earlier ones alone.
    if len(stage.styles) > 1:
        scene = replace(scene, style=rng.choice(stage.styles))
    if stage.relations and rng.random() < stage.relation_share:
        return _with_other(scene, stage, visible, rng)
    if len(stage.counts) > 1 and (count := rng.choice(stage.counts)) > 1:
        return replace(scene, count=count, size=rng.uniform(0.74, 0.86), x=0.5, y=0.5)
    return _kept_inside(scene) if stage.names_sizes else scene


def _with_other(scene: Scene, stage: Stage, visible: Sequence[str], rng: random.Random) -> Scene:
    relation = rng.choice(stage.relations)
    others = FRAMES if relation == "inside" else stage.things
    return replace(
        scene,
        relation=relation,
        other=rng.choice([thing for thing in others if thing != scene.thing]),
        other_colour=rng.choice([colour for colour in visible if colour != scene.colour]),
        size=rng.uniform(0.74, 0.86),
        x=0.5,
        y=0.5,
    )


def _kept_inside(scene: Scene) -> Scene:
    """The same scene, moved so far that the whole thing is in the picture."""
    margin = scene.size / 2 + 0.02
    return replace(scene, x=min(max(scene.x, margin), 1 - margin), y=min(max(scene.y, margin), 1 - margin))
