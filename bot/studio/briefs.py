"""From a wish to a spec: what a prompt means for one model; pure."""

import secrets
from fractions import Fraction

from bot import prompt
from pipeline import sizes
from pipeline.cards import ModelCard
from pipeline.spec import Spec

UPSCALE_EFFORT = 250


def limits_of(card: ModelCard) -> prompt.Limits:
    """What a prompt may ask of a model."""
    return prompt.Limits(qualities=card.qualities, tallest=_ratio(card.min_ratio), widest=_ratio(card.max_ratio))


def spec_of(wish: prompt.Prompt, card: ModelCard, *, seed: int | None) -> Spec:
    """Spell a wish out for a model; a seed of None is drawn by lot."""
    size = sizes.fit(Fraction(wish.ratio.w, wish.ratio.h), card.size_rule)
    return Spec(
        verb="draw",
        model=card.key,
        prompt=wish.text,
        negative=", ".join(wish.no),
        width_px=size.width_px,
        height_px=size.height_px,
        steps=card.steps_for(wish.quality),
        guidance=card.guidance,
        seed=secrets.randbits(32) if seed is None else seed,
        chaos=wish.chaos,
        stop=wish.stop,
    )


def effort(spec: Spec, card: ModelCard) -> int:
    """What a job costs the painter; 1000 is an ordinary grid."""
    if spec.verb == "upscale":
        return UPSCALE_EFFORT
    return max(1, round(1000 * spec.steps * spec.count / (card.steps * 4)))


def _ratio(fraction: Fraction) -> prompt.Ratio:
    return prompt.Ratio(w=fraction.numerator, h=fraction.denominator)
