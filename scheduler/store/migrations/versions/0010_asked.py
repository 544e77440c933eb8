"""Indexes of what anybody may ask for: confirmations, and links."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ASKED = "purpose IN ('confirmation', 'known', 'access')"
WAITING = sa.text(f"state IN ('planned', 'deferred') AND {ASKED}")


def upgrade() -> None:
    op.create_index(
        "ix_deliveries_asked_waiting",
        "deliveries",
        ["expires_at", "next_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ix_deliveries_asked",
        "deliveries",
        ["due_at", "recipient"],
        sqlite_where=sa.text(ASKED),
        postgresql_where=sa.text(ASKED),
    )
