"""Which buttons stand below a result, and which of them have been pressed; pure."""

from collections.abc import Mapping, Sequence
from typing import Literal

from bot.actions import ACTIONS, Action, Square, button_of, offered
from bot.custom_ids import read_form
from db.jobs import Job
from pipeline.cards import ModelCard
from pipeline.families import Mechanism
from pipeline.spec import Spec, Verb

NEEDS: Mapping[Verb, Mechanism] = {
    "vary": "image_to_image",
    "refine": "image_to_image",
    "repaint": "inpaint",
    "extend": "inpaint",
}

Mark = Literal["pressed", "remixed"]
"""How a button was used last: as it is, or through the form of Remix."""
Marks = Mapping[tuple[str, int], Mark]
"""By (action of the button, slot); 0: the whole result."""


def offers(job: Job, card: ModelCard, *, regions: bool) -> list[Action]:
    """List the actions whose buttons stand below a job's result: what its model can do, and its shape allows.

    regions: there is an editor in which a part of the picture can be marked
    """
    spec = Spec.from_json(job.spec)
    return [action for action in offered(ACTIONS[job.action].gives) if _works(action, spec, card, regions=regions)]


def marks_of(children: Sequence[Job]) -> dict[tuple[str, int], Mark]:
    """Read from a result's children which of its buttons have been pressed."""
    return {(button_of(child.action), child.parent_slot or 0): _mark(child) for child in children}


def _works(action: Action, spec: Spec, card: ModelCard, *, regions: bool) -> bool:
    needed = NEEDS.get(action.verb)
    if needed is not None and needed not in card.mechanisms:
        return False
    if action.verb == "refine":
        return card.traits.init_image == "strength"
    if action.verb == "repaint":
        return regions
    return not (isinstance(action.extends, Square) and spec.width_px == spec.height_px)


def _mark(child: Job) -> Mark:
    """A form's custom_id in the press says that Remix was on; some forms open without it."""
    filled = read_form(child.press_key.split(":", 2)[2]) if child.press_key else None
    return "pressed" if filled is None or filled.form.always else "remixed"
