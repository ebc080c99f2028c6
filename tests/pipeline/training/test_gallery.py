"""Pictures for those who learn to look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.training import autoencoder, gallery
from pipeline.training.decoder import worn
from pipeline.training.gallery import GalleryPlan
from pipeline.training.loop import Machine
from pipeline.training.scenes.render import render
from pipeline.training.scenes.scene import WHOLE_STAGE, in_a_mirror

MOVES = (-2, -1, 0, 1, 2)
PLAN = GalleryPlan(scenes=9, side_px=32, worn_px=48)


def test_two_of_three_pictures_are_drawn_and_the_third_is_worn(
    small_run: Path, tmp_path: Path, machine: Machine
) -> None:
    shown = gallery.prepare(PLAN, WHOLE_STAGE, autoencoder.load(small_run), tmp_path, machine)

    drawn = np.stack([render(scene, 32, 32) for scene in shown.scenes])
    apart = np.abs(shown.pictures.astype(int) - drawn).mean((1, 2, 3))

    assert (apart[1::3] < 1).all()
    assert (apart[2::3] < 1).all()
    assert (apart[::3] > 2).all()


def test_a_gallery_is_drawn_once(small_run: Path, tmp_path: Path, machine: Machine) -> None:
    coder = autoencoder.load(small_run)
    first = gallery.prepare(PLAN, WHOLE_STAGE, coder, tmp_path, machine).pictures.copy()

    again = gallery.prepare(PLAN, WHOLE_STAGE, coder, tmp_path, machine)

    assert np.array_equal(first, again.pictures)


@pytest.mark.parametrize(("seed", "turned"), [(1, True), (2, False)])
def test_a_handful_comes_with_its_own_scenes(
    seed: int, turned: bool, small_run: Path, tmp_path: Path, machine: Machine
) -> None:
    shown = gallery.prepare(PLAN, WHOLE_STAGE, autoencoder.load(small_run), tmp_path, machine)
    known = [in_a_mirror(scene) for scene in shown.scenes] if turned else shown.scenes

    pictures, scenes = shown.some(np.random.default_rng(seed), 4, machine.device)

    places = [known.index(scene) for scene in scenes]
    kept = autoencoder.as_tensor(shown.pictures[places], machine.device)
    pictures = pictures.flip(-1) if turned else pictures
    near = [(pictures - kept.roll((y, x), (2, 3))).abs()[..., 4:-4, 4:-4].mean() for y in MOVES for x in MOVES]
    assert len(set(places)) == 4
    assert min(near) < 0.06


def test_worn_latents_stay_near_their_own_and_none_is_spared() -> None:
    torch.manual_seed(0)
    latents = torch.randn(6, 4, 8, 8)

    apart = (worn(latents, 0.2, 0.5) - latents).square().mean((1, 2, 3)).sqrt()

    assert (apart > 0.01).all()
    assert (apart < 0.7).all()
    assert torch.equal(worn(latents, 0.0, 0.0), latents)
