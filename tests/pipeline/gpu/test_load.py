"""From a card to a model: folders, single files, what is wrong with them, and what a model weighs."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import diffusers
import pytest
import torch

from pipeline.cards import Origin
from pipeline.catalog import Catalog
from pipeline.checkpoints import INDEX
from pipeline.gpu.fetch import CannotLoad, fetch, weigh
from pipeline.gpu.load import CONFIGS, Model, load
from pipeline.spec import Spec
from pipeline.wellknown import WELL_KNOWN
from tests.pipeline.gpu import single_file
from tests.pipeline.gpu.conftest import FACTS, WISHES, Easel, difference, loaded

FolderOf = Callable[[str], Path]
ModelOf = Callable[[str], Model]
SPEC = Spec(model="sd", prompt="a red fox", width_px=64, height_px=64, steps=4, guidance=3.0, seed=7)


def silent(_done: int, _total: int) -> None:
    pass


def test_loading_tells_how_far_it_is(folder_of: FolderOf) -> None:
    card = Catalog.from_tables(str(folder_of("sd")), {}, None).default
    told: list[tuple[int, int]] = []

    load(card, FACTS, WISHES, "cpu", lambda done, total: told.append((done, total)))

    assert told == sorted(told)
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] > 3


def test_a_model_weighs_what_its_parts_weigh(folder_of: FolderOf, model_of: ModelOf) -> None:
    model = model_of("sdxl")
    parts = [sum(p.numel() for p in part.parameters()) for part in model.base.components.values() if _module(part)]

    weight = weigh(folder_of("sdxl"), model.card)

    # The position numbers that CLIP keeps beside its weights may be in the files as well.
    assert sum(parts) <= weight.parameters < sum(parts) + 400
    assert weight.largest == max(parts)


def _module(part: object) -> bool:
    return isinstance(part, torch.nn.Module)


def test_a_single_file_draws_what_its_folder_draws(folder_of: FolderOf, model_of: ModelOf, easel: Easel) -> None:
    folder = folder_of("sd")
    file = single_file.write(model_of("sd").base, folder.parent / "community.safetensors")
    shutil.copytree(folder, folder.parent / "community", ignore=shutil.ignore_patterns("*.safetensors"))
    expected = easel.paint(model_of("sd"), SPEC)

    pictures = easel.paint(loaded(file), SPEC)

    assert max(map(difference, expected, pictures)) <= 1


def test_a_single_file_without_tokenizer_on_a_machine_without_network_says_what_to_do(
    folder_of: FolderOf, model_of: ModelOf, tmp_path: Path
) -> None:
    file = single_file.write(model_of("sd").base, tmp_path / "lonely.safetensors")

    with pytest.raises(CannotLoad, match="tokenizer"):
        loaded(file)


@pytest.mark.parametrize("family", ["sd", "sd-768", "sdxl"])
def test_our_configurations_name_parts_that_exist(family: str) -> None:
    index = json.loads((CONFIGS / family / INDEX).read_text("utf-8"))
    parts = [name for name, value in index.items() if isinstance(value, list) and value[0] is not None]

    for part in parts:
        if not part.startswith("tokenizer"):
            names = [file.name for file in (CONFIGS / family / part).iterdir()]
            assert names in (["config.json"], ["scheduler_config.json"])


def test_a_scheduler_from_the_card_is_used(folder_of: FolderOf, easel: Easel) -> None:
    card = Catalog.from_tables(str(folder_of("sd")), {}, None).default
    model = load(replace(card, scheduler="DPMSolverMultistepScheduler"), FACTS, WISHES, "cpu", silent)

    assert type(model.for_text().scheduler).__name__ == "DPMSolverMultistepScheduler"
    assert len(easel.paint(model, SPEC)) == 4


def test_a_scheduler_for_flow_models_is_one_as_well(folder_of: FolderOf, easel: Easel) -> None:
    card = Catalog.from_tables(str(folder_of("sd3")), {}, None).default
    model = load(replace(card, scheduler="FlowMatchHeunDiscreteScheduler"), FACTS, WISHES, "cpu", silent)

    assert type(model.for_text().scheduler).__name__ == "FlowMatchHeunDiscreteScheduler"
    assert len(easel.paint(model, SPEC.evolve(negative="blue"))) == 4


@pytest.mark.parametrize("name", ["NoSuchScheduler", "StableDiffusionPipeline", "logging"])
def test_a_scheduler_that_is_none_is_refused(folder_of: FolderOf, name: str) -> None:
    card = Catalog.from_tables(str(folder_of("sd")), {}, None).default

    with pytest.raises(CannotLoad, match=name):
        load(replace(card, scheduler=name), FACTS, WISHES, "cpu", silent)


def test_a_scheduler_that_lacks_a_package_is_refused_in_a_sentence(
    folder_of: FolderOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lacking(type):
        def __getattr__(cls, _name: str) -> None:
            raise ImportError(f"\n{cls.__name__} requires the torchsde library. Run: pip install torchsde\n")

    monkeypatch.setattr(diffusers, "DPMSolverSDEScheduler", Lacking("DPMSolverSDEScheduler", (), {}))
    card = Catalog.from_tables(str(folder_of("sd")), {}, None).default

    with pytest.raises(CannotLoad, match="DPMSolverSDEScheduler requires the torchsde library"):
        load(replace(card, scheduler="DPMSolverSDEScheduler"), FACTS, WISHES, "cpu", silent)


def test_half_precision_files_are_found_without_being_named(model_of: ModelOf, tmp_path: Path, easel: Easel) -> None:
    model_of("sd").base.save_pretrained(tmp_path / "half", variant="fp16")

    assert len(easel.paint(loaded(tmp_path / "half"), SPEC)) == 4


@pytest.mark.parametrize("harm", ["truncated", "missing part", "no config", "no words"])
def test_a_damaged_folder_is_named_in_a_sentence(folder_of: FolderOf, tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(folder_of("sd"), folder)
    card = Catalog.from_tables(str(folder), {}, None).default
    unet = folder / "unet" / "diffusion_pytorch_model.safetensors"
    match harm:
        case "truncated":
            unet.write_bytes(unet.read_bytes()[:1000])
        case "missing part":
            shutil.rmtree(folder / "vae")
        case "no words":
            shutil.rmtree(folder / "tokenizer")
        case "no config":
            (folder / "unet" / "config.json").unlink()

    with pytest.raises(CannotLoad) as refusal:
        load(card, FACTS, WISHES, "cpu", silent)

    assert str(folder) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_model_from_the_hub_that_was_never_fetched_is_refused_offline_at_once() -> None:
    card = replace(WELL_KNOWN["sdxl"], origin=Origin(kind="hub", where="nobody/never-fetched", variant="fp16"))

    with pytest.raises(CannotLoad, match="EASEL_OFFLINE"):
        fetch(card, offline=True, tell=silent)


def test_each_job_gets_a_scheduler_of_its_own_and_shares_the_rest(model_of: ModelOf) -> None:
    model = model_of("sd")

    pipelines = [model.for_text(), model.for_text(), model.for_picture()]

    assert len({id(pipeline.scheduler) for pipeline in [*pipelines, model.base]}) == 4
    assert len({id(pipeline.unet) for pipeline in [*pipelines, model.base]}) == 1
