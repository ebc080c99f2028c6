"""What a spec wishes for, as texts that each have a share, and how far it is to be led astray.

A mix of texts is drawn by its encoding: the sum of share × encoding of each text, over shares that add up to 1.
- `::`: the positive weights, divided by their sum. Negative weights go to the negative prompt: at half the weight of
  the positive parts they are all of it, as `--no` is, with less they share it with the empty text. Models without a
  negative prompt are pushed away instead: what the negative parts have in common with the wish is counted off.
- `--stylize`: each text again with the model's taste behind it. That share grows from −1/4 at 0, which leads away from
  the taste, over nothing at 100 to all at 1000; the guidance above 1 is multiplied by 0.6 at 0, by 1 at 100 and by 2 at
  1000.
- `--weird` turns the encoding of the wish by up to 60°, `--chaos` that of each picture by up to 50°.
"""

import math

from pipeline.cards import ModelCard
from pipeline.spec import Spec

Mix = tuple[tuple[str, float], ...]
"""Texts with their shares, which add up to 1; the first one is never left out."""

_AS_MUCH_AS_NO = 0.5
_PLAINEST = -0.25
_WEIRDEST_DEGREES = 60
_WILDEST_DEGREES = 50


def wished(spec: Spec, card: ModelCard) -> Mix:
    """Return what is to be seen."""
    wish = [(part.text, part.weight) for part in spec.parts if part.weight > 0] or [(spec.prompt, 1.0)]
    mix = _shares(wish)
    away = _away(spec)
    if away and "negative" not in card.mechanisms:
        push = _total(away) / _total(wish)
        mix = tuple((text, share * (1 + push)) for text, share in mix) + _scaled(_shares(away), -push)
    return _with_taste(mix, card.taste, _taste_share(spec.stylize))


def unwished(spec: Spec, card: ModelCard) -> Mix:
    """Return what is not to be seen; the empty text, or the family's word for it, where there is nothing."""
    blank = card.traits.blank_negative or ""
    if "negative" not in card.mechanisms:
        return ((blank, 1.0),)
    wish = _total([(part.text, part.weight) for part in spec.parts if part.weight > 0]) or 1.0
    away = _away(spec)
    if spec.negative:
        away = [(spec.negative, _AS_MUCH_AS_NO * wish), *away]
    reach = min(1.0, _total(away) / wish / _AS_MUCH_AS_NO)
    if reach == 0:
        return ((blank, 1.0),)
    mix = _scaled(_shares(away), reach)
    return mix if reach == 1 else ((blank, 1 - reach), *mix)


def guidance(spec: Spec) -> float:
    """Return how closely the wish is followed, once `--stylize` has had its say."""
    if spec.guidance <= 1 or spec.stylize == 100:
        return spec.guidance
    factor = 0.6 + 0.4 * spec.stylize / 100 if spec.stylize < 100 else 1 + (spec.stylize - 100) / 900
    return 1 + (spec.guidance - 1) * factor


def weird_angle(spec: Spec) -> float:
    """Return how far the wish is turned, in radians: quickly at first, since people rarely go beyond 1000."""
    return math.radians(_WEIRDEST_DEGREES) * math.sqrt(spec.weird / 3000)


def chaos_angle(spec: Spec) -> float:
    """Return how far each picture's wish is turned in a direction of its own, in radians."""
    return math.radians(_WILDEST_DEGREES) * (spec.chaos / 100) ** 0.6 if spec.verb == "draw" else 0.0


def _away(spec: Spec) -> list[tuple[str, float]]:
    return [(part.text, -part.weight) for part in spec.parts if part.weight < 0]


def _total(texts: list[tuple[str, float]]) -> float:
    # Rounded so that weights which mean the same, such as 0.1 : 0.2 and 1 : 2, give the same picture.
    return round(math.fsum(weight for _, weight in texts), 9)


def _shares(texts: list[tuple[str, float]]) -> Mix:
    total = _total(texts)
    return tuple((text, round(weight / total, 9)) for text, weight in texts)


def _scaled(mix: Mix, factor: float) -> Mix:
    return tuple((text, share * factor) for text, share in mix)


def _taste_share(stylize: int) -> float:
    return _PLAINEST * (100 - stylize) / 100 if stylize < 100 else (stylize - 100) / 900


def _with_taste(mix: Mix, taste: str, share: float) -> Mix:
    if not taste or share == 0:
        return mix
    tasteful = tuple((f"{text}, {taste}" if text else taste, part * share) for text, part in mix)
    return _scaled(mix, 1 - share) + tasteful
