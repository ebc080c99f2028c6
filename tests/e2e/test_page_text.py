"""Text of other people is text: the Markdown subset is shown, and nothing in it runs."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.e2e.page_window import Show, chromium, in_browser, message, show_at, type_command

pytestmark = [*in_browser, pytest.mark.asyncio(loop_scope="module")]

MARKDOWN = [
    ("**bold** *it* _it_ __under__ ~~gone~~", "<strong>bold</strong> <em>it</em> <em>it</em> <u>under</u> <s>gone</s>"),
    ("***both*** *a **b** c*", "<strong><em>both</em></strong> <em>a <strong>b</strong> c</em>"),
    (r"\*\*plain\*\* \_x\_ \`y\` \||z\||", "**plain** _x_ `y` ||z||"),
    ("snake_case_name 2 * 3 * 4", "snake_case_name 2 * 3 * 4"),
    ("`a *b* <c>` ``d`e``", "<code>a *b* &lt;c&gt;</code> <code>d`e</code>"),
    ("```py\n# x\ny\n```", '<pre tabindex="0"><code># x\ny</code></pre>'),
    ("-# small\nnext", '<span class="small-print">small</span>next'),
    ("> said\nnext", "<blockquote>said</blockquote>next"),
    ("one\ntwo", "one<br>two"),
    ("**unclosed and ||too", "**unclosed and ||too"),
    ("****", "****"),
    ("<b>no</b> &amp; <script>x</script>", "&lt;b&gt;no&lt;/b&gt; &amp;amp; &lt;script&gt;x&lt;/script&gt;"),
]
LINKS = [
    ("[words](<https://a.b/c?d=1>)", ["https://a.b/c?d=1"]),
    ("see https://a.b/c.", ["https://a.b/c"]),
    ("(https://a.b/c_(d))", ["https://a.b/c_(d)"]),
    ("<https://a.b/>", ["https://a.b/"]),
    ("[x](javascript:alert(1)) [y](data:text/html,z) <javascript:alert(1)>", []),
    ("[x](https://a.b) [y](//c.d) [z](ftp://e.f)", ["https://a.b"]),
]
HOSTILE = [
    "<img src=x onerror=pwned()>",
    "<script>pwned()</script>",
    "<svg/onload=pwned()>",
    "\"><iframe srcdoc='<script>parent.pwned()</script>'>",
    "[press](javascript:pwned()) <javascript:pwned()> javascript:pwned()",
    '[press](<javascript:pwned()>) [press](https://127.0.0.1/"onmouseover="pwned())',
    "**<b onclick=pwned()>bold</b>** `<a href=javascript:pwned()>` ||<details open ontoggle=pwned()>||",
    "```html\n<script>pwned()</script>\n```",
    "<t:99999999999999:R> <t:8640000000001> <@1> <#1> <@&1> </x onclick=pwned():1>",
    "\u202egnp.exe\u202c \u0000 \ufeff {{constructor.constructor('pwned()')()}}",
]
NOTHING_RAN = """() => ({
  ran: window.ran,
  tags: [...document.querySelectorAll('.messages :is(script, iframe, object, embed, form, style, link, base, meta)')]
    .map((one) => one.tagName),
  handlers: [...document.querySelectorAll('body *')]
    .flatMap((one) => [...one.attributes]).map(({ name }) => name).filter((name) => name.startsWith('on')),
  links: [...document.querySelectorAll('.messages [href], .messages [src]')]
    .map((one) => new URL(one.href || one.src).protocol).filter((one) => !['http:', 'https:'].includes(one)),
})"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def show(tmp_path: Path, browser: Browser) -> AsyncIterator[Show]:
    async with show_at(tmp_path, browser) as opened:
        yield opened


async def shown(page: Page, text: str) -> str:
    """What the page makes of a text, as markup."""
    script = """async (text) => {
      const { prose } = await import('/prose.js');
      const box = document.createElement('div');
      box.append(...prose(text).flat(9));
      return box.innerHTML;
    }"""
    return str(await page.evaluate(script, text))


async def test_markdown_is_read_as_chat_reads_it_and_links_go_to_the_web_only(show: Show) -> None:
    page = await show.window()

    assert [await shown(page, text) for text, _ in MARKDOWN] == [markup for _, markup in MARKDOWN]
    hrefs = """async (text) => {
      const { prose } = await import('/prose.js');
      const box = document.createElement('div');
      box.append(...prose(text).flat(9));
      return [...box.querySelectorAll('a')].map((one) => one.getAttribute('href'));
    }"""
    assert [await page.evaluate(hrefs, text) for text, _ in LINKS] == [links for _, links in LINKS]


async def test_hostile_text_takes_no_longer_than_it_should(show: Show) -> None:
    page = await show.window()
    seeds = ["*", "_", "[", "`", "||", "> ", "**a", "*a ", "[a](", "<t:", "```", "- a\n", "**a _b ", "https://a("]
    script = """async (seeds) => {
      const { parse } = await import('/markdown.js');
      return seeds.map((seed) => {
        const text = seed.repeat(6000 / seed.length);
        const from = performance.now();
        parse(text);
        return [seed, performance.now() - from];
      });
    }"""

    slow = [(seed, ms) for seed, ms in await page.evaluate(script, seeds) if ms > 2000]

    assert slow == []


async def test_mentions_become_names_and_hidden_words_open_by_keyboard(show: Show) -> None:
    page = await show.window()
    ada, room = show.stage.world["people"][0], show.stage.world["channels"][1]

    await page.locator(".plain").fill(f"<@{ada['id']}> see <#{room['id']}> ||the end|| @everyone")
    await page.keyboard.press("Enter")

    line = message(page, "see")
    await expect(line.locator(".mention")).to_have_text(["@Ada", f"#{room['name']}", "@everyone"])
    await expect(line.locator(".mention.me")).to_have_text("@Ada")
    hidden = line.get_by_role("button", name="Hidden words")
    await hidden.focus()
    await page.keyboard.press("Enter")
    await expect(line.locator(".spoiler.shown")).to_have_text("the end")


@pytest.mark.parametrize("text", HOSTILE)
async def test_nothing_that_people_write_runs(show: Show, text: str) -> None:
    async def renamed(route: Route) -> None:
        """Everybody and every room is called something hostile."""
        answer = await route.fetch()
        session: dict[str, Any] = await answer.json()
        for person in session["people"]:
            person["name"] = text
        await route.fulfill(json=session)

    context = await show.browser.new_context()
    await context.add_init_script("window.ran = 0; window.pwned = () => { window.ran += 1; };")
    await context.route("**/_page/session", renamed)
    page = await context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    await page.goto(show.stage.world["page_url"])
    await expect(page.locator(".welcome")).to_be_visible()

    await type_command(page, "echo", text)
    await expect(page.locator(".message .embed")).to_be_visible()
    await page.locator(".plain").fill(text)
    await page.keyboard.press("Enter")
    await expect(page.locator(".message")).to_have_count(2)
    await type_command(page, "imagine", text)
    await (await show.bot.job()).finish(64)
    await page.locator(".picture").click()
    await expect(page.locator(".lightbox[open]")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.locator("#show-traffic").click()
    await page.locator(".traffic-list summary").first.click()

    assert await page.evaluate(NOTHING_RAN) == {"ran": 0, "tags": [], "handlers": [], "links": []}
