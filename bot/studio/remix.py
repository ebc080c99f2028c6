"""Remix: before a button makes a job, its prompt can be changed in a form; what the form shows, and what it says."""

import secrets
from dataclasses import dataclass, replace

from bot import prompt
from bot.actions import Action, Pan, Square, Zoom
from bot.custom_ids import FORMS, Form
from bot.studio.briefs import inherited, limits_of
from bot.studio.children import checked, ordered, recalled, start_of
from bot.studio.derive import Start
from bot.studio.frames import USUAL_ZOOM
from bot.studio.house import Asker, House, Press
from bot.studio.orders import order_of
from bot.studio.wishes import SEEDS, Wish
from db import people
from db.database import Conn
from db.people import Taste

LONGEST = 4000
"""Characters that a form's text may have."""
_ANY_LENGTH = 20_000
"""What is printed of a prompt may be longer than what was typed."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A form that a button opens."""

    form: Form
    action: Action
    slot: int
    job_id: str
    text: str
    """What it is filled with."""
    whole: bool
    """The prompt fits; else only its parameters are shown, and the rest stays as it is."""


def opening(conn: Conn, house: House, press: Press, by: Asker) -> Opening | None:
    """Say which form a press opens, if one; raises what the press itself would raise about the picture."""
    preferences = people.get(conn, by.user_id)
    action = ordered(press, preferences)
    parent = checked(conn, press, by)
    start = start_of(conn, house, parent, press, action, None)
    form = form_of(action, zoomed=start.old.verb == "extend")
    if form is None or not (form.always or preferences.remix):
        return None
    text, whole = prefilled(action, _untiled(start, start.own))
    return Opening(form=form, action=action, slot=press.pressed.slot, job_id=parent.id, text=text, whole=whole)


def form_of(action: Action, *, zoomed: bool) -> Form | None:
    """The form of an action; drawing again what was zoomed out has one of its own."""
    forms = [form for form in FORMS if action.key in form.actions]
    return (forms[-1] if zoomed else forms[0]) if forms else None


def prefilled(action: Action, own: prompt.Prompt) -> tuple[str, bool]:
    """What a form shows of the parent's wish, and whether that is all of it."""
    text = _shown(action, own)
    if _fits(text):
        return text, True
    parameters = _shown(action, own.evolve(text="", parts=(), images=()))
    return parameters if _fits(parameters) else "", False


def _untiled(start: Start, own: prompt.Prompt) -> prompt.Prompt:
    """The parent's wish, without `--tile` where the picture is drawn wider."""
    return own.evolve(tile=False) if start.verb == "extend" else own


def _fits(text: str) -> bool:
    """The platform may count as its clients do, in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) <= 2 * LONGEST


def retyped(conn: Conn, house: House, press: Press, by: Asker) -> Wish:
    """Read what was typed into a form; its pictures are still to be looked up.

    Raises PromptError, ModeOff, and what the press itself would raise.
    """
    taste = people.taste(conn, by.user_id)
    parent = checked(conn, press, by)
    action, text = press.pressed.action, press.prompt or ""
    own, card = recalled(house, parent)
    key = prompt.model_of(text, limits=limits_of(card, house), options=taste.options)
    card = house.catalog.models.get(key, card) if key else card
    limits = _limits(limits_of(card, house), action)
    start = start_of(conn, house, parent, press, action, None)
    wish = _read(text, action, _untiled(start, own), limits, taste)
    if wish.tile and start.verb == "extend":
        raise prompt.InvalidPrompt(prompt.say("tile.wider", name="--tile"), typed=text)
    wish = prompt.with_style_codes(wish, lambda: secrets.randbelow(SEEDS))
    start = replace(start, wish=wish)
    order = order_of(taste.preferences, by, house.settings, inherited(wish, start.verb))
    return Wish(prompt=wish, card=card, seen={}, order=order)


def _read(text: str, action: Action, own: prompt.Prompt, limits: prompt.Limits, taste: Taste) -> prompt.Prompt:
    """Read a form's text; where the form could not show the parent's description, none typed means that one."""
    if len(prompt.permute(prompt.expanded(text, limits=limits, options=taste.options), limits.max_permutations)) > 1:
        raise prompt.InvalidPrompt(prompt.say("permute.form"), typed=text)
    whole = prefilled(action, own)[1]
    if not whole and not text.strip():
        return own
    try:
        return prompt.parse(text, limits=limits, options=taste.options)
    except prompt.EmptyPrompt:
        if whole:
            raise
    description = prompt.echo(prompt.Prompt(text=own.text, parts=own.parts, images=own.images))
    return prompt.parse(f"{description} {text}", limits=limits, options=taste.options)


def _limits(limits: prompt.Limits, action: Action) -> prompt.Limits:
    custom = isinstance(action.extends, Zoom) and action.extends.factor is None
    return replace(limits, zoom=custom, max_repeat=1, max_chars=_ANY_LENGTH)


def _shown(action: Action, own: prompt.Prompt) -> str:
    match action.extends:
        case Zoom(factor=None):
            return f"{prompt.echo(own, last='ar')} --zoom {USUAL_ZOOM:g}".strip()
        case Pan() | Square():
            return prompt.echo(own.evolve(ratio=prompt.SQUARE))  # the shape follows from the button
        case _:
            return prompt.echo(own)
