"""Forms, choices, files, suggestions, menus, reactions and direct messages on the page, in a real browser."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.e2e.page_window import Show, chromium, in_browser, message, show_at, type_command

pytestmark = [*in_browser, pytest.mark.asyncio(loop_scope="module")]

# A drag of one picture over the page and its drop on a place, as a browser reports it.
DROP = """async ([place, name]) => {
  const canvas = new OffscreenCanvas(60, 40);
  canvas.getContext('2d').fillRect(0, 0, 30, 40);
  const carried = new DataTransfer();
  carried.items.add(new File([await canvas.convertToBlob()], name, { type: 'image/png' }));
  const tell = (kind) => document.querySelector(place).dispatchEvent(
    new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }));
  tell('dragover');
  const invited = document.body.classList.contains('dropping');
  tell('drop');
  return invited;
}"""
PASTE = """async () => {
  const canvas = new OffscreenCanvas(60, 40);
  canvas.getContext('2d').fillRect(0, 0, 30, 40);
  const carried = new DataTransfer();
  carried.items.add(new File([await canvas.convertToBlob()], 'pasted.png', { type: 'image/png' }));
  document.activeElement.dispatchEvent(
    new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: carried }));
}"""
# What is too small for a finger: under 40 pixels high or wide.
SMALL = """() => [...document.querySelectorAll('.chat-button, .reaction, .menu-item, .sign, .chat-select, .tool')]
  .filter((one) => one.checkVisibility()).map((one) => [one.className, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 39.5 || box.width < 39.5).map(([name]) => name)"""
NONSENSE: Sequence[tuple[str, Any]] = (
    ("MESSAGE_CREATE", {}),
    ("MESSAGE_CREATE", None),
    ("MESSAGE_UPDATE", {"id": "x", "channel_id": 7}),
    ("MESSAGE_REACTION_ADD", {"message_id": "7"}),
    ("INTERACTION_MODAL_CREATE", {}),
    ("CHANNEL_CREATE", {"type": 99}),
    ("CHANNEL_CREATE", {"type": 1, "id": "9", "recipients": [{}]}),
    ("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", {"choices": 7}),
    ("SOMETHING_NEW", [[1]]),
)
STRANGE: dict[str, Any] = {
    "id": "1420070400000000001",
    "type": 77,
    "content": "strange",
    "author": {"id": "5", "username": "x"},
    "attachments": [{"id": "1"}],
    "components": [
        {"type": 1, "components": [{"type": 99}, {"type": 3, "custom_id": "x"}, {"type": 2}, None]},
        {"type": 17},
        None,
    ],
    "embeds": [{"color": "red", "fields": [{}]}],
    "reactions": [{"emoji": {"id": None, "name": "❌"}, "count": 1}],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def show(tmp_path: Path, browser: Browser) -> AsyncIterator[Show]:
    async with show_at(tmp_path, browser) as opened:
        yield opened


def picture_file(folder: Path, name: str = "cat.png") -> Path:
    Image.new("RGB", (60, 40), (200, 90, 40)).save(folder / name)
    return folder / name


async def open_form(page: Page) -> Locator:
    await type_command(page, "solo")
    await page.get_by_role("button", name="Custom Zoom").last.click()
    form = page.get_by_role("dialog", name="Remix Prompt")
    await expect(form).to_be_visible()
    return form


async def test_a_form_is_filled_in_checked_and_handed_in_and_the_focus_returns(show: Show) -> None:
    page = await show.window()

    form = await open_form(page)
    prompt = form.get_by_label("New prompt for image #2")
    await expect(prompt).to_be_focused()
    await expect(prompt).to_have_value("a red fox")
    await prompt.fill("no")
    await form.get_by_role("button", name="Submit").click()
    await expect(form).to_contain_text("At least 3 characters")
    await prompt.fill("a blue fox")
    await expect(form).to_contain_text("10 / 400")
    await form.get_by_role("combobox", name="Strength").click()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Control+Enter")

    await expect(message(page, "a blue fox - Remix by @Ada")).to_be_visible()
    await expect(form).to_have_count(0)
    await expect(page.get_by_role("button", name="Custom Zoom")).to_be_focused()
    parts = show.bot.heard[-1]["form"]["components"]
    assert parts[0]["components"][0] == {"type": 4, "id": 2, "custom_id": "prompt", "value": "a blue fox"}
    assert parts[2]["component"]["values"] == ["strong"]


async def test_what_was_written_into_a_form_is_never_lost(show: Show) -> None:
    page = await show.window()

    form = await open_form(page)
    prompt = form.get_by_label("New prompt for image #2")
    await prompt.fill("a long story")
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    await page.get_by_role("button", name="Custom Zoom").click()
    await expect(prompt).to_have_value("a long story")
    await page.get_by_role("button", name="Start over").click()
    await expect(prompt).to_have_value("a red fox")
    await prompt.fill("a bad fox")
    await form.get_by_role("button", name="Submit").click()
    await expect(message(page, "I don't know")).to_be_visible()
    await page.get_by_role("button", name="Custom Zoom").click()
    await expect(prompt).to_have_value("a bad fox")

    await show.stage.control("faults", {"ack_deadline_s": 0.3})
    await prompt.fill("a silent fox")
    await form.get_by_role("button", name="Submit").click()

    await expect(form.get_by_role("alert").filter(has_text="did not answer in time")).to_be_visible()
    await expect(prompt).to_have_value("a silent fox")


async def test_choices_are_made_by_keyboard_one_or_several(show: Show) -> None:
    page = await show.window()
    await type_command(page, "settings")

    model = page.get_by_role("combobox", name="Choose a model")
    await expect(model).to_contain_text("sketchbook")
    await model.focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("listbox", name="Choose a model")).to_be_focused()
    await expect(page.get_by_role("option", selected=True)).to_contain_text("Built in, small")
    await page.keyboard.press("t")
    await page.keyboard.press("Enter")
    await expect(model).to_contain_text("turbo")
    several = page.get_by_role("combobox", name="What to be told")
    await several.click()
    await page.get_by_role("option", name="queued").click()
    await page.get_by_role("option", name="news").click()
    await page.get_by_role("button", name="Done").click()
    await expect(model).to_contain_text("sketchbook")

    assert [one["values"] for one in show.bot.heard] == [["turbo"], ["queued", "news"]]


async def test_files_are_chosen_dropped_and_pasted_into_a_command(show: Show, tmp_path: Path) -> None:
    page = await show.window()

    await page.locator(".plain").click()
    await page.keyboard.type("/blend ")
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="image1").click()
    await (await chooser.value).set_files(picture_file(tmp_path))
    assert await page.evaluate(DROP, [".file-field:nth-of-type(2)", "dog.png"])
    await page.get_by_role("button", name="image3").click()
    await page.evaluate(PASTE)
    await expect(page.locator('.file-chip[data-state="sent"]')).to_have_count(3)
    await page.locator(".send").click()

    await expect(message(page, "cat.png dog.png pasted.png")).to_be_visible()
    [heard] = show.bot.heard
    assert [(name, width) for name, _, width in heard["blend"]] == [
        ("cat.png", 60),
        ("dog.png", 60),
        ("pasted.png", 60),
    ]


async def test_a_picture_dropped_on_the_page_is_posted_and_its_address_fills_a_prompt(show: Show) -> None:
    page = await show.window()

    await page.evaluate(DROP, [".conversation", "cat.png"])
    await expect(page.locator(".hint")).to_contain_text("post it")
    await expect(page.locator(".hint").get_by_role("button", name="/describe")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.locator(".message .picture img")).to_be_visible()
    await page.locator(".message .picture").click(button="right")
    await page.get_by_role("menuitem", name="Use it in a prompt").click()

    await expect(page.locator(".chip")).to_contain_text("/imagine")
    address = await page.locator(".field textarea").input_value()
    assert address.startswith(f"{show.stage.world['base_url']}/cdn/attachments/")
    assert "cat.png" in address


async def test_a_file_that_is_too_large_is_refused_in_words(show: Show) -> None:
    page = await show.window()
    await show.stage.control("faults", {"attachment_size_limit": 20})

    await page.evaluate(DROP, [".conversation", "cat.png"])

    await expect(page.get_by_role("alert").filter(has_text="more than this server takes")).to_be_visible()
    await expect(page.locator('.file-chip[data-state="failed"]')).to_contain_text("not sent")
    await page.get_by_role("button", name="Take cat.png away").click()
    await expect(page.locator(".file-chip")).to_have_count(0)


async def test_the_app_suggests_values_while_one_types(show: Show) -> None:
    page = await show.window()

    await page.locator(".plain").click()
    await page.keyboard.type("/prefer op")
    await expect(page.get_by_role("option")).to_contain_text(["/prefer option set", "/prefer option list"])
    await page.keyboard.press("Enter")
    await expect(page.locator(".chip")).to_contain_text("/prefer option set")
    await page.keyboard.type("po")
    await expect(page.get_by_role("option")).to_have_text(["--poster"])
    await page.keyboard.press("Enter")
    await expect(page.locator(".field input")).to_have_value("--poster")
    await page.keyboard.press("Enter")

    await expect(message(page, "--poster is set.")).to_be_visible()
    assert show.bot.heard == [{"option": "poster", "value": None}]


async def test_the_picker_stays_usable_with_many_commands(show: Show) -> None:
    page = await show.window()

    await page.keyboard.type("/")
    rows = page.get_by_role("option")
    await expect(rows.first).to_contain_text("/imagine")
    assert await rows.count() >= 25
    await page.keyboard.press("ArrowUp")
    await expect(rows.last).to_have_attribute("aria-selected", "true")
    await expect(rows.last).to_be_in_viewport()
    await page.keyboard.type("tur")
    await expect(rows).to_have_count(1)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")

    await expect(message(page, "turbo")).to_be_visible()


async def test_the_menu_of_a_message_reacts_copies_and_uses_the_apps_commands(show: Show) -> None:
    page = await show.window(permissions=["clipboard-read", "clipboard-write"])
    await type_command(page, "solo")
    shown = message(page, "Image #2")
    await expect(shown.locator(".picture img")).to_be_visible()

    await shown.locator(".picture").click(button="right")
    await page.get_by_role("menuitem", name="letter: send to me").click()
    mine = shown.get_by_role("button", name="letter: 1 reaction, yours too")
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await mine.click()
    await expect(shown.locator(".reaction")).to_have_count(0)
    await shown.get_by_role("button", name="More for this message").click()
    await page.get_by_role("menuitem", name="Copy link of the picture").click()
    await expect(page.locator(".note")).to_contain_text("is copied")
    address = await page.evaluate("navigator.clipboard.readText()")
    await shown.get_by_role("button", name="More for this message").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("c")
    await expect(page.get_by_role("menuitem", name="Cancel Job")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(message(page, "That job is finished already.")).to_contain_text("used Cancel Job")
    assert address.startswith(f"{show.stage.world['base_url']}/cdn/attachments/")
    assert show.bot.heard[-1]["menu"] == "Cancel Job"


async def test_a_direct_message_is_counted_told_and_opened(show: Show) -> None:
    page = await show.window()

    await type_command(page, "whisper")
    room = page.locator("#direct .room", has_text="Easel")
    await expect(room.locator(".badge")).to_have_text("1")
    await expect(page.locator(".note").first).to_contain_text("Easel to Ada alone")
    await room.click()

    await expect(page.locator("#room-name")).to_have_text("Easel")
    await expect(message(page, "Job ID: 1234")).to_be_visible()
    await expect(room.locator(".badge")).to_have_count(0)
    await type_command(page, "info")
    await expect(message(page, "Your info")).to_be_visible()


async def test_sixteen_buttons_stand_in_five_rows_on_a_phone_and_suit_a_finger(show: Show) -> None:
    page = await show.window(size=(390, 844), has_touch=True, is_mobile=True)
    await type_command(page, "solo")
    await page.get_by_role("button", name="Vary (Strong)").tap()
    await expect(page.locator('.row .chat-button[data-style="success"]')).to_have_text("Vary (Strong)")
    await page.get_by_role("button", name="More for this message").tap()
    small = await page.evaluate(SMALL)
    await page.get_by_role("menuitem", name="star").tap()
    await expect(page.get_by_role("button", name="star: 1 reaction")).to_be_visible()

    boxes = [await one.bounding_box() for one in await page.locator(".row .chat-button").all()]
    lines = {round(box["y"]) for box in boxes if box}
    assert len(boxes) == 15
    assert len(lines) == 5
    assert [*small, *await page.evaluate(SMALL)] == []
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_nonsense_from_the_server_breaks_nothing(show: Show) -> None:
    page = await show.window()
    sockets: list[WebSocketRoute] = []

    def note(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    await page.route_web_socket("**/gateway*", note)
    strange = STRANGE | {"channel_id": show.stage.world["channels"][0]["id"]}
    await page.route("**/api/v10/channels/*/messages?*", lambda route: route.fulfill(json=[strange]))
    await page.reload()
    await expect(message(page, "strange")).to_contain_text("cannot be shown here: type 99")
    for kind, body in NONSENSE:
        sockets[-1].send(json.dumps({"op": 0, "t": kind, "s": None, "d": body}))
    await page.unroute_all()
    await type_command(page, "remix")

    await expect(page.get_by_role("dialog", name="Remix Prompt")).to_be_visible()
