"""How jobs look: the text of every message state, and the buttons below it."""

from collections.abc import Collection

import discord

from bot.actions import ACTIONS, Action, Result, control_id, custom_id, offered
from bot.prompt import bold
from bot.texts import ENGLISH, say
from db.jobs import Job
from pipeline.spec import Spec

MESSAGE_LIMIT = 2000
SPARE = 300
"""Room beside the prompt for names, modes, links and notes."""
EMOJI = {"reroll": "🔄", "low_variation": "🪄", "high_variation": "🪄"}
ROWS = {"upsample": 0, "reroll": 0, "variation": 1, "low_variation": 0, "high_variation": 0}
HEART = "❤️"
SLOTS = 4


def waiting(job: Job, note: str = "") -> str:
    """Say that a job is accepted and has not begun."""
    text = say(f"waiting.{_shape(job)}", **_facts(job))
    return f"{text}\n{note}" if note else text


def progress(job: Job, percent: int) -> str:
    return say(f"progress.{_shape(job)}", percent=percent, **_facts(job))


def final(job: Job, spec: Spec, *, smaller: bool, gallery_url: str | None = None) -> str:
    """Word the message that carries the result."""
    link = say("final.link", url=f"{gallery_url}/jobs/{job.id}") if gallery_url else ""
    lines = [say(f"final.{_shape(job)}", link=link, **_facts(job))]
    if spec.verb == "upscale" and spec.upscaler == "lanczos":
        lines.append(say("final.lanczos"))
    if smaller:
        lines.append(say("final.smaller"))
    return "\n".join(lines)


def stopped(job: Job) -> str:
    return say("stopped", **_facts(job))


def lost(job: Job) -> discord.Embed:
    """Word why a job ended without a picture."""
    why = job.why if f"lost.{job.why}" in ENGLISH else "failed"
    return discord.Embed(
        title=say("lost.title"), description=say(f"lost.{why}", who=mention(job.user_id)), colour=0xED4245
    )


def mention(user_id: str) -> str:
    return f"<@{user_id}>"


def cancel_view(job_id: str) -> discord.ui.View:
    """Make the one red button of a waiting or running job."""
    view = _forgettable()
    view.add_item(
        discord.ui.Button(
            label=say("button.cancel"),
            style=discord.ButtonStyle.danger,
            custom_id=control_id("cancel", job_id),
        )
    )
    return view


def result_view(job: Job, pressed: Collection[tuple[str, int]] = ()) -> discord.ui.View:
    """Make the buttons below a result; pressed ones are coloured, never disabled."""
    view = _forgettable()
    result = ACTIONS[job.action].gives
    for action in offered(result):
        for slot in _slots(action, result):
            view.add_item(_button(action, slot, job.id, pressed=(action.key, slot) in pressed))
    if result == "solo":
        heart: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            emoji=HEART, style=discord.ButtonStyle.secondary, custom_id=control_id("bookmark", job.id), row=0
        )
        view.add_item(heart)
    return view


def _forgettable() -> discord.ui.View:
    """Make a view that discord.py does not keep: its store would grow with every job, and presses find us by id."""
    view = discord.ui.View(timeout=None)
    view.stop()
    return view


def _slots(action: Action, result: Result) -> range:
    if not action.takes_slot:
        return range(1)
    return range(1, SLOTS + 1) if result == "grid" else range(1, 2)


def _button(action: Action, slot: int, job_id: str, *, pressed: bool) -> discord.ui.Button[discord.ui.View]:
    key = f"button.{action.key}"
    return discord.ui.Button(
        label=say(key, slot=slot) if key in ENGLISH else None,
        emoji=EMOJI.get(action.key),
        style=discord.ButtonStyle.primary if pressed else discord.ButtonStyle.secondary,
        custom_id=custom_id(action, slot, job_id),
        row=ROWS[action.key],
    )


def _shape(job: Job) -> str:
    return {"draw": "imagine", "vary": "vary", "upscale": "upscale"}[ACTIONS[job.action].verb]


def _facts(job: Job) -> dict[str, object]:
    return {
        "prompt": bold(job.prompt, limit=MESSAGE_LIMIT - SPARE),
        "who": mention(job.user_id),
        "slot": job.parent_slot or 1,
        "strength": say(f"strength.{ACTIONS[job.action].strength}"),
        "mode": say(f"mode.{job.speed}"),
    }
