"""What a person can ask for, without any knowledge of Discord."""

from bot.studio.house import About, Asker, House, Press, Readiness, Works
from bot.studio.intake import Intake
from bot.studio.studio import Studio

__all__ = ["About", "Asker", "House", "Intake", "Press", "Readiness", "Studio", "Works"]
