"""Reads a prompt: what was typed → what it means, or everything that is wrong with it at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from bot.prompt import faults
from bot.prompt.braces import unescape
from bot.prompt.clean import clean
from bot.prompt.description import Description, describe
from bot.prompt.errors import EXAMPLE, EmptyPrompt, Fault, InvalidParameter, InvalidPrompt, TooLong
from bot.prompt.lexer import Typed, expand, split
from bot.prompt.parameters import BY_NAME, Parameter
from bot.prompt.prompt import DEFAULT_LIMITS, DEFAULTS, Limits, Prompt
from bot.prompt.rules import clashes
from bot.prompt.texts import Sentence, say
from bot.prompt.values import Unreadable

NO_OPTIONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What parameters mean: fields of `Prompt`, and what is wrong with the others."""

    fields: Mapping[str, Any]
    faults: tuple[Fault, ...]


def parse(
    text: str, *, limits: Limits = DEFAULT_LIMITS, options: Mapping[str, str] = NO_OPTIONS, suffix: str = ""
) -> Prompt:
    """Read a prompt as Midjourney does: links to pictures, a description, then parameters.

    A parameter typed twice counts as typed last, so that one can be added to a copied prompt; `--no` adds up.
    options: what a member's own names stand for, by name without hyphens; each is put in its place once
    suffix:  parameters that hold where the prompt says nothing else; those of no use in this prompt are left out
    Raises EmptyPrompt, TooLong, InvalidPrompt, or InvalidParameter with all faults.
    """
    cleaned = expanded(text, limits=limits, options=options)
    parts = split(unescape(cleaned))
    own = fill(parts.typed, limits, text=parts.text)
    seen = describe(parts.text)
    wish = _built(seen, own, fill(split(unescape(clean(suffix))).typed, limits))
    typed_fields = {*own.fields, "text", "images", "parts"}
    clashing = [clash for clash in clashes(wish, limits) if typed_fields.intersection(clash.fields)]
    if wrong := (*own.faults, *(clash.fault for clash in clashing)):
        raise InvalidParameter(*wrong, typed=cleaned)
    _check_description(seen, limits, typed=cleaned, parameters=bool(parts.typed))
    return settled(wish, limits)


def recall(printed: str, *, limits: Limits = DEFAULT_LIMITS) -> Prompt:
    """Read a prompt back that was accepted and printed once, perhaps for another model; it is never refused.

    What the model of today cannot do becomes the nearest that it can, or is left out; the length is not checked again,
    because the printed form may be longer than the typed one.
    """
    parts = split(unescape(clean(printed)))
    return settled(_built(describe(parts.text), fill(parts.typed, limits, text=parts.text)), limits)


def model_of(
    text: str, *, limits: Limits = DEFAULT_LIMITS, options: Mapping[str, str] = NO_OPTIONS, suffix: str = ""
) -> str | None:
    """The model that a prompt chooses, so that the rest can be read with its limits; None where it chooses none."""
    typed = split(unescape(expand(clean(f"{text}"), options))).typed
    given = fill(split(unescape(clean(suffix))).typed, limits).fields.get("model")
    return fill(typed, limits).fields.get("model", given)  # type: ignore[no-any-return]  # fields are of all types


def expanded(text: str, *, limits: Limits = DEFAULT_LIMITS, options: Mapping[str, str] = NO_OPTIONS) -> str:
    """What was typed, cleaned, with own options in their places; their braces become those of the prompt.

    Raises TooLong.
    """
    if len(text) > limits.max_chars:
        raise TooLong(typed=text, limit=limits.max_chars)
    whole = expand(clean(text), options)
    if len(whole) > limits.max_chars:
        raise TooLong(typed=whole, limit=limits.max_chars)
    return whole


def _built(seen: Description, own: Filled, given: Filled | None = None) -> Prompt:
    fields = {**(given.fields if given else {}), **own.fields}
    if given and "no" in own.fields:
        fields["no"] = given.fields.get("no", ()) + own.fields["no"]
    return Prompt(text=seen.text, parts=seen.parts, images=seen.images, **fields)


def settled(wish: Prompt, limits: Limits) -> Prompt:
    """The prompt without what does not go together or not with the model."""
    while clash := next(clashes(wish, limits), None):
        wish = replace(wish, **{name: DEFAULTS[name] for name in clash.fields})
    return wish


def _check_description(seen: Description, limits: Limits, *, typed: str, parameters: bool) -> None:
    problems = [*seen.problems, *_picture_problems(seen, limits)]
    if problems:
        raise InvalidPrompt(*problems, typed=typed)
    if not (seen.text or seen.images):
        raise EmptyPrompt(typed=typed, parameters=parameters)


def _picture_problems(seen: Description, limits: Limits) -> list[Sentence]:
    count = len(seen.images)
    if count > limits.max_images:
        return [say("image.many", count=count, limit=limits.max_images, surplus=count - limits.max_images)]
    if count == 1 and not seen.text:
        return [say("image.alone", example=EXAMPLE)]
    return []


def fill(typed: tuple[Typed, ...], limits: Limits, *, text: str = "") -> Filled:
    """Read parameters; one that is wrong leaves a fault, and its nearest right value, if there is one."""
    fields: dict[str, Any] = {}
    wrong: list[Fault] = []
    for one in typed:
        row = BY_NAME.get(one.name)
        if row is None or not row.available:
            wrong.append(faults.useless(row, one) if row else faults.unknown(one, limits))
            continue
        reading = _read(row, one, limits, text)
        wrong += reading.faults
        fields |= {
            name: fields.get(name, ()) + value if row.kind == "list" else value
            for name, value in reading.fields.items()
        }
    return Filled(fields=fields, faults=tuple(wrong))


def _read(row: Parameter, one: Typed, limits: Limits, text: str) -> Filled:
    try:
        reading = row.values.read(one.value, limits)
    except Unreadable as reason:
        if row.mechanisms and not row.works_with(limits):
            return Filled(fields={}, faults=(faults.lacking(f"--{row.name}"),))
        said = faults.bad_value(row, one, reason, limits)
        if not one.value and not reason.why:
            said = faults.missing(row, reason, limits)
        return Filled(fields={} if reason.nearest is None else row.filled(reason.nearest), faults=(said,))
    rest = (faults.text_after(row, reading.value, reading.rest, text),) if reading.rest else ()
    return Filled(fields=row.filled(reading.value), faults=rest)
