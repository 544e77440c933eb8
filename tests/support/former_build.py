"""A database as the build before this one left it: tables of revision 0004, Message-IDs that anybody could reckon."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event, text

from scheduler.store.migrating import MIGRATIONS
from scheduler.store.schema import microseconds

FORMER = "0004"
NOON = datetime(2021, 10, 14, 12, tzinfo=UTC)
UNKNOWN_FATE = "unknown since the backup of 2021-10-14T04:00Z: the lost database may have sent it"
_POST = text(
    "INSERT INTO recipients (id, site, address, language, post, joined, since, confirmed_at)"
    " VALUES (:id, 'tokio', :address, 'es', 'Sección', '2021-10-01', 0, 0)"
)
_ROW = text(
    "INSERT INTO deliveries (purpose, subject, schedule, rule, recipient, event, site, message_key, due_at, expires_at,"
    " moved, state, next_at, owner, fence, attempts, accepted_at, uncertain_at, reply)"
    " VALUES ('reminder', 'taller@ine.example', 0, :rule, 'uno', 'taller', 'tokio', :key, :due, :expires, 0, :state,"
    " :due, :owner, 1, :attempts, :accepted, :uncertain, :reply)"
)


@dataclass(frozen=True, kw_only=True)
class FormerRow:
    """One reminder of the post «uno»; its rule tells it from the others."""

    rule: str
    state: str
    attempts: int = 0
    accepted: datetime | None = None
    uncertain: datetime | None = None
    owner: str | None = None
    reply: str = ""

    @property
    def key(self) -> str:
        """As anybody could reckon it from the public calendar and the post's id."""
        return guessed("reminder", "taller@ine.example", 0, self.rule, "uno")


def guessed(purpose: str, subject: str, schedule: int, rule: str, recipient: str) -> str:
    """The former build's key of that delivery."""
    named = "\x1f".join((purpose, subject, str(schedule), rule, recipient))
    return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()


def make_former(url: str, rows: list[FormerRow]) -> None:
    """Fill a new database; the driver's own transaction, for the program that could do it is the former one."""
    engine = create_engine(url)
    if url.startswith("sqlite"):
        event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", "IMMEDIATE"))
    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix())
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FORMER)
        _fill(connection, rows)
    engine.dispose()


def _fill(connection: Connection, rows: list[FormerRow]) -> None:
    connection.execute(_POST, {"id": "uno", "address": "uno@tokio.example"})
    for row in rows:
        micros = {
            name: None if at is None else microseconds(at)
            for name, at in (("accepted", row.accepted), ("uncertain", row.uncertain))
        }
        values = {"rule": row.rule, "key": row.key, "state": row.state, "owner": row.owner, "attempts": row.attempts}
        when = {"due": microseconds(NOON), "expires": microseconds(NOON + timedelta(days=7)), "reply": row.reply}
        connection.execute(_ROW, {**values, **when, **micros})
