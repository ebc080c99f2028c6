"""How often progress may be shown: one edit per message in 3 s, one per channel in 2 s."""

import asyncio

PER_MESSAGE_S = 3.0
PER_CHANNEL_S = 2.0
FORGET_AFTER_S = 60.0


class Pace:
    """Hands out moments for progress edits; results never ask."""

    def __init__(self, *, per_message_s: float = PER_MESSAGE_S, per_channel_s: float = PER_CHANNEL_S) -> None:
        self._gaps = {"channel": per_channel_s, "message": per_message_s}
        self._next: dict[tuple[str, str], float] = {}

    async def wait(self, channel_id: str, message_id: str) -> None:
        """Return when this message in this channel may be edited."""
        loop = asyncio.get_running_loop()
        keys = (("channel", channel_id), ("message", message_id))
        moment = max(loop.time(), *(self._next.get(key, 0.0) for key in keys))
        for key in keys:
            self._next[key] = moment + self._gaps[key[0]]
        self._forget(loop.time())
        await asyncio.sleep(max(0.0, moment - loop.time()))

    def _forget(self, now: float) -> None:
        for key in [key for key, moment in self._next.items() if moment < now - FORGET_AFTER_S]:
            del self._next[key]
