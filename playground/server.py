"""Opens a playground: the store, the world, the doors, and at last the file that says it is ready."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from playground.announce import Announcer
from playground.body import LARGEST_REQUEST
from playground.cdn import Cdn
from playground.compose import Composer
from playground.control import Control
from playground.entrance import Page
from playground.faults import Faults
from playground.gateway import Gateway
from playground.guard import guard, own_hosts
from playground.identity import GUILD_NAME
from playground.interactions import Desk, Interaction
from playground.limits import Limits
from playground.log import Log
from playground.rest import account, callbacks, commands, direct, guilds, messages, people, reactions, slots, webhooks
from playground.rest.door import Door, Judge
from playground.rest.route import Table
from playground.sessions import Sessions
from playground.settings import Settings
from playground.slots import Slots
from playground.snowflake import Json
from playground.stage import Stage
from playground.store import Store
from playground.uploads import FileShelf
from playground.violations import Violations
from playground.world import World

HOST = "127.0.0.1"
ROOM_FOR_FORMS = 1 << 20  # beyond the 25 MiB that are counted
GOODBYE_S = 1.0
NOTES = {"Ada": "admin", "Dan": "no credits"}
RESOURCES = (account, callbacks, commands, direct, guilds, messages, people, reactions, slots, webhooks)


class PortInUse(Exception):
    """Something else listens on the port already."""


@dataclass(frozen=True, kw_only=True)
class Playground:
    """A playground that is open."""

    base_url: str
    stage: Stage
    gateway: Gateway
    door: Door
    control: Control

    @property
    def page_url(self) -> str:
        return f"{self.base_url}/?key={self.stage.world.identity.page_key}"

    @property
    def ready(self) -> Json:
        """What `playground.json` says."""
        urls = {"base_url": self.base_url, "gateway_url": self.stage.gateway_url, "page_url": self.page_url}
        return urls | cast_of(self.stage.world)


@asynccontextmanager
async def playground(settings: Settings, log: Log) -> AsyncIterator[Playground]:
    """Open a playground and close it again. Raises PortInUse, and OSError or sqlite3.Error for a useless folder."""
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(_bound(settings.port))
        port = listener.getsockname()[1]
        store = Store(settings.data / "playground.sqlite", log)
        documents = await store.open()
        stack.push_async_callback(store.close)
        shelf = FileShelf(settings.data / "files")
        await shelf.open()
        stack.push_async_callback(shelf.close)
        opened = await _set_up(settings, World(settings, documents, store), shelf, f"{HOST}:{port}", log)
        stack.callback(opened.stage.desk.close)
        runner = web.AppRunner(_application(opened, port), access_log=None, shutdown_timeout=GOODBYE_S)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(opened.gateway.close)
        await web.SockSite(runner, listener).start()
        yield opened


async def _set_up(settings: Settings, world: World, shelf: FileShelf, host: str, log: Log) -> Playground:
    base_url, gateway_url = f"http://{host}", f"ws://{host}/gateway"
    cdn = Cdn(base_url, world.identity.cdn_secret, settings.cdn_life_s, shelf)
    sessions = Sessions(settings.session_life_s)
    announcer = Announcer(world, sessions, cdn)
    violations = Violations(log)
    stage = Stage(
        settings=settings,
        world=world,
        cdn=cdn,
        shelf=shelf,
        composer=Composer(world, cdn),
        announcer=announcer,
        desk=_desk(settings, announcer, log),
        slots=Slots(base_url, shelf, world.mint),
        violations=violations,
        log=log,
        gateway_url=gateway_url,
    )
    gateway = Gateway(world, sessions, gateway_url, settings.heartbeat_interval_ms, log)
    table = Table(route for resource in RESOURCES for route in resource.routes(stage))
    judge = await asyncio.to_thread(_judge, settings, violations, table)
    limits, faults = Limits(settings.bucket), Faults()
    door = Door(stage, table, limits, faults, judge)
    control = Control(stage, gateway, door, limits, faults)
    return Playground(base_url=base_url, stage=stage, gateway=gateway, door=door, control=control)


def _application(opened: Playground, port: int) -> web.Application:
    stage = opened.stage
    page = Page(stage.world.identity.page_key, port, stage.gateway_url, _session(opened), stage.settings.hints)
    app = web.Application(
        client_max_size=LARGEST_REQUEST + ROOM_FOR_FORMS,
        middlewares=[guard(own_hosts(port) | stage.settings.extra_hosts)],
    )
    app.router.add_get("/gateway", opened.gateway.serve)
    app.router.add_get("/gateway/", opened.gateway.serve)
    app.router.add_get(r"/cdn/attachments/{channel:\d+}/{attachment:\d+}/{name}", stage.cdn.serve)
    app.router.add_get(r"/cdn/ephemeral-attachments/{application:\d+}/{attachment:\d+}/{name}", stage.cdn.serve)
    app.router.add_put("/cdn/uploads/{key}/{name}", stage.slots.take)
    app.router.add_get(r"/cdn/embed/avatars/{n:\d+}.png", stage.cdn.serve_avatar)
    app.router.add_route("*", r"/api/v{version:9|10}/{path:.*}", opened.door.serve)
    if stage.settings.world:
        app.router.add_post("/_world/faults", opened.control.faults)
        app.router.add_get("/_world/log", opened.control.log)
        app.router.add_get("/_world/violations", opened.control.violations)
    app.router.add_get("/_page/session", page.session)
    app.router.add_get("/_page/hints", page.hints)
    app.router.add_get("/", page.index)
    app.router.add_get("/{path:[^_].*}", page.file)
    return app


def _desk(settings: Settings, announcer: Announcer, log: Log) -> Desk:
    def failed(interaction: Interaction, reason: int) -> None:
        what = interaction.command or interaction.pressed
        log.warning("interaction.failed", what=what, person=interaction.person.name, after_s=desk.ack_deadline_s)
        ids = {"id": interaction.id, "nonce": interaction.nonce, "reason_code": reason}
        announcer.to_person(interaction.person, "INTERACTION_FAILURE", ids)

    scale = settings.time_scale
    desk = Desk(settings.ack_deadline_s * scale, settings.token_life_s * scale, failed)
    return desk


def _judge(settings: Settings, violations: Violations, table: Table) -> Judge | None:
    """The comparison with the official file; only then is the schema library needed at all."""
    if settings.spec is None:
        return None
    from playground.strict.judge import SpecJudge  # noqa: PLC0415

    judge = SpecJudge(settings.spec, violations)
    judge.warm((route.method, route.path) for route in table.routes)
    return judge


def _session(opened: Playground) -> Json:
    """What the page needs: the ready file, and what is remarkable about the people one can be."""
    facts = {key: value for key, value in opened.ready.items() if key != "page_url"}
    return facts | {"people": [person | {"note": NOTES.get(person["name"], "")} for person in facts["people"]]}


def _bound(port: int) -> socket.socket:
    """A socket on loopback; bound first, because addresses are built from its port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would mean to share a port that another program listens on
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortInUse(f"Port {port} is in use already. Choose another with --port, or --port 0 for any.") from error
    return listener


def cast_of(world: World) -> Json:
    """Ids and names that clients need, people's tokens included."""
    identity = world.identity
    return {
        "application_id": identity.application_id,
        "guild": {"id": identity.guild_id, "name": GUILD_NAME},
        "channels": [{"id": p.id, "name": p.name, "nsfw": p.nsfw} for p in identity.places],
        "people": [{"id": p.id, "name": p.name, "admin": p.admin, "token": p.token} for p in identity.people],
    }
