"""From exception to what a person reads; the only place where errors become words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot import errors
from bot.prompt import PromptError, code
from bot.references import upload_name
from bot.texts import ENGLISH, credits, say
from db.errors import (
    DatabaseFull,
    DatabaseUnavailable,
    NotEnoughCredits,
    NotEnoughFree,
    Quarantined,
    QueueFull,
    RequestConflict,
)
from pipeline.questions import CannotAnswer


@dataclass(frozen=True, kw_only=True)
class Notice:
    """An error or a piece of news, ready to be shown."""

    title: str
    body: str
    footer: str = ""


def _plain(key: str) -> Callable[[Exception], Notice]:
    return lambda _error: Notice(title=say(f"error.{key}.title"), body=say(f"error.{key}"))


def _credits(error: Exception) -> Notice:
    assert isinstance(error, NotEnoughCredits)
    body = say("error.credits", price=credits(error.price_units), free=credits(error.free_units))
    return Notice(title=say("error.credits.title"), body=body)


def _queue_full(error: Exception) -> Notice:
    assert isinstance(error, QueueFull)
    body = say("error.queue_full", waiting=error.waiting, limit=error.limit)
    return Notice(title=say("error.queue_full.title"), body=body)


def _not_enough_free(error: Exception) -> Notice:
    assert isinstance(error, NotEnoughFree)
    body = say("error.not_enough_free", free=credits(error.free_units))
    return Notice(title=say("error.not_enough_free.title"), body=body)


def _permissions(error: Exception) -> Notice:
    assert isinstance(error, errors.MissingPermissions)
    body = say("error.permissions", names=", ".join(error.names))
    return Notice(title=say("error.permissions.title"), body=body)


def _prompt(error: Exception) -> Notice:
    assert isinstance(error, PromptError)
    return Notice(title=error.title, body=error.sentence, footer=error.command)


def _link(error: Exception) -> Notice:
    assert isinstance(error, errors.LinkUnusable)
    uploaded = upload_name(error.url)
    body = say(f"error.link.{error.kind}", url=code(uploaded or error.url, 300))
    return Notice(title=say("error.link.upload.title" if uploaded else "error.link.title"), body=body)


def _mode_off(error: Exception) -> Notice:
    assert isinstance(error, errors.ModeOff)
    who = say("error.mode.admins" if error.for_admins else "error.mode.nobody", mode=say(f"mode.name.{error.mode}"))
    return Notice(title=say("error.mode.title"), body=f"{who} {say(f'error.mode.{error.mode}')}")


def _not_with_this_model(error: Exception) -> Notice:
    assert isinstance(error, errors.NotWithThisModel)
    key = f"error.model.{error.mechanism}"
    return Notice(title=say("error.model.title"), body=say(key if key in ENGLISH else "error.model"))


def _used(error: Exception) -> Notice:
    assert isinstance(error, errors.LinkUsed)
    return Notice(title=say("error.link_used.title"), body=say(f"error.link_used.{error.standing}"))


def _mask(error: Exception) -> Notice:
    assert isinstance(error, errors.MaskRefused)
    return Notice(title=say("error.mask.title"), body=say(f"error.mask.{error.flaw}"))


def _shorten(error: Exception) -> Notice:
    assert isinstance(error, errors.CannotShorten)
    return Notice(title=say("error.shorten.title"), body=say(f"error.shorten.{error.why}"))


def _question(error: Exception) -> Notice:
    assert isinstance(error, CannotAnswer)
    return Notice(title=say("error.question.title"), body=say(f"error.question.{error.kind}"))


def _amount(error: Exception) -> Notice:
    assert isinstance(error, errors.AmountUnusable)
    return Notice(title=say("error.amount.title"), body=say("error.amount", low=error.low, high=error.high))


REPLIES: Mapping[type[Exception], Callable[[Exception], Notice]] = {
    errors.Refused: _plain("restricted"),
    errors.NotServedHere: _plain("not_served"),
    errors.NoHomeForDirectMessages: _plain("no_home"),
    errors.MissingPermissions: _permissions,
    errors.JobUnknown: _plain("job_unknown"),
    errors.ActionRestricted: _plain("restricted"),
    errors.PictureGone: _plain("picture_gone"),
    errors.NotFinished: _plain("not_finished"),
    errors.NoJobHere: _plain("no_job_here"),
    errors.NoJobId: _plain("no_job_id"),
    errors.NoSuchJob: _plain("no_such_job"),
    errors.NotYourJob: _plain("not_your_job"),
    errors.EndedWithout: _plain("ended_without"),
    errors.NothingKept: _plain("nothing_kept"),
    errors.MailboxClosed: _plain("mailbox_closed"),
    errors.Unsent: _plain("unsent"),
    errors.TooManyReports: _plain("too_many_reports"),
    errors.NotWithThisModel: _not_with_this_model,
    errors.TooLarge: _plain("too_large"),
    errors.NothingToAdd: _plain("nothing_to_add"),
    errors.LinkUnusable: _link,
    errors.NothingToDescribe: _plain("nothing_to_describe"),
    errors.CannotShorten: _shorten,
    CannotAnswer: _question,
    errors.LinkForged: _plain("link_forged"),
    errors.LinkUsed: _used,
    errors.MaskRefused: _mask,
    errors.SamePicture: _plain("same_picture"),
    errors.BatchAnswered: _plain("batch_answered"),
    errors.ModeOff: _mode_off,
    errors.OneAtATime: _plain("one_at_a_time"),
    errors.TooManyOptions: _plain("too_many_options"),
    errors.AdminsOnly: _plain("admins_only"),
    errors.ServerOnly: _plain("server_only"),
    errors.AmountUnusable: _amount,
    PromptError: _prompt,
    NotEnoughCredits: _credits,
    NotEnoughFree: _not_enough_free,
    QueueFull: _queue_full,
    RequestConflict: _plain("restricted"),
    Quarantined: _plain("quarantined"),
    DatabaseUnavailable: _plain("busy"),
    DatabaseFull: _plain("full"),
}


def reply_to(error: Exception) -> Notice | None:
    """Find what to tell a person, searching the bases of the error's class; None means a bug of ours."""
    for kind in type(error).__mro__:
        if notice := REPLIES.get(kind):
            return notice(error)
    return None
