"""What a person can ask for, without any knowledge of Discord."""

from bot.studio.batches import Proposal
from bot.studio.house import About, Asker, House, Press, Readiness, Works
from bot.studio.intake import Intake
from bot.studio.offers import Mark, Marks
from bot.studio.remix import Opening
from bot.studio.studio import Studio

__all__ = [
    "About",
    "Asker",
    "House",
    "Intake",
    "Mark",
    "Marks",
    "Opening",
    "Press",
    "Proposal",
    "Readiness",
    "Studio",
    "Works",
]
