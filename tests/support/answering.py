"""What posts say of whether they come."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler.people.answers import answer
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts.answers import PostAnswer, Reply
from tests.support.factories import edition, event
from tests.support.ledger import PUBLISHED

LATER = PUBLISHED + timedelta(hours=1)


def event_start() -> datetime:
    """Of the workshop, as the first edition has it (UTC)."""
    start = edition().revisions[event().id].start
    assert start is not None
    return start


def say(
    database: Database,
    reply: Reply,
    at: datetime = LATER,
    *,
    of: str = "uno",
    about: str | None = None,
    start: datetime | None = None,
) -> bool:
    """A post says whether it comes to an event, by default the workshop, of the edition in force."""
    key = about or event().id
    with database.write() as connection:
        found = editions.load(connection)
        assert found is not None
        uid = found.edition.revisions[key].uid
        given = PostAnswer(
            recipient=of, subject=uid, event=key, reply=reply, instead=None, via="link", at=at, start=start
        )
        return answer(connection, found, given, at)
