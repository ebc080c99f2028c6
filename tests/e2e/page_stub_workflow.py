"""What the stub bot of the page tests offers beyond painting: forms, choices, files, suggestions, menus."""

import io
from collections.abc import Sequence
from typing import Any, cast

import discord
from discord import app_commands
from PIL import Image

Interaction = discord.Interaction[Any]
GREY, BLUE = discord.ButtonStyle.secondary, discord.ButtonStyle.primary
OWN_OPTIONS = ("mine", "moody", "poster")
PLAIN = ("fast", "relax", "turbo", "stealth", "public", "help", "subscribe", "userid", "show", "shorten", "tune", "ask")
SOLO: Sequence[Sequence[tuple[str, str | None]]] = (
    (("Upscale (Subtle)", "⏫"), ("Upscale (Creative)", "⏫")),
    (("Vary (Subtle)", "🪄"), ("Vary (Strong)", "🪄"), ("Vary (Region)", "🖌️")),
    (("Zoom Out 2x", "🔍"), ("Zoom Out 1.5x", "🔍"), ("Custom Zoom", "🔍"), ("Make Square", "↔️")),
    (("", "⬅️"), ("", "➡️"), ("", "⬆️"), ("", "⬇️")),
    (("", "❤️"),),
)


def still_picture(side_px: int = 512) -> discord.File:
    """A plain picture, as it comes after an enlargement."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((side_px, side_px)).convert("RGB").save(file, "PNG")
    file.seek(0)
    return discord.File(file, "solo.png")


def moving_picture(side_px: int = 128) -> discord.File:
    """A small animated WebP that goes round for ever."""
    frames = [Image.new("RGB", (side_px, side_px), (20 * step, 90, 200 - 15 * step)) for step in range(10)]
    file = io.BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], duration=120, loop=0)
    file.seek(0)
    return discord.File(file, "film_1.webp")


def solo_view(pressed: Sequence[str] = ()) -> discord.ui.View:
    """The sixteen buttons of one enlarged picture; the last is a link."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(SOLO):
        for label, emoji in row:
            name = f"solo:{label or emoji}"
            style = discord.ButtonStyle.success if "Strong" in label else BLUE
            view.add_item(
                discord.ui.Button(
                    style=style if name in pressed else GREY,
                    label=label or None,
                    emoji=emoji,
                    custom_id=name,
                    row=number,
                )
            )
    view.add_item(discord.ui.Button(label="Web", url="https://example.org/jobs/1", row=4))
    return view


def settings_view(model: str, on: Sequence[str]) -> discord.ui.View:
    """A panel with two selects and toggles."""
    view = discord.ui.View(timeout=None)
    models = discord.ui.Select[Any](custom_id="settings:model", placeholder="Choose a model")
    for value, sign, about in (
        ("sketchbook", "1️⃣", "Built in, small, at once there"),
        ("sdxl", "5️⃣", "Large and careful"),
        ("turbo", "⚡", "Few steps, less detail"),
    ):
        models.add_option(label=value, value=value, description=about, emoji=sign, default=value == model)
    kinds = discord.ui.Select[Any](
        custom_id="settings:kinds", placeholder="What to be told", min_values=0, max_values=3
    )
    for value in ("finished", "queued", "failed", "news"):
        kinds.add_option(label=value, value=value)
    view.add_item(models).add_item(kinds)
    for number, (label, sign) in enumerate((("RAW Mode", "🔧"), ("Remix mode", "🎛️"), ("Turbo mode", "⚡"))):
        style = discord.ButtonStyle.success if label in on else GREY
        view.add_item(
            discord.ui.Button(style=style, label=label, emoji=sign, custom_id=f"toggle:{label}", row=2 + number // 3)
        )
    return view


class RemixForm(discord.ui.Modal, title="Remix Prompt"):
    """A prompt to change, a short line, and a choice."""

    prompt: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="New prompt for image #2",
        style=discord.TextStyle.paragraph,
        default="a red fox",
        min_length=3,
        max_length=400,
        custom_id="prompt",
    )
    zoom: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="How far", placeholder="2", required=False, max_length=4, custom_id="zoom"
    )

    def __init__(self) -> None:
        super().__init__(custom_id="remix:2")
        choice = discord.ui.Select[Any](
            custom_id="strength",
            required=False,
            options=[
                discord.SelectOption(label="Subtle", value="subtle", description="Close to the picture", default=True),
                discord.SelectOption(label="Strong", value="strong", description="Far from it"),
            ],
        )
        self.add_item(discord.ui.Label(text="Strength", description="How far it may go", component=choice))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        interaction.client.heard.append({"form": interaction.data})
        await interaction.client.may_answer.wait()
        if "bad" in self.prompt.value:
            await interaction.response.send_message("I don't know `--bad`.", ephemeral=True)
        elif "silent" not in self.prompt.value:
            await interaction.response.send_message(f"**{self.prompt.value}** - Remix by {interaction.user.mention}")


@app_commands.command(description="Mix two to five pictures into one")
@app_commands.describe(image1="The first picture", image2="The second picture", dimensions="Which shape")
@app_commands.choices(dimensions=[app_commands.Choice(name=n, value=n) for n in ("Portrait", "Square", "Landscape")])
async def blend(
    interaction: Interaction,
    image1: discord.Attachment,
    image2: discord.Attachment,
    dimensions: str | None = None,
    image3: discord.Attachment | None = None,
) -> None:
    files = [image for image in (image1, image2, image3) if image]
    interaction.client.heard.append({"blend": [(f.filename, f.size, f.width) for f in files], "shape": dimensions})
    await interaction.response.send_message(" ".join(f.filename for f in files))


@app_commands.command(description="Write four prompts for a picture")
@app_commands.describe(image="The picture", link="Or its address")
async def describe(interaction: Interaction, image: discord.Attachment | None = None, link: str | None = None) -> None:
    box = discord.Embed(
        description="\n\n".join(f"{n}\ufe0f⃣ a fox in the snow, number {n} --ar 1:1" for n in range(1, 5))
    )
    if image:
        box.set_image(url=image.url)
    view = discord.ui.View(timeout=None)
    for n in range(1, 5):
        view.add_item(discord.ui.Button(emoji=f"{n}\ufe0f⃣", custom_id=f"describe:{n}"))
    view.add_item(discord.ui.Button(emoji="🔄", custom_id="describe:again"))
    view.add_item(discord.ui.Button(emoji="🎉", label="Imagine all", custom_id="describe:all"))
    await interaction.response.send_message(link or "", embed=box, view=view)


@app_commands.command(description="Look at the settings and change them")
async def settings(interaction: Interaction) -> None:
    view = settings_view("sketchbook", ["Remix mode"])
    await interaction.response.send_message("Adjust your settings here.", view=view, ephemeral=True)


@app_commands.command(description="One enlarged picture with all its buttons")
async def solo(interaction: Interaction) -> None:
    words = f"**a red fox --ar 1:1** - Image #2 {interaction.user.mention}"
    await interaction.response.send_message(words, file=still_picture(), view=solo_view())


@app_commands.command(description="A picture that moves, and small print")
async def film(interaction: Interaction) -> None:
    words = f"**a red fox --video** - {interaction.user.mention} (fast)\n-# Your film is ready."
    await interaction.response.send_message(words, file=moving_picture())


@app_commands.command(description="A form at once")
async def remix(interaction: Interaction) -> None:
    await interaction.response.send_modal(RemixForm())


@app_commands.command(description="A message for you alone")
async def whisper(interaction: Interaction) -> None:
    await interaction.user.send("**a red fox**\n**Job ID**: 1234\n**seed** 7")
    await interaction.response.send_message("Sent.", ephemeral=True)


async def own_options(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"--{name}", value=name) for name in OWN_OPTIONS if typed in name]


prefer = app_commands.Group(name="prefer", description="What you like")
option = app_commands.Group(name="option", description="Options of your own", parent=prefer)


@option.command(name="set", description="Make an option of your own, or change it")
@app_commands.describe(option="Its name", value="What it stands for; empty takes it away")
@app_commands.autocomplete(option=own_options)
async def option_set(interaction: Interaction, option: str, value: str | None = None) -> None:
    interaction.client.heard.append({"option": option, "value": value})
    await interaction.response.send_message(f"`--{option}` is set.", ephemeral=True)


@option.command(name="list", description="Show your options")
async def option_list(interaction: Interaction) -> None:
    await interaction.response.send_message("mine, moody, poster", ephemeral=True)


@prefer.command(name="remix", description="Change prompts before they are used again")
async def prefer_remix(interaction: Interaction) -> None:
    await interaction.response.send_message("Remix mode turned on", ephemeral=True)


async def cancel_job(interaction: Interaction, message: discord.Message) -> None:
    interaction.client.heard.append({"menu": "Cancel Job", "message": message.id})
    await interaction.response.send_message("That job is finished already.", ephemeral=True)


async def dm_results(interaction: Interaction, message: discord.Message) -> None:
    interaction.client.heard.append({"menu": "DM Results", "message": message.id})
    await interaction.response.send_message("They are on their way.", ephemeral=True)


def plain_command(name: str) -> app_commands.Command[Any, ..., Any]:
    """A command without options that says its name."""

    async def callback(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(name, ephemeral=True)

    return app_commands.Command(name=name, description=f"What {name} does", callback=callback)


def add_workflow(tree: app_commands.CommandTree[Any]) -> None:
    """Register it all: with what the stub has already, some 25 commands."""
    singles: list[Any] = [blend, describe, settings, solo, film, remix, whisper, prefer]
    for command in [*singles, *map(plain_command, PLAIN)]:
        tree.add_command(command)
    for name, callback in (("Cancel Job", cancel_job), ("DM Results", dm_results)):
        tree.add_command(app_commands.ContextMenu(name=name, callback=cast(Any, callback)))


async def pressed(interaction: Interaction, custom_id: str, values: Sequence[str]) -> bool:
    """Answer a press on what is offered here; True when it was one."""
    if custom_id.startswith("settings:"):
        model = values[0] if custom_id == "settings:model" else "sketchbook"
        await interaction.response.edit_message(view=settings_view(model, ["Remix mode"]))
    elif custom_id.startswith("toggle:"):
        await interaction.response.edit_message(view=settings_view("sketchbook", [custom_id.removeprefix("toggle:")]))
    elif custom_id == "solo:Custom Zoom":
        await interaction.response.send_modal(RemixForm())
    elif custom_id.startswith("solo:"):
        await interaction.response.edit_message(view=solo_view([custom_id]))
    else:
        return False
    return True
