"""How a job is ordered: at what speed, for whose eyes, at what price; pure."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Literal

from bot import errors, prompt
from bot.settings import Factors, Settings
from bot.studio.house import Asker
from db.jobs import Speed
from db.people import Preferences

Mode = Speed | Literal["stealth"]
"""What an owner can keep for some or switch off, but for fast, which is for everyone."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What concerns the order of a job and not its picture."""

    speed: Speed = "fast"
    stealth: bool = False
    """Not to be shown in the gallery."""
    draft: bool = False
    """At the price of a sketch."""


def order_of(
    preferences: Preferences, by: Asker, settings: Settings, wish: prompt.Prompt | None = None, *, many: bool = False
) -> Order:
    """What was typed beats what is preferred, and that beats fast and public.

    many: the wish becomes several jobs, as by braces; `--repeat` is seen without it
    Raises ModeOff and OneAtATime. Only turbo gives way silently, to what is cheaper and everybody may have.
    """
    typed = wish.speed if wish else None
    speed: Speed = typed or preferences.speed
    if speed == "turbo" and typed is None and not may("turbo", by, settings):
        speed = "fast"
    hidden = wish.stealth if wish and wish.stealth is not None else preferences.stealth
    check_mode(speed, by, settings)
    if hidden:
        check_mode("stealth", by, settings)
    if speed == "relax" and (many or (wish and wish.repeat)):
        raise errors.OneAtATime
    return Order(speed=speed, stealth=hidden, draft=wish is not None and wish.draft)


def may(mode: Mode, by: Asker, settings: Settings) -> bool:
    """Whether the owner lets this person use a mode here."""
    who = getattr(settings.modes, mode, "everyone")
    return who == "everyone" or (who == "admins" and (by.is_admin or by.user_id in settings.owners))


def check_mode(mode: Mode, by: Asker, settings: Settings) -> None:
    """Raise ModeOff unless this person may use the mode."""
    if not may(mode, by, settings):
        raise errors.ModeOff(mode, for_admins=getattr(settings.modes, mode) == "admins")


def price_of(units: int, order: Order, factors: Factors) -> int:
    """An action's price at this speed, in units."""
    draft = factors.draft if order.draft else 1.0
    factor: float = getattr(factors, order.speed)
    return round(units * factor * draft)


def suffix_of(preferences: Preferences, models: Container[str]) -> str:
    """What a member's settings add to every prompt, for `prompt.parse(…, suffix=…)`: the panel's, then their own.

    models: keys of the catalog; a chosen model that has left it is not asked for any more
    """
    panel = [
        f"--v {preferences.model}" if preferences.model in models else "",
        f"--stylize {preferences.stylize}" if preferences.stylize is not None else "",
        "--raw" if preferences.raw else "",
    ]
    return " ".join(part for part in (*panel, preferences.suffix) if part)
