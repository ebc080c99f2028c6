"""Draws a marked part of a stored picture anew; the rest stays as it was."""

from pipeline import encode
from pipeline.canvas import NoHole, with_hole
from pipeline.gpu.attempt import Attempt, Unfit
from pipeline.gpu.inpaint import fill
from pipeline.gpu.load import Model

_STRENGTH = 1.0


def repaint(model: Model, attempt: Attempt) -> None:
    """Draw the part of a job's source that its mask marks in white.

    Raises Stopped, Moderated, Unfit, PictureMissing, and what the model raises.
    """
    spec = attempt.job.spec
    if spec.source is None or spec.mask is None:
        raise Unfit("There is no picture to draw in, or no mask.")
    source = encode.decode(attempt.store.read(spec.source.sha256))
    if source.size != (spec.width_px, spec.height_px):
        raise Unfit(f"The picture is {source.width}×{source.height}, not {spec.width_px}×{spec.height_px}.")
    try:
        canvas = with_hole(source, encode.decode(attempt.store.read(spec.mask)))
    except NoHole as fault:
        raise Unfit(str(fault)) from fault
    fill(model, attempt, canvas, _STRENGTH)
