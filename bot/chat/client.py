"""The Discord client: opens the door for commands and buttons, and shows accepted jobs."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import discord
import structlog
import yarl
from discord import app_commands

from bot.chat import present
from bot.chat.answer import UNREACHABLE, Interaction, notice_of, tell
from bot.chat.embeds import AMBER, embed_of
from bot.chat.invite import invite_url
from bot.chat.letters import Mailbox
from bot.chat.reactions import Reactions
from bot.chat.reference import reply
from bot.chat.router import route
from bot.chat.translator import Translator
from bot.desks import Desks
from bot.prompt import escape
from bot.quotas import Quotas
from bot.replies import Notice
from bot.settings import DiscordAddresses
from bot.studio import Marks, Studio
from bot.texts import say
from db.errors import DatabaseUnavailable
from db.jobs import Acceptance, Job, Outlook

log = structlog.get_logger(__name__)

GUESS_WITHIN_S = 0.3
LONGEST_NOTE = 170
"""Of what a painter says of itself, perhaps a program's last words: beside a long prompt there is no more room."""
STALE = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)
"""The asker's Discord still shows commands of another version."""


def point_at(addresses: DiscordAddresses) -> None:
    """Tell discord.py where the platform is; the library has these as class attributes and no other way."""
    discord.http.Route.BASE = addresses.api
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(addresses.gateway)
    discord.asset.Asset.BASE = addresses.cdn
    # We never speak, so nobody needs to read at every start that the libraries for it are missing.
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False


class Tree(app_commands.CommandTree["EaselClient"]):
    """The commands; an error that no command caught is answered in words and logged."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(cause, UNREACHABLE):  # then no words get through either
            log.warning("not answered", interaction=interaction.id, error=str(cause))
        elif isinstance(cause, STALE):
            await tell(interaction, Notice(title=say("error.stale.title"), body=say("error.stale")))
        else:
            await tell(interaction, notice_of(interaction, cause))


class EaselClient(discord.Client):
    """Stock discord.py with our commands, and one door for all presses and forms."""

    def __init__(
        self,
        desks: Desks,
        commands: Sequence[app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu],
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            # Nothing here needs the list of servers to be complete, and every second of silence after a restart counts.
            guild_ready_timeout=0.2,
        )
        self.desks = desks
        self.tree = Tree(self)
        self.online = asyncio.Event()
        self.mailbox = Mailbox(self)
        self._reactions = Reactions(self)
        for command in commands:
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        await self.tree.set_translator(Translator())
        await self.tree.sync()

    async def on_ready(self) -> None:
        log.info("online", name=str(self.user), guilds=len(self.guilds))
        self.online.set()

    async def on_interaction(self, interaction: Interaction) -> None:
        """Commands go through the tree; presses and forms come here."""
        await route(interaction)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Reactions are shortcuts; the library need not keep any message for them."""
        await self._reactions.heard(event)

    @property
    def studio(self) -> Studio:
        return self.desks.studio

    @property
    def quotas(self) -> Quotas:
        return self.desks.quotas

    @property
    def invite_url(self) -> str:
        """The link that adds the bot to a server with exactly the permissions it needs."""
        return invite_url(self.application_id or 0)

    def view_of(self, job: Job, marks: Marks = present.NOTHING_PRESSED) -> discord.ui.View:
        """Make the buttons below a job's result; `marks` as `Studio.pressed_on` gives them."""
        actions = self.studio.offers(job, regions=self.desks.regions is not None)
        return present.result_view(job, actions, marks, self.studio.gallery_url)

    def partial_message(self, channel_id: str, message_id: str) -> discord.PartialMessage:
        """Address a message by bot token: interaction tokens die after 15 minutes."""
        channel = self.get_partial_messageable(int(channel_id))
        return channel.get_partial_message(int(message_id))

    async def show_waiting(self, interaction: Interaction, acceptance: Acceptance) -> None:
        """Answer an accepted job with its public waiting message, and remember which message that is.

        The job is charged for and will be delivered, so an answer that fails is logged and nothing more.
        """
        job = acceptance.job
        try:
            note = await self._note(acceptance)
            message_id = await self._answer(interaction, present.waiting(job, note), job.id)
            await self.studio.attach_progress(job, str(message_id))
            if acceptance.held_back:
                place = note.removeprefix("-# ")
                await self._say_queued(interaction, say("queued", limit=self.studio.max_running, place=place))
        except (*UNREACHABLE, DatabaseUnavailable) as error:
            log.warning("waiting message not shown", job=job.id, error=f"{type(error).__name__}: {error}")

    async def show_list(self, interaction: Interaction, accepted: Sequence[Acceptance]) -> None:
        """Show several jobs that one press has started, each in a message of its own; each may fail without harm."""
        for acceptance in accepted:
            job = acceptance.job
            try:
                await self._post_waiting(interaction, acceptance)
            except (*UNREACHABLE, DatabaseUnavailable) as error:
                log.warning("waiting message not shown", job=job.id, error=f"{type(error).__name__}: {error}")
        waiting = sum(acceptance.held_back for acceptance in accepted)
        if waiting:
            body = say("queued.list", limit=self.studio.max_running, count=waiting)
            with contextlib.suppress(*UNREACHABLE):
                await self._say_queued(interaction, body)

    async def _post_waiting(self, interaction: Interaction, acceptance: Acceptance) -> None:
        job = acceptance.job
        content = present.waiting(job, await self._note(acceptance))
        message = await interaction.followup.send(content, view=present.cancel_view(job.id), wait=True)
        await self.studio.attach_progress(job, str(message.id))

    async def announce(self, acceptance: Acceptance) -> None:
        """Show a job that was ordered elsewhere than in the chat; like an answer, it may fail without harm."""
        job = acceptance.job
        channel = self.get_partial_messageable(int(job.channel_id))
        try:
            if acceptance.fresh:
                message = await channel.send(
                    present.waiting(job, await self._note(acceptance)),
                    view=present.cancel_view(job.id),
                    **reply(job, job.reply_to),
                )
                await self.studio.attach_progress(job, str(message.id))
                if job.parent_id is not None and job.reply_to is not None:
                    await self.recolour(job.parent_id, job.channel_id, job.reply_to)
        except (*UNREACHABLE, DatabaseUnavailable) as error:
            log.warning("waiting message not shown", job=job.id, error=f"{type(error).__name__}: {error}")

    async def recolour(self, parent_id: str, channel_id: str, message_id: str) -> None:
        """Colour what has been pressed; nothing depends on it, so a failure is only logged."""
        try:
            parent = await self.studio.find(parent_id)
            view = self.view_of(parent, await self.studio.pressed_on(parent_id))
            await self.partial_message(channel_id, message_id).edit(view=view)
        except Exception as error:  # noqa: BLE001 - a colour is worth a line in the log, not more
            log.info("button not recoloured", message=message_id, error=f"{type(error).__name__}: {error}")

    async def _answer(self, interaction: Interaction, content: str, job_id: str) -> int:
        """Post the waiting message in some way, and return its id."""
        view = present.cancel_view(job_id)
        if interaction.response.is_done():
            return (await interaction.edit_original_response(content=content, view=view)).id
        try:
            callback = await interaction.response.send_message(content, view=view)
            if callback.message_id is not None:
                return callback.message_id
        except UNREACHABLE as error:
            # It, or a deferral before it, may have arrived all the same, its acknowledgement lost on the way.
            log.info("acknowledgement uncertain", interaction=interaction.id, error=str(error))
        return (await interaction.edit_original_response(content=content, view=view)).id

    async def _say_queued(self, interaction: Interaction, body: str) -> None:
        """Tell the asker alone that what they asked for begins when another job of theirs is done."""
        notice = Notice(title=say("queued.title"), body=body.rstrip())
        await interaction.followup.send(embed=embed_of(notice, AMBER), ephemeral=True)

    async def _note(self, acceptance: Acceptance) -> str:
        """What a new job waits for: a painter, or other jobs."""
        state = await self.studio.readiness()
        if not state.ready:
            note = escape(state.note, LONGEST_NOTE)
            return say("waiting.no_painter", note=note) if note else say("waiting.loading")
        if not acceptance.ahead:
            return ""
        place = Outlook(ahead=acceptance.ahead, starts_in_ms=None)
        with contextlib.suppress(TimeoutError, DatabaseUnavailable):  # the answer must not wait for a guess
            async with asyncio.timeout(GUESS_WITHIN_S):
                place = await self.studio.outlook(acceptance.job.id) or place
        return present.place(place)
