"""How a request reaches its handler: method and path to a plain function."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from playground.body import Body
from playground.identity import Actor, Bot, Person


class Who(StrEnum):
    """Who may send a request."""

    BOT = "bot"
    PERSON = "person"
    BOTH = "both"
    TOKEN = "token"  # noqa: S105 (an interaction's token in the path is enough)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, read and understood; `where` names it in logs."""

    where: str
    actor: Actor | None
    args: Mapping[str, str]
    query: Mapping[str, str]
    body: Body

    @property
    def sender(self) -> Actor:
        """Who sent it, on routes that need to know."""
        assert self.actor is not None
        return self.actor

    @property
    def json(self) -> Any:
        """The body; an absent one counts as an empty object."""
        return {} if self.body.json is None else self.body.json


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is sent back; 204 has no body."""

    status: int = 200
    json: Any = None


NOTHING = Answer(status=204)
Handler = Callable[[Call], Answer]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One row of the API. `bucket` names the rate limit that it counts against."""

    method: str
    path: str
    handler: Handler = field(repr=False)
    who: Who = Who.BOT
    bucket: str | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A route with the parts of the path filled in."""

    route: Route
    args: Mapping[str, str]

    @property
    def major(self) -> str:
        """What a rate limit counts apart: every channel, and every interaction's token."""
        return self.args.get("token") or next(iter(self.args.values()))


class Table:
    """All routes; literal parts of a path win over placeholders (`…/@original` over `…/{message_id}`)."""

    def __init__(self, routes: Iterable[Route]) -> None:
        ordered = sorted(routes, key=lambda route: route.path.count("{"))
        self.routes = tuple(ordered)
        self._rows = [(route, _pattern(route.path)) for route in ordered]

    def find(self, method: str, path: str) -> Found | None:
        for route, pattern in self._rows:
            if route.method == method and (match := pattern.fullmatch(path)):
                return Found(route=route, args=match.groupdict())
        return None


def allowed(who: Who, actor: Actor | None) -> bool:
    """Whether somebody may use a route."""
    if who is Who.TOKEN:
        return True
    if who is Who.BOTH:
        return actor is not None
    return isinstance(actor, Bot if who is Who.BOT else Person)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
