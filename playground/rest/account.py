"""Who the caller is, and where the gateway is."""

from playground import objects, problem
from playground.rest.route import Answer, Call, Route, Who
from playground.stage import Stage

SESSION_STARTS = 1000  # IDENTIFYs a day; topics/gateway in Discord's documentation


def routes(stage: Stage) -> list[Route]:
    def me(call: Call) -> Answer:
        return Answer(json=objects.myself(call.sender))

    def somebody(call: Call) -> Answer:
        actor = stage.world.actor(call.args["user_id"])
        if actor is None:
            raise problem.unknown_user()
        return Answer(json=objects.user(actor))

    def application(_: Call) -> Answer:
        return Answer(json=objects.application(stage.world))

    def gateway(_: Call) -> Answer:
        return Answer(json={"url": stage.gateway_url})

    def gateway_for_bots(_: Call) -> Answer:
        limit = {"total": SESSION_STARTS, "remaining": SESSION_STARTS, "reset_after": 0, "max_concurrency": 1}
        return Answer(json={"url": stage.gateway_url, "shards": 1, "session_start_limit": limit})

    return [
        Route(method="GET", path="/users/@me", handler=me, who=Who.BOTH),
        Route(method="GET", path="/users/{user_id}", handler=somebody, who=Who.BOTH),
        Route(method="GET", path="/oauth2/applications/@me", handler=application),
        Route(method="GET", path="/applications/@me", handler=application),
        Route(method="GET", path="/gateway", handler=gateway, who=Who.TOKEN),
        Route(method="GET", path="/gateway/bot", handler=gateway_for_bots),
    ]
