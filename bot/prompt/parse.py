"""Reads a prompt: what was typed → what it means, or everything that is wrong with it at once."""

import difflib
from dataclasses import replace
from typing import Any

from bot.prompt.clean import clean, is_blank
from bot.prompt.display import code
from bot.prompt.errors import EmptyPrompt, Fault, InvalidParameter, TooLong
from bot.prompt.lexer import Parts, Typed, split
from bot.prompt.parameters import AVAILABLE, BY_NAME, PARAMETERS, Parameter
from bot.prompt.prompt import DEFAULT_LIMITS, Limits, Prompt
from bot.prompt.texts import Sentence, say
from bot.prompt.values import Unreadable


class _Wrong(Exception):
    """One fault, on its way to the list of all."""

    def __init__(self, fault: Fault) -> None:
        """Carry the fault."""
        self.fault = fault
        super().__init__()


def parse(text: str, *, limits: Limits = DEFAULT_LIMITS) -> Prompt:
    """Read a prompt as Midjourney does: a description, then parameters.

    A parameter typed twice counts as typed last, so that one can be added to a copied prompt; `--no` adds up.
    Raises EmptyPrompt, TooLong, or InvalidParameter with all faults.
    """
    if len(text) > limits.max_chars:
        raise TooLong(typed=text, limit=limits.max_chars)
    cleaned = clean(text)
    parts = split(cleaned)
    fields = _fields(parts, limits, typed=cleaned)
    if is_blank(parts.text):
        raise EmptyPrompt(typed=cleaned, parameters=bool(parts.typed))
    return Prompt(text=parts.text, **fields)


def recall(printed: str, *, limits: Limits = DEFAULT_LIMITS) -> Prompt:
    """Read a prompt back that was accepted and printed once, perhaps for another model; it is never refused.

    What the model of today cannot do becomes the nearest that it can; the length is not checked again, because the
    printed form may be longer than the typed one.
    """
    return parse(printed, limits=replace(limits, max_chars=max(limits.max_chars, len(printed)), clamp=True))


def _fields(parts: Parts, limits: Limits, *, typed: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    faults = []
    for one in parts.typed:
        try:
            row = _row(one, limits)
            value = _value(row, one, parts.text, limits)
        except _Wrong as wrong:
            faults.append(wrong.fault)
            continue
        assert row.field is not None  # rows without a field are refused in _row
        fields[row.field] = fields.get(row.field, ()) + value if row.kind == "list" else value
    if faults:
        raise InvalidParameter(*faults, typed=typed)
    return fields


def _row(one: Typed, limits: Limits) -> Parameter:
    row = BY_NAME.get(one.name)
    if row is None:
        raise _Wrong(_unknown(one, limits))
    if not row.available:
        name = f"--{one.name}"
        raise _Wrong(Fault(sentences=(say("parameter.not_yet", name=name),), parameter=name, value=one.value))
    return row


def _unknown(one: Typed, limits: Limits) -> Fault:
    meant = _meant(one.name)
    said = [say("parameter.unknown", value=code(one.spelled))]
    notes = [say("parameter.all", names=", ".join(f"--{row.name}" for row in AVAILABLE))]
    nearest = None
    if meant and meant.available:
        nearest = _completed(meant, one.value, limits)
        said.append(say("parameter.nearest", nearest=code(nearest)))
    elif meant:
        nearest = f"--{meant.name}"
        said += [say("parameter.nearest", nearest=code(nearest)), say("parameter.not_yet", name=nearest)]
    if meant is None or not one.spelled.startswith("--"):
        notes.append(say("parameter.dash"))
    sentences, all_notes = tuple(said), tuple(notes)
    return Fault(sentences=sentences, parameter=one.spelled, value=one.value, nearest=nearest, notes=all_notes)


def _meant(name: str) -> Parameter | None:
    """The row whose name is most like it; those that can be used come first among equals."""
    spellings = {known: row for row in reversed(PARAMETERS) for known in (*row.mistaken, *row.names)}
    by_use = sorted(spellings, key=lambda known: not spellings[known].available)
    close = difflib.get_close_matches(name, by_use, n=1, cutoff=0.6)
    return spellings[close[0]] if close else None


def _completed(row: Parameter, value: str, limits: Limits) -> str:
    try:
        return row.typed(row.values.read(value, limits).value)
    except Unreadable:
        return f"--{row.name} {row.example}"


def _value(row: Parameter, one: Typed, text: str, limits: Limits) -> Any:
    name = f"--{row.name}"
    allowed = row.values.allowed(limits)
    if not one.value and row.kind != "flag":
        example = code(f"{name} {row.example}")
        said = say("parameter.missing", name=name, allowed=allowed, example=example)
        raise _Wrong(Fault(sentences=(said,), parameter=name, allowed=allowed, nearest=f"{name} {row.example}"))
    try:
        reading = row.values.read(one.value, limits)
    except Unreadable as reason:
        raise _Wrong(_bad_value(row, one, reason, allowed)) from None
    if reading.rest:
        raise _Wrong(_text_after(row, reading.value, reading.rest, text))
    return reading.value


def _bad_value(row: Parameter, one: Typed, reason: Unreadable, allowed: Sentence) -> Fault:
    key = "parameter.range" if reason.out_of_range else "parameter.malformed"
    nearest = f"--{row.name} {row.example}" if reason.nearest is None else row.typed(reason.nearest)
    said = say(key, value=code(one.value), name=f"--{row.name}", allowed=allowed, default=_default(row))
    ask = say("parameter.nearest", nearest=code(nearest))
    name = f"--{row.name}"
    return Fault(sentences=(said, ask), parameter=name, value=one.value, allowed=allowed, nearest=nearest)


def _default(row: Parameter) -> Sentence:
    if row.default:
        return say("default.value", default=row.default)
    return say("default.random" if row.name == "seed" else "default.nothing")


def _text_after(row: Parameter, value: Any, rest: str, text: str) -> Fault:
    spelled = row.typed(value)
    moved = f"{text} {rest} {spelled}".strip(" ")
    said = say("parameter.text_after", value=code(rest), name=spelled, nearest=code(f"/imagine {moved}", 400))
    return Fault(sentences=(said,), parameter=f"--{row.name}", value=rest, nearest=moved)
