"""A custom_id says what it means; nothing else is understood."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import (
    ACTIONS,
    CUSTOM_ID,
    Action,
    Controlled,
    Pressed,
    Result,
    control_id,
    custom_id,
    offered,
    read_custom_id,
)
from bot.settings import Prices

JOB = "0f8fad5b-d9cb-469f-a165-70867728950e"
BUTTONS = [
    (action, slot)
    for result in get_args(Result)
    for action in offered(result)
    for slot in ((1, 2, 3, 4) if action.takes_slot else (0,))
]


@pytest.mark.parametrize(("action", "slot"), BUTTONS, ids=lambda value: getattr(value, "key", str(value)))
def test_every_button_is_understood_as_what_it_was_made_for(action: Action, slot: int) -> None:
    text = custom_id(action, slot, JOB)

    assert CUSTOM_ID.fullmatch(text)
    assert len(text) <= 100
    assert read_custom_id(text) == Pressed(action=action, slot=slot, job_id=JOB)  # type: ignore[arg-type]


@pytest.mark.parametrize("control", ["cancel", "bookmark"])
def test_controls_are_understood(control: str) -> None:
    text = control_id(control, JOB)  # type: ignore[arg-type]

    assert read_custom_id(text) == Controlled(control=control, job_id=JOB)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"MJ::JOB::upsample::0::{JOB}",
        f"MJ::JOB::upsample::5::{JOB}",
        f"MJ::JOB::upsample::1::{JOB}::SOLO",
        f"MJ::JOB::upsample::1::{JOB[:-1]}",
        f"MJ::JOB::upsample::1::{JOB.upper()}",
        f"MJ::JOB::imagine::0::{JOB}",
        f"MJ::JOB::reroll::0::{JOB}",
        f"MJ::JOB::reroll::1::{JOB}::SOLO",
        f"MJ::JOB::animate_high::1::{JOB}::SOLO",
        f"MJ::JOB::low_variation::1::{JOB}",
        f"mj::job::upsample::1::{JOB}",
        f"MJ::JOB::upsample::1::{JOB}\n",
        f"MJ::JOB::upsample::１::{JOB}",
        "MJ::BOOKMARK::1",
        "x" * 100,
    ],
)
def test_forged_cut_and_foreign_ids_are_not_understood(text: str) -> None:
    assert read_custom_id(text) is None


@given(st.text(max_size=100))
def test_no_text_breaks_the_reader(text: str) -> None:
    read_custom_id(text)


def test_no_two_buttons_share_an_id() -> None:
    ids = [custom_id(action, slot, JOB) for action, slot in BUTTONS]

    assert len(set(ids)) == len(ids)


def test_every_price_is_a_setting() -> None:
    assert {action.price for action in ACTIONS.values()} <= set(Prices.__dataclass_fields__)
