"""The prompt grammar: what people type → what it means → how it is shown; pure, no input or output."""

from bot.prompt.clean import clean
from bot.prompt.display import bold, code, escape, footer
from bot.prompt.echo import echo
from bot.prompt.errors import BlockedWord, EmptyPrompt, Fault, InvalidParameter, PromptError, TooLong
from bot.prompt.parameters import AVAILABLE, BY_NAME, PARAMETERS, Parameter
from bot.prompt.parse import parse, recall
from bot.prompt.prompt import DEFAULT_LIMITS, SQUARE, Limits, Prompt, Ratio
from bot.prompt.texts import ENGLISH, Sentence, say

__all__ = [
    "AVAILABLE",
    "BY_NAME",
    "DEFAULT_LIMITS",
    "ENGLISH",
    "PARAMETERS",
    "SQUARE",
    "BlockedWord",
    "EmptyPrompt",
    "Fault",
    "InvalidParameter",
    "Limits",
    "Parameter",
    "Prompt",
    "PromptError",
    "Ratio",
    "Sentence",
    "TooLong",
    "bold",
    "clean",
    "code",
    "echo",
    "escape",
    "footer",
    "parse",
    "recall",
    "say",
]
