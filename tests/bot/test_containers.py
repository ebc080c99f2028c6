"""The container files: checked as text, and what they run is run, as far as that goes without a container engine."""

import asyncio
import base64
import hashlib
import http.server
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from bot.doctor.given import names

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (word, rest) pairs; continued lines are joined."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def those(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in those("ENV") for pair in rest.split())


def compose() -> dict[str, Any]:
    # Comes along with the hub client and has no types; read as the text that it is, nothing in it is trusted.
    yaml: Any = importlib.import_module("yaml")
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return read


# -- Dockerfile ---------------------------------------------------------------


def test_only_known_instructions_are_used_and_the_image_is_a_small_python() -> None:
    words = {word for word, _ in instructions()}

    assert words <= {
        "ARG",
        "FROM",
        "ENV",
        "WORKDIR",
        "RUN",
        "COPY",
        "VOLUME",
        "USER",
        "HEALTHCHECK",
        "STOPSIGNAL",
        "CMD",
    }
    assert those("FROM") == ["python:${PYTHON}-slim-bookworm"]
    assert "PYTHON=3.11" in those("ARG")


def test_the_image_runs_the_bot_and_not_as_root() -> None:
    order = [word for word, _ in instructions()]

    assert [json.loads(rest) for rest in those("CMD")] == [["easel", "run"]]
    assert those("USER") == ["easel"]
    assert order.index("USER") > max(at for at, word in enumerate(order) if word in ("RUN", "COPY"))
    assert any("useradd" in rest and "/data" in rest for rest in those("RUN"))


def test_torch_is_the_one_that_the_project_asks_for() -> None:
    [wanted] = [each for each in PYPROJECT["project"]["dependencies"] if each.startswith("torch")]
    [install] = [rest for rest in those("RUN") if "torch" in rest]

    assert f'"{wanted}"' in install
    assert "TORCH_INDEX" in install
    assert 'TORCH_INDEX=""' in those("ARG")


def test_everything_that_must_survive_lies_in_the_volume() -> None:
    settings = environment()

    assert those("VOLUME") == ["/data"]
    assert settings["EASEL_DATA"] == "/data"
    assert settings["HF_HOME"].startswith("/data/")
    assert those("WORKDIR")[-1] == "/data"
    assert {name for name in settings if name.startswith("EASEL_")} <= names()


def test_no_secret_can_get_into_the_image() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")

    assert "TOKEN" not in text
    assert not list(_context_files(".env", ".env.local", "easel-data/easel.sqlite", "tests/x.py", ".git/config"))


def test_what_is_installed_gets_into_the_image() -> None:
    packages = {pattern.rstrip("*") for pattern in PYPROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}
    wanted = {f"{package}/__init__.py" for package in packages} | {"pyproject.toml", "README.md", "LICENSE"}

    assert set(_context_files(*wanted)) == wanted
    assert not list(_context_files("bot/__pycache__/cli.cpython-311.pyc"))


def _context_files(*paths: str) -> Iterator[str]:
    """Those of the paths that .dockerignore lets into the build; the last rule that fits counts."""
    rules = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    for path in paths:
        kept = True
        for rule in rules:
            pattern = rule.removeprefix("!")
            parents = ["/".join(path.split("/")[: depth + 1]) for depth in range(path.count("/") + 1)]
            tried = [*parents, *path.split("/")] if pattern.startswith("**/") else parents
            if any(fnmatch(part, pattern.removeprefix("**/")) for part in tried):
                kept = rule.startswith("!")
        if kept:
            yield path


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False), (None, False)])
async def test_the_health_check_tells_a_well_bot_from_an_ill_and_from_a_silent_one(
    status: int | None, healthy: bool
) -> None:
    [check] = those("HEALTHCHECK")
    python, *arguments = json.loads(check.partition("CMD ")[2])
    assert python == "python"

    with _health_page(status) as port:
        env = os.environ | {"EASEL_WEB_PORT": str(port), "http_proxy": "http://127.0.0.1:1"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env=env, stderr=asyncio.subprocess.DEVNULL
        )
        code = await process.wait()

    assert (code == 0) is healthy


@contextmanager
def _health_page(status: int | None) -> Iterator[int]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if status and self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    port = server.server_address[1]
    if status is None:
        server.server_close()
        yield port
        return
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield port
    finally:
        server.shutdown()
        server.server_close()


# -- compose.yaml -------------------------------------------------------------


def test_the_usual_service_gets_the_card_and_the_other_one_only_when_asked_for() -> None:
    services = compose()["services"]

    [card] = services["easel"]["deploy"]["resources"]["reservations"]["devices"]
    assert (card["driver"], card["capabilities"]) == ("nvidia", ["gpu"])
    assert "profiles" not in services["easel"]
    assert services["easel-cpu"]["profiles"] == ["cpu"]
    assert "deploy" not in services["easel-cpu"]


@pytest.mark.parametrize("name", ["easel", "easel-cpu"])
def test_each_service_keeps_its_data_comes_back_and_has_few_rights(name: str) -> None:
    service = compose()["services"][name]

    assert service["env_file"] == ".env"
    assert service["restart"] == "unless-stopped"
    assert service["volumes"] == ["easel-data:/data"]
    assert service["environment"]["EASEL_DATA"] == environment()["EASEL_DATA"]
    assert service["environment"]["EASEL_WEB_PORT"] == environment()["EASEL_WEB_PORT"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "ports" not in service
    assert "easel-data" in compose()["volumes"]


def test_the_build_argument_for_the_cpu_is_one_that_the_dockerfile_has() -> None:
    services = compose()["services"]
    arguments = services["easel-cpu"]["build"]["args"]

    assert set(arguments) <= {rest.partition("=")[0] for rest in those("ARG")}
    assert arguments["TORCH_INDEX"].endswith("/cpu")
    assert arguments["TORCH_INDEX"] in (ROOT / "Dockerfile").read_text("utf-8")


# -- the install commands, run ------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="The image is a Linux one; its commands are for a POSIX shell.")
@pytest.mark.timeout(600)
def test_the_install_commands_of_the_image_run_and_what_they_install_is_whole(tmp_path: Path) -> None:
    """In a fresh virtual environment, with the build's own files, a stand-in for torch, and no dependencies."""
    context = tmp_path / "context"
    _copy_context(context)
    index = _index_with_a_torch_for_cpus(tmp_path / "index")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True, timeout=120)

    for command in (rest for rest in those("RUN") if rest.startswith("pip ")):
        _run_as_the_build_does(command, context, tmp_path / "venv", index)

    assert _in_venv(tmp_path, "import importlib.metadata as m; print(m.version('torch'))") == "2.9.0+cpu"
    _lend_dependencies(tmp_path / "venv")
    assert _in_venv(tmp_path, _MIGRATE) == "25000"
    assert _in_venv(tmp_path, "import playground; print(_there(playground, 'page/index.html'))") == "True"
    easel = subprocess.run(
        [tmp_path / "venv/bin/easel", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert easel.stdout.strip() == f"easel {PYPROJECT['project']['version']}"


_MIGRATE = """
import asyncio, pathlib
from db import ledger
from db.database import Database
async def main():
    async with Database.open(pathlib.Path('data/easel.sqlite')) as database:
        await database.write(ledger.open_account, '1', '2', 25_000, 1_700_000_000_000)
        print((await database.read(ledger.balance, '1', '2')).free_units)
asyncio.run(main())
"""
_THERE = """
from pathlib import Path
def _there(package, name):
    place = Path(package.__file__).parent
    assert 'site-packages' in place.parts, place
    return (place / name).is_file()
"""


def _copy_context(to: Path) -> None:
    tops = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    to.mkdir()
    for top in tops:
        if (ROOT / top).is_dir():
            shutil.copytree(ROOT / top, to / top, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(ROOT / top, to / top)


def _run_as_the_build_does(command: str, context: Path, venv: Path, index: str) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "EASEL_"))}
    env |= {"PATH": f"{venv / 'bin'}:{env['PATH']}", "TORCH_INDEX": index, "PIP_NO_DEPS": "1"}
    env |= {name: value for name, value in environment().items() if name.startswith("PIP_")}
    if "torch" in command:  # only from the index that was named, whatever this machine's pip is set to
        env = {name: value for name, value in env.items() if name not in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL")}
        env["PIP_CONFIG_FILE"] = os.devnull
    done = subprocess.run(
        ["sh", "-c", command], cwd=context, env=env, capture_output=True, text=True, check=False, timeout=400
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def _index_with_a_torch_for_cpus(folder: Path) -> str:
    """A package index on the disk that offers an empty torch 2.9.0+cpu, and one that is too new."""
    shelf = folder / "torch"
    shelf.mkdir(parents=True)
    files = [_empty_wheel(shelf, version) for version in ("2.9.0+cpu", "2.14.0+cpu")]
    links = "".join(f'<a href="{name.replace("+", "%2B")}">{name}</a>' for name in files)
    (shelf / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>", "utf-8")
    return folder.as_uri()


def _empty_wheel(folder: Path, version: str) -> str:
    name, info = f"torch-{version}-py3-none-any.whl", f"torch-{version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
    with zipfile.ZipFile(folder / name, "w") as wheel:
        for path, text in (files | {f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}).items():
            wheel.writestr(path, text)
    return name


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _lend_dependencies(venv: Path) -> None:
    """Let the environment see what is installed beside these tests, behind its own packages."""
    [packages] = venv.glob("lib/python*/site-packages")
    lent = next(path for path in sys.path if path.endswith("site-packages"))
    (packages / "lent.pth").write_text(f"{lent}\n", "utf-8")


def _in_venv(tmp_path: Path, code: str) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [str(tmp_path / "venv/bin/python"), "-c", _THERE + code]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()
