"""Judging a message body, the same way wherever one is sent."""

from typing import Any

from playground.body import too_large
from playground.compose import Draft
from playground.identity import Person
from playground.messages import V2, Message
from playground.problem import invalid
from playground.rest.route import Call
from playground.rules.message import Sent, message_rules
from playground.stage import Stage
from playground.uploads import FileFacts
from playground.violations import Kind


def new_draft(stage: Stage, call: Call, body: Any, flags: int) -> Draft:
    """A new message as it was sent; `flags` are those that may be set. Raises Problem 50035 or 40005."""
    files = (*(upload.facts for upload in call.body.uploads), *_from_slots(stage, call, body))
    return _checked(stage, call, Sent(body=body, files=files, flags=flags))


def edit_draft(stage: Stage, call: Call, body: Any, old: Message, flags: int) -> Draft:
    """An edit as it was sent, judged with what the message is already."""
    names = frozenset(a["filename"] for a in [*old.body["attachments"], *old.embedded])
    was_v2 = bool(old.flags & V2)
    files = tuple(upload.facts for upload in call.body.uploads)
    sent = Sent(body=body, files=files, known_names=names, was_v2=was_v2, flags=flags)
    return _checked(stage, call, sent)


def _from_slots(stage: Stage, call: Call, body: Any) -> tuple[FileFacts, ...]:
    """Files that a person's client has uploaded before."""
    notes = body.get("attachments") if isinstance(body, dict) else None
    return stage.slots.filled(call.actor, notes) if isinstance(call.actor, Person) else ()


def _checked(stage: Stage, call: Call, sent: Sent) -> Draft:
    """Everything that is wrong is noted, and raised together."""
    wrongs = message_rules(sent)
    for wrong in wrongs:
        stage.violations.add(Kind.RULE, call.where, str(wrong))
    if wrongs:
        raise invalid(wrongs)
    for file in sent.files:
        if file.length > stage.world.attachment_size_limit:
            stage.violations.add(Kind.RULE, call.where, f"{file.name}: {file.length} bytes are too many")
            raise too_large()
    return Draft(body=sent.body, files=sent.files)
