"""What recipients were told of, and by which channel; answers, and deputies; handovers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

IN_FORCE_THEN = """UPDATE deliveries
    SET edition = (SELECT max(number) FROM editions WHERE editions.at <= coalesce(accepted_at, uncertain_at))
    WHERE event <> ''"""


def upgrade() -> None:
    op.add_column("editions", sa.Column("silent", sa.Integer(), server_default="0", nullable=False))
    op.add_column("editions", sa.Column("announced", sa.Text(), server_default="", nullable=False))
    op.add_column("revisions", sa.Column("offsets", sa.Text(), nullable=True))
    op.add_column("revisions", sa.Column("link_digest", sa.Text(), nullable=True))
    op.add_column("recipients", sa.Column("channel", sa.Text(), server_default="feed", nullable=False))
    op.add_column("recipients", sa.Column("role", sa.Text(), server_default="holder", nullable=False))
    op.add_column("recipients", sa.Column("holder", sa.Integer(), server_default="0", nullable=False))
    op.add_column("deliveries", sa.Column("edition", sa.Integer(), nullable=True))
    op.add_column("deliveries", sa.Column("method", sa.Text(), server_default="", nullable=False))
    op.execute(IN_FORCE_THEN)
    op.create_table(
        "answers",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=True),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["recipient"], ["recipients.id"], name=op.f("fk_answers_recipient")),
        sa.PrimaryKeyConstraint("recipient", "subject", name=op.f("pk_answers")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_answers_subject"), "answers", ["subject"], unique=False)
    op.create_table(
        "handovers",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("former", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["recipient"], ["recipients.id"], name=op.f("fk_handovers_recipient")),
        sa.ForeignKeyConstraint(["former"], ["recipients.id"], name=op.f("fk_handovers_former")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_handovers_recipient"), "handovers", ["recipient"], unique=False)
