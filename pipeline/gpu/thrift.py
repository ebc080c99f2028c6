"""Runs a model with less memory than usual."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import structlog

from pipeline.gpu.load import Model, place
from pipeline.gpu.plan import Plan

log = structlog.get_logger(__name__)


@contextmanager
def frugal(model: Model, *, alone: bool) -> Iterator[None]:
    """Run a model by a smaller plan, for one job; what was moved off the card stays off it.

    alone: no other job is in the middle of its steps, so the model's parts may be moved
    """
    usual, model.plan = model.plan, model.plan.smaller()
    try:
        if alone and model.plan.offload != usual.offload:
            place(model)
        else:
            model.plan = _with_offload(model.plan, usual)
        log.warning("out of memory, trying a smaller plan", offload=model.plan.offload)
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
