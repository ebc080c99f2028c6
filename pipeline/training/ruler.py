"""Judging without learning: cut the thing out of its background and compare with drawn ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.training.scenes.geometry import Grid
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import BACKGROUNDS, COLOURS, Scene

SIDE_PX = 40
TEMPLATE_PX = 256
# Sum over the three channels of the difference from the background, each 0 … 1.
DIFFERENT = 0.22


@dataclass(frozen=True)
class Cutout:
    """An outline in a square of 40×40, and the median colour inside it."""

    outline: Grid
    colour: npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The drawn thing, colour and background that fit best; thing and colour are None when nothing stands out."""

    thing: str | None
    colour: str | None
    background: str


def cut_out(picture: npt.NDArray[np.uint8]) -> Cutout | None:
    """Find what differs from the picture's left and right margins, row by row; None when nothing does."""
    values = picture.astype(np.float32) / 255
    margin = max(2, values.shape[1] // 16)
    sides = np.concatenate([values[:, :margin], values[:, -margin:]], 1)
    behind = np.median(sides, 1, keepdims=True)
    mask = np.abs(values - behind).sum(-1) > DIFFERENT
    rows, columns = _extent(mask.sum(1)), _extent(mask.sum(0))
    if rows is None or columns is None:
        return None
    inside = values[mask]
    centre = ((columns[0] + columns[1]) / 2, (rows[0] + rows[1]) / 2)
    half = max(columns[1] - columns[0], rows[1] - rows[0]) / 2
    box = (centre[0] - half, centre[1] - half, centre[0] + half, centre[1] + half)
    shrunk = Image.fromarray((mask * 255).astype(np.uint8)).transform(
        (SIDE_PX, SIDE_PX), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR
    )
    return Cutout(np.asarray(shrunk, np.float32) / np.float32(255), np.median(inside, 0))


def _extent(counts: npt.NDArray[np.int64]) -> tuple[int, int] | None:
    """First and last place with more than two pixels: specks do not stretch the box."""
    places = np.flatnonzero(counts > 2)
    return (int(places[0]), int(places[-1]) + 1) if len(places) > 4 else None


@cache
def _templates(things: tuple[str, ...]) -> list[tuple[str, str, Cutout]]:
    found: list[tuple[str, str, Cutout]] = []
    for thing in things:
        for colour in COLOURS:
            ground = "black" if colour in {"white", "gray", "yellow", "pink", "cyan"} else "white"
            scene = Scene(thing=thing, colour=colour, background=ground, x=0.5, y=0.5, size=0.64, seed=7)
            cutout = cut_out(render(scene, TEMPLATE_PX, TEMPLATE_PX))
            if cutout is not None:
                found.append((thing, colour, cutout))
    return found


def measure(picture: npt.NDArray[np.uint8], things: Sequence[str]) -> Measured:
    """Which of these things it is, in which colour, and before which background."""
    background = _nearest_background(picture)
    cutout = cut_out(picture)
    if cutout is None:
        return Measured(thing=None, colour=None, background=background)
    templates = _templates(tuple(things))
    apart = [float(np.square(cutout.outline - template.outline).mean()) for _, _, template in templates]
    thing = templates[int(np.argmin(apart))][0]
    shades = [(colour, template.colour) for name, colour, template in templates if name == thing]
    tints = [float(np.abs(cutout.colour - shade).sum()) for _, shade in shades]
    return Measured(thing=thing, colour=shades[int(np.argmin(tints))][0], background=background)


def _nearest_background(picture: npt.NDArray[np.uint8]) -> str:
    profile = _profile(picture)
    return min(_backgrounds(), key=lambda known: float(np.abs(known[1] - profile).mean()))[0]


@cache
def _backgrounds() -> list[tuple[str, Grid]]:
    """The margins of every background, drawn several times."""
    scenes = [
        Scene(thing="circle", colour="red", background=name, x=0.5, y=0.5, size=0.5, seed=seed)
        for name in BACKGROUNDS
        for seed in range(8)
    ]
    return [(scene.background, _profile(render(scene, 64, 64))) for scene in scenes]


def _profile(picture: npt.NDArray[np.uint8]) -> Grid:
    """Mean colour of the left and right margins at 16 heights: (16, 3) in 0 … 1."""
    margin = max(2, picture.shape[1] // 12)
    sides = np.concatenate([picture[:, :margin], picture[:, -margin:]], 1).astype(np.float32) / np.float32(255)
    rows: Grid = sides.mean(1)
    return rows.reshape(16, -1, 3).mean(1)
