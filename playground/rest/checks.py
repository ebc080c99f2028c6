"""Judging a message body, the same way wherever one is sent."""

from collections.abc import Sequence

from playground.body import too_large
from playground.messages import Message
from playground.problem import Wrong, invalid
from playground.rest.route import Call
from playground.rules.message import Sent, message_rules
from playground.stage import Stage
from playground.violations import Kind


def checked(stage: Stage, call: Call, sent: Sent, more: Sequence[Wrong]) -> None:
    """Raise Problem 50035 for everything that is wrong, 40005 for a file over the limit; both are noted."""
    wrongs = [*message_rules(sent), *more]
    where = call.where
    for wrong in wrongs:
        stage.violations.add(Kind.RULE, where, str(wrong))
    if wrongs:
        raise invalid(wrongs)
    for upload in sent.uploads:
        if len(upload.data) > stage.world.attachment_size_limit:
            stage.violations.add(Kind.RULE, where, f"{upload.name}: {len(upload.data)} bytes are too many")
            raise too_large()


def known_names(old: Message) -> frozenset[str]:
    """Names of the files that a message has already."""
    return frozenset(a["filename"] for a in [*old.body["attachments"], *old.embedded])
