"""The files of each edition, to be put back with its content; those of former ones nobody kept."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "edition_files",
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["editions.number"], name=op.f("fk_edition_files_edition_editions")),
        sa.PrimaryKeyConstraint("edition", "name", name=op.f("pk_edition_files")),
        sqlite_strict=True,
    )
