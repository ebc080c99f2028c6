"""How jobs look: the text of every message state, and the buttons below it."""

from collections.abc import Mapping, Sequence

import discord

from bot.actions import ACTIONS, Action, Result, Square
from bot.chat.stateless import empty_view
from bot.custom_ids import control_id, custom_id
from bot.prompt import bold
from bot.studio import Mark, Marks
from bot.texts import ENGLISH, duration, say
from db.jobs import Job, Outlook
from pipeline.spec import Spec

MESSAGE_LIMIT = 2000
SPARE = 320
"""Room beside the prompt for names, modes and notes."""
HEART = "❤️"
GLOBE = "🌐"
SLOTS = 4
LAST_ROW = 4
STYLES: Mapping[Mark | None, discord.ButtonStyle] = {
    "pressed": discord.ButtonStyle.primary,
    "remixed": discord.ButtonStyle.success,
}
NOTHING_PRESSED: Marks = {}


def waiting(job: Job, note: str = "") -> str:
    """Say that a job is accepted and has not begun."""
    text = say(f"waiting.{_wording(job)}", **_facts(job))
    return f"{text}\n{note}" if note else text


def place(outlook: Outlook | None) -> str:
    """Say how many jobs go before a waiting one, and when it starts if that can be told; empty when it is its turn."""
    if outlook is None or not outlook.ahead:
        return ""
    ahead = say("waiting.one" if outlook.ahead == 1 else "waiting.many", ahead=outlook.ahead)
    if outlook.starts_in_ms is None:
        return ahead
    return say("waiting.about", ahead=ahead, time=duration(outlook.starts_in_ms / 1000))


def progress(job: Job, percent: int) -> str:
    return say(f"progress.{_wording(job)}", percent=percent, **_facts(job))


def final(job: Job, spec: Spec, *, smaller: bool, gallery_url: str | None = None) -> str:
    """Word the message that carries the result."""
    url = page(job, gallery_url)
    link = say("final.link", url=url) if url else ""
    lines = [say(f"final.{_wording(job)}", link=link, **_facts(job, beside=2 * len(url or "")))]
    if spec.verb == "upscale" and spec.upscaler == "lanczos":
        lines.append(say("final.lanczos"))
    if smaller:
        lines.append(smaller_file(url))
    return "\n".join(lines)


def smaller_file(url: str | None) -> str:
    """Say that a file is not the whole picture, and where that is if it can be told."""
    return say("final.smaller.link", url=url) if url else say("final.smaller")


def prompt(job: Job, beside: int = 0) -> str:
    """Show a job's prompt; beside: the length of addresses that need room in the same message."""
    return bold(job.prompt, limit=MESSAGE_LIMIT - SPARE - beside)


def page(job: Job, gallery_url: str | None) -> str | None:
    """Where a result can be seen in full; a hidden one nowhere."""
    return f"{gallery_url}/jobs/{job.id}" if gallery_url and not job.stealth else None


def stopped(job: Job) -> str:
    return say("stopped", **_facts(job))


def lost(job: Job) -> discord.Embed:
    """Word why a job ended without a picture."""
    why = job.why if f"lost.{job.why}" in ENGLISH else "failed"
    return discord.Embed(
        title=say("lost.title"), description=say(f"lost.{why}", who=mention(job.user_id)), colour=0xED4245
    )


def mode(job: Job) -> str:
    """The speed of a job, and whether it is hidden: "fast, stealth"."""
    speed = say(f"mode.{job.speed}")
    return say("mode.hidden", mode=speed) if job.stealth else speed


def jump_url(guild_id: str | None, channel_id: str, message_id: str) -> str:
    """Link to a message, for people."""
    return f"https://discord.com/channels/{guild_id or '@me'}/{channel_id}/{message_id}"


def mention(user_id: str) -> str:
    return f"<@{user_id}>"


def cancel_view(job_id: str) -> discord.ui.View:
    """Make the one red button of a waiting or running job."""
    view = empty_view()
    view.add_item(
        discord.ui.Button(
            label=say("button.cancel"),
            style=discord.ButtonStyle.danger,
            custom_id=control_id("cancel", job_id),
        )
    )
    return view


def result_view(
    job: Job, actions: Sequence[Action], marks: Marks = NOTHING_PRESSED, gallery_url: str | None = None
) -> discord.ui.View:
    """Make the buttons below a result; pressed ones are coloured, never disabled."""
    view = empty_view()
    result = ACTIONS[job.action].gives
    for action in actions:
        for slot in _slots(action, result):
            mark = marks.get((action.key, slot))
            view.add_item(_button(action, slot, job, STYLES.get(mark, discord.ButtonStyle.secondary)))
    if result != "grid":
        heart: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            emoji=HEART, style=discord.ButtonStyle.secondary, custom_id=control_id("bookmark", job.id), row=LAST_ROW
        )
        view.add_item(heart)
    if url := page(job, gallery_url):
        view.add_item(_link(url, result))
    return view


def _slots(action: Action, result: Result) -> range:
    if not action.takes_slot:
        return range(1)
    return range(1, SLOTS + 1) if result == "grid" else range(1, 2)


def _button(action: Action, slot: int, job: Job, style: discord.ButtonStyle) -> discord.ui.Button[discord.ui.View]:
    keys = (f"button.{ACTIONS[job.action].gives}.{action.key}", f"button.{action.key}")
    key = next((key for key in keys if key in ENGLISH), None)
    return discord.ui.Button(
        label=say(key, slot=slot) if key else None,
        emoji=_growing(job) if isinstance(action.extends, Square) else action.emoji or None,
        style=style,
        custom_id=custom_id(action, slot, job.id),
        row=action.row,
    )


def _growing(job: Job) -> str:
    """The direction in which a picture grows to a square."""
    spec = Spec.from_json(job.spec)
    return "↕️" if spec.width_px > spec.height_px else "↔️"


def _link(url: str, result: Result) -> discord.ui.Button[discord.ui.View]:
    if result == "grid":
        return discord.ui.Button(emoji=GLOBE, url=url, row=1)
    return discord.ui.Button(label=say("button.web"), url=f"{url}?index=0", row=LAST_ROW)


def _wording(job: Job) -> str:
    wording = ACTIONS[job.action].wording
    return "remix" if wording == "vary" and job.remixed else wording


def _facts(job: Job, beside: int = 0) -> dict[str, object]:
    return {
        "prompt": prompt(job, beside),
        "who": mention(job.user_id),
        "slot": job.parent_slot or 1,
        "manner": say(f"manner.{ACTIONS[job.action].manner}"),
        "mode": mode(job),
    }
