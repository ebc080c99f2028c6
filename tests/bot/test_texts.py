"""Every sentence exists, and none is left over."""

import ast
import string
from pathlib import Path
from typing import get_args

import pytest

from bot.actions import ACTIONS, Action
from bot.texts import ENGLISH, buttons, commands, credits, help, images, jobs, refusals, say, units, web
from db.jobs.values import Why

SOURCES = sorted((Path(__file__).parents[2] / "bot").rglob("*.py"))
FAMILIES = (
    *("error", "lost", "manner", "mode", "press", "cancel", "waiting", "progress", "final", "button"),
    *("hints", "credit", "image", "form", "help", "time", "batch", "web"),
)
MADE_UP = tuple(f"{family}." for family in FAMILIES)
"""Keys that are put together from data; each family has its own test below or is covered by a journey."""


def keys_used() -> set[str]:
    """Every literal first argument of `say(…)` in the bot."""
    used: set[str] = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and "prompt" not in source.parts:
                    used.add(first.value)
    return used


def test_every_key_that_is_said_exists() -> None:
    assert keys_used() - set(ENGLISH) == set()


def test_no_area_takes_the_sentence_of_another_away() -> None:
    areas = (jobs, buttons, web, refusals, commands, help, units)

    assert sum(len(area.TEXTS) for area in areas) == len(ENGLISH)


def test_no_sentence_of_the_pages_is_left_over() -> None:
    pages = (Path(__file__).parents[2] / "bot" / "web" / "page").iterdir()
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages) + "\n".join(
        source.read_text(encoding="utf-8") for source in SOURCES if source.parent.name == "web"
    )
    keys = {key for key in ENGLISH if key.startswith("web.")}
    spelled = {key: (f'"{key}"', f"${key.replace('.', '_')}", f'say("{key.rpartition(".")[2]}")') for key in keys}

    assert keys
    assert {key for key, spellings in spelled.items() if not any(one in text for one in spellings)} == set()


def test_no_sentence_is_left_over() -> None:
    text = "\n".join(
        source.read_text(encoding="utf-8") for source in SOURCES if "texts" not in (source.stem, source.parent.name)
    )
    unused = {key for key in ENGLISH if f'"{key}"' not in text and not key.startswith(MADE_UP)}

    assert unused == set()


@pytest.mark.parametrize("why", [why for why in get_args(Why) if why not in ("ok", "cancelled")])
def test_every_reason_for_a_refund_has_a_sentence_that_mentions_the_credits(why: str) -> None:
    assert "credits are back" in say(f"lost.{why}", who="<@1>").lower()


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.key)
def test_every_action_can_be_worded(action: Action) -> None:
    for state in ("waiting", "progress", "final"):
        assert f"{state}.{action.wording}" in ENGLISH
    assert f"manner.{action.manner}" in ENGLISH
    assert action.emoji or not action.button or f"button.{action.key}" in ENGLISH


def test_sentences_name_only_facts_that_are_words() -> None:
    for key, sentence in ENGLISH.items():
        names = [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]
        assert all(name.isidentifier() for name in names), key


@pytest.mark.parametrize(
    ("units", "text"), [(1000, "1 credit"), (0, "0 credits"), (2500, "2.5 credits"), (25_000, "25 credits")]
)
def test_credits_are_written_as_people_write_them(units: int, text: str) -> None:
    assert credits(units) == text


def test_images_are_counted() -> None:
    assert (images(1), images(4)) == ("1 image", "4 images")
