"""The start that each answer was given for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# By the schedule in force when it was said. Of whole days, and of an answer from before the first edition, none: such
# an answer counts as it did.
IN_FORCE_THEN = """UPDATE answers
    SET start = (
        SELECT revisions.start
        FROM revisions JOIN editions ON editions.number = revisions.edition
        WHERE revisions.event = coalesce(answers.instead, answers.event) AND editions.at <= answers.at
        ORDER BY editions.number DESC
        LIMIT 1
    )"""


def upgrade() -> None:
    op.add_column("answers", sa.Column("start", INSTANT, nullable=True))
    op.execute(IN_FORCE_THEN)
