"""The page has no build step: its first file names all others, so that none is waited for in a row."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "playground" / "page"
CLASSIC = {"theme.js", "app.js"}


def test_every_module_of_the_page_is_fetched_at_once() -> None:
    index = (PAGE / "index.html").read_text()

    named = re.findall(r'rel="modulepreload" href="([^"]+)"', index)

    assert named == sorted(path.name for path in PAGE.glob("*.js") if path.name not in CLASSIC)


def test_every_import_and_style_sheet_of_the_page_exists() -> None:
    imports = {name for path in PAGE.glob("*.js") for name in re.findall(r'from "\./([^"]+)"', path.read_text())}
    linked = set(re.findall(r'(?:href|src)="([a-z]+\.(?:css|js|svg))"', (PAGE / "index.html").read_text()))

    assert {name for name in imports | linked if not (PAGE / name).is_file()} == set()
