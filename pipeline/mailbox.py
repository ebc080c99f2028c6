"""Events on their way from a painter to whoever reads them, however slowly."""

import asyncio
from collections import deque

from pipeline.events import Event, Loading, Preview, Progress

_ONLY_THE_NEWEST: tuple[type[Event], ...] = (Loading, Preview, Progress)


class Mailbox:
    """Keeps events in order; of previews, progress and loading only the newest that nobody has read yet."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._arrived = asyncio.Event()

    def put(self, event: Event) -> None:
        if isinstance(event, _ONLY_THE_NEWEST):
            self._events = deque(old for old in self._events if type(old) is not type(event))
        self._events.append(event)
        self._arrived.set()

    async def get(self) -> Event:
        """Wait for the oldest event that has not been read."""
        while not self._events:
            self._arrived.clear()
            await self._arrived.wait()
        return self._events.popleft()

    def __len__(self) -> int:
        return len(self._events)
