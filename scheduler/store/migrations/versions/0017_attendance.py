"""Who came: sessions, the files that were read, people as keyed hashes, and figures by site."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "attendance_sessions",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("start", INSTANT, nullable=False),
        sa.Column("end", INSTANT, nullable=False),
        sa.Column("held", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kept_at", INSTANT, nullable=True),
        sa.Column("kept_from", sa.Integer(), nullable=True),
        sa.Column("kept_unmatched", sa.Integer(), nullable=True),
        sa.Column("kept_unknown", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_attendance_sessions")),
        sqlite_strict=True,
    )
    op.create_table(
        "attendance_files",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("program", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("date_order", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("own_total", sa.Integer(), nullable=True),
        _of_session("attendance_files"),
        sa.PrimaryKeyConstraint("event", "digest", name=op.f("pk_attendance_files")),
        sqlite_strict=True,
    )
    op.create_table(
        "attendance_seen",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("other_address", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("matched", sa.Text(), nullable=False),
        sa.Column("intervals", sa.Text(), nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event", "file"],
            ["attendance_files.event", "attendance_files.digest"],
            name=op.f("fk_attendance_seen_event_attendance_files"),
        ),
        sa.PrimaryKeyConstraint("event", "file", "row", name=op.f("pk_attendance_seen")),
        sqlite_strict=True,
    )
    op.create_table(
        "attendance_typed",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _of_session("attendance_typed"),
        sa.PrimaryKeyConstraint("event", "site", name=op.f("pk_attendance_typed")),
        sqlite_strict=True,
    )
    op.create_table(
        "attendance_kept",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        _of_session("attendance_kept"),
        sa.PrimaryKeyConstraint("event", "site", name=op.f("pk_attendance_kept")),
        sqlite_strict=True,
    )
    op.create_table(
        "attendance_places",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_attendance_places")),
        sqlite_strict=True,
    )


def _of_session(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_event_attendance_sessions")
    return sa.ForeignKeyConstraint(["event"], ["attendance_sessions.event"], name=name)
