"""Composition root: settings → lock → database → engine → studio → client, opened and closed in one stack."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import discord
import filelock
import structlog

from bot import engines, fetch
from bot.chat.client import EaselClient, point_at
from bot.chat.commands import ALL
from bot.chat.courier import ChatCourier
from bot.clock import wall_clock
from bot.desks import Desks
from bot.errors import CannotStart
from bot.failpoint import failpoint
from bot.hints import hints_of
from bot.inquiries import Inquiries
from bot.keepsakes import Keepsakes
from bot.moderation import Blocklist
from bot.quotas import Quotas
from bot.references import References
from bot.regions import Regions
from bot.runner import Runner, Workshop
from bot.secret import secret_of
from bot.settings import Settings
from bot.studio import House, Studio
from bot.tastes import Tastes
from bot.web import gallery, health, region, server
from bot.web.assets import Assets
from db.database import Database
from pipeline.catalog import Catalog
from pipeline.engine import Engine
from pipeline.store import PictureStore

log = structlog.get_logger(__name__)

DISCORD_SAYS_NO = (
    "Discord does not accept this DISCORD_TOKEN. Copy it anew: Developer Portal, your application, Bot, Reset Token."
)
DISCORD_ENDED_IT = "Discord ended the connection and does not want it back (code {code}): {meaning}"
MEANINGS: Mapping[int, str] = {
    4011: "this bot is on too many servers for one connection (more than 2,500), which Easel does not support.",
    4013: "the intents are not valid; please update Easel.",
    4014: "an intent is not allowed for this application; please update Easel.",
}
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0


@dataclass(frozen=True, kw_only=True)
class Bot:
    """A bot that is online."""

    client: EaselClient
    studio: Studio
    catalog: Catalog
    engine: Engine
    database: Database
    regions: Regions | None


async def _nothing(_bot: Bot) -> None:
    """Prepare nothing."""


async def serve(
    settings: Settings,
    on_ready: Callable[[Bot], None] = lambda _bot: None,
    prepare: Callable[[Bot], Awaitable[None]] = _nothing,
) -> None:
    """Run the bot until cancelled; raises CannotStart, ModelUnusable or DatabaseError when it cannot."""
    async with opened(settings) as (bot, runner, courier):
        await prepare(bot)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_connect(bot.client, settings.token), name="discord")
                tasks.create_task(_work(bot, runner, on_ready), name="runner")
        except* discord.LoginFailure as group:
            raise CannotStart(DISCORD_SAYS_NO) from group
        except* (discord.ConnectionClosed, discord.PrivilegedIntentsRequired) as group:
            raise CannotStart(_why_closed(group)) from group
        finally:
            await courier.close()
            await bot.client.mailbox.close()
            await bot.client.close()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Bot, Runner, ChatCourier]]:
    """Open everything but the connection to Discord."""
    point = failpoint(settings.fail_point)
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(_prepare, settings.data)
        stack.enter_context(_sole(settings.data))
        catalog = await asyncio.to_thread(engines.catalog_of, settings)
        store = await asyncio.to_thread(PictureStore, settings.data / "pictures")
        database = await stack.enter_async_context(Database.open(settings.data / "easel.sqlite", on_point=point))
        engine = await stack.enter_async_context(engines.open_engine(settings, catalog, store))
        fetching = await stack.enter_async_context(fetch.opened([settings.addresses.cdn]))
        house = House(
            database=database,
            settings=settings,
            catalog=catalog,
            hints=await asyncio.to_thread(hints_of, catalog.default),
            store=store,
            blocklist=Blocklist(settings.blocked_words),
            references=References(database, store, fetching, wall_clock),
            engine=engine,
            clock=wall_clock,
            point=point,
        )
        secret = await asyncio.to_thread(_secret, settings.data)
        bot, runner, courier = _assemble(house, secret)
        await _serve_pages(stack, house, bot)
        yield bot, runner, courier


async def _serve_pages(stack: AsyncExitStack, house: House, bot: Bot) -> None:
    assets = await asyncio.to_thread(Assets)
    routes = [*await stack.enter_async_context(health.routes(_vitals(bot))), *assets.routes()]
    if bot.regions is not None:
        routes += [*region.routes(bot.regions, assets), *gallery.routes(house, assets)]
    await stack.enter_async_context(server.serve(house.settings.web_host, house.settings.web_port, routes))


def _assemble(house: House, secret: bytes) -> tuple[Bot, Runner, ChatCourier]:
    studio = Studio(house)
    point_at(house.settings.addresses)
    # Without pages that people can reach there is no editor, and no button that leads to it.
    regions = Regions(house, studio, secret) if house.settings.pages_url else None
    desks = Desks(
        studio=studio,
        quotas=Quotas(house.database, house.settings, house.clock),
        tastes=Tastes(house),
        inquiries=Inquiries(house),
        keepsakes=Keepsakes(house, studio),
        regions=regions,
    )
    client = EaselClient(desks, ALL)
    if regions is not None:
        regions.announce = client.announce
    courier = ChatCourier(client)
    shop = Workshop(
        database=house.database,
        engine=house.engine,
        store=house.store,
        clock=house.clock,
        owner=uuid.uuid4().hex,
        point=house.point,
        max_running=house.settings.max_running,
    )
    runner = Runner(shop, courier)
    studio.works = runner
    runner.posted = client.mailbox.copy_soon
    bot = Bot(
        client=client,
        studio=studio,
        catalog=house.catalog,
        engine=house.engine,
        database=house.database,
        regions=regions,
    )
    return bot, runner, courier


async def _connect(client: EaselClient, token: str) -> None:
    """Log in as soon as Discord can be reached (a computer may start before its network), and stay."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            await client.login(token)
            break
        except discord.LoginFailure:
            raise
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            if isinstance(error, discord.HTTPException) and error.status < 500 and error.status != 429:
                raise CannotStart(f"Discord refuses to let this bot in: {error}") from error
            log.warning("Discord cannot be reached, trying again", error=str(error), in_s=pause_s)
            await client.http.close()
            client.http.connector = discord.utils.MISSING  # the closed one cannot be used again
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
    await client.connect()


def _why_closed(error: BaseException) -> str:
    """Word what Discord's gateway said last."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    code = error.code if isinstance(error, discord.ConnectionClosed) else 4014
    if code == 4004:
        return DISCORD_SAYS_NO
    meaning = MEANINGS.get(code, "please look at Discord's status page and start Easel again.")
    return DISCORD_ENDED_IT.format(code=code, meaning=meaning)


async def _work(bot: Bot, runner: Runner, on_ready: Callable[[Bot], None]) -> None:
    """Deliver only when the gateway is up: until then the bot does not know whose messages are its own."""
    await bot.client.online.wait()
    on_ready(bot)
    await runner.run()


def _prepare(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"The data folder {data} cannot be written ({error.strerror}): set EASEL_DATA to a folder that can."
        ) from error


def _sole(data: Path) -> filelock.BaseFileLock:
    """Take the lock of the data folder; a second bot on it would deliver everything twice."""
    lock = filelock.FileLock(data / "easel.lock")
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout as error:
        raise CannotStart(
            f"Another Easel is running on the data folder {data}: stop it, or set EASEL_DATA to a folder of its own."
        ) from error
    except OSError as error:
        raise CannotStart(_withheld(data, error)) from error
    return lock


def _secret(data: Path) -> bytes:
    try:
        return secret_of(data)
    except OSError as error:
        raise CannotStart(_withheld(data, error)) from error


def _withheld(data: Path, error: OSError) -> str:
    """Word a file of ours that we may not use; often the bot was started by another user once."""
    return (
        f"{error.filename or data} cannot be used ({error.strerror}):"
        f" let the user that runs Easel read and write everything in the data folder {data}."
    )


def _vitals(bot: Bot) -> health.Vitals:
    async def vitals() -> Mapping[str, object]:
        painters = await bot.engine.painters()
        online = bot.client.is_ready()
        return {
            "ok": online,
            "online": online,
            "painters": [{"name": p.name, "ready": p.ready, "busy": p.busy_with is not None} for p in painters],
            "write_queue": bot.database.queue_depth,
        }

    return vitals
