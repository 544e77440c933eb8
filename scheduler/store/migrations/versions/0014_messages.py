"""What an administrator says to those whom a publication writes to; former editions said nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("editions", sa.Column("message", sa.Text(), nullable=False, server_default=""))
