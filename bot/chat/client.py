"""The Discord client: opens the door for commands and buttons, and shows accepted jobs."""

import asyncio
from collections.abc import Sequence
from typing import Any

import discord
import structlog
import yarl
from discord import app_commands

from bot.chat import present
from bot.chat.answer import UNREACHABLE, Interaction, notice_of, tell
from bot.chat.invite import invite_url
from bot.chat.replies import Notice
from bot.chat.router import route
from bot.desks import Desks
from bot.quotas import Quotas
from bot.settings import DiscordAddresses
from bot.studio import Studio
from bot.texts import say
from db.errors import DatabaseUnavailable
from db.jobs import Acceptance

log = structlog.get_logger(__name__)

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
            intents=discord.Intents(guilds=True),
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
        for command in commands:
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_ready(self) -> None:
        log.info("online", name=str(self.user), guilds=len(self.guilds))
        self.online.set()

    async def on_interaction(self, interaction: Interaction) -> None:
        """Commands go through the tree; presses and forms come here."""
        await route(interaction)

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
            message_id = await self._answer(interaction, present.waiting(job, await self._note()), job.id)
            await self.studio.attach_progress(job, str(message_id))
        except (*UNREACHABLE, DatabaseUnavailable) as error:
            log.warning("waiting message not shown", job=job.id, error=f"{type(error).__name__}: {error}")

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
            # It may have arrived all the same, its acknowledgement lost on the way.
            log.info("acknowledgement uncertain", interaction=interaction.id, error=str(error))
        return (await interaction.original_response()).id

    async def _note(self) -> str:
        """What a new job waits for, if it is something else than other jobs."""
        state = await self.studio.readiness()
        if state.ready:
            return ""
        return say("waiting.no_painter", note=state.note) if state.note else say("waiting.loading")
