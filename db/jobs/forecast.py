"""When waiting jobs will begin: the queue played through as it will be served, at the pace that was measured lately."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Connection, func, select

from db.jobs.turns import ROUND, Turn, cost, next_turn, present_turn
from db.jobs.values import Outlook, Speed
from db.schema import job, job_event

LATELY = 256
"""How many jobs back measurements count."""
ENOUGH = 32
"""Of one kind; the newest."""
FARTHEST = 500
"""So many starts are looked ahead."""
OVERDUE = 0.1
"""The share of its time that a job is thought to need still when it should have been done."""

Paces = Mapping[tuple[str, str], float]
"""Milliseconds per unit of estimated work, by model and action; the action "" stands for all of a model's."""


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    id: str
    user_id: str
    est_units: int
    takes_ms: float | None
    not_before: int


def paces(conn: Connection) -> Paces:
    """How fast each kind of job was drawn lately, as medians; what was never measured is not in it."""
    newest = select(func.max(job.c.seq)).scalar_subquery()
    drawn = (
        select(job.c.model, job.c.action, job.c.est_units, (job_event.c.at - job.c.started_at).label("ms"))
        .join_from(job, job_event, (job_event.c.job_id == job.c.id) & (job_event.c.what == "rendered"))
        .where(job.c.seq > newest - LATELY, job.c.started_at.is_not(None))
        .order_by(job.c.seq.desc())
    )
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for row in conn.execute(drawn):
        for kind in ((row.model, row.action), (row.model, "")):
            found[kind].append(max(row.ms, 1) / cost(row.est_units))
    return {kind: median(measured[:ENOUGH]) for kind, measured in found.items()}


def outlooks(conn: Connection, now: int, painters: int, max_running: int) -> dict[str, Outlook]:
    """What the waiting jobs can expect, in the order of their starts; jobs that nobody can foresee are missing.

    painters: how many draw at the same time; with none, only places are known
    """
    measured = paces(conn)
    running = _running(conn, now, measured)
    seen: dict[str, Outlook] = {}
    starts = _starts(_lanes(conn, measured), running, present_turn(conn), (max(painters, 1), max_running), now)
    for place, (waiting, at_ms) in enumerate(starts):
        known = at_ms is not None and painters > 0
        seen[waiting.id] = Outlook(ahead=len(running) + place, starts_in_ms=round(at_ms or 0) if known else None)
        if place == FARTHEST:
            break
    return seen


def _takes(row: Any, measured: Paces) -> float | None:
    pace = measured.get((row.model, row.action), measured.get((row.model, "")))
    return None if pace is None else pace * cost(row.est_units)


def _running(conn: Connection, now: int, measured: Paces) -> list[tuple[float | None, str]]:
    """For each job in a painter's hands, the milliseconds that it needs still, and whose it is."""
    columns = (job.c.user_id, job.c.model, job.c.action, job.c.est_units, job.c.started_at, job.c.lease_started)
    found = []
    for row in conn.execute(select(*columns).where(job.c.state == "leased")):
        takes = _takes(row, measured)
        spent = now - row.started_at if row.lease_started else 0
        found.append((None if takes is None else max(takes - spent, takes * OVERDUE), str(row.user_id)))
    return found


def _lanes(conn: Connection, measured: Paces) -> dict[Speed, list[_Waiting]]:
    """The waiting jobs of each speed in their order."""
    columns = (job.c.id, job.c.user_id, job.c.model, job.c.action, job.c.est_units, job.c.not_before)
    lanes: dict[Speed, list[_Waiting]] = {}
    for speed in ROUND:
        queued = select(*columns).where(job.c.state == "queued", job.c.speed == speed)
        lanes[speed] = [
            _Waiting(
                id=row.id,
                user_id=row.user_id,
                est_units=row.est_units,
                takes_ms=_takes(row, measured),
                not_before=row.not_before,
            )
            for row in conn.execute(queued.order_by(job.c.tag, job.c.seq).limit(FARTHEST))
        ]
    return lanes


def _starts(
    lanes: Mapping[Speed, list[_Waiting]],
    running: list[tuple[float | None, str]],
    turn: Turn,
    limits: tuple[int, int],
    now: int,
) -> Iterator[tuple[_Waiting, float | None]]:
    """Play the queue through: who starts, and in how many milliseconds; None once something unmeasured comes before.

    limits: painters, and jobs of one member at a time
    """
    painters, max_running = limits
    blind = any(left is None for left, _ in running)
    ends = [(left or 0.0, user) for left, user in running]
    heapq.heapify(ends)
    busy = Counter(user for _, user in running)
    at_ms = 0.0
    while True:
        heads = {
            speed: head
            for speed, lane in lanes.items()
            if (head := _head(lane, busy, max_running, now + at_ms)) is not None
        }
        if len(ends) < painters and heads:
            speed, turn = next_turn(turn, {name: cost(head.est_units) for name, head in heads.items()})
            head = heads[speed]
            lanes[speed].remove(head)
            yield head, None if blind else at_ms
            blind |= head.takes_ms is None
            busy[head.user_id] += 1
            heapq.heappush(ends, (at_ms + (head.takes_ms or 0.0), head.user_id))
        elif ends:
            at_ms, user = heapq.heappop(ends)
            busy[user] -= 1
        else:
            return


def _head(lane: list[_Waiting], busy: Counter[str], max_running: int, now: float) -> _Waiting | None:
    return next((one for one in lane if busy[one.user_id] < max_running and one.not_before <= now), None)
