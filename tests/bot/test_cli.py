"""The command line says what an owner needs to know, and nothing else."""

import os
from pathlib import Path

import pytest

from bot import cli


def test_the_models_are_listed_with_a_mark_at_the_one_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EASEL_MODEL", "doodle")

    assert cli.main(["models"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("* doodle") for line in lines)
    assert any("sdxl" in line for line in lines)


def test_names_of_other_programs_in_env_reach_the_painter_and_secrets_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    (tmp_path / ".env").write_text('DISCORD_TOKEN="Bot abc"\nHF_TOKEN=made-up\n')

    settings = cli.read_settings()

    assert settings.token == "abc"
    assert os.environ["HF_TOKEN"] == "made-up"
    assert "DISCORD_TOKEN" not in os.environ
    monkeypatch.delenv("HF_TOKEN")


@pytest.mark.parametrize(
    "content", ["[prices\nimagine = 1", "[prices]\nimagine = -1", "[prices]\nmagic = 1", "prices = 3"]
)
def test_a_broken_table_of_prices_is_one_sentence(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "easel.toml").write_text(content)

    assert cli.main(["models"]) == cli.CANNOT_START

    said = capsys.readouterr().err
    assert "easel.toml" in said
    assert "Traceback" not in said


def test_a_table_file_that_begins_with_a_byte_order_mark_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "easel.toml").write_text("[prices]\nimagine = 2\n", encoding="utf-8-sig")

    assert cli.read_settings().prices.imagine == 2000


@pytest.mark.parametrize("port", ["70000", "-1", "many"])
def test_a_port_that_cannot_be_is_refused_with_what_is_needed(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["play", f"--port={port}"])

    assert "from 0 to 65535" in capsys.readouterr().err


@pytest.fixture
def bot_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which `easel run` would start, were Discord there."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DISCORD_TOKEN": "made-up-token",
        "EASEL_MODEL": "doodle",
        "EASEL_DISCORD_API": "http://127.0.0.1:9/api",
        "EASEL_DATA": "data",
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "data"


@pytest.mark.parametrize("name", ["easel.lock", "secret"])
def test_a_file_of_the_data_folder_that_cannot_be_used_is_named_in_a_sentence(
    name: str, bot_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bot_folder / name).mkdir(parents=True)

    assert cli.main(["run"]) == cli.CANNOT_START

    assert name in (said := capsys.readouterr().err)
    assert "the data folder" in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("bot_folder")
@pytest.mark.parametrize("host", ["192.0.2.1", "no..host"])
def test_a_host_that_pages_cannot_be_served_at_is_not_called_a_port_in_use(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EASEL_WEB_HOST", host)
    monkeypatch.setenv("EASEL_WEB_PORT", "8420")

    assert cli.main(["run"]) == cli.CANNOT_START

    assert "EASEL_WEB_HOST" in (said := capsys.readouterr().err)
    assert "in use" not in said
