"""To whom a way back is no news: what is counted beforehand is what leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scheduler.planning.delivery import Decision, State
from scheduler.publishing.in_words import unheard_lines
from scheduler.publishing.prospect import Act, Prospect
from scheduler.publishing.rollback import prospect_back, returning
from scheduler.store.database import Database
from scheduler.store.ledger import settling
from scheduler.store.posts import feed_tokens
from scheduler.store.posts.feed_tokens import Poll
from tests.support.changes import AT_EIGHT, MONDAY, SETTLED, begin, change, sent, with_event
from tests.support.factories import event
from tests.support.ledger import DAY_BEFORE, ME, claim, intent_of, post, settle

TWO = (post("dos"), post("uno"))
MOVED_FOR_TWO = with_event(event(when=AT_EIGHT), posts=TWO)
BEFORE_IT = DAY_BEFORE - timedelta(minutes=1)


def back(database: Database, at: datetime, number: int = 1) -> Prospect:
    with database.read() as connection:
        return prospect_back(connection, number, returning(connection, number), Act(at=at))


async def test_before_anything_was_told_a_way_back_is_no_news_to_anybody_and_nothing_leaves(
    database: Database,
) -> None:
    await begin(database, with_event(event(), posts=TWO))
    assert change(database, MOVED_FOR_TWO, MONDAY) == 2
    found = back(database, MONDAY)
    assert (found.mails, found.people, sorted(found.unheard.everybody)) == (0, 0, ["dos", "uno"])
    soon = MONDAY + timedelta(minutes=5)
    assert change(database, with_event(event(), posts=TWO), soon) == 0
    assert await sent(database, soon, SETTLED + timedelta(hours=2)) == []


async def test_once_the_notice_went_out_everybody_is_corrected(database: Database) -> None:
    await begin(database, with_event(event(), posts=TWO))
    change(database, MOVED_FOR_TWO, MONDAY)
    assert len(await sent(database, MONDAY, SETTLED)) == 2
    found = back(database, SETTLED + timedelta(minutes=1))
    assert (found.mails, found.unheard.everybody, list(unheard_lines(found, "es"))) == (2, frozenset(), [])


@pytest.mark.parametrize("fate", [State.ACCEPTED, State.UNCERTAIN, None])
async def test_who_got_a_reminder_with_the_new_hour_meanwhile_or_may_have_is_corrected(
    database: Database, fate: State | None
) -> None:
    """Nobody was to hear of the move, so no reminder waited for its notice. None: it is on its way meanwhile."""
    await begin(database, with_event(event(), posts=TWO), until=BEFORE_IT)
    change(database, MOVED_FOR_TWO, BEFORE_IT, silent=True)
    [reminder] = claim(database, DAY_BEFORE, limit=1)
    with database.write() as connection:
        settling.intend_if_still_claimed(connection, ME, [intent_of(reminder, edition=2)], DAY_BEFORE)
    if fate is not None:
        settle(database, reminder, Decision(state=fate), DAY_BEFORE)
    found = back(database, DAY_BEFORE + timedelta(minutes=1))
    assert (found.mails, len(found.unheard.everybody)) == (1, 1)
    [spared, corrected, exposed] = unheard_lines(found, "en")
    assert spared == "No notice to 1 post: nothing was told there yet of what is taken back"
    assert corrected == "1 post heard of it meanwhile, by a notice or a reminder: the mail corrects it"
    assert exposed.startswith("Public calendars have shown edition 2 since")


async def test_who_read_it_in_their_own_calendar_is_counted(database: Database) -> None:
    await begin(database, with_event(event(), posts=TWO))
    with database.write() as connection:
        token = feed_tokens.issue(connection, "tokio", MONDAY, label="", recipient="uno")
    change(database, MOVED_FOR_TWO, MONDAY)
    with database.write() as connection:
        poll = Poll(at=MONDAY + timedelta(minutes=2), client="Outlook")
        feed_tokens.record_polls(connection, {feed_tokens.id_of(token): poll})
    found = back(database, MONDAY + timedelta(minutes=3))
    assert found.unheard.read == {"uno"}
    assert list(unheard_lines(found, "es"))[-1] == "1 de estos puestos la leyó en su propio calendario"
