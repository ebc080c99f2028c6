"""What a person can ask for, each a method that ends in one transaction; knows nothing of Discord."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot import errors, prompt
from bot.actions import ACTIONS, Action
from bot.hints import Hints
from bot.settings import Factors, Prices
from bot.studio import remix
from bot.studio.batches import Batches, Proposal
from bot.studio.children import child_of, parent_of
from bot.studio.house import About, Asker, House, Press, Readiness, Works
from bot.studio.intake import Intake
from bot.studio.offers import Marks, marks_of, offers
from bot.studio.remix import Opening
from bot.studio.wishes import Wish, look_up, variants
from db import guilds, jobs, ledger, people, pictures
from db.database import Conn
from db.jobs import Acceptance, Job, Outlook
from db.ledger import Balance
from pipeline.cards import ModelCard


class Studio:
    """Turns wishes into accepted jobs; every refusal is raised before anything is charged."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.intake = Intake(house)
        self.batches = Batches(self.intake, house.references)

    @property
    def works(self) -> Works:
        return self.intake.works

    @works.setter
    def works(self, works: Works) -> None:
        self.intake.works = works

    @property
    def card(self) -> ModelCard:
        """The model that draws here."""
        return self._house.card

    @property
    def hints(self) -> Hints:
        return self._house.hints

    @property
    def prices(self) -> Prices:
        return self._house.settings.prices

    @property
    def max_running(self) -> int:
        return self._house.settings.max_running

    @property
    def factors(self) -> Factors:
        return self._house.settings.factors

    @property
    def gallery_url(self) -> str | None:
        """What the addresses of jobs begin with: the owner's own gallery, else our pages, if people reach them."""
        return self._house.settings.gallery_url or self._house.settings.pages_url

    async def imagine(self, text: str, by: Asker) -> Acceptance:
        """Accept one grid of four pictures; raises TooManyPrompts for several, and what `ask` raises."""
        outcome = await self.ask(text, by)
        if isinstance(outcome, Proposal):
            raise prompt.TooManyPrompts(typed=text, count=len(outcome.echoes), limit=1)
        return outcome

    async def ask(self, text: str, by: Asker) -> Acceptance | Proposal:
        """Accept a grid of four pictures; several grids, by braces or `--repeat`, are proposed and need a yes first.

        Raises Refused, PromptError, or what `jobs.accept` raises.
        """
        self.intake.check_text(text)
        taste = await self._house.database.read(people.taste, by.user_id)
        texts = variants(self._house, text, taste.options)
        found = await self.batches.read(texts, by, taste)
        if len(found) > 1:
            return await self.batches.propose(text, texts, found, by)
        return await self.accept_wish(found[0], ACTIONS["imagine"], by)

    async def accept_wish(self, wish: Wish, action: Action, by: Asker) -> Acceptance:
        """Accept one wish that has been read; raises what `jobs.accept` raises."""
        new = self.intake.new_job(action, wish.spec, wish.echo, by, wish.order)
        return await self.intake.accepted(lambda conn, now: self.intake.accept(conn, new, now))

    async def blend(self, urls: Sequence[str], ratio: str, by: Asker) -> Acceptance:
        """Accept a grid that mixes 2 to 5 pictures; ratio: "2:3", or empty for the member's own.

        Raises SamePicture, LinkUnusable, and what `imagine` raises.
        """
        typed = " ".join(f"<{url}>" for url in urls) + (f" --ar {ratio}" if ratio else "")
        [wish] = await self.batches.read((typed,), by)
        if len(set(wish.seen.values())) < len(urls):
            raise errors.SamePicture
        return await self.accept_wish(wish, ACTIONS["blend"], by)

    async def press(self, press: Press, by: Asker, first: Callable[[Conn, int], None] | None = None) -> Acceptance:
        """Accept what a button stands for, or the form or page that it opened; who presses, pays.

        first: what else belongs into the accepting transaction; what it raises refuses the job
        """
        typed = None if press.prompt is None else await self._typed(press, press.prompt, by)

        def accept(conn: Conn, now: int) -> Acceptance:
            if first is not None:
                first(conn, now)
            return self._accept_press(conn, press, by, now, typed)

        return await self.intake.accepted(accept)

    async def opening(self, press: Press, by: Asker) -> Opening | None:
        """Say which form a press opens before anything is accepted, if one; raises Refused."""
        return await self._house.database.read(remix.opening, self._house, press, by)

    def offers(self, job: Job, *, regions: bool) -> list[Action]:
        """List the actions whose buttons stand below a job's result; regions: there is an editor for them."""
        return offers(job, self._house.catalog.models.get(job.model, self.card), regions=regions)

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
        if not await self._house.database.read(jobs.stands_in, job, by.guild_id, by.channel_id):
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

    async def find_by_message(self, message_id: str) -> Job:
        """Look up the job that a message shows; raises JobUnknown."""
        job = await self._house.database.read(jobs.by_message, message_id)
        if job is None:
            raise errors.JobUnknown
        return job

    async def readiness(self) -> Readiness:
        """Say whether some painter can draw now, and if not, why."""
        painters = await self._house.engine.painters()
        notes = [painter.note for painter in painters if painter.note]
        return Readiness(ready=any(painter.ready for painter in painters), note=notes[0] if notes else "")

    async def outlook(self, job_id: str) -> Outlook | None:
        """What a waiting job can expect; None when it does not wait, or is too far back to say."""
        return (await self.outlooks()).get(job_id)

    async def outlooks(self) -> Mapping[str, Outlook]:
        """What all waiting jobs can expect, in the order of their starts."""
        ready = sum(painter.ready for painter in await self._house.engine.painters())
        most = self._house.settings.max_running
        return await self._house.database.read(jobs.outlooks, self._house.clock(), ready, most)

    async def pressed_on(self, parent_id: str) -> Marks:
        """Which buttons of a result have been pressed, and how."""
        return marks_of(await self._house.database.read(jobs.children, parent_id))

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
        """Whose credits pay; raises NotServedHere, NoHomeForDirectMessages."""
        return self.intake.scope(by)

    def is_owner(self, user_id: str) -> bool:
        return user_id in self._house.settings.owners

    def _open(self, conn: Conn, user_id: str, scope_id: str, now: int) -> Balance:
        ledger.open_account(conn, user_id, scope_id, self._house.settings.start_units, now)
        ledger.top_up(conn, user_id, scope_id, guilds.daily_units(conn, scope_id), now)
        return ledger.balance(conn, user_id, scope_id)

    async def _typed(self, press: Press, text: str, by: Asker) -> Wish:
        """Read what was typed into a form, and find its pictures."""
        self.intake.check_text(text)
        wish = await self._house.database.read(remix.retyped, self._house, press, by)
        self.intake.check_text(wish.echo)  # own options bring in words, too
        [complete] = await look_up(self._house.references, [wish])
        return complete

    def _accept_press(self, conn: Conn, press: Press, by: Asker, now: int, typed: Wish | None) -> Acceptance:
        parent = parent_of(conn, press, by, now)
        return self.intake.accept(conn, child_of(conn, self.intake, parent, press, by, typed), now)

    def _authorize_control(self, job: Job, by: Asker) -> None:
        """Cancelling is for the owner of the job and for admins."""
        same_place = job.guild_id == by.guild_id
        if not same_place or not (job.user_id == by.user_id or by.is_admin or self.is_owner(by.user_id)):
            raise errors.ActionRestricted
