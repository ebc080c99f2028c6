"""`/help`: what the bot can do, by topic; made from the command tree, the parameter table and the model's own card."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.chat.answer import Interaction, in_time, privately
from bot.chat.stateless import empty_view
from bot.prompt import AVAILABLE
from bot.texts import credits, say

if TYPE_CHECKING:
    from bot.chat.client import EaselClient

CHOSEN = re.compile(r"MJ::Help::Topic")
LONGEST = 4096  # what the description of an embed holds


@app_commands.command(name="help", description=say("command.help"))
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
async def show_help(interaction: Interaction) -> None:
    client: EaselClient = interaction.client
    async with privately(interaction):
        await interaction.edit_original_response(embed=page(client, "start"), view=_view("start"))


async def chosen(interaction: Interaction, _match: re.Match[str]) -> None:
    """Turn to another page, in place."""
    client: EaselClient = interaction.client
    values: list[str] = dict(interaction.data or {}).get("values") or ["start"]  # type: ignore[assignment]
    topic = values[0] if values[0] in TOPICS else "start"
    embed = await in_time(interaction, _page(client, topic), in_place=True)
    if embed is not None:
        await interaction.response.edit_message(embed=embed, view=_view(topic))


async def _page(client: "EaselClient", topic: str) -> discord.Embed:
    return page(client, topic)


def page(client: "EaselClient", topic: str) -> discord.Embed:
    """Write one page, cut at a line where it is too long for an embed."""
    text = ""
    for line in "\n".join(TOPICS[topic](client)).split("\n"):
        if len(text) + len(line) + 1 > LONGEST:
            break
        text += f"{line}\n"
    return discord.Embed(title=say(f"help.{topic}.title"), description=text.rstrip())


def _view(topic: str) -> discord.ui.View:
    view = empty_view()
    options = [
        discord.SelectOption(label=say(f"help.{name}.title"), value=name, default=name == topic) for name in TOPICS
    ]
    menu: discord.ui.Select[discord.ui.View] = discord.ui.Select(custom_id="MJ::Help::Topic", options=options)
    view.add_item(menu)
    return view


def _start(_client: "EaselClient") -> Iterable[str]:
    return [say("help.start")]


def _commands(client: "EaselClient") -> Iterable[str]:
    for command in client.tree.get_commands(type=discord.AppCommandType.chat_input):
        yield from _described(command)
    menus = [
        command.name
        for kind in (discord.AppCommandType.message, discord.AppCommandType.user)
        for command in client.tree.get_commands(type=kind)
    ]
    if menus:
        yield say("help.menus", names=", ".join(f"**{name}**" for name in menus))


def _described(command: app_commands.Command[Any, ..., Any] | app_commands.Group | Any) -> Iterable[str]:
    if isinstance(command, app_commands.Group):
        for inner in command.commands:
            yield from _described(inner)
    else:
        options = "".join(f" {one.name}" if one.required else f" [{one.name}]" for one in command.parameters)
        yield f"`/{command.qualified_name}{options}` {command.description}"


def _parameters(_client: "EaselClient") -> Iterable[str]:
    return [say("help.after"), *(f"`{f'--{row.name} {row.example}'.strip()}` {row.help.render()}" for row in AVAILABLE)]


def _buttons(_client: "EaselClient") -> Iterable[str]:
    return [say("help.buttons")]


def _afterwards(_client: "EaselClient") -> Iterable[str]:
    return [say("help.afterwards")]


def _credits(client: "EaselClient") -> Iterable[str]:
    prices, factors = client.studio.prices, client.studio.factors
    yield say("help.credits")
    yield say("help.prices")
    yield from (f"- {say(f'help.price.{name}', price=credits(units))}" for name, units in asdict(prices).items())
    for key, factor in (("turbo", factors.turbo), ("relax", factors.relax), ("draft", factors.draft)):
        yield say(f"help.factor.{key}", factor=f"{factor:g}")


def _model(client: "EaselClient") -> Iterable[str]:
    hints = client.studio.hints
    yield f"**{hints.title}**"
    yield from hints.lines
    yield say("help.try")
    yield from (f"`{example}`" for example in hints.examples)


TOPICS: Mapping[str, Callable[["EaselClient"], Iterable[str]]] = {
    "start": _start,
    "commands": _commands,
    "parameters": _parameters,
    "buttons": _buttons,
    "afterwards": _afterwards,
    "credits": _credits,
    "model": _model,
}
