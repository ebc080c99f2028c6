"""What is known about a job: frozen values that the bot asks with and gets back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["queued", "leased", "rendered", "delivering", "delivered", "refunded"]
"""Where a job is on its way; the last two are ends."""
Why = Literal["ok", "cancelled", "failed", "worker_lost", "oom", "expired", "undeliverable", "moderated"]
"""How a job ended; `ok` means delivered, all others refunded."""
Speed = Literal["turbo", "fast", "relax"]
HoldState = Literal["pending", "posted", "voided"]


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A request that is to become a job."""

    id: str
    """A random UUIDv4 in its 36-character form."""
    request_id: str
    """The interaction's id: the same one twice is one job."""
    user_id: str
    user_name: str
    guild_id: str | None
    """None in direct messages."""
    scope_id: str
    """The guild whose credits pay."""
    channel_id: str
    action: str
    parent_id: str | None = None
    parent_slot: int | None = None
    reply_to: str | None = None
    """The message that was pressed."""
    press_key: str | None = None
    """Member, message and button: pressed again within two seconds it is the same press."""
    dedupe_key: str | None = None
    """What can be had only once, such as one picture of one grid; free again after a refund."""
    speed: Speed
    model: str
    prompt: str
    prompt_raw: str
    spec: str
    """JSON."""
    price_units: int
    est_units: int
    """What the job costs the painter, for fairness; 1000 is an ordinary grid, 0 means unknown."""
    upload_limit: int | None = None
    """Bytes that the channel takes in one file."""
    locale: str
    stealth: bool = False
    """Not to be shown in the gallery."""
    remixed: bool = False
    """The prompt was changed on the way from the parent."""
    batch_id: str | None = None
    """The list of prompts that it was confirmed with."""


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film of how a job's pictures came into being; it lies in the picture store."""

    sha256: str
    extension: str
    """"mp4" or "webp"."""


@dataclass(frozen=True, kw_only=True)
class Job(NewJob):
    """An accepted request, as it stood when it was read."""

    hold: HoldState
    state: State
    why: Why | None
    attempt: int
    """How often a painter has taken it up."""
    restarts: int
    """How many of the attempts ended with the bot; those are not held against the job."""
    max_attempts: int
    lease_owner: str | None
    lease_token: str | None
    cancel_requested: bool
    progress_message_id: str | None
    result_message_id: str | None
    nonce: str
    """The id in base64url, 22 characters, for the delivering message."""
    deliver_tries: int
    delivering_since: int | None
    not_before: int
    created_at: int
    started_at: int | None
    finished_at: int | None
    removed: bool
    """Its owner took the result away; `/show` brings it back."""
    film_sha256: str | None
    film_extension: str | None

    @property
    def film(self) -> Film | None:
        """The film that was asked for, once the job is drawn."""
        if self.film_sha256 is None or self.film_extension is None:
            return None
        return Film(sha256=self.film_sha256, extension=self.film_extension)

    @property
    def ended(self) -> bool:
        return self.state in ("delivered", "refunded")


@dataclass(frozen=True, kw_only=True)
class NewPicture:
    """A finished picture that lies in the picture store."""

    idx: int
    sha256: str
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a member may have at once."""

    max_running: int
    max_waiting: int


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """The job that answers a request, and whether the request made it."""

    job: Job
    fresh: bool
    reason: Literal["new", "replay", "pressed", "active", "delivered"]
    """replay: the same request · pressed: the same button within two seconds · active, delivered: to be had once."""
    ahead: int
    """How many jobs go before it."""
    held_back: bool = False
    """As many others of its member are under way as may run at once."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a waiting job can expect."""

    ahead: int
    """How many jobs go before it."""
    starts_in_ms: int | None
    """None: nobody can tell, because nothing like what goes before has been measured yet."""


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """What a restarted bot finds: jobs that wait again, and jobs whose pictures still have to be delivered."""

    requeued: list[Job]
    undelivered: list[Job]


@dataclass(frozen=True, kw_only=True)
class Share:
    """What a member has had at one speed."""

    images: int
    units: int


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a member has had and has under way."""

    images: int
    jobs: int
    delivered_units: int
    by_speed: Mapping[Speed, Share]
    """Only speeds at which something was delivered."""
    queued_fast: int
    """Waiting at fast or turbo speed."""
    queued_relax: int
    running: int
