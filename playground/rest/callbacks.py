"""The bot's first answer to an interaction."""

from collections.abc import Callable

from playground import objects, problem
from playground.components import completed
from playground.compose import Draft
from playground.interactions import Interaction, State
from playground.messages import EPHEMERAL, LOADING, Message
from playground.problem import Wrong, invalid
from playground.rest.checks import edit_draft, new_draft
from playground.rest.replies import REPLY_FLAGS, frame
from playground.rest.route import NOTHING, Answer, Call, Route, Who
from playground.rules import callback as rule
from playground.rules.modal import modal_rules
from playground.stage import Stage
from playground.violations import Kind

PATH = "/interactions/{interaction_id}/{token}/callback"
UNLIKE_MESSAGES = (rule.SUGGESTIONS, rule.MODAL)  # they have events of their own instead of INTERACTION_SUCCESS


class Callbacks:
    """The handler, and one method per kind of answer."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._kinds: dict[int, Callable[[Call, Interaction], Message | None]] = {
            rule.MESSAGE: self._message,
            rule.DEFERRED_MESSAGE: self._deferred,
            rule.DEFERRED_UPDATE: self._deferred_update,
            rule.UPDATE: self._update,
            rule.SUGGESTIONS: self._suggestions,
            rule.MODAL: self._modal,
        }

    def answer(self, call: Call) -> Answer:
        """Take the one answer; a second is 40060, a late or unknown one 10062."""
        interaction = self._waiting(call)
        kind = self._kind(call, interaction)
        if kind not in self._kinds:
            raise problem.absent(f"callbacks of type {kind}")
        message = self._kinds[kind](call, interaction)
        self._stage.desk.answered(interaction, kind, message)
        if kind not in UNLIKE_MESSAGES:
            ids = {"id": interaction.id, "nonce": interaction.nonce}
            self._stage.announcer.to_person(interaction.person, "INTERACTION_SUCCESS", ids)
        if call.query.get("with_response") not in ("1", "true", "True"):
            return NOTHING
        return Answer(json=self._described(interaction, kind, message))

    def _waiting(self, call: Call) -> Interaction:
        interaction = self._stage.desk.find(call.args["interaction_id"], call.args["token"])
        if interaction is None:
            raise problem.unknown_interaction()
        if interaction.state is State.FAILED:
            self._stage.violations.add(Kind.DEADLINE, call.where, "the first answer came too late")
            raise problem.unknown_interaction()
        if interaction.state is State.ANSWERED:
            self._stage.violations.add(Kind.STATE, call.where, "answered a second time")
            raise problem.already_acknowledged()
        return interaction

    def _kind(self, call: Call, interaction: Interaction) -> int:
        body = call.json
        if not isinstance(body, dict) or not isinstance(body.get("type"), int):
            raise invalid([Wrong(at=("type",), message="This field is required.")])
        if not isinstance(body.get("data") or {}, dict):
            raise invalid([Wrong(at=("data",), message="Only dictionaries may be used here.")])
        wrongs = rule.callback_rules(body, interaction.kind, on_message=interaction.source is not None)
        self._refuse(call, Kind.STATE, wrongs)
        return int(body["type"])

    def _refuse(self, call: Call, kind: Kind, wrongs: list[Wrong]) -> None:
        """Note and raise all faults, if there are any."""
        for wrong in wrongs:
            self._stage.violations.add(kind, call.where, str(wrong))
        if wrongs:
            raise invalid(wrongs)

    def _message(self, call: Call, interaction: Interaction) -> Message:
        data = call.json.get("data") or {}
        draft = new_draft(self._stage, call, data, REPLY_FLAGS)
        shape = frame(self._stage, interaction, (data.get("flags") or 0) & REPLY_FLAGS)
        return self._stage.add(shape, draft, interaction.nonce)

    def _deferred(self, call: Call, interaction: Interaction) -> Message:
        """A placeholder that says "thinking" until it is edited."""
        flags = ((call.json.get("data") or {}).get("flags") or 0) & EPHEMERAL
        return self._stage.add(frame(self._stage, interaction, flags | LOADING), Draft(body={}), interaction.nonce)

    def _deferred_update(self, _: Call, interaction: Interaction) -> Message | None:
        return self._stage.world.messages.get(interaction.source or "")

    def _update(self, call: Call, interaction: Interaction) -> Message:
        old = self._stage.world.messages.get(interaction.source or "")
        if old is None:
            raise problem.unknown_message()
        data = call.json.get("data") or {}
        return self._stage.edit(old, edit_draft(self._stage, call, data, old, REPLY_FLAGS))

    def _suggestions(self, call: Call, interaction: Interaction) -> None:
        """Choices for the option that the person is typing; only they see them."""
        data = call.json.get("data") or {}
        self._refuse(call, Kind.RULE, rule.choice_rules(data, interaction.focused or {"type": 3}))
        shown = {"choices": [choice for choice in data.get("choices") or [] if choice], "nonce": interaction.nonce}
        self._stage.announcer.to_person(interaction.person, "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", shown)

    def _modal(self, call: Call, interaction: Interaction) -> None:
        """A form that opens at the person who asked."""
        data = call.json.get("data")
        self._refuse(call, Kind.RULE, modal_rules(data))
        interaction.modal = {**data, "components": completed(data["components"])}
        shown = {
            "id": interaction.id,
            "channel_id": interaction.channel_id,
            "custom_id": data["custom_id"],
            "title": data["title"],
            "components": interaction.modal["components"],
            "application": objects.application_in_short(self._stage.world),
            "nonce": interaction.nonce,
        }
        self._stage.announcer.to_person(interaction.person, "INTERACTION_MODAL_CREATE", shown)

    def _described(self, interaction: Interaction, kind: int, message: Message | None) -> dict[str, object]:
        about: dict[str, object] = {"id": interaction.id, "type": interaction.kind}
        if message is not None:
            about["response_message_id"] = message.id
            about["response_message_loading"] = bool(message.flags & LOADING)
            about["response_message_ephemeral"] = bool(message.flags & EPHEMERAL)
        if message is None or kind not in (rule.MESSAGE, rule.UPDATE):
            return {"interaction": about}
        shown = self._stage.announcer.shown(message)
        return {"interaction": about, "resource": {"type": kind, "message": shown}}


def routes(stage: Stage) -> list[Route]:
    return [Route(method="POST", path=PATH, handler=Callbacks(stage).answer, who=Who.TOKEN)]
