"""A person presses a button or chooses from a select."""

from playground import problem
from playground.components import BUTTON, LINK_STYLES, SELECTS, find
from playground.found import Found
from playground.problem import refuse
from playground.rest.sender import Asked, Sender
from playground.snowflake import Json
from playground.stage import Stage


class Pressing:
    """Checks and passes on."""

    def __init__(self, stage: Stage, sender: Sender) -> None:
        self._stage = stage
        self._sender = sender

    def component(self, asked: Asked) -> None:
        """Raises Problem 10008 or 50035 for a press that Discord would not pass on."""
        message = self._stage.world.messages.get(str(asked.body.get("message_id")))
        if message is None or message.channel_id != asked.channel.id or message.seen_by not in (None, asked.person.id):
            raise problem.unknown_message()
        component = self._component(message.body["components"], asked.data)
        sent: Json = {"custom_id": component["custom_id"], "component_type": component["type"], "id": component["id"]}
        if component["type"] in SELECTS:
            found = Found(self._stage, {})
            sent["values"] = found.chosen(component, asked.data.get("values"), "data/values")
            sent |= {"resolved": found.resolved} if found.resolved else {}
        elif component["type"] != BUTTON:
            raise problem.absent(f"components of type {component['type']}")
        pressed = self._sender.opened(asked, pressed=component["custom_id"], source=message.id)
        self._sender.send(pressed, sent, message)

    def _component(self, components: list[Json], data: Json) -> Json:
        component = find(components, str(data.get("custom_id")))
        if (
            component is None
            or component["type"] != data.get("component_type")
            or component.get("style") in LINK_STYLES
        ):
            raise refuse("data/custom_id", "Component validation failed")
        if component.get("disabled"):
            raise refuse("data/custom_id", "This component is disabled.")
        return component
