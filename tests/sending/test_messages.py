"""Own words of a publication and of an event, through the ledger: which mails have them, and which have not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from calendars.feeds import feeds
from calendars.model.agenda import Draft
from calendars.model.text import OwnWords
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import NothingToPublish, Published, publish_draft
from scheduler.publishing.rollback import roll_back
from scheduler.store import editions
from scheduler.store.database import Database
from tests.support.changes import AS_IT_WAS, AT_EIGHT, MONDAY, MOVED, begin, change, sent, with_event, words
from tests.support.factories import event, text
from tests.support.ledger import post

AN_HOUR = timedelta(hours=1)
OURS = OwnWords(es="La sala no está disponible.", en="The room is not available.")
LIST = OwnWords(es="Traiga su lista.", en="Bring your list.")
SAYING = with_event(event(message=LIST))


def publish(
    database: Database, content: Draft, message: OwnWords | None, *, minutes: int = 0, announce: Sequence[str] = ()
) -> Published:
    act = Act(
        at=MONDAY + timedelta(minutes=minutes), author="M. R.", reason="prueba", message=message, announce=announce
    )
    return publish_draft(database, content, act, confirmed=True)


async def test_the_notices_of_a_publication_have_its_message_and_its_reminders_have_not(database: Database) -> None:
    await begin(database)
    publish(database, MOVED, OURS)
    notice, *reminders = await sent(database, MONDAY, MONDAY + timedelta(days=5))
    assert "Mensaje:\nLa sala no está disponible.\n" in words(notice).replace("\r\n", "\n")
    assert str(notice["Subject"]).endswith(" · La sala no está disponible")
    assert reminders
    assert not any("La sala" in words(mail) for mail in reminders)


async def test_the_message_of_an_event_is_in_its_reminders_and_in_its_notices(database: Database) -> None:
    await begin(database, SAYING)
    publish(database, with_event(event(message=LIST, when=AT_EIGHT)), None)
    found = await sent(database, MONDAY, MONDAY + timedelta(days=5))
    assert len(found) > 2
    assert all("Traiga su lista." in words(mail) for mail in found)


async def test_a_publication_between_does_not_take_the_message_from_notices_that_wait(database: Database) -> None:
    """They say what is in force when they leave, and why is with the edition that owes them."""
    await begin(database)
    publish(database, MOVED, OURS)
    publish(database, replace(MOVED, recipients=(*MOVED.recipients, post("otro"))), OwnWords(es="Otra cosa"), minutes=3)
    [notice] = await sent(database, MONDAY, MONDAY + AN_HOUR)
    assert "La sala no está disponible." in words(notice)


async def test_a_notice_that_takes_the_place_of_another_has_its_own_message(database: Database) -> None:
    await begin(database)
    publish(database, MOVED, OURS)
    publish(
        database, with_event(event(when=AT_EIGHT, place=text("Sala 2", "Room 2"))), OwnWords(es="Otra sala."), minutes=3
    )
    [notice] = await sent(database, MONDAY, MONDAY + AN_HOUR)
    assert "Otra sala." in words(notice)
    assert "no está disponible" not in words(notice)


async def test_the_convocations_of_a_publication_have_its_message(database: Database) -> None:
    await begin(database)
    publish(database, AS_IT_WAS, OURS, announce=(event().id,))
    [call] = await sent(database, MONDAY, MONDAY + AN_HOUR)
    assert str(call["Subject"]).startswith("CONVOCATORIA: ")
    assert "La sala no está disponible." in words(call)


async def test_a_change_of_an_event_s_message_alone_sends_nothing_and_touches_no_calendar(database: Database) -> None:
    await begin(database)
    done = publish(database, SAYING, None)
    assert (done.notices, done.prospect.notices, done.prospect.mails) == (0, (), 0)
    assert done.ledger.added == done.ledger.followed == done.ledger.ended == 0
    with database.read() as connection:
        first, second = editions.find(connection, 1), editions.find(connection, 2)
    assert first is not None
    assert second is not None
    assert [one.body for one in feeds(first)] == [one.body for one in feeds(second)]
    assert first.revisions == second.revisions
    assert await sent(database, MONDAY, MONDAY + AN_HOUR) == []


async def test_a_message_by_itself_is_nothing_to_publish(database: Database) -> None:
    await begin(database)
    with pytest.raises(NothingToPublish):
        publish(database, AS_IT_WAS, OURS)


async def test_the_way_back_may_say_something_too(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    await sent(database, MONDAY, MONDAY + AN_HOUR)
    act = Act(at=MONDAY + 2 * AN_HOUR, author="M. R.", reason="error", message=OwnWords(es="Disculpe la confusión."))
    roll_back(database, 1, act, confirmed=True)
    [notice] = await sent(database, MONDAY + 2 * AN_HOUR, MONDAY + 4 * AN_HOUR)
    assert "Disculpe la confusión." in words(notice)


async def test_it_is_kept_with_its_edition(database: Database) -> None:
    await begin(database)
    publish(database, MOVED, OURS)
    with database.read() as connection:
        assert editions.messages(connection) == {2: OURS}
