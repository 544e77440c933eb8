"""Convocations: each post that an announced event concerns is called to it once, at an hour it can bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from calendars.model.agenda import Draft
from calendars.model.events import Audience, EventStatus
from scheduler.planning.delivery import Purpose, State
from scheduler.publishing.announcing import NothingToAnnounce
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import NothingToPublish, Published, Unconfirmed, publish_draft
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.ledger import wishes
from scheduler.store.schema import deliveries
from tests.support.changes import (
    AS_IT_WAS,
    MONDAY,
    MOVED,
    SETTLED,
    at_two_sites,
    begin,
    change,
    sent,
    with_event,
    words,
)
from tests.support.factories import agenda, drive, event, site, text, timed
from tests.support.ledger import PUBLISHED, draft, post
from tests.support.smtpd import Drop, Reply

EVENT = event().id
AN_HOUR = timedelta(hours=1)
CALL = "CONVOCATORIA: vie 22 oct, 08:00 h (Tokio): Taller VMRE, Asia Pacífico"


def announce(
    database: Database, content: Draft, at: datetime, *events: str, confirmed: bool = True, most: int = 20
) -> Published:
    return publish_draft(
        database,
        content,
        Act(at=at, author="M. R.", reason="convocar", announce=events or (EVENT,)),
        confirmed=confirmed,
        asked_above=most,
    )


def calls(database: Database) -> dict[tuple[int, str], str]:
    """(schedule, recipient) -> state."""
    d = deliveries.c
    with database.read() as connection:
        found = connection.execute(select(d.schedule, d.recipient, d.state).where(d.purpose == Purpose.CONVOCATION))
        return {(schedule, recipient): state for schedule, recipient, state in found}


async def heads(database: Database, start: datetime, until: datetime) -> list[str]:
    """The first words of each mail, which say what it is."""
    return [str(mail["Subject"]).partition(":")[0] for mail in await sent(database, start, until)]


async def test_what_is_in_force_is_announced_by_an_edition_without_changes(database: Database) -> None:
    await begin(database)
    done = announce(database, AS_IT_WAS, MONDAY)
    assert (done.convocations, done.notices, done.prospect.changes) == (1, 0, ())
    [mail] = await sent(database, MONDAY, MONDAY + AN_HOUR)
    assert mail["Date"].datetime == SETTLED
    assert str(mail["Subject"]).startswith(CALL)
    assert "Se convoca a su sede a esta actividad." in words(mail)
    with database.read() as connection:
        assert editions.announced(connection) == {2: (EVENT,)}


async def test_a_first_edition_calls_and_the_first_reminder_brings_the_event_no_second_time(database: Database) -> None:
    assert announce(database, AS_IT_WAS, PUBLISHED).convocations == 1
    found = await sent(database, PUBLISHED, datetime(2021, 10, 23, tzinfo=UTC))
    assert [str(mail["Subject"])[:12] for mail in found] == [
        "CONVOCATORIA",
        "Vie 22 oct, ",
        "Mañana vie 2",
        "Hoy vie 22 o",
    ]
    attached = [[part.get_content_type() for part in mail.iter_attachments()] for mail in found]
    assert attached == [["text/calendar"], [], [], []]


async def test_a_reminder_that_went_before_leaves_the_convocation_without_the_file(database: Database) -> None:
    await begin(database)
    announce(database, AS_IT_WAS, MONDAY)
    [mail] = await sent(database, MONDAY, MONDAY + AN_HOUR)
    assert list(mail.iter_attachments()) == []


async def test_the_same_schedule_is_announced_once(database: Database) -> None:
    await begin(database)
    announce(database, AS_IT_WAS, MONDAY)
    with pytest.raises(NothingToPublish):
        announce(database, AS_IT_WAS, MONDAY + timedelta(minutes=1))
    assert len(await sent(database, MONDAY, MONDAY + AN_HOUR)) == 1
    with pytest.raises(NothingToPublish):
        announce(database, AS_IT_WAS, MONDAY + AN_HOUR)


async def test_who_joins_later_is_called_when_the_event_is_announced_again(database: Database) -> None:
    announce(database, AS_IT_WAS, PUBLISHED)
    await sent(database, PUBLISHED, MONDAY)
    later = with_event(event(), posts=(post(), post("dos")))
    assert announce(database, later, MONDAY).convocations == 1
    [mail] = await sent(database, MONDAY, MONDAY + AN_HOUR)
    assert mail["To"].addresses[0].addr_spec == "dos@tokio.example"


async def test_an_edition_that_owes_a_notice_of_the_event_sends_the_notice_only(database: Database) -> None:
    await begin(database)
    done = announce(database, MOVED, MONDAY)
    assert (done.notices, done.convocations) == (1, 0)
    assert await heads(database, MONDAY, MONDAY + AN_HOUR) == ["CAMBIO"]


async def test_who_joins_with_a_change_is_called_and_the_others_hear_of_the_change(database: Database) -> None:
    await begin(database)
    both = with_event(event(when=timed("2021-10-21 20:00")), posts=(post(), post("dos")))
    done = announce(database, both, MONDAY)
    assert (done.notices, done.convocations) == (1, 1)
    assert sorted(await heads(database, MONDAY, MONDAY + AN_HOUR)) == ["CAMBIO", "CONVOCATORIA"]


async def test_a_change_before_it_left_is_told_by_the_notice_alone(database: Database) -> None:
    await begin(database)
    announce(database, AS_IT_WAS, MONDAY)
    change(database, MOVED, MONDAY + timedelta(minutes=5))
    assert await heads(database, MONDAY, MONDAY + AN_HOUR) == ["CAMBIO"]
    assert calls(database) == {(0, "uno"): State.SUPERSEDED, (1, "uno"): State.SUPERSEDED}


async def test_a_change_that_is_taken_back_leaves_the_convocation(database: Database) -> None:
    await begin(database)
    announce(database, AS_IT_WAS, MONDAY)
    change(database, MOVED, MONDAY + timedelta(minutes=2))
    change(database, AS_IT_WAS, MONDAY + timedelta(minutes=4))
    [mail] = await sent(database, MONDAY, MONDAY + AN_HOUR)
    assert str(mail["Subject"]).startswith(CALL)


async def test_a_silent_move_before_it_left_is_in_the_convocation(database: Database) -> None:
    await begin(database)
    announce(database, AS_IT_WAS, MONDAY)
    change(database, MOVED, MONDAY + timedelta(minutes=5), silent=True)
    [mail] = await sent(database, MONDAY, MONDAY + AN_HOUR)
    assert str(mail["Subject"]).startswith("CONVOCATORIA: vie 22 oct, 10:00 h (Tokio)")


@pytest.mark.parametrize("silent", [True, False])
async def test_nobody_is_called_to_what_is_off(database: Database, *, silent: bool) -> None:
    await begin(database)
    announce(database, AS_IT_WAS, MONDAY)
    off = with_event(event(status=EventStatus.CANCELLED))
    change(database, off, MONDAY + timedelta(minutes=5), silent=silent)
    assert await heads(database, MONDAY, MONDAY + AN_HOUR) == ([] if silent else ["CANCELADO"])
    assert calls(database) == {(0, "uno"): State.CANCELLED}


async def test_a_convocation_is_what_a_later_change_is_compared_with(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY, silent=True)
    announce(database, MOVED, MONDAY + timedelta(minutes=1))
    await sent(database, MONDAY, MONDAY + AN_HOUR)
    change(database, AS_IT_WAS, MONDAY + AN_HOUR)
    [mail] = await sent(database, MONDAY + AN_HOUR, MONDAY + 2 * AN_HOUR)
    assert "ahora vie 22 oct, 08:00 h (Tokio); antes 10:00 h" in str(mail["Subject"])


async def test_it_waits_for_the_working_hours_of_its_site(database: Database) -> None:
    saturday_night = datetime(2021, 10, 16, 14, tzinfo=UTC)
    await begin(database, until=saturday_night)
    announce(database, AS_IT_WAS, saturday_night)
    [mail] = await sent(database, saturday_night, MONDAY)
    assert mail["Date"].datetime == datetime(2021, 10, 18, 0, tzinfo=UTC)


async def test_a_reminder_that_falls_due_waits_for_the_convocation(database: Database) -> None:
    week_before = datetime(2021, 10, 15, 0, tzinfo=UTC)
    shortly = week_before - timedelta(minutes=5)
    await begin(database, until=shortly)
    announce(database, AS_IT_WAS, shortly)
    found = await sent(database, shortly, week_before + AN_HOUR)
    assert [str(mail["Subject"])[:12] for mail in found] == ["CONVOCATORIA", "Vie 22 oct, "]
    assert [mail["Date"].datetime for mail in found] == [week_before + timedelta(minutes=5)] * 2


async def test_a_convocation_whose_fate_is_unknown_is_repeated_under_its_message_id(database: Database) -> None:
    await begin(database)
    announce(database, AS_IT_WAS, MONDAY)
    found = await sent(database, MONDAY, MONDAY + AN_HOUR, BODY=[Drop()])
    assert len(found) == 2
    assert len({str(mail["Message-ID"]) for mail in found}) == 1
    assert calls(database) == {(0, "uno"): State.ACCEPTED}


async def test_who_was_called_in_vain_is_called_again_when_asked_for(database: Database) -> None:
    await begin(database)
    announce(database, AS_IT_WAS, MONDAY)
    change(database, with_event(event(status=EventStatus.CANCELLED)), MONDAY + timedelta(minutes=1), silent=True)
    change(database, AS_IT_WAS, MONDAY + timedelta(minutes=2), silent=True)
    assert announce(database, AS_IT_WAS, MONDAY + timedelta(minutes=3)).convocations == 1
    assert await heads(database, MONDAY, MONDAY + AN_HOUR) == ["CONVOCATORIA"]


async def test_a_bad_address_is_called_no_more(database: Database) -> None:
    await begin(database)
    announce(database, AS_IT_WAS, MONDAY)
    await sent(database, MONDAY, MONDAY + AN_HOUR, RCPT=[Reply(b"550 5.1.1 no such user\r\n")])
    assert calls(database) == {(0, "uno"): State.REJECTED}
    with pytest.raises(NothingToPublish):
        announce(database, AS_IT_WAS, MONDAY + AN_HOUR)


async def test_a_post_of_the_file_that_wants_no_reminders_is_called_all_the_same(database: Database) -> None:
    await begin(database)
    with database.write() as connection:
        wishes.leave(connection, "uno", MONDAY)
    announce(database, AS_IT_WAS, MONDAY)
    assert (await heads(database, MONDAY, MONDAY + AN_HOUR)).count("CONVOCATORIA") == 1


async def test_each_event_calls_for_itself_and_the_sites_that_it_does_not_concern_are_left_alone(
    database: Database,
) -> None:
    sites = (site(), site("madrid", city="Madrid", country_code="ES", region="europa", zone="Europe/Madrid"))
    both = draft(agenda(representations=sites, events=(event(), drive())), (post(), post("dos", site="madrid")))
    done = announce(database, both, PUBLISHED, EVENT, drive().id)
    assert (done.convocations, done.prospect.heard) == (3, 2)
    assert {key: len(posts) for key, posts in done.prospect.called.items()} == {
        (EVENT, "tokio"): 1,
        (drive().id, "tokio"): 1,
        (drive().id, "madrid"): 1,
    }


def test_convocations_count_towards_the_confirmation(database: Database) -> None:
    crowd: Sequence[str] = [f"p{number}" for number in range(4)]
    many = with_event(event(), posts=[post(name) for name in crowd])
    with pytest.raises(Unconfirmed):
        announce(database, many, PUBLISHED, confirmed=False, most=3)
    assert announce(database, many, PUBLISHED, confirmed=False, most=4).convocations == 4


@pytest.mark.parametrize(
    ("named", "changed", "why"),
    [
        ("taller-asia-pacifico-2012", event(), "¿Quiso decir taller-asia-pacifico-2021?"),
        ("x", event(), f"Hay: {EVENT}."),
        (EVENT, event(status=EventStatus.CANCELLED), "está cancelado"),
        (EVENT, event(when=None, status=EventStatus.UNSCHEDULED, assumed=()), "no tiene fecha"),
        (EVENT, event(when=timed("2021-09-21 18:00")), "ya terminó"),
    ],
)
def test_an_event_to_which_nobody_can_be_called_is_refused_with_the_reason(
    database: Database, named: str, changed: object, why: str
) -> None:
    with pytest.raises(NothingToAnnounce) as refused:
        announce(database, draft(agenda(events=(changed,))), PUBLISHED, named)
    assert why in refused.value.why["es"]


async def test_a_convocation_is_in_the_language_of_its_post(database: Database) -> None:
    english = with_event(event(title=text("Taller", "Workshop")), posts=(replace(post(), language="en"),))
    announce(database, english, MONDAY)
    [mail] = await sent(database, MONDAY, MONDAY + AN_HOUR)
    assert str(mail["Subject"]).startswith("INVITATION: Fri 22 Oct, 08:00 (Tokio): Workshop")
    assert "Your site is invited to take part in this event." in words(mail)


@pytest.mark.parametrize(("ids", "called"), [(("tokio", "madrid"), ["(Madrid)"]), (("tokio",), [])])
async def test_who_moves_while_it_waits_is_called_by_the_clocks_of_the_new_site_or_not_at_all(
    database: Database, ids: tuple[str, ...], called: list[str]
) -> None:
    concerned = Audience(kind="sites", ids=ids)
    await begin(database, at_two_sites(concerned, event()))
    announce(database, at_two_sites(concerned, event()), MONDAY)
    change(database, at_two_sites(concerned, event(), "madrid"), MONDAY + timedelta(minutes=5))
    found = [
        str(mail["Subject"]) for mail in await sent(database, MONDAY + timedelta(minutes=5), MONDAY + 12 * AN_HOUR)
    ]
    assert [head for subject in found for head in ("(Tokio)", "(Madrid)") if head in subject] == called
    assert list(calls(database).values()) == [State.ACCEPTED if called else State.CANCELLED]
