"""What a person can ask for, each a method that ends in one transaction; knows nothing of Discord."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

from bot import errors, prompt
from bot.actions import ACTIONS, Action, Pressed
from bot.clock import Clock
from bot.failpoint import Point
from bot.hints import Hints
from bot.moderation import Blocklist
from bot.settings import Prices, Settings
from db import guilds, jobs, ledger, pictures
from db.database import Conn, Database
from db.jobs import Acceptance, Job, Limits, NewJob, Usage
from db.ledger import Balance
from db.pictures import Picture
from pipeline import sizes
from pipeline.cards import ModelCard
from pipeline.catalog import Catalog
from pipeline.engine import Engine
from pipeline.spec import Source, Spec
from pipeline.store import PictureStore

UPSCALE = 2


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, where, and by which interaction."""

    request_id: str
    user_id: str
    user_name: str
    guild_id: str | None
    channel_id: str
    is_admin: bool
    """May manage the server that they ask on."""
    upload_limit: int | None
    locale: str


@dataclass(frozen=True, kw_only=True)
class Press:
    """A press of one of our buttons, as far as the studio cares."""

    pressed: Pressed
    message_id: str
    custom_id: str


class Works(Protocol):
    """The runner, as the studio sees it."""

    def wake(self) -> None: ...
    async def stop(self, job: Job) -> None: ...
    async def settle(self, job: Job) -> None: ...


@dataclass(frozen=True, kw_only=True)
class About:
    """What `/info` shows."""

    balance: Balance
    daily_units: int
    usage: Usage
    running: tuple[Job, ...]


class _NoWorks:
    """Before the runner is there, accepted jobs simply wait."""

    def wake(self) -> None:
        return

    async def stop(self, job: Job) -> None:
        return

    async def settle(self, job: Job) -> None:
        return


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """Whether pictures can be drawn now."""

    ready: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class House:
    """All that the studio works with."""

    database: Database
    settings: Settings
    catalog: Catalog
    hints: Hints
    store: PictureStore
    blocklist: Blocklist
    engine: Engine
    clock: Clock
    point: Point


class Studio:
    """Turns wishes into accepted jobs; every refusal is raised before anything is charged."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.works: Works = _NoWorks()
        """Set once, by the composition root: the runner needs the client, and the client the studio."""

    @property
    def card(self) -> ModelCard:
        """The model that draws here."""
        return self._house.catalog.default

    @property
    def hints(self) -> Hints:
        return self._house.hints

    @property
    def prices(self) -> Prices:
        return self._house.settings.prices

    async def imagine(self, text: str, by: Asker) -> Acceptance:
        """Accept a grid of four pictures; raises Refused, PromptError, or what `jobs.accept` raises."""
        self._check_text(text)
        wish = prompt.parse(text, limits=self._limits())
        spec = self._spec_of(wish, seed=wish.seed)
        new = self._new_job(ACTIONS["imagine"], spec, prompt.echo(wish), by)
        return await self._accepted(lambda conn, now: self._accept(conn, new, now))

    async def press(self, press: Press, by: Asker) -> Acceptance:
        """Accept what a button stands for; who presses, pays."""
        return await self._accepted(lambda conn, now: self._accept_press(conn, press, by, now))

    async def cancel(self, job_id: str, by: Asker, message_id: str | None = None) -> str:
        """Stop a job of one's own (admins: anybody's): "refunded", "flagged", "late" or "over".

        message_id: the progress message that was pressed, which nobody may know after a crash.
        """
        job = await self.find(job_id)
        self._authorize_control(job, by)
        if job.ended:
            # Its button should be gone; a crash or a lost answer has left it there.
            await self.works.settle(replace(job, progress_message_id=message_id or job.progress_message_id))
            return "over"
        if message_id is not None and job.progress_message_id is None:
            await self.attach_progress(job, message_id)
        outcome = await self._house.database.write(jobs.cancel, job_id, self._house.clock())
        if outcome == "flagged":
            await self.works.stop(job)
        elif outcome == "refunded":
            shown = job.progress_message_id or message_id
            await self.works.settle(replace(job, state="refunded", why="cancelled", progress_message_id=shown))
        return outcome

    async def rate(self, job_id: str, by: Asker) -> Job | None:
        """Note that a person likes a result; None if that was known already."""
        job = await self.find(job_id)
        if job.guild_id != by.guild_id or job.channel_id != by.channel_id:
            raise errors.ActionRestricted
        fresh = await self._house.database.write(pictures.rate, by.user_id, job_id, self._house.clock())
        return job if fresh else None

    async def attach_progress(self, job: Job, message_id: str) -> None:
        """Remember the message that shows how far the job is; if that has ended meanwhile, the message ends too."""
        await self._house.database.write(jobs.attach_progress, job.id, message_id, self._house.clock())
        latest = await self.find(job.id)
        if latest.ended:
            await self.works.settle(latest)

    async def find(self, job_id: str) -> Job:
        """Look a job up; raises JobUnknown."""
        job = await self._house.database.read(jobs.get, job_id)
        if job is None:
            raise errors.JobUnknown
        return job

    async def readiness(self) -> Readiness:
        """Say whether some painter can draw now, and if not, why."""
        painters = await self._house.engine.painters()
        notes = [painter.note for painter in painters if painter.note]
        return Readiness(ready=any(painter.ready for painter in painters), note=notes[0] if notes else "")

    async def pressed_on(self, parent_id: str) -> frozenset[tuple[str, int]]:
        """Which buttons of a result have been pressed: (action, slot)."""
        children = await self._house.database.read(jobs.children, parent_id)
        return frozenset((child.action, child.parent_slot or 0) for child in children)

    async def about(self, by: Asker) -> About:
        """Gather what `/info` shows; opens the member's account if there is none yet."""
        scope = self.scope(by)
        balance = await self._house.database.write(self._open, by.user_id, scope, self._house.clock())
        return About(
            balance=balance,
            daily_units=await self._house.database.read(guilds.daily_units, scope),
            usage=await self._house.database.read(jobs.usage, by.user_id, scope),
            running=tuple(await self._house.database.read(jobs.active_of, by.user_id, scope)),
        )

    def scope(self, by: Asker) -> str:
        """Whose credits pay: the server's, or the home server's for direct messages."""
        if by.guild_id is None:
            if self._house.settings.home_guild is None:
                raise errors.NoHomeForDirectMessages
            return self._house.settings.home_guild
        if self._house.settings.guilds and by.guild_id not in self._house.settings.guilds:
            raise errors.NotServedHere
        return by.guild_id

    def is_owner(self, user_id: str) -> bool:
        return user_id in self._house.settings.owners

    async def _accepted(self, accept: Callable[[Conn, int], Acceptance]) -> Acceptance:
        acceptance = await self._house.database.write(_named(accept), self._house.clock())
        self._house.point("after_accept")
        if acceptance.fresh:
            self.works.wake()
        return acceptance

    def _check_text(self, text: str) -> None:
        if word := self._house.blocklist.find(text):
            raise prompt.BlockedWord(typed=text, word=word)

    def _limits(self) -> prompt.Limits:
        card = self.card
        return prompt.Limits(qualities=card.qualities, tallest=_ratio(card.min_ratio), widest=_ratio(card.max_ratio))

    def _spec_of(self, wish: prompt.Prompt, *, seed: int | None) -> Spec:
        card = self.card
        size = sizes.fit(Fraction(wish.ratio.w, wish.ratio.h), card.size_rule)
        return Spec(
            verb="draw",
            model=card.key,
            prompt=wish.text,
            negative=", ".join(wish.no),
            width_px=size.width_px,
            height_px=size.height_px,
            steps=card.steps_for(wish.quality),
            guidance=card.guidance,
            seed=secrets.randbits(32) if seed is None else seed,
            chaos=wish.chaos,
            stop=wish.stop,
        )

    def _new_job(self, action: Action, spec: Spec, echo: str, by: Asker) -> NewJob:
        return NewJob(
            id=str(uuid.uuid4()),
            request_id=by.request_id,
            user_id=by.user_id,
            user_name=by.user_name,
            guild_id=by.guild_id,
            scope_id=self.scope(by),
            channel_id=by.channel_id,
            action=action.key,
            speed="fast",
            model=spec.model,
            prompt=echo,
            prompt_raw=echo,
            spec=spec.to_json(),
            price_units=getattr(self._house.settings.prices, action.price),
            est_units=self._effort(spec),
            upload_limit=by.upload_limit,
            locale=by.locale,
        )

    def _effort(self, spec: Spec) -> int:
        """What a job costs the painter; 1000 is an ordinary grid."""
        if spec.verb == "upscale":
            return 250
        return max(1, round(1000 * spec.steps * spec.count / (self.card.steps * 4)))

    def _accept(self, conn: Conn, new: NewJob, now: int) -> Acceptance:
        return jobs.accept(
            conn,
            new,
            limits=Limits(max_waiting=self._house.settings.max_waiting),
            start_units=self._house.settings.start_units,
            daily_units=guilds.daily_units(conn, new.scope_id),
            now=now,
        )

    def _open(self, conn: Conn, user_id: str, scope_id: str, now: int) -> Balance:
        ledger.open_account(conn, user_id, scope_id, self._house.settings.start_units, now)
        ledger.top_up(conn, user_id, scope_id, guilds.daily_units(conn, scope_id), now)
        return ledger.balance(conn, user_id, scope_id)

    def _accept_press(self, conn: Conn, press: Press, by: Asker, now: int) -> Acceptance:
        parent = self._parent(conn, press, by, now)
        new = self._child(conn, parent, press, by)
        return self._accept(conn, new, now)

    def _parent(self, conn: Conn, press: Press, by: Asker, now: int) -> Job:
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

    def _child(self, conn: Conn, parent: Job, press: Press, by: Asker) -> NewJob:
        action, slot = press.pressed.action, press.pressed.slot
        spec = self._child_spec(conn, parent, action, slot)
        if action.verb != "upscale":
            self._check_text(parent.prompt)  # the owner may have blocked a word since
        wish = prompt.recall(parent.prompt, limits=self._limits())
        echo = parent.prompt if action.verb == "upscale" else prompt.echo(replace(wish, seed=None))
        new = self._new_job(action, spec, echo, by)
        return replace(
            new,
            parent_id=parent.id,
            parent_slot=slot or None,
            reply_to=press.message_id,
            press_key=f"{by.user_id}:{press.message_id}:{press.custom_id}",
            dedupe_key=f"{parent.id}:{action.key}:{slot}" if action.once else None,
        )

    def _child_spec(self, conn: Conn, parent: Job, action: Action, slot: int) -> Spec:
        old = Spec.from_json(parent.spec)
        if not action.takes_slot:
            return self._again(parent, old)
        picture = self._picture(conn, parent, slot)
        if action.verb == "upscale":
            return self._upscale(old, picture)
        return self._vary(self._again(parent, old), picture, action)

    def _again(self, parent: Job, old: Spec) -> Spec:
        """The parent's wish with today's model and a new seed; a variation stays one of the same picture."""
        spec = self._spec_of(prompt.recall(parent.prompt, limits=self._limits()), seed=None)
        return spec.evolve(verb=old.verb, source=old.source) if old.verb == "vary" else spec

    def _picture(self, conn: Conn, parent: Job, slot: int) -> Picture:
        shelf = {picture.idx: picture for picture in pictures.of_job(conn, parent.id)}
        picture = shelf.get(slot - 1)
        if picture is None:
            raise errors.ActionRestricted
        if not self._house.store.has(picture.sha256):
            raise errors.PictureGone
        return picture

    def _upscale(self, old: Spec, picture: Picture) -> Spec:
        return old.evolve(
            verb="upscale",
            source=Source(sha256=picture.sha256),
            count=1,
            width_px=picture.width_px * UPSCALE,
            height_px=picture.height_px * UPSCALE,
            scale=UPSCALE,
            upscaler=self._house.catalog.upscaler.key,
        )

    def _vary(self, spec: Spec, picture: Picture, action: Action) -> Spec:
        if "image_to_image" not in self.card.mechanisms:
            raise errors.CannotVary
        strength = self.card.vary_strength[action.strength]
        return spec.evolve(verb="vary", source=Source(sha256=picture.sha256, strength=strength))

    def _authorize_control(self, job: Job, by: Asker) -> None:
        """Cancelling is for the owner of the job and for admins."""
        same_place = job.guild_id == by.guild_id
        if not same_place or not (job.user_id == by.user_id or by.is_admin or self.is_owner(by.user_id)):
            raise errors.ActionRestricted


def _ratio(fraction: Fraction) -> prompt.Ratio:
    return prompt.Ratio(w=fraction.numerator, h=fraction.denominator)


def _named(accept: Callable[[Conn, int], Acceptance]) -> Callable[[Conn, int], Acceptance]:
    """Give the transaction the name that kill tests know it by."""
    accept.__name__ = "accept"
    return accept
