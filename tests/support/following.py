"""A session that is over, at three sites, and what is recorded of it; for the tests of what follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from calendars.model.agenda import Draft
from calendars.model.events import Audience, Event
from calendars.model.people import Recipient
from scheduler.people.answers import answer
from scheduler.people.attendance.recording import Recorder
from scheduler.planning.delivery import Purpose
from scheduler.publishing.following import Followed, Sequel, followed, sequel
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts.answers import PostAnswer, Reply
from scheduler.store.schema import deliveries
from tests.support.changes import sent
from tests.support.factories import agenda, event, site, text, timed
from tests.support.ledger import PUBLISHED, draft, post, put

KEY = event().id
OVER = datetime(2021, 10, 22, 1, tzinfo=UTC)  # Friday, 10:00 in Tokyo
RECORDED = datetime(2021, 10, 22, 3, 30, tzinfo=UTC)  # Friday, 12:30 in Tokyo; 16:30 in Wellington
SETTLED = RECORDED + timedelta(hours=2)
MONDAY_IN_WELLINGTON = datetime(2021, 10, 25, 20, tzinfo=UTC)  # Tuesday 26th, 09:00 there: Monday is Labour Day
SITES = (
    site(),
    site("delhi", zone="Asia/Kolkata", country="India", country_code="IN", city="Nueva Delhi", city_en="New Delhi"),
    site("wellington", zone="Pacific/Auckland", country="Nueva Zelandia", country_code="NZ", city="Wellington"),
    site("madrid", region="europa", zone="Europe/Madrid", country="España", country_code="ES", city="Madrid"),
)
POSTS = (post(), post("dos", site="delhi"), post("tres", site="wellington"))
HEADS = ("Gracias por asistir: ", "Si no pudo asistir: ")
EUROPE = event(
    "taller-europa",
    title=text("Taller VMRE, Europa", "Overseas voting workshop, Europe"),
    when=timed("2021-10-28 15:00"),  # of Mexico: Friday, 09:00 in Wellington
    audience=Audience(kind="regions", ids=("europa",)),
)


def followed_event(**changes: object) -> Event:
    """The workshop, with a follow-up."""
    return replace(event(follow_up=True), **changes)  # type: ignore[arg-type]  # because each test names its own


def with_follow_up(*posts: Recipient, others: Sequence[Event] = (EUROPE,), **changes: object) -> Draft:
    content = agenda(representations=SITES, events=(followed_event(**changes), *others))
    return draft(content, posts or POSTS)


def held(database: Database, *posts: Recipient, others: Sequence[Event] = (EUROPE,), **changes: object) -> None:
    """The workshop in force; nothing of what fell due before its end was sent, or ever will be."""
    put(database, with_follow_up(*posts, others=others, **changes), PUBLISHED)


def recorder(database: Database, at: datetime = RECORDED) -> Recorder:
    return Recorder(database=database, who="cuenta", by="Ana Prueba", now=at)


def record(database: Database, at: datetime = RECORDED, **figures: int) -> None:
    """By hand: so many people came of these sites (ids); of two of the three where none is said."""
    recorder(database, at).typed(KEY, figures or {"tokio": 2, "delhi": 1})


def goes_instead(database: Database, who: str, event: str, instead: str) -> None:
    """A post comes to another region's session."""
    with database.write() as connection:
        found = editions.load(connection)
        assert found is not None
        uid, at = found.edition.revisions[event].uid, PUBLISHED + timedelta(days=1)
        said = PostAnswer(recipient=who, subject=uid, event=event, reply=Reply.NO, instead=instead, via="link", at=at)
        assert answer(connection, found, said, at)


def uid_of(database: Database) -> str:
    with database.read() as connection:
        found = editions.load(connection)
        assert found is not None
        return found.edition.revisions[KEY].uid


def owed(database: Database, figures: Mapping[str, int], at: datetime = RECORDED) -> Sequel:
    """What recording these would owe."""
    with database.read() as connection:
        found = editions.load(connection)
        assert found is not None
        came = [site for site, n in figures.items() if n]
        return sequel(connection, found.edition, found.edition.agenda.events[0], came, at)


def stands(database: Database, at: datetime = RECORDED) -> Followed | None:
    with database.read() as connection:
        found = editions.load(connection)
        assert found is not None
        return followed(connection, found.edition, found.edition.agenda.events[0], at)


def follow_ups(database: Database) -> dict[str, str]:
    """By post (its id), the state of its follow-up."""
    d = deliveries.c
    with database.read() as connection:
        chosen = select(d.recipient, d.state).where(d.purpose == Purpose.FOLLOW_UP).order_by(d.id)
        rows = [(row.recipient, row.state) for row in connection.execute(chosen)]
    assert len(rows) == len(dict(rows)), "one for each post"
    return dict(rows)


async def got(database: Database, start: datetime, until: datetime) -> dict[str, str]:
    """Of what the server took, what follows a session: the subject by the post of the address."""
    found = [mail for mail in await sent(database, start, until) if str(mail["Subject"]).startswith(HEADS)]
    assert len(found) == len({str(mail["To"]) for mail in found}), "one for each address"
    return {str(mail["To"]).partition("@")[0]: str(mail["Subject"]) for mail in found}
