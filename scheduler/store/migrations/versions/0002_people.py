"""Sign-ups, pauses and erasures of recipients; tokens of staff feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erasures")),
        sqlite_strict=True,
    )
    for column in (
        sa.Column("origin", sa.Text(), server_default="file", nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("paused_until", INSTANT, nullable=True),
        sa.Column("chosen_language", sa.Text(), nullable=True),
        sa.Column("declined", sa.Text(), server_default="", nullable=False),
        sa.Column("erased_at", INSTANT, nullable=True),
    ):
        op.add_column("recipients", column)
    op.execute("UPDATE recipients SET confirmed_at = since")
    op.create_index(op.f("ix_recipients_address"), "recipients", ["address"], unique=False)
    op.create_table(
        "feed_tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("polled_at", INSTANT, nullable=True),
        sa.Column("client", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["recipient"], ["recipients.id"], name=op.f("fk_feed_tokens_recipient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_feed_tokens_digest")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_feed_tokens_recipient"), "feed_tokens", ["recipient"], unique=False)
