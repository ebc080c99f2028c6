"""Braces and `--repeat`: several jobs from one prompt, after a yes to their number and price, all or none."""

import uuid
from dataclasses import dataclass, replace

from bot import errors, prompt
from bot.actions import ACTIONS
from bot.references import References
from bot.studio import wishes
from bot.studio.house import Asker
from bot.studio.intake import Intake
from bot.studio.wishes import Wish
from db import batches, people
from db.batches import Batch
from db.database import Conn
from db.jobs import Acceptance, NewJob
from db.people import Taste


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A list of jobs that waits for a yes."""

    batch: Batch
    echoes: tuple[str, ...]
    """The normalised prompt of every job."""
    price_units: int
    """Of all jobs together."""


class Batches:
    """Proposes lists, and turns them into jobs."""

    def __init__(self, intake: Intake, references: References) -> None:
        self._intake = intake
        self._references = references

    async def read(self, texts: tuple[str, ...], by: Asker, taste: Taste | None = None) -> list[Wish]:
        """Read every prompt and find its pictures. Raises what one of them raises, TooManyPrompts for all together.

        taste: the asker's, where it has been read already
        """
        house = self._intake.house
        known = await house.database.read(people.taste, by.user_id) if taste is None else taste
        found = [wish for text in texts for wish in wishes.read(house, text, by, known, many=len(texts) > 1)]
        for wish in found:
            self._intake.check_text(wish.echo)  # own options and suffixes bring in words, too
        if len(found) > max(1, house.settings.max_batch):
            raise prompt.TooManyPrompts(typed=texts[0], count=len(found), limit=house.settings.max_batch)
        return await wishes.look_up(self._references, found)

    async def propose(self, typed: str, texts: tuple[str, ...], found: list[Wish], by: Asker) -> Proposal:
        """Keep a list until it is answered; nothing is charged."""
        house = self._intake.house
        new = Batch(
            id=str(uuid.uuid4()),
            user_id=by.user_id,
            guild_id=by.guild_id,
            channel_id=by.channel_id,
            typed=typed,
            prompts=texts,
        )
        price = sum(one.price_units for one in self.jobs(found, by))
        await house.database.write(batches.put, new, house.clock())
        return Proposal(batch=new, echoes=tuple(wish.echo for wish in found), price_units=price)

    async def find(self, batch_id: str, by: Asker) -> Batch:
        """Look a list up for the one who asked for it; raises JobUnknown, ActionRestricted."""
        found = await self._intake.house.database.read(batches.get, batch_id)
        if found is None:
            raise errors.JobUnknown
        if found.user_id != by.user_id or found.channel_id != by.channel_id:
            raise errors.ActionRestricted
        return found

    async def show(self, batch_id: str, by: Asker) -> tuple[str, ...]:
        """List the normalised prompts of an open list."""
        found = await self.find(batch_id, by)
        return tuple(wish.echo for wish in await self.read(found.prompts, by))

    async def accept(self, batch_id: str, by: Asker) -> list[Acceptance]:
        """Turn a list into jobs, all or none; raises BatchAnswered, and what accepting a job raises."""
        found = await self.find(batch_id, by)
        if found.state != "open":
            raise errors.BatchAnswered
        for text in found.prompts:
            self._intake.check_text(text)  # the owner may have blocked a word since
        news = self.jobs(await self.read(found.prompts, by), by)

        def accept(conn: Conn, now: int) -> list[Acceptance]:
            if not batches.answer(conn, batch_id, "accepted"):
                raise errors.BatchAnswered
            return [
                self._intake.accept(conn, replace(new, batch_id=batch_id), now, beside=place)
                for place, new in enumerate(news)
            ]

        return await self._intake.accepted_all(accept)

    async def decline(self, batch_id: str, by: Asker) -> None:
        """Forget a list; raises BatchAnswered if it has become jobs."""
        found = await self.find(batch_id, by)
        fresh = await self._intake.house.database.write(batches.answer, batch_id, "declined")
        if not fresh and found.state == "accepted":
            raise errors.BatchAnswered

    def jobs(self, found: list[Wish], by: Asker) -> list[NewJob]:
        """Write every wish out as a request of its own."""
        return [
            self._intake.new_job(
                ACTIONS["imagine"], wish.spec, wish.echo, replace(by, request_id=request_id(by, place)), wish.order
            )
            for place, wish in enumerate(found)
        ]


def request_id(by: Asker, place: int) -> str:
    """Name one of several requests that came with one interaction."""
    return by.request_id if place == 0 else f"{by.request_id}:{place}"
