"""A small bot on stock discord.py for tests of the page: it paints squares, and only when a test tells it to."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from PIL import Image

from tests.e2e.page_stub_workflow import add_workflow, pressed

Interaction = discord.Interaction["StubBot"]
Colour = tuple[int, int, int]
QUARTERS: Sequence[Colour] = ((200, 60, 50), (60, 140, 90), (50, 110, 190), (220, 170, 60))


def picture(side_px: int, quarters: Sequence[Colour] = QUARTERS, name: str = "picture.png") -> discord.File:
    """A square of four coloured quarters."""
    image = Image.new("RGB", (side_px, side_px))
    half = side_px // 2
    for place, colour in zip(((0, 0), (half, 0), (0, half), (half, half)), quarters, strict=True):
        image.paste(colour, (*place, place[0] + half, place[1] + half))
    file = io.BytesIO()
    image.save(file, "PNG")
    file.seek(0)
    return discord.File(file, name)


def rows(*rows: Sequence[tuple[str, discord.ButtonStyle, str]]) -> discord.ui.View:
    """Buttons in rows: (label or emoji, style, custom_id)."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for words, style, custom_id in row:
            shown: dict[str, Any] = {"label": words} if words.isascii() else {"emoji": words}
            view.add_item(discord.ui.Button(style=style, custom_id=custom_id, row=number, **shown))
    return view


def grid_rows(pressed: str = "") -> discord.ui.View:
    """U1–U4 🔄 over V1–V4, one of them in the colour of a pressed one."""
    grey, blue = discord.ButtonStyle.secondary, discord.ButtonStyle.primary

    def row(letter: str) -> list[tuple[str, discord.ButtonStyle, str]]:
        return [(f"{letter}{n}", blue if pressed == f"{letter}:{n}" else grey, f"{letter}:{n}") for n in range(1, 5)]

    return rows([*row("U"), ("🔄", grey, "again")], row("V"))


class StubJob:
    """One /imagine, moved on by the test."""

    def __init__(self, interaction: Interaction, prompt: str) -> None:
        self._interaction = interaction
        self.prompt = prompt
        self.head = f"**{prompt}** - {interaction.user.mention}"

    async def wait(self) -> None:
        cancel = rows([("Cancel Job", discord.ButtonStyle.danger, "cancel")])
        await self._interaction.response.send_message(f"{self.head} (Waiting to start)", view=cancel)

    async def progress(self, percent: int, quarters: Sequence[Colour] | None = None) -> None:
        files = [picture(256, quarters, f"step_{percent}.png")] if quarters else []
        await self._interaction.edit_original_response(content=f"{self.head} ({percent}%) (fast)", attachments=files)

    async def finish(self, side_px: int = 1024) -> discord.Message:
        channel = self._interaction.channel
        assert isinstance(channel, discord.TextChannel)
        waiting = await self._interaction.original_response()
        reference = discord.MessageReference.from_message(waiting, fail_if_not_exists=False)
        grid = await channel.send(
            f"{self.head} (fast)", file=picture(side_px, name="grid.png"), view=grid_rows(), reference=reference
        )
        await waiting.delete()
        return grid


class StubBot(discord.Client):
    """Commands and buttons of the shapes that the real bot has."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self.jobs: asyncio.Queue[StubJob] = asyncio.Queue()
        self.heard: list[dict[str, Any]] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.online = asyncio.Event()
        singles: list[app_commands.Command[Any, ..., Any]] = [imagine, info, wrong, silent, echo, choose]
        for command in singles:
            self.tree.add_command(command)
        self.tree.add_command(quota)
        add_workflow(self.tree)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.online.set()

    async def job(self) -> StubJob:
        """The next /imagine, once it came."""
        async with asyncio.timeout(20):
            return await self.jobs.get()

    async def on_interaction(self, interaction: Interaction) -> None:
        if interaction.type is not discord.InteractionType.component:
            return
        data: Any = interaction.data
        custom_id = str(data["custom_id"])
        values = {"values": data["values"]} if data.get("values") else {}
        self.heard.append({"pressed": custom_id, "by": interaction.user.name, **values})
        await self.may_answer.wait()
        if await pressed(interaction, custom_id, data.get("values") or []):
            return
        await interaction.response.defer()
        if custom_id.startswith(("U:", "V:")):
            await _enlarge(interaction, custom_id)


async def _enlarge(interaction: Interaction, custom_id: str) -> None:
    grid, channel = interaction.message, interaction.channel
    assert grid is not None
    assert isinstance(channel, discord.TextChannel)
    await interaction.edit_original_response(view=grid_rows(custom_id))
    words = f"{grid.content.split(' - ')[0]} - Image #{custom_id[-1]} {interaction.user.mention}"
    await channel.send(words, file=picture(512, [QUARTERS[int(custom_id[-1]) - 1]] * 4), reference=grid)


@app_commands.command(description="Draw four pictures of what you describe")
@app_commands.describe(prompt="What to draw")
async def imagine(interaction: Interaction, prompt: str) -> None:
    job = StubJob(interaction, prompt)
    await job.wait()
    interaction.client.jobs.put_nowait(job)


@app_commands.command(description="Your credits and your jobs")
async def info(interaction: Interaction) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.client.may_answer.wait()
    box = discord.Embed(title="Your info", description="**Credits**: 24\nSince <t:1700000000:R>", colour=0x2A8059)
    box.add_field(name="Waiting", value="0").set_footer(text="nothing is held")
    await interaction.edit_original_response(embed=box)


@app_commands.command(description="Always refused, in the way of a refusal")
async def wrong(interaction: Interaction) -> None:
    box = discord.Embed(title="Invalid parameter", description="I don't know `--arr`.", colour=0xE74C3C)
    await interaction.response.send_message(embed=box.set_footer(text="/imagine a fox --arr"), ephemeral=True)


@app_commands.command(description="Never answers")
async def silent(interaction: Interaction) -> None:
    interaction.client.heard.append({"silent": interaction.user.name})


@app_commands.command(description="Says your words in every place that a message has")
async def echo(interaction: Interaction, text: str) -> None:
    box = discord.Embed(title=text[:256], description=text)
    box.add_field(name=text[:256], value=text[:1024]).set_footer(text=text).set_author(name=text[:256])
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label=text[:80], custom_id="x"))
    view.add_item(
        discord.ui.Select(placeholder=text[:150], options=[discord.SelectOption(label=text[:100], value="v")])
    )
    await interaction.response.send_message(text[:2000], embed=box, view=view)


@app_commands.command(description="Options of every kind")
@app_commands.describe(speed="How fast", count="How many", quiet="Say nothing")
@app_commands.choices(speed=[app_commands.Choice(name=word, value=word.lower()) for word in ("Fast", "Relaxed")])
async def choose(
    interaction: Interaction, speed: str, count: app_commands.Range[int, 1, 10] | None = None, quiet: bool | None = None
) -> None:
    interaction.client.heard.append({"speed": speed, "count": count, "quiet": quiet})
    await interaction.response.send_message("noted", ephemeral=True)


quota = app_commands.Group(
    name="quota", description="Credits", default_permissions=discord.Permissions(manage_guild=True)
)


@quota.command(name="grant", description="Give a member credits")
async def grant(interaction: Interaction, member: discord.Member, n: app_commands.Range[int, 1]) -> None:
    interaction.client.heard.append({"member": member.name, "n": n})
    await interaction.response.send_message(f"{member.mention} got {n}", ephemeral=True)


@asynccontextmanager
async def stub_bot(base_url: str, gateway_url: str, token: str) -> AsyncIterator[StubBot]:
    """A bot that is online on a playground; discord.py's addresses are put back afterwards."""
    route, socket, asset = discord.http.Route, discord.gateway.DiscordWebSocket, discord.asset.Asset
    before = (route.BASE, socket.DEFAULT_GATEWAY, asset.BASE)
    route.BASE, socket.DEFAULT_GATEWAY, asset.BASE = f"{base_url}/api/v10", yarl.URL(gateway_url), f"{base_url}/cdn"
    bot = StubBot()
    running = asyncio.create_task(bot.start(token))
    online = asyncio.create_task(bot.online.wait())
    try:
        done, _ = await asyncio.wait({running, online}, timeout=90, return_when=asyncio.FIRST_COMPLETED)
        assert online in done, "the stub bot did not come online"
        yield bot
    finally:
        await bot.close()
        for task in (online, running):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        route.BASE, socket.DEFAULT_GATEWAY, asset.BASE = before
