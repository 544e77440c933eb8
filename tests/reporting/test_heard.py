"""Who has heard of an event or of an edition's change: by mail, by the private calendar, by an answer; and who not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from scheduler.planning.delivery import Decision, Purpose, State
from scheduler.reporting.heard import Hearing, PostHeard, SiteHeard, Taking, by_region, of_edition, of_event
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.ledger import settling
from scheduler.store.people import bounces
from scheduler.store.people.bounces import CameBack
from scheduler.store.posts import feed_tokens
from scheduler.store.posts.answers import Reply
from scheduler.store.posts.feed_tokens import Poll
from scheduler.store.schema import deliveries
from tests.support.answering import say
from tests.support.changes import MONDAY, MOVED, SETTLED, begin, change, sent, with_event
from tests.support.coverage import MADRID, SUPLENTE
from tests.support.factories import agenda, event, site, text
from tests.support.ledger import ME, PUBLISHED, claim, draft, intent_of, post, put, settle

TWO = (post("dos"), post("uno"))
MOVED_FOR_TWO = replace(MOVED, recipients=TWO)


def of_now(database: Database, key: str = event().id) -> Hearing:
    with database.read() as connection:
        now = editions.load(connection)
        assert now is not None
        found = now.edition.agenda.event(key)
        assert found is not None
        return of_event(connection, now, found)


def of_number(database: Database, number: int) -> list[Hearing]:
    with database.read() as connection:
        now = editions.load(connection)
        assert now is not None
        return list(of_edition(connection, now, number))


def tokyo(found: Hearing) -> dict[str, PostHeard]:
    [one] = [one for one in found.sites if one.site.id == "tokio"]
    return {post.post: post for post in one.posts}


def taken(found: Hearing) -> dict[str, Taking]:
    return {key: one.mail for key, one in tokyo(found).items()}


def read_own(database: Database, at: datetime, recipient: str | None = "uno") -> None:
    with database.write() as connection:
        token = feed_tokens.issue(connection, "tokio", PUBLISHED, label="", recipient=recipient)
        feed_tokens.record_polls(connection, {feed_tokens.id_of(token): Poll(at=at, client="Outlook")})


def test_before_anything_left_a_mail_is_still_to_leave_and_nobody_has_heard(database: Database) -> None:
    put(database, draft(posts=TWO))
    found = of_now(database)
    assert taken(found) == {"dos": Taking.PLANNED, "uno": Taking.PLANNED}
    assert (found.edition, [one.heard for one in found.sites]) == (1, [False])
    assert tokyo(found)["uno"].at is not None


async def test_a_mail_that_the_server_took_is_heard_until_the_event_changes(database: Database) -> None:
    await begin(database, draft(posts=TWO))
    assert taken(of_now(database)) == {"dos": Taking.TAKEN, "uno": Taking.TAKEN}
    change(database, MOVED_FOR_TWO, MONDAY)
    moved = of_now(database)
    assert (taken(moved), moved.edition, moved.since) == (dict.fromkeys(("dos", "uno"), Taking.PLANNED), 2, MONDAY)
    await sent(database, MONDAY, SETTLED)
    assert taken(of_now(database)) == {"dos": Taking.TAKEN, "uno": Taking.TAKEN}
    assert of_now(database).missing == ()


async def test_a_change_of_words_alone_leaves_what_was_heard_as_it_is(database: Database) -> None:
    await begin(database, draft(posts=TWO))
    change(database, with_event(event(description=text("Otro texto")), posts=TWO, link=None), MONDAY)
    found = of_now(database)
    assert (taken(found), found.edition) == ({"dos": Taking.TAKEN, "uno": Taking.TAKEN}, 1)


@pytest.mark.parametrize(
    ("state", "taking"),
    [(State.REJECTED, Taking.BOUNCED), (State.UNCERTAIN, Taking.UNCERTAIN), (State.ACCEPTED, Taking.TAKEN)],
)
async def test_what_became_of_the_mail_is_told_apart(database: Database, state: State, taking: Taking) -> None:
    await begin(database, draft(posts=TWO))
    change(database, MOVED_FOR_TWO, MONDAY)
    [first, second] = claim(database, SETTLED)
    with database.write() as connection:
        settling.intend_if_still_claimed(connection, ME, [intent_of(first, edition=2)], SETTLED)
    settle(database, first, Decision(state=state), SETTLED)
    found = taken(of_now(database))
    assert found == {first.recipient: taking, second.recipient: Taking.PLANNED}
    assert taken(of_number(database, 2)[0]) == found


async def test_what_bounced_was_not_heard(database: Database) -> None:
    await begin(database, draft(posts=TWO))
    change(database, MOVED_FOR_TWO, MONDAY)
    await sent(database, MONDAY, SETTLED)
    d = deliveries.c
    with database.write() as connection:
        own = select(d.message_key).where(d.purpose == Purpose.NOTICE, d.recipient == "uno")
        one = bounces.sent(connection, connection.execute(own).scalar_one(), SETTLED)
        assert one is not None
        report = CameBack(digest="d", kind="soft", status="5.2.2", text="mailbox full")
        bounces.record(connection, one, report, now=SETTLED, blames=False, proven=True)
    assert taken(of_now(database)) == {"dos": Taking.TAKEN, "uno": Taking.BOUNCED}


async def test_the_posts_own_calendar_counts_only_since_the_news(database: Database) -> None:
    put(database, draft(posts=TWO))
    change(database, MOVED_FOR_TWO, MONDAY)
    read_own(database, MONDAY - timedelta(minutes=1))
    [there] = of_now(database).sites
    assert (there.calendars, there.read, there.heard) == (1, 0, False)
    read_own(database, MONDAY + timedelta(minutes=1))
    found = of_now(database)
    assert {key: one.heard for key, one in tokyo(found).items()} == {"dos": False, "uno": True}
    [there] = found.sites
    assert (there.calendars, there.read, there.heard) == (2, 1, True)
    assert [one.post for one in there.missing] == ["dos"]


async def test_a_calendar_that_an_administrator_gave_a_site_is_the_sites_and_no_posts(database: Database) -> None:
    put(database, draft(posts=TWO))
    read_own(database, MONDAY, recipient=None)
    [there] = of_now(database).sites
    assert (there.heard, len(there.missing)) == (True, 2)


async def test_an_answer_counts_as_having_heard_of_what_stood_when_it_was_given(database: Database) -> None:
    put(database, draft(posts=TWO))
    say(database, Reply.NO)
    assert (tokyo(of_now(database))["uno"].heard, tokyo(of_now(database))["uno"].answered) == (True, True)
    change(database, with_event(event(place=text("Sala 2")), posts=TWO, link=None), MONDAY)
    moved = tokyo(of_now(database))["uno"]
    assert (moved.heard, moved.answered) == (False, True)


async def test_of_an_edition_each_event_that_is_told_is_listed_with_what_changed(database: Database) -> None:
    content = agenda(events=(event(), event("otro")))
    put(database, draft(content, TWO))
    moved = replace(content, events=(event(place=text("Sala 2")), event("otro", description=text("Otro"))))
    change(database, draft(moved, TWO), MONDAY)
    [found] = of_number(database, 2)
    assert found.change is not None
    assert ([kind.value for kind in found.change.kinds], found.since) == (["relocated"], MONDAY)
    assert taken(found) == {"dos": Taking.PLANNED, "uno": Taking.PLANNED}


async def test_of_a_past_edition_a_later_mail_counts_too(database: Database) -> None:
    await begin(database, draft(posts=TWO))
    change(database, MOVED_FOR_TWO, MONDAY, silent=True)
    change(database, replace(with_event(event(place=text("Sala 2"))), recipients=TWO), MONDAY + timedelta(minutes=1))
    await sent(database, MONDAY, SETTLED + timedelta(minutes=1))
    assert taken(of_number(database, 2)[0]) == {"dos": Taking.TAKEN, "uno": Taking.TAKEN}


async def test_an_event_that_the_edition_took_away_is_listed_too(database: Database) -> None:
    put(database, draft(posts=TWO))
    put(database, draft(agenda(events=()), TWO), MONDAY, confirmed=True, silent=False)
    [found] = of_number(database, 2)
    assert (found.event.id, taken(found)) == (event().id, dict.fromkeys(("dos", "uno"), Taking.PLANNED))


def test_a_deputy_that_nobody_asked_is_not_among_them(database: Database) -> None:
    put(database, draft(posts=(post(), SUPLENTE)))
    assert list(tokyo(of_now(database))) == ["uno"]


async def test_sites_where_nobody_has_heard_come_first_in_each_region(database: Database) -> None:
    everywhere = replace(event(), audience=replace(event().audience, kind="all", ids=()))
    sites = (site(), replace(site("seul"), city="Seúl"), MADRID)
    posts = (post(), post("dos", site="seul"), post("tres", site="madrid"))
    put(database, draft(agenda(representations=sites, events=(everywhere,)), posts))
    read_own(database, PUBLISHED + timedelta(hours=1))
    found = of_now(database)
    assert [one.site.id for one in found.sites if one.site.region == "asia-pacifico"] == ["seul", "tokio"]
    with database.read() as connection:
        now = editions.load(connection)
    assert now is not None
    grouped: dict[str, tuple[SiteHeard, ...]] = by_region(now.edition.agenda, found.sites)
    assert {region: len(there) for region, there in grouped.items()} == {"asia-pacifico": 2, "europa": 1}
