"""Whose turn it is: start-time fair queueing between members of one speed, deficit round robin between speeds.

Start-time fair queueing: a job's start tag is where its member's previous job ended in virtual time, or the lane's
present position if that is later; the smallest tag goes first. Two members who always have jobs waiting are therefore
never further apart than one job of each, whatever the number of jobs that one of them has queued.
Deficit round robin: M. Shreedhar and G. Varghese, "Efficient Fair Queueing Using Deficit Round-Robin", 1995.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, case, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from db.jobs.rows import due
from db.jobs.values import Speed
from db.schema import flow, job, lane

ROUND: Mapping[Speed, int] = {"turbo": 8000, "fast": 4000, "relax": 1000}
"""What each speed may spend per round, in est_units, most urgent first: shares of 8 : 4 : 1."""

MODEL_LOAD_UNITS = 2000
"""A job may go first because its model is warm, if it is not further back than loading another model would take."""
MAX_SKIPS = 4
"""So often a job may be overtaken for a warm model."""
LOOK_AHEAD = 64
ORDINARY_UNITS = 1000


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The state of the round: what each speed may still spend, and whose turn it is."""

    deficits: Mapping[Speed, int]
    current: Speed


def next_turn(turn: Turn, costs: Mapping[Speed, int]) -> tuple[Speed, Turn]:
    """Choose the speed that is served next and charge it.

    costs: for each speed with a waiting job, what its first one costs (at least 1); must not be empty.
    A speed with nothing waiting loses what it had saved up.
    """
    order = list(ROUND)
    deficits = {speed: turn.deficits[speed] if speed in costs else 0 for speed in order}
    current = turn.current
    # Rounds in which nobody could afford anything are taken in one step.
    short = min(-(-max(0, costs[speed] - deficits[speed]) // ROUND[speed]) for speed in costs)
    for speed in costs:
        deficits[speed] += max(0, short - 1) * ROUND[speed]
    while current not in costs or deficits[current] < costs[current]:
        current = order[(order.index(current) + 1) % len(order)]
        if current in costs:
            deficits[current] += ROUND[current]
    deficits[current] -= costs[current]
    return current, Turn(deficits=deficits, current=current)


def enter(conn: Connection, speed: Speed, user_id: str, est_units: int) -> int:
    """Give a new job its start tag and remember where the member's next one begins."""
    mine = (flow.c.speed == speed) & (flow.c.user_id == user_id)
    finish = conn.execute(select(flow.c.finish).where(mine)).scalar()
    tag = max(position(conn, speed), finish or 0)
    if finish is None:
        conn.execute(insert(flow).values(speed=speed, user_id=user_id, finish=tag + cost(est_units)))
    else:
        conn.execute(update(flow).where(mine).values(finish=tag + cost(est_units)))
    return tag


def leave(conn: Connection, speed: Speed, user_id: str, tag: int, est_units: int) -> None:
    """Give the member's place back when a job leaves the queue without ever having been drawn."""
    floor = position(conn, speed)
    behind = (job.c.speed == speed) & (job.c.user_id == user_id) & (job.c.state == "queued") & (job.c.tag > tag)
    conn.execute(update(job).where(behind).values(tag=_larger(floor, job.c.tag - cost(est_units))))
    mine = (flow.c.speed == speed) & (flow.c.user_id == user_id)
    conn.execute(update(flow).where(mine).values(finish=_larger(floor, flow.c.finish - cost(est_units))))


def cost(est_units: int) -> int:
    """What a job counts for; one that comes without an estimate counts as an ordinary one."""
    return est_units or ORDINARY_UNITS


def position(conn: Connection, speed: Speed) -> int:
    """The lane's virtual time."""
    return int(conn.execute(select(lane.c.position).where(lane.c.speed == speed)).scalar_one())


def busy(conn: Connection, max_running: int | None) -> frozenset[str]:
    """The members who may not start another job now: so many of theirs are being drawn."""
    if max_running is None:
        return frozenset()
    full = select(job.c.user_id).where(job.c.state == "leased").group_by(job.c.user_id)
    return frozenset(conn.execute(full.having(func.count() >= max_running)).scalars())


def may_start(conn: Connection, now: int, max_running: int | None = None) -> bool:
    """Whether any job may be taken now."""
    members = busy(conn, max_running)
    return any(conn.execute(select(job.c.id).where(_waits(speed, now, members)).limit(1)).first() for speed in ROUND)


def choose(conn: Connection, now: int, warm: str | None, passed_over: Collection[str] = ()) -> str | None:
    """Choose the job that goes next and move the lanes on; None when nothing may start yet.

    passed_over: members whose jobs are not looked at
    """
    heads = {speed: _head(conn, _waits(speed, now, passed_over), position(conn, speed), warm) for speed in ROUND}
    costs = {speed: cost(head.est_units) for speed, head in heads.items() if head is not None}
    if not costs:
        return None
    speed, turn = next_turn(present_turn(conn), costs)
    for name, deficit in turn.deficits.items():
        values = {"deficit": deficit, "has_turn": int(name == turn.current)}
        conn.execute(update(lane).where(lane.c.speed == name).values(values))
    row = heads[speed]
    assert row is not None
    ahead = _waits(speed, now, passed_over) & ((job.c.tag < row.tag) | ((job.c.tag == row.tag) & (job.c.seq < row.seq)))
    conn.execute(update(job).where(ahead).values(skips=job.c.skips + 1))
    conn.execute(update(lane).where(lane.c.speed == speed).values(position=_larger(row.tag, lane.c.position)))
    return str(row.id)


def _larger(number: int, expression: ColumnElement[int]) -> ColumnElement[int]:
    return case((expression > number, expression), else_=number)


def _waits(speed: Speed, now: int, passed_over: Collection[str]) -> ColumnElement[bool]:
    ready = (job.c.state == "queued") & (job.c.speed == speed) & due(now)
    return ready & job.c.user_id.not_in(passed_over) if passed_over else ready


def _head(conn: Connection, waits: ColumnElement[bool], here: int, warm: str | None) -> Row[Any] | None:
    """The job of a lane that goes first: the smallest tag, or one close behind it whose model is warm."""
    columns: list[Column[Any]] = [job.c.id, job.c.seq, job.c.tag, job.c.est_units, job.c.model, job.c.skips]
    query = select(*columns).where(waits).order_by(job.c.tag, job.c.seq)
    if warm is None:
        return conn.execute(query.limit(1)).first()
    rows = conn.execute(query.limit(LOOK_AHEAD)).all()
    reach = here + MODEL_LOAD_UNITS
    for row in rows:
        if row.tag > reach:
            break
        if row.model == warm:
            return row
        if row.skips >= MAX_SKIPS:
            break
    return rows[0] if rows else None


def present_turn(conn: Connection) -> Turn:
    """The state of the round."""
    rows = {row.speed: row for row in conn.execute(select(lane))}
    current: Speed = next((speed for speed in ROUND if rows[speed].has_turn), "relax")
    return Turn(deficits={speed: rows[speed].deficit for speed in ROUND}, current=current)
