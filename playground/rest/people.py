"""What Discord's own client sends for a person: the command index, and every kind of interaction."""

from collections.abc import Callable

from playground import objects, problem
from playground.identity import Actor, Person
from playground.problem import Problem, refuse
from playground.rest.pressing import Pressing
from playground.rest.route import NOTHING, Answer, Call, Route, Who
from playground.rest.sender import Asked, Sender
from playground.rest.submitting import Submitting
from playground.rest.using import Using
from playground.rules.callback import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT
from playground.snowflake import Json
from playground.stage import Stage
from playground.world import Channel


class People:
    """The handlers."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._world = stage.world
        sender = Sender(stage)
        self._using = Using(stage, sender)
        self._kinds: dict[int, Callable[[Asked], None]] = {
            COMMAND: self._using.command,
            AUTOCOMPLETE: self._using.autocomplete,
            COMPONENT: Pressing(stage, sender).component,
            MODAL_SUBMIT: Submitting(stage, sender).modal,
        }

    def guild_index(self, call: Call) -> Answer:
        if call.args["guild_id"] != self._world.identity.guild_id:
            raise problem.unknown_guild()
        return self._index(call.sender, None)

    def channel_index(self, call: Call) -> Answer:
        return self._index(call.sender, self._stage.channel(call.sender, call.args["channel_id"]))

    def interact(self, call: Call) -> Answer:
        """Pass what a person does on to the bot."""
        person, body = call.sender, call.json
        assert isinstance(person, Person)
        if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
            raise refuse("data", "This field is required.")
        kind = body.get("type")
        if not isinstance(kind, int):
            raise refuse("type", "This must be a whole number.")
        if kind not in self._kinds:
            raise refuse("type", f"Value must be one of {', '.join(map(str, self._kinds))}.")
        channel = self._stage.channel(person, str(body.get("channel_id")))
        self._check_place(body, channel)
        self._kinds[kind](Asked(person=person, channel=channel, body=body, uploads=call.body.uploads))
        return NOTHING

    def _index(self, actor: Actor, channel: Channel | None) -> Answer:
        """The commands of a place (None: of the guild) that somebody may use."""
        direct = channel is not None and channel.person is not None
        commands = [c for c in self._world.all_commands() if self._using.may_use(actor, c, direct=direct)]
        version = max((c["version"] for c in commands), default="0", key=int)
        app = objects.application_in_short(self._world)
        return Answer(json={"applications": [app], "application_commands": commands, "version": version})

    def _check_place(self, body: Json, channel: Channel) -> None:
        if (body.get("guild_id") or None) != self._world.guild_of(channel.id).get("guild_id"):
            raise problem.unknown_guild()
        if body.get("application_id") != self._world.identity.application_id:
            raise Problem(404, 10002, "Unknown Application")


def routes(stage: Stage) -> list[Route]:
    people = People(stage)
    index = "application-command-index"
    return [
        Route(method="GET", path=f"/guilds/{{guild_id}}/{index}", handler=people.guild_index, who=Who.PERSON),
        Route(method="GET", path=f"/channels/{{channel_id}}/{index}", handler=people.channel_index, who=Who.PERSON),
        Route(method="POST", path="/interactions", handler=people.interact, who=Who.PERSON),
    ]
