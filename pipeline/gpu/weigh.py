"""How much each word of a prompt matters to a model: how far its text encoding moves when the word is left out."""

import inspect
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from pipeline.gpu.load import Model
from pipeline.questions import CannotAnswer, Weight, Weights

_AT_A_TIME = 16


@torch.no_grad()
def weigh(model: Model, prompt: str) -> Weights:
    """Weigh the words of a prompt; what the encoder never reads, behind its limit, weighs nothing.

    Raises CannotAnswer for a model whose encoding cannot be reached.
    """
    if not model.card.traits.conditions:
        raise CannotAnswer("no_model", f"{model.card.title} does not show what it makes of words.")
    words = prompt.split()
    # The whole goes through the same spacing as what is compared with it.
    texts = [" ".join(words), *(" ".join(words[:place] + words[place + 1 :]) for place in range(len(words)))]
    meanings = _meanings(model, texts)
    moved = (meanings[1:] - meanings[0]).norm(dim=1)
    # Rounding alone moves an encoding by a millionth of its length.
    moved = torch.where(moved > 1e-4 * meanings[0].norm(), moved, 0.0)
    largest = max(float(moved.max()), 1e-12) if len(words) else 1.0
    return Weights(words=tuple(_weight(word, float(far) / largest) for word, far in zip(words, moved, strict=True)))


def _weight(word: str, weight: float) -> Weight:
    return Weight(word=word, weight=round(weight, 4))


def _meanings(model: Model, texts: Sequence[str]) -> Tensor:
    """Return one vector for each text, (texts, D)."""
    pipeline = model.for_text()
    options = _options(pipeline, model)
    batches = [texts[start : start + _AT_A_TIME] for start in range(0, len(texts), _AT_A_TIME)]
    return torch.cat([_vectors(model, pipeline.encode_prompt(prompt=list(batch), **options)) for batch in batches])


def _options(pipeline: Any, model: Model) -> dict[str, Any]:
    """Fill in what a pipeline's `encode_prompt` needs beside the text."""
    known = inspect.signature(pipeline.encode_prompt).parameters
    wanted: dict[str, Any] = {
        "prompt_2": None,
        "prompt_3": None,
        "device": pipeline._execution_device,  # noqa: SLF001 - the device behind offloading
        "num_images_per_prompt": 1,
        "do_classifier_free_guidance": False,
        "max_sequence_length": model.card.max_prompt_tokens,
        **model.card.traits.call,
    }
    return {name: value for name, value in wanted.items() if name in known}


def _vectors(model: Model, values: Sequence[Any]) -> Tensor:
    """Take the encoding of each whole text, or else the mean of its tokens."""
    conditions = model.card.traits.conditions
    if "pooled" in conditions:
        return _plain(values[conditions.index("pooled")])
    tokens = values[conditions.index("tokens")]
    if isinstance(tokens, list):
        return torch.stack([_plain(each).mean(0) for each in tokens])
    mask = next((_plain(each) for each in values if _masks(each, tokens)), torch.ones(tokens.shape[:2]))
    return torch.einsum("btd,bt->bd", _plain(tokens), mask) / mask.sum(1, keepdim=True).clamp_min(1)


def _masks(value: Any, tokens: Tensor) -> bool:
    return isinstance(value, Tensor) and not value.is_floating_point() and value.shape == tokens.shape[:2]


def _plain(values: Tensor) -> Tensor:
    return values.float().cpu()
