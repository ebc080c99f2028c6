"""What the documents say is true: commands, settings, sentences, links, paths, contracts."""

import ast
import asyncio
import os
import re
import shlex
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.chat.commands import ALL
from bot.chat.invite import lacking
from bot.cli import _parser
from bot.doctor.given import names
from db import ledger
from db.database import Database
from pipeline.wellknown import WELL_KNOWN

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# Read by the playground's own process, or by the tests.
ELSEWHERE = re.compile(r"EASEL_PLAY_\w+|EASEL_DISCORD_OPENAPI")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def section(text: str, heading: str) -> str:
    """The part of a page below a heading, up to the next of its kind."""
    level = heading.partition(" ")[0]
    return text.partition(f"\n{heading}\n")[2].partition(f"\n{level} ")[0]


# -- links, paths, commands ---------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text("utf-8")):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in set(_anchors(goal)), f"{page.name} links to {target}"


def _anchors(page: Path) -> Iterator[str]:
    for heading in re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"\b(?:EASEL|DISCORD)_[A-Z_]+\b", page.read_text("utf-8")))

    assert not {name for name in named - names() if not ELSEWHERE.fullmatch(name)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_gives_exists(page: Path) -> None:
    for command in re.findall(r"(?:`|^|&& )easel ([a-z]+)(?: (--[a-z-]+))?", page.read_text("utf-8"), re.MULTILINE):
        parsed = _parser().parse_args([command[0]])
        assert parsed.command == command[0]
        assert not command[1] or command[1] in _flags(command[0]), command


def _flags(command: str) -> set[str]:
    subparsers = next(action for action in _parser()._actions if hasattr(action, "choices") and action.choices)
    chosen = subparsers.choices[command]  # type: ignore[index]
    return {flag for action in chosen._actions for flag in action.option_strings}


def test_the_readme_gives_the_two_commands_each_on_a_line_of_its_own() -> None:
    lines = read("README.md").splitlines()

    assert lines.count("pip install -e . && easel") == 1
    assert lines.count('pip install -e ".[test]" && pytest') == 1


def test_the_readme_promises_no_figures() -> None:
    assert not re.search(r"\d+ ?(?:ms|s|seconds|MB|GB|MiB|GiB|pictures per)\b", read("README.md"))


def test_paths_that_contributors_are_sent_to_exist() -> None:
    text = read("CONTRIBUTING.md")
    paths = re.findall(r"`((?:bot|db|pipeline|playground|tests|scripts|docs)/[\w./-]+|\.ci/run)`", text)

    assert len(paths) > 15
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_names_that_contributors_are_sent_to_exist() -> None:
    for path, name in (
        ("bot/actions.py", "ACTIONS"),
        ("bot/custom_ids.py", "FORMS"),
        ("bot/settings.py", "class Prices"),
        ("bot/studio/derive.py", "_MAKERS"),
        ("bot/studio/briefs.py", "def spec_of"),
    ):
        assert name in read(path), f"{name} has left {path}"


# -- what owners read ---------------------------------------------------------


def _said() -> set[str]:
    """Every text in the sources; where a value is filled in stands a NUL."""
    found = set()
    for package in ("bot", "db", "pipeline", "playground"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant | ast.JoinedStr) and (text := _text(node)):
                    found.add(text)
    return found


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "\0" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _quoted() -> list[str]:
    """The sentences that the troubleshooting tables quote."""
    part = section(read("docs/owners.md"), "## When something is wrong")
    first_cells = [row.split("|")[1] for row in part.splitlines() if row.startswith("|")]
    return [span for cell in first_cells for span in _SPAN.findall(cell) if " " in span]


def test_every_sentence_that_owners_are_told_about_is_one_that_easel_says() -> None:
    said = _said()

    quoted = _quoted()

    assert len(quoted) > 15
    assert not [sentence for sentence in quoted if not any(sentence in text for text in said)]


def test_owners_are_told_about_every_sentence_that_stops_a_start() -> None:
    quoted = _quoted()

    sentences = list(_stopping())

    assert len(sentences) >= 8
    assert not [text for text in sentences if not any(span in text for span in quoted)]


def _stopping() -> Iterator[str]:
    """What is raised when Easel cannot start, as far as it stands in the raise or in a constant of the module."""
    kinds = ("CannotStart", "PortInUse", "DatabaseTooNew", "DatabaseUnusable")
    places = ("bot/cli.py", "bot/app.py", "bot/play.py", "bot/web/health.py", "db/migrate.py", "playground/server.py")
    for place in places:
        tree = ast.parse(read(place))
        constants = {
            target.id: _text(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds and node.args:
                argument = node.args[0]
                text = constants.get(argument.id, "") if isinstance(argument, ast.Name) else _text(argument)
                if " " in text:
                    yield text


def test_the_models_that_owners_are_offered_are_known() -> None:
    row = next(line for line in read("docs/owners.md").splitlines() if line.startswith("| a key that Easel knows"))

    assert set(_SPAN.findall(row)) <= set(WELL_KNOWN)


def test_owners_see_exactly_the_permissions_that_the_invite_link_asks_for() -> None:
    rows = section(read("docs/owners.md"), "## Invite it").splitlines()
    listed = {name.strip() for row in rows if row.startswith("| ") for name in row.split("|")[1].split(",")}

    assert len(lacking(0)) == 6  # the checklist says so too
    assert listed - {"permission"} == set(lacking(0))


def test_owners_see_exactly_the_quota_commands_that_there_are() -> None:
    listed = set(re.findall(r"`/quota ([a-z]+) ", section(read("docs/owners.md"), "## Credits, quotas and prices")))

    quota = next(each for each in ALL if each.name == "quota")
    assert isinstance(quota, discord.app_commands.Group)
    assert listed == {command.name for command in quota.commands}


async def test_the_backup_command_works_while_a_bot_runs(tmp_path: Path) -> None:
    lines = section(read("docs/owners.md"), "## Backup and restore").splitlines()
    [command] = [shlex.split(line) for line in lines if line.startswith("python3 -c")]
    (tmp_path / "backup").mkdir()

    async with Database.open(tmp_path / "easel-data" / "easel.sqlite") as database:
        await database.write(ledger.open_account, "1", "2", 25_000, 1_700_000_000_000)
        process = await asyncio.create_subprocess_exec(sys.executable, *command[1:], cwd=tmp_path)
        assert await process.wait() == 0

    async with Database.open(tmp_path / "backup" / "easel.sqlite") as restored:
        assert (await restored.read(ledger.balance, "1", "2")).free_units == 25_000


# -- decisions, changelog, contracts ------------------------------------------


def test_every_decision_is_in_the_index() -> None:
    files = {path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}

    assert files == {target for target in _LINK.findall(read("docs/decisions/README.md")) if target[0].isdigit()}


def test_decisions_that_the_code_points_to_exist() -> None:
    numbers = {
        number
        for package in ("bot", "db", "pipeline", "playground")
        for path in (ROOT / package).rglob("*.py")
        for number in re.findall(r"docs/decisions/(\d{4})", path.read_text("utf-8"))
    }

    assert numbers <= {path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}


def test_the_changelog_speaks_of_this_version() -> None:
    assert f"## [{PROJECT['project']['version']}]" in read("CHANGELOG.md")


def contract(name: str) -> dict[str, Any]:
    [found] = [each for each in PROJECT["tool"]["importlinter"]["contracts"] if each["name"].startswith(name)]
    return dict(found)


def test_the_layers_in_the_decision_are_those_that_are_enforced() -> None:
    drawn = section(read("docs/decisions/0001-layout.md"), "## Decision").partition("```\n")[2].partition("```")[0]

    assert [re.split(" · ", line) for line in drawn.splitlines()] == [
        re.split(r" \| ", layer) for layer in contract("inside bot")["layers"]
    ]


@pytest.mark.parametrize(
    ("name", "package", "exempt"),
    [
        ("torch lives", "pipeline", {"pipeline.gpu", "pipeline.training"}),
        ("discord lives", "bot", {"bot.chat", "bot.app", "bot.__main__"}),
    ],
)
def test_no_module_escapes_a_contract_by_being_new(name: str, package: str, exempt: set[str]) -> None:
    here = ROOT / package
    modules = {
        f"{package}.{path.stem}"
        for path in here.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }

    assert modules - exempt <= set(contract(name)["source_modules"])


# -- scripts ------------------------------------------------------------------

SCRIPTS = [*sorted((ROOT / "scripts").iterdir()), ROOT / ".ci" / "run"]


@pytest.mark.skipif(os.name != "posix", reason="The scripts are for a POSIX shell.")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_can_be_run_and_parse(script: Path) -> None:
    assert script.stat().st_mode & stat.S_IXUSR
    assert script.read_text("utf-8").startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", script], check=True, timeout=60)


@pytest.mark.skipif(os.name != "posix", reason="The scripts are for a POSIX shell.")
def test_ci_refuses_to_pass_without_the_openapi_file(tmp_path: Path) -> None:
    env = os.environ | {"EASEL_DISCORD_OPENAPI": str(tmp_path / "absent.json")}

    done = subprocess.run(
        ["bash", ROOT / ".ci" / "run"], env=env, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 1
    assert "EASEL_DISCORD_OPENAPI" in done.stderr


def test_ci_finds_the_readmes_test_command_word_for_word() -> None:
    [pattern] = re.findall(r"grep -m1 -x '([^']+)' README\.md", read(".ci/run"))

    assert re.findall(f"^{pattern}$", read("README.md"), re.MULTILINE) == ['pip install -e ".[test]" && pytest']
