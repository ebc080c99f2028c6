"""Which models members reach by --v and --niji, and what describes pictures, by the owner's settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.catalog import Catalog, ModelUnusable, versions

SDXL: dict[str, Any] = {"source": "sdxl"}


def catalog(models: Mapping[str, Any], describer: str = "auto", builtin: Path | None = None) -> Catalog:
    return Catalog.from_tables("doodle", {"models": models}, builtin, describer=describer)


def test_every_model_is_reached_by_its_key_and_by_the_numbers_that_its_owner_gave_it() -> None:
    models = {"atelier": SDXL | {"version": 7}, "comic": SDXL | {"niji": "6"}, "plain": SDXL | {"version": "6.1"}}

    assert versions(catalog(models)) == {
        "doodle": "doodle",
        "atelier": "atelier",
        "7": "atelier",
        "comic": "comic",
        "niji 6": "comic",
        "niji": "comic",
        "plain": "plain",
        "6.1": "plain",
    }


def test_without_a_word_from_the_owner_no_number_stands_for_a_model() -> None:
    assert versions(catalog({})) == {"doodle": "doodle"}


@pytest.mark.parametrize("value", ["", "  ", "--v 7", True, [7], "x" * 40])
def test_a_version_is_what_can_be_typed(value: object) -> None:
    with pytest.raises(ModelUnusable, match="must be what members type behind --version"):
        catalog({"atelier": SDXL | {"version": value}})


def test_one_version_cannot_mean_two_models() -> None:
    with pytest.raises(ModelUnusable, match=r"version '7\.0' already means 'one'"):
        catalog({"one": SDXL | {"version": "7"}, "two": SDXL | {"version": "7.0"}})


def test_a_version_cannot_take_the_key_of_another_model() -> None:
    with pytest.raises(ModelUnusable, match="version 'comic' already means 'comic'"):
        catalog({"atelier": SDXL | {"version": "comic"}, "comic": SDXL})

    assert versions(catalog({"comic": SDXL | {"version": "comic"}}))["comic"] == "comic"


def test_niji_cannot_mean_one_model_and_be_the_key_of_another() -> None:
    with pytest.raises(ModelUnusable, match=r"\[models\.anime\]: --niji already means 'niji'"):
        catalog({"niji": SDXL, "anime": SDXL | {"niji": "6"}})

    assert versions(catalog({"niji": SDXL | {"niji": "6"}}))["niji"] == "niji"


def test_taste_can_be_put_in_the_owners_words() -> None:
    card = catalog({"atelier": SDXL | {"taste": "ink and paper"}}).models["atelier"]

    assert card.taste == "ink and paper"
    assert card.taste != catalog({"atelier": SDXL}).models["atelier"].taste != ""


def test_without_guidance_only_models_that_can_be_reached_between_text_and_picture_have_taste() -> None:
    assert "stylize" in catalog({"fast": {"source": "sdxl-turbo"}}).models["fast"].mechanisms
    assert "stylize" in catalog({"old": {"source": "kandinsky22"}}).models["old"].mechanisms
    assert "stylize" not in catalog({"old": {"source": "kandinsky22", "guidance": 1}}).models["old"].mechanisms


def test_what_describes_comes_with_the_built_in_model_unless_the_owner_says_otherwise(tmp_path: Path) -> None:
    assert catalog({}, builtin=tmp_path).describer == ""
    words = tmp_path / "image_text"
    words.mkdir()
    (words / "config.json").write_text("{}")

    assert catalog({}, builtin=tmp_path).describer == str(words)
    assert catalog({}, "none", tmp_path).describer == ""
    assert catalog({}, str(words)).describer == str(words)
    assert catalog({}, "somebody/captions").describer == "somebody/captions"


@pytest.mark.parametrize("text", ["nonsense", "./nowhere", "/etc"])
def test_what_cannot_describe_is_said_at_the_start(text: str) -> None:
    with pytest.raises(ModelUnusable, match="EASEL_DESCRIBER"):
        catalog({}, text)
