"""Draws around a stored picture, which lies in the new one as it was: zoom out, pan, make square."""

from pipeline import encode
from pipeline.canvas import NoHole, around
from pipeline.gpu.attempt import Attempt, Unfit
from pipeline.gpu.inpaint import fill
from pipeline.gpu.load import Model
from pipeline.sizes import Size


def extend(model: Model, attempt: Attempt) -> None:
    """Draw what lies around a job's source. Raises Stopped, Moderated, Unfit, PictureMissing, what the model raises."""
    spec = attempt.job.spec
    if spec.source is None or spec.place is None:
        raise Unfit("There is no picture to draw around, or no place for it.")
    source = encode.decode(attempt.store.read(spec.source.sha256))
    try:
        canvas = around(source, spec.place, Size(width_px=spec.width_px, height_px=spec.height_px))
    except NoHole as fault:
        raise Unfit(str(fault)) from fault
    fill(model, attempt, canvas, model.card.surround_strength)
