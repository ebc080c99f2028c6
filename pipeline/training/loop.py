"""What every training here shares: device and precision, learning rate, moving average, checkpoints that resume."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where a training computes, and in which precision its products are taken."""

    device: torch.device
    product_dtype: torch.dtype

    def precision(self) -> AbstractContextManager[Any]:
        """Autocast where a shorter type is faster; weights and losses stay in 32 bits."""
        enabled = self.product_dtype != torch.float32
        return torch.autocast(self.device.type, dtype=self.product_dtype, enabled=enabled)


def this_machine() -> Machine:
    """The GPU if there is one, else the CPU; bfloat16 only where it measures faster."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    faster = device.type == "cuda" or _seconds(torch.bfloat16) < 0.8 * _seconds(torch.float32)
    return Machine(device=device, product_dtype=torch.bfloat16 if faster else torch.float32)


def _seconds(dtype: torch.dtype) -> float:
    """The quickest of many convolutions: what else the machine is doing must not decide."""
    layer = nn.Conv2d(64, 64, 3, padding=1, dtype=dtype)
    image = torch.zeros(4, 64, 32, 32, dtype=dtype)
    times = []
    with torch.no_grad():
        for _ in range(40):
            began = time.perf_counter()
            layer(image)
            times.append(time.perf_counter() - began)
    return min(times)


def learning_rate(step: int, total: int, peak: float, warmup: int = 100, decay_from: float = 0.4) -> float:
    """Linear warm-up, a plateau, then half a cosine down to 2 % from the share `decay_from` on."""
    if step < warmup:
        return peak * (step + 1) / warmup
    done = max(0.0, (step / total - decay_from) / (1 - decay_from))
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


def numbers_at(seed: int, step: int) -> np.random.Generator:
    """The random numbers of one step: a function of seed and step alone, so that resuming changes nothing."""
    torch.manual_seed(seed * 1_000_003 + step)
    return np.random.default_rng([seed, step])


class MovingAverage:
    """An exponential moving average of parameters, quick at first and slow later."""

    def __init__(self, parameters: Iterable[nn.Parameter], slowest: float) -> None:
        self.parameters = list(parameters)
        self.slowest = slowest
        self.values = [parameter.detach().clone() for parameter in self.parameters]

    def update(self, step: int) -> None:
        keep = min(self.slowest, (step + 1) / (step + 20))
        torch._foreach_lerp_(self.values, [p.data for p in self.parameters], 1 - keep)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The averaged weights stand in for the live ones inside the block."""
        live = [parameter.data.clone() for parameter in self.parameters]
        self._put(self.values)
        try:
            yield
        finally:
            self._put(live)

    def stay(self) -> None:
        """The averaged weights take the live ones' place for good."""
        self._put(self.values)

    def _put(self, values: list[Tensor]) -> None:
        for parameter, value in zip(self.parameters, values, strict=True):
            parameter.data.copy_(value)


@dataclass(frozen=True, kw_only=True)
class Course:
    """How long one training runs and how it is stepped."""

    steps: int
    batch: int
    peak_rate: float
    seed: int = 0
    slowest_average: float = 0.999
    clip: float = 1.0
    weight_decay: float = 0.01
    save_every_s: float = 180.0
    report_every: int = 200


class Trainer:
    """Steps an optimiser through a course; stops, saves and resumes at any step with the same result."""

    def __init__(self, course: Course, parameters: Iterable[nn.Parameter], checkpoint: Path) -> None:
        self.course = course
        self.parameters = [p for p in parameters if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.parameters, lr=course.peak_rate, betas=(0.9, 0.99), weight_decay=course.weight_decay, fused=True
        )
        self.average = MovingAverage(self.parameters, course.slowest_average)
        self.checkpoint = checkpoint
        self.step = 0
        if checkpoint.exists():
            self._load()

    def run(
        self,
        loss_of: Callable[[np.random.Generator, int], Tensor],
        report: Callable[[int, float, float], None],
        until: int | None = None,
    ) -> None:
        """Train to the course's end (or `until`); `report` gets step, mean loss and steps per second."""
        saved = began = time.monotonic()
        losses: list[float] = []
        last = min(self.course.steps, until or self.course.steps)
        while self.step < last:
            losses.append(self._advance(loss_of))
            if self.step % self.course.report_every == 0 or self.step == last:
                report(self.step, float(np.mean(losses)), len(losses) / (time.monotonic() - began))
                losses, began = [], time.monotonic()
            if time.monotonic() - saved > self.course.save_every_s or self.step == last:
                self.save()
                saved = time.monotonic()

    def _advance(self, loss_of: Callable[[np.random.Generator, int], Tensor]) -> float:
        rate = learning_rate(self.step, self.course.steps, self.course.peak_rate)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss = loss_of(numbers_at(self.course.seed, self.step), self.step)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, self.course.clip)
        self.optimizer.step()
        self.step += 1
        self.average.update(self.step)
        return loss.item()

    def save(self) -> None:
        """Write the state beside the old one, then rename: a killed training never leaves half a file."""
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        part = self.checkpoint.with_suffix(".part")
        state = {
            "step": self.step,
            "live": [p.data for p in self.parameters],
            "average": self.average.values,
            "optimizer": self.optimizer.state_dict(),
        }
        torch.save(state, part)
        part.replace(self.checkpoint)

    def _load(self) -> None:
        state = torch.load(self.checkpoint, map_location=self.parameters[0].device, weights_only=True)
        self.step = state["step"]
        for parameter, live in zip(self.parameters, state["live"], strict=True):
            parameter.data.copy_(live)
        self.average.values = state["average"]
        self.optimizer.load_state_dict(state["optimizer"])
        for group in self.optimizer.param_groups:
            group["fused"] = True
