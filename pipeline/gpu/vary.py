"""Image to image: new pictures that keep something of a stored one."""

import inspect
import math
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageOps

from pipeline import encode
from pipeline.gpu.attempt import Attempt
from pipeline.gpu.call import Call, paint, usual_arguments
from pipeline.gpu.load import Model
from pipeline.spec import Spec


class Unfit(ValueError):
    """The job asks for something that this model cannot do."""


def vary(model: Model, attempt: Attempt) -> None:
    """Draw variations of a job's source. Raises Stopped, Moderated, Unfit, PictureMissing, what the model raises."""
    spec = attempt.job.spec
    if spec.source is None or model.card.traits.init_image == "none":
        raise Unfit(f"{model.card.title} cannot start from a picture.")
    source = encode.decode(attempt.store.read(spec.source.sha256))
    picture = ImageOps.fit(source, (spec.width_px, spec.height_px), Image.Resampling.LANCZOS)

    def prepare(part: Sequence[int]) -> Call:
        pipeline = model.for_picture()
        arguments = usual_arguments(model, spec, part) | _start(model, spec, picture, len(part))
        size = {"width": spec.width_px, "height": spec.height_px}
        known = inspect.signature(pipeline.__call__).parameters  # some take the size from the picture alone
        return Call(pipeline=pipeline, arguments=arguments | {k: v for k, v in size.items() if k in known})

    paint(model, attempt, prepare)


def strength_for(spec: Spec) -> float:
    """Return the strength to pass: at least one step is always taken, since pipelines fail at none."""
    wanted = max(spec.source.strength if spec.source else 1.0, 1 / spec.steps)
    if int(spec.steps * wanted) < 1:
        wanted = math.nextafter(wanted, 2)  # 49 × (1 ÷ 49) is less than 1
    return min(1.0, wanted)


def _start(model: Model, spec: Spec, picture: Image.Image, count: int) -> dict[str, Any]:
    if model.card.traits.init_image == "reference":
        return {"image": picture}
    # One copy for each generator: with a single one, all pictures but the first get other noise than when drawn alone.
    return {"image": [picture] * count, "strength": strength_for(spec)}
