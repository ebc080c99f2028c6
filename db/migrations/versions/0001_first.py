"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for create in (_account, _change, _clock, _guild, _lot, _hold, _transfer):
        create()
    for create in (_flow, _lane, _job, _request, _job_event, _quarantine):
        create()
    for create in (_member, _picture, _rating):
        create()
    _guards()
    lane = sa.table("lane", sa.column("speed", sa.Text))
    op.bulk_insert(lane, [{"speed": "turbo"}, {"speed": "fast"}, {"speed": "relax"}])
    op.bulk_insert(sa.table("clock", sa.column("id", sa.Integer)), [{"id": 1}])


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.Text(), nullable=False),
        sa.Column("started", Big, server_default="0", nullable=False),
        sa.Column("last_day", Big, nullable=True),
        sa.Column("opened_at", Big, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "guild_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("seq", Big, nullable=False),
        sa.Column("guild_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("units", Big, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Big, nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.CheckConstraint("what IN ('grant', 'take', 'set', 'daily')", name="what_known"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index("change_guild", "change", ["guild_id", "seq"], unique=False)


def _clock() -> None:
    op.create_table(
        "clock",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("high_water", Big, server_default="0", nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )


def _guild() -> None:
    op.create_table(
        "guild",
        sa.Column("guild_id", sa.Text(), nullable=False),
        sa.Column("daily_units", Big, server_default="0", nullable=False),
        sa.Column("updated_at", Big, nullable=False),
        sa.CheckConstraint("daily_units >= 0", name="daily_not_negative"),
        sa.PrimaryKeyConstraint("guild_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _lot() -> None:
    op.create_table(
        "lot",
        sa.Column("id", Big, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("posted_units", Big, server_default="0", nullable=False),
        sa.Column("held_units", Big, server_default="0", nullable=False),
        sa.Column("expires_at", Big, nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.CheckConstraint("source IN ('standing', 'gift', 'role', 'purchase', 'grace')", name="source_known"),
        sa.CheckConstraint("held_units >= 0", name="held_not_negative"),
        sa.CheckConstraint("posted_units >= held_units", name="no_overdraft"),
        sa.ForeignKeyConstraint(
            ["user_id", "guild_id"],
            ["account.user_id", "account.guild_id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index("lot_member", "lot", ["user_id", "guild_id"], unique=False)


def _hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.Text(), nullable=False),
        sa.Column("units", Big, nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("posted_units", Big, nullable=True),
        sa.Column("created_at", Big, nullable=False),
        sa.Column("resolved_at", Big, nullable=True),
        sa.CheckConstraint("(state = 'pending') = (resolved_at IS NULL)", name="resolved_has_a_time"),
        sa.CheckConstraint("(state = 'posted') = (posted_units IS NOT NULL)", name="posted_has_an_amount"),
        sa.CheckConstraint("state IN ('pending', 'posted', 'voided')", name="state_known"),
        sa.CheckConstraint("posted_units IS NULL OR posted_units BETWEEN 0 AND units", name="never_more_than_held"),
        sa.CheckConstraint("units >= 0", name="units_not_negative"),
        sa.ForeignKeyConstraint(
            ["user_id", "guild_id"],
            ["account.user_id", "account.guild_id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _transfer() -> None:
    op.create_table(
        "transfer",
        sa.Column("seq", Big, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lot_id", Big, nullable=False),
        sa.Column("posted_units", Big, server_default="0", nullable=False),
        sa.Column("held_units", Big, server_default="0", nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Big, nullable=False),
        sa.CheckConstraint("(kind IN ('hold', 'post', 'void')) = (hold_id IS NOT NULL)", name="holds_are_named"),
        sa.CheckConstraint(
            "CASE kind WHEN 'hold' THEN posted_units = 0 AND held_units > 0 WHEN 'void' THEN "
            "posted_units = 0 AND held_units < 0 WHEN 'post' THEN held_units < 0 AND posted_units "
            "BETWEEN held_units AND 0 WHEN 'expire' THEN posted_units < 0 AND held_units = 0 WHEN "
            "'correct' THEN posted_units <> 0 AND held_units = 0 ELSE posted_units > 0 AND held_units = "
            "0 END",
            name="amounts_fit_the_kind",
        ),
        sa.CheckConstraint(
            "kind IN ('start', 'daily', 'grant', 'grace', 'correct', 'expire', 'hold', 'post', 'void')",
            name="kind_known",
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"],
            ["hold.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index(
        "transfer_held_once", "transfer", ["hold_id", "lot_id"], unique=True, sqlite_where=sa.text("kind = 'hold'")
    )
    op.create_index("transfer_hold", "transfer", ["hold_id"], unique=False, sqlite_where=sa.text("hold_id IS NOT NULL"))
    op.create_index("transfer_lot", "transfer", ["lot_id"], unique=False)
    op.create_index(
        "transfer_resolved_once",
        "transfer",
        ["hold_id", "lot_id"],
        unique=True,
        sqlite_where=sa.text("kind IN ('post', 'void')"),
    )


def _flow() -> None:
    op.create_table(
        "flow",
        sa.Column("speed", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("finish", Big, nullable=False),
        sa.CheckConstraint("speed IN ('turbo', 'fast', 'relax')", name="speed_known"),
        sa.PrimaryKeyConstraint("speed", "user_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _lane() -> None:
    op.create_table(
        "lane",
        sa.Column("speed", sa.Text(), nullable=False),
        sa.Column("position", Big, server_default="0", nullable=False),
        sa.Column("deficit", Big, server_default="0", nullable=False),
        sa.Column("has_turn", Big, server_default="0", nullable=False),
        sa.CheckConstraint("speed IN ('turbo', 'fast', 'relax')", name="speed_known"),
        sa.CheckConstraint("deficit >= 0", name="deficit_not_negative"),
        sa.PrimaryKeyConstraint("speed"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("seq", Big, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.Text(), nullable=True),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("parent_slot", Big, nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("press_key", sa.Text(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("speed", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("prompt_raw", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("price_units", Big, nullable=False),
        sa.Column("est_units", Big, nullable=False),
        sa.Column("upload_limit", Big, nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("tag", Big, nullable=False),
        sa.Column("skips", Big, server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("attempt", Big, server_default="0", nullable=False),
        sa.Column("max_attempts", Big, server_default="3", nullable=False),
        sa.Column("restarts", Big, server_default="0", nullable=False),
        sa.Column("not_before", Big, server_default="0", nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", Big, nullable=True),
        sa.Column("lease_started", Big, server_default="0", nullable=False),
        sa.Column("cancel_requested", Big, server_default="0", nullable=False),
        sa.Column("progress_message_id", sa.Text(), nullable=True),
        sa.Column("result_message_id", sa.Text(), nullable=True),
        sa.Column("deliver_tries", Big, server_default="0", nullable=False),
        sa.Column("delivering_since", Big, nullable=True),
        sa.Column("created_at", Big, nullable=False),
        sa.Column("started_at", Big, nullable=True),
        sa.Column("finished_at", Big, nullable=True),
        sa.CheckConstraint("(state = 'delivered') = (why IS NOT NULL AND why = 'ok')", name="only_delivered_is_ok"),
        sa.CheckConstraint(
            "(state IN ('delivered', 'refunded')) = (finished_at IS NOT NULL)", name="an_end_has_a_time"
        ),
        sa.CheckConstraint("(state IN ('delivered', 'refunded')) = (why IS NOT NULL)", name="an_end_has_a_reason"),
        sa.CheckConstraint("speed IN ('turbo', 'fast', 'relax')", name="speed_known"),
        sa.CheckConstraint("state <> 'delivered' OR result_message_id IS NOT NULL", name="delivered_has_a_message"),
        sa.CheckConstraint("state <> 'leased' OR lease_token IS NOT NULL", name="a_lease_has_a_token"),
        sa.CheckConstraint("state <> 'queued' OR lease_token IS NULL", name="the_queue_has_no_tokens"),
        sa.CheckConstraint(
            "state IN ('queued', 'leased', 'rendered', 'delivering', 'delivered', 'refunded')", name="state_known"
        ),
        sa.CheckConstraint(
            "state NOT IN ('delivering', 'delivered') OR delivering_since IS NOT NULL", name="delivery_has_a_beginning"
        ),
        sa.CheckConstraint(
            "why IN ('ok', 'cancelled', 'failed', 'worker_lost', 'oom', 'expired', 'undeliverable', 'moderated')",
            name="why_known",
        ),
        sa.CheckConstraint("cancel_requested IN (0, 1) AND lease_started IN (0, 1)", name="flags_are_flags"),
        sa.CheckConstraint("est_units >= 0", name="estimate_not_negative"),
        sa.CheckConstraint("price_units >= 0", name="price_not_negative"),
        sa.ForeignKeyConstraint(
            ["id"],
            ["hold.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("nonce"),
        sa.UniqueConstraint("request_id"),
        sqlite_strict=True,
    )
    op.create_index(
        "job_dedupe",
        "job",
        ["dedupe_key"],
        unique=True,
        sqlite_where=sa.text("dedupe_key IS NOT NULL AND state NOT IN ('delivered', 'refunded')"),
    )
    op.create_index("job_member", "job", ["user_id", "scope_id", "state"], unique=False)
    op.create_index("job_next", "job", ["state", "speed", "tag", "seq"], unique=False)
    op.create_index("job_once", "job", ["dedupe_key"], unique=False, sqlite_where=sa.text("dedupe_key IS NOT NULL"))
    op.create_index("job_parent", "job", ["parent_id"], unique=False, sqlite_where=sa.text("parent_id IS NOT NULL"))
    op.create_index(
        "job_press", "job", ["press_key", "created_at"], unique=False, sqlite_where=sa.text("press_key IS NOT NULL")
    )
    op.create_index(
        "job_progress",
        "job",
        ["progress_message_id"],
        unique=False,
        sqlite_where=sa.text("progress_message_id IS NOT NULL"),
    )
    op.create_index(
        "job_result", "job", ["result_message_id"], unique=False, sqlite_where=sa.text("result_message_id IS NOT NULL")
    )


def _request() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("at", Big, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("request_at", "request", ["at"], unique=False)


def _job_event() -> None:
    op.create_table(
        "job_event",
        sa.Column("seq", Big, nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("at", Big, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["job.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_strict=True,
    )
    op.create_index("job_event_job", "job_event", ["job_id", "seq"], unique=False)


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("spec_sha256", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("until", Big, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["job.id"],
        ),
        sa.PrimaryKeyConstraint("spec_sha256"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _member() -> None:
    op.create_table(
        "member",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("speed", sa.Text(), nullable=False),
        sa.Column("updated_at", Big, nullable=False),
        sa.CheckConstraint("speed IN ('turbo', 'fast', 'relax')", name="speed_known"),
        sa.PrimaryKeyConstraint("user_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _picture() -> None:
    op.create_table(
        "picture",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("idx", Big, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("width_px", Big, nullable=False),
        sa.Column("height_px", Big, nullable=False),
        sa.CheckConstraint("idx >= 0 AND width_px > 0 AND height_px > 0", name="a_picture_has_a_size"),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["job.id"],
        ),
        sa.PrimaryKeyConstraint("job_id", "idx"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("picture_sha256", "picture", ["sha256"], unique=False)


def _rating() -> None:
    op.create_table(
        "rating",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("at", Big, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["job.id"],
        ),
        sa.PrimaryKeyConstraint("user_id", "job_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _guards() -> None:
    """What was written into a log stays, and what has ended stays ended."""
    _forbid("change", "UPDATE", "change is append-only")
    _forbid("change", "DELETE", "change is append-only")
    _forbid("hold", "UPDATE", "a hold is resolved once", when="WHEN OLD.state <> 'pending' ")
    _forbid("hold", "DELETE", "holds are kept")
    _forbid("transfer", "UPDATE", "transfer is append-only")
    _forbid("transfer", "DELETE", "transfer is append-only")
    _forbid(
        "job",
        "UPDATE OF state, why, result_message_id, finished_at",
        "a job ends once",
        when="WHEN OLD.state IN ('delivered', 'refunded') ",
    )
    _forbid("job", "DELETE", "jobs are kept")
    _forbid("job_event", "UPDATE", "job_event is append-only")
    _forbid("job_event", "DELETE", "job_event is append-only")


def _forbid(table: str, verb: str, message: str, when: str = "") -> None:
    name = f"{table}_no_{verb[:6].lower()}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}BEGIN SELECT RAISE(ABORT, '{message}'); END")
