"""What /help says of prices."""

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

from bot.chat.commands.help import page
from bot.settings import Factors, Prices
from bot.texts import credits


def test_the_help_names_the_owners_price_of_every_kind_of_job() -> None:
    kinds = [field.name for field in fields(Prices)]
    prices = Prices(**{kind: 1000 * number for number, kind in enumerate(kinds, start=2)})
    client: Any = SimpleNamespace(studio=SimpleNamespace(prices=prices, factors=Factors()))

    told = page(client, "credits").description or ""

    assert [line.rpartition(": ")[2] for line in told.split("\n") if line.startswith("- ")] == [
        credits(getattr(prices, kind)) for kind in kinds
    ]
