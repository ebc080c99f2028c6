"""Pictures, who likes or reports them, where they are shown again; members and guilds, and what they decided."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from db.schema.columns import SPEEDS, maybe_number, maybe_words, metadata, number, one_of, words

picture = Table(
    "picture",
    metadata,
    Column("job_id", Text, ForeignKey("job.id"), nullable=False),
    number("idx"),
    words("sha256"),
    number("width_px"),
    number("height_px"),
    PrimaryKeyConstraint("job_id", "idx"),
    CheckConstraint("idx >= 0 AND width_px > 0 AND height_px > 0", name="a_picture_has_a_size"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
Index("picture_sha256", picture.c.sha256)

rating = Table(
    "rating",
    metadata,
    words("user_id"),
    Column("job_id", Text, ForeignKey("job.id"), nullable=False),
    number("at"),
    PrimaryKeyConstraint("user_id", "job_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

report = Table(
    "report",
    metadata,
    Column("job_id", Text, ForeignKey("job.id"), nullable=False),
    words("user_id"),
    number("at"),
    PrimaryKeyConstraint("job_id", "user_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

showing = Table(
    "showing",  # messages that show a finished job again, beside the one that it was delivered with
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("job_id", Text, ForeignKey("job.id"), nullable=False),
    maybe_words("guild_id"),
    words("channel_id"),
    number("at"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
Index("showing_job", showing.c.job_id, showing.c.at)

own_option = Table(
    "own_option",  # what a member has named with /prefer option set
    metadata,
    words("user_id"),
    words("name"),
    words("value"),
    PrimaryKeyConstraint("user_id", "name"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

member = Table(
    "member",
    metadata,
    Column("user_id", Text, primary_key=True),
    words("speed"),
    number("updated_at"),
    Column("suffix", Text, nullable=False, server_default=""),
    number("remix", default=0),
    number("auto_dm", default=0),
    number("stealth", default=0),
    number("raw", default=0),
    Column("variability", Text, nullable=False, server_default="high"),
    maybe_words("model"),
    maybe_number("stylize"),
    one_of("speed", SPEEDS),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

guild = Table(
    "guild",
    metadata,
    Column("guild_id", Text, primary_key=True),
    number("daily_units", default=0),
    number("updated_at"),
    CheckConstraint("daily_units >= 0", name="daily_not_negative"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
