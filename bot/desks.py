"""All desks that a person can go to, in one value that the chat and the pages share."""

from dataclasses import dataclass

from bot.inquiries import Inquiries
from bot.keepsakes import Keepsakes
from bot.quotas import Quotas
from bot.regions import Regions
from bot.studio import Studio
from bot.tastes import Tastes


@dataclass(frozen=True, kw_only=True)
class Desks:
    """One field for each kind of request; a new kind is a new field."""

    studio: Studio
    quotas: Quotas
    tastes: Tastes
    inquiries: Inquiries
    keepsakes: Keepsakes
    regions: Regions | None = None
    """None: there is no editor, and no button that leads to it."""
