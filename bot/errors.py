"""What can go wrong for a person, each situation a class; `bot.replies` turns them into sentences."""

from collections.abc import Sequence


class SettingsUnusable(Exception):
    """The settings cannot be used; `faults` lists every reason, one line each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class CannotStart(Exception):
    """Easel cannot start; the message says in one sentence why and what mends it."""


class Refused(Exception):
    """A person asked for something that is not done; nothing was charged."""


class NotServedHere(Refused):
    """The owner named the servers that this bot works for, and this is not one of them."""


class NoHomeForDirectMessages(Refused):
    """A direct message came, and no server pays for direct messages."""


class MissingPermissions(Refused):
    """The bot lacks permissions in the channel that it needs to deliver."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


class JobUnknown(Refused):
    """The button belongs to a job that is not in the database."""


class ActionRestricted(Refused):
    """The job does not offer this, or not to this person."""


class PictureGone(Refused):
    """The stored picture that the job starts from is not on the disk any more."""


class NotFinished(Refused):
    """The job has no pictures yet."""


class NoJobHere(Refused):
    """The message shows no job."""


class NoJobId(Refused):
    """What was typed is not the id of a job."""


class NoSuchJob(Refused):
    """There is no job of this id."""


class NotYourJob(Refused):
    """Only the one who ordered the job may do this."""


class EndedWithout(Refused):
    """The job ended without pictures."""


class NothingKept(Refused):
    """The stored pictures of the job are not on the disk any more."""


class MailboxClosed(Refused):
    """The person takes no direct messages from the bot."""


class Unsent(Refused):
    """What was asked for could not be sent just now."""


class TooManyReports(Refused):
    """The member has reported as many jobs today as are listened to."""


class NotWithThisModel(Refused):
    """The job needs a mechanism that its model does not have."""

    def __init__(self, mechanism: str) -> None:
        super().__init__(mechanism)
        self.mechanism = mechanism


class TooLarge(Refused):
    """The picture would have more pixels than the owner allows."""


class NothingToAdd(Refused):
    """Nothing would be drawn around the picture: it has the shape already, or the widest that its model draws."""


class LinkUnusable(Refused):
    """A link does not lead to a picture that can be taken."""

    def __init__(self, kind: str, url: str) -> None:
        """kind: not_a_link, private, unreachable, too_large, too_many, not_a_picture, too_many_pixels, broken."""
        super().__init__(f"{kind}: {url}")
        self.kind = kind
        self.url = url


class ModeOff(Refused):
    """The owner keeps a mode to admins, or has switched it off."""

    def __init__(self, mode: str, *, for_admins: bool) -> None:
        """mode: turbo, relax, stealth."""
        super().__init__(mode)
        self.mode = mode
        self.for_admins = for_admins


class OneAtATime(Refused):
    """In relax mode a prompt is one job: no repeats, no lists."""


class TooManyOptions(Refused):
    """The member has named as many options as are allowed."""


class NothingToDescribe(Refused):
    """Neither a picture nor a link came with the command."""


class CannotShorten(Refused):
    """The prompt cannot be weighed word by word."""

    def __init__(self, why: str) -> None:
        """why: "mixed" (weights, `--no` or pictures only), "braces" or "short"."""
        super().__init__(why)
        self.why = why


class LinkForged(Refused):
    """A link to the editor was changed on its way, or was never ours."""


class LinkUsed(Refused):
    """A link to the editor has done its work, or has expired."""

    def __init__(self, standing: str) -> None:
        """standing: "used" or "expired"."""
        super().__init__(standing)
        self.standing = standing


class MaskRefused(Refused):
    """What came back from the editor marks nothing that can be drawn anew."""

    def __init__(self, flaw: str) -> None:
        """flaw: "unreadable", "size" or "empty"."""
        super().__init__(flaw)
        self.flaw = flaw


class SamePicture(Refused):
    """The same picture twice cannot be blended."""


class BatchAnswered(Refused):
    """The list of prompts has been answered before."""


class AdminsOnly(Refused):
    """Quotas are for the admins of a server and for the owner of the bot."""


class ServerOnly(Refused):
    """Balances belong to a server, and this is a direct message."""


class AmountUnusable(Refused):
    """The number of credits is out of range."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__(f"{low}…{high}")
        self.low = low
        self.high = high


class Undeliverable(Exception):
    """A result can never be posted where it belongs; the job is refunded."""


class TryLater(Exception):
    """A result could not be posted now; it is tried again."""

    def __init__(self, reason: str, *, too_large: bool = False) -> None:
        super().__init__(reason)
        self.too_large = too_large
