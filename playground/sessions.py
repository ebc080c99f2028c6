"""Gateway sessions: numbered events for one bot or person, kept for a while so that a dropped socket can resume."""

import asyncio
import json
import secrets
import time
from collections import deque
from typing import Any

from playground.identity import Actor, Bot

BACKLOG = 1000  # events that a resuming client may have missed


class Session:
    """One IDENTIFY. Events are numbered here; a socket takes them from `outbox` while there is one."""

    def __init__(self, actor: Actor, intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.actor = actor
        self.intents = intents
        self.seq = 0
        self.left_at: float | None = None  # when its socket went
        self.outbox: asyncio.Queue[str] | None = None
        self._backlog: deque[tuple[int, str]] = deque(maxlen=BACKLOG)

    def dispatch(self, event: str, data: str) -> None:
        """Number an event and send it as soon as a socket takes it; `data` is JSON already."""
        self.seq += 1
        frame = f'{{"op":0,"t":"{event}","s":{self.seq},"d":{data}}}'
        self._backlog.append((self.seq, frame))
        if self.outbox is not None:
            self.outbox.put_nowait(frame)

    def missed(self, seq: int) -> list[str] | None:
        """Frames after a number; None when some of them are not kept any more, or the number was never given."""
        oldest = self._backlog[0][0] if self._backlog else self.seq + 1
        if not oldest - 1 <= seq <= self.seq:
            return None
        return [frame for number, frame in self._backlog if number > seq]


class Sessions:
    """All sessions that are open or can be resumed."""

    def __init__(self, life_s: float) -> None:
        self._life_s = life_s
        self._sessions: dict[str, Session] = {}

    def open(self, actor: Actor, intents: int) -> Session:
        self._forget_old()
        session = Session(actor, intents)
        self._sessions[session.id] = session
        return session

    def find(self, session_id: str, actor: Actor) -> Session | None:
        """A session of this actor that can still be resumed."""
        self._forget_old()
        session = self._sessions.get(session_id)
        return session if session and session.actor == actor else None

    def end(self, session: Session) -> None:
        self._sessions.pop(session.id, None)

    def of_people(self) -> list[Session]:
        return [s for s in self._sessions.values() if not isinstance(s.actor, Bot)]

    def of(self, actor: Actor) -> list[Session]:
        return [s for s in self._sessions.values() if s.actor == actor]

    def _forget_old(self) -> None:
        edge = time.monotonic() - self._life_s
        for session in list(self._sessions.values()):
            if session.left_at is not None and session.left_at < edge:
                del self._sessions[session.id]


def encoded(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"))
