"""What a button stands for: a new job made from a finished one and its pictures, within one transaction."""

from dataclasses import replace

from bot import errors, prompt
from bot.actions import ACTIONS, Action
from bot.studio.briefs import limits_of, spec_of
from bot.studio.house import Asker, House, Press
from bot.studio.intake import Intake
from db import jobs, pictures
from db.database import Conn
from db.jobs import Job, NewJob
from db.pictures import Picture
from pipeline.spec import Source, Spec

UPSCALE = 2


def parent_of(conn: Conn, press: Press, by: Asker, now: int) -> Job:
    """Look the job up and check that this button may be pressed on this message by this person."""
    parent = jobs.get(conn, press.pressed.job_id)
    if parent is None:
        raise errors.JobUnknown
    if parent.guild_id != by.guild_id or parent.channel_id != by.channel_id:
        raise errors.ActionRestricted
    if ACTIONS[parent.action].gives not in press.pressed.action.offered_on:
        raise errors.ActionRestricted
    if parent.state == "delivering":
        jobs.adopt(conn, parent.id, press.message_id, now)
    elif parent.state != "delivered":
        raise errors.NotFinished
    return parent


def child_of(conn: Conn, intake: Intake, parent: Job, press: Press, by: Asker) -> NewJob:
    """Write out the job that a press stands for; raises Refused or PromptError."""
    action, slot = press.pressed.action, press.pressed.slot
    spec = _child_spec(conn, intake.house, parent, action, slot)
    if action.verb != "upscale":
        intake.check_text(parent.prompt)  # the owner may have blocked a word since
    wish = prompt.recall(parent.prompt, limits=limits_of(intake.house.card))
    echo = parent.prompt if action.verb == "upscale" else prompt.echo(replace(wish, seed=None))
    new = intake.new_job(action, spec, echo, by)
    return replace(
        new,
        parent_id=parent.id,
        parent_slot=slot or None,
        reply_to=press.message_id,
        press_key=f"{by.user_id}:{press.message_id}:{press.custom_id}",
        dedupe_key=f"{parent.id}:{action.key}:{slot}" if action.once else None,
    )


def picture_of(conn: Conn, house: House, parent: Job, slot: int) -> Picture:
    """Return one picture of a job; raises ActionRestricted, or PictureGone when its file is no longer there."""
    shelf = {picture.idx: picture for picture in pictures.of_job(conn, parent.id)}
    picture = shelf.get(slot - 1)
    if picture is None:
        raise errors.ActionRestricted
    if not house.store.has(picture.sha256):
        raise errors.PictureGone
    return picture


def _child_spec(conn: Conn, house: House, parent: Job, action: Action, slot: int) -> Spec:
    old = Spec.from_json(parent.spec)
    if not action.takes_slot:
        return _again(house, parent, old)
    picture = picture_of(conn, house, parent, slot)
    if action.verb == "upscale":
        return _upscale(house, old, picture)
    return _vary(house, _again(house, parent, old), picture, action)


def _again(house: House, parent: Job, old: Spec) -> Spec:
    """The parent's wish with today's model and a new seed; a variation stays one of the same picture."""
    spec = spec_of(prompt.recall(parent.prompt, limits=limits_of(house.card)), house.card, seed=None)
    return spec.evolve(verb=old.verb, source=old.source) if old.verb == "vary" else spec


def _upscale(house: House, old: Spec, picture: Picture) -> Spec:
    return old.evolve(
        verb="upscale",
        source=Source(sha256=picture.sha256),
        count=1,
        width_px=picture.width_px * UPSCALE,
        height_px=picture.height_px * UPSCALE,
        scale=UPSCALE,
        upscaler=house.catalog.upscaler.key,
    )


def _vary(house: House, spec: Spec, picture: Picture, action: Action) -> Spec:
    if "image_to_image" not in house.card.mechanisms:
        raise errors.CannotVary
    strength = house.card.vary_strength[action.strength]
    return spec.evolve(verb="vary", source=Source(sha256=picture.sha256, strength=strength))
