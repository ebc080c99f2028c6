"""Pictures without a seam, and the jobs beside them."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from PIL import Image

from pipeline.cards import LANCZOS
from pipeline.events import Event, Progress
from pipeline.gpu.attempt import Attempt, Unfit
from pipeline.gpu.baton import Stopped, Turn
from pipeline.gpu.draw import draw
from pipeline.gpu.load import Model
from pipeline.gpu.upscale import Enlarger
from pipeline.sizes import Size
from pipeline.spec import Source, Spec
from tests.pipeline.gpu.conftest import Easel

ModelOf = Callable[[str], Model]
SPEC = Spec(model="tiny", prompt="a red fox", width_px=64, height_px=48, steps=6, guidance=3.0, seed=7, tile=True)


def seam(picture: Image.Image) -> float:
    """Return how much larger the step over the edges is than the steps between neighbours inside: 1 is no seam."""
    values = np.asarray(picture, dtype=float)
    inner = [np.abs(np.diff(values, axis=axis)).mean() for axis in (0, 1)]
    over = [np.abs(values[0] - values[-1]).mean(), np.abs(values[:, 0] - values[:, -1]).mean()]
    return float(max(edge / step for edge, step in zip(over, inner, strict=True)))


@pytest.mark.parametrize("name", ["sd", "sketch", "sdxl"])
def test_a_tile_has_no_seam_where_another_picture_has_one(easel: Easel, model_of: ModelOf, name: str) -> None:
    usual = easel.paint(model_of(name), SPEC.evolve(tile=False))
    tiles = easel.paint(model_of(name), SPEC)

    assert np.mean([seam(picture) for picture in tiles]) < 1.35
    assert np.mean([seam(picture) for picture in tiles]) < np.mean([seam(picture) for picture in usual])


@pytest.mark.parametrize("name", ["sd", "sketch"])
def test_a_tile_moved_by_a_cell_is_drawn_from_noise_moved_by_a_cell(
    easel: Easel, model_of: ModelOf, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the picture a ring, no place in it is special: that is more than a small step at the edge."""
    model = model_of(name)
    (usual,) = easel.paint(model, SPEC.evolve(count=1))
    original = Model.for_text

    def turned(self: Model) -> object:
        pipeline = original(self)
        prepare = pipeline.prepare_latents
        pipeline.prepare_latents = lambda *args, **options: prepare(*args, **options).roll((2, 4), (2, 3))
        return pipeline

    monkeypatch.setattr(Model, "for_text", turned)
    (moved,) = easel.paint(model, SPEC.evolve(count=1))

    back = np.roll(np.asarray(moved, dtype=int), (-16, -32), (0, 1))
    assert np.abs(back - np.asarray(usual, dtype=int)).max() <= 2


def padding(model: Model) -> set[str]:
    layers = [*model.base.unet.modules(), *model.base.vae.modules()]
    return {layer.padding_mode for layer in layers if hasattr(layer, "padding_mode")}


@dataclass
class Beside:
    """A job that is interrupted, after its second step, by one that is drawn beside it."""

    easel: Easel
    model: Model
    first: Spec
    second: Spec
    hear_second: Callable[[Event], None] = lambda event: None
    attempts: dict[str, Attempt] = field(default_factory=dict)

    def run(self) -> None:
        self.attempts = {
            "first": self.easel.attempt(self.first, self._hear_first),
            "second": self.easel.attempt(self.second, self.hear_second),
        }
        self.attempts["second"].turn = Turn(urgency=2)
        self._second = threading.Thread(target=self._draw, args=("second",))
        self.first_thread = threading.Thread(target=self._draw, args=("first",))
        self.first_thread.start()
        self.first_thread.join(100)
        self._second.join(100)

    def drawn(self, name: str) -> list[bytes]:
        return [picture.tobytes() for _, picture in self.attempts[name].done]

    def _draw(self, name: str) -> None:
        turn = self.attempts[name].turn
        with contextlib.suppress(Stopped), self.easel.baton.held(turn):
            draw(self.model, self.attempts[name])

    def _hear_first(self, event: Event) -> None:
        if isinstance(event, Progress) and event.step == 2 and not self._second.ident:
            self._second.start()
            wait_for(lambda: self.easel.baton.wanted(self.attempts["first"].turn))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline, pause = time.monotonic() + 60, threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.002)


def test_a_job_beside_a_tile_is_the_one_that_is_drawn_alone_and_so_is_the_tile(easel: Easel, model_of: ModelOf) -> None:
    model = model_of("sd")
    seen: set[frozenset[str]] = set()
    both = Beside(easel, model, SPEC.evolve(steps=8), SPEC.evolve(tile=False, seed=8))
    both.hear_second = lambda event: seen.add(frozenset(padding(model)))
    alone = [[picture.tobytes() for picture in easel.paint(model, spec)] for spec in (both.first, both.second)]

    both.run()

    assert seen == {frozenset({"zeros"})}
    assert [both.drawn("first"), both.drawn("second")] == alone
    assert padding(model) == {"zeros"}


def test_a_tile_that_is_cancelled_while_it_waits_leaves_the_tile_alone_that_is_being_drawn(
    easel: Easel, model_of: ModelOf
) -> None:
    model = model_of("sd")
    both = Beside(easel, model, SPEC.evolve(steps=8), SPEC.evolve(seed=8))
    alone = [picture.tobytes() for picture in easel.paint(model, both.second)]

    def cancel_first(event: Event) -> None:
        if isinstance(event, Progress) and event.step == 2:
            easel.baton.cancel(both.attempts["first"].turn)
            wait_for(lambda: not both.first_thread.is_alive())

    both.hear_second = cancel_first
    both.run()

    assert both.drawn("first") == []
    assert both.drawn("second") == alone
    assert padding(model) == {"zeros"}


def test_after_a_tile_the_model_draws_as_before(easel: Easel, model_of: ModelOf) -> None:
    model, usual = model_of("sd"), SPEC.evolve(tile=False)
    before = easel.paint(model, usual)

    easel.paint(model, SPEC)
    with pytest.raises(Unfit):
        easel.paint(model, SPEC.evolve(verb="vary"))
    after = easel.paint(model, usual)

    assert [picture.tobytes() for picture in before] == [picture.tobytes() for picture in after]


def test_a_tile_is_decoded_whole_even_where_others_are_decoded_in_pieces(easel: Easel, model_of: ModelOf) -> None:
    model = model_of("sd")
    whole = easel.paint(model, SPEC)
    vae = model.base.vae
    small = (vae.tile_sample_min_size, vae.tile_latent_min_size)
    vae.tile_sample_min_size, vae.tile_latent_min_size = 32, 4
    vae.enable_tiling()
    try:
        pieces = easel.paint(model, SPEC)
        still = vae.use_tiling
    finally:
        vae.disable_tiling()
        vae.tile_sample_min_size, vae.tile_latent_min_size = small

    assert still
    assert [picture.tobytes() for picture in pieces] == [picture.tobytes() for picture in whole]


@pytest.mark.parametrize("name", ["sd3", "flux"])
def test_a_model_that_cannot_tile_says_so(easel: Easel, model_of: ModelOf, name: str) -> None:
    with pytest.raises(Unfit, match="tile"):
        easel.paint(model_of(name), SPEC.evolve(height_px=64))


def test_an_enlarged_tile_is_still_one(easel: Easel) -> None:
    ramp = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    wave = (127 + 100 * np.sin(ramp[:, None] + ramp[None, :])).astype(np.uint8)
    tile = Image.fromarray(np.stack([wave] * 3, -1))
    spec = SPEC.evolve(
        verb="upscale", source=Source(sha256=easel.stored(tile)), upscaler="lanczos", width_px=96, height_px=96
    )

    attempt = easel.attempt(spec)
    large = Enlarger([LANCZOS], "cpu").enlarged(tile, Size(width_px=96, height_px=96), attempt)

    fine = np.asarray(large, dtype=int)[..., 0]
    again = np.asarray(
        Enlarger([LANCZOS], "cpu").enlarged(
            Image.fromarray(np.roll(np.asarray(tile), 24, 1)), Size(width_px=96, height_px=96), attempt
        ),
        dtype=int,
    )[..., 0]
    assert np.abs(np.roll(fine, 48, 1) - again).max() <= 1
