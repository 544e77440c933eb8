"""Message-IDs are looked up among what was tried; and text is compared by its bytes, whatever a cluster's locale."""

from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TRIED = sa.text("attempts > 0")
TEXTS = sa.text("""
    SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_name)
    WHERE columns.table_schema = current_schema() AND tables.table_schema = current_schema()
        AND tables.table_type = 'BASE TABLE' AND columns.data_type = 'text'
    ORDER BY table_name, column_name""")

# Names a column in its condition, which could not be altered.
GUARD = sa.text("""
    SELECT pg_get_triggerdef(oid) FROM pg_trigger
    WHERE tgname = 'audit_texts_kept' AND tgrelid = 'audit_texts'::regclass""")


def upgrade() -> None:
    op.drop_index(op.f("ix_deliveries_message_key"), "deliveries")
    op.create_index("ix_deliveries_tried", "deliveries", ["message_key"], sqlite_where=TRIED, postgresql_where=TRIED)
    if op.get_bind().dialect.name == "postgresql":  # SQLite has never done otherwise
        _compare_by_bytes()


def _compare_by_bytes() -> None:
    """No table is written anew, only the indexes of text."""
    connection = op.get_bind()
    found = connection.execute(TEXTS).all()
    guard = connection.execute(GUARD).scalar_one()
    op.execute("DROP TRIGGER audit_texts_kept ON audit_texts")  # until the commit nobody else can reach the table
    for table, columns in groupby(found, key=itemgetter(0)):
        changes = (f'ALTER COLUMN "{name}" TYPE text COLLATE "C"' for _, name in columns)
        op.execute(f'ALTER TABLE "{table}" {", ".join(changes)}')
    op.execute(guard)
    op.execute("ALTER TABLE audit_texts ENABLE ALWAYS TRIGGER audit_texts_kept")
