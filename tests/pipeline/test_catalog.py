import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.cards import KEY, LANCZOS, ModelCard
from pipeline.catalog import VOCABULARY, Catalog, ModelUnknown, ModelUnusable
from pipeline.families import FAMILIES, FAMILY_NAMES, MECHANISMS, STRENGTHS, Family
from pipeline.sizes import fit
from pipeline.wellknown import BY_REPOSITORY, WELL_KNOWN


def catalog(default: str = "", models: Mapping[str, Any] | None = None, builtin: Path | None = None) -> Catalog:
    return Catalog.from_tables(default, {"models": models or {}}, builtin)


def faults(default: str = "", models: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    with pytest.raises(ModelUnusable) as caught:
        catalog(default, models)
    return caught.value.faults


def model_folder(
    folder: Path, pipeline: object = "StableDiffusionPipeline", cells: int | None = 64, **index: object
) -> Path:
    """Write the small files of a model in diffusers' layout."""
    for part in ("unet", "vae"):
        (folder / part).mkdir(parents=True)
        (folder / part / "diffusion_pytorch_model.safetensors").write_bytes(b"")
    (folder / "unet" / "config.json").write_text(json.dumps({"sample_size": cells}))
    (folder / "vae" / "config.json").write_text(json.dumps({"block_out_channels": [32, 64, 64, 64]}))
    parts = {"unet": ["diffusers", "UNet"], "vae": ["diffusers", "VAE"]}
    (folder / "model_index.json").write_text(json.dumps({"_class_name": pipeline, **parts, **index}))
    return folder


def safetensors(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> Path:
    """Write a file of half-precision zeros."""
    header, position = {}, 0
    for name, shape in shapes.items():
        size = 2
        for side in shape:
            size *= side
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [position, position + size]}
        position += size
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(position))
    return path


SD15 = {
    "model.diffusion_model.input_blocks.0.0.weight": (8, 4, 3, 3),
    "cond_stage_model.transformer.text_model.embeddings.position_embedding.weight": (2, 2),
    "first_stage_model.decoder.conv_in.bias": (2,),
}
SD2 = SD15 | {"model.diffusion_model.input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight": (1, 1024)}
SDXL = {
    "model.diffusion_model.input_blocks.0.0.weight": (8, 4, 3, 3),
    "conditioner.embedders.1.model.positional_embedding": (2, 2),
    "first_stage_model.decoder.conv_in.bias": (2,),
}


class TestTheDefault:
    def test_nothing_set_and_no_built_in_model_means_doodle_and_a_note(self) -> None:
        built = catalog()

        assert built.default.key == "doodle"
        assert built.default.origin.kind == "scripted"
        assert len(built.notes) == 1

    def test_the_built_in_model_is_asked_as_its_training_found_best(self) -> None:
        folder = Path(pipeline.__file__).parent / "sketchbook"

        card = catalog(builtin=folder).default

        told = json.loads((folder / "sketchbook.json").read_text(encoding="utf-8"))["defaults"]
        assert (card.steps, card.guidance) == (told["steps"], told["guidance"])
        for ratio in (Fraction(1), Fraction(3, 2), Fraction(9, 16), Fraction(1, 3)):
            size = fit(ratio, card.size_rule)
            assert size.width_px % told["multiple_px"] == 0
            assert size.height_px % told["multiple_px"] == 0

    @pytest.mark.parametrize("setting", ["", "  ", "sketchbook"])
    def test_the_built_in_model_is_the_default_where_it_is_there(self, tmp_path: Path, setting: str) -> None:
        folder = model_folder(tmp_path / "weights", cells=32)

        built = catalog(setting, builtin=folder)

        assert built.default.key == "sketchbook"
        assert built.default.origin.where == str(folder)
        assert built.default.size_rule.area_px == 256 * 256
        assert built.notes == ()

    @pytest.mark.parametrize("text", ["", '{"defaults"', "[]", "{}", '{"defaults": {"steps": 20}}'])
    def test_a_built_in_model_with_a_damaged_vocabulary_is_named_in_a_sentence(self, tmp_path: Path, text: str) -> None:
        folder = model_folder(tmp_path / "weights", cells=32)
        (folder / VOCABULARY).write_text(text)

        with pytest.raises(ModelUnusable, match=rf"EASEL_MODEL: .*{VOCABULARY} .*again"):
            catalog(builtin=folder)

    @pytest.mark.parametrize("key", list(WELL_KNOWN))
    def test_a_well_known_key_and_its_repository_mean_the_same_model(self, key: str) -> None:
        repository = WELL_KNOWN[key].origin.where

        assert catalog(key).default is catalog(repository).default is catalog(repository.upper()).default

    def test_a_local_folder_is_read(self, tmp_path: Path) -> None:
        card = catalog(str(model_folder(tmp_path / "My Model", cells=96))).default

        assert (card.key, card.family, card.origin.kind) == ("my-model", "sd", "folder")
        assert card.size_rule.area_px == 768 * 768

    def test_a_relative_path_is_taken_from_here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        model_folder(tmp_path / "models" / "fox")
        monkeypatch.chdir(tmp_path)

        for text in ("models/fox", "./models/fox", "models/fox/"):
            assert catalog(text).default.origin.where == str(tmp_path / "models" / "fox")

    def test_a_single_file_is_read(self, tmp_path: Path) -> None:
        card = catalog(str(safetensors(tmp_path / "Dream_v8.safetensors", SDXL))).default

        assert (card.key, card.family, card.origin.kind) == ("dream_v8", "sdxl", "file")

    def test_an_unknown_hub_model_is_known_by_its_name(self) -> None:
        card = catalog("somebody/anime-XL-v3").default

        assert (card.key, card.family, card.origin.where) == ("anime-xl-v3", "sdxl", "somebody/anime-XL-v3")

    @pytest.mark.parametrize("name", ["x/sdxl-lightning-mine", "x/My-SDXL-Turbo", "x/flux-hyper"])
    def test_few_step_models_are_told_by_their_name(self, name: str) -> None:
        card = catalog(name).default

        assert card.steps <= 9
        assert card.guidance < 2
        assert min(card.qualities) == 1

    def test_a_folder_named_like_a_well_known_model_is_drawn_with_like_it(self, tmp_path: Path) -> None:
        folder = model_folder(tmp_path / "sdxl-turbo", "StableDiffusionXLPipeline")

        card = catalog(str(folder)).default

        assert (card.steps, card.guidance) == (4, 0.0)
        assert card.origin.kind == "folder"

    def test_a_model_that_says_it_is_distilled_is_believed(self, tmp_path: Path) -> None:
        folder = model_folder(tmp_path / "klein", "Flux2KleinPipeline", cells=None, is_distilled=True)

        assert catalog(str(folder)).default.steps == 4


class TestWhatCannotBeUsed:
    """Every one gets a sentence that says what to do."""

    def test_a_misspelt_key(self) -> None:
        assert "Did you mean sdxl-turbo?" in faults("sdxl-trubo")[0]

    def test_a_missing_path_with_its_nearest_neighbour(self, tmp_path: Path) -> None:
        model_folder(tmp_path / "Fox-Model")

        assert "Did you mean Fox-Model?" in faults(str(tmp_path / "fox-mdoel"))[0]
        assert "There is no" in faults(str(tmp_path / "a" / "b"))[0]

    def test_a_folder_that_is_no_model(self, tmp_path: Path) -> None:
        assert "model_index.json" in faults(str(tmp_path))[0]

    def test_a_folder_around_the_model(self, tmp_path: Path) -> None:
        inner = model_folder(tmp_path / "snapshots" / "abc")

        assert f"Name {inner} instead" in faults(str(tmp_path))[0]
        assert f"Name {inner} instead" in faults(str(tmp_path / "snapshots"))[0]

    def test_a_folder_with_a_single_file(self, tmp_path: Path) -> None:
        file = safetensors(tmp_path / "fox.safetensors", SD15)

        assert f"name {file}" in faults(str(tmp_path))[0]

    @pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".bin", ".pth", ".pkl"])
    def test_pickled_weights(self, tmp_path: Path, suffix: str) -> None:
        (tmp_path / f"fox{suffix}").write_bytes(b"\x80\x04")

        assert "safetensors only" in faults(str(tmp_path / f"fox{suffix}"))[0]
        assert "safetensors only" in faults(str(tmp_path))[0]

    def test_a_folder_whose_part_is_pickled(self, tmp_path: Path) -> None:
        folder = model_folder(tmp_path / "fox")
        (folder / "unet" / "diffusion_pytorch_model.safetensors").rename(
            folder / "unet" / "diffusion_pytorch_model.bin"
        )

        assert "unet" in faults(str(folder))[0]
        assert "safetensors only" in faults(str(folder))[0]

    @pytest.mark.parametrize("pipeline", ["StableVideoDiffusionPipeline", ["custom", "Mine"], None, 5])
    def test_a_pipeline_that_easel_does_not_know(self, tmp_path: Path, pipeline: object) -> None:
        assert "cannot draw with" in faults(str(model_folder(tmp_path / "m", pipeline)))[0]

    @pytest.mark.parametrize("text", ["", "{", "[]", "\ufeff{}", "[" * 10_000, '{"_class_name":' + "1" * 5000 + "}"])
    def test_a_broken_index(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "model_index.json").write_text(text)

        assert "model_index.json" in faults(str(tmp_path))[0]

    def test_a_hub_model_of_which_nothing_is_known(self) -> None:
        (fault,) = faults("somebody/something")

        assert "[models.mine]" in fault

    def test_a_lora(self, tmp_path: Path) -> None:
        file = safetensors(tmp_path / "style.safetensors", {"lora_unet_down.lora_up.weight": (2, 2)})

        assert "LoRA" in faults(str(file))[0]

    def test_a_part_of_a_model(self, tmp_path: Path) -> None:
        file = safetensors(tmp_path / "flux.safetensors", {"double_blocks.0.img_attn.norm.key_norm.scale": (2,)})

        assert "only a part of a FLUX.1 model" in faults(str(file))[0]

    def test_an_inpainting_checkpoint(self, tmp_path: Path) -> None:
        shapes = SD15 | {"model.diffusion_model.input_blocks.0.0.weight": (8, 9, 3, 3)}

        assert "mask" in faults(str(safetensors(tmp_path / "paint.safetensors", shapes)))[0]

    def test_any_other_file(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("hello")

        assert "neither" in faults(str(tmp_path / "notes.txt"))[0]

    @given(st.text(max_size=80).filter(lambda text: "\x00" not in text))
    def test_no_text_breaks_it(self, text: str) -> None:
        try:
            found = catalog(text).default.key
        except ModelUnusable as unusable:
            found = unusable.faults[0]
        assert found

    @pytest.mark.parametrize("text", ["a\x00b", "./a\x00b", "x" * 5000, "/" + "x" * 5000, "~nobody/model", "\ud800"])
    def test_texts_that_no_file_system_takes(self, text: str) -> None:
        assert faults(text)[0].startswith("EASEL_MODEL: ")


class TestFamiliesOfFiles:
    @pytest.mark.parametrize(("shapes", "family", "side"), [(SD15, "sd", 512), (SD2, "sd", 768), (SDXL, "sdxl", 1024)])
    def test_single_files_are_told_by_their_keys(
        self, tmp_path: Path, shapes: Mapping[str, tuple[int, ...]], family: str, side: int
    ) -> None:
        card = catalog(str(safetensors(tmp_path / "m.safetensors", shapes))).default

        assert (card.family, card.size_rule.area_px) == (family, side * side)

    @pytest.mark.parametrize("family", [family for family in FAMILIES.values() if family.pipelines])
    def test_folders_are_told_by_their_pipeline(self, tmp_path: Path, family: Family) -> None:
        for name in family.pipelines:
            card = catalog(str(model_folder(tmp_path / name, name, cells=None))).default
            assert card.traits is family
            assert card.size_rule.area_px == family.side_px**2


class TestTables:
    def test_an_owner_may_name_and_change_models(self) -> None:
        table = {
            "source": "sdxl",
            "title": "Ours",
            "side": 768,
            "size_step": 16,
            "narrowest": "1:2",
            "widest": "21:9",
            "steps": 12,
            "guidance": 3,
            "qualities": [2, 0.5, 1],
            "vary": {"subtle": 0.2, "strong": 0.9},
            "refine": 0.4,
            "surround": 1,
            "without": ["tile"],
            "max_prompt_tokens": 154,
            "scheduler": "EulerDiscreteScheduler",
            "licence": "Ask Ada.",
            "variant": "bf16",
        }

        built = catalog("ours", {"ours": table})

        card = built.default
        assert (card.key, card.title, card.steps, card.guidance, card.licence) == ("ours", "Ours", 12, 3.0, "Ask Ada.")
        assert (card.size_rule.area_px, card.size_rule.step_px) == (768 * 768, 16)
        assert (card.min_ratio, card.max_ratio) == (Fraction(1, 2), Fraction(7, 3))
        assert card.qualities == (0.5, 1.0, 2.0)
        assert card.vary_strength == {"subtle": 0.2, "normal": 0.55, "strong": 0.9}
        assert (card.refine_strength, card.surround_strength) == (0.4, 1.0)
        assert card.mechanisms == FAMILIES["sdxl"].mechanisms - {"tile"}
        assert (card.scheduler, card.origin.variant, card.max_prompt_tokens) == ("EulerDiscreteScheduler", "bf16", 154)

    def test_the_key_alone_is_enough_for_a_well_known_model(self) -> None:
        built = catalog("doodle", {"sdxl": {}})

        assert set(built.models) == {"doodle", "sdxl"}

    def test_the_family_helps_where_the_name_says_nothing(self) -> None:
        built = catalog("mine", {"mine": {"source": "somebody/something", "family": "flux"}})

        assert built.default.family == "flux"

    def test_a_family_that_contradicts_the_files_is_refused(self, tmp_path: Path) -> None:
        folder = str(model_folder(tmp_path / "m"))

        assert "not Sana" in faults("", {"m": {"source": folder, "family": "sana"}})[0]

    def test_without_guidance_nothing_can_be_ruled_out(self) -> None:
        assert "negative" not in catalog("m", {"m": {"source": "sdxl", "guidance": 1}}).default.mechanisms
        assert "negative" in catalog("m", {"m": {"source": "sdxl-turbo", "guidance": 2}}).default.mechanisms

    def test_all_faults_are_listed_at_once(self) -> None:
        found = faults("nonsense", {"a": {"source": "x/y"}, "b": {"source": "sdxl", "stpes": 3}, "Bad Key": {}})

        assert [fault.partition(":")[0] for fault in found] == [
            "[models.a]",
            "[models.b]",
            "[models.Bad Key]",
            "EASEL_MODEL",
        ]
        assert "Did you mean steps?" in found[1]

    @pytest.mark.parametrize(
        "table",
        [
            "sdxl",
            3,
            {"source": 3},
            {"source": ["sdxl"]},
            {"family": "flix"},
            {"family": "doodle"},
            {"family": []},
            {"steps": 0},
            {"steps": 3.5},
            {"steps": True},
            {"steps": "12"},
            {"guidance": -1},
            {"guidance": "high"},
            {"guidance": float("nan")},
            {"qualities": []},
            {"qualities": 1},
            {"qualities": [0.5, 2]},
            {"qualities": [1, "2"]},
            {"side": 10},
            {"side": 10**9},
            {"size_step": 7},
            {"size_step": 20},
            {"narrowest": "2:1"},
            {"narrowest": 0.5},
            {"widest": "1:2"},
            {"widest": "100:1"},
            {"widest": "wide"},
            {"vary": 0.5},
            {"vary": {"subtle": 0}},
            {"vary": {"medium": 0.5}},
            {"vary": {"subtle": 0.9}},
            {"refine": 0},
            {"refine": {"subtle": 0.3}},
            {"surround": 1.01},
            {"surround": "far"},
            {"without": "wings"},
            {"without": [["tile"]]},
            {"title": ""},
            {"title": 5},
            {"max_prompt_tokens": 1},
            {"source": "flux-dev", "max_prompt_tokens": 513},
        ],
    )
    def test_wrong_values_get_a_sentence(self, table: object) -> None:
        if isinstance(table, dict):
            table = {"source": "sdxl"} | table

        (fault,) = faults("doodle", {"mine": table})

        assert fault.startswith("[models.mine]: ")
        assert fault.endswith((".", "?"))

    @pytest.mark.parametrize("models", [3, "sdxl", ["sdxl"]])
    def test_models_that_are_no_tables_get_a_sentence(self, models: Any) -> None:
        assert "[models.<key>]" in faults("doodle", models)[0]


def test_the_default_model_never_hides_a_table_of_the_owner(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "ours")

    (fault,) = faults(str(folder), {"ours": {"source": "sdxl"}})

    assert fault.endswith("Write EASEL_MODEL=ours to mean that table, or give it another key.")
    assert catalog("ours", {"ours": {"source": "sdxl", "steps": 9}}).default.steps == 9
    assert catalog(str(folder), {"ours": {"source": str(folder), "steps": 9}}).default.steps == 9
    assert catalog("", {"doodle": {"source": "doodle", "steps": 9}}).default.steps == 9


class TestCards:
    def test_members_get_a_model_by_its_key_or_a_kind_refusal(self) -> None:
        built = catalog("sdxl")

        assert built.get("sdxl") is built.default
        with pytest.raises(ModelUnknown, match=r"Did you mean sdxl\?"):
            built.get("sdxxl")

    @given(st.text(max_size=200))
    def test_no_key_of_a_member_ever_reaches_a_path(self, key: str) -> None:
        with pytest.raises(ModelUnknown):
            catalog("sdxl").get("/" + key)

    @pytest.mark.parametrize("card", [*WELL_KNOWN.values(), catalog().default], ids=lambda card: card.key)
    def test_every_card_is_sound(self, card: ModelCard) -> None:
        assert KEY.fullmatch(card.key)
        assert 1 in card.qualities
        assert list(card.qualities) == sorted(card.qualities)
        assert set(card.vary_strength) == set(STRENGTHS)
        assert 0 < card.vary_strength["subtle"] < card.vary_strength["normal"] < card.vary_strength["strong"] <= 1
        assert card.mechanisms <= set(MECHANISMS)
        assert card.size_rule.step_px % (card.latents.scale_px * card.latents.patch) == 0
        assert card.min_ratio < 1 < card.max_ratio
        assert fit(Fraction(1), card.size_rule).area_px == card.size_rule.area_px
        assert card.steps_for(min(card.qualities)) >= 1
        assert ("image_to_image" in card.mechanisms) == (card.traits.init_image != "none")

    @pytest.mark.parametrize("card", [*WELL_KNOWN.values(), catalog().default], ids=lambda card: card.key)
    def test_a_card_travels_as_plain_values(self, card: ModelCard) -> None:
        assert ModelCard.from_plain(json.loads(json.dumps(card.to_plain()))) == card

    def test_families_and_repositories_are_told_apart(self) -> None:
        assert set(FAMILIES) == set(FAMILY_NAMES)
        assert len(BY_REPOSITORY) == len(WELL_KNOWN)
        pipelines = [pipeline for family in FAMILIES.values() for pipeline in family.pipelines]
        assert len(pipelines) == len(set(pipelines))

    def test_lanczos_is_always_there(self) -> None:
        assert catalog().upscaler is LANCZOS


@pytest.mark.parametrize("place", ["~nobody-of-this-name/x.safetensors", f"/{'long' * 100}/x.safetensors"])
def test_what_enlarges_or_describes_from_a_place_that_cannot_be_looked_at_is_refused_in_words(place: str) -> None:
    with pytest.raises(ModelUnusable) as refused:
        Catalog.from_tables("doodle", {}, None, upscaler=place, describer=place)

    assert [fault.partition(":")[0] for fault in refused.value.faults] == ["EASEL_UPSCALER", "EASEL_DESCRIBER"]
