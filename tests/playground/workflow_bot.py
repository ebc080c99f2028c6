"""A stock discord.py bot with everything beyond commands and buttons: forms, files, menus, suggestions, selects."""

import asyncio
from typing import Any

import discord
from discord import app_commands

from tests.playground.stock import connection_options, picture

Interaction = discord.Interaction["WorkflowBot"]


class Remix(discord.ui.Modal, title="Remix Prompt"):
    """A form as older bots write it: a text input alone in its row."""

    words: discord.ui.TextInput["Remix"] = discord.ui.TextInput(
        label="New prompt", default="a fox", max_length=50, style=discord.TextStyle.paragraph
    )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        bot: WorkflowBot = interaction.client
        bot.heard.append(self.words.value)
        await bot.answer_form(interaction)


class Everything(discord.ui.Modal, title="Everything"):
    """A form with labels around every kind of field."""

    about: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay("Choose **well**.")
    words: discord.ui.Label["Everything"] = discord.ui.Label(
        text="Words", description="optional", component=discord.ui.TextInput(required=False)
    )
    kind: discord.ui.Label["Everything"] = discord.ui.Label(
        text="Kind",
        component=discord.ui.Select(options=[discord.SelectOption(label=x.upper(), value=x) for x in "abc"]),
    )
    who: discord.ui.Label["Everything"] = discord.ui.Label(text="Who", component=discord.ui.UserSelect())
    file: discord.ui.Label["Everything"] = discord.ui.Label(text="File", component=discord.ui.FileUpload())

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        words, kind, who, file = (label.component for label in (self.words, self.kind, self.who, self.file))
        assert isinstance(words, discord.ui.TextInput)
        assert isinstance(kind, discord.ui.Select)
        assert isinstance(who, discord.ui.UserSelect)
        assert isinstance(file, discord.ui.FileUpload)
        heard = [words.value, kind.values, [w.name for w in who.values], [await f.read() for f in file.values]]
        interaction.client.heard.append(heard)
        await interaction.response.send_message("thanks", ephemeral=True)


class Panel(discord.ui.View):
    """A select, and a button that opens a form."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.select(
        custom_id="panel:styles",
        min_values=1,
        max_values=2,
        options=[discord.SelectOption(label=x, value=x) for x in ("ink", "oil", "clay")],
    )
    async def styles(self, interaction: discord.Interaction[Any], select: discord.ui.Select[Any]) -> None:
        await interaction.response.edit_message(content=f"styles: {', '.join(select.values)}")

    @discord.ui.button(custom_id="panel:remix", label="Remix")
    async def remix(self, interaction: discord.Interaction[Any], _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Remix())


class WorkflowBot(discord.Client):
    """Registers everything; `heard` collects what came in."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        super().__init__(intents=intents or discord.Intents(guilds=True), **connection_options())
        self.tree = app_commands.CommandTree(self)
        self.heard: list[Any] = []
        self.news = asyncio.Event()
        self.form_answer = "message"
        commands: list[app_commands.Command[Any, Any, Any]] = [blend, pick, form, panel, adults, at_home]
        for command in commands:
            self.tree.add_command(command)
        self.tree.add_command(app_commands.ContextMenu(name="DM Results", callback=dm_results))
        self.tree.add_command(app_commands.ContextMenu(name="Greet", callback=greet))

    async def setup_hook(self) -> None:
        self.add_view(Panel())
        await self.tree.sync()

    async def answer_form(self, interaction: Interaction) -> None:
        """Answer a form in the way that the test chose."""
        if self.form_answer == "message":
            await interaction.response.send_message("remixed", file=picture("new.png"))
        elif self.form_answer == "defer":
            await interaction.response.defer(thinking=True, ephemeral=True)
            await interaction.edit_original_response(content="later", view=Panel())
            await interaction.followup.send("more", ephemeral=True)
        elif self.form_answer == "silent":
            await interaction.response.defer()
            await interaction.edit_original_response(content="changed", attachments=[picture("b.png")])
        elif self.form_answer == "update":
            await interaction.response.edit_message(content="at once")

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self.heard.append(("add", event.user_id, event.emoji.name, event.message_author_id, event.guild_id))

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.heard.append(("remove", event.user_id, event.emoji.name))

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            self.heard.append((type(message.channel).__name__, message.content))


@app_commands.command(description="Two pictures become one")
async def blend(
    interaction: discord.Interaction[Any], first: discord.Attachment, second: discord.Attachment | None = None
) -> None:
    files = [file for file in (first, second) if file]
    interaction.client.heard.append([await file.read() for file in files])
    said = [(file.filename, file.width, file.height, file.content_type, file.size, file.ephemeral) for file in files]
    await interaction.response.send_message(str(said))


@app_commands.command(description="Pick a colour")
async def pick(interaction: discord.Interaction[Any], colour: str, amount: int = 1) -> None:
    await interaction.response.send_message(f"{colour} × {amount}")


@pick.autocomplete("colour")
async def colours(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    interaction.client.heard.append((current, interaction.namespace.amount))
    found = [colour for colour in ("red", "green", "grey") if colour.startswith(current)]
    return [app_commands.Choice(name=colour.title(), value=colour) for colour in found]


@pick.autocomplete("amount")  # type: ignore[arg-type]  # its stubs know only text that is typed
async def amounts(_: discord.Interaction[Any], __: int) -> list[app_commands.Choice[int]]:
    return [app_commands.Choice(name="half a dozen", value=6)]


@app_commands.command(description="A form")
async def form(interaction: discord.Interaction[Any], whole: bool = False) -> None:
    await interaction.response.send_modal(Everything() if whole else Remix())


@app_commands.command(description="A panel")
async def panel(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.send_message("panel", view=Panel())


@app_commands.command(description="For adults", nsfw=True)
async def adults(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.send_message(f"nsfw: {getattr(interaction.channel, 'nsfw', None)}")


@app_commands.command(description="Not in direct messages")
@app_commands.guild_only()
async def at_home(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.send_message("home")


async def dm_results(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    interaction.client.heard.append((message.id, message.content, message.author.name))
    await interaction.response.send_message("sent", ephemeral=True)


async def greet(interaction: discord.Interaction[Any], member: discord.Member) -> None:
    await interaction.response.send_message(f"Hello {member.display_name}")
