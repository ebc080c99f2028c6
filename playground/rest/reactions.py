"""Reactions: add, take back, list and clear."""

from playground import objects, problem
from playground.emoji import is_emoji
from playground.identity import Actor
from playground.messages import Message
from playground.permissions import Permission
from playground.problem import Problem
from playground.rest.route import NOTHING, Answer, Call, Route, Who
from playground.snowflake import UserId
from playground.stage import Stage
from playground.world import Channel

ALL = "/channels/{channel_id}/messages/{message_id}/reactions"
ONE = ALL + "/{emoji}"
MOST = 20  # different ones on one message
MOST_LISTED = 100


class Reactions:
    """The handlers."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._world = stage.world

    def add(self, call: Call) -> Answer:
        """ADD_REACTIONS is only needed for one that the message does not have yet."""
        channel, message = self._place(call, Permission.READ_MESSAGE_HISTORY)
        emoji = _emoji(call)
        if emoji not in message.reactions:
            self._stage.channel(call.sender, channel.id, Permission.ADD_REACTIONS)
            if len(message.reactions) >= MOST:
                raise Problem(403, 30010, f"Maximum number of reactions reached ({MOST})")
        if call.sender.id not in message.reactions.get(emoji, ()):
            changed = message.with_reaction(emoji, call.sender.id)
            self._world.keep_message(changed)
            self._stage.announcer.reacted(changed, emoji, call.sender)
        return NOTHING

    def take_back(self, call: Call) -> Answer:
        _, message = self._place(call)
        return self._remove(message, _emoji(call), call.sender)

    def remove(self, call: Call) -> Answer:
        """Somebody else's, with MANAGE_MESSAGES."""
        actor = self._world.actor(call.args["user_id"])
        needed = 0 if actor == call.sender else Permission.MANAGE_MESSAGES
        _, message = self._place(call, needed)
        if actor is None:
            raise problem.unknown_user()
        return self._remove(message, _emoji(call), actor)

    def who(self, call: Call) -> Answer:
        _, message = self._place(call, Permission.READ_MESSAGE_HISTORY)
        actors = [self._world.actor(user_id) for user_id in message.reactions.get(_emoji(call), ())]
        return Answer(json=[objects.user(actor) for actor in actors if actor][:MOST_LISTED])

    def clear(self, call: Call) -> Answer:
        """All of them, or all of one kind, with MANAGE_MESSAGES."""
        _, message = self._place(call, Permission.MANAGE_MESSAGES)
        emoji = _emoji(call) if "emoji" in call.args else None
        changed = message.without_reactions(emoji)
        self._world.keep_message(changed)
        self._stage.announcer.reactions_cleared(changed, emoji)
        return NOTHING

    def _remove(self, message: Message, emoji: str, actor: Actor) -> Answer:
        if actor.id in message.reactions.get(emoji, ()):
            changed = message.without_reaction(emoji, UserId(actor.id))
            self._world.keep_message(changed)
            self._stage.announcer.unreacted(changed, emoji, actor)
        return NOTHING

    def _place(self, call: Call, needed: Permission | int = 0) -> tuple[Channel, Message]:
        channel = self._stage.channel(call.sender, call.args["channel_id"], needed)
        message = self._world.messages.get(call.args["message_id"])
        if message is None or message.seen_by or message.channel_id != channel.id:
            raise problem.unknown_message()
        return channel, message


def _emoji(call: Call) -> str:
    emoji = call.args["emoji"]
    if not is_emoji(emoji):
        raise Problem(400, 10014, "Unknown Emoji")
    return emoji


def routes(stage: Stage) -> list[Route]:
    here = Reactions(stage)
    bucket = "reaction"
    return [
        Route(method="PUT", path=f"{ONE}/@me", handler=here.add, who=Who.BOTH, bucket=bucket),
        Route(method="DELETE", path=f"{ONE}/@me", handler=here.take_back, who=Who.BOTH, bucket=bucket),
        Route(method="DELETE", path=f"{ONE}/{{user_id}}", handler=here.remove, who=Who.BOTH, bucket=bucket),
        Route(method="GET", path=ONE, handler=here.who, who=Who.BOTH),
        Route(method="DELETE", path=ONE, handler=here.clear, who=Who.BOTH, bucket=bucket),
        Route(method="DELETE", path=ALL, handler=here.clear, who=Who.BOTH, bucket=bucket),
    ]
