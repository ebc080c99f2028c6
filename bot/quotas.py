"""What admins can do with the credits of their server's members, checked on our side too."""

from collections.abc import Callable
from dataclasses import dataclass

from bot import errors
from bot.clock import Clock
from bot.settings import UNITS_PER_CREDIT, Settings
from bot.studio import Asker
from db import guilds, ledger
from db.database import Conn, Database
from db.ledger import Balance, Change

MOST_CREDITS = 1_000_000
HISTORY = 5


@dataclass(frozen=True, kw_only=True)
class Account:
    """A member's money, as an admin sees it."""

    balance: Balance
    daily_units: int
    history: tuple[Change, ...]


class Quotas:
    """Changes balances and policies of the server that an admin asks on, each with who and why."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock

    async def show(self, user_id: str, by: Asker) -> Account:
        scope = self._authorize(by)
        return await self._database.write(self._show, user_id, scope, self._clock())

    async def grant(self, user_id: str, amount: int, reason: str, by: Asker) -> Balance:
        scope, units = self._authorize(by), self._units(amount, low=1)
        return await self._database.write(self._corrected, ledger.grant, user_id, scope, units, (by.user_id, reason))

    async def take(self, user_id: str, amount: int, reason: str, by: Asker) -> Balance:
        """Take free credits away; raises NotEnoughFree rather than touch what is held."""
        scope, units = self._authorize(by), self._units(amount, low=1)
        return await self._database.write(self._corrected, ledger.take, user_id, scope, units, (by.user_id, reason))

    async def set(self, user_id: str, amount: int, reason: str, by: Asker) -> Balance:
        scope, units = self._authorize(by), self._units(amount, low=0)
        return await self._database.write(self._corrected, ledger.set_free, user_id, scope, units, (by.user_id, reason))

    async def reset(self, user_id: str, reason: str, by: Asker) -> Balance:
        scope = self._authorize(by)
        units = self._settings.start_units
        return await self._database.write(self._corrected, ledger.set_free, user_id, scope, units, (by.user_id, reason))

    async def daily(self, amount: int, by: Asker) -> None:
        """Top every member up to an amount once a UTC day; 0 switches it off."""
        scope, units = self._authorize(by), self._units(amount, low=0)
        await self._database.write(guilds.set_daily, scope, units, by.user_id, self._clock())

    def _authorize(self, by: Asker) -> str:
        if by.guild_id is None:
            raise errors.ServerOnly
        if not by.is_admin and by.user_id not in self._settings.owners:
            raise errors.AdminsOnly
        return by.guild_id

    @staticmethod
    def _units(amount: int, *, low: int) -> int:
        if not low <= amount <= MOST_CREDITS:
            raise errors.AmountUnusable(low, MOST_CREDITS)
        return amount * UNITS_PER_CREDIT

    def _open(self, conn: Conn, user_id: str, scope: str, now: int) -> None:
        ledger.open_account(conn, user_id, scope, self._settings.start_units, now)
        ledger.top_up(conn, user_id, scope, guilds.daily_units(conn, scope), now)

    def _show(self, conn: Conn, user_id: str, scope: str, now: int) -> Account:
        self._open(conn, user_id, scope, now)
        return Account(
            balance=ledger.balance(conn, user_id, scope),
            daily_units=guilds.daily_units(conn, scope),
            history=tuple(ledger.history(conn, user_id, scope, HISTORY)),
        )

    def _corrected(
        self, conn: Conn, correct: Callable[..., Balance], user_id: str, scope: str, units: int, by: tuple[str, str]
    ) -> Balance:
        """Correct an account by a function of the ledger, open and topped up; by: who, and why."""
        now = self._clock()
        self._open(conn, user_id, scope, now)
        return correct(conn, user_id, scope, units, *by, now)
