"""Pictures that can be laid beside themselves: for one job, a model sees its picture as a ring in both directions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

from pipeline.gpu.attempt import Attempt
from pipeline.gpu.load import Model


@contextmanager
def seamless(model: Model, attempt: Attempt) -> Iterator[None]:
    """Bend a model for a job that wants a tile, but never while another job computes."""
    if not attempt.job.spec.tile:
        yield
        return
    ring = _Ring(model.base)
    usual, attempt.aside = attempt.aside, ring.straight
    ring.bend()
    try:
        yield
    finally:
        attempt.aside = usual
        ring.straighten()


class _Ring:
    """The convolutions of a model's denoiser and autoencoder, which look across the edges while they are bent."""

    def __init__(self, base: Any) -> None:
        self._vae = base.vae
        self._layers = [
            layer
            for part in (base.unet, base.vae)
            for layer in part.modules()
            if isinstance(layer, nn.Conv2d) and layer.padding_mode == "zeros"
        ]
        self._bent = False
        self._tiled = False

    def bend(self) -> None:
        self._bent = True
        # Each piece of a picture that is decoded in pieces would become a ring of its own.
        self._tiled = bool(getattr(self._vae, "use_tiling", False))
        if self._tiled:
            self._vae.disable_tiling()
        for layer in self._layers:
            layer.padding_mode = "circular"

    def straighten(self) -> None:
        if not self._bent:
            return
        self._bent = False
        for layer in self._layers:
            layer.padding_mode = "zeros"
        if self._tiled:
            self._vae.enable_tiling()

    @contextmanager
    def straight(self) -> Iterator[None]:
        """Let others compute; after an exception the job no longer holds the baton, so nothing is bent again."""
        self.straighten()
        yield
        self.bend()
