"""What stands behind a thing: plain colours and small landscapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from pipeline.training.scenes.canvas import Canvas
from pipeline.training.scenes.things import Colour, blend, shade, tint

Backdrop = Callable[[Canvas, np.random.Generator], None]
ARC: tuple[Colour, ...] = (
    (0.93, 0.26, 0.25), (0.98, 0.60, 0.20), (0.98, 0.88, 0.30),
    (0.35, 0.75, 0.38), (0.28, 0.52, 0.92), (0.55, 0.33, 0.80),
)  # fmt: skip


def _near(colour: Colour, rng: np.random.Generator, spread: float = 0.05) -> Colour:
    return blend(colour, (float(rng.random()), float(rng.random()), float(rng.random())), spread)


def plain(canvas: Canvas, colour: Colour, rng: np.random.Generator) -> None:
    """One colour, softly lighter at the top."""
    tone = _near(colour, rng, 0.04)
    canvas.gradient([(0, tint(0.10)(tone)), (1, shade(0.08)(tone))])


def night(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.gradient([(0, (0.03, 0.04, 0.15)), (0.7, _near((0.10, 0.13, 0.36), rng)), (1, (0.20, 0.20, 0.46))])
    places = rng.random((38, 3)) * (1.0, 0.86, 1.0)
    places[:, 2] = 0.003 + 0.006 * places[:, 2] ** 2
    canvas.spots(places, 0.9)
    canvas.ground(canvas.wave(0.90, 0.03, 3, rng), (0.05, 0.07, 0.18), (0.02, 0.03, 0.10))


def sunset(canvas: Canvas, rng: np.random.Generator) -> None:
    horizon = 0.72 + 0.08 * float(rng.random())
    canvas.gradient([
        (0, _near((0.32, 0.18, 0.48), rng)),
        (0.38, _near((0.86, 0.36, 0.42), rng)),
        (horizon, (1.0, 0.74, 0.38)),
        (1, (1.0, 0.78, 0.44)),
    ])  # fmt: skip
    sun_x = canvas.aspect * (0.15 + 0.7 * float(rng.random()))
    far = np.hypot(canvas.x - np.float32(sun_x), canvas.y - np.float32(horizon))
    canvas.lay(np.float32(0.5) * np.exp(-far / np.float32(0.14)), (1.0, 0.88, 0.55))
    canvas.lay(canvas.cover(far - np.float32(0.09)), (1.0, 0.92, 0.62))
    canvas.ground(canvas.wave(horizon, 0.02, 4, rng), (0.36, 0.15, 0.28), (0.16, 0.07, 0.17))


def sea(canvas: Canvas, rng: np.random.Generator) -> None:
    horizon = 0.54 + 0.08 * float(rng.random())
    _day_sky(canvas, rng, horizon)
    flat = np.full((1, canvas.width_px), horizon, np.float32)
    canvas.ground(flat, _near((0.18, 0.58, 0.80), rng), (0.05, 0.28, 0.56))
    for line in range(4):
        y = horizon + (0.06, 0.15, 0.26, 0.37)[line]
        crest = canvas.wave(y, 0.010, 9, rng)
        canvas.lay(
            np.float32(0.4) * canvas.cover(np.abs(canvas.y - crest) - np.float32(0.004 + 0.002 * line)),
            (0.80, 0.94, 1.0),
        )


def meadow(canvas: Canvas, rng: np.random.Generator) -> None:
    horizon = 0.66 + 0.08 * float(rng.random())
    _day_sky(canvas, rng, horizon)
    canvas.ground(canvas.wave(horizon - 0.04, 0.04, 2, rng), _near((0.46, 0.74, 0.40), rng), (0.34, 0.62, 0.30))
    canvas.ground(canvas.wave(horizon + 0.07, 0.03, 2, rng), _near((0.54, 0.80, 0.34), rng), (0.24, 0.54, 0.20))


def snow(canvas: Canvas, rng: np.random.Generator) -> None:
    horizon = 0.66 + 0.08 * float(rng.random())
    canvas.gradient([(0, _near((0.56, 0.70, 0.86), rng)), (horizon, (0.84, 0.90, 0.96)), (1, (0.9, 0.94, 0.98))])
    canvas.ground(canvas.wave(horizon - 0.05, 0.04, 3, rng), (0.76, 0.84, 0.93), (0.86, 0.91, 0.97))
    canvas.ground(canvas.wave(horizon + 0.06, 0.03, 2, rng), (0.96, 0.98, 1.0), (0.82, 0.88, 0.96))
    flakes = rng.random((34, 3))
    flakes[:, 2] = 0.004 + 0.007 * flakes[:, 2]
    canvas.spots(flakes, 0.85)


def desert(canvas: Canvas, rng: np.random.Generator) -> None:
    horizon = 0.62 + 0.08 * float(rng.random())
    canvas.gradient([(0, _near((0.46, 0.74, 0.92), rng)), (horizon, (0.98, 0.91, 0.76)), (1, (0.98, 0.91, 0.76))])
    canvas.ground(canvas.wave(horizon - 0.02, 0.05, 2, rng), _near((0.92, 0.72, 0.44), rng), (0.82, 0.58, 0.32))
    canvas.ground(canvas.wave(horizon + 0.13, 0.04, 2, rng), _near((0.96, 0.78, 0.48), rng), (0.78, 0.52, 0.28))


def forest(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.gradient([(0, _near((0.66, 0.84, 0.76), rng)), (0.7, (0.80, 0.90, 0.70)), (1, (0.5, 0.7, 0.4))])
    for layer, far in enumerate((0.55, 0.28)):
        pitch = 0.15 + 0.05 * layer
        place = (canvas.x + np.float32(rng.random() * pitch)) / np.float32(pitch)
        column = np.floor(place).astype(np.int64)
        heights = (0.30 + 0.14 * rng.random(int(column.max()) + 2)).astype(np.float32)
        peak = 1 - np.abs(place - column - 0.5) * 2
        colour = blend((0.06, 0.28, 0.16), (0.66, 0.84, 0.74), far)
        canvas.ground(np.float32(0.66 + 0.08 * layer) - heights[column] * peak, colour, shade(0.2)(colour))
    canvas.ground(canvas.wave(0.84, 0.02, 3, rng), (0.24, 0.46, 0.20), (0.12, 0.30, 0.12))


def rain(canvas: Canvas, rng: np.random.Generator) -> None:
    horizon = 0.72 + 0.06 * float(rng.random())
    canvas.gradient([(0, _near((0.30, 0.35, 0.44), rng)), (horizon, (0.62, 0.67, 0.74)), (1, (0.62, 0.67, 0.74))])
    clouds = np.clip(canvas.cloudiness(3, rng) * 2.2 - 0.9, 0, 0.7) * np.clip(1 - canvas.y / np.float32(0.45), 0, 1)
    canvas.lay(clouds, (0.20, 0.23, 0.31))
    canvas.ground(canvas.wave(horizon, 0.02, 2, rng), _near((0.34, 0.42, 0.40), rng), (0.22, 0.29, 0.31))
    # Streaks lean alike and fall in lanes; only where they break off differs from picture to picture.
    lane = (canvas.x + np.float32(0.35) * canvas.y) * np.float32(9)
    number = np.floor(lane).astype(np.int64)
    starts = rng.random(64).astype(np.float32)
    along = np.mod(canvas.y * np.float32(2.5) + starts[number % 64], 1)
    streak = canvas.cover(np.abs(lane - number - np.float32(0.5)) / 9 - np.float32(0.004)) * (along < 0.6)
    canvas.lay(streak.astype(np.float32) * np.float32(0.55), (0.86, 0.92, 1.0))


def fog(canvas: Canvas, rng: np.random.Generator) -> None:
    """Hills that pale with distance."""
    canvas.gradient([(0, _near((0.80, 0.84, 0.86), rng)), (0.6, (0.92, 0.93, 0.92)), (1, (0.9, 0.91, 0.9))])
    for base, swing, depth in ((0.52, 0.05, 0.18), (0.66, 0.06, 0.34), (0.82, 0.05, 0.55)):
        hill = blend((0.92, 0.93, 0.92), (0.28, 0.38, 0.38), depth)
        canvas.ground(canvas.wave(base, swing, 3, rng), hill, blend(hill, (0.93, 0.94, 0.93), 0.75))


def rainbow(canvas: Canvas, rng: np.random.Generator) -> None:
    """An arc over hills, under a day's sky."""
    horizon = 0.74 + 0.06 * float(rng.random())
    _day_sky(canvas, rng, horizon)
    middle = canvas.aspect * (0.42 + 0.16 * float(rng.random()))
    far = np.hypot(canvas.x - np.float32(middle), canvas.y - np.float32(horizon + 0.04))
    for number, colour in enumerate(ARC):
        canvas.lay(np.float32(0.8) * canvas.cover(np.abs(far - np.float32(0.66 - 0.04 * number)) - 0.02), colour)
    canvas.ground(canvas.wave(horizon, 0.03, 2, rng), _near((0.54, 0.80, 0.34), rng), (0.24, 0.54, 0.20))


def _day_sky(canvas: Canvas, rng: np.random.Generator, horizon: float) -> None:
    canvas.gradient([(0, _near((0.30, 0.63, 0.95), rng)), (horizon, (0.80, 0.92, 0.99)), (1, (0.8, 0.92, 0.99))])
    thickness = np.clip(canvas.cloudiness(3, rng) * 2.4 - 1.25, 0, 0.8) * np.clip(
        1.15 - canvas.y / np.float32(horizon), 0, 1
    )
    canvas.lay(thickness, (1.0, 1.0, 1.0))


LANDSCAPES: Mapping[str, Backdrop] = {
    "night": night,
    "sunset": sunset,
    "sea": sea,
    "meadow": meadow,
    "snow": snow,
    "desert": desert,
    "forest": forest,
    "rain": rain,
    "fog": fog,
    "rainbow": rainbow,
}
