from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pipeline.training.loop import Course, MovingAverage, Trainer, learning_rate

COURSE = Course(steps=12, batch=4, peak_rate=1e-2, seed=3)


def a_layer() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(3, 2)


def quiet(_step: int, _loss: float, _pace: float) -> None:
    pass


def train(layer: nn.Linear, checkpoint: Path, until: int | None = None) -> Trainer:
    def loss(rng: np.random.Generator, _step: int) -> Tensor:
        inputs = torch.from_numpy(rng.random((4, 3)).astype(np.float32)) + torch.randn(4, 3)
        result: Tensor = layer(inputs).square().mean()
        return result

    trainer = Trainer(COURSE, layer.parameters(), checkpoint)
    trainer.run(loss, quiet, until=until)
    return trainer


def test_a_stopped_training_resumes_bit_for_bit(tmp_path: Path) -> None:
    whole = a_layer()
    through = train(whole, tmp_path / "whole.pt")

    train(a_layer(), tmp_path / "parts.pt", until=5)
    resumed = a_layer()
    rest = train(resumed, tmp_path / "parts.pt")

    assert torch.equal(whole.weight, resumed.weight)
    assert all(torch.equal(a, b) for a, b in zip(through.average.values, rest.average.values, strict=True))


def test_a_finished_training_does_nothing_more(tmp_path: Path) -> None:
    layer = a_layer()
    train(layer, tmp_path / "done.pt")
    before = layer.weight.detach().clone()

    again = a_layer()
    train(again, tmp_path / "done.pt")

    assert torch.equal(again.weight, before)


def test_a_checkpoint_is_never_left_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = a_layer()
    trainer = train(layer, tmp_path / "state.pt", until=3)
    good = (tmp_path / "state.pt").read_bytes()

    def broken(_state: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", broken)
    with pytest.raises(OSError, match="disk full"):
        trainer.save()

    assert (tmp_path / "state.pt").read_bytes() == good


def test_the_average_stands_in_only_inside_its_block() -> None:
    layer = a_layer()
    average = MovingAverage(layer.parameters(), 0.9)
    start = layer.weight.detach().clone()
    layer.weight.data.add_(1)

    with average.applied():
        assert torch.equal(layer.weight, start)

    assert torch.equal(layer.weight, start + 1)


def test_the_learning_rate_rises_holds_and_falls() -> None:
    rates = [learning_rate(step, 1000, 1.0) for step in (0, 99, 300, 700, 999)]

    assert rates[0] == pytest.approx(0.01)
    assert rates[1] == rates[2] == 1.0
    assert 0.02 <= rates[4] < rates[3] < 1.0
