"""What a button stands for: a new job made from a finished one and its pictures, within one transaction."""

from collections.abc import Mapping
from dataclasses import replace

from bot import errors, prompt
from bot.actions import ACTIONS, Action, button_of
from bot.studio.briefs import NOTHING_SEEN, inherited, limits_of
from bot.studio.derive import Start, echo_of, spec_for
from bot.studio.house import Asker, House, Press
from bot.studio.intake import Intake
from bot.studio.wishes import Wish, seen_in
from db import jobs, people, pictures
from db.database import Conn
from db.jobs import Job, NewJob
from db.people import Preferences
from db.pictures import Picture
from pipeline.cards import ModelCard


def checked(conn: Conn, press: Press, by: Asker) -> Job:
    """Look the job up and check that this button may be pressed here by this person."""
    parent = jobs.get(conn, press.pressed.job_id)
    if parent is None:
        raise errors.JobUnknown
    if not jobs.stands_in(conn, parent, by.guild_id, by.channel_id):
        raise errors.ActionRestricted
    if ACTIONS[parent.action].gives not in ACTIONS[button_of(press.pressed.action.key)].offered_on:
        raise errors.ActionRestricted
    if parent.state not in ("delivering", "delivered"):
        raise errors.NotFinished
    return parent


def parent_of(conn: Conn, press: Press, by: Asker, now: int) -> Job:
    """Like `checked`; where a crash has made us forget the delivery, the pressed message becomes it."""
    parent = checked(conn, press, by)
    if parent.state == "delivering":
        jobs.adopt(conn, parent.id, press.message_id, now)
    return parent


def ordered(press: Press, preferences: Preferences) -> Action:
    """The action that a press orders: V goes as far as its member likes, unless a form has said how far."""
    action = press.pressed.action
    if action.key == "variation" and press.prompt is None and preferences.variability == "low":
        return ACTIONS["subtle_variation"]
    return action


def child_of(conn: Conn, intake: Intake, parent: Job, press: Press, by: Asker, typed: Wish | None = None) -> NewJob:
    """Write out the job that a press stands for; raises Refused or PromptError.

    typed: what was read from the form, if there was one
    """
    preferences = people.get(conn, by.user_id)
    start = start_of(conn, intake.house, parent, press, ordered(press, preferences), typed)
    action, slot = start.action, press.pressed.slot
    enlarges = action.gives != "grid"
    if action.verb != "upscale":
        intake.check_text(parent.prompt)  # the owner may have blocked a word since
    spec = spec_for(start)
    echo = parent.prompt if enlarges else echo_of(start, start.wish)
    counting = None if enlarges else inherited(start.wish, start.verb)
    order = typed.order if typed else intake.order(preferences, by, counting)
    return replace(
        intake.new_job(action, spec, echo, by, order),
        parent_id=parent.id,
        parent_slot=slot or None,
        reply_to=press.message_id,
        press_key=f"{by.user_id}:{press.message_id}:{press.custom_id}",
        # Once in each channel: a link into a conversation or a closed channel would lead others nowhere.
        dedupe_key=f"{parent.id}:{action.key}:{slot}:{by.channel_id}" if action.once else None,
        remixed=typed is not None and echo != echo_of(start, start.own),
    )


def start_of(conn: Conn, house: House, parent: Job, press: Press, action: Action, typed: Wish | None) -> Start:
    """Gather all that a new job is made from; raises ActionRestricted, PictureGone."""
    own, card = recalled(house, parent)
    return Start(
        house=house,
        parent=parent,
        action=action,
        card=typed.card if typed else card,
        own=own,
        wish=typed.prompt if typed else own,
        seen=_seen(conn, own, action, typed),
        picture=picture_of(conn, house, parent, press.pressed.slot) if action.takes_slot else None,
        mask=press.mask,
    )


def _seen(conn: Conn, own: prompt.Prompt, action: Action, typed: Wish | None) -> Mapping[str, str]:
    if typed is not None:
        return typed.seen
    return NOTHING_SEEN if action.verb == "upscale" else seen_in(conn, own)


def recalled(house: House, parent: Job) -> tuple[prompt.Prompt, ModelCard]:
    """The parent's wish, without its seed, and the model for it: its own if that is still here, else today's."""
    card = house.catalog.models.get(parent.model, house.card)
    return prompt.recall(parent.prompt, limits=limits_of(card, house)).evolve(seed=None), card


def picture_of(conn: Conn, house: House, parent: Job, slot: int) -> Picture:
    """Return one picture of a job; raises ActionRestricted, or PictureGone when its file is no longer there."""
    shelf = {picture.idx: picture for picture in pictures.of_job(conn, parent.id)}
    picture = shelf.get(slot - 1)
    if picture is None:
        raise errors.ActionRestricted
    if not house.store.has(picture.sha256):
        raise errors.PictureGone
    return picture
