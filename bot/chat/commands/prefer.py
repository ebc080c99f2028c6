"""`/prefer`: what is added to every prompt, options of one's own, and how buttons and results behave."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from discord import app_commands

from bot.chat.answer import Interaction, asker, privately
from bot.prompt import code
from bot.studio import Asker
from bot.tastes import Panel, Tastes
from bot.texts import say
from db.people import MOST_OPTIONS, Preferences

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

CONTENT = 2000
VALUE_SHOWN = 300
LONGEST = 1000
MOST_CHOICES = 25

prefer = app_commands.Group(
    name="prefer",
    description=say("command.prefer"),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
)
option = app_commands.Group(name="option", description=say("command.prefer.option"), parent=prefer)

Value = app_commands.Range[str, 0, LONGEST]


@option.command(name="set", description=say("command.prefer.option.set"))
@app_commands.describe(option=say("command.prefer.option.set.option"), value=say("command.prefer.option.set.value"))
async def set_(interaction: Interaction, option: app_commands.Range[str, 1, 100], value: Value = "") -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        tastes = client.desks.tastes
        if value.strip():
            name = await tastes.set_option(option, value, asker(interaction))
            text = say("prefer.option_set", name=code(f"--{name}"), value=code(value, VALUE_SHOWN))
        else:
            gone = await tastes.drop_option(option, asker(interaction))
            name = code(f"--{option.lstrip('-—–')}")
            text = say("prefer.option_dropped", name=name) if gone else say("prefer.option_unknown", name=name)
        await interaction.edit_original_response(content=text)


@set_.autocomplete("option")
async def own_names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Suggest the names that a member has given already."""
    client: EaselClient = interaction.client
    begun = current.strip().lstrip("-—–").casefold()
    names = [name for name in await client.desks.tastes.options(str(interaction.user.id)) if begun in name]
    return [app_commands.Choice(name=name, value=name) for name in names[:MOST_CHOICES]]


@option.command(name="list", description=say("command.prefer.option.list"))
async def list_(interaction: Interaction) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        mine = await client.desks.tastes.options(str(interaction.user.id))
        # Twenty of any length have room in one message.
        room = (CONTENT - 100) // MOST_OPTIONS - 45
        lines = [say("prefer.option", name=code(f"--{name}"), value=code(value, room)) for name, value in mine.items()]
        head = say("prefer.options", count=len(mine), most=MOST_OPTIONS) if mine else say("prefer.no_options")
        await interaction.edit_original_response(content="\n".join([head, *lines]))


@prefer.command(name="suffix", description=say("command.prefer.suffix"))
@app_commands.describe(new_value=say("command.prefer.suffix.new_value"))
async def suffix(interaction: Interaction, new_value: Value = "") -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        kept = await client.desks.tastes.set_suffix(new_value, asker(interaction))
        text = say("prefer.suffix", suffix=code(kept, LONGEST)) if kept else say("prefer.no_suffix")
        await interaction.edit_original_response(content=text)


@prefer.command(name="remix", description=say("command.prefer.remix"))
async def remix(interaction: Interaction) -> None:
    def said(now: Preferences) -> str:
        return say("prefer.remix_on") if now.remix else say("prefer.remix_off")

    await _switched(interaction, lambda tastes, by: tastes.turn(by, "remix"), said)


@prefer.command(name="auto_dm", description=say("command.prefer.auto_dm"))
async def auto_dm(interaction: Interaction) -> None:
    def said(now: Preferences) -> str:
        return say("prefer.auto_dm_on") if now.auto_dm else say("prefer.auto_dm_off")

    await _switched(interaction, lambda tastes, by: tastes.turn(by, "auto_dm"), said)


@prefer.command(name="variability", description=say("command.prefer.variability"))
async def variability(interaction: Interaction) -> None:
    def said(now: Preferences) -> str:
        return say("prefer.high") if now.variability == "high" else say("prefer.low")

    await _switched(interaction, lambda tastes, by: tastes.turn_variability(by), said)


async def _switched(
    interaction: Interaction, turn: Callable[[Tastes, Asker], Awaitable[Panel]], said: Callable[[Preferences], str]
) -> None:
    """Turn something over, and say how it stands now."""
    client: EaselClient = interaction.client
    async with privately(interaction):
        panel = await turn(client.desks.tastes, asker(interaction))
        await interaction.edit_original_response(content=said(panel.preferences))
