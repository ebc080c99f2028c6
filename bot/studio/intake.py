"""The one way in which wishes become jobs: priced, held and queued in one transaction."""

import uuid
from collections.abc import Callable

from bot import errors, prompt
from bot.actions import Action
from bot.studio.briefs import effort
from bot.studio.house import Asker, House, NoWorks, Works
from db import guilds, jobs
from db.database import Conn
from db.jobs import Acceptance, Limits, NewJob
from pipeline.spec import Spec


class Intake:
    """Accepts jobs; every refusal is raised before anything is charged."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.works: Works = NoWorks()
        """Set once, by the composition root: the runner needs the client, and the client the studio."""

    async def accepted(self, accept: Callable[[Conn, int], Acceptance]) -> Acceptance:
        """Run one accepting transaction, and wake the runner; raises what it raises."""
        acceptance = await self.house.database.write(_named(accept), self.house.clock())
        self.house.point("after_accept")
        if acceptance.fresh:
            self.works.wake()
        return acceptance

    def check_text(self, text: str) -> None:
        """Raise BlockedWord for a text with a word that the owner does not allow."""
        if word := self.house.blocklist.find(text):
            raise prompt.BlockedWord(typed=text, word=word)

    def scope(self, by: Asker) -> str:
        """Whose credits pay: the server's, or the home server's for direct messages."""
        if by.guild_id is None:
            if self.house.settings.home_guild is None:
                raise errors.NoHomeForDirectMessages
            return self.house.settings.home_guild
        if self.house.settings.guilds and by.guild_id not in self.house.settings.guilds:
            raise errors.NotServedHere
        return by.guild_id

    def new_job(self, action: Action, spec: Spec, echo: str, by: Asker) -> NewJob:
        """Write a request out, with its price and effort."""
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
            price_units=getattr(self.house.settings.prices, action.price),
            est_units=effort(spec, self.house.card),
            upload_limit=by.upload_limit,
            locale=by.locale,
        )

    def accept(self, conn: Conn, new: NewJob, now: int) -> Acceptance:
        """Hold and queue within a transaction; raises what `jobs.accept` raises."""
        return jobs.accept(
            conn,
            new,
            limits=Limits(max_waiting=self.house.settings.max_waiting),
            start_units=self.house.settings.start_units,
            daily_units=guilds.daily_units(conn, new.scope_id),
            now=now,
        )


def _named(accept: Callable[[Conn, int], Acceptance]) -> Callable[[Conn, int], Acceptance]:
    """Give the transaction the name that kill tests know it by."""
    accept.__name__ = "accept"
    return accept
