"""Seven ways to paint: how one part of a thing is laid down, and what is done to the background first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.training.scenes.canvas import Canvas, Stroke
from pipeline.training.scenes.geometry import Grid
from pipeline.training.scenes.things import Colour

PAPER: Colour = (0.98, 0.965, 0.93)
PENCIL: Colour = (0.18, 0.18, 0.21)
LEAD: Colour = (0.06, 0.06, 0.08)
# Pixel art is painted this many pixels high and enlarged without smoothing.
PIXEL_ROWS = 32


@dataclass(frozen=True, kw_only=True)
class Style:
    """`ground` changes the finished background, `stroke` lays one part of a thing."""

    stroke: Callable[[Canvas, Stroke], None]
    ground: Callable[[Canvas], None] = lambda _canvas: None


def flat(canvas: Canvas, stroke: Stroke) -> None:
    """Plain paint, a little lighter at the top."""
    light = (1.05 - 0.11 * stroke.v)[..., None]
    canvas.lay(canvas.cover(stroke.distance), np.clip(stroke.paint * light, 0, 1), stroke.where)


def clay(canvas: Canvas, stroke: Stroke) -> None:
    """Rounded and lit from the upper left, with a highlight: a toy or a 3D render."""
    rim = np.float32(0.4 * stroke.half)
    depth = np.clip(-stroke.distance / rim, 0, 1)
    height = np.sqrt(np.maximum(1 - (1 - depth) ** 2, 0)) * rim
    down, right = np.gradient(height, canvas.pixel)
    upright = 1 / np.sqrt(down * down + right * right + 1)
    lit = np.clip((0.40 * right + 0.55 * down + 0.72) * upright, 0, 1.15)
    shine = np.clip((0.30 * right + 0.42 * down + 0.85) * upright, 0, 1) ** 24
    paint = stroke.paint * (0.40 + 0.64 * lit)[..., None] + 0.42 * shine[..., None]
    canvas.lay(canvas.cover(stroke.distance), np.clip(paint, 0, 1).astype(np.float32), stroke.where)


def watercolor(canvas: Canvas, stroke: Stroke) -> None:
    """Uneven pigment that gathers at a soft rim."""
    wash = canvas.texture(5)[stroke.where]
    grain = canvas.texture(24)[stroke.where]
    inside = canvas.cover(stroke.distance + np.float32(0.012) * (wash - np.float32(0.5)), 0.008)
    canvas.lay(inside * np.clip(0.62 + 0.40 * wash, 0, 1), stroke.paint * (0.9 + 0.2 * grain)[..., None], stroke.where)
    rim = np.exp(-np.square(stroke.distance / np.float32(0.010))) * np.float32(0.45) * inside
    canvas.lay(rim, stroke.paint * np.float32(0.6), stroke.where)


def wet_ground(canvas: Canvas) -> None:
    thin = np.clip(0.20 + 0.45 * canvas.texture(4), 0, 0.7)
    canvas.lay(thin.astype(np.float32), PAPER)


def pixel(canvas: Canvas, stroke: Stroke) -> None:
    """Whole pixels only, with a darker edge; the canvas is small and enlarged afterwards."""
    inside = (canvas.cover(stroke.distance) > 0.5).astype(np.float32)
    canvas.lay(inside, stroke.paint, stroke.where)
    edge = inside * (stroke.distance > -0.9 * canvas.pixel)
    canvas.lay(edge.astype(np.float32), stroke.paint * np.float32(0.55), stroke.where)


def neon(canvas: Canvas, stroke: Stroke) -> None:
    """A glowing tube along every outline."""
    tube = np.minimum(stroke.paint * np.float32(0.8) + np.float32(0.2), 1)
    canvas.lay(canvas.cover(stroke.distance) * np.float32(0.6), stroke.paint * np.float32(0.25), stroke.where)
    glow = np.exp(-np.abs(stroke.distance) / np.float32(0.022)) * np.float32(0.7)
    canvas.lay(glow, tube, stroke.where)
    canvas.lay(canvas.cover(np.abs(stroke.distance) - np.float32(0.010)), tube * 0.6 + np.float32(0.4), stroke.where)


def dark_ground(canvas: Canvas) -> None:
    canvas.image *= np.float32(0.22)
    canvas.image += np.asarray((0.02, 0.01, 0.05), np.float32)


def sketch(canvas: Canvas, stroke: Stroke) -> None:
    """Coloured hatching inside a pencil line."""
    canvas.lay(canvas.cover(stroke.distance), PAPER, stroke.where)
    hatch = np.clip(0.74 + 0.24 * canvas.hatching(11)[stroke.where], 0.2, 1)
    canvas.lay(canvas.cover(stroke.distance) * hatch * np.float32(0.88), stroke.paint, stroke.where)
    canvas.lay(canvas.cover(np.abs(stroke.distance) - np.float32(0.009)) * np.float32(0.9), PENCIL, stroke.where)


def paper_ground(canvas: Canvas) -> None:
    canvas.lay(np.clip(0.52 + 0.10 * canvas.hatching(8), 0, 1), PAPER)


def glass(canvas: Canvas, stroke: Stroke) -> None:
    """Panes of uneven brightness between lead lines."""
    panes, lines = canvas.panes()
    shade = (0.84 + 0.28 * panes[stroke.where])[..., None]
    inside = canvas.cover(stroke.distance)
    canvas.lay(inside, np.clip(stroke.paint * shade + np.float32(0.03), 0, 1), stroke.where)
    canvas.lay(inside * lines[stroke.where], LEAD, stroke.where)
    canvas.lay(canvas.cover(np.abs(stroke.distance) - np.float32(0.010)), LEAD, stroke.where)


def glass_ground(canvas: Canvas) -> None:
    panes, lines = canvas.panes()
    canvas.image *= (0.78 + 0.4 * panes)[..., None]
    canvas.lay(lines, LEAD)


STYLES: Mapping[str, Style] = {
    "flat": Style(stroke=flat),
    "3d": Style(stroke=clay),
    "watercolor": Style(stroke=watercolor, ground=wet_ground),
    "pixel": Style(stroke=pixel),
    "neon": Style(stroke=neon, ground=dark_ground),
    "sketch": Style(stroke=sketch, ground=paper_ground),
    "glass": Style(stroke=glass, ground=glass_ground),
}


def enlarged(small: Grid, width_px: int, height_px: int) -> Grid:
    """A small picture at full size in whole blocks, with few levels of each colour."""
    rows = np.arange(height_px) * small.shape[0] // height_px
    columns = np.arange(width_px) * small.shape[1] // width_px
    levels: Grid = np.round(np.clip(small, 0, 1) * 15) / np.float32(15)
    return levels[rows][:, columns]
