"""The text encoder: a small CLIPTextModel that first learns, by itself, what each caption names.

Bound to nothing, a painter must discover words and shapes at the same time, which took longer than any trial lasted.
Two minutes of naming attributes make every hidden state say the thing, the colour and the background from the start.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from pipeline.training import tokenizer as tokenizers
from pipeline.training.captions import Caption, caption
from pipeline.training.loop import Course, Machine, Trainer
from pipeline.training.scenes.scene import Stage, attributes, scene_at


@dataclass(frozen=True, kw_only=True)
class TextPlan:
    """Widths, and how long to train."""

    width: int = 128
    layers: int = 2
    heads: int = 4
    course: Course = field(default_factory=lambda: Course(steps=800, batch=96, peak_rate=1.5e-3, slowest_average=0.99))


class Namer(nn.Module):
    """Linear heads that read every attribute of a stage (or "unsaid", the last class) off one hidden state."""

    def __init__(self, width: int, stage: Stage) -> None:
        super().__init__()
        known = attributes(stage)
        self.heads = nn.ModuleDict({name: nn.Linear(width, len(values) + 1) for name, values in known.items()})

    def forward(self, state: Tensor) -> dict[str, Tensor]:
        return {name: head(state) for name, head in self.heads.items()}


def build(plan: TextPlan, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=plan.width,
        intermediate_size=plan.width * 4,
        projection_dim=plan.width,
        num_hidden_layers=plan.layers,
        num_attention_heads=plan.heads,
        max_position_embeddings=tokenizers.MAX_TOKENS,
        hidden_act="gelu",
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.eos_token_id,
    )
    model = CLIPTextModel(config)
    # CLIP starts words as small as positions; here a word must count for more than its place.
    nn.init.normal_(model.get_input_embeddings().weight, std=0.2)
    return model


def token_ids(tokenizer: CLIPTokenizer, texts: Sequence[str]) -> Tensor:
    """(n, 77) token numbers, as a pipeline makes them."""
    encoded = tokenizer(
        list(texts), padding="max_length", truncation=True, max_length=tokenizers.MAX_TOKENS, return_tensors="pt"
    )
    ids: Tensor = encoded.input_ids
    return ids


def targets(captions: Sequence[Caption], stage: Stage) -> dict[str, Tensor]:
    """For each attribute the class numbers of what was named."""
    return {
        name: torch.tensor([class_number(values, said.said.get(name)) for said in captions])
        for name, values in attributes(stage).items()
    }


def class_number(values: tuple[str, ...], value: str | None) -> int:
    """The place of a value among its attribute's values; none at all comes last."""
    return len(values) if value is None else values.index(value)


def some_captions(stage: Stage, rng: np.random.Generator, count: int) -> list[Caption]:
    words = random.Random(int(rng.integers(1 << 62)))
    return [caption(scene_at(stage, 11, words.randrange(1 << 40)), words) for _ in range(count)]


def train(plan: TextPlan, stage: Stage, folder: Path, machine: Machine) -> CLIPTextModel:
    """Train, or go on training, and write `folder`/text_encoder."""
    torch.manual_seed(plan.course.seed)
    tokenizer = tokenizers.load(folder)
    model, namer = build(plan, tokenizer).to(machine.device), Namer(plan.width, stage).to(machine.device)
    trainer = Trainer(plan.course, [*model.parameters(), *namer.parameters()], folder / "text_encoder.pt")

    def step(rng: np.random.Generator, _step: int) -> Tensor:
        said = some_captions(stage, rng, plan.course.batch)
        return _loss(model, namer, token_ids(tokenizer, [c.text for c in said]), targets(said, stage), machine)

    def report(step: int, loss: float, pace: float) -> None:
        with trainer.average.applied():
            right = named_right(model, namer, tokenizer, stage)
        print(f"text encoder {step}/{plan.course.steps}  loss {loss:.3f}  {right}  {pace:.1f} steps/s", flush=True)

    trainer.run(step, report)
    with trainer.average.applied():
        model.save_pretrained(folder / "text_encoder")
    return load(folder)


def _loss(model: CLIPTextModel, namer: Namer, ids: Tensor, wanted: dict[str, Tensor], machine: Machine) -> Tensor:
    """Naming error at the end of the text and at two places of the padding behind it."""
    ids = ids.to(machine.device)
    with machine.precision():
        states = model(ids).last_hidden_state
    # Painters see all 77 places, most of them padding: each must know the whole caption.
    ends = (ids == model.config.eos_token_id).int().argmax(1)
    room = ids.shape[1] - ends
    loss = torch.zeros((), device=ids.device)
    for share in (0.0, float(torch.rand(())), float(torch.rand(()))):
        places = ends + (share * (room - 1)).long()
        named = namer(states[torch.arange(len(ids)), places].float())
        for name, scores in named.items():
            loss = loss + functional.cross_entropy(scores, wanted[name].to(ids.device)) / 3
    return loss


@torch.no_grad()
def named_right(model: CLIPTextModel, namer: Namer, tokenizer: CLIPTokenizer, stage: Stage) -> dict[str, float]:
    """Share of 300 unseen captions whose attributes are read off the last place rightly."""
    said = some_captions(stage, np.random.default_rng(77), 300)
    states = model(token_ids(tokenizer, [c.text for c in said]).to(model.device)).last_hidden_state
    wanted = targets(said, stage)
    return {
        name: round(float((scores.argmax(1).cpu() == wanted[name]).float().mean()), 3)
        for name, scores in namer(states[:, -1].float()).items()
    }


def load(folder: Path) -> CLIPTextModel:
    return CLIPTextModel.from_pretrained(folder / "text_encoder").eval()
