"""The command line says what an owner needs to know, and nothing else."""

import os
import sys
from pathlib import Path

import pytest

from bot import cli
from bot.doctor import machine
from bot.settings import Settings

NO_CUDA = (
    "import json; print(json.dumps({'torch': '2.13.0+cpu', 'cuda': False, 'cuda_build': None, 'devices':"
    " [{'name': 'cpu', 'kind': 'cpu', 'title': 'CPU', 'free_mib': 9000, 'total_mib': 16000}]}))"
)


async def test_a_card_that_torch_cannot_see_is_said_with_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "nvidia_card_present", lambda: True)
    monkeypatch.setattr(machine, "nvidia_card_present", lambda: True)
    monkeypatch.setattr(machine.check, "__defaults__", ((sys.executable, "-c", NO_CUDA), 60.0))

    await cli._advise(Settings())

    said = capsys.readouterr().out
    assert "NVIDIA card" in said
    assert "pip install" in said


async def test_without_a_card_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "nvidia_card_present", lambda: False)

    await cli._advise(Settings())

    assert capsys.readouterr().out == ""


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
