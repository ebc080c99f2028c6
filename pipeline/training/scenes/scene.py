"""A scene as plain values, how one is chosen from a seed, and how it is drawn."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.training.scenes.backdrops import LANDSCAPES, plain
from pipeline.training.scenes.canvas import Canvas
from pipeline.training.scenes.things import THINGS, Colour, Part, always

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
    only_held_out: bool = False


# Things whose outlines differ even on a grid of 16 by 16; the others wait for a larger model.
FIRST_STAGE = Stage(things=tuple(thing for thing in THINGS if thing not in {"hexagon", "cloud"}))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One thing before a background; every number a share of the picture's height (x: of its width)."""

    thing: str
    colour: str
    background: str
    x: float
    y: float
    size: float
    seed: int


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
    background = rng.choice(stage.landscapes if rng.random() < stage.landscape_share else stage.colours)
    hidden = HIDDEN_ON.get(background, frozenset({background}))
    return Scene(
        thing=rng.choice(stage.things),
        colour=rng.choice([colour for colour in stage.colours if colour not in hidden]),
        background=background,
        x=0.5 + rng.uniform(-stage.drift, stage.drift),
        y=0.5 + rng.uniform(-stage.drift, stage.drift),
        size=rng.uniform(*stage.size),
        seed=rng.randrange(1 << 30),
    )


def render(scene: Scene, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
    """Draw a scene: (height, width, 3) bytes, the same picture at every size up to sharpness."""
    canvas = Canvas(width_px, height_px)
    rng = np.random.default_rng(scene.seed)
    if scene.background in LANDSCAPES:
        LANDSCAPES[scene.background](canvas, rng)
    else:
        plain(canvas, COLOURS[scene.background], rng)
    centre = (scene.x * canvas.aspect, scene.y)
    canvas.thing(THINGS[scene.thing], COLOURS[scene.colour], centre, scene.size)
    return canvas.pixels()


def silhouette(scene: Scene, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
    """Where the thing stands: (height, width) bytes, 255 inside it."""
    canvas = Canvas(width_px, height_px)
    white = [Part(shape=part.shape, paint=always((1.0, 1.0, 1.0))) for part in THINGS[scene.thing]]
    canvas.thing(white, (1.0, 1.0, 1.0), (scene.x * canvas.aspect, scene.y), scene.size)
    return np.asarray(np.clip(canvas.image.max(-1), 0, 1) * 255, np.uint8)
