"""What an engine can be asked besides pictures, and what it answers: plain frozen values, no torch."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Describe:
    """Say what is to be seen in a stored picture."""

    sha256: str
    count: int = 4
    """How many different descriptions."""


@dataclass(frozen=True, kw_only=True)
class Description:
    """Prompts that a picture like this could have come from, best first; at least one."""

    prompts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Weigh:
    """Say how much each word of a prompt matters to the default model."""

    prompt: str


@dataclass(frozen=True, kw_only=True)
class Weight:
    """One word as it stands in the prompt, and how much the meaning changes without it, 0 … 1."""

    word: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Every word of the prompt, in order; the largest weight is 1, unless all are 0."""

    words: tuple[Weight, ...]


Question = Describe | Weigh
Answer = Description | Weights


class CannotAnswer(Exception):
    """No painter can answer this now, or none has the model for it; `kind` says which, the message is for the log."""

    def __init__(self, kind: str, detail: str = "") -> None:
        """kind: "no_model", "not_ready", "failed"."""
        self.kind = kind
        super().__init__(detail or kind)
