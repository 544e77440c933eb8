"""Which days off an edition was planned with; of former ones nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("editions", sa.Column("days_digest", sa.Text(), nullable=False, server_default=""))
