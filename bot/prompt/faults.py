"""What is said about one parameter that cannot be used as it was typed."""

import difflib
from typing import Any

from bot.prompt.display import code
from bot.prompt.errors import Fault
from bot.prompt.lexer import Typed
from bot.prompt.parameters import AVAILABLE, PARAMETERS, Parameter
from bot.prompt.prompt import Limits
from bot.prompt.texts import Sentence, say
from bot.prompt.values import Unreadable

_SHORT = 4
"""Letters of a name up to which many names look alike."""
_LONGEST_SPELLED = 80
"""Of a parameter that a sentence repeats with its value."""


def useless(row: Parameter, one: Typed) -> Fault:
    """Known by name, but nothing here can do it."""
    name = f"--{one.name}"
    return Fault(sentences=(say(row.instead, name=name),), parameter=name, value=one.value)


def lacking(name: str, said: Sentence | None = None) -> Fault:
    """It is right, but the model cannot do it."""
    return Fault(sentences=(said or say("parameter.model", name=name),), parameter=name, lacking=True)


def unknown(one: Typed, limits: Limits) -> Fault:
    """Known to nobody; with the parameter that was probably meant, if that works here."""
    meant = _meant(one.name)
    if meant and meant.available and not meant.works_with(limits):
        meant = None
    said = [say("parameter.unknown", value=code(one.spelled))]
    notes = [say("parameter.all", names=", ".join(f"--{row.name}" for row in AVAILABLE if row.works_with(limits)))]
    nearest = None
    if meant and meant.available:
        nearest = _completed(meant, one.value, limits)
        said.append(say("parameter.nearest", nearest=code(nearest)))
    elif meant:
        nearest = f"--{meant.name}"
        said += [say("parameter.nearest", nearest=code(nearest)), meant.help]
    if meant is None or not one.spelled.startswith("--"):
        notes.append(say("parameter.dash"))
    sentences, all_notes = tuple(said), tuple(notes)
    return Fault(sentences=sentences, parameter=one.spelled, value=one.value, nearest=nearest, notes=all_notes)


def _meant(name: str) -> Parameter | None:
    """The row whose name is most like it; those that can be used come first among equals."""
    spellings = {known: row for row in reversed(PARAMETERS) for known in (*row.mistaken, *row.names)}
    by_use = sorted(spellings, key=lambda known: not spellings[known].available)
    close = difflib.get_close_matches(name, by_use, n=1, cutoff=0.6)
    return spellings[close[0]] if close and _slipped(name, close[0]) else None


def _slipped(name: str, known: str) -> bool:
    """Whether a name may be a slip of the finger: among few letters only one place differs, or their order."""
    if len(name) > _SHORT or sorted(name) == sorted(known):
        return True
    steps = difflib.SequenceMatcher(None, name, known).get_opcodes()
    return sum(step != "equal" for step, *_ in steps) <= 1


def _completed(row: Parameter, value: str, limits: Limits) -> str:
    try:
        return row.typed(row.values.read(value, limits).value)
    except Unreadable as reason:
        return _example(row, reason)


def _example(row: Parameter, reason: Unreadable) -> str:
    """The nearest right spelling, or any right one."""
    return f"--{row.name} {row.example}".rstrip(" ") if reason.nearest is None else row.typed(reason.nearest)


def missing(row: Parameter, reason: Unreadable, limits: Limits) -> Fault:
    """Nothing stands behind the name."""
    name, allowed, example = f"--{row.name}", row.values.allowed(limits), _example(row, reason)
    said = say("parameter.missing", name=name, allowed=allowed, example=code(example))
    return Fault(sentences=(said,), parameter=name, allowed=allowed, nearest=example)


def bad_value(row: Parameter, one: Typed, reason: Unreadable, limits: Limits) -> Fault:
    """What stands behind the name is not what it takes."""
    name, allowed = f"--{row.name}", row.values.allowed(limits)
    if reason.why:
        nearest = None if reason.nearest is None else row.typed(reason.nearest)
        said = say(reason.why.key, **reason.why.fields, name=name, value=code(one.value))
        ask = (say("parameter.nearest", nearest=code(nearest)),) if nearest else ()
        return Fault(sentences=(said, *ask), parameter=name, value=one.value, allowed=allowed, nearest=nearest)
    key = "parameter.range" if reason.out_of_range else "parameter.malformed"
    nearest = _example(row, reason)
    said = say(key, value=code(one.value), name=name, allowed=allowed, default=_default(row))
    ask = (say("parameter.nearest", nearest=code(nearest)),)
    return Fault(sentences=(said, *ask), parameter=name, value=one.value, allowed=allowed, nearest=nearest)


def _default(row: Parameter) -> Sentence:
    if row.default:
        return say("default.value", default=row.default)
    return say({"seed": "default.random", "no": "default.nothing"}.get(row.name, "default.none"))


def text_after(row: Parameter, value: Any, rest: str, text: str) -> Fault:
    """Words that belong nowhere stand behind a right value."""
    spelled = row.typed(value)
    moved = f"{text} {rest} {spelled}".strip(" ")
    name = spelled if len(spelled) <= _LONGEST_SPELLED else f"--{row.name}"
    said = say("parameter.text_after", value=code(rest), name=name, nearest=code(moved, 400))
    return Fault(sentences=(said,), parameter=f"--{row.name}", value=rest, nearest=moved)
