"""Calls a pipeline for as many pictures as fit at a time, and once more with less when memory runs out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from pipeline.demands import missing
from pipeline.gpu import memory, thrift
from pipeline.gpu.attempt import Attempt, Moderated, Unfit
from pipeline.gpu.conditioning import steer
from pipeline.gpu.load import Model
from pipeline.gpu.noise import generators, seed_steps
from pipeline.gpu.style import manner_of
from pipeline.gpu.tile import seamless
from pipeline.gpu.watch import View, Watch
from pipeline.gpu.wish import guidance
from pipeline.spec import Spec


@dataclass(frozen=True, kw_only=True)
class Call:
    """A pipeline object of its own, the arguments for one call, and how its pictures become those of the job."""

    pipeline: Any
    arguments: dict[str, Any]
    view: View | None = None
    """What the call draws, where that is not simply the whole picture."""
    finish: Callable[[Image.Image], Image.Image] = lambda picture: picture


Prepare = Callable[[Sequence[int]], Call]
"""Makes ready the call for some pictures of a job, given by their numbers."""

Produce = Callable[[Sequence[int]], Sequence[Image.Image]]
"""Draws some pictures of a job, given by their numbers."""


def paint(model: Model, attempt: Attempt, prepare: Prepare) -> None:
    """Draw all pictures of a job, one call for several, and keep them.

    Raises Stopped, Moderated, Unfit, and what the model raises.
    """
    spec = attempt.job.spec
    together = model.plan.together(spec.width_px, spec.height_px, spec.count)
    produce_all(model, attempt, lambda part: pictures(model, attempt, prepare(part), part), -(-spec.count // together))


def produce_all(model: Model, attempt: Attempt, produce: Produce, calls: int) -> None:
    """Draw all pictures of a job, however that is done, and keep them; again with less when memory runs out.

    calls: how many times the steps of the spec are taken
    """
    if lacking := missing(attempt.job.spec, model.card):
        raise Unfit(f"{model.card.title} has no {', '.join(lacking)}.")
    attempt.total = attempt.job.spec.steps * calls
    attempt.progress(0)
    if _fits(model, attempt, produce):
        return
    memory.free()
    attempt.gives_way = False
    with thrift.frugal(model, alone=attempt.baton.alone()):
        _produce_rest(model, attempt, produce)


def usual_arguments(model: Model, spec: Spec, part: Sequence[int]) -> dict[str, Any]:
    """Return the arguments that text to image and image to image have in common."""
    card, traits = model.card, model.card.traits
    arguments: dict[str, Any] = {
        **_texts(model, spec, len(part)),
        "num_inference_steps": spec.steps,
        traits.guidance_argument: guidance(spec),
        "generator": generators(spec.seed, part),
        **traits.call,
    }
    if traits.length_argument is not None:
        arguments[traits.length_argument] = card.max_prompt_tokens
    return arguments


def _texts(model: Model, spec: Spec, count: int) -> dict[str, Any]:
    traits = model.card.traits
    texts: dict[str, Any] = {"prompt": spec.prompt}
    negative = spec.negative or traits.blank_negative
    if negative and "negative" in model.card.mechanisms:
        texts["negative_prompt"] = negative
    if traits.repeats_itself:
        return texts | {"num_images_per_prompt": count}
    # One text for each picture, so that each can be given a meaning of its own on the way.
    return {name: [text] * count for name, text in texts.items()}


def pictures(model: Model, attempt: Attempt, call: Call, part: Sequence[int]) -> list[Image.Image]:
    """Make one call and return its pictures. Raises Stopped, Moderated, and what the model raises."""
    steer(call.pipeline, model.card, attempt.job.spec, part)
    seed_steps(call.pipeline.scheduler, call.arguments["generator"])
    watch = Watch(attempt, model, call.pipeline, part, call.view)
    watch.manner = manner_of(model, attempt)
    try:
        output = call.pipeline(**call.arguments, **watch.arguments())
    finally:
        watch.forget()
    if any(getattr(output, "nsfw_content_detected", None) or ()):
        raise Moderated("The model's safety checker held a picture back.")
    return [call.finish(picture) for picture in getattr(output, model.card.traits.images_field)]


def _fits(model: Model, attempt: Attempt, produce: Produce) -> bool:
    """Draw until done, or until memory runs out; on return the tensors that the fault's traceback held are gone."""
    try:
        _produce_rest(model, attempt, produce)
    except (RuntimeError, MemoryError) as fault:
        if memory.ran_out(fault):
            return False
        raise
    return True


def _produce_rest(model: Model, attempt: Attempt, produce: Produce) -> None:
    spec = attempt.job.spec
    together = model.plan.together(spec.width_px, spec.height_px, spec.count)
    while left := attempt.left():
        attempt.breathe()
        part = left[:together]
        with thrift.tiled(model), seamless(model, attempt):
            drawn = produce(part)
        for idx, picture in zip(part, drawn, strict=True):
            attempt.keep(idx, picture)
