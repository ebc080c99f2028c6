"""`/fast`, `/relax`, `/turbo`, `/stealth` and `/public`: how all later jobs of a member are ordered."""

from typing import TYPE_CHECKING, Any

from discord import app_commands

from bot.chat.answer import Interaction, asker, privately
from bot.settings import Factors
from bot.texts import say

if TYPE_CHECKING:
    from bot.chat.client import EaselClient


def _mode(name: str, does: str, done: str, **wanted: Any) -> app_commands.Command[Any, ..., Any]:
    """Make one command: what it does, what it says, and the preferences that it sets."""

    @app_commands.command(name=name, description=say(does))
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def choose(interaction: Interaction) -> None:
        client: EaselClient = interaction.client
        async with privately(interaction):
            panel = await client.desks.tastes.choose(asker(interaction), **wanted)
            price = _price(client.studio.factors, panel.preferences.speed)
            await interaction.edit_original_response(content=say(done, price=price))

    return choose


def _price(factors: Factors, speed: str) -> str:
    """What jobs of a speed cost, in words."""
    factor: float = getattr(factors, speed)
    if factor == 1:
        return say("price.usual")
    return say("price.times", factor=f"{factor:g}") if factor else say("price.nothing")


fast = _mode("fast", "command.fast", "done.fast", speed="fast")
relax = _mode("relax", "command.relax", "done.relax", speed="relax")
turbo = _mode("turbo", "command.turbo", "done.turbo", speed="turbo")
stealth = _mode("stealth", "command.stealth", "done.stealth", stealth=True)
public = _mode("public", "command.public", "done.public", stealth=False)

MODES = (fast, relax, turbo, stealth, public)
