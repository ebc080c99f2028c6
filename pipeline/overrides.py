"""What an owner may change about a model in easel.toml, checked field by field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from pipeline.cards import ModelCard, usual_mechanisms, usual_qualities
from pipeline.checkpoints import CheckpointUnusable, did_you_mean
from pipeline.families import MECHANISMS, STRENGTHS
from pipeline.sizes import BadRatio, parse_ratio

SOURCE_FIELDS = frozenset({"source", "family"})
"""Fields of a table that say which model it is; the others are overrides."""


def overridden(card: ModelCard, table: Mapping[str, Any]) -> ModelCard:
    """Apply an owner's table to a card. Raises CheckpointUnusable with the first wrong field."""
    for name in table:
        if name not in _FIELDS:
            raise CheckpointUnusable(f"there is no field {name!r}.{did_you_mean(name, (*_FIELDS, *SOURCE_FIELDS))}")
    for name, apply in _FIELDS.items():
        if name in table:
            card = apply(card, table[name])
    return card


def _title(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, title=_text("title", value))


def _licence(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, licence=_text("licence", value))


def _scheduler(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, scheduler=_text("scheduler", value))


def _variant(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, origin=replace(card.origin, variant=_text("variant", value)))


def _taste(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, taste=_text("taste", value))


def _version(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, version=_spelled("version", value))


def _niji(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, niji=_spelled("niji", value))


def _side(card: ModelCard, value: Any) -> ModelCard:
    side = int(_number("side", value, 64, 4096, whole=True))
    return replace(card, size_rule=replace(card.size_rule, area_px=side * side))


def _size_step(card: ModelCard, value: Any) -> ModelCard:
    step, least = int(_number("size_step", value, 8, 256, whole=True)), card.traits.size_step_px
    if step % least:
        raise CheckpointUnusable(f"size_step must be a multiple of {least} for {card.traits.title}, not {step}.")
    return replace(card, size_rule=replace(card.size_rule, step_px=step))


def _narrowest(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, size_rule=replace(card.size_rule, min_ratio=_ratio("narrowest", value, most=Fraction(1))))


def _widest(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, size_rule=replace(card.size_rule, max_ratio=_ratio("widest", value, least=Fraction(1))))


def _steps(card: ModelCard, value: Any) -> ModelCard:
    steps = int(_number("steps", value, 1, 200, whole=True))
    return replace(card, steps=steps, qualities=usual_qualities(steps))


def _guidance(card: ModelCard, value: Any) -> ModelCard:
    guidance = _number("guidance", value, 0, 50)
    return replace(card, guidance=guidance, mechanisms=usual_mechanisms(card.traits, guidance))


def _qualities(card: ModelCard, value: Any) -> ModelCard:
    if not isinstance(value, list) or not value:
        raise CheckpointUnusable("qualities must be a list of numbers, like [0.5, 1, 2].")
    qualities = tuple(sorted({_number("qualities", each, 0.05, 8) for each in value}))
    if 1.0 not in qualities:
        raise CheckpointUnusable("qualities must contain 1, which is what members get who ask for nothing.")
    return replace(card, qualities=qualities)


def _vary(card: ModelCard, value: Any) -> ModelCard:
    if not isinstance(value, Mapping) or not set(value) <= set(STRENGTHS):
        raise CheckpointUnusable("vary must be a table like { subtle = 0.35, normal = 0.55, strong = 0.75 }.")
    strengths = {**card.vary_strength}
    for name in STRENGTHS:
        if name in value:
            strengths[name] = _number(f"vary.{name}", value[name], 0.01, 1)
    if not strengths["subtle"] <= strengths["normal"] <= strengths["strong"]:
        raise CheckpointUnusable("vary must not fall from subtle over normal to strong.")
    return replace(card, vary_strength=strengths)


def _refine(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, refine_strength=_number("refine", value, 0.01, 1))


def _surround(card: ModelCard, value: Any) -> ModelCard:
    return replace(card, surround_strength=_number("surround", value, 0.01, 1))


def _without(card: ModelCard, value: Any) -> ModelCard:
    names = value if isinstance(value, list) else [value]
    for name in names:
        if name not in MECHANISMS:
            raise CheckpointUnusable(f"without knows {', '.join(MECHANISMS)}, but not {name!r}.")
    return replace(card, mechanisms=card.mechanisms - frozenset(names))


def _tokens(card: ModelCard, value: Any) -> ModelCard:
    most = card.traits.most_prompt_tokens
    return replace(card, max_prompt_tokens=int(_number("max_prompt_tokens", value, 8, most, whole=True)))


_FIELDS: Mapping[str, Callable[[ModelCard, Any], ModelCard]] = {
    "title": _title,
    "licence": _licence,
    "scheduler": _scheduler,
    "variant": _variant,
    "taste": _taste,
    "version": _version,
    "niji": _niji,
    "side": _side,
    "size_step": _size_step,
    "narrowest": _narrowest,
    "widest": _widest,
    "steps": _steps,
    "guidance": _guidance,
    "qualities": _qualities,
    "vary": _vary,
    "refine": _refine,
    "surround": _surround,
    "without": _without,
    "max_prompt_tokens": _tokens,
}
"""In the order of application: what follows from steps and guidance can be overruled by a later field."""


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CheckpointUnusable(f"{name} must be a text.")
    return value.strip()


def _spelled(name: str, value: Any) -> str:
    """Take a version as members type it; 7 and 6.1 may stand there as numbers."""
    text = str(value).strip().lower() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,15}", text):
        raise CheckpointUnusable(f'{name} must be what members type behind --{name}, like "7" or "6.1".')
    return text


def _number(name: str, value: Any, least: float, most: float, *, whole: bool = False) -> float:
    kind = "a whole number" if whole else "a number"
    right = isinstance(value, int) if whole else isinstance(value, int | float)
    if not right or isinstance(value, bool) or not least <= value <= most:
        raise CheckpointUnusable(f"{name} must be {kind} from {least:g} to {most:g}, not {value!r}.")
    return float(value)


def _ratio(name: str, value: Any, *, least: Fraction = Fraction(1, 14), most: Fraction = Fraction(14)) -> Fraction:
    try:
        ratio = parse_ratio(value) if isinstance(value, str) else None
    except BadRatio:
        ratio = None
    if ratio is None or not least <= ratio <= most:
        raise CheckpointUnusable(f'{name} must be a ratio like "1:2", from {least} to {most} as width:height.')
    return ratio
