"""Since when a post has its address, and how many reports came that cannot be told whose."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("recipients", sa.Column("address_since", INSTANT, nullable=True))
    op.create_table(
        "lost_bounces",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("naming", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_lost_bounces")),
        sqlite_strict=True,
    )
