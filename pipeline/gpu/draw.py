"""Text to image, perhaps with image prompts."""

import inspect
from collections.abc import Sequence

from pipeline.gpu.attempt import Attempt
from pipeline.gpu.call import Call, paint, usual_arguments
from pipeline.gpu.imageprompt import Prompts, blend_start, image_prompts, start
from pipeline.gpu.load import Model
from pipeline.gpu.noise import angle, mix_added, mix_start
from pipeline.spec import Spec


def draw(model: Model, attempt: Attempt) -> None:
    """Draw a job's pictures from its text and its image prompts.

    Raises Stopped, Moderated, Unfit, PictureMissing, and what the model raises.
    """
    spec = attempt.job.spec
    able = "image_prompts" in model.card.mechanisms
    prompts = image_prompts(spec, attempt.store) if able else ()

    def prepare(part: Sequence[int]) -> Call:
        return _from_pictures(model, spec, prompts, part) if prompts else _from_text(model, spec, part)

    paint(model, attempt, prepare)


def _from_text(model: Model, spec: Spec, part: Sequence[int]) -> Call:
    pipeline = model.for_text()
    if "chaos" in model.card.mechanisms or spec.same_noise:
        mix_start(pipeline, spec.seed, _theta(spec))
    return Call(pipeline=pipeline, arguments=usual_arguments(model, spec, part) | _size(spec))


def _from_pictures(model: Model, spec: Spec, prompts: Prompts, part: Sequence[int]) -> Call:
    pipeline = model.for_picture()
    known = inspect.signature(pipeline.__call__).parameters  # some take the size from the picture alone
    arguments = usual_arguments(model, spec, part) | start(model.card, spec, prompts, len(part))
    if "strength" in arguments and len(prompts) > 1:
        blend_start(pipeline, spec, prompts, part)
    mix_added(pipeline.scheduler, spec.seed, _theta(spec))
    return Call(pipeline=pipeline, arguments=arguments | {k: v for k, v in _size(spec).items() if k in known})


def _size(spec: Spec) -> dict[str, int]:
    return {"width": spec.width_px, "height": spec.height_px}


def _theta(spec: Spec) -> float:
    return angle(spec.chaos, same=spec.same_noise)
