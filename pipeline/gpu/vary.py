"""Image to image: new pictures that keep something of a stored one."""

import inspect
import math
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageOps

from pipeline import encode
from pipeline.gpu.attempt import Attempt, Unfit
from pipeline.gpu.call import Call, paint, usual_arguments
from pipeline.gpu.load import Model
from pipeline.sizes import Size
from pipeline.spec import Spec


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
        size = Size(width_px=spec.width_px, height_px=spec.height_px)
        return Call(pipeline=pipeline, arguments=arguments | sides_for(pipeline, size))

    paint(model, attempt, prepare)


def sides_for(pipeline: Any, size: Size) -> dict[str, int]:
    """Return a size as arguments, where a pipeline has them: some take it from the picture alone."""
    known = inspect.signature(pipeline.__call__).parameters
    sides = {"width": size.width_px, "height": size.height_px}
    return {name: side for name, side in sides.items() if name in known}


def strength_for(spec: Spec) -> float:
    """Return the strength of image to image to pass for a variation."""
    return workable(spec.source.strength if spec.source else 1.0, spec.steps)


def workable(strength: float, steps: int) -> float:
    """Return a strength at which at least one step is taken, since pipelines fail at none."""
    wanted = max(strength, 1 / steps)
    if int(steps * wanted) < 1:
        wanted = math.nextafter(wanted, 2)  # 49 × (1 ÷ 49) is less than 1
    return min(1.0, wanted)


def _start(model: Model, spec: Spec, picture: Image.Image, count: int) -> dict[str, Any]:
    if model.card.traits.init_image == "reference":
        return {"image": picture}
    # One copy for each generator: with a single one, all pictures but the first get other noise than when drawn alone.
    return {"image": [picture] * count, "strength": strength_for(spec)}
