"""What happens when a device has no memory left."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch

from pipeline.gpu import thrift
from pipeline.gpu.fetch import CannotLoad
from pipeline.gpu.load import Model, _settle
from pipeline.gpu.memory import ran_out
from pipeline.spec import Spec
from tests.pipeline.gpu.conftest import Easel, difference, one_at_a_time

ModelOf = Callable[[str], Model]
SPEC = Spec(model="sd", prompt="a red fox", width_px=64, height_px=64, steps=4, guidance=3.0, seed=7)


class Scarce:
    """Makes a denoiser run out of memory when its turn has come."""

    def __init__(self, unet: Any) -> None:
        self.when: Callable[[torch.Tensor], bool] = lambda sample: False
        self.faults = 0
        self._forward = unet.forward

    def __call__(self, sample: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if self.when(sample):
            self.faults += 1
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate more than there is")
        return self._forward(sample, *args, **kwargs)


@pytest.fixture
def model(model_of: ModelOf) -> Model:
    return model_of("sd")


@pytest.fixture
def scarce(model: Model) -> Iterator[Scarce]:
    scarcity = Scarce(model.base.unet)
    model.base.unet.forward = scarcity
    yield scarcity
    del model.base.unet.forward


def test_what_is_too_much_at_once_is_drawn_one_by_one(model: Model, scarce: Scarce, easel: Easel) -> None:
    usual = easel.paint(model, SPEC)
    scarce.when = lambda sample: len(sample) > 2  # one picture is two samples: with and without the prompt

    pictures = easel.paint(model, SPEC)

    assert scarce.faults == 1
    assert max(map(difference, usual, pictures)) <= 2
    assert all(before[0] <= after[0] for before, after in itertools.pairwise(easel.steps))
    assert len({total for _, total in easel.steps}) == 1


def test_the_next_job_is_drawn_as_usual(model: Model, scarce: Scarce, easel: Easel) -> None:
    before = model.plan
    scarce.when = lambda sample: len(sample) > 2
    easel.paint(model, SPEC)
    scarce.when = lambda sample: False

    easel.paint(model, SPEC)

    assert model.plan == before
    assert not model.base.vae.use_tiling
    assert not model.base.vae.use_slicing
    assert easel.steps[-1] == (4, 4)


def test_pictures_that_were_done_are_not_drawn_again(model: Model, scarce: Scarce, easel: Easel) -> None:
    calls = itertools.count(1)
    scarce.when = lambda sample: next(calls) == 6  # in the second picture of four, at four steps each

    with one_at_a_time(model):
        easel.paint(model, SPEC)

    assert [artifact.idx for artifact in easel.artifacts] == [0, 1, 2, 3]
    assert next(calls) == 1 + 6 + 3 * 4


def test_a_picture_that_is_too_much_alone_fails_after_a_second_try(model: Model, scarce: Scarce, easel: Easel) -> None:
    scarce.when = lambda sample: True

    with pytest.raises(torch.OutOfMemoryError):
        easel.paint(model, SPEC)

    assert scarce.faults == 2
    assert easel.artifacts == []
    assert easel.baton.alone()
    assert not model.base.vae.use_tiling


def test_other_faults_are_not_tried_again(model: Model, scarce: Scarce, easel: Easel) -> None:
    def broken(_sample: torch.Tensor) -> bool:
        scarce.faults += 1
        raise RuntimeError("shapes do not match")

    scarce.when = broken

    with pytest.raises(RuntimeError, match="shapes"):
        easel.paint(model, SPEC)

    assert scarce.faults == 1


def test_a_model_that_cannot_be_moved_off_the_card_draws_the_next_job_as_usual(
    model: Model, scarce: Scarce, easel: Easel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crowded(_model: Model) -> None:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(thrift, "place", crowded)
    monkeypatch.setattr(model, "plan", replace(model.plan, kind="cuda"))
    before = model.plan
    scarce.when = lambda sample: True

    with pytest.raises(torch.OutOfMemoryError):
        easel.paint(model, SPEC)

    assert (model.plan.pixels_at_once, model.plan.tiling) == (before.pixels_at_once, before.tiling)


def test_a_model_that_does_not_fit_at_all_is_refused_in_a_sentence(model: Model) -> None:
    class Crowded:
        def to(self, _device: str) -> None:
            raise torch.OutOfMemoryError("out of memory")

    with pytest.raises(CannotLoad, match="does not fit into the memory of CPU"):
        _settle(replace(model, base=Crowded()))


@pytest.mark.parametrize(
    ("fault", "is_one"),
    [
        (torch.OutOfMemoryError("x"), True),
        (MemoryError(), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 5 GB)"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_faults_of_memory_are_told_from_others(fault: Exception, is_one: bool) -> None:
    assert ran_out(fault) == is_one
