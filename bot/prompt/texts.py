"""Every sentence of this package that a person reads, by key, with named placeholders: the table to translate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # titles of the embed
        "title.parameter": "Invalid parameter",
        "title.empty": "Empty prompt",
        "title.prompt": "Invalid prompt",
        "title.banned": "Banned prompt",
        # whole prompts
        "empty.nothing": "There is nothing to draw yet. Describe a picture, for example: {example}",
        "empty.parameters": (
            "I found parameters but no description. Say what you would like to see before them, for example: {example}"
        ),
        "too_long": (
            "That prompt has {length} characters; {limit} is the most I can take. "
            "Please shorten it by {surplus} and try again."
        ),
        # one parameter
        "parameter.missing": "{name} needs a value: {allowed}. For example: {example}",
        "parameter.malformed": "I can't read {value} as a value of {name}. It takes {allowed}; {default}.",
        "parameter.range": "{value} is outside what {name} takes: {allowed}; {default}.",
        "parameter.not_yet": "{name} isn't here yet. Take it out and the rest of your prompt works.",
        "parameter.unknown": "I don't know a parameter {value}.",
        "parameter.text_after": (
            "{value} comes after {name}. Parameters go last, so put everything you want to see before them: {nearest}"
        ),
        # sentences that may follow
        "parameter.nearest": "Did you mean {nearest}?",
        "parameter.all": "These work here: {names}.",
        "parameter.dash": "If a dash belongs to your description, leave a space after it.",
        "parameter.more": "There are {count} more like these.",
        # what is allowed
        "allowed.ratio": "two whole numbers, width:height, from {lowest} to {highest}",
        "allowed.whole": "a whole number from {lowest} to {highest}",
        "allowed.decimal": "a number from {lowest} to {highest}",
        "allowed.flag": "no value",
        "allowed.text": "a value",
        "allowed.choice": "one of {choices}",
        "allowed.list": "the things to leave out, with commas between them",
        "default.value": "the default is {default}",
        "default.random": "without it, a random one is chosen",
        "default.nothing": "without it, nothing is left out",
        # help, one sentence each
        "help.ar": "Shape of the picture, width to height.",
        "help.chaos": "How different the four pictures may be from one another.",
        "help.no": "Things that should not be in the picture.",
        "help.quality": "How much time goes into the drawing.",
        "help.seed": "Starts from the same noise, so the same prompt gives the same pictures again.",
        "help.stop": "Stops early, at this percentage, for a softer picture.",
        "help.later": "Known from Midjourney; not here yet.",
        # blocked words
        "banned": "Your prompt contains {word}, which isn't allowed here. Please describe it another way.",
    }
)


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A key of the table and what fills its placeholders; rendered as late as possible, in any language."""

    key: str
    fields: Mapping[str, object] = field(default_factory=dict)

    def render(self, texts: Mapping[str, str] = ENGLISH) -> str:
        """Fill in the placeholders; sentences among the fields are rendered with the same table first."""
        filled = {
            name: value.render(texts) if isinstance(value, Sentence) else str(value)
            for name, value in self.fields.items()
        }
        return texts[self.key].format_map(filled)


def say(key: str, **fields: object) -> Sentence:
    return Sentence(key=key, fields=fields)
