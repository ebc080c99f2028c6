"""Credits: lots that belong to members, holds for jobs, and an append-only log that everything can be derived from."""

from db.errors import NotEnoughCredits, NotEnoughFree
from db.ledger.accounts import Balance, Change, balance, history, open_account, tidy, top_up
from db.ledger.audit import audit
from db.ledger.corrections import grant, set_free, take
from db.ledger.holds import hold, post, void

__all__ = [
    "Balance",
    "Change",
    "NotEnoughCredits",
    "NotEnoughFree",
    "audit",
    "balance",
    "grant",
    "history",
    "hold",
    "open_account",
    "post",
    "set_free",
    "take",
    "tidy",
    "top_up",
    "void",
]
