"""Judging a message body, the same way wherever one is sent."""

from typing import Any

from playground.body import too_large
from playground.compose import Draft
from playground.messages import V2, Message
from playground.problem import invalid
from playground.rest.route import Call
from playground.rules.message import Sent, message_rules
from playground.stage import Stage
from playground.violations import Kind


def new_draft(stage: Stage, call: Call, body: Any, flags: int) -> Draft:
    """A new message as it was sent; `flags` are those that may be set. Raises Problem 50035 or 40005."""
    return _checked(stage, call, Sent(body=body, uploads=call.body.uploads, flags=flags))


def edit_draft(stage: Stage, call: Call, body: Any, old: Message, flags: int) -> Draft:
    """An edit as it was sent, judged with what the message is already."""
    names = frozenset(a["filename"] for a in [*old.body["attachments"], *old.embedded])
    was_v2 = bool(old.flags & V2)
    sent = Sent(body=body, uploads=call.body.uploads, known_names=names, was_v2=was_v2, flags=flags)
    return _checked(stage, call, sent)


def _checked(stage: Stage, call: Call, sent: Sent) -> Draft:
    """Everything that is wrong is noted, and raised together."""
    wrongs = message_rules(sent)
    for wrong in wrongs:
        stage.violations.add(Kind.RULE, call.where, str(wrong))
    if wrongs:
        raise invalid(wrongs)
    for upload in sent.uploads:
        if len(upload.data) > stage.world.attachment_size_limit:
            stage.violations.add(Kind.RULE, call.where, f"{upload.name}: {len(upload.data)} bytes are too many")
            raise too_large()
    return Draft(body=sent.body, uploads=sent.uploads)
