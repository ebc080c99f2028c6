"""World control for tests: order faults, read the log and the violations. Only there when asked for."""

import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from playground.faults import Faults
from playground.gateway import Gateway, Op, Socket
from playground.identity import Bot
from playground.limits import Limits
from playground.permissions import Overwrite, named
from playground.rest.door import Door
from playground.settings import Bucket
from playground.snowflake import ChannelId
from playground.stage import Stage

Order = Callable[[Any], None]


class Control:
    """Everything that a test may do to the world. `apply` is the same for HTTP and for tests in this process."""

    def __init__(self, stage: Stage, gateway: Gateway, door: Door, limits: Limits, faults: Faults) -> None:
        self._stage = stage
        self._gateway = gateway
        self._door = door
        self._limits = limits
        self._faults = faults
        self._orders: dict[str, Order] = {
            "clear": self._clear,
            "rules": self._rules,
            "nonce_window_s": self._nonce_window,
            "attachment_size_limit": self._size_limit,
            "ack_deadline_s": self._ack_deadline,
            "token_life_s": self._token_life,
            "bucket": self._bucket,
            "permissions": self._permissions,
            "closed_dms": self._closed_dms,
            "drop_sockets": self._drop_sockets,
            "invalidate_sessions": self._invalidate_sessions,
            "reconnect": self._reconnect,
        }

    def apply(self, orders: dict[str, Any]) -> None:
        """Carry out orders in the order given. Raises KeyError, TypeError, ValueError or re.error for a wrong one."""
        for name, argument in orders.items():
            self._orders[name](argument)
            self._stage.log.info("world.order", order=name)

    async def faults(self, request: web.Request) -> web.Response:
        """`POST /_world/faults` with a JSON object of orders."""
        try:
            self.apply(await request.json())
        except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
            return web.json_response({"message": f"{type(error).__name__}: {error}"}, status=400)
        return web.Response(status=204)

    async def log(self, _: web.Request) -> web.Response:
        """`GET /_world/log`: what the bot asked, and how the interactions went."""
        interactions = [interaction.as_json() for interaction in self._stage.desk.newest_first()]
        return web.json_response({"requests": self._door.traffic.as_json("bot"), "interactions": interactions[::-1]})

    async def violations(self, _: web.Request) -> web.Response:
        """`GET /_world/violations`."""
        return web.json_response({"violations": self._stage.violations.as_json()})

    # -- orders -----------------------------------------------------------------

    def _clear(self, _: Any) -> None:
        """Back to peace: no rules, no permission changes, direct messages as at the start."""
        self._faults.clear()
        self._stage.world.close_dms(self._stage.settings.closed_dms)
        for channel in self._stage.world.channels.values():
            if channel.overwrites:
                channel.overwrites.clear()
                self._stage.announcer.channel_changed(channel)

    def _closed_dms(self, names: Any) -> None:
        """Names of the people who take no direct messages from the bot."""
        self._stage.world.close_dms(names)

    def _rules(self, rules: Any) -> None:
        for rule in rules:
            self._faults.add(rule)

    def _nonce_window(self, seconds: Any) -> None:
        self._stage.world.nonce_window_s = float(seconds)

    def _size_limit(self, size: Any) -> None:
        self._stage.world.attachment_size_limit = int(size)

    def _ack_deadline(self, seconds: Any) -> None:
        self._stage.desk.ack_deadline_s = float(seconds)

    def _token_life(self, seconds: Any) -> None:
        self._stage.desk.token_life_s = float(seconds)

    def _bucket(self, bucket: Any) -> None:
        self._limits.bucket = Bucket(**bucket) if bucket else None

    def _permissions(self, change: Any) -> None:
        """{"channel", "target" (default: the bot), "allow": [names], "deny": [names]}; no names: as before."""
        world = self._stage.world
        channel = world.channels[ChannelId(change["channel"])]
        target = change.get("target", world.identity.application_id)
        kind = 0 if target in (world.identity.guild_id, world.identity.bot_role_id, world.identity.admin_role_id) else 1
        allow, deny = named(change.get("allow", [])), named(change.get("deny", []))
        channel.overwrites.pop(target, None)
        if allow or deny:
            channel.overwrites[target] = Overwrite(target=target, kind=kind, allow=allow, deny=deny)
        self._stage.announcer.channel_changed(channel)

    def _drop_sockets(self, who: Any) -> None:
        for socket in self._sockets(who):
            socket.drop()

    def _invalidate_sessions(self, who: Any) -> None:
        for socket in self._sockets(who):
            socket.forget_session()

    def _reconnect(self, who: Any) -> None:
        for socket in self._sockets(who):
            socket.say(Op.RECONNECT, None)

    def _sockets(self, who: Any) -> list[Socket]:
        """Sockets of "bot", of a person's name, or of all (true)."""
        found = []
        for socket in list(self._gateway.sockets):
            actor = socket.session.actor if socket.session else None
            is_meant = who is True or (actor is not None and who == ("bot" if isinstance(actor, Bot) else actor.name))
            found += [socket] if is_meant else []
        return found
