"""Conversations of two: a person and the bot."""

from typing import Any

from playground import objects, problem
from playground.identity import Bot, Person
from playground.problem import Problem, refuse
from playground.rest.route import Answer, Call, Route, Who
from playground.stage import Stage
from playground.world import Channel

MINE = "/users/@me/channels"


class Direct:
    """The handlers."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._world = stage.world

    def open(self, call: Call) -> Answer:
        """The conversation with somebody, new or not; a person's client shows it from then on."""
        channel = self._with(call)
        if isinstance(call.sender, Person):
            self._stage.list_direct(channel.id)
        return Answer(json=objects.direct(self._world, channel, call.sender))

    def listed(self, call: Call) -> Answer:
        mine = [c for c in self._world.directs.values() if c.person == call.sender and c.listed]
        return Answer(json=[objects.direct(self._world, channel, call.sender) for channel in mine])

    def close(self, call: Call) -> Answer:
        """Take a conversation out of a person's list; its messages stay."""
        channel = self._stage.channel(call.sender, call.args["channel_id"])
        if channel.person is None:
            raise problem.missing_permissions()
        if isinstance(call.sender, Person):
            self._stage.list_direct(channel.id, listed=False)
        return Answer(json=objects.direct(self._world, channel, call.sender))

    def _with(self, call: Call) -> Channel:
        other = self._world.actor(_recipient(call.json))
        if other is None or other == call.sender:
            raise Problem(400, 50033, "Invalid Recipient(s)")
        person = other if isinstance(call.sender, Bot) else call.sender
        if isinstance(call.sender, Person) and not isinstance(other, Bot):
            raise problem.absent("messages from one person to another")
        assert isinstance(person, Person)
        return self._world.direct(person)


def _recipient(body: Any) -> str:
    """Bots name one `recipient_id`, people's clients a list of `recipients`."""
    body = body if isinstance(body, dict) else {}
    several = body.get("recipients")
    if isinstance(several, list) and len(several) != 1:
        raise refuse("recipients", "Exactly one, please: there are no groups here.")
    return str(several[0] if isinstance(several, list) else body.get("recipient_id"))


def routes(stage: Stage) -> list[Route]:
    direct = Direct(stage)
    return [
        Route(method="POST", path=MINE, handler=direct.open, who=Who.BOTH),
        Route(method="GET", path=MINE, handler=direct.listed, who=Who.PERSON),
        Route(method="DELETE", path="/channels/{channel_id}", handler=direct.close, who=Who.BOTH),
    ]
