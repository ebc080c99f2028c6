"""The one way in which wishes become jobs: priced, held and queued in one transaction."""

import uuid
from collections.abc import Callable

from bot import errors, prompt
from bot.actions import Action
from bot.studio.briefs import effort
from bot.studio.house import Asker, House, NoWorks, Works
from bot.studio.orders import Order, order_of, price_of
from db import guilds, jobs
from db.database import Conn
from db.jobs import Acceptance, Limits, NewJob
from db.people import Preferences
from pipeline.spec import Spec


class Intake:
    """Accepts jobs; every refusal is raised before anything is charged."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.works: Works = NoWorks()
        """Set once, by the composition root: the runner needs the client, and the client the studio."""

    async def accepted(self, accept: Callable[[Conn, int], Acceptance]) -> Acceptance:
        """Run one accepting transaction, and wake the runner; raises what it raises."""
        [acceptance] = await self.accepted_all(lambda conn, now: [accept(conn, now)])
        return acceptance

    async def accepted_all(self, accept: Callable[[Conn, int], list[Acceptance]]) -> list[Acceptance]:
        """Run a transaction that accepts several jobs or none, and wake the runner; raises what it raises."""
        accept.__name__ = "accept"  # the name that kill tests know the transaction by
        acceptances = await self.house.database.write(accept, self.house.clock())
        self.house.point("after_accept")
        if any(acceptance.fresh for acceptance in acceptances):
            self.works.wake()
        return acceptances

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

    def order(
        self, preferences: Preferences, by: Asker, wish: prompt.Prompt | None = None, *, many: bool = False
    ) -> Order:
        """Speed, visibility and rebate of a job, by what was typed and what is preferred; see `order_of`."""
        return order_of(preferences, by, self.house.settings, wish, many=many)

    def new_job(self, action: Action, spec: Spec, echo: str, by: Asker, order: Order) -> NewJob:
        """Write a request out, with its price and effort."""
        settings = self.house.settings
        return NewJob(
            id=str(uuid.uuid4()),
            request_id=by.request_id,
            user_id=by.user_id,
            user_name=by.user_name,
            guild_id=by.guild_id,
            scope_id=self.scope(by),
            channel_id=by.channel_id,
            action=action.key,
            speed=order.speed,
            model=spec.model,
            prompt=echo,
            prompt_raw=echo,
            spec=spec.to_json(),
            price_units=price_of(getattr(settings.prices, action.price), order, settings.factors),
            est_units=effort(spec, self.house.catalog.models.get(spec.model, self.house.card)),
            upload_limit=by.upload_limit,
            locale=by.locale,
            stealth=order.stealth,
        )

    def accept(self, conn: Conn, new: NewJob, now: int, *, beside: int = 0) -> Acceptance:
        """Hold and queue within a transaction; raises what `jobs.accept` raises.

        beside: how many jobs of the same order were accepted already; they do not count against the limit of waiting.
        """
        settings = self.house.settings
        return jobs.accept(
            conn,
            new,
            limits=Limits(max_running=settings.max_running, max_waiting=settings.max_waiting + beside),
            start_units=settings.start_units,
            daily_units=guilds.daily_units(conn, new.scope_id),
            now=now,
        )
