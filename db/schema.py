"""The tables, as they stand after the newest migration; money in units (1 credit = 1000), times in UTC ms."""

from collections.abc import Sequence

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.schema import ExecutableDDLElement

metadata = MetaData()

Big = BigInteger().with_variant(Integer, "sqlite")
SPEEDS = ("turbo", "fast", "relax")
STATES = ("queued", "leased", "rendered", "delivering", "delivered", "refunded")
WHYS = ("ok", "cancelled", "failed", "worker_lost", "oom", "expired", "undeliverable", "moderated")
SOURCES = ("standing", "gift", "role", "purchase", "grace")
KINDS = ("start", "daily", "grant", "grace", "correct", "expire", "hold", "post", "void")


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=f"{column}_known")


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _maybe_text(name: str) -> Column[str | None]:
    return Column(name, Text)


def _number(name: str, *, default: int | None = None) -> Column[int]:
    return Column(name, Big, nullable=False, server_default=None if default is None else str(default))


def _maybe_number(name: str) -> Column[int | None]:
    return Column(name, Big)


account = Table(
    "account",
    metadata,
    _text("user_id"),
    _text("guild_id"),
    _number("started", default=0),  # whether the starting credits have been decided
    _maybe_number("last_day"),  # UTC day number of the last top-up
    _number("opened_at"),
    PrimaryKeyConstraint("user_id", "guild_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

lot = Table(
    "lot",
    metadata,
    Column("id", Big, primary_key=True),
    _text("user_id"),
    _text("guild_id"),
    _text("source"),
    _number("posted_units", default=0),
    _number("held_units", default=0),
    _maybe_number("expires_at"),
    _text("key"),
    ForeignKeyConstraint(["user_id", "guild_id"], ["account.user_id", "account.guild_id"]),
    UniqueConstraint("key"),
    one_of("source", SOURCES),
    CheckConstraint("held_units >= 0", name="held_not_negative"),
    CheckConstraint("posted_units >= held_units", name="no_overdraft"),
    sqlite_strict=True,
)
Index("lot_member", lot.c.user_id, lot.c.guild_id)

hold = Table(
    "hold",
    metadata,
    Column("id", Text, primary_key=True),  # the id of its job
    _text("user_id"),
    _text("guild_id"),
    _number("units"),
    Column("state", Text, nullable=False, server_default="pending"),
    _maybe_number("posted_units"),
    _number("created_at"),
    _maybe_number("resolved_at"),
    ForeignKeyConstraint(["user_id", "guild_id"], ["account.user_id", "account.guild_id"]),
    one_of("state", ("pending", "posted", "voided")),
    CheckConstraint("units >= 0", name="units_not_negative"),
    CheckConstraint("(state = 'pending') = (resolved_at IS NULL)", name="resolved_has_a_time"),
    CheckConstraint("(state = 'posted') = (posted_units IS NOT NULL)", name="posted_has_an_amount"),
    CheckConstraint("posted_units IS NULL OR posted_units BETWEEN 0 AND units", name="never_more_than_held"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# Each row moves `posted_units` between one lot and the system account that its kind stands for (start, daily, grant,
# correct: issued; grace, expire: expired; post: earned), so the whole book nets to zero by construction; `held_units`
# is the change of what the lot holds back for jobs.
transfer = Table(
    "transfer",
    metadata,
    Column("seq", Big, primary_key=True),
    _text("key"),
    _text("kind"),
    Column("lot_id", Big, ForeignKey("lot.id"), nullable=False),
    _number("posted_units", default=0),
    _number("held_units", default=0),
    Column("hold_id", Text, ForeignKey("hold.id")),
    _text("actor"),
    _text("reason"),
    _number("at"),
    UniqueConstraint("key"),
    one_of("kind", KINDS),
    CheckConstraint("(kind IN ('hold', 'post', 'void')) = (hold_id IS NOT NULL)", name="holds_are_named"),
    CheckConstraint(
        "CASE kind"
        " WHEN 'hold' THEN posted_units = 0 AND held_units > 0"
        " WHEN 'void' THEN posted_units = 0 AND held_units < 0"
        " WHEN 'post' THEN held_units < 0 AND posted_units BETWEEN held_units AND 0"
        " WHEN 'expire' THEN posted_units < 0 AND held_units = 0"
        " WHEN 'correct' THEN posted_units <> 0 AND held_units = 0"
        " ELSE posted_units > 0 AND held_units = 0 END",
        name="amounts_fit_the_kind",
    ),
    sqlite_strict=True,
)
Index("transfer_lot", transfer.c.lot_id)
Index("transfer_hold", transfer.c.hold_id, sqlite_where=text("hold_id IS NOT NULL"))
Index("transfer_held_once", transfer.c.hold_id, transfer.c.lot_id, unique=True, sqlite_where=text("kind = 'hold'"))
Index(
    "transfer_resolved_once",
    transfer.c.hold_id,
    transfer.c.lot_id,
    unique=True,
    sqlite_where=text("kind IN ('post', 'void')"),
)

change = Table(
    "change",  # who changed what in a guild, and why
    metadata,
    Column("seq", Big, primary_key=True),
    _text("guild_id"),
    _maybe_text("user_id"),
    _text("what"),
    _number("units"),
    _text("actor"),
    _text("reason"),
    _number("at"),
    Column("key", Text, unique=True),
    one_of("what", ("grant", "take", "set", "daily")),
    sqlite_strict=True,
)
Index("change_guild", change.c.guild_id, change.c.seq)

job = Table(
    "job",
    metadata,
    Column("seq", Big, primary_key=True),
    Column("id", Text, ForeignKey("hold.id"), nullable=False),
    _text("request_id"),
    _text("user_id"),
    _text("user_name"),
    _maybe_text("guild_id"),
    _text("scope_id"),
    _text("channel_id"),
    _text("action"),
    _maybe_text("parent_id"),
    _maybe_number("parent_slot"),
    _maybe_text("reply_to"),
    _maybe_text("press_key"),
    _maybe_text("dedupe_key"),
    _text("speed"),
    _text("model"),
    _text("prompt"),
    _text("prompt_raw"),
    _text("spec"),
    _number("price_units"),
    _number("est_units"),
    _maybe_number("upload_limit"),
    _text("locale"),
    _text("nonce"),
    _number("tag"),  # start tag of fair queueing, in est_units
    _number("skips", default=0),  # how often a later job with a warm model went first
    Column("state", Text, nullable=False, server_default="queued"),
    _maybe_text("why"),
    _number("attempt", default=0),
    _number("max_attempts", default=3),
    _number("restarts", default=0),  # attempts that ended with the bot, not with the painter
    _number("not_before", default=0),
    _maybe_text("lease_owner"),
    _maybe_text("lease_token"),
    _maybe_number("lease_until"),  # for engines on other machines
    _number("lease_started", default=0),
    _number("cancel_requested", default=0),
    _maybe_text("progress_message_id"),
    _maybe_text("result_message_id"),
    _number("deliver_tries", default=0),
    _maybe_number("delivering_since"),
    _number("created_at"),
    _maybe_number("started_at"),
    _maybe_number("finished_at"),
    UniqueConstraint("id"),
    UniqueConstraint("request_id"),
    UniqueConstraint("nonce"),
    one_of("speed", SPEEDS),
    one_of("state", STATES),
    one_of("why", WHYS),
    CheckConstraint("price_units >= 0", name="price_not_negative"),
    CheckConstraint("est_units >= 0", name="estimate_not_negative"),
    CheckConstraint("state <> 'leased' OR lease_token IS NOT NULL", name="a_lease_has_a_token"),
    CheckConstraint("state <> 'queued' OR lease_token IS NULL", name="the_queue_has_no_tokens"),
    CheckConstraint("(state = 'delivered') = (why IS NOT NULL AND why = 'ok')", name="only_delivered_is_ok"),
    CheckConstraint("(state IN ('delivered', 'refunded')) = (why IS NOT NULL)", name="an_end_has_a_reason"),
    CheckConstraint("(state IN ('delivered', 'refunded')) = (finished_at IS NOT NULL)", name="an_end_has_a_time"),
    CheckConstraint(
        "state NOT IN ('delivering', 'delivered') OR delivering_since IS NOT NULL", name="delivery_has_a_beginning"
    ),
    CheckConstraint("state <> 'delivered' OR result_message_id IS NOT NULL", name="delivered_has_a_message"),
    CheckConstraint("cancel_requested IN (0, 1) AND lease_started IN (0, 1)", name="flags_are_flags"),
    sqlite_strict=True,
)
Index(
    "job_dedupe",
    job.c.dedupe_key,
    unique=True,
    sqlite_where=text("dedupe_key IS NOT NULL AND state NOT IN ('delivered', 'refunded')"),
)
# SQLite uses a partial index only where it can prove the condition without looking at bound values; it can for
# IS NOT NULL beside any comparison, it cannot for a state. So the queue's index covers all states.
Index("job_next", job.c.state, job.c.speed, job.c.tag, job.c.seq)
Index("job_once", job.c.dedupe_key, sqlite_where=text("dedupe_key IS NOT NULL"))
Index("job_member", job.c.user_id, job.c.scope_id, job.c.state)
Index("job_press", job.c.press_key, job.c.created_at, sqlite_where=text("press_key IS NOT NULL"))
Index("job_parent", job.c.parent_id, sqlite_where=text("parent_id IS NOT NULL"))
Index("job_progress", job.c.progress_message_id, sqlite_where=text("progress_message_id IS NOT NULL"))
Index("job_result", job.c.result_message_id, sqlite_where=text("result_message_id IS NOT NULL"))

request = Table(
    "request",  # what a request meant, so that a repeat is told from a conflict
    metadata,
    Column("id", Text, primary_key=True),
    _text("meaning"),
    _text("job_id"),
    _number("at"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
Index("request_at", request.c.at)

job_event = Table(
    "job_event",
    metadata,
    Column("seq", Big, primary_key=True),
    Column("job_id", Text, ForeignKey("job.id"), nullable=False),
    _number("at"),
    _text("what"),
    _maybe_text("data"),
    sqlite_strict=True,
)
Index("job_event_job", job_event.c.job_id, job_event.c.seq)

lane = Table(
    "lane",  # one row per speed, most urgent first; seeded by the first migration
    metadata,
    Column("speed", Text, primary_key=True),
    _number("position", default=0),  # virtual time: the largest start tag that was taken
    _number("deficit", default=0),  # what the lane may still spend in this round
    _number("has_turn", default=0),
    one_of("speed", SPEEDS),
    CheckConstraint("deficit >= 0", name="deficit_not_negative"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

flow = Table(
    "flow",  # one row per member and speed: where the next start tag may begin
    metadata,
    _text("speed"),
    _text("user_id"),
    _number("finish"),
    PrimaryKeyConstraint("speed", "user_id"),
    one_of("speed", SPEEDS),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("spec_sha256", Text, primary_key=True),
    Column("job_id", Text, ForeignKey("job.id"), nullable=False),
    _number("until"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

picture = Table(
    "picture",
    metadata,
    Column("job_id", Text, ForeignKey("job.id"), nullable=False),
    _number("idx"),
    _text("sha256"),
    _number("width_px"),
    _number("height_px"),
    PrimaryKeyConstraint("job_id", "idx"),
    CheckConstraint("idx >= 0 AND width_px > 0 AND height_px > 0", name="a_picture_has_a_size"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
Index("picture_sha256", picture.c.sha256)

rating = Table(
    "rating",
    metadata,
    _text("user_id"),
    Column("job_id", Text, ForeignKey("job.id"), nullable=False),
    _number("at"),
    PrimaryKeyConstraint("user_id", "job_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

member = Table(
    "member",
    metadata,
    Column("user_id", Text, primary_key=True),
    _text("speed"),
    _number("updated_at"),
    one_of("speed", SPEEDS),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

guild = Table(
    "guild",
    metadata,
    Column("guild_id", Text, primary_key=True),
    _number("daily_units", default=0),
    _number("updated_at"),
    CheckConstraint("daily_units >= 0", name="daily_not_negative"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

clock = Table(
    "clock",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    _number("high_water", default=0),  # the latest moment that was believed
    CheckConstraint("id = 1", name="one_row"),
    sqlite_strict=True,
)


def _forbid(table: Table, verb: str, when: str, message: str) -> None:
    name = f"{table.name}_no_{verb[:6].lower()}"
    body = f"BEFORE {verb} ON {table.name} {when}BEGIN SELECT RAISE(ABORT, '{message}'); END"
    trigger: ExecutableDDLElement = DDL(f"CREATE TRIGGER {name} {body}")  # type: ignore[no-untyped-call]
    event.listen(table, "after_create", trigger.execute_if(dialect="sqlite"))


for _log in (transfer, change, job_event):
    _forbid(_log, "UPDATE", "", f"{_log.name} is append-only")
    _forbid(_log, "DELETE", "", f"{_log.name} is append-only")
_forbid(hold, "UPDATE", "WHEN OLD.state <> 'pending' ", "a hold is resolved once")
_forbid(hold, "DELETE", "", "holds are kept")
_forbid(
    job,
    "UPDATE OF state, why, result_message_id, finished_at",
    "WHEN OLD.state IN ('delivered', 'refunded') ",
    "a job ends once",
)
_forbid(job, "DELETE", "", "jobs are kept")
