"""The door of the REST API: whoever comes in is known, counted, understood, judged and answered here."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

from playground import problem
from playground.body import Body, read
from playground.faults import Effect, Faults, Rule
from playground.identity import Actor, Bot
from playground.limits import Limits
from playground.problem import Problem
from playground.rest.route import Answer, Call, Found, Table, Who, allowed
from playground.stage import Stage
from playground.traffic import Entry, Traffic


class Judge(Protocol):
    """Compares traffic with the official file (strict mode), and counts what it compared."""

    requests: int
    responses: int

    def request(self, method: str, path: str, body: Any) -> None:
        """Raises Problem 50035 when the file does not allow this body."""

    def response(self, method: str, path: str, status: int, body: Any) -> None:
        """Notes whatever the file does not allow."""


class Dropped(Exception):
    """The connection is to break instead of an answer."""


@dataclass(kw_only=True)
class Visit:
    """One request on its way through the door."""

    request: web.Request
    path: str  # after /api/v10
    found: Found | None = None
    actor: Actor | None = None
    rule: Rule | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def where(self) -> str:
        return f"{self.method} {self.found.route.path if self.found else self.path}"

    @property
    def is_bots(self) -> bool:
        """Whether the bot sent it: interaction tokens are only the bot's."""
        return isinstance(self.actor, Bot) or (self.found is not None and self.found.route.who is Who.TOKEN)


class Door:
    """Serves `/api/v10/…` and `/api/v9/…`."""

    def __init__(self, stage: Stage, table: Table, limits: Limits, faults: Faults, judge: Judge | None) -> None:
        self._stage = stage
        self.table = table
        self._limits = limits
        self._faults = faults
        self.judge = judge
        self.traffic = Traffic()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, whatever it is."""
        started, at = time.perf_counter(), time.time()
        visit = Visit(request=request, path="/" + request.match_info["path"])
        try:
            answer = await self._answered(visit)
        except Problem as refused:
            answer = Answer(status=refused.status, json=refused.body)
            visit.headers |= refused.headers
        except Dropped:
            answer = Answer(status=0)
        self._note(visit, answer, at, (time.perf_counter() - started) * 1000)
        if answer.status == 0:
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        return _response(answer, visit.headers)

    async def _answered(self, visit: Visit) -> Answer:
        visit.found = self.table.find(visit.method, visit.path)
        visit.actor = self._sender(visit.request)
        self._let_in(visit)
        await self._fail_before(visit)
        body = await read(visit.request, self._stage.world.mint)
        answer = await self._handled(visit, body)
        if self.judge:
            self.judge.response(visit.method, visit.path, answer.status, answer.json)
        self._fail_after(visit)
        return answer

    def _sender(self, request: web.Request) -> Actor | None:
        token = request.headers.get("Authorization", "")
        if token == f"Bot {self._stage.world.identity.bot_token}":
            return self._stage.world.identity.bot
        return self._stage.world.by_token(token)

    def _let_in(self, visit: Visit) -> None:
        """Refuse strangers and the impatient; say plainly what is not there."""
        found = visit.found
        if found is None:
            self._stage.log.warning("rest.absent", method=visit.method, path=visit.path)
            raise problem.absent(f"{visit.method} {visit.path}")
        if not allowed(found.route.who, visit.actor):
            if visit.actor is None:
                raise problem.unauthorized()
            raise problem.missing_access()
        if not visit.is_bots:
            return
        if found.route.who is not Who.TOKEN:
            self._limits.check_all()
        if found.route.bucket:
            visit.headers |= self._limits.take(found.route.bucket, found.major)

    async def _handled(self, visit: Visit, body: Body) -> Answer:
        assert visit.found is not None
        found = visit.found
        if visit.is_bots and self.judge:
            self.judge.request(visit.method, visit.path, body.json)
        args, query = found.args, visit.request.query
        call = Call(where=visit.where, actor=visit.actor, args=args, query=query, body=body)
        if not body.uploads:
            return found.route.handler(call)
        await self._stage.shelf.save(body.uploads)
        try:
            return found.route.handler(call)
        except Problem:
            self._stage.shelf.discard([upload.id for upload in body.uploads], after_s=0)
            raise

    async def _fail_before(self, visit: Visit) -> None:
        if not visit.is_bots:
            return
        rule = visit.rule = self._faults.catch(visit.method, visit.path)
        if rule is None:
            return
        if rule.delay_s:
            await asyncio.sleep(rule.delay_s)
        if rule.effect is Effect.BEFORE:
            raise ordered(rule)
        if rule.effect is Effect.DROP_BEFORE:
            raise Dropped

    def _fail_after(self, visit: Visit) -> None:
        if visit.rule and visit.rule.effect is Effect.AFTER:
            raise ordered(visit.rule)
        if visit.rule and visit.rule.effect is Effect.DROP_AFTER:
            raise Dropped

    def _note(self, visit: Visit, answer: Answer, at: float, ms: float) -> None:
        who = "bot" if visit.is_bots else visit.actor.name if visit.actor else "nobody"
        error = answer.json.get("code") if answer.status >= 400 else None
        fault = visit.rule.effect.value if visit.rule else None
        entry = Entry(
            at=at, who=who, method=visit.method, path=visit.path, status=answer.status, ms=ms, error=error, fault=fault
        )
        self.traffic.note(entry)
        if answer.status >= 400:
            facts = {"who": who, "route": visit.where, "status": answer.status, "code": error}
            self._stage.log.info("rest.refused", **facts, why=answer.json.get("message"))


def ordered(rule: Rule) -> Problem:
    return Problem(rule.status, rule.code, "A test ordered this fault.", headers={"Via": "1.1 playground"})


def _response(answer: Answer, headers: dict[str, str]) -> web.Response:
    """The content type is exactly `application/json`: discord.py looks for that very string."""
    if answer.json is None:
        return web.Response(status=answer.status, headers=headers)
    body = json.dumps(answer.json).encode()
    return web.Response(status=answer.status, body=body, headers={**headers, "Content-Type": "application/json"})
