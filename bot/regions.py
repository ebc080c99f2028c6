"""Marking a part of a picture: links to the editor, what it shows, and what comes back from it."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal

import itsdangerous

from bot import errors, prompt
from bot.custom_ids import Pressed, read_custom_id
from bot.studio import Asker, Press, Studio
from bot.studio.children import checked, picture_of
from bot.studio.house import House
from db import people, tickets
from db.database import Conn
from db.jobs import Acceptance, Job
from db.pictures import Picture
from db.tickets import Ticket
from pipeline import foreign
from pipeline.mask import MaskUnusable, mask_png

VALID_MS = 30 * 60 * 1000
ID_BYTES = 16

Standing = Literal["open", "used", "expired"]
Announce = Callable[[Acceptance], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Region:
    """What the editor shows."""

    standing: Standing
    job: Job
    picture: Picture
    prompt: str
    remix: bool
    """The prompt may be changed."""


@dataclass(frozen=True, kw_only=True)
class _Leave:
    """A ticket that was shown with a good signature."""

    ticket: Ticket
    press: Press
    by: Asker


class Regions:
    """Gives out links, each for one person, one picture and one use, and takes what was marked."""

    def __init__(self, house: House, studio: Studio, secret: bytes) -> None:
        """house.settings.public_url must be set."""
        self._house = house
        self._studio = studio
        self._signer = itsdangerous.URLSafeSerializer(secret, salt="region")
        self.announce: Announce = _silently
        """Set once, by the composition root: shows an accepted job where the button was pressed."""

    async def link(self, press: Press, by: Asker) -> str:
        """Make a link that lives for half an hour; raises Refused."""
        ticket_id = secrets.token_urlsafe(ID_BYTES)

        def write(conn: Conn, now: int) -> None:
            parent = checked(conn, press, by)
            picture_of(conn, self._house, parent, press.pressed.slot)
            context = {"by": asdict(by), "message_id": press.message_id, "custom_id": press.custom_id}
            new = Ticket(
                id=ticket_id,
                user_id=by.user_id,
                job_id=parent.id,
                slot=press.pressed.slot,
                context=json.dumps(context),
                expires_at=now + VALID_MS,
            )
            tickets.put(conn, new, now)

        await self._house.database.write(write, self._house.clock())
        return f"{self._house.settings.public_url}/region/{self._signer.dumps(ticket_id)}"

    async def look(self, token: str) -> Region:
        """Say what a link leads to; raises LinkForged, PictureGone."""
        leave = await self._leave(token)

        def read(conn: Conn) -> Region:
            parent = checked(conn, leave.press, leave.by)
            return Region(
                standing=self._standing(leave.ticket),
                job=parent,
                picture=picture_of(conn, self._house, parent, leave.ticket.slot),
                prompt=parent.prompt,
                remix=people.get(conn, leave.by.user_id).remix,
            )

        return await self._house.database.read(read)

    async def picture(self, token: str) -> bytes:
        """Return the picture to mark, as PNG; raises LinkForged, PictureGone."""
        region = await self.look(token)
        return await asyncio.to_thread(self._house.store.read, region.picture.sha256)

    async def submit(self, token: str, mask: bytes, text: str | None) -> Acceptance:
        """Accept a job from what was marked; raises LinkForged, LinkUsed, MaskRefused, and what a press raises.

        mask: a picture of the marked one's size, white where it is to be drawn anew
        text: the changed prompt; None or the old one leaves it
        """
        leave = await self._leave(token)
        region = await self.look(token)
        if region.standing != "open":
            raise errors.LinkUsed(region.standing)
        sha256 = await asyncio.to_thread(self._kept, mask, region.picture)
        changed = text if region.remix and text is not None and prompt.clean(text) != region.prompt else None
        press = replace(leave.press, mask=sha256, prompt=changed)
        acceptance = await self._studio.press(press, leave.by, first=lambda conn, now: _use(conn, leave.ticket.id, now))
        await self.announce(acceptance)
        return acceptance

    def _kept(self, mask: bytes, picture: Picture) -> str:
        try:
            return self._house.store.put(mask_png(mask, picture.width_px, picture.height_px))
        except foreign.UnusablePicture as error:
            raise errors.MaskRefused("unreadable") from error
        except MaskUnusable as error:
            raise errors.MaskRefused(error.flaw) from error

    async def _leave(self, token: str) -> _Leave:
        try:
            ticket_id = str(self._signer.loads(token))
        except itsdangerous.BadData as error:
            raise errors.LinkForged from error
        ticket = await self._house.database.read(tickets.get, ticket_id)
        if ticket is None:
            raise errors.LinkUsed("expired")
        context = json.loads(ticket.context)
        by = replace(Asker(**context["by"]), request_id=f"ticket:{ticket.id}")
        pressed = read_custom_id(context["custom_id"])
        if not isinstance(pressed, Pressed):
            raise errors.LinkForged
        return _Leave(
            ticket=ticket,
            press=Press(pressed=pressed, message_id=context["message_id"], custom_id=context["custom_id"]),
            by=by,
        )

    def _standing(self, ticket: Ticket) -> Standing:
        if ticket.used_at is not None:
            return "used"
        return "open" if ticket.expires_at > self._house.clock() else "expired"


async def _silently(_acceptance: Acceptance) -> None:
    """Before the client is there, nobody is told."""


def _use(conn: Conn, ticket_id: str, now: int) -> None:
    """Use the ticket in the transaction that accepts the job, so that a refused prompt leaves it good."""
    if not tickets.use(conn, ticket_id, now):
        raise errors.LinkUsed("used")
