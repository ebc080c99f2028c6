"""`/settings`: one panel for what a member prefers; every press changes it in place, after a restart too."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.chat.answer import Interaction, asker, in_time, privately
from bot.chat.stateless import empty_view
from bot.errors import JobUnknown
from bot.studio import Asker
from bot.tastes import Panel, Tastes
from bot.texts import say
from db.people import Preferences

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

PRESSED = re.compile(r"MJ::Settings::(?P<what>.+)")
SUFFIX_SHOWN = 1500
DEFAULT_MODEL = "*"  # no key of a catalog
MOST_CHOICES = 25
LABEL = 100
STYLIZE = {50: "settings.style.low", 100: "settings.style.med", 250: "settings.style.high", 750: "settings.style.top"}
SPEEDS = {"turbo": ("⚡", "settings.turbo"), "fast": ("🐇", "settings.fast"), "relax": ("🐢", "settings.relax")}

Press = Callable[[Tastes, Asker], Awaitable[Panel]]
PRESSES: Mapping[str, Press] = {
    "Style::raw": lambda tastes, by: tastes.turn(by, "raw"),
    **{
        f"Stylize::{value}": lambda tastes, by, value=value: tastes.choose(by, stylize=value)  # type: ignore[misc]
        for value in STYLIZE
    },
    "PublicMode": lambda tastes, by: tastes.turn(by, "stealth"),
    "RemixMode": lambda tastes, by: tastes.turn(by, "remix"),
    "HighVariabilityMode::1": lambda tastes, by: tastes.choose(by, variability="high"),
    "HighVariabilityMode::0": lambda tastes, by: tastes.choose(by, variability="low"),
    "TurboMode::on": lambda tastes, by: tastes.choose(by, speed="turbo"),
    "FastMode::on": lambda tastes, by: tastes.choose(by, speed="fast"),
    "RelaxMode::on": lambda tastes, by: tastes.choose(by, speed="relax"),
    "Reset": lambda tastes, by: tastes.reset(by),
}


@app_commands.command(name="settings", description=say("command.settings"))
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def show_settings(interaction: Interaction) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        panel = await client.desks.tastes.panel(asker(interaction))
        await interaction.edit_original_response(content=content(panel.preferences), view=view(panel))


async def pressed(interaction: Interaction, match: re.Match[str]) -> None:
    """Change what was pressed, and show the panel as it is then."""
    client: EaselClient = interaction.client
    panel = await in_time(interaction, _changed(interaction, client.desks.tastes, match["what"]), in_place=True)
    if panel is None:
        return
    if interaction.response.is_done():
        await interaction.edit_original_response(content=content(panel.preferences), view=view(panel))
    else:
        await interaction.response.edit_message(content=content(panel.preferences), view=view(panel))


async def _changed(interaction: Interaction, tastes: Tastes, what: str) -> Panel:
    by = asker(interaction)
    if what == "VersionSelector":
        chosen: list[str] = dict(interaction.data or {}).get("values") or [DEFAULT_MODEL]  # type: ignore[assignment]
        return await tastes.choose(by, model=None if chosen[0] == DEFAULT_MODEL else chosen[0])
    if what not in PRESSES:
        raise JobUnknown
    return await PRESSES[what](tastes, by)


def content(preferences: Preferences) -> str:
    """Word the panel, with the suffix as it would be added."""
    if not preferences.suffix:
        return say("settings.no_suffix")
    shown = preferences.suffix.replace("`", "'")
    return say("settings.suffix", suffix=shown if len(shown) <= SUFFIX_SHOWN else f"{shown[:SUFFIX_SHOWN]}…")


def view(panel: Panel) -> discord.ui.View:
    """Make the rows of the panel; green is on. What cannot be chosen here is not shown."""
    made = empty_view()
    if len(panel.models) > 1:
        made.add_item(_models(panel))
    if "stylize" in panel.model.mechanisms:
        made.add_item(_button("🔧", "settings.raw", "Style::raw", 1, on=panel.preferences.raw))
        for value, key in STYLIZE.items():
            made.add_item(_button("🖌️", key, f"Stylize::{value}", 1, on=panel.stylize == value))
    likes = panel.preferences
    made.add_item(_button("🧍‍♂️", "settings.public", "PublicMode", 2, on=not likes.stealth))
    made.add_item(_button("🎛️", "settings.remix", "RemixMode", 2, on=likes.remix))
    made.add_item(_button("🎨", "settings.high", "HighVariabilityMode::1", 2, on=likes.variability == "high"))
    made.add_item(_button("🎨", "settings.low", "HighVariabilityMode::0", 2, on=likes.variability == "low"))
    for speed in panel.speeds:
        emoji, key = SPEEDS[speed]
        made.add_item(_button(emoji, key, f"{speed.title()}Mode::on", 3, on=panel.speed == speed))
    made.add_item(_button("↩️", "settings.reset", "Reset", 4, on=False))
    return made


def _button(emoji: str, key: str, what: str, row: int, *, on: bool) -> discord.ui.Button[discord.ui.View]:
    style = discord.ButtonStyle.success if on else discord.ButtonStyle.secondary
    return discord.ui.Button(emoji=emoji, label=say(key), style=style, custom_id=f"MJ::Settings::{what}", row=row)


def _models(panel: Panel) -> discord.ui.Select[discord.ui.View]:
    default, *others = panel.models
    chosen = panel.model.key if panel.preferences.model else DEFAULT_MODEL
    titles = {DEFAULT_MODEL: say("settings.default_model", title=default.title)} | {
        card.key: card.title for card in (default, *others)
    }
    options = [
        discord.SelectOption(label=title[:LABEL], value=key, default=key == chosen)
        for key, title in list(titles.items())[:MOST_CHOICES]
    ]
    return discord.ui.Select(custom_id="MJ::Settings::VersionSelector", options=options, row=0)
