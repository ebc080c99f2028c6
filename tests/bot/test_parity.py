"""The page on parity is true: every test that it names exists, and nothing that members meet is missing from it."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from discord import app_commands

from bot.actions import ACTIONS, Action
from bot.chat import present
from bot.chat.client import Tree
from bot.chat.commands import ALL
from bot.prompt import PARAMETERS, parse
from bot.prompt import texts as prompt_texts
from bot.studio.briefs import spec_of
from bot.texts import ENGLISH
from pipeline.families import FAMILIES, MECHANISMS
from pipeline.wellknown import WELL_KNOWN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "parity.md").read_text("utf-8")
REASON = re.compile(r"\bNot here\b[^:]*: \S.{10,}")
_DEFINED = re.compile(r"^\[\^([\w-]+)\]: `([^`\n]+)`$", re.MULTILINE)
_NOTE = re.compile(r"\[\^([\w-]+)\](?!:)")
_SPAN = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a table, without its head."""

    heading: str
    """The heading above it that begins with ##."""
    cells: tuple[str, ...]

    @property
    def subject(self) -> str:
        return self.cells[0]

    @property
    def spans(self) -> set[str]:
        """What stands as code in the first cell."""
        return set(_SPAN.findall(self.subject))


def rows(text: str = PAGE) -> Iterator[Row]:
    """Read all tables of the page."""
    heading, lines = "", text.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        is_head = after.startswith("|--")
        if line.startswith("| ") and not is_head:
            cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
            yield Row(heading=heading, cells=cells)


ROWS = tuple(rows())
PROOFS = _DEFINED.findall(PAGE)


@cache
def functions(path: Path) -> frozenset[str]:
    """The names that a file defines at its top, and those in its classes as `Class::name`."""
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(_names(tree.body))


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}::{inner}" for inner in _names(node.body))


def exists(proof: str) -> bool:
    """Whether a pytest id, without its parameters, names a test."""
    path, _, name = proof.partition("::")
    is_test = path.startswith("tests/") and name.rpartition("::")[2].startswith("test_")
    return is_test and (ROOT / path).is_file() and name in functions(ROOT / path)


def test_every_test_that_the_page_names_exists() -> None:
    assert len(PROOFS) > 150
    assert [proof for _, proof in PROOFS if not exists(proof)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "tests/bot/test_parity.py",
        "tests/bot/test_parity.py::test_nothing_of_the_kind",
        "tests/bot/test_parity.py::exists",
        "tests/bot/test_nowhere.py::test_every_table_is_whole",
        "bot/actions.py::test_x",
    ],
)
def test_what_is_no_test_is_noticed(wrong: str) -> None:
    assert exists("tests/bot/test_parity.py::test_every_table_is_whole")
    assert not exists(wrong)


def test_every_proof_is_defined_once_and_used_and_no_test_has_two_names() -> None:
    names, tests = [name for name, _ in PROOFS], [proof for _, proof in PROOFS]
    definitions = re.findall(r"^\[\^[\w-]+\]:", PAGE, re.MULTILINE)

    assert len(definitions) == len(PROOFS)
    assert len(set(names)) == len(names)
    assert len(set(tests)) == len(tests)
    assert set(names) == set(_NOTE.findall(PAGE))


def test_every_row_has_a_test_or_a_reason() -> None:
    bare = [row.subject for row in ROWS if not (_NOTE.search(row.cells[-1]) or REASON.search(" ".join(row.cells[1:])))]

    assert len(ROWS) > 250
    assert bare == []


def test_every_table_is_whole() -> None:
    lines = PAGE.splitlines()
    uneven = [
        line for line, above in zip(lines[1:], lines, strict=False)
        if line.startswith("|") and above.startswith("|") and line.count("|") != above.count("|")
    ]  # fmt: skip

    assert uneven == []


# -- nothing is missing -------------------------------------------------------


def below(heading: str) -> Iterator[Row]:
    return (row for row in ROWS if row.heading == heading)


def test_every_parameter_by_every_name_has_a_row_and_no_other_has() -> None:
    known = {f"--{name}" for row in PARAMETERS for name in row.names}

    assert {span.split()[0] for row in below("Parameters") for span in row.spans} == known


def test_what_does_nothing_here_is_said_to_do_nothing_here() -> None:
    useless = {f"--{name}" for row in PARAMETERS if not row.available for name in row.names}

    said = {span for row in below("Parameters") if REASON.match(row.cells[1]) for span in row.spans}

    assert said == useless


def labels(action: Action) -> Iterator[str]:
    """All that its button says, below any result; of those with slots the first."""
    keys = [f"button.{action.key}", *(f"button.{result}.{action.key}" for result in action.offered_on)]
    found = [ENGLISH[key].format(slot=1) for key in keys if key in ENGLISH]
    yield from found or [action.emoji]


BUTTONS = [label for action in ACTIONS.values() if action.button for label in labels(action)]
OTHER_BUTTONS = [
    ENGLISH[key] for key in ("button.cancel", "button.web", "batch.yes", "batch.no", "batch.edit", "batch.all")
]


def test_every_button_has_a_row() -> None:
    subjects = "\n".join(row.subject for row in ROWS)

    assert [label for label in (*BUTTONS, *OTHER_BUTTONS, "❤️") if f"**{label}**" not in subjects] == []


def commands(tree: Any = ALL) -> Iterator[str]:
    """Every command, as people type it."""
    for command in tree:
        if isinstance(command, app_commands.Group):
            yield from commands(command.commands)
        elif isinstance(command, app_commands.Command):
            yield f"/{command.qualified_name}"


MENUS = [command.name for command in ALL if isinstance(command, app_commands.ContextMenu)]


def test_every_command_has_a_row_and_every_row_is_a_command_or_says_that_it_is_not_here() -> None:
    here = [row for row in below("Commands") if not REASON.match(row.cells[1])]

    assert {span for row in here for span in row.spans if span.startswith("/")} == set(commands())


def test_every_entry_of_a_message_menu_has_a_row() -> None:
    subjects = "\n".join(row.subject for row in below("Reactions and menus"))

    assert [menu for menu in MENUS if f"**{menu}**" not in subjects] == []


def titles(*tables: Mapping[str, str]) -> Iterator[str]:
    for table in tables:
        yield from (text for key, text in table.items() if re.fullmatch(r"error\..*\.title|title\..*|lost\.title", key))


def test_every_title_of_a_notice_has_a_row() -> None:
    subjects = "\n".join(row.subject for row in below("Notices"))
    known = {*titles(ENGLISH, prompt_texts.ENGLISH), ENGLISH["queued.title"]}

    assert sorted(title for title in known if f"*{title}*" not in subjects) == []


def test_what_families_lack_is_what_the_page_says() -> None:
    said = {row.subject: set(_SPAN.findall(row.cells[1])) for row in below("What model families lack")}

    assert said == {family.title: set(MECHANISMS) - family.mechanisms for family in FAMILIES.values()}


# -- what no other test shows -------------------------------------------------

URL = "https://gallery.example"


def test_raw_halves_the_taste_and_a_draft_halves_the_steps() -> None:
    card = WELL_KNOWN["sdxl"]

    usual, raw, sketch = (spec_of(parse(f"fox {typed}"), card, seed=7) for typed in ("", "--raw", "--draft"))

    assert (raw.stylize, usual.stylize) == (50, 100)
    assert (2 * sketch.steps, sketch.stylize) == (usual.steps, usual.stylize)


def a_job(action: str) -> Any:
    facts = {"speed": "fast", "stealth": False, "parent_slot": 1, "remixed": False}
    return SimpleNamespace(id="J", action=action, prompt="fox", user_id="1", spec="", **facts)


async def test_where_the_owner_names_a_gallery_results_link_to_it() -> None:
    spec = spec_of(parse("fox"), WELL_KNOWN["sdxl"], seed=7)

    texts = {
        action: present.final(a_job(action), spec, smaller=False, gallery_url=URL) for action in ("imagine", "upsample")
    }
    view = present.result_view(a_job("imagine"), [], {}, URL)

    link = f"[(Open in the gallery for full quality)](<{URL}/jobs/J>)"
    assert texts == {"imagine": f"**fox** - <@1> {link} (fast)", "upsample": "**fox** - Image #1 <@1>"}
    [globe] = view.to_components()[0]["components"]
    assert (globe["style"], globe["url"], globe["emoji"]["name"]) == (5, f"{URL}/jobs/J", "🌐")


async def test_a_command_of_an_older_version_is_answered_in_words() -> None:
    told: list[Any] = []

    async def send_message(**sent: Any) -> None:
        told.append(sent)

    response = SimpleNamespace(is_done=lambda: False, send_message=send_message)
    interaction: Any = SimpleNamespace(id=1, response=response)
    tree: Any = None
    await Tree.on_error(tree, interaction, app_commands.CommandNotFound("old", []))

    assert [(sent["embed"].title, sent["ephemeral"]) for sent in told] == [(ENGLISH["error.stale.title"], True)]
