"""The roll call: when it was called, and what each post said."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "roll_calls",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_roll_calls")),
        sqlite_strict=True,
    )
    op.create_table(
        "roll_answers",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("holder", sa.Integer(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("clock_at", INSTANT),
        sa.Column("ahead", sa.Integer()),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.Column("zone_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("person_at", INSTANT),
        sa.Column("successor", sa.Text(), server_default="", nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.ForeignKeyConstraint(["recipient"], ["recipients.id"], name=op.f("fk_roll_answers_recipient_recipients")),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_roll_answers")),
        sqlite_strict=True,
    )
