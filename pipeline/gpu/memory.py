"""What to do when a device has no memory left."""

import contextlib
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import structlog
import torch

from pipeline.gpu.load import Model, place
from pipeline.gpu.plan import Plan

log = structlog.get_logger(__name__)

# How allocators without an exception class of their own put it.
_WORDS = ("out of memory", "not enough memory", "can't allocate memory")


def ran_out(fault: BaseException) -> bool:
    """Say whether a fault means that memory ran out, on whatever device."""
    if isinstance(fault, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(fault, RuntimeError) and any(words in str(fault).lower() for words in _WORDS)


def free() -> None:
    """Give back what nobody uses."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


@contextmanager
def frugal(model: Model, *, alone: bool) -> Iterator[None]:
    """Run a model by a smaller plan, for one job; what was moved off the card stays off it.

    alone: no other job is in the middle of its steps, so the model's parts may be moved
    """
    usual, model.plan = model.plan, model.plan.smaller()
    if alone and model.plan.offload != usual.offload:
        place(model)
    else:
        model.plan = _with_offload(model.plan, usual)
    log.warning("out of memory, trying a smaller plan", offload=model.plan.offload)
    with tiled(model):
        try:
            yield
        finally:
            model.plan = _with_offload(usual, model.plan)


@contextmanager
def tiled(model: Model) -> Iterator[None]:
    """Decode in tiles and one by one, where the autoencoder can and the plan says so."""
    vae = getattr(model.base, "vae", None)
    with contextlib.ExitStack() as stack:
        if model.plan.tiling:
            _switch(stack, vae, "tiling")
            _switch(stack, vae, "slicing")
        yield


def _switch(stack: contextlib.ExitStack, vae: Any, what: str) -> None:
    if hasattr(vae, f"enable_{what}"):
        getattr(vae, f"enable_{what}")()
        stack.callback(getattr(vae, f"disable_{what}"))


def _with_offload(plan: Plan, other: Plan) -> Plan:
    return replace(plan, offload=other.offload)
