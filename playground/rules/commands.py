"""What Discord's documents say about commands beyond the schema."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from playground.problem import Wrong
from playground.rules.shape import At, command_shape
from playground.snowflake import Json

CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
MOST_OF = {CHAT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
WHOLE_LENGTH = 8000  # names, descriptions and choices of one command together
OPTIONS, CHOICES, CHOICE_LENGTH, NAME_LENGTH, DESCRIPTION_LENGTH = 25, 25, 100, 32, 100
NAME = re.compile(r"[-_'\w]{1,32}")  # the documented class of letters, digits and Indic signs, near enough
SUBCOMMANDS = frozenset({1, 2})


def command_rules(commands: Sequence[Any]) -> list[Wrong]:
    """Faults of a whole set of commands, as the bulk overwrite sends it."""
    wrongs = [wrong for n, command in enumerate(commands) for wrong in command_shape(command, (n,))]
    if wrongs:
        return wrongs
    wrongs = [wrong for n, command in enumerate(commands) for wrong in _command(command, (n,))]
    kinds = Counter(kind_of(command) for command in commands)
    names = Counter((kind_of(command), command["name"]) for command in commands)
    wrongs += [
        Wrong(at=(), message=f"At most {most} commands of type {kind}.")
        for kind, most in MOST_OF.items()
        if kinds[kind] > most
    ]
    wrongs += [
        Wrong(
            at=(),
            message=f"Application command names must be unique: {name}",
            code="APPLICATION_COMMANDS_DUPLICATE_NAME",
        )
        for (_, name), times in names.items()
        if times > 1
    ]
    return wrongs


def kind_of(command: Json) -> int:
    return int(command.get("type") or CHAT)


def _command(command: Json, at: At) -> Iterator[Wrong]:
    if kind_of(command) == CHAT:
        yield from _name(command, at)
        if not 1 <= len(command.get("description") or "") <= DESCRIPTION_LENGTH:
            yield Wrong(at=(*at, "description"), message=f"Must be 1 to {DESCRIPTION_LENGTH} characters.")
        yield from _options(command, at, depth=0)
    elif not 1 <= len(command["name"]) <= NAME_LENGTH:
        yield Wrong(at=(*at, "name"), message=f"Must be 1 to {NAME_LENGTH} characters.")
    elif command.get("description") or command.get("options"):
        yield Wrong(at=at, message="A context menu has no description and no options.")
    if _length(command) > WHOLE_LENGTH:
        yield Wrong(at=at, message=f"Command exceeds maximum size ({WHOLE_LENGTH}).")


def _name(thing: Json, at: At) -> Iterator[Wrong]:
    name = str(thing.get("name"))
    if not NAME.fullmatch(name) or name != name.lower():
        yield Wrong(at=(*at, "name"), message=f"{name}: lower case letters, digits, - and _, 1 to 32 characters.")


def _options(parent: Json, at: At, *, depth: int) -> Iterator[Wrong]:
    options = [option for option in parent.get("options") or [] if isinstance(option, dict)]
    if len(options) > OPTIONS:
        yield Wrong(at=(*at, "options"), message=f"Must be {OPTIONS} or fewer in length.")
    names = Counter(option.get("name") for option in options)
    if any(times > 1 for times in names.values()):
        yield Wrong(at=(*at, "options"), message="Option names must be unique.")
    optional_seen = False
    for n, option in enumerate(options):
        here = (*at, "options", n)
        yield from _option(option, here, depth=depth)
        if option.get("type") not in SUBCOMMANDS:
            if option.get("required") and optional_seen:
                yield Wrong(at=here, message="Required options must be placed before non-required options.")
            optional_seen |= not option.get("required")


def _option(option: Json, at: At, *, depth: int) -> Iterator[Wrong]:
    yield from _name(option, at)
    choices = [choice for choice in option.get("choices") or [] if isinstance(choice, dict)]
    if not 1 <= len(option.get("description") or "") <= DESCRIPTION_LENGTH:
        yield Wrong(at=(*at, "description"), message=f"Must be 1 to {DESCRIPTION_LENGTH} characters.")
    if choices and option.get("autocomplete"):
        yield Wrong(at=at, message="Choices and autocomplete exclude each other.")
    if len(choices) > CHOICES:
        yield Wrong(at=(*at, "choices"), message=f"Must be {CHOICES} or fewer in length.")
    if any(len(str(choice.get(key, ""))) > CHOICE_LENGTH for choice in choices for key in ("name", "value")):
        yield Wrong(at=(*at, "choices"), message=f"Names and values have at most {CHOICE_LENGTH} characters.")
    if option.get("type") in SUBCOMMANDS:
        if (depth and option["type"] == 2) or depth > 1:
            yield Wrong(at=at, message="Groups do not nest.")
        yield from _options(option, at, depth=depth + option["type"] % 2 + 1)


def _length(thing: Json) -> int:
    """Characters that count: the longest localisation of each text, and all choices."""
    own = sum(_longest(thing, key) for key in ("name", "description"))
    choices = sum(len(str(c.get("name", ""))) + len(str(c.get("value", ""))) for c in thing.get("choices") or [])
    return own + choices + sum(_length(option) for option in thing.get("options") or [])


def _longest(thing: Json, key: str) -> int:
    translations = (thing.get(f"{key}_localizations") or {}).values()
    return max(len(text or "") for text in [thing.get(key), *translations])
