"""Jobs, whose turn it is, and what has become of each."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from db.schema.columns import (
    SPEEDS,
    Big,
    append_only,
    forbid,
    maybe_number,
    maybe_words,
    metadata,
    number,
    one_of,
    words,
)

STATES = ("queued", "leased", "rendered", "delivering", "delivered", "refunded")
WHYS = ("ok", "cancelled", "failed", "worker_lost", "oom", "expired", "undeliverable", "moderated")

job = Table(
    "job",
    metadata,
    Column("seq", Big, primary_key=True),
    Column("id", Text, ForeignKey("hold.id"), nullable=False),
    words("request_id"),
    words("user_id"),
    words("user_name"),
    maybe_words("guild_id"),
    words("scope_id"),
    words("channel_id"),
    words("action"),
    maybe_words("parent_id"),
    maybe_number("parent_slot"),
    maybe_words("reply_to"),
    maybe_words("press_key"),
    maybe_words("dedupe_key"),
    words("speed"),
    words("model"),
    words("prompt"),
    words("prompt_raw"),
    words("spec"),
    number("price_units"),
    number("est_units"),
    maybe_number("upload_limit"),
    words("locale"),
    words("nonce"),
    number("tag"),  # start tag of fair queueing, in est_units
    number("skips", default=0),  # how often a later job with a warm model went first
    Column("state", Text, nullable=False, server_default="queued"),
    maybe_words("why"),
    number("attempt", default=0),
    number("max_attempts", default=3),
    number("restarts", default=0),  # attempts that ended with the bot, not with the painter
    number("not_before", default=0),
    maybe_words("lease_owner"),
    maybe_words("lease_token"),
    maybe_number("lease_until"),  # for engines on other machines
    number("lease_started", default=0),
    number("cancel_requested", default=0),
    maybe_words("progress_message_id"),
    maybe_words("result_message_id"),
    number("deliver_tries", default=0),
    maybe_number("delivering_since"),
    number("created_at"),
    maybe_number("started_at"),
    maybe_number("finished_at"),
    number("stealth", default=0),  # not shown in the gallery
    number("remixed", default=0),  # the prompt was changed on the way from the parent
    number("removed", default=0),  # its owner took the result away
    maybe_words("batch_id"),
    maybe_words("film_sha256"),
    maybe_words("film_extension"),
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
Index("job_batch", job.c.batch_id, sqlite_where=text("batch_id IS NOT NULL"))
Index("job_result", job.c.result_message_id, sqlite_where=text("result_message_id IS NOT NULL"))

request = Table(
    "request",  # what a request meant, so that a repeat is told from a conflict
    metadata,
    Column("id", Text, primary_key=True),
    words("meaning"),
    words("job_id"),
    number("at"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
Index("request_at", request.c.at)

job_event = Table(
    "job_event",
    metadata,
    Column("seq", Big, primary_key=True),
    Column("job_id", Text, ForeignKey("job.id"), nullable=False),
    number("at"),
    words("what"),
    maybe_words("data"),
    sqlite_strict=True,
)
Index("job_event_job", job_event.c.job_id, job_event.c.seq)

lane = Table(
    "lane",  # one row per speed, most urgent first; seeded by the first migration
    metadata,
    Column("speed", Text, primary_key=True),
    number("position", default=0),  # virtual time: the largest start tag that was taken
    number("deficit", default=0),  # what the lane may still spend in this round
    number("has_turn", default=0),
    one_of("speed", SPEEDS),
    CheckConstraint("deficit >= 0", name="deficit_not_negative"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

flow = Table(
    "flow",  # one row per member and speed: where the next start tag may begin
    metadata,
    words("speed"),
    words("user_id"),
    number("finish"),
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
    number("until"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

append_only(job_event)
forbid(
    job,
    "UPDATE OF state, why, result_message_id, finished_at",
    "a job ends once",
    when="WHEN OLD.state IN ('delivered', 'refunded') ",
)
forbid(job, "DELETE", "jobs are kept")
