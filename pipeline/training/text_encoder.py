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
from pipeline.training.scenes.scene import FIRST_STAGE, WHOLE_STAGE, Stage, attributes, scene_at


@dataclass(frozen=True, kw_only=True)
class TextPhase:
    """Training on the captions of one stage; layers that the phase before had not begin by doing nothing."""

    stage: Stage
    layers: int
    course: Course
    checkpoint: str


@dataclass(frozen=True, kw_only=True)
class TextPlan:
    """Widths, and how long to train on what."""

    width: int = 128
    heads: int = 4
    phases: Sequence[TextPhase] = field(
        default_factory=lambda: (
            TextPhase(
                stage=FIRST_STAGE,
                layers=2,
                course=Course(steps=800, batch=96, peak_rate=1.5e-3, slowest_average=0.99),
                checkpoint="text_encoder.pt",
            ),
            TextPhase(
                stage=WHOLE_STAGE,
                layers=4,
                course=Course(steps=1200, batch=96, peak_rate=1e-3, slowest_average=0.99),
                checkpoint="text_encoder-whole.pt",
            ),
        )
    )


class Namer(nn.Module):
    """Linear heads that read every attribute of a stage (or "unsaid", the last class) off one hidden state."""

    def __init__(self, width: int, stage: Stage) -> None:
        super().__init__()
        known = attributes(stage)
        self.heads = nn.ModuleDict({name: nn.Linear(width, len(values) + 1) for name, values in known.items()})

    def forward(self, state: Tensor) -> dict[str, Tensor]:
        return {name: head(state) for name, head in self.heads.items()}


def build(plan: TextPlan, layers: int, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=plan.width,
        intermediate_size=plan.width * 4,
        projection_dim=plan.width,
        num_hidden_layers=layers,
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


def train(plan: TextPlan, folder: Path, machine: Machine) -> CLIPTextModel:
    """Train, or go on training, through all phases and write `folder`/text_encoder."""
    tokenizer = tokenizers.load(folder)
    model: CLIPTextModel | None = None
    for phase in plan.phases:
        torch.manual_seed(phase.course.seed)
        before, model = model, build(plan, phase.layers, tokenizer).to(machine.device)
        if before is not None:
            _go_on_from(before, model)
        _train_phase(model, phase, folder, machine)
    assert model is not None
    model.save_pretrained(folder / "text_encoder")
    return load(folder)


@torch.no_grad()
def _go_on_from(trained: CLIPTextModel, fresh: CLIPTextModel) -> None:
    """Copy every layer that there is; the others add nothing until they have learned something."""
    for layer in fresh.encoder.layers[len(trained.encoder.layers) :]:
        for last in (layer.self_attn.out_proj, layer.mlp.fc2):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
    fresh.load_state_dict(trained.state_dict(), strict=False)


def _train_phase(model: CLIPTextModel, phase: TextPhase, folder: Path, machine: Machine) -> None:
    """Train on one stage and leave the averaged weights in the model."""
    tokenizer, stage = tokenizers.load(folder), phase.stage
    namer = Namer(model.config.hidden_size, stage).to(machine.device)
    trainer = Trainer(phase.course, [*model.parameters(), *namer.parameters()], folder / phase.checkpoint)

    def step(rng: np.random.Generator, _step: int) -> Tensor:
        said = some_captions(stage, rng, phase.course.batch)
        return _loss(model, namer, token_ids(tokenizer, [c.text for c in said]), targets(said, stage), machine)

    def report(step: int, loss: float, pace: float) -> None:
        with trainer.average.applied():
            right = named_right(model, namer, tokenizer, stage)
        print(f"text encoder {step}/{phase.course.steps}  loss {loss:.3f}  {right}  {pace:.1f} steps/s", flush=True)

    trainer.run(step, report)
    trainer.average.stay()


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
