"""Message-IDs that nobody can reckon from what is public.

What was never tried gets a new Message-ID, under the installation's key; what may have left keeps its own, for its
bounces quote that. A claim is given back, so that a node of the former version sends nothing under the former one.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

CHUNK = 5000
NEVER_LEFT = """attempts = 0 AND accepted_at IS NULL AND uncertain_at IS NULL
    AND state NOT IN ('sending', 'accepted', 'uncertain', 'bounced', 'rejected')
    AND reply NOT LIKE 'unknown since the backup of %'"""  # of a restored database: the lost one may have sent it
NEXT = sa.text(f"""SELECT id, purpose, subject, schedule, rule, recipient FROM deliveries
    WHERE id > :after AND {NEVER_LEFT} ORDER BY id LIMIT {CHUNK}""")  # noqa: S608  # because both are ours
GIVE_BACK = "UPDATE deliveries SET state = 'planned', owner = NULL WHERE state = 'claimed' AND attempts = 0"
REKEY = sa.text("UPDATE deliveries SET message_key = :made WHERE id = :known")


def upgrade() -> None:
    op.execute(GIVE_BACK)
    connection = op.get_bind()
    for part in _parts(connection):
        connection.execute(REKEY, part)


def _parts(connection: sa.Connection) -> Iterator[list[dict[str, object]]]:
    make, after = connection.get_execution_options()["message_key"], 0
    while found := connection.execute(NEXT, {"after": after}).all():
        after = found[-1].id
        yield [
            {"known": row.id, "made": make(row.purpose, row.subject, row.schedule, row.rule, row.recipient)}
            for row in found
        ]
