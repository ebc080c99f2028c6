"""Signed distances in numpy: negative inside, positive outside, in the unit of their arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Grid = npt.NDArray[np.float32]
Distance = Callable[[Grid, Grid], Grid]
Point = tuple[float, float]


def disc(radius: float, cx: float = 0.0, cy: float = 0.0) -> Distance:
    return lambda u, v: np.hypot(u - cx, v - cy) - radius


def box(half_width: float, half_height: float, cx: float = 0.0, cy: float = 0.0, corner: float = 0.0) -> Distance:
    """Axis-parallel rectangle with rounded corners."""

    def distance(u: Grid, v: Grid) -> Grid:
        dx = np.abs(u - cx) - (half_width - corner)
        dy = np.abs(v - cy) - (half_height - corner)
        outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
        return outside + np.minimum(np.maximum(dx, dy), 0) - corner

    return distance


def ellipse(half_width: float, half_height: float, cx: float = 0.0, cy: float = 0.0) -> Distance:
    """Ellipse; the distance is first order (exact on the edge, good near it)."""

    def distance(u: Grid, v: Grid) -> Grid:
        x, y = (u - cx) / half_width, (v - cy) / half_height
        radius = np.hypot(x, y)
        slope = np.hypot(x / half_width, y / half_height) + np.float32(1e-6)
        return radius * (radius - 1) / slope

    return distance


def polygon(points: Sequence[Point], rounding: float = 0.0) -> Distance:
    """Any simple polygon, grown by `rounding`.

    Edge distance by projection, sign by counting the edges that a ray to the right crosses.
    """

    def distance(u: Grid, v: Grid) -> Grid:
        nearest = np.full(u.shape, 1e9, np.float32)
        inside = np.zeros(u.shape, bool)
        for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
            ex, ey = bx - ax, by - ay
            wx, wy = u - ax, v - ay
            along = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey), 0, 1)
            nearest = np.minimum(nearest, (wx - ex * along) ** 2 + (wy - ey * along) ** 2)
            if ey != 0:
                inside ^= ((ay > v) != (by > v)) & (wx < ex * wy / ey)
        edge = np.sqrt(nearest)
        return np.where(inside, -edge, edge) - np.float32(rounding)

    return distance


def regular(corners: int, radius: float, turn: float = 0.0) -> Distance:
    angles = [turn + 2 * math.pi * i / corners for i in range(corners)]
    return polygon([(radius * math.sin(a), -radius * math.cos(a)) for a in angles])


def star(points: int, outer: float, inner: float) -> Distance:
    angles = [math.pi * i / points for i in range(2 * points)]
    radii = [outer if i % 2 == 0 else inner for i in range(2 * points)]
    return polygon([(r * math.sin(a), -r * math.cos(a)) for r, a in zip(radii, angles, strict=True)], 0.03)


def wavy_disc(radius: float, depth: float, waves: int, cy: float = 0.0) -> Distance:
    """A disc whose rim swings in and out: petals or rays."""

    def distance(u: Grid, v: Grid) -> Grid:
        angle = np.arctan2(v - cy, u)
        return (np.hypot(u, v - cy) - radius - depth * np.cos(angle * waves)) * np.float32(0.65)

    return distance


def heart() -> Distance:
    """Two discs over a wedge, mirrored at the vertical axis."""
    lobe = disc(0.5, 0.44, -0.34)
    wedge = polygon([(0.0, -0.45), (0.86, -0.09), (0.0, 0.88), (-0.86, -0.09)], 0.02)
    return lambda u, v: np.minimum(lobe(np.abs(u), v), wedge(u, v))


def union(*shapes: Distance) -> Distance:
    def distance(u: Grid, v: Grid) -> Grid:
        nearest = shapes[0](u, v)
        for shape in shapes[1:]:
            nearest = np.minimum(nearest, shape(u, v))
        return nearest

    return distance


def without(shape: Distance, hole: Distance) -> Distance:
    return lambda u, v: np.maximum(shape(u, v), -hole(u, v))


def both(a: Distance, b: Distance) -> Distance:
    return lambda u, v: np.maximum(a(u, v), b(u, v))


def outline(shape: Distance, half_width: float) -> Distance:
    return lambda u, v: np.abs(shape(u, v)) - np.float32(half_width)


def mirrored(shape: Distance) -> Distance:
    """The shape and its mirror image at the vertical axis."""
    return lambda u, v: shape(np.abs(u), v)
