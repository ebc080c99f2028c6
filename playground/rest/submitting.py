"""A person sends a modal."""

from playground.forms import filled
from playground.interactions import Interaction, State
from playground.problem import refuse
from playground.rest.sender import Asked, Sender
from playground.stage import Stage


class Submitting:
    """Checks and passes on."""

    def __init__(self, stage: Stage, sender: Sender) -> None:
        self._stage = stage
        self._sender = sender

    def modal(self, asked: Asked) -> None:
        """Raises Problem 50035 for a modal that is not open, or is not filled in as it asks."""
        opener = self._opener(asked)
        assert opener.modal is not None
        files = self._stage.slots.handed(asked.person, asked.data.get("attachments"), asked.uploads)
        data = filled(self._stage, opener.modal, asked.data.get("components"), files)
        submitted = self._sender.opened(asked, pressed=opener.modal["custom_id"], source=opener.source, opener=opener)
        opener.submitted = submitted
        message = self._stage.world.messages.get(opener.source or "")
        self._sender.send(submitted, data, message)

    def _opener(self, asked: Asked) -> Interaction:
        """The interaction that was answered with this modal."""
        opener = self._stage.desk.by_id(str(asked.data.get("id")))
        if opener is None or opener.modal is None or opener.person != asked.person or _is_taken(opener):
            raise refuse("data/id", "This form is not open any more.")
        if opener.modal["custom_id"] != asked.data.get("custom_id") or opener.channel_id != asked.channel.id:
            raise refuse("data/custom_id", "This is another form.")
        return opener


def _is_taken(opener: Interaction) -> bool:
    """Whether the bot has taken the modal already; if it did not answer, it may be sent again."""
    return opener.submitted is not None and opener.submitted.state is not State.FAILED
