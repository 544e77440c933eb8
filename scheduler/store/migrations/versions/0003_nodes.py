"""Attempts, nodes with leases, bounces; the claim's own index."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state IN ('planned', 'deferred')")


def upgrade() -> None:
    op.add_column("recipients", sa.Column("suppressed_why", sa.Text(), server_default="", nullable=False))
    op.add_column("deliveries", sa.Column("bounced_at", INSTANT, nullable=True))
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["expires_at", "next_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "attempts",
        sa.Column("delivery", NUMBER, autoincrement=False, nullable=False),
        sa.Column("fence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_attempts_delivery")),
        sa.PrimaryKeyConstraint("delivery", "fence", "state", name=op.f("pk_attempts")),
        sqlite_strict=True,
    )
    op.create_table(
        "nodes",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("zone_digest", sa.Text(), nullable=False),
        sa.Column("relay_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("relay_paused_until", INSTANT, nullable=True),
        sa.Column("relay_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("relay_fault", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_nodes")),
        sqlite_strict=True,
    )
    op.create_table(
        "bounces",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("delivery", NUMBER, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_bounces_delivery")),
        sa.ForeignKeyConstraint(["recipient"], ["recipients.id"], name=op.f("fk_bounces_recipient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("digest", name=op.f("uq_bounces_digest")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_bounces_recipient"), "bounces", ["recipient"], unique=False)
