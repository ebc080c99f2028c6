"""Models whose parts take turns on the device: the hooks are the same whatever the device is, so a CPU shows them.

Not so layer by layer: accelerate then takes "cpu" and "cpu:0" for two devices, and fails.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.gpu.load import place
from pipeline.spec import Source, Spec
from tests.pipeline.gpu.conftest import Easel, difference, loaded

FolderOf = Callable[[str], Path]
SPEC = Spec(model="tiny", prompt="a red fox", width_px=64, height_px=64, steps=4, guidance=3.0, seed=7, count=2)


@pytest.mark.parametrize("name", ["sd", "flux"])
def test_pictures_are_the_same_wherever_the_parts_wait(name: str, folder_of: FolderOf, easel: Easel) -> None:
    model = loaded(folder_of(name))
    spec = SPEC.evolve(guidance=model.card.guidance)
    usual = easel.paint(model, spec)
    variation = spec.evolve(verb="vary", source=Source(sha256=easel.artifacts[0].sha256, strength=0.5))
    varied = easel.paint(model, variation)
    model.plan = replace(model.plan, offload="model", device="cpu:0")

    place(model)

    assert hasattr(model.base.vae, "_hf_hook")
    assert max(map(difference, usual, easel.paint(model, spec))) <= 1
    assert max(map(difference, varied, easel.paint(model, variation))) <= 1
    assert easel.previews
