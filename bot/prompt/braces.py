"""Braces: what is a set of choices where prompts are multiplied, and a plain character behind a backslash."""

import re

_ESCAPED = re.compile(r"\\([{}])")
_BRACE = re.compile(r"[{}]")


def escape(text: str) -> str:
    """Put a backslash before every brace, so that it stands for itself."""
    return _BRACE.sub(r"\\\g<0>", text)


def unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
