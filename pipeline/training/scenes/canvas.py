"""A float picture that shapes, gradients and hills are painted on, antialiased at any size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.training.scenes.geometry import Grid
from pipeline.training.scenes.things import Colour, Part

Stops = Sequence[tuple[float, Colour]]
Window = tuple[slice, slice]


@dataclass(frozen=True)
class Stroke:
    """One part of a thing, ready to be painted: where, in which paint, and how big the whole thing is."""

    where: Window
    distance: Grid
    paint: Grid
    v: Grid
    half: float


Brush = Callable[["Canvas", Stroke], None]


class Canvas:
    """The picture under the brush; lengths are shares of its height, x runs from 0 to width/height."""

    def __init__(self, width_px: int, height_px: int, seed: int = 0) -> None:
        self.seed = seed
        self.width_px, self.height_px = width_px, height_px
        self.pixel = 1.0 / height_px
        self.aspect = width_px / height_px
        self.x: Grid = ((np.arange(width_px, dtype=np.float32) + np.float32(0.5)) / np.float32(height_px))[None, :]
        self.y: Grid = ((np.arange(height_px, dtype=np.float32) + np.float32(0.5)) / np.float32(height_px))[:, None]
        self.image: Grid = np.zeros((height_px, width_px, 3), np.float32)

    def cover(self, distance: Grid, softness: float = 0.0) -> Grid:
        """How much of each pixel lies inside, 0 … 1; `softness` widens the edge."""
        return np.clip(0.5 - distance / np.float32(self.pixel + softness), 0, 1)

    def gradient(self, stops: Stops) -> None:
        """Fill everything with colours that change from top to bottom."""
        at = [place for place, _ in stops]
        columns = [np.interp(self.y[:, 0], at, [colour[i] for _, colour in stops]) for i in range(3)]
        self.image[:] = np.stack(columns, -1).astype(np.float32)[:, None, :]

    def lay(self, cover: Grid, colour: Colour | Grid, where: Window | None = None) -> None:
        """Paint a colour through a mask."""
        region = self.image[where] if where else self.image
        mask = cover[..., None]
        region += mask * (np.asarray(colour, np.float32) - region)

    def ground(self, horizon: Grid, top: Colour, bottom: Colour) -> None:
        """Fill below a horizon (one height per column), shading from `top` to `bottom`."""
        first = max(0, int(float(horizon.min()) * self.height_px) - 1)
        y = self.y[first:]
        depth = np.clip((y - horizon) / np.float32(max(0.05, 1 - float(horizon.min()))), 0, 1)[..., None]
        paint = np.asarray(top, np.float32) * (1 - depth) + np.asarray(bottom, np.float32) * depth
        self.lay(self.cover(horizon - y), paint, (slice(first, None), slice(None)))

    def wave(self, base: float, swing: float, bumps: int, rng: np.random.Generator) -> Grid:
        """A smooth random line across the picture: one height per column, shape (1, width)."""
        heights = rng.random((1, bumps + 2)).astype(np.float32)
        line = np.asarray(Image.fromarray(heights).resize((self.width_px, 1), Image.Resampling.BICUBIC))
        return np.float32(base) + np.float32(swing) * (line * 2 - 1)

    def cloudiness(self, cells: int, rng: np.random.Generator) -> Grid:
        """Smooth noise between 0 and 1 over the whole picture, the same at every size."""
        across = max(2, round(cells * self.aspect))
        total: npt.NDArray[np.float32] = np.zeros((self.height_px, self.width_px), np.float32)
        for octave, share in ((1, 0.67), (2, 0.33)):
            seeds = rng.random((cells * octave, across * octave)).astype(np.float32)
            grown = Image.fromarray(seeds).resize((self.width_px, self.height_px), Image.Resampling.BICUBIC)
            total += np.float32(share) * np.asarray(grown)
        return total

    def spots(self, centres: npt.NDArray[np.float64], brightness: float) -> None:
        """Small soft dots; rows of `centres` are x, y, radius in shares of the height."""
        for x, y, radius in centres:
            reach = 3 * radius + 2 * self.pixel
            where = self._window(x * self.aspect, y, reach)
            if where is None:
                continue
            far = np.hypot(self.x[:, where[1]] - x * self.aspect, self.y[where[0]] - y)
            self.lay(np.float32(brightness) * self.cover(far - radius, radius), (1.0, 1.0, 1.0), where)

    def thing(
        self, parts: Sequence[Part], colour: Colour, centre: tuple[float, float], size: float, brush: Brush
    ) -> None:
        """Paint a thing part by part; `size` is its height."""
        half = size / 2
        where = self._window(centre[0], centre[1], half * 1.06 + 0.05)
        if where is None:
            return
        u = (self.x[:, where[1]] - centre[0]) / np.float32(half)
        v = (self.y[where[0]] - centre[1]) / np.float32(half)
        u, v = np.broadcast_arrays(u, v)
        for part in parts:
            paint = np.asarray(part.paint(colour), np.float32)
            brush(self, Stroke(where, part.shape(u, v) * np.float32(half), paint, v, half))

    def texture(self, cells: int) -> Grid:
        """Cloudiness that belongs to this picture: the same at every call."""
        return self.cloudiness(cells, np.random.default_rng([self.seed, cells]))

    def hatching(self, lines: int) -> Grid:
        """Slanting waves, −1 … 1, a little bent; the same in every picture, so that a painter can know them."""
        bent = np.float32(0.8) * np.sin((self.x - self.y) * np.float32(2 * math.pi * 1.5))
        return np.sin((self.x * np.float32(0.8) + self.y) * np.float32(2 * math.pi * lines) + bent)

    def panes(self, across: float = 3.0) -> tuple[Grid, Grid]:
        """A leaded window: the brightness of each diamond pane, 0 … 1, and the cover of the lead between panes.

        The lattice is the same in every picture, so that a painter can know it; the brightness is not.
        """
        rising, falling = (self.x + self.y) * np.float32(across), (self.x - self.y) * np.float32(across)
        light = np.random.default_rng([self.seed, 6]).random((64, 64)).astype(np.float32)
        row, column = np.floor(rising).astype(np.int64), np.floor(falling).astype(np.int64)
        edge = np.minimum(np.abs(rising - np.round(rising)), np.abs(falling - np.round(falling)))
        # Both families of lines run at 45 degrees: a step across them is shorter than one along x.
        away = edge / np.float32(across * math.sqrt(2))
        return light[row % 64, column % 64], self.cover(away - np.float32(0.008))

    def pixels(self) -> npt.NDArray[np.uint8]:
        """The picture as (height, width, 3) bytes."""
        return (np.clip(self.image, 0, 1) * 255 + 0.5).astype(np.uint8)

    def _window(self, cx: float, cy: float, reach: float) -> Window | None:
        left, right = (int((cx + side * reach) * self.height_px) for side in (-1, 1))
        top, bottom = (int((cy + side * reach) * self.height_px) for side in (-1, 1))
        columns = slice(max(0, left), min(self.width_px, right + 2))
        rows = slice(max(0, top), min(self.height_px, bottom + 2))
        return (rows, columns) if rows.stop > rows.start and columns.stop > columns.start else None
