"""Stock discord.py, only its addresses changed: login, commands, buttons, retries, resuming; all in strict mode."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import discord
import pytest
from discord import app_commands

from playground.server import Playground
from tests.playground.clients import PersonClient
from tests.playground.stock import READY_S, connection_options, picture, point_discord_py_at, running

FOX = [{"type": 3, "name": "prompt", "value": "a fox"}]

Interaction = discord.Interaction["StockBot"]
Work = Callable[[Interaction], Awaitable[None]]


class Press(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"job:(?P<n>\d)"):
    """A button whose whole state is its id."""

    def __init__(self, n: int) -> None:
        super().__init__(discord.ui.Button(label=f"U{n}", custom_id=f"job:{n}"))
        self.n = n

    @classmethod
    async def from_custom_id(cls, _: Any, __: Any, match: Any) -> "Press":
        return cls(int(match["n"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.followup.send(f"number {self.n}", file=picture("up.png"))


class StockBot(discord.Client):
    """A bot with one command, whose work each test writes."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), **connection_options())
        self.tree = app_commands.CommandTree(self)
        self.work: Work = answer_plainly
        self.broken: list[BaseException] = []
        self.finished = asyncio.Event()
        self.resumed = asyncio.Event()
        self.tree.add_command(draw)
        self.tree.add_command(quota)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Press)
        await self.tree.sync()

    async def on_resumed(self) -> None:
        self.resumed.set()


@app_commands.command(description="Draw something")
async def draw(interaction: discord.Interaction[Any], prompt: app_commands.Range[str, 1, 6000]) -> None:
    bot: StockBot = interaction.client
    try:
        await bot.work(interaction)
    except BaseException as error:
        bot.broken.append(error)
        raise
    finally:
        bot.finished.set()


@app_commands.command(description="Credits")
@app_commands.default_permissions(manage_guild=True)
async def quota(interaction: discord.Interaction[Any], member: discord.Member, n: int) -> None:
    await interaction.response.send_message(f"{member.display_name}: {n}", ephemeral=True)


async def answer_plainly(interaction: Interaction) -> None:
    await interaction.response.send_message("here")


def view() -> discord.ui.View:
    made = discord.ui.View(timeout=None)
    for n in range(1, 5):
        made.add_item(Press(n))
    return made


@pytest.fixture
def play(strict_play: Playground, monkeypatch: pytest.MonkeyPatch) -> Playground:
    point_discord_py_at(strict_play, monkeypatch)
    return strict_play


@pytest.fixture
async def stock(play: Playground) -> AsyncIterator[StockBot]:
    async with running(play, StockBot()) as bot:
        yield bot


async def drawn(ada: PersonClient, stock: StockBot, work: Work) -> None:
    """Ada uses /draw, and the bot does its work."""
    stock.work = work
    stock.finished.clear()
    status, answer = await ada.use("draw", FOX)
    assert status == 204, answer
    await asyncio.wait_for(stock.finished.wait(), READY_S)
    assert stock.broken == []


async def test_the_whole_loop_without_a_single_violation(
    play: Playground, stock: StockBot, ada: PersonClient, channel: str
) -> None:
    async def work(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(content="**a fox** (0%)")
        waiting = await interaction.edit_original_response(content="**a fox** (50%)", attachments=[picture("p.png")])
        place = interaction.channel
        assert isinstance(place, discord.TextChannel)
        partial = place.get_partial_message(waiting.id)
        await partial.edit(content="**a fox** (75%)", attachments=[picture("q.png")])
        reference = partial.to_reference(fail_if_not_exists=False)
        sent = [
            await place.send("**a fox**", file=picture("g.png"), view=view(), reference=reference, nonce="job-1")
            for _ in range(2)
        ]
        assert sent[0].id == sent[1].id
        await partial.delete()
        found = [message async for message in place.history(limit=50, after=discord.Object(waiting.id))]
        assert [message.id for message in found] == [sent[0].id]
        embed = discord.Embed(title="Info", description="x", colour=5).set_image(url="attachment://e.png")
        await interaction.followup.send("private", embed=embed, file=picture("e.png"), ephemeral=True)

    await drawn(ada, stock, work)

    _, grid = await ada.wait_for("MESSAGE_CREATE", lambda m: m["content"] == "**a fox**")
    await ada.press(grid, "job:3")
    _, up = await ada.wait_for("MESSAGE_UPDATE", lambda m: m["content"] == "number 3")
    await ada.wait_for("MESSAGE_DELETE")
    assert up["message_reference"]["message_id"] == grid["id"]
    assert [c["custom_id"] for c in grid["components"][0]["components"]] == [f"job:{n}" for n in range(1, 5)]
    assert play.stage.violations.as_json() == []


async def test_a_member_option_arrives_as_a_member(play: Playground, stock: StockBot, ada: PersonClient) -> None:
    ben = play.stage.world.identity.people[1]
    options = [{"type": 6, "name": "member", "value": ben.id}, {"type": 4, "name": "n", "value": 5}]

    await ada.use("quota", options)

    _, answer = await ada.wait_for("MESSAGE_CREATE")
    assert (answer["content"], answer["flags"]) == ("Ben: 5", 64)
    assert play.stage.violations.as_json() == []


async def test_components_v2_come_through(play: Playground, stock: StockBot, ada: PersonClient) -> None:
    async def work(interaction: Interaction) -> None:
        layout = discord.ui.LayoutView(timeout=None)
        gallery: discord.ui.MediaGallery[Any] = discord.ui.MediaGallery(
            discord.MediaGalleryItem("attachment://g.png", description="a fox")
        )
        layout.add_item(discord.ui.Container(discord.ui.TextDisplay("**a fox**"), gallery, accent_colour=5))
        await interaction.response.send_message(view=layout, files=[picture("g.png")])

    await drawn(ada, stock, work)

    _, message = await ada.wait_for("MESSAGE_CREATE")
    media = message["components"][0]["components"][1]["items"][0]["media"]
    assert message["flags"] & 1 << 15
    assert media["url"].startswith(play.base_url)
    assert media["width"] == 4
    assert play.stage.violations.as_json() == []


async def test_it_waits_out_a_rate_limit_and_retries_what_failed(
    play: Playground, stock: StockBot, ada: PersonClient, channel: str
) -> None:
    play.control.apply({"bucket": {"limit": 1, "per_s": 0.2}, "rules": [{"path": "/messages$", "status": 500}]})

    async def work(interaction: Interaction) -> None:
        place = interaction.channel
        assert isinstance(place, discord.TextChannel)
        await interaction.response.send_message("here")
        await asyncio.gather(*(place.send(str(n)) for n in range(3)))

    await drawn(ada, stock, work)

    _, found = await ada.call("GET", channel)
    assert {m["content"] for m in found} == {"here", "0", "1", "2"}
    assert play.door.traffic.by_status[500] == 1
    assert play.stage.violations.as_json() == []


async def test_the_edits_of_one_answer_are_spaced_by_the_bucket_without_a_429(
    play: Playground, stock: StockBot, ada: PersonClient
) -> None:
    play.control.apply({"bucket": {"limit": 2, "per_s": 0.3}})

    async def work(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        for n in range(5):
            await interaction.edit_original_response(content=str(n))

    await drawn(ada, stock, work)

    assert play.door.traffic.by_status[429] == 0


async def test_errors_reach_the_bot_as_discord_py_knows_them(
    play: Playground, stock: StockBot, ada: PersonClient
) -> None:
    place_id = play.stage.world.identity.places[0].id
    seen: dict[str, int] = {}

    async def work(interaction: Interaction) -> None:
        place = interaction.channel
        assert isinstance(place, discord.TextChannel)
        await interaction.response.send_message("here")
        play.control.apply({"permissions": {"channel": place_id, "deny": ["SEND_MESSAGES"]}, "token_life_s": 0})
        for name, attempt in (
            ("forbidden", place.send("x")),
            ("missing", place.fetch_message(1)),
            ("dead token", interaction.edit_original_response(content="x")),
        ):
            try:
                await attempt
            except discord.HTTPException as error:
                seen[name] = error.code

    await drawn(ada, stock, work)

    assert seen == {"forbidden": 50013, "missing": 10008, "dead token": 50027}


async def test_a_dropped_socket_is_resumed_and_nothing_is_missed(
    play: Playground, stock: StockBot, ada: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", lambda _: 0.3)
    play.control.apply({"drop_sockets": "bot"})
    stock.finished.clear()

    await ada.use("draw", FOX)

    await asyncio.wait_for(stock.finished.wait(), READY_S)
    await asyncio.wait_for(stock.resumed.wait(), READY_S)
    await ada.wait_for("INTERACTION_SUCCESS")
    assert stock.broken == []


async def test_a_button_works_after_the_bot_was_restarted(play: Playground, ada: PersonClient) -> None:
    async with running(play, StockBot()) as first:

        async def work(interaction: Interaction) -> None:
            await interaction.response.send_message("grid", view=view())

        await drawn(ada, first, work)
    _, grid = await ada.wait_for("MESSAGE_CREATE", lambda m: m["content"] == "grid")

    async with running(play, StockBot()):
        await ada.press(grid, "job:2")
        await ada.wait_for("MESSAGE_UPDATE", lambda m: m["content"] == "number 2")

    assert play.stage.violations.as_json() == []


async def test_a_slow_bot_is_told_that_it_was_too_late(play: Playground, stock: StockBot, ada: PersonClient) -> None:
    play.control.apply({"ack_deadline_s": 0.05})
    seen: list[int] = []

    async def work(interaction: Interaction) -> None:
        await ada.wait_for("INTERACTION_FAILURE")
        try:
            await interaction.response.send_message("late")
        except discord.NotFound as error:
            seen.append(error.code)

    await drawn(ada, stock, work)

    assert seen == [10062]


async def test_a_wrong_token_cannot_log_in(play: Playground) -> None:
    async with StockBot() as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.login("wrong")
