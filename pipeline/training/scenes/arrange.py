"""Where each thing of a scene stands, and how big."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.training.scenes.scene import Scene


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One thing in the picture; x is a share of the width, y and size of the height."""

    thing: str
    colour: str
    x: float
    y: float
    size: float


# Offsets from the group's middle in halves of its span, and the size of each member in spans.
GROUPS: Mapping[int, tuple[Sequence[tuple[float, float]], float]] = {
    2: (((-0.52, 0), (0.52, 0)), 0.46),
    3: (((-0.52, 0.42), (0.52, 0.42), (0, -0.46)), 0.44),
    4: (((-0.52, -0.52), (0.52, -0.52), (-0.52, 0.52), (0.52, 0.52)), 0.44),
    5: (((-0.62, -0.58), (0.62, -0.58), (0, 0), (-0.62, 0.58), (0.62, 0.58)), 0.36),
}
# Offset of the first thing, in halves of the span; the other stands opposite.
SIDES: Mapping[str, tuple[float, float]] = {
    "above": (0, -0.54),
    "below": (0, 0.54),
    "left": (-0.54, 0),
    "right": (0.54, 0),
}


def arrange(scene: Scene) -> list[Placed]:
    """All things from back to front."""
    if scene.relation and scene.other and scene.other_colour:
        return _pair(scene, scene.relation, Placed(
            thing=scene.other, colour=scene.other_colour, x=scene.x, y=scene.y, size=scene.size
        ))  # fmt: skip
    if scene.count == 1:
        return [Placed(thing=scene.thing, colour=scene.colour, x=scene.x, y=scene.y, size=scene.size)]
    offsets, size = GROUPS[scene.count]
    rng = np.random.default_rng([scene.seed, scene.count])
    return [
        Placed(
            thing=scene.thing,
            colour=scene.colour,
            x=scene.x + dx * scene.size / 2 + float(rng.uniform(-0.015, 0.015)),
            y=scene.y + dy * scene.size / 2 + float(rng.uniform(-0.015, 0.015)),
            size=size * scene.size * float(rng.uniform(0.92, 1.06)),
        )
        for dx, dy in offsets
    ]


def _pair(scene: Scene, relation: str, other: Placed) -> list[Placed]:
    if relation == "inside":
        first = Placed(thing=scene.thing, colour=scene.colour, x=scene.x, y=scene.y, size=scene.size * 0.40)
        return [other, first]
    dx, dy = (side * scene.size / 2 for side in SIDES[relation])
    size = scene.size * 0.48
    return [
        Placed(thing=other.thing, colour=other.colour, x=scene.x - dx, y=scene.y - dy, size=size),
        Placed(thing=scene.thing, colour=scene.colour, x=scene.x + dx, y=scene.y + dy, size=size),
    ]
