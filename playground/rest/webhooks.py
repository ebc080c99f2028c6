"""What can be done with an interaction's token for 15 minutes: follow up, read, edit and delete."""

from playground import problem
from playground.interactions import Interaction, State
from playground.messages import LOADING, Message
from playground.rest.checks import edit_draft, new_draft
from playground.rest.replies import REPLY_FLAGS, belongs, frame
from playground.rest.route import NOTHING, Answer, Call, Route, Who
from playground.rules.callback import AUTOCOMPLETE
from playground.stage import Stage
from playground.violations import Kind

HOOK = "/webhooks/{application_id}/{token}"
ORIGINAL = HOOK + "/messages/@original"
ONE = HOOK + "/messages/{message_id}"


class Webhooks:
    """The handlers."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def follow_up(self, call: Call) -> Answer:
        """Another message; right after a deferral it takes the place of "thinking" instead."""
        interaction = self._answered(call)
        original = self._stage.world.messages.get(interaction.original or "")
        if original is not None and original.flags & LOADING:
            return self._edit(call, original)
        draft = new_draft(self._stage, call, call.json, REPLY_FLAGS)
        flags = (draft.body.get("flags") or 0) & REPLY_FLAGS
        return self._shown(self._stage.add(frame(self._stage, interaction, flags, followup=True), draft))

    def read(self, call: Call) -> Answer:
        return self._shown(self._message(call))

    def edit(self, call: Call) -> Answer:
        return self._edit(call, self._message(call))

    def delete(self, call: Call) -> Answer:
        self._stage.delete(self._message(call))
        return NOTHING

    def _interaction(self, call: Call) -> Interaction:
        if call.args["application_id"] != self._stage.world.identity.application_id:
            raise problem.unknown_webhook()
        interaction = self._stage.desk.by_token(call.args["token"])
        if interaction is None:
            raise problem.unknown_webhook()
        if self._stage.desk.is_dead(interaction):
            self._stage.violations.add(Kind.DEADLINE, call.where, "the token of the interaction has run out")
            raise problem.dead_token()
        return interaction

    def _answered(self, call: Call) -> Interaction:
        """Before the first answer the webhook does not exist."""
        interaction = self._interaction(call)
        if interaction.state is not State.ANSWERED or interaction.kind == AUTOCOMPLETE:
            self._stage.violations.add(Kind.STATE, call.where, "used before the first answer, or after autocomplete")
            raise problem.unknown_webhook()
        return interaction

    def _message(self, call: Call) -> Message:
        interaction = self._answered(call)
        wanted = call.args.get("message_id") or interaction.original or ""
        message = self._stage.world.messages.get(wanted)
        if message is None or not belongs(message, interaction):
            raise problem.unknown_message()
        return message

    def _edit(self, call: Call, old: Message) -> Answer:
        draft = edit_draft(self._stage, call, call.json, old, REPLY_FLAGS)  # what cannot change any more is ignored
        return self._shown(self._stage.edit(old, draft))

    def _shown(self, message: Message) -> Answer:
        return Answer(json=self._stage.announcer.shown(message))


def routes(stage: Stage) -> list[Route]:
    hooks = Webhooks(stage)
    bucket = "interaction-webhook"
    return [
        Route(method="POST", path=HOOK, handler=hooks.follow_up, who=Who.TOKEN, bucket=bucket),
        *(
            Route(method=method, path=path, handler=handler, who=Who.TOKEN, bucket=bucket)
            for path in (ORIGINAL, ONE)
            for method, handler in (("GET", hooks.read), ("PATCH", hooks.edit), ("DELETE", hooks.delete))
        ),
    ]
