"""A scene as pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.training.scenes.arrange import arrange
from pipeline.training.scenes.backdrops import LANDSCAPES, plain
from pipeline.training.scenes.canvas import Canvas
from pipeline.training.scenes.scene import COLOURS, Scene
from pipeline.training.scenes.styles import PIXEL_ROWS, STYLES, enlarged
from pipeline.training.scenes.things import THINGS, Part, always


def render(scene: Scene, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
    """Draw a scene: (height, width, 3) bytes, the same picture at every size up to sharpness."""
    style = STYLES[scene.style]
    rows = min(height_px, PIXEL_ROWS) if scene.style == "pixel" else height_px
    canvas = Canvas(round(width_px * rows / height_px), rows, scene.seed)
    rng = np.random.default_rng(scene.seed)
    if scene.background in LANDSCAPES:
        LANDSCAPES[scene.background](canvas, rng)
    else:
        plain(canvas, COLOURS[scene.background], rng)
    style.ground(canvas)
    for placed in arrange(scene):
        centre = (placed.x * canvas.aspect, placed.y)
        canvas.thing(THINGS[placed.thing], COLOURS[placed.colour], centre, placed.size, style.stroke)
    if rows != height_px:
        canvas.image = enlarged(canvas.image, width_px, height_px)
    return canvas.pixels()


def silhouette(scene: Scene, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
    """Where the things stand: (height, width) bytes, 255 inside them."""
    canvas = Canvas(width_px, height_px)
    for placed in arrange(scene):
        white = [Part(shape=part.shape, paint=always((1.0, 1.0, 1.0))) for part in THINGS[placed.thing]]
        centre = (placed.x * canvas.aspect, placed.y)
        canvas.thing(white, (1.0, 1.0, 1.0), centre, placed.size, STYLES["flat"].stroke)
    return np.asarray(np.clip(canvas.image.max(-1), 0, 1) * 255, np.uint8)
