"""Image prompts: pictures that are part of the wish, by where the drawing begins.

It begins with the mean of the pictures' encodings, by their weights, under as much noise as `--iw` leaves: the strength
of image to image falls from 1, which is no picture at all, at 0 over the model's strong and normal variation at 1 and 2
to its subtle one at 3. Models that look at pictures beside the text get them as they are, and `--iw` counts only as
whether it is 0.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from PIL import Image, ImageOps

from pipeline import encode
from pipeline.cards import ModelCard
from pipeline.gpu.noise import generators
from pipeline.gpu.vary import workable
from pipeline.spec import Reference, Spec
from pipeline.store import PictureStore

Prompts = Sequence[tuple[Image.Image, float]]
"""Pictures of the size to be drawn, with shares that add up to 1."""


def image_prompts(spec: Spec, store: PictureStore) -> Prompts:
    """Read the pictures that count. Raises PictureMissing, PictureDamaged."""
    counting = [each for each in spec.images if each.weight > 0] if spec.image_weight > 0 else []
    total = sum(each.weight for each in counting)
    return [(_fitted(each, spec, store), each.weight / total) for each in counting]


def strength_of(image_weight: float, card: ModelCard) -> float:
    """Return the strength of image to image for an `--iw` of 0 … 3; falls as it grows."""
    levels = (1.0, *(card.vary_strength[name] for name in ("strong", "normal", "subtle")))
    for low, (before, after) in enumerate(pairwise(levels)):
        if image_weight <= low + 1:
            return before + (after - before) * (image_weight - low)
    return levels[-1]


def start(card: ModelCard, spec: Spec, prompts: Prompts, count: int) -> dict[str, Any]:
    """Return the arguments that bring the pictures into a call; `blend_start` must follow where there are several."""
    if card.traits.init_image == "reference":
        return {"image": [picture for picture, _ in prompts]}
    strength = workable(strength_of(spec.image_weight, card), spec.steps)
    return {"image": [prompts[0][0]] * count, "strength": strength}


def blend_start(pipeline: Any, spec: Spec, prompts: Prompts, part: Sequence[int]) -> None:
    """Make one image-to-image pipeline, which must belong to one call alone, begin with the mean of several pictures.

    A noised encoding is a multiple of the encoding plus noise, so that the mean of several under the same noise is the
    noised mean; thus shape, scale and packing stay the pipeline's own affair.
    """
    original = pipeline.prepare_latents

    def blended(image: Any, *args: Any, **kwargs: Any) -> Any:
        size = {"height": image.shape[-2], "width": image.shape[-1]}
        total: Any = None
        for place, (picture, share) in enumerate(prompts):
            seen = pipeline.image_processor.preprocess([picture] * image.shape[0], **size).to(image)
            # The first one draws from the call's own generators, the others from copies: later noise must not change.
            again = [_fresh(spec, part, value) if place else value for value in args]
            named = {name: _fresh(spec, part, value) if place else value for name, value in kwargs.items()}
            total = _added(total, original(seen, *again, **named), share)
        return total

    pipeline.prepare_latents = blended


def _fresh(spec: Spec, part: Sequence[int], argument: Any) -> Any:
    return generators(spec.seed, part) if isinstance(argument, list) else argument


def _added(total: Any, latents: Any, share: float) -> Any:
    """Add a share of latents, or of the first of a tuple, which FLUX and its kin return, to a total."""
    if isinstance(latents, tuple):
        return (_added(None if total is None else total[0], latents[0], share), *latents[1:])
    return share * latents if total is None else total + share * latents


def _fitted(reference: Reference, spec: Spec, store: PictureStore) -> Image.Image:
    picture = encode.decode(store.read(reference.sha256))
    return ImageOps.fit(picture, (spec.width_px, spec.height_px), Image.Resampling.LANCZOS)
