"""Calls a pipeline for as many pictures as fit at a time, and once more with less when memory runs out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from pipeline.gpu import memory, thrift
from pipeline.gpu.attempt import Attempt, Moderated
from pipeline.gpu.load import Model
from pipeline.gpu.noise import generators
from pipeline.gpu.watch import Watch
from pipeline.spec import Spec


@dataclass(frozen=True, kw_only=True)
class Call:
    """A pipeline object of its own, and the arguments for one call."""

    pipeline: Any
    arguments: dict[str, Any]


Prepare = Callable[[Sequence[int]], Call]
"""Makes ready the call for some pictures of a job, given by their numbers."""


def paint(model: Model, attempt: Attempt, prepare: Prepare) -> None:
    """Draw all pictures of a job and keep them. Raises Stopped, Moderated, and what the model raises."""
    spec = attempt.job.spec
    together = model.plan.together(spec.width_px, spec.height_px, spec.count)
    attempt.total = spec.steps * -(-spec.count // together)
    attempt.progress(0)
    if _fits(model, attempt, prepare):
        return
    memory.free()
    attempt.gives_way = False
    with thrift.frugal(model, alone=attempt.baton.alone()):
        _paint_rest(model, attempt, prepare)


def usual_arguments(model: Model, spec: Spec, part: Sequence[int]) -> dict[str, Any]:
    """Return the arguments that text to image and image to image have in common."""
    card, traits = model.card, model.card.traits
    arguments: dict[str, Any] = {
        "prompt": spec.prompt,
        "num_inference_steps": spec.steps,
        traits.guidance_argument: spec.guidance,
        "generator": generators(spec.seed, part),
        "num_images_per_prompt": len(part),
        **traits.call,
    }
    negative = spec.negative or traits.blank_negative
    if negative and "negative" in card.mechanisms:
        arguments["negative_prompt"] = negative
    if traits.length_argument is not None:
        arguments[traits.length_argument] = card.max_prompt_tokens
    return arguments


def _fits(model: Model, attempt: Attempt, prepare: Prepare) -> bool:
    """Draw until done, or until memory runs out; on return the tensors that the fault's traceback held are gone."""
    try:
        _paint_rest(model, attempt, prepare)
    except (RuntimeError, MemoryError) as fault:
        if memory.ran_out(fault):
            return False
        raise
    return True


def _paint_rest(model: Model, attempt: Attempt, prepare: Prepare) -> None:
    spec = attempt.job.spec
    together = model.plan.together(spec.width_px, spec.height_px, spec.count)
    while left := attempt.left():
        attempt.breathe()
        part = left[:together]
        with thrift.tiled(model):
            pictures = _pictures(model, attempt, prepare(part), part)
        for idx, picture in zip(part, pictures, strict=True):
            attempt.keep(idx, picture)


def _pictures(model: Model, attempt: Attempt, call: Call, part: Sequence[int]) -> list[Image.Image]:
    watch = Watch(attempt, model, call.pipeline, part)
    try:
        output = call.pipeline(**call.arguments, **watch.arguments())
    finally:
        watch.forget()
    if any(getattr(output, "nsfw_content_detected", None) or ()):
        raise Moderated("The model's safety checker held a picture back.")
    pictures: list[Image.Image] = getattr(output, model.card.traits.images_field)
    return pictures
