"""Wishes on their way to becoming jobs: lists to confirm, links to the region editor, pictures looked up, questions."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from db.schema.columns import maybe_number, maybe_words, metadata, number, one_of, words

batch = Table(
    "batch",  # several prompts from one, waiting for a yes
    metadata,
    Column("id", Text, primary_key=True),
    words("user_id"),
    maybe_words("guild_id"),
    words("channel_id"),
    words("typed"),
    words("prompts"),  # JSON
    Column("state", Text, nullable=False, server_default="open"),
    number("created_at"),
    one_of("state", ("open", "accepted", "declined")),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

ticket = Table(
    "ticket",  # a link to the region editor: one person, one picture, one use
    metadata,
    Column("id", Text, primary_key=True),
    words("user_id"),
    Column("job_id", Text, ForeignKey("job.id"), nullable=False),
    number("slot"),
    words("context"),  # JSON: where the result belongs
    number("expires_at"),
    maybe_number("used_at"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

reference = Table(
    "reference",  # pictures that were fetched from links, which may die
    metadata,
    Column("url", Text, primary_key=True),
    words("sha256"),
    number("width_px"),
    number("height_px"),
    number("at"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
Index("reference_sha256", reference.c.sha256)

inquiry = Table(
    "inquiry",  # what was answered to /describe and /shorten, for the buttons below
    metadata,
    Column("message_id", Text, primary_key=True),
    words("kind"),
    words("user_id"),
    maybe_words("sha256"),
    words("prompts"),  # JSON
    number("at"),
    one_of("kind", ("describe", "shorten")),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
