"""Steers a pipeline between text and picture: what its own text encoder returns is mixed and turned on the way.

Works for every pipeline with an `encode_prompt`, because mixing is arithmetic on whatever that returns: the base text's
values, plus the share of each other text times its difference from the base. What does not depend on the text has no
difference and stays as it is, bit for bit; so does everything for a spec that asks for none of this.
"""

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from pipeline.cards import ModelCard
from pipeline.gpu.noise import generator
from pipeline.gpu.wish import Mix, chaos_angle, unwished, weird_angle, wished
from pipeline.spec import Spec

_ASTRAY = -2
"""Which source of noise `--weird` draws its direction from; those below are the pictures' own, for `--chaos`."""

Term = tuple[float, Any]


def steer(pipeline: Any, card: ModelCard, spec: Spec, part: Sequence[int]) -> None:
    """Make one pipeline object, which must belong to one call alone, draw what a spec wishes beyond its prompt."""
    encoder = Encoder(pipeline, card, spec, part)
    if not encoder.plain:
        pipeline.encode_prompt = encoder


class Encoder:
    """Stands in for a pipeline's `encode_prompt` during one call."""

    def __init__(self, pipeline: Any, card: ModelCard, spec: Spec, part: Sequence[int]) -> None:
        self._wished, self._unwished = wished(spec, card), unwished(spec, card)
        self._turns = [_turns(spec, k) for k in part]
        self._conditions = card.traits.conditions
        negative = spec.negative if "negative" in card.mechanisms else ""
        as_it_is = ((spec.prompt, 1.0),), ((negative or card.traits.blank_negative or "", 1.0),)
        moved = (self._wished, self._unwished) != as_it_is or any(self._turns)
        self.plain = not moved or not self._conditions
        if not self.plain:
            self._original: Callable[..., Any] = pipeline.encode_prompt
            self._signature = inspect.signature(self._original)
        self._calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Encode as the pipeline would; of pipelines that come twice, the first call is for the wish."""
        given = dict(self._signature.bind(*args, **kwargs).arguments)
        self._calls += 1
        if self._calls > 1:
            return self._mixed(given, {"prompt": self._unwished})
        mixes = {"prompt": self._wished}
        if "negative_prompt" in self._signature.parameters:
            mixes["negative_prompt"] = self._unwished
        values = self._mixed(given, mixes)
        kinds = zip(values, self._conditions, strict=True)
        return tuple(value if kind == "other" else _each_turned(value, self._turns) for value, kind in kinds)

    def _mixed(self, given: dict[str, Any], mixes: dict[str, Mix]) -> Any:
        first = {name: self._spelled(given, name, mix[0][0]) for name, mix in mixes.items()}
        base = self._original(**given | first)
        terms: list[Term] = []
        for name, mix in mixes.items():
            for text, share in mix[1:]:
                terms.append((share, self._original(**given | first | {name: self._spelled(given, name, text)})))
        return combined(base, terms)

    def _spelled(self, given: dict[str, Any], name: str, text: str) -> Any:
        """Write a text in the form that the pipeline passed the wish in: once, or a list for several pictures."""
        if name == "negative_prompt" and not text:
            # Pipelines have their own way to say that there is none, which need not be the empty text.
            return given.get(name, self._signature.parameters[name].default)
        return [text] * len(given["prompt"]) if isinstance(given["prompt"], list) else text


Turning = tuple[float, int, int]
"""Radians, and the seed and number of the source of noise that the direction comes from."""


def _turns(spec: Spec, k: int) -> tuple[Turning, ...]:
    turns = (weird_angle(spec), spec.seed, _ASTRAY), (chaos_angle(spec), spec.seed, _ASTRAY - 1 - k)
    return tuple(turn for turn in turns if turn[0] > 0)


def combined(base: Any, terms: Sequence[Term]) -> Any:
    """Add share × (value − base) of each term to the base, throughout tuples and lists; masks are united."""
    if isinstance(base, tuple | list):
        parts = [[(share, value[place]) for share, value in terms] for place in range(len(base))]
        return type(base)(combined(one, each) for one, each in zip(base, parts, strict=True))
    others = [(share, value) for share, value in terms if isinstance(value, Tensor)]
    if not isinstance(base, Tensor) or not others:
        return base
    whole, *rest = _padded([base, *(value for _, value in others)])
    if not base.is_floating_point():
        for value in rest:
            whole = torch.maximum(whole, value)
        return whole
    total = whole.float()
    for (share, _), value in zip(others, rest, strict=True):
        total = total + share * (value.float() - whole.float())
    return total.to(base.dtype)


def _padded(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Bring encodings of texts of different lengths to one: zeros follow the shorter ones."""
    longest = [max(sizes) for sizes in zip(*(tensor.shape for tensor in tensors), strict=True)]
    return [torch.nn.functional.pad(tensor, _missing(tensor, longest)) for tensor in tensors]


def _missing(tensor: Tensor, longest: Sequence[int]) -> list[int]:
    gaps = zip(longest, tensor.shape, strict=True)
    return [width for size, mine in reversed(list(gaps)) for width in (0, size - mine)]


def _each_turned(value: Any, turns: Sequence[Sequence[Turning]]) -> Any:
    """Turn the encoding of each picture; where one stands for all, all turn alike.

    value: (B, tokens, D), (B, D), or a list of B times (tokens, D)
    """
    if not any(turns):
        return value
    assert len(value) in (1, len(turns)), "one encoding for each picture"
    rows = [_turned_by(row, each) for row, each in zip(value, turns, strict=False)]
    return rows if isinstance(value, list) else torch.stack(rows)


def _turned_by(row: Tensor, turns: Sequence[Turning]) -> Tensor:
    for angle, seed, number in turns:
        row = turned(row, angle, generator(seed, number))
    return row


def turned(row: Tensor, angle: float, source: torch.Generator) -> Tensor:
    """Turn an encoding by an angle towards a random direction, the same for all of its tokens; lengths stay.

    Since all tokens move alike, what is attended to changes late: the look goes astray before the content does.

    row: (tokens, D), or (D,) for a whole text
    """
    whole = row.float()
    direction = torch.randn(whole.shape[-1], generator=source).to(whole)
    length = whole.norm(dim=-1, keepdim=True).clamp_min(1e-6)
    along = whole / length
    aside = direction - (along * direction).sum(-1, keepdim=True) * along
    aside = aside / aside.norm(dim=-1, keepdim=True).clamp_min(1e-6)
    return (math.cos(angle) * whole + math.sin(angle) * length * aside).to(row.dtype)
