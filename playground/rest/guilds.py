"""The guild, its channels, members and roles."""

from playground import objects, problem
from playground.identity import Actor
from playground.permissions import EVERYONE, Permission
from playground.rest.route import NOTHING, Answer, Call, Route, Who
from playground.snowflake import is_snowflake
from playground.stage import Stage

MOST_LISTED = 1000  # members of one page


class Guilds:
    """The handlers."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._world = stage.world

    def guild(self, call: Call) -> Answer:
        self._check_guild(call)
        counts = {"approximate_member_count": len(self._world.people) + 1, "approximate_presence_count": 1}
        return Answer(json=objects.guild(self._world) | (counts if call.query.get("with_counts") else {}))

    def guilds(self, _: Call) -> Answer:
        whole = objects.guild(self._world)
        partial = {key: whole[key] for key in ("id", "name", "icon", "banner", "features")}
        return Answer(json=[{**partial, "owner": False, "permissions": str(EVERYONE)}])

    def channels(self, call: Call) -> Answer:
        self._check_guild(call)
        may = self._world.permissions
        seen = [c for c in self._world.channels.values() if may(call.sender, c) & Permission.VIEW_CHANNEL]
        return Answer(json=[objects.channel(self._world, c) for c in seen])

    def roles(self, call: Call) -> Answer:
        self._check_guild(call)
        return Answer(json=objects.roles(self._world))

    def members(self, call: Call) -> Answer:
        """A page of members in the order of their ids."""
        self._check_guild(call)
        limit, after = call.query.get("limit", "1"), call.query.get("after", "0")
        if not limit.isdecimal() or not 1 <= int(limit) <= MOST_LISTED or not is_snowflake(after):
            raise problem.refuse("limit", f"limit goes from 1 to {MOST_LISTED}; after is an id.")
        everyone: list[Actor] = [self._world.identity.bot, *self._world.identity.people]
        page = sorted((a for a in everyone if int(a.id) > int(after)), key=lambda a: int(a.id))[: int(limit)]
        return Answer(json=[objects.member(self._world, a) for a in page])

    def member(self, call: Call) -> Answer:
        self._check_guild(call)
        asked = call.args["user_id"]
        actor = call.sender if asked == "@me" else self._world.actor(asked)
        if actor is None:
            raise problem.unknown_member()
        return Answer(json=objects.member(self._world, actor))

    def channel(self, call: Call) -> Answer:
        channel = self._stage.channel(call.sender, call.args["channel_id"])
        return Answer(json=objects.place(self._world, channel, call.sender))

    def typing(self, call: Call) -> Answer:
        channel = self._stage.channel(call.sender, call.args["channel_id"], Permission.SEND_MESSAGES)
        self._stage.announcer.typing(call.sender, channel)
        return NOTHING

    def _check_guild(self, call: Call) -> None:
        if call.args["guild_id"] != self._world.identity.guild_id:
            raise problem.unknown_guild()


def routes(stage: Stage) -> list[Route]:
    here = Guilds(stage)
    return [
        Route(method="GET", path="/guilds/{guild_id}", handler=here.guild, who=Who.BOTH),
        Route(method="GET", path="/users/@me/guilds", handler=here.guilds, who=Who.BOTH),
        Route(method="GET", path="/guilds/{guild_id}/channels", handler=here.channels, who=Who.BOTH),
        Route(method="GET", path="/guilds/{guild_id}/roles", handler=here.roles, who=Who.BOTH),
        Route(method="GET", path="/guilds/{guild_id}/members", handler=here.members),
        Route(method="GET", path="/guilds/{guild_id}/members/{user_id}", handler=here.member, who=Who.BOTH),
        Route(method="GET", path="/channels/{channel_id}", handler=here.channel, who=Who.BOTH),
        Route(method="POST", path="/channels/{channel_id}/typing", handler=here.typing, who=Who.BOTH),
    ]
