"""Text to image."""

from collections.abc import Sequence

from pipeline.gpu.attempt import Attempt
from pipeline.gpu.call import Call, paint, usual_arguments
from pipeline.gpu.load import Model
from pipeline.gpu.noise import mix_start


def draw(model: Model, attempt: Attempt) -> None:
    """Draw a job's pictures from its text. Raises Stopped, Moderated, and what the model raises."""
    spec = attempt.job.spec

    def prepare(part: Sequence[int]) -> Call:
        pipeline = model.for_text()
        if "chaos" in model.card.mechanisms and hasattr(pipeline, "prepare_latents"):
            mix_start(pipeline, spec.seed, spec.chaos)
        size = {"width": spec.width_px, "height": spec.height_px}
        return Call(pipeline=pipeline, arguments=usual_arguments(model, spec, part) | size)

    paint(model, attempt, prepare)
