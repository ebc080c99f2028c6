"""What the whole workflow needs: preferences, own options, lists to confirm, links, looked-up pictures, reports."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for column in (_flag("stealth"), _flag("remixed"), _flag("removed"), _text("batch_id"), _text("film_sha256")):
        op.add_column("job", column)
    op.add_column("job", _text("film_extension"))
    op.create_index("job_batch", "job", ["batch_id"], sqlite_where=sa.text("batch_id IS NOT NULL"))
    _preferences()
    for create in (_own_option, _batch, _ticket, _reference, _inquiry, _report):
        create()


def _preferences() -> None:
    op.add_column("member", sa.Column("suffix", sa.Text(), server_default="", nullable=False))
    for name in ("remix", "auto_dm", "stealth", "raw"):
        op.add_column("member", _flag(name))
    op.add_column("member", sa.Column("variability", sa.Text(), server_default="high", nullable=False))
    op.add_column("member", _text("model"))
    op.add_column("member", sa.Column("stylize", Big, nullable=True))


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, Big, server_default="0", nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=True)


def _own_option() -> None:
    op.create_table(
        "own_option",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _batch() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.Text(), nullable=True),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("prompts", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("created_at", Big, nullable=False),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined')", name="state_known"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("slot", Big, nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("expires_at", Big, nullable=False),
        sa.Column("used_at", Big, nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _reference() -> None:
    op.create_table(
        "reference",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("width_px", Big, nullable=False),
        sa.Column("height_px", Big, nullable=False),
        sa.Column("at", Big, nullable=False),
        sa.PrimaryKeyConstraint("url"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("reference_sha256", "reference", ["sha256"])


def _inquiry() -> None:
    op.create_table(
        "inquiry",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("prompts", sa.Text(), nullable=False),
        sa.Column("at", Big, nullable=False),
        sa.CheckConstraint("kind IN ('describe', 'shorten')", name="kind_known"),
        sa.PrimaryKeyConstraint("message_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("at", Big, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"]),
        sa.PrimaryKeyConstraint("job_id", "user_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
