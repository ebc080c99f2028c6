"""Where the pictures of a grid begin: noise from (seed, k), and how far apart `--chaos` drives it.

Picture k draws from a generator seeded with seed + k × 0x9E3779B97F4A7C15 modulo 2⁶⁴, on the CPU, so that it is
the same on every device and in every batch. Its starting noise is cos θ × (noise shared by the grid) + sin θ × (its
own), which is normally distributed like both; θ grows from 62° at chaos 0 to 90° at chaos 100, so that the correlation
between the noise of two pictures, cos² θ, falls steadily from about 0.22 to nothing: four pictures of one wish, each
composed anew. What chaos adds beyond that it does to the wish itself (see `wish.py`). With `--sameseed` θ is 15°, a
correlation of 0.93: four pictures that differ in details.
"""

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

_GOLDEN = 0x9E3779B97F4A7C15
_SHARED = -1


def generator(seed: int, k: int) -> torch.Generator:
    """Return picture k's own source of noise; k = −1 is the one that a grid shares."""
    return torch.Generator("cpu").manual_seed((seed + k * _GOLDEN) % 2**64)


def generators(seed: int, part: Sequence[int]) -> list[torch.Generator]:
    return [generator(seed, k) for k in part]


def angle(chaos: int, *, same: bool = False) -> float:
    """Return θ in radians for a chaos of 0 … 100, or for `--sameseed`."""
    return math.radians(15 if same else 62 + 28 * chaos / 100)


def mix_start(pipeline: Any, seed: int, theta: float) -> None:
    """Make one pipeline object begin with mixed noise; it must belong to one job alone.

    theta: see `angle`. Done where the pipeline makes its latents, since their shape and packing are its own affair.
    Only for text to image: elsewhere the latents hold a picture.
    """
    original = pipeline.prepare_latents

    def mixed(*args: Any, **kwargs: Any) -> Any:
        own = original(*args, **kwargs)
        everyones = [_shared(seed, given) for given in args], {name: _shared(seed, v) for name, v in kwargs.items()}
        shared = original(*everyones[0], **everyones[1])
        return _mixed(own, shared, theta)

    pipeline.prepare_latents = mixed


def mix_added(scheduler: Any, seed: int, theta: float) -> None:
    """Make one scheduler, which must belong to one job alone, put mixed noise on pictures that a job begins with."""
    for name in ("add_noise", "scale_noise"):
        original = getattr(scheduler, name, None)
        if original is not None:
            setattr(scheduler, name, _with_mixed(original, seed, theta))


def seed_steps(scheduler: Any, own: Sequence[torch.Generator]) -> None:
    """Make one scheduler, which must belong to one call alone, draw the noise of its steps from the pictures' own.

    Pipelines of flow models pass nothing to draw from, though some of their schedulers add noise on the way.
    """
    original = scheduler.step
    if "generator" not in inspect.signature(original).parameters:
        return

    @functools.wraps(original)
    def seeded(*args: Any, **kwargs: Any) -> Any:
        return original(*args, **{"generator": list(own)} | kwargs)

    scheduler.step = seeded


def _with_mixed(original: Callable[..., Any], seed: int, theta: float) -> Callable[..., Any]:
    signature = inspect.signature(original)

    @functools.wraps(original)
    def mixed(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        own = given["noise"]
        everyones = torch.randn(own.shape[1:], generator=generator(seed, _SHARED)).to(own)
        return original(**given | {"noise": _mixed(own, everyones, theta)})

    return mixed


def _shared(seed: int, argument: Any) -> Any:
    """Exchange a list of generators for as many that all draw the shared noise."""
    if isinstance(argument, list) and argument and all(isinstance(each, torch.Generator) for each in argument):
        return [generator(seed, _SHARED) for _ in argument]
    return argument


def _mixed(own: Any, shared: Any, theta: float) -> Any:
    """Mix latents, or the first of a tuple, which FLUX and its kin return."""
    if isinstance(own, tuple):
        return (_mixed(own[0], shared[0], theta), *own[1:])
    mixed = math.cos(theta) * shared.float() + math.sin(theta) * own.float()
    return mixed.to(own.dtype)
