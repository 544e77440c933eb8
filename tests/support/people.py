"""People who sign up, leave and are erased."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from calendars.editions import Edition
from scheduler.base.tokens import Tokens
from scheduler.planning.delivery import Purpose
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.ledger.reconcile import replan
from scheduler.store.people import signups
from scheduler.store.people.signups import SignUp
from scheduler.store.posts.roster import Post
from scheduler.store.schema import deliveries
from tests.support.ledger import PUBLISHED

ADDRESS = "ana@tokio.example"
TOKENS = Tokens(["a key for the tests"])
LATER = PUBLISHED + timedelta(hours=1)


def sign_up(database: Database, given: SignUp | None = None, at: object = LATER) -> str | None:
    """The id of whom the newest mail went to; None if none went."""
    before = len(mails(database))
    with database.write() as connection:
        signups.sign_up(connection, given or wish(), at)  # type: ignore[arg-type]  # because it is an instant
    sent = mails(database)
    return sent[-1][1] if len(sent) > before else None


def joined(database: Database, given: SignUp | None = None) -> str:
    key = sign_up(database, given)
    assert key is not None
    assert confirm(database, key) is not None
    return key


def mails(database: Database) -> list[tuple[str, str]]:
    """(purpose, recipient) of all service mail."""
    d = deliveries.c
    with database.read() as connection:
        found = connection.execute(select(d.purpose, d.recipient).where(d.purpose != Purpose.REMINDER).order_by(d.id))
        return [(purpose, recipient) for purpose, recipient in found]


def erase(database: Database, key: str, address: str) -> None:
    with database.write() as connection:
        signups.erase(connection, key, TOKENS.digests(address), LATER)


def purge(database: Database, at: object, days: int | None) -> int:
    retention = None if days is None else timedelta(days=days)
    with database.write() as connection:
        return signups.purge(connection, at, retention)  # type: ignore[arg-type]  # because it is an instant


def wish(address: str = ADDRESS, **changes: object) -> SignUp:
    known = {"site": "tokio", "language": "es", "declined": frozenset()}
    return SignUp(address=address, **(known | changes))  # type: ignore[arg-type]  # because each test names what it changes


def confirm(database: Database, key: str, at: object = LATER) -> Post | None:
    edition = in_force(database)
    with database.write() as connection:
        found = signups.confirm(connection, key, at)  # type: ignore[arg-type]  # because it is an instant
        replan(connection, edition, key, at)  # type: ignore[arg-type]  # likewise
    return found


def in_force(database: Database) -> Edition:
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    return found.edition
