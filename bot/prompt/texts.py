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
        "title.model": "Not with this model",
        # whole prompts
        "empty.nothing": "There is nothing to draw yet. Describe a picture, for example: {example}",
        "empty.parameters": (
            "I found parameters but no description. Say what you would like to see before them, for example: {example}"
        ),
        "too_long": (
            "That prompt has {length} characters; {limit} is the most I can take. "
            "Please shorten it by {surplus} and try again."
        ),
        "form.long": (
            "That prompt is longer than the {limit} characters that a window of Discord holds. "
            "Send it with /imagine, as you would like it to be."
        ),
        # one parameter
        "parameter.missing": "{name} needs a value: {allowed}. For example: {example}",
        "parameter.malformed": "I can't read {value} as a value of {name}. It takes {allowed}; {default}.",
        "parameter.range": "{value} is outside what {name} takes: {allowed}; {default}.",
        "parameter.model": (
            "{name} doesn't work with this model. Leave it out, or choose another model. Nothing was charged."
        ),
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
        "default.none": "it can be left out",
        "allowed.niji": "nothing, or a number",
        "allowed.styles": "links to pictures, numbers from 0 to 4294967295, or the word random",
        # choosing a model
        "version.none": "There is only one model here, so there is nothing to choose. Leave {name} out.",
        "version.niji": "No model here is called niji. Leave {name} out, or choose another with --v.",
        # styles
        "style.others": "{value} belongs to models of others and does nothing here. --style takes only raw.",
        "style.others.look": (
            "{value} belongs to models of others and does nothing here. --style takes only raw; --sref chooses a look."
        ),
        "sref.mixed": "{name} takes links or numbers, not both in one prompt. Please keep one kind.",
        "sref.many": "{name} takes {limit} styles at most. Please leave some out.",
        "sref.weight": (
            "A style's weight must be above 0 and below a million, for example: https://example.com/style.png::2"
        ),
        "sref.number_weight": "Only links can have a weight of their own; --sw says how much a numbered style counts.",
        "needs.sref": "{name} says how much a style counts, but there is none. Add --sref with a link or a number.",
        "needs.images": (
            "{name} says how much a picture counts, but there is none. Put a link to a picture before your description."
        ),
        "needs.text": "{name} needs a description. Say what you would like to see after the pictures.",
        # orders
        "repeat.off": "Repeats are switched off here. Take {name} out and ask again for another grid.",
        "zoom.place": "{name} works in the window that Custom Zoom opens below a single picture. Take it out here.",
        "tile.wider": "A picture that is drawn wider no longer repeats without a seam. Take {name} out here.",
        # image prompts
        "image.alone": ("One picture needs a description after it, or a second picture. For example: {example}"),
        "image.many": "That prompt has {count} pictures; {limit} is the most. Please leave {surplus} out.",
        "image.weight": (
            "A picture takes no weight of its own: {value}. Say with --iw how much pictures count against text."
        ),
        "image.place": "Pictures go first, before the description: {nearest}",
        "image.model": (
            "Pictures can't be part of a prompt with this model. Take the links out, or choose another model. "
            "Nothing was charged."
        ),
        # weights
        "weights.sum": (
            "The weights add up to {sum}, and they must add up to more than 0: {parts}. "
            "Make a wanted part stronger, or an unwanted one weaker."
        ),
        "weights.empty": "There is nothing before {value}. A weight goes directly behind the part that it is about.",
        "weights.model": (
            "Weights with :: don't work with this model. Take the colons out, or choose another model. "
            "Nothing was charged."
        ),
        # permutations
        "permute.many": (
            "The braces stand for {count} prompts; {limit} is the most at once. Please take some choices out."
        ),
        "permute.open": (
            "There is a {brace} without its partner. Close it, or write {escaped} to draw the brace itself."
        ),
        "permute.form": "Here the braces stand for several prompts, and a button takes one. Take them out.",
        "permute.over": "more than {count}",
        # own options and the suffix
        "option.name": "A name has letters, digits and underscores and begins with a letter: {value} can't be one.",
        "option.taken": "{name} is a parameter already. Please choose another name.",
        "option.empty": "The option {name} needs a value, for example: {example}",
        "suffix.text": "A suffix holds parameters only, and {value} isn't one. For example: {example}",
        "suffix.order": "{name} belongs in a single prompt, not in a suffix.",
        # known from Midjourney, but of no use here
        "instead.character": (
            "{name} does nothing here: no model on offer knows a person again. Use --sref for the style of a picture, "
            "or put its link before your description."
        ),
        "instead.object": (
            "{name} does nothing here: no model on offer carries a thing over. Put the picture's link before your "
            "description, with --iw to say how much it counts."
        ),
        "instead.personal": (
            "{name} does nothing here: nothing is learned from what you like. --stylize and --sref set the taste."
        ),
        "instead.exp": "{name} does nothing here. --stylize or --weird makes pictures bolder.",
        "instead.hd": "{name} does nothing here. Draw without it, then press U and Upscale below the result.",
        "instead.sd": "{name} does nothing here: grids are drawn at their usual size. Take it out.",
        "instead.sv": "{name} does nothing here: styles are read in one way only. --sw says how much they count.",
        "instead.animate": (
            "{name} does nothing here: no model on offer sets pictures in motion. "
            "--video films how the pictures come into being."
        ),
        "instead.size": "{name} does nothing here. Use --ar for the shape of the picture, for example --ar 16:9.",
        "instead.upscale": "{name} does nothing here. Press Upscale below a finished picture.",
        "instead.model": "{name} belongs to old models of others and does nothing here. --v chooses a model.",
        # help, one short sentence each
        "help.ar": "Shape of the picture, width to height.",
        "help.chaos": "How different the four pictures may be from one another.",
        "help.draft": "A quick sketch at half the price.",
        "help.fast": "This job at normal speed.",
        "help.iw": "How much pictures in the prompt count.",
        "help.niji": "The model for anime, where there is one.",
        "help.no": "Things that should not be in the picture.",
        "help.public": "This job can be seen in the gallery.",
        "help.quality": "How much time goes into the drawing.",
        "help.raw": "Less of the model's own taste.",
        "help.relax": "This job when the painter has time.",
        "help.repeat": "Orders the same several times.",
        "help.sameseed": "All four pictures start from the same noise.",
        "help.seed": "The same seed and prompt give the same pictures.",
        "help.sref": "A style: links, a number, or random.",
        "help.stealth": "This job stays out of the gallery.",
        "help.stop": "Stops early, at this percentage, for a softer picture.",
        "help.style": "The same as --raw.",
        "help.stylize": "How much of the model's own taste.",
        "help.sw": "How much the style counts.",
        "help.tile": "A pattern that repeats without a seam.",
        "help.turbo": "This job sooner, for a higher price.",
        "help.v": "Another model.",
        "help.video": "A short film of the picture coming into being.",
        "help.weird": "How odd it may become.",
        "help.zoom": "In the Custom Zoom window: how far out.",
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
