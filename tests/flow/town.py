"""The whole bot and a playground in this process: what discord.py really sends, with faults ordered at will."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import app
from bot.app import Bot
from bot.clock import wall_clock
from bot.settings import DiscordAddresses, Settings
from db import jobs, ledger
from db.jobs import Job
from playground.log import Log
from playground.server import Playground, playground
from playground.settings import Settings as PlaySettings
from tests.e2e.person import Message, Person, buttons

TINY = {"models": {"tiny": {"source": "doodle", "side": 128}}}
READY_S = 30.0


@dataclass(kw_only=True)
class Town:
    """A bot that is online, the place where it lives, and one person there."""

    play: Playground
    bot: Bot
    ada: Person

    def fault(self, method: str, path: str, effect: str, **more: Any) -> None:
        """Order what happens to the bot's next requests."""
        self.play.control.apply({"rules": [{"method": method, "path": path, "effect": effect, **more}]})

    def asked(self, method: str, part: str) -> int:
        """How many requests of this kind the bot has made."""
        requests = self.play.door.traffic.as_json("bot")
        return sum(one["method"] == method and part in one["path"] for one in requests)

    async def job(self, job_id: str) -> Job:
        found = await self.bot.database.read(jobs.get, job_id)
        assert found is not None
        return found

    async def ended(self, job_id: str) -> Job:
        async with asyncio.timeout(READY_S):
            while not (found := await self.job(job_id)).ended:
                await asyncio.sleep(0.02)
        return found

    async def newest(self) -> Job:
        """The job that was accepted last."""
        async with asyncio.timeout(READY_S):
            while True:
                found = await self.bot.database.read(jobs.active_of, self.ada.id, self.ada.guild_id)
                if found:
                    return found[-1]
                await asyncio.sleep(0.01)

    def waiting_messages(self) -> list[Message]:
        """Messages that still carry a Cancel button."""
        return [
            one for one in self.ada.messages.values() if any(key.startswith("MJ::CancelJob") for key in buttons(one))
        ]


@asynccontextmanager
async def town(home: Path, *, step_s: float = 0.01, spec: Path | None = None, **wishes: Any) -> AsyncIterator[Town]:
    """Open both and end both; Dan has no credits, as in `easel play`.

    spec: Discord's OpenAPI file, to check every body against it
    """
    async with playground(PlaySettings(data=home / "play", port=0, world=True, spec=spec), Log()) as play:
        settings = Settings(
            token=play.stage.world.identity.bot_token,
            data=home / "data",
            model="tiny",
            model_tables=TINY,
            doodle_step_s=step_s,
            addresses=addresses(play.base_url, play.stage.gateway_url),
            **wishes,
        )
        online: asyncio.Future[Bot] = asyncio.get_running_loop().create_future()
        dan = next(one["id"] for one in play.ready["people"] if one["name"] == "Dan")

        async def prepare(bot: Bot) -> None:
            await bot.database.write(ledger.open_account, dan, play.ready["guild"]["id"], 0, wall_clock())

        life = asyncio.create_task(app.serve(settings, online.set_result, prepare))
        try:
            both: set[asyncio.Future[Any]] = {life, online}
            done, _ = await asyncio.wait(both, timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
            assert online in done, life.exception() if life in done else "the bot is not online"
            async with Person.at(play.ready, "Ada") as ada:
                yield Town(play=play, bot=online.result(), ada=ada)
        finally:
            life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await life


def addresses(base_url: str, gateway_url: str) -> DiscordAddresses:
    return DiscordAddresses(api=f"{base_url}/api/v10", gateway=gateway_url, cdn=f"{base_url}/cdn")
