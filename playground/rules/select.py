"""What Discord's documents say about selects, wherever they stand, and about the emoji on them and on buttons."""

from collections import Counter
from collections.abc import Iterator

from playground.emoji import is_emoji
from playground.snowflake import Json

STRING_SELECT = 3
OPTIONS = 25
TEXT_LENGTH, PLACEHOLDER_LENGTH = 100, 150


def emoji_faults(thing: Json) -> Iterator[str]:
    """A sentence for a sign that is no emoji; one with an id is of a guild, and its name says nothing."""
    emoji = thing.get("emoji")
    name = emoji.get("name") if isinstance(emoji, dict) and not emoji.get("id") else None
    if name and not is_emoji(str(name)):
        yield "Invalid emoji"


def select_faults(select: Json) -> Iterator[str]:
    """A sentence for every fault of a select and of its options."""
    if not select.get("custom_id"):
        yield "A select needs a custom_id."
    if len(select.get("placeholder") or "") > PLACEHOLDER_LENGTH:
        yield f"A placeholder has at most {PLACEHOLDER_LENGTH} characters."
    low, high = (1 if select.get(key) is None else select[key] for key in ("min_values", "max_values"))
    if not 0 <= low <= high <= OPTIONS or high < 1:
        yield f"min_values goes from 0, max_values from 1 to {OPTIONS}, the smaller one first."
    if select.get("type") == STRING_SELECT:
        yield from _options(select.get("options") or [], low, high)


def _options(options: list[Json], low: int, high: int) -> Iterator[str]:
    if not 1 <= len(options) <= OPTIONS:
        yield f"A select has 1 to {OPTIONS} options."
    elif not low <= len(options):
        yield "min_values is more than there are options."
    values = Counter(str(option.get("value")) for option in options)
    if any(times > 1 for times in values.values()):
        yield "Two options of a select have the same value."
    if any(not 1 <= len(option.get(key) or "") <= TEXT_LENGTH for option in options for key in ("label", "value")):
        yield f"Labels and values of options have 1 to {TEXT_LENGTH} characters."
    if any(len(option.get("description") or "") > TEXT_LENGTH for option in options):
        yield f"Descriptions of options have at most {TEXT_LENGTH} characters."
    for option in options:
        yield from emoji_faults(option)
    if sum(bool(option.get("default")) for option in options) > high:
        yield "More options are chosen beforehand than may be."
