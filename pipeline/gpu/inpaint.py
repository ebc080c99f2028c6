"""Draws the hole of a canvas, with the pipelines that diffusers has for that."""

import math
from collections.abc import Sequence

from pipeline.canvas import Canvas, work_size
from pipeline.gpu.attempt import Attempt
from pipeline.gpu.call import Call, paint, usual_arguments
from pipeline.gpu.load import Model
from pipeline.gpu.vary import sides_for
from pipeline.gpu.watch import View


def fill(model: Model, attempt: Attempt, canvas: Canvas, strength: float) -> None:
    """Draw the hole of a canvas and keep the pictures. Raises Stopped, Moderated, Unfit, and what the model raises.

    strength: how far to leave what the hole is filled with at first
    """
    spec, card = attempt.job.spec, model.card
    # In a part of a tile, its edges would no longer know of each other.
    box = canvas.whole if spec.tile else canvas.view(card.size_rule)
    size = work_size(box, card.size_rule)
    picture, mask = canvas.seen(box, size), canvas.mask(box, size, card.latents.scale_px)

    def prepare(part: Sequence[int]) -> Call:
        pipeline = model.for_hole()
        arguments = usual_arguments(model, spec, part) | {
            # One copy for each generator: with a single one, all pictures but the first get other noise than alone.
            "image": [picture] * len(part),
            "mask_image": [mask] * len(part),
            "strength": _whole_steps(spec.steps, strength),
        }
        return Call(
            pipeline=pipeline,
            arguments=arguments | sides_for(pipeline, size),
            view=View(size=size, whole=lambda small: canvas.glimpsed(small, box)),
            finish=lambda drawn: canvas.joined(drawn, box, card.latents.scale_px),
        )

    paint(model, attempt, prepare)


def _whole_steps(steps: int, strength: float) -> float:
    """Round a strength to whole steps, none left out of fewer than eight: pipelines round down."""
    taken = max(1, round(steps * strength)) if steps >= 8 else steps
    exact = taken / steps
    return exact if int(steps * exact) >= taken else math.nextafter(exact, 2)
