from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoPipelineForImage2Image, AutoPipelineForInpainting, AutoPipelineForText2Image
from PIL import Image
from safetensors.torch import load_file

from pipeline.training import export as exporting
from pipeline.training.export import TooLarge, export, known_by
from pipeline.training.loop import Machine
from pipeline.training.plans import Plan
from pipeline.training.scenes.scene import COLOURS, WHOLE_STAGE, scene_at
from tests.pipeline.training.conftest import SMALL_UNET

SMALL_PLAN = Plan(unet=SMALL_UNET)


@pytest.fixture(scope="module")
def exported(small_run: Path, machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("export")
    export(small_run, target, SMALL_PLAN, machine)
    return target


def test_the_exported_folder_paints_through_the_ordinary_pipeline(exported: Path) -> None:
    pipeline = AutoPipelineForText2Image.from_pretrained(exported, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)

    picture = pipeline("a red star", num_inference_steps=2, width=96, height=64).images[0]

    assert picture.size == (96, 64)


def test_one_folder_serves_variation_and_region_too(exported: Path) -> None:
    start = Image.new("RGB", (64, 64), "red")
    mask = Image.new("L", (64, 64), 255)
    for family, extra in ((AutoPipelineForImage2Image, {}), (AutoPipelineForInpainting, {"mask_image": mask})):
        pipeline = family.from_pretrained(exported, local_files_only=True)
        pipeline.set_progress_bar_config(disable=True)
        painted = pipeline("a cat", image=start, strength=0.5, num_inference_steps=4, width=64, height=64, **extra)

        assert painted.images[0].size == (64, 64)


def test_weights_ship_in_half_precision(exported: Path) -> None:
    files = [file for part in ("text_encoder", "unet", "vae") for file in (exported / part).glob("*.safetensors")]

    assert len(files) == 3
    assert all(value.dtype == torch.float16 for file in files for value in load_file(file).values())


def test_same_seed_same_picture(exported: Path) -> None:
    pipeline = AutoPipelineForText2Image.from_pretrained(exported, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)

    def paint() -> np.ndarray:
        generator = torch.Generator().manual_seed(5)
        settings = {"num_inference_steps": 2, "width": 64, "height": 64, "output_type": "np"}
        return np.asarray(pipeline("a red star", generator=generator, **settings).images)

    assert np.array_equal(paint(), paint())


def test_the_vocabulary_lists_what_the_stage_draws(exported: Path) -> None:
    known = json.loads((exported / "sketchbook.json").read_text(encoding="utf-8"))

    assert set(known["things"]) == set(WHOLE_STAGE.things)
    assert known["things"]["cat"]["ru"] == "кот"
    assert known["examples"]


def test_too_much_weight_is_refused(
    small_run: Path, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "LIMIT_BYTES", 1000)

    with pytest.raises(TooLarge, match="may ship"):
        export(small_run, tmp_path, SMALL_PLAN, machine)


def test_the_card_says_how_much_was_learned_and_that_nothing_was_measured_yet(exported: Path) -> None:
    card = (exported / "README.md").read_text(encoding="utf-8")

    assert "8 pictures of 16 scenes at 64 pixels, then 2 pictures of 8 scenes at 128 pixels" in card
    assert "Not measured yet." in card


def test_a_model_is_measured_on_what_it_says_it_can_draw(tmp_path: Path) -> None:
    told: dict[str, dict[str, dict[str, str]]] = {
        "things": {"star": {}, "heart": {}},
        "places": {"sea": {}},
        "styles": {"neon": {}},
    }
    (tmp_path / "sketchbook.json").write_text(json.dumps(told))

    known = known_by(tmp_path, WHOLE_STAGE)
    scenes = [scene_at(known, 3, i) for i in range(200)]

    assert {scene.thing for scene in scenes} == {"star", "heart"}
    assert {scene.style for scene in scenes} == {"flat", "neon"}
    assert {scene.background for scene in scenes} <= {"sea", *COLOURS}
