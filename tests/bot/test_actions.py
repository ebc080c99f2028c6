"""A custom_id says what it means, of buttons as of forms; nothing else is understood."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import ACTIONS, Action, Result, button_of, offered
from bot.custom_ids import (
    FORMS,
    Controlled,
    Form,
    Pressed,
    control_id,
    custom_id,
    form_id,
    read_custom_id,
    read_form,
)
from bot.settings import Prices

JOB = "0f8fad5b-d9cb-469f-a165-70867728950e"
MESSAGE = "1234567890123456789"
BUTTONS = list(
    {
        (action.key, slot): (action, slot)
        for result in get_args(Result)
        for action in offered(result)
        for slot in ((1, 2, 3, 4) if "{slot}" in action.button else (int(action.takes_slot),))
    }.values()
)


@pytest.mark.parametrize(("action", "slot"), BUTTONS, ids=lambda value: getattr(value, "key", str(value)))
def test_every_button_is_understood_as_what_it_was_made_for(action: Action, slot: int) -> None:
    text = custom_id(action, slot, JOB)

    assert len(text) <= 100
    assert read_custom_id(text) == Pressed(action=action, slot=slot, job_id=JOB)  # type: ignore[arg-type]
    assert read_form(text) is None


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.custom_id)
def test_every_form_is_understood_as_what_it_was_made_for(form: Form) -> None:
    slot = 3 if "{slot}" in form.custom_id else int(ACTIONS[form.actions[0]].takes_slot)
    text = form_id(form, slot, JOB, MESSAGE)

    filled = read_form(text)

    assert len(text) <= 100
    assert filled is not None
    assert (filled.form.custom_id, filled.slot) == (form.custom_id, slot)
    assert (filled.job_id == JOB) != (filled.message_id == MESSAGE)
    assert read_custom_id(text) is None
    assert read_form(text[:-1] + "x") is None


def test_the_custom_ids_are_those_that_old_messages_carry() -> None:
    assert [custom_id(ACTIONS[key], slot, "J") for key, slot in (
        ("upsample", 2), ("reroll", 0), ("variation", 4), ("upsample_v7_2x_subtle", 1), ("upsample_v7_2x_creative", 1),
        ("low_variation", 1), ("high_variation", 1), ("inpaint", 1), ("outpaint_50", 1), ("outpaint_75", 1),
        ("custom_zoom", 1), ("outpaint_100", 1), ("pan_left", 1), ("pan_down", 1),
    )] == [
        "MJ::JOB::upsample::2::J", "MJ::JOB::reroll::0::J::SOLO", "MJ::JOB::variation::4::J",
        "MJ::JOB::upsample_v7_2x_subtle::1::J::SOLO", "MJ::JOB::upsample_v7_2x_creative::1::J::SOLO",
        "MJ::JOB::low_variation::1::J::SOLO", "MJ::JOB::high_variation::1::J::SOLO", "MJ::Inpaint::1::J::SOLO",
        "MJ::Outpaint::50::1::J::SOLO", "MJ::Outpaint::75::1::J::SOLO", "MJ::CustomZoom::J",
        "MJ::Outpaint::100::1::J::SOLO", "MJ::JOB::pan_left::1::J::SOLO", "MJ::JOB::pan_down::1::J::SOLO",
    ]  # fmt: skip


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
        f"MJ::JOB::subtle_variation::1::{JOB}",
        f"MJ::JOB::reroll::0::{JOB}",
        f"MJ::JOB::reroll::1::{JOB}::SOLO",
        f"MJ::JOB::animate_high::1::{JOB}::SOLO",
        f"MJ::JOB::low_variation::1::{JOB}",
        f"MJ::Outpaint::60::1::{JOB}::SOLO",
        f"MJ::Outpaint::50::1::{JOB}",
        f"MJ::CustomZoom::1::{JOB}",
        f"mj::job::upsample::1::{JOB}",
        f"MJ::JOB::upsample::1::{JOB}\n",
        f"MJ::JOB::upsample::１::{JOB}",
        "MJ::BOOKMARK::1",
        "x" * 100,
    ],
)
def test_forged_cut_and_foreign_ids_are_not_understood(text: str) -> None:
    assert read_custom_id(text) is None
    assert read_form(text) is None


@given(st.text(max_size=100))
def test_no_text_breaks_the_readers(text: str) -> None:
    read_custom_id(text)
    read_form(text)


def test_no_two_buttons_share_an_id() -> None:
    ids = [custom_id(action, slot, JOB) for action, slot in BUTTONS]

    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("result", get_args(Result))
def test_no_row_holds_more_than_five_buttons(result: Result) -> None:
    rows = [action.row for action in offered(result) for _ in range(4 if result == "grid" and action.takes_slot else 1)]

    assert all(rows.count(row) <= 5 for row in range(5))
    assert rows == sorted(rows)
    assert rows.count(4) == 0  # for the heart and the link


def test_every_price_is_a_setting() -> None:
    assert {action.price for action in ACTIONS.values()} <= set(Prices.__dataclass_fields__)


def test_every_form_orders_actions_that_a_button_leads_to() -> None:
    for form in FORMS:
        for key in form.actions:
            assert ACTIONS[button_of(key)].button
