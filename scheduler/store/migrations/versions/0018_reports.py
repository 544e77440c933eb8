"""Reports to the commission that were closed."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "closed_reports",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), server_default="", nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.Integer()),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["editions.number"], name=op.f("fk_closed_reports_edition_editions")),
        sa.ForeignKeyConstraint(
            ["corrects"], ["closed_reports.number"], name=op.f("fk_closed_reports_corrects_closed_reports")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_closed_reports")),
        sqlite_strict=True,
    )
    op.create_table(
        "closed_documents",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report"], ["closed_reports.number"], name=op.f("fk_closed_documents_report_closed_reports")
        ),
        sa.PrimaryKeyConstraint("report", "language", name=op.f("pk_closed_documents")),
        sqlite_strict=True,
    )
