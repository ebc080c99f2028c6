"""The person of the end-to-end tests against a stock bot: everything that a client can do, through one class."""

from collections.abc import AsyncIterator

import pytest

from playground.server import Playground
from tests.e2e.person import File, Person, fields
from tests.playground.clients import PICTURE
from tests.playground.stock import point_discord_py_at, running
from tests.playground.workflow_bot import WorkflowBot


@pytest.fixture
async def stock(strict_play: Playground, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WorkflowBot]:
    point_discord_py_at(strict_play, monkeypatch)
    async with running(strict_play, WorkflowBot()) as bot:
        yield bot


async def test_a_person_can_do_everything(strict_play: Playground, stock: WorkflowBot) -> None:
    async with Person.at(strict_play.ready, "Ben") as ben:
        said = await ben.answer(await ben.use("blend", first=File(name="a.png", data=PICTURE)))
        choices = await ben.suggestions("pick", "colour", "gr", amount=2)
        panel = await ben.answer(await ben.use("panel"))
        await ben.select(panel, "panel:styles", "oil")
        await ben.until(lambda: ben.messages[panel["id"]]["content"] == "styles: oil", "the choice")
        remix = await ben.modal(await ben.press(panel, "panel:remix"))
        await ben.answer(await ben.submit_modal(remix, {fields(remix)[0]["custom_id"]: "a bear"}))
        whole = await ben.modal(await ben.use("form", whole=True))
        words, kind, who, file = (field["custom_id"] for field in fields(whole))
        values = {words: "w", kind: ["a"], who: [ben.id], file: File(name="b.png", data=PICTURE)}
        thanks = await ben.answer(await ben.submit_modal(whole, values))
        sent = await ben.answer(await ben.menu(panel, "DM Results"))
        await ben.react(panel, "❌")
        await ben.take_back(panel, "❌")
        ben.channel_id = await ben.dm()
        alone = await ben.answer(await ben.use("panel"))
        unchanged = await ben.modal(await ben.press(alone, "panel:remix"))
        await ben.answer(await ben.submit_modal(unchanged))
        await ben.say("bye")

    assert "a.png" in said["content"]
    assert [choice["value"] for choice in choices] == ["green", "grey"]
    assert (thanks["content"], sent["content"]) == ("thanks", "sent")
    assert alone["channel_id"] == ben.channel_id
    assert "guild_id" not in alone
    assert stock.heard[0] == [PICTURE]
    assert stock.heard[2:4] == ["a bear", ["w", ["a"], ["ben"], [PICTURE]]]
    assert stock.heard[-1] == "a fox"
    assert strict_play.stage.violations.as_json() == []
