"""Accounts, lots, holds, and the two logs: of credits, and of what admins do."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from db.schema.columns import Big, append_only, forbid, maybe_number, maybe_words, metadata, number, one_of, words

SOURCES = ("standing", "gift", "role", "purchase", "grace")
KINDS = ("start", "daily", "grant", "grace", "correct", "expire", "hold", "post", "void")

account = Table(
    "account",
    metadata,
    words("user_id"),
    words("guild_id"),
    number("started", default=0),  # whether the starting credits have been decided
    maybe_number("last_day"),  # UTC day number of the last top-up
    number("opened_at"),
    PrimaryKeyConstraint("user_id", "guild_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

lot = Table(
    "lot",
    metadata,
    Column("id", Big, primary_key=True),
    words("user_id"),
    words("guild_id"),
    words("source"),
    number("posted_units", default=0),
    number("held_units", default=0),
    maybe_number("expires_at"),
    words("key"),
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
    words("user_id"),
    words("guild_id"),
    number("units"),
    Column("state", Text, nullable=False, server_default="pending"),
    maybe_number("posted_units"),
    number("created_at"),
    maybe_number("resolved_at"),
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
    words("key"),
    words("kind"),
    Column("lot_id", Big, ForeignKey("lot.id"), nullable=False),
    number("posted_units", default=0),
    number("held_units", default=0),
    Column("hold_id", Text, ForeignKey("hold.id")),
    words("actor"),
    words("reason"),
    number("at"),
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
    words("guild_id"),
    maybe_words("user_id"),
    words("what"),
    number("units"),
    words("actor"),
    words("reason"),
    number("at"),
    Column("key", Text, unique=True),
    one_of("what", ("grant", "take", "set", "daily")),
    sqlite_strict=True,
)
Index("change_guild", change.c.guild_id, change.c.seq)

clock = Table(
    "clock",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    number("high_water", default=0),  # the latest moment that was believed
    CheckConstraint("id = 1", name="one_row"),
    sqlite_strict=True,
)

append_only(transfer)
append_only(change)
forbid(hold, "UPDATE", "a hold is resolved once", when="WHEN OLD.state <> 'pending' ")
forbid(hold, "DELETE", "holds are kept")
