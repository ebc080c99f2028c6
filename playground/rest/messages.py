"""Messages in channels: list, read, write, edit and delete."""

import time
from collections.abc import Mapping

from playground import problem
from playground.compose import EDITABLE_FLAGS, ORDINARY, REPLY, Frame
from playground.identity import Actor, Bot
from playground.messages import SILENT, SUPPRESS_EMBEDS, V2, Message
from playground.permissions import Permission
from playground.problem import Problem, refuse
from playground.rest.checks import edit_draft, new_draft
from playground.rest.route import NOTHING, Answer, Call, Route, Who
from playground.snowflake import ChannelId, Json, is_snowflake
from playground.stage import Stage
from playground.world import Channel

FLAGS = SUPPRESS_EMBEDS | SILENT | V2
MOST_LISTED = 100
LIST = "/channels/{channel_id}/messages"
ONE = "/channels/{channel_id}/messages/{message_id}"


class Nonces:
    """Remembers for some minutes which message a nonce stood on, so that a repeat makes no second one."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, str], tuple[float, Message]] = {}

    def find(self, key: tuple[str, str, str], window_s: float) -> Message | None:
        at, message = self._seen.get(key, (0.0, None))
        return message if message and time.monotonic() - at < window_s else None

    def note(self, key: tuple[str, str, str], message: Message, window_s: float) -> None:
        edge = time.monotonic() - window_s
        for old in [k for k, (at, _) in self._seen.items() if at < edge]:
            del self._seen[old]
        self._seen[key] = (time.monotonic(), message)


class Messages:
    """The handlers."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._nonces = Nonces()

    def page(self, call: Call) -> Answer:
        """Newest first; without READ_MESSAGE_HISTORY there is nothing to read."""
        channel = self._stage.channel(call.sender, call.args["channel_id"])
        if not self._may(call.sender, channel, Permission.READ_MESSAGE_HISTORY):
            return Answer(json=[])
        found = self._found(channel.id, call.query)
        return Answer(json=[self._stage.announcer.listed(message, call.sender) for message in found])

    def one(self, call: Call) -> Answer:
        self._stage.channel(call.sender, call.args["channel_id"], Permission.READ_MESSAGE_HISTORY)
        return Answer(json=self._stage.announcer.listed(self._message(call), call.sender))

    def create(self, call: Call) -> Answer:
        """Write a message; a nonce that was used a moment ago answers with the message it made then."""
        channel = self._stage.channel(call.sender, call.args["channel_id"], self._needed(call))
        self._refuse_if_closed(call.sender, channel)
        draft = new_draft(self._stage, call, call.json, FLAGS)
        body, nonce = draft.body, draft.body.get("nonce")
        key = (channel.id, call.sender.id, str(nonce))
        if nonce is not None and body.get("enforce_nonce"):
            earlier = self._nonces.find(key, self._stage.world.nonce_window_s)
            if earlier is not None:
                self._stage.shelf.discard([u.id for u in call.body.uploads], after_s=0)
                newest = self._stage.world.messages.get(earlier.id) or earlier
                return Answer(json={**self._stage.announcer.shown(newest), "nonce": nonce})
        frame = self._frame(call, channel, body)
        message = self._stage.add(frame, draft, nonce)
        self._stage.slots.kept(draft.files)
        if nonce is not None:
            self._nonces.note(key, message, self._stage.world.nonce_window_s)
        shown = self._stage.announcer.shown(message, call.sender)
        return Answer(json=shown if nonce is None else {**shown, "nonce": nonce})

    def edit(self, call: Call) -> Answer:
        """Change an own message."""
        files = Permission.ATTACH_FILES if call.body.uploads else 0
        self._stage.channel(call.sender, call.args["channel_id"], files)
        old = self._message(call)
        if old.author_id != call.sender.id:
            raise Problem(403, 50005, "Cannot edit a message authored by another user")
        message = self._stage.edit(old, edit_draft(self._stage, call, call.json, old, EDITABLE_FLAGS))
        return Answer(json=self._stage.announcer.shown(message, call.sender))

    def delete(self, call: Call) -> Answer:
        """Delete an own message, or with MANAGE_MESSAGES any."""
        channel = self._stage.channel(call.sender, call.args["channel_id"])
        message = self._message(call)
        if message.author_id != call.sender.id and not self._may(call.sender, channel, Permission.MANAGE_MESSAGES):
            raise problem.missing_permissions()
        self._stage.delete(message)
        return NOTHING

    def _refuse_if_closed(self, sender: Actor, channel: Channel) -> None:
        """People who take no direct messages are found out only by writing to them."""
        if isinstance(sender, Bot) and channel.person is not None and channel.person.id in self._stage.world.closed:
            raise Problem(403, 50007, "Cannot send messages to this user")

    def _may(self, actor: Actor, channel: Channel, needed: Permission) -> bool:
        return bool(self._stage.world.permissions(actor, channel) & needed)

    def _needed(self, call: Call) -> int:
        needed = int(Permission.SEND_MESSAGES)
        if call.body.uploads or (isinstance(call.json, dict) and call.json.get("attachments")):
            needed |= Permission.ATTACH_FILES
        if isinstance(call.json, dict) and call.json.get("embeds"):
            needed |= Permission.EMBED_LINKS
        return needed

    def _message(self, call: Call) -> Message:
        message = self._stage.world.messages.get(call.args["message_id"])
        if message is None or message.seen_by or message.channel_id != call.args["channel_id"]:
            raise problem.unknown_message()
        return message

    def _found(self, channel_id: ChannelId, query: Mapping[str, str]) -> list[Message]:
        limit_text = query.get("limit", "50")
        if not limit_text.isdecimal() or not 1 <= int(limit_text) <= MOST_LISTED:
            raise refuse("limit", f"int value should be between 1 and {MOST_LISTED}.")
        marks = {key: query[key] for key in ("around", "before", "after") if key in query}
        if any(not is_snowflake(mark) for mark in marks.values()):
            raise refuse(next(iter(marks)), "Value is not snowflake.")
        book, limit = self._stage.world.messages, int(limit_text)
        if "around" in marks:
            return book.around(channel_id, int(marks["around"]), limit)
        if "after" in marks:
            return book.after(channel_id, int(marks["after"]), limit)
        return book.before(channel_id, int(marks["before"]) if "before" in marks else None, limit)

    def _frame(self, call: Call, channel: Channel, body: Json) -> Frame:
        reference = self._reference(call, channel, body.get("message_reference"))
        application = {"application_id": call.sender.id} if isinstance(call.sender, Bot) else {}
        return Frame(
            channel_id=channel.id,
            author=call.sender,
            kind=REPLY if reference else ORDINARY,
            flags=(body.get("flags") or 0) & FLAGS,
            more={**application, **({"message_reference": reference} if reference else {})},
        )

    def _reference(self, call: Call, channel: Channel, asked: Json | None) -> Json | None:
        """The message that is replied to; a vanished one is an error unless the body says otherwise."""
        if not asked:
            return None
        if asked.get("type"):
            raise problem.absent("forwarded messages")
        if not self._may(call.sender, channel, Permission.READ_MESSAGE_HISTORY):
            raise Problem(400, 160002, "Cannot reply without permission to read message history")
        original = self._stage.world.messages.get(str(asked.get("message_id")))
        if original is None or original.seen_by or original.channel_id != channel.id:
            if asked.get("fail_if_not_exists") is False:
                return None
            raise refuse("message_reference", "Unknown message")
        return reference_to(original, self._stage)


def reference_to(message: Message, stage: Stage) -> Json:
    """The `message_reference` of a reply."""
    guild = stage.world.guild_of(message.channel_id)
    return {"type": 0, "channel_id": message.channel_id, "message_id": message.id, **guild}


def routes(stage: Stage) -> list[Route]:
    messages = Messages(stage)
    return [
        Route(method="GET", path=LIST, handler=messages.page, who=Who.BOTH),
        Route(method="POST", path=LIST, handler=messages.create, who=Who.BOTH, bucket="message-create"),
        Route(method="GET", path=ONE, handler=messages.one, who=Who.BOTH),
        Route(method="PATCH", path=ONE, handler=messages.edit, who=Who.BOTH, bucket="message-edit"),
        Route(method="DELETE", path=ONE, handler=messages.delete, who=Who.BOTH),
    ]
