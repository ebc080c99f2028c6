"""Which mechanisms a spec makes use of, so that what a model lacks is noticed before anything is drawn."""

from collections.abc import Callable, Mapping

from pipeline.cards import ModelCard
from pipeline.families import Mechanism
from pipeline.spec import Spec

_NEEDED: Mapping[Mechanism, Callable[[Spec], bool]] = {
    "chaos": lambda spec: spec.chaos > 0,
    "negative": lambda spec: bool(spec.negative.strip()),
    "image_to_image": lambda spec: spec.verb in ("vary", "refine"),
    "inpaint": lambda spec: spec.verb in ("repaint", "extend"),
    "stop": lambda spec: spec.stop < 100,
    "tile": lambda spec: spec.tile,
    "previews": lambda spec: spec.film,
    "weights": lambda spec: bool(spec.parts),
    "stylize": lambda spec: spec.stylize != 100,
    "weird": lambda spec: spec.weird > 0,
    "image_prompts": lambda spec: bool(spec.images) and spec.image_weight > 0,
    "style_images": lambda spec: bool(spec.style_images) and spec.style_weight > 0,
    "style_codes": lambda spec: bool(spec.style_codes) and spec.style_weight > 0,
    "same_noise": lambda spec: spec.same_noise,
}


def missing(spec: Spec, card: ModelCard) -> tuple[Mechanism, ...]:
    """Return what a spec asks for that its model cannot do; neutral values ask for nothing."""
    return tuple(name for name, needed in _NEEDED.items() if needed(spec) and name not in card.mechanisms)
