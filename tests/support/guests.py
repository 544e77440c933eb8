"""Two sessions of one kind, and posts that go to the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from calendars.model.agenda import Draft
from calendars.model.events import Audience, Event
from scheduler.people.answers import answer
from scheduler.planning.delivery import Purpose, State
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts.answers import PostAnswer, Reply
from scheduler.store.schema import deliveries
from tests.support.answering import LATER
from tests.support.factories import agenda, event, site, timed
from tests.support.ledger import draft, post

MADRID = site("madrid", region="europa", zone="Europe/Madrid", country_code="ES", city="Madrid")

OWN, OTHER = event().id, "taller-europa-2021"


def both(own: Event | None = None, other: Event | None = None, *, with_other: bool = True) -> Draft:
    """Tokyo with two posts and Madrid with one; by Tokyo's clocks the other session is at 09:00 on the 26th."""
    events = (own or asia(), *((other or europe(),) if with_other else ()))
    content = agenda(representations=(site(), MADRID), events=events)
    return draft(content, (post(), post("dos"), post("tres", site="madrid")))


def choose(database: Database, instead: str | None = OTHER, at: datetime = LATER, reply: Reply = Reply.NO) -> None:
    with database.write() as connection:
        found = editions.load(connection)
        assert found is not None
        uid = found.edition.revisions[OWN].uid
        said = PostAnswer(recipient="uno", subject=uid, event=OWN, reply=reply, instead=instead, via="link", at=at)
        assert answer(connection, found, said, at)


def planned(database: Database, who: str = "uno") -> dict[str, int]:
    """How many reminders of each event a post still gets."""
    d = deliveries.c
    found: dict[str, int] = {}
    with database.read() as connection:
        chosen = select(d.event).where(d.recipient == who, d.purpose == Purpose.REMINDER, d.state == State.PLANNED)
        for key in connection.execute(chosen).scalars():
            found[key] = found.get(key, 0) + 1
    return found


def asia(**changes: object) -> Event:
    return replace(event(other_sessions=True), **changes)  # type: ignore[arg-type]  # because each test names its own


def europe(**changes: object) -> Event:
    return replace(event(OTHER, when=timed("2021-10-25 19:00"), audience=EUROPE), **changes)  # type: ignore[arg-type]  # because each test names its own


EUROPE = Audience(kind="regions", ids=("europa",))
