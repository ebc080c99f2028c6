"""The prompt grammar: what people type → what it means → how it is shown; pure, no input or output."""

from bot.prompt.clean import clean
from bot.prompt.display import bold, code, escape, footer, utf16_length
from bot.prompt.echo import arguments, echo, spell
from bot.prompt.errors import BlockedWord, EmptyPrompt, Fault, InvalidParameter, InvalidPrompt, PromptError, TooLong
from bot.prompt.lexer import expand
from bot.prompt.options import check_option, check_suffix
from bot.prompt.parameters import AVAILABLE, BY_NAME, PARAMETERS, Parameter
from bot.prompt.parse import expanded, model_of, parse, recall
from bot.prompt.permute import TooManyPrompts, permute
from bot.prompt.prompt import (
    DEFAULT_LIMITS,
    DEFAULTS,
    MECHANISMS,
    SQUARE,
    Limits,
    Part,
    Prompt,
    Ratio,
    Speed,
    StyleRef,
    with_style_codes,
)
from bot.prompt.shorten import marked, shorten_candidates
from bot.prompt.texts import ENGLISH, Sentence, say

__all__ = [
    "AVAILABLE",
    "BY_NAME",
    "DEFAULTS",
    "DEFAULT_LIMITS",
    "ENGLISH",
    "MECHANISMS",
    "PARAMETERS",
    "SQUARE",
    "BlockedWord",
    "EmptyPrompt",
    "Fault",
    "InvalidParameter",
    "InvalidPrompt",
    "Limits",
    "Parameter",
    "Part",
    "Prompt",
    "PromptError",
    "Ratio",
    "Sentence",
    "Speed",
    "StyleRef",
    "TooLong",
    "TooManyPrompts",
    "arguments",
    "bold",
    "check_option",
    "check_suffix",
    "clean",
    "code",
    "echo",
    "escape",
    "expand",
    "expanded",
    "footer",
    "marked",
    "model_of",
    "parse",
    "permute",
    "recall",
    "say",
    "shorten_candidates",
    "spell",
    "utf16_length",
    "with_style_codes",
]
