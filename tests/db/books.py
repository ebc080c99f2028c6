"""The ledger once more, as plain Python without a database: it says what every order must lead to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

DAY = 86_400_000

Answer = bool | int | str | tuple[int, int] | None


class Refused(Exception):
    """The order must be refused, and nothing may have changed."""


@dataclass
class Lot:
    """Some credits of one origin."""

    expires_at: int | None
    posted: int = 0
    held: int = 0

    def free(self, now: int) -> int:
        return self.posted - self.held if self.expires_at is None or self.expires_at > now else 0


@dataclass
class Hold:
    """Credits set aside for a job, and what has become of them."""

    user: str
    meaning: str
    units: int
    parts: list[tuple[int, int]]
    state: Literal["pending", "posted", "voided"] = "pending"
    posted: int | None = None


@dataclass
class Member:
    """One member's account; lot 0 never expires."""

    lots: list[Lot] = field(default_factory=lambda: [Lot(None)])
    started: bool = False
    last_day: int = -1

    def order(self) -> list[int]:
        return sorted(range(len(self.lots)), key=lambda k: (self.lots[k].expires_at or 10**18, k))

    def free(self, now: int) -> int:
        return sum(lot.free(now) for lot in self.lots)

    def held(self) -> int:
        return sum(lot.held for lot in self.lots)


@dataclass
class Books:
    """All accounts; each method is one order and returns what the ledger must answer."""

    members: dict[str, Member] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    orders: set[str] = field(default_factory=set)

    def accept(self, now: int, job: str, user: str, price: int, meaning: str, daily: int) -> Answer:
        meaning = f"{user} {meaning}"
        if job in self.holds:
            if self.holds[job].meaning != meaning:
                raise Refused
            return "replay"
        member = self.members.setdefault(user, Member())
        if not member.started:
            member.started = True
            member.lots[0].posted += 20
        self.tidy(now, user)
        self.top_up(now, user, daily)
        if member.free(now) < price:
            raise Refused
        parts = self._spread(member, price, now)
        for index, part in parts:
            member.lots[index].held += part
        self.holds[job] = Hold(user, meaning, price, parts)
        return "new"

    def deliver(self, now: int, job: str, units: int | None) -> Answer:
        hold = self.holds.get(job)
        if hold is None or hold.state == "voided":
            return False
        if hold.state == "posted":
            return True
        hold.state, hold.posted = "posted", hold.units if units is None else min(units, hold.units)
        self._release(hold, hold.posted, now)
        return True

    def refund(self, now: int, job: str) -> Answer:
        hold = self.holds.get(job)
        if hold is None or hold.state != "pending":
            return False
        hold.state = "voided"
        self._release(hold, 0, now)
        return True

    def top_up(self, now: int, user: str, daily: int) -> Answer:
        if daily <= 0:
            return 0
        member = self.members.setdefault(user, Member())
        if now // DAY <= member.last_day:
            return 0
        member.last_day = now // DAY
        missing = max(0, daily - member.free(now))
        member.lots[0].posted += missing
        return missing

    def tidy(self, now: int, user: str) -> Answer:
        gone = 0
        for lot in self.members[user].lots if user in self.members else []:
            if lot.expires_at is not None and lot.expires_at <= now:
                gone += lot.posted - lot.held
                lot.posted = lot.held
        return gone

    def grant(self, now: int, user: str, units: int, key: str, expires_in: int | None) -> Answer:
        member = self.members.setdefault(user, Member())
        if self._first(key):
            if expires_in is not None:
                member.lots.append(Lot(now + expires_in, posted=units))
            else:
                member.lots[0].posted += units
        return member.free(now), member.held()

    def take(self, now: int, user: str, units: int, key: str) -> Answer:
        member = self.members.setdefault(user, Member())
        if self._first(key):
            self._take(member, units, now)
        return member.free(now), member.held()

    def set_free(self, now: int, user: str, units: int, key: str) -> Answer:
        member = self.members.setdefault(user, Member())
        if self._first(key):
            member.started = True
            missing = units - member.free(now)
            member.lots[0].posted += max(0, missing)
            self._take(member, max(0, -missing), now)
        return member.free(now), member.held()

    def _first(self, key: str) -> bool:
        if key in self.orders:
            return False
        self.orders.add(key)
        return True

    def _take(self, member: Member, units: int, now: int) -> None:
        if member.free(now) < units:
            raise Refused
        for index, part in self._spread(member, units, now):
            member.lots[index].posted -= part

    def _spread(self, member: Member, units: int, now: int) -> list[tuple[int, int]]:
        parts = []
        for index in member.order():
            part = min(units, member.lots[index].free(now))
            if part:
                parts.append((index, part))
            units -= part
        return parts

    def _release(self, hold: Hold, paid: int, now: int) -> None:
        member = self.members[hold.user]
        for index, part in hold.parts:
            lot, used = member.lots[index], min(part, paid)
            paid -= used
            lot.held -= part
            lot.posted -= used
            if part > used and lot.expires_at is not None and lot.expires_at <= now:
                lot.posted -= part - used
                member.lots.append(Lot(now + DAY, posted=part - used))


Order = Callable[[Books, int], Answer]
