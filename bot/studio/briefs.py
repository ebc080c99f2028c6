"""From a wish to a spec: what a prompt means for one model; pure."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from bot import prompt
from bot.studio.house import House
from pipeline import sizes
from pipeline.cards import ModelCard
from pipeline.catalog import versions
from pipeline.spec import Part, Reference, Spec, Verb

UPSCALE_EFFORT = 250
NOTHING_SEEN: Mapping[str, str] = MappingProxyType({})


def limits_of(card: ModelCard, house: House | None = None) -> prompt.Limits:
    """What a prompt may ask of a model; with the house, what may be asked for in it, other models among it."""
    limits = prompt.Limits(
        qualities=card.qualities,
        tallest=_ratio(card.min_ratio),
        widest=_ratio(card.max_ratio),
        mechanisms=frozenset(card.mechanisms),
    )
    if house is None:
        return limits
    most = house.settings.max_batch
    return replace(limits, models=versions(house.catalog), max_repeat=most, max_permutations=most)


def spec_of(wish: prompt.Prompt, card: ModelCard, *, seed: int | None, seen: Mapping[str, str] = NOTHING_SEEN) -> Spec:
    """Spell a wish out for a model.

    seed: None is drawn by lot; seen: sha256 of the stored picture behind each link of the wish, where it has links
    """
    size = sizes.fit(Fraction(wish.ratio.w, wish.ratio.h), card.size_rule)
    return Spec(
        verb="draw",
        model=card.key,
        prompt=wish.text,
        parts=tuple(Part(text=part.text, weight=part.weight) for part in wish.parts),
        negative=", ".join(wish.no),
        width_px=size.width_px,
        height_px=size.height_px,
        steps=steps_of(wish, card),
        guidance=card.guidance,
        seed=secrets.randbits(32) if seed is None else seed,
        same_noise=wish.same_noise,
        chaos=wish.chaos,
        stylize=wish.stylize // 2 if wish.raw else wish.stylize,
        weird=wish.weird,
        tile=wish.tile,
        stop=wish.stop,
        images=tuple(Reference(sha256=seen[url]) for url in wish.images),
        image_weight=wish.image_weight,
        style_images=tuple(Reference(sha256=seen[ref.url], weight=ref.weight) for ref in wish.style_refs if ref.url),
        style_codes=tuple(ref.code for ref in wish.style_refs if ref.code is not None),
        style_weight=wish.style_weight,
        film=wish.video,
    )


def inherited(wish: prompt.Prompt, verb: Verb) -> prompt.Prompt:
    """What of a wish counts for a verb: variations leave out what is for first grids alone; a seed counts always."""
    if verb != "vary":
        return wish
    kept = {name for row in prompt.AVAILABLE if row.scope != "grid" for name in row.fields}
    dropped = {name for row in prompt.AVAILABLE if row.scope == "grid" for name in row.fields} - kept - {"seed"}
    return wish.evolve(**{name: prompt.DEFAULTS[name] for name in dropped})


def steps_of(wish: prompt.Prompt, card: ModelCard) -> int:
    """Return the steps of a wish: a draft takes half of them."""
    steps = card.steps_for(wish.quality)
    return max(1, round(steps / 2)) if wish.draft else steps


def effort(spec: Spec, card: ModelCard) -> int:
    """What a job costs the painter; 1000 is an ordinary grid."""
    if spec.verb == "upscale":
        return UPSCALE_EFFORT
    if spec.verb == "refine" and spec.source:
        pictures = spec.width_px * spec.height_px / card.size_rule.area_px
        return max(1, round(1000 * spec.steps * spec.source.strength * pictures / (card.steps * 4)))
    return max(1, round(1000 * spec.steps * spec.count / (card.steps * 4)))


def _ratio(fraction: Fraction) -> prompt.Ratio:
    return prompt.Ratio(w=fraction.numerator, h=fraction.denominator)
