"""The gateway: one WebSocket per client, bots and people alike, in Discord's opcodes."""

import asyncio
import json
import time
import zlib
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from playground import objects
from playground.announce import PRIVILEGED
from playground.identity import Actor, Bot
from playground.limits import Window
from playground.log import Log
from playground.permissions import Permission
from playground.sessions import Session, Sessions, encoded
from playground.settings import Bucket
from playground.snowflake import Json
from playground.world import World

MISSED_BEATS = 3
ACK_AFTER_S = 0.05
SENDS = Bucket(limit=120, per_s=60.0)  # what one connection may send; "Rate Limiting" in the gateway's documentation


class Op(IntEnum):
    """Source: "Gateway Opcodes" in Discord's documentation."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class CloseCode(IntEnum):
    """Source: "Gateway Close Event Codes" in Discord's documentation."""

    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


class Closed(Exception):
    """The server ends this connection, and says why."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Gateway:
    """Accepts sockets and remembers those that are open."""

    def __init__(self, world: World, sessions: Sessions, url: str, heartbeat_ms: int, log: Log) -> None:
        self.world = world
        self.sessions = sessions
        self.url = url
        self.heartbeat_ms = heartbeat_ms
        self.log = log
        self.sockets: set[Socket] = set()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """`GET /gateway`: lives as long as the socket does."""
        ws = web.WebSocketResponse(max_msg_size=1 << 20, compress=False)
        await ws.prepare(request)
        socket = Socket(self, request, ws)
        self.sockets.add(socket)
        try:
            await socket.live()
        finally:
            self.sockets.discard(socket)
        return ws

    def actor(self, token: Any) -> Actor | None:
        """Whose token this is; bots may write "Bot " before it."""
        if not isinstance(token, str):
            return None
        if token.removeprefix("Bot ") == self.world.identity.bot_token:
            return self.world.identity.bot
        return self.world.by_token(token)

    async def close(self) -> None:
        """Say goodbye to everybody."""
        await asyncio.gather(*(s.ws.close(code=WSCloseCode.GOING_AWAY) for s in self.sockets))


class Socket:
    """One connection, from HELLO to its end."""

    def __init__(self, gateway: Gateway, request: web.Request, ws: web.WebSocketResponse) -> None:
        self.ws = ws
        self.session: Session | None = None
        self._gateway = gateway
        self._request = request
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._sends = Window()
        self._handlers: dict[int, Callable[[Any], None]] = {
            Op.HEARTBEAT: self._heartbeat,
            Op.IDENTIFY: self._identify,
            Op.RESUME: self._resume,
            Op.REQUEST_GUILD_MEMBERS: self._request_members,
        }

    async def live(self) -> None:
        """Serve until either side ends it; the session outlives a socket that merely broke."""
        writer = asyncio.create_task(self._write(), name="playground-socket")
        self.say(Op.HELLO, {"heartbeat_interval": self._gateway.heartbeat_ms})
        try:
            await self._listen()
        except Closed as closed:
            await asyncio.sleep(0)  # let the writer send what was said before
            await self.ws.close(code=closed.code, message=str(closed).encode())
        finally:
            writer.cancel()
            self._leave()

    def say(self, op: Op, data: Any) -> None:
        self._outbox.put_nowait(encoded({"op": op, "d": data, "s": None, "t": None}))

    def drop(self) -> None:
        """Break the connection as a network would, without a goodbye."""
        if self._request.transport:
            self._request.transport.abort()

    def forget_session(self) -> None:
        """INVALID_SESSION: what was missed is lost and a new IDENTIFY is needed."""
        if self.session:
            self._gateway.sessions.end(self.session)
            self.session.outbox = None
            self.session = None
        self.say(Op.INVALID_SESSION, data=False)

    async def _listen(self) -> None:
        patience_s = self._gateway.heartbeat_ms / 1000 * MISSED_BEATS
        while True:
            try:
                raw = await self.ws.receive(timeout=patience_s)
            except TimeoutError:
                raise Closed(CloseCode.SESSION_TIMED_OUT, "No heartbeat came.") from None
            if raw.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            self._take(raw.data)

    def _take(self, raw: str | bytes) -> None:
        try:
            payload = json.loads(raw)
            op, data = int(payload["op"]), payload.get("d")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Closed(CloseCode.DECODE_ERROR, "That was not a gateway payload.") from None
        if self._sends.take(SENDS) is not None:
            raise Closed(CloseCode.RATE_LIMITED, "Too much was sent in too short a time.")
        if handler := self._handlers.get(op):
            handler(data)
        elif op not in (Op.PRESENCE_UPDATE, Op.VOICE_STATE_UPDATE) and not self._is_person():
            raise Closed(CloseCode.UNKNOWN_OPCODE, f"Opcode {op} is not known.")
        else:  # clients of people send more opcodes than are documented
            self._gateway.log.debug("gateway.opcode_ignored", op=op)

    def _is_person(self) -> bool:
        return self.session is not None and not isinstance(self.session.actor, Bot)

    def _heartbeat(self, _: Any) -> None:
        # Not at once: discord.py notes when it asked only after asking, and warns of a long wait if that is overtaken.
        asyncio.get_running_loop().call_later(ACK_AFTER_S, self.say, Op.HEARTBEAT_ACK, None)

    def _identify(self, data: Any) -> None:
        if self.session:
            raise Closed(CloseCode.ALREADY_AUTHENTICATED, "Already identified.")
        asked = data if isinstance(data, dict) else {}
        actor = self._gateway.actor(asked.get("token"))
        if actor is None:
            raise Closed(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.")
        session = self._gateway.sessions.open(actor, _intents(actor, asked.get("intents")))
        self._join(session)
        self._gateway.log.info("gateway.identified", who=actor.name)
        session.dispatch("READY", encoded(self._ready(session, asked)))
        if isinstance(actor, Bot):
            session.dispatch("GUILD_CREATE", encoded(self._guild(actor)))

    def _resume(self, data: Any) -> None:
        asked = data if isinstance(data, dict) else {}
        actor = self._gateway.actor(asked.get("token"))
        if actor is None:
            raise Closed(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.")
        session = self._gateway.sessions.find(str(asked.get("session_id")), actor)
        seq = asked.get("seq")
        frames = session.missed(seq) if session and isinstance(seq, int) else None
        if session is None or frames is None:
            self.say(Op.INVALID_SESSION, data=False)
            return
        for frame in frames:
            self._outbox.put_nowait(frame)
        self._join(session)
        self._gateway.log.info("gateway.resumed", who=actor.name, replayed=len(frames))
        session.dispatch("RESUMED", "{}")

    def _request_members(self, data: Any) -> None:
        if self.session is None:
            raise Closed(CloseCode.NOT_AUTHENTICATED, "Not identified.")
        world = self._gateway.world
        everyone: list[Actor] = [world.identity.bot, *world.identity.people]
        chunk = {
            "guild_id": world.identity.guild_id,
            "members": [objects.member(world, actor) for actor in everyone],
            "chunk_index": 0,
            "chunk_count": 1,
            "nonce": data.get("nonce") if isinstance(data, dict) else None,
        }
        self.session.dispatch("GUILD_MEMBERS_CHUNK", encoded(chunk))

    def _ready(self, session: Session, asked: Json) -> Json:
        world = self._gateway.world
        common = {
            "v": 10,
            "session_id": session.id,
            "resume_gateway_url": self._gateway.url,
            "user": objects.myself(session.actor),
            "private_channels": self._directs(session.actor),
            "relationships": [],
        }
        if isinstance(session.actor, Bot):
            app = objects.application(world)
            return {
                **common,
                "guilds": [{"id": world.identity.guild_id, "unavailable": True}],
                "application": {"id": app["id"], "flags": app["flags"]},
                **({"shard": asked["shard"]} if "shard" in asked else {}),
            }
        return {**common, "guilds": [self._guild(session.actor)], "session_type": "normal", "users": []}

    def _directs(self, actor: Actor) -> list[Json]:
        world = self._gateway.world
        mine = [c for c in world.directs.values() if c.person == actor and c.listed]
        return [objects.direct(world, channel, actor) for channel in mine]

    def _guild(self, actor: Actor) -> Json:
        world = self._gateway.world
        everything = isinstance(actor, Bot)  # bots are told of channels that they cannot see, too
        channels = world.channels.values()
        visible = [c for c in channels if everything or world.permissions(actor, c) & Permission.VIEW_CHANNEL]
        return objects.guild_for_gateway(world, actor, visible)

    def _join(self, session: Session) -> None:
        """Take over a session; another socket that still holds it gets no more."""
        session.outbox = self._outbox
        session.left_at = None
        self.session = session

    def _leave(self) -> None:
        """Codes 1000 and 1001 from the client end the session; any other end leaves it to be resumed."""
        session, self.session = self.session, None
        if session is None or session.outbox is not self._outbox:
            return
        session.outbox = None
        session.left_at = time.monotonic()
        if self.ws.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):
            self._gateway.sessions.end(session)

    async def _write(self) -> None:
        while True:
            text = await self._outbox.get()
            try:
                if self._zlib is None:
                    await self.ws.send_str(text)
                else:
                    data = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                    await self.ws.send_bytes(data)
            except (ConnectionError, RuntimeError):  # gone meanwhile; the session keeps the backlog
                return


def _intents(actor: Actor, asked: Any) -> int:
    """What a bot wants to hear of; raises Closed for what it must not. Clients of people say nothing of it."""
    if not isinstance(actor, Bot):
        return 0
    if not isinstance(asked, int) or asked < 0:
        raise Closed(CloseCode.INVALID_INTENTS, "Invalid intent(s).")
    if asked & PRIVILEGED:  # the application was never allowed them, as owners are told to leave it
        raise Closed(CloseCode.DISALLOWED_INTENTS, "Disallowed intent(s).")
    return asked
