"""What in a prompt does not go together, or not with one model."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.prompt.errors import Fault
from bot.prompt.faults import lacking
from bot.prompt.parameters import AVAILABLE, BY_NAME
from bot.prompt.prompt import Limits, Prompt
from bot.prompt.texts import Sentence, say


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Something that cannot be done as it stands, and the fields that go back to their defaults where it must."""

    fault: Fault
    fields: tuple[str, ...]


def clashes(prompt: Prompt, limits: Limits) -> Iterator[Clash]:
    """Everything that does not go together, in the order of the prompt."""
    yield from not_with(prompt, limits)
    if prompt.image_weight != 1 and not prompt.images:
        yield _clash("iw", say("needs.images", name="--iw"))
    if prompt.style_weight != 100 and not prompt.style_refs:
        yield _clash("sw", say("needs.sref", name="--sw"))
    if prompt.images and not prompt.text:
        for name in ("stylize", "weird", "sref"):
            if BY_NAME[name].stands_in(prompt):
                yield _clash(name, say("needs.text", name=f"--{name}"))


def not_with(prompt: Prompt, limits: Limits) -> Iterator[Clash]:
    """What the model lacks."""
    has = limits.mechanisms
    if prompt.images and "image_prompts" not in has:
        yield Clash(fault=lacking("", say("image.model")), fields=("images",))
    if prompt.parts and "weights" not in has:
        yield Clash(fault=lacking("::", say("weights.model")), fields=("parts",))
    for row in AVAILABLE:
        needed = _mechanisms(prompt) if row.name == "sref" else row.mechanisms
        if needed and not has.intersection(needed) and row.stands_in(prompt) and not row.printed_as:
            yield Clash(fault=lacking(f"--{row.name}"), fields=row.fields)


def _mechanisms(prompt: Prompt) -> tuple[str, ...]:
    return ("style_images",) if any(ref.url for ref in prompt.style_refs) else ("style_codes",)


def _clash(name: str, said: Sentence) -> Clash:
    return Clash(fault=Fault(sentences=(said,), parameter=f"--{name}"), fields=BY_NAME[name].fields)
