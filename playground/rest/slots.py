"""Upload slots for people's files."""

from playground.identity import Person
from playground.permissions import Permission
from playground.problem import refuse
from playground.rest.route import Answer, Call, Route, Who
from playground.stage import Stage


def routes(stage: Stage) -> list[Route]:
    def offer(call: Call) -> Answer:
        stage.channel(call.sender, call.args["channel_id"], Permission.ATTACH_FILES)
        assert isinstance(call.sender, Person)
        if not isinstance(call.json, dict):
            raise refuse("files", "This field is required")
        largest = stage.world.attachment_size_limit
        return Answer(json={"attachments": stage.slots.offered(call.sender, call.json.get("files"), largest)})

    return [Route(method="POST", path="/channels/{channel_id}/attachments", handler=offer, who=Who.PERSON)]
