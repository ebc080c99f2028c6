"""What can stand in a scene: every thing is a stack of painted parts inside the square from −1 to 1, y downwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.training.scenes.geometry import (
    Distance,
    both,
    box,
    disc,
    ellipse,
    heart,
    mirrored,
    outline,
    polygon,
    regular,
    star,
    union,
    wavy_disc,
    without,
)

Colour = tuple[float, float, float]
Paint = Callable[[Colour], Colour]

CREAM: Colour = (0.97, 0.92, 0.80)
INK: Colour = (0.12, 0.11, 0.15)
BARK: Colour = (0.44, 0.28, 0.16)
LEAF: Colour = (0.22, 0.56, 0.24)
GLOW: Colour = (1.0, 0.88, 0.50)
FLAME: Colour = (1.0, 0.62, 0.12)


def blend(a: Colour, b: Colour, share: float) -> Colour:
    """The colour `share` of the way from a to b."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def own(colour: Colour) -> Colour:
    return colour


def shade(share: float) -> Paint:
    return lambda colour: blend(colour, (0.02, 0.02, 0.06), share)


def tint(share: float) -> Paint:
    return lambda colour: blend(colour, (1.0, 1.0, 1.0), share)


def always(fixed: Colour) -> Paint:
    return lambda _colour: fixed


@dataclass(frozen=True, kw_only=True)
class Part:
    """One painted piece; `paint` turns the thing's own colour into the piece's."""

    shape: Distance
    paint: Paint = own


def _plain(shape: Distance) -> tuple[Part, ...]:
    return (Part(shape=shape),)


def _tree() -> Sequence[Part]:
    return (
        Part(shape=box(0.12, 0.34, 0, 0.64, 0.03), paint=always(BARK)),
        Part(shape=polygon([(0, -0.42), (0.78, 0.56), (-0.78, 0.56)], 0.03), paint=shade(0.16)),
        Part(shape=polygon([(0, -0.72), (0.62, 0.12), (-0.62, 0.12)], 0.03), paint=shade(0.06)),
        Part(shape=polygon([(0, -0.96), (0.45, -0.32), (-0.45, -0.32)], 0.03), paint=tint(0.06)),
    )


def _house() -> Sequence[Part]:
    return (
        Part(shape=box(0.70, 0.55, 0, 0.40, 0.02)),
        Part(shape=polygon([(0, -0.92), (0.94, -0.08), (-0.94, -0.08)], 0.03), paint=shade(0.42)),
        Part(shape=box(0.17, 0.33, 0, 0.62, 0.02), paint=shade(0.62)),
        Part(shape=mirrored(box(0.15, 0.15, 0.43, 0.28, 0.02)), paint=always(GLOW)),
    )


def _boat() -> Sequence[Part]:
    return (
        Part(shape=box(0.045, 0.78, 0, -0.20), paint=always(BARK)),
        Part(shape=polygon([(0.10, -0.92), (0.80, 0.30), (0.10, 0.30)], 0.02), paint=tint(0.30)),
        Part(shape=polygon([(-0.10, -0.70), (-0.10, 0.30), (-0.66, 0.30)], 0.02), paint=tint(0.55)),
        Part(shape=polygon([(-0.94, 0.42), (0.94, 0.42), (0.62, 0.88), (-0.62, 0.88)], 0.03)),
    )


def _fish() -> Sequence[Part]:
    return (
        Part(shape=polygon([(0.40, 0), (0.94, -0.52), (0.82, 0), (0.94, 0.52)], 0.03), paint=shade(0.20)),
        Part(shape=polygon([(-0.20, -0.36), (0.24, -0.70), (0.34, -0.24)], 0.04), paint=shade(0.20)),
        Part(shape=ellipse(0.80, 0.50, -0.16, 0)),
        Part(shape=disc(0.14, -0.56, -0.10), paint=always(CREAM)),
        Part(shape=disc(0.075, -0.59, -0.10), paint=always(INK)),
    )


def _flower() -> Sequence[Part]:
    return (
        Part(shape=box(0.06, 0.46, 0, 0.52, 0.02), paint=always(LEAF)),
        Part(shape=ellipse(0.30, 0.13, 0.30, 0.62), paint=always(LEAF)),
        Part(shape=wavy_disc(0.50, 0.17, 6, -0.28)),
        Part(shape=disc(0.20, 0, -0.28), paint=lambda c: GLOW if c[2] > 0.3 or c[1] < 0.45 else BARK),
    )


def _balloon() -> Sequence[Part]:
    return (
        Part(shape=box(0.028, 0.30, 0, 0.70), paint=always((0.42, 0.42, 0.46))),
        Part(shape=polygon([(0, 0.34), (0.13, 0.54), (-0.13, 0.54)], 0.01), paint=shade(0.2)),
        Part(shape=ellipse(0.64, 0.72, 0, -0.26)),
        Part(shape=ellipse(0.11, 0.19, -0.26, -0.50), paint=tint(0.65)),
    )


def _mushroom() -> Sequence[Part]:
    cap = both(ellipse(0.92, 0.90, 0, 0.08), lambda _u, v: v - 0.12)
    return (
        Part(shape=box(0.25, 0.48, 0, 0.46, 0.14), paint=always(CREAM)),
        Part(shape=cap),
        Part(shape=union(disc(0.15, -0.42, -0.22), disc(0.17, 0.08, -0.46), disc(0.13, 0.50, -0.14)), paint=tint(0.80)),
    )


def _rocket() -> Sequence[Part]:
    return (
        Part(shape=polygon([(-0.18, 0.62), (0.18, 0.62), (0, 0.98)], 0.02), paint=always(FLAME)),
        Part(shape=mirrored(polygon([(0.26, 0.08), (0.66, 0.72), (0.22, 0.60)], 0.02)), paint=shade(0.38)),
        Part(shape=both(ellipse(0.38, 1.0, 0, 0.05), lambda _u, v: v - 0.64)),
        Part(shape=disc(0.20, 0, -0.20), paint=shade(0.55)),
        Part(shape=disc(0.14, 0, -0.20), paint=always((0.66, 0.88, 0.98))),
    )


def _cat() -> Sequence[Part]:
    return (
        Part(shape=outline(disc(0.32, 0.50, 0.46), 0.09), paint=shade(0.14)),
        Part(shape=ellipse(0.46, 0.54, 0, 0.44)),
        Part(shape=mirrored(polygon([(0.50, -0.96), (0.10, -0.62), (0.52, -0.26)], 0.02))),
        Part(shape=ellipse(0.54, 0.45, 0, -0.30), paint=tint(0.07)),
        Part(shape=mirrored(ellipse(0.085, 0.115, 0.20, -0.36)), paint=lambda c: GLOW if sum(c) < 1.5 else INK),
        Part(shape=disc(0.06, 0, -0.17), paint=always((0.96, 0.52, 0.58))),
    )


def _sun() -> Sequence[Part]:
    return (
        Part(shape=wavy_disc(0.80, 0.16, 12), paint=tint(0.30)),
        Part(shape=disc(0.60)),
    )


def _cloud() -> Sequence[Part]:
    puffs = union(disc(0.36, -0.50, 0.10), disc(0.50, 0, -0.12), disc(0.38, 0.50, 0.08), box(0.62, 0.20, 0, 0.26, 0.18))
    return (Part(shape=puffs),)


def _mountain() -> Sequence[Part]:
    snow = [(-0.20, -0.86), (0.08, -0.36), (-0.08, -0.46), (-0.22, -0.28), (-0.36, -0.46), (-0.48, -0.36)]
    return (
        Part(shape=polygon([(0.46, -0.36), (0.98, 0.78), (-0.3, 0.78)], 0.02), paint=shade(0.24)),
        Part(shape=polygon([(-0.20, -0.88), (0.72, 0.78), (-0.98, 0.78)], 0.02)),
        Part(shape=polygon(snow, 0.02), paint=always((0.97, 0.98, 1.0))),
    )


def _robot() -> Sequence[Part]:
    return (
        Part(shape=mirrored(box(0.13, 0.20, 0.26, 0.78, 0.03)), paint=shade(0.36)),
        Part(shape=mirrored(box(0.10, 0.32, 0.68, 0.32, 0.08)), paint=shade(0.26)),
        Part(shape=union(box(0.035, 0.16, 0, -0.80), disc(0.08, 0, -0.92)), paint=shade(0.40)),
        Part(shape=box(0.52, 0.38, 0, 0.34, 0.08)),
        Part(shape=box(0.46, 0.34, 0, -0.42, 0.10), paint=tint(0.12)),
        Part(shape=mirrored(disc(0.12, 0.19, -0.46)), paint=always(GLOW)),
        Part(shape=box(0.22, 0.04, 0, -0.20, 0.02), paint=always(INK)),
    )


def _moon() -> Sequence[Part]:
    return _plain(without(disc(0.92), disc(0.74, 0.42, -0.16)))


THINGS: Mapping[str, Sequence[Part]] = {
    "circle": _plain(disc(0.92)),
    "square": _plain(box(0.84, 0.84, corner=0.06)),
    "triangle": _plain(polygon([(0, -0.90), (0.98, 0.80), (-0.98, 0.80)], 0.02)),
    "star": _plain(star(5, 0.98, 0.42)),
    "heart": _plain(heart()),
    "ring": _plain(outline(disc(0.68), 0.24)),
    "diamond": _plain(polygon([(0, -0.98), (0.66, 0), (0, 0.98), (-0.66, 0)])),
    "hexagon": _plain(regular(6, 0.98)),
    "sun": _sun(),
    "moon": _moon(),
    "tree": _tree(),
    "house": _house(),
    "mountain": _mountain(),
    "boat": _boat(),
    "fish": _fish(),
    "flower": _flower(),
    "balloon": _balloon(),
    "robot": _robot(),
    "cloud": _cloud(),
    "mushroom": _mushroom(),
    "rocket": _rocket(),
    "cat": _cat(),
}
