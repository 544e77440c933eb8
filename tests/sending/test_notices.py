"""Notices of changes: each post hears once of what differs from what it was last told, at an hour it can bear."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from calendars.model.agenda import Agenda
from calendars.model.events import Audience, Days, EventStatus
from calendars.model.places import Region
from calendars.model.text import Language
from scheduler.planning.delivery import Purpose, State
from scheduler.store.database import Database
from scheduler.store.ledger import alarms, wishes
from scheduler.store.people import bounces, signups
from scheduler.store.posts import feed_tokens
from scheduler.store.schema import deliveries, recipients
from scheduler.store.schema import feed_tokens as tokens_table
from tests.support.changes import (
    AS_IT_WAS,
    AT_EIGHT,
    LINK,
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
from tests.support.factories import agenda, event, site, text, timed
from tests.support.ledger import PUBLISHED, draft, post, put
from tests.support.smtpd import Drop, Reply

BUSY = Reply(b"451 4.3.0 busy\r\n")


def notices(database: Database) -> dict[tuple[int, str], str]:
    """(edition, recipient) -> state."""
    d = deliveries.c
    with database.read() as connection:
        found = connection.execute(select(d.schedule, d.recipient, d.state).where(d.purpose == Purpose.NOTICE))
        return {(edition, recipient): state for edition, recipient, state in found}


async def test_a_move_is_told_once_settled_with_the_new_hour_and_the_old_one(database: Database) -> None:
    await begin(database)
    assert change(database, MOVED, MONDAY) == 1
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(hours=1))
    assert mail["Date"].datetime == SETTLED
    assert str(mail["Subject"]).startswith(
        "CAMBIO: Taller VMRE, Asia Pacífico ahora vie 22 oct, 10:00 h (Tokio); antes 08:00"
    )
    said = words(mail)
    assert "AHORA  viernes 22 de octubre de 2021, 10:00 h, hora de Tokio" in said
    assert "ANTES  viernes 22 de octubre de 2021, 08:00 h, hora de Tokio" in said
    assert "jueves 21, 20:00 h, tiempo del centro de México (TCM)" in said
    assert "Los recordatorios de las 08:00 h quedaron anulados." in said
    assert LINK in said


async def test_a_longer_session_is_told_with_its_end_and_the_end_before(database: Database) -> None:
    await begin(database)
    change(database, with_event(event(when=timed("2021-10-21 18:00", 3))), MONDAY)
    [told] = await sent(database, MONDAY, SETTLED)
    assert "Término: 11:00 h (duración supuesta: 3 h, por confirmar); antes 10:00 h." in words(told)


async def test_the_first_edition_tells_nobody(database: Database) -> None:
    assert change(database, AS_IT_WAS, PUBLISHED) == 0
    assert notices(database) == {}


async def test_a_move_and_its_correction_within_the_settling_time_send_nothing(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    change(database, AS_IT_WAS, MONDAY + timedelta(minutes=9))
    assert await sent(database, MONDAY + timedelta(minutes=9), MONDAY + timedelta(hours=1)) == []
    assert notices(database) == {(2, "uno"): State.SUPERSEDED, (3, "uno"): State.CANCELLED}


async def test_a_correction_after_the_notice_went_out_is_told_against_what_it_said(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    await sent(database, MONDAY, SETTLED)
    change(database, AS_IT_WAS, MONDAY + timedelta(hours=1))
    [mail] = await sent(database, MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2))
    assert "ahora vie 22 oct, 08:00 h (Tokio); antes 10:00 h" in str(mail["Subject"])


async def test_two_moves_within_the_settling_time_are_one_notice_against_the_first_hour(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    change(database, with_event(event(when=timed("2021-10-21 21:00"))), MONDAY + timedelta(minutes=5))
    [mail] = await sent(database, MONDAY + timedelta(minutes=5), MONDAY + timedelta(hours=1))
    assert mail["Date"].datetime == MONDAY + timedelta(minutes=15)
    assert "ahora vie 22 oct, 11:00 h (Tokio); antes 08:00 h" in str(mail["Subject"])


async def test_a_notice_whose_fate_is_unknown_counts_as_perhaps_read(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    await sent(database, MONDAY, SETTLED, BODY=[Drop()])
    assert notices(database) == {(2, "uno"): State.UNCERTAIN}
    change(database, AS_IT_WAS, SETTLED + timedelta(minutes=1))
    [mail] = await sent(database, SETTLED + timedelta(minutes=1), MONDAY + timedelta(hours=2))
    assert "antes 10:00 h" in str(mail["Subject"])


async def test_a_notice_waits_for_the_working_hours_of_its_site(database: Database) -> None:
    saturday_night = datetime(2021, 10, 16, 14, tzinfo=UTC)
    await begin(database, until=saturday_night)
    change(database, MOVED, saturday_night)
    [mail] = await sent(database, saturday_night, MONDAY)
    assert mail["Date"].datetime == datetime(2021, 10, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(("before", "wait"), [(timedelta(hours=23), 2), (timedelta(hours=5), 2)])
async def test_a_change_within_a_day_waits_for_no_office_hours(
    database: Database, before: timedelta, wait: int
) -> None:
    start = datetime(2021, 10, 21, 23, tzinfo=UTC)
    await begin(database, until=start - before)
    change(database, MOVED, start - before)
    [mail, *_] = await sent(database, start - before, start)
    assert mail["Date"].datetime == start - before + timedelta(minutes=wait)


async def test_a_new_joining_link_shortly_before_the_start_goes_at_once(database: Database) -> None:
    await begin(database, until=datetime(2021, 10, 21, 22, 40, tzinfo=UTC))
    late = datetime(2021, 10, 21, 22, 40, tzinfo=UTC)
    change(database, with_event(event(), link="https://salas.example/2"), late)
    [mail] = await sent(database, late, late + timedelta(hours=1))
    assert mail["Date"].datetime == late
    assert str(mail["Subject"]).startswith("NUEVO ENLACE: Taller VMRE, Asia Pacífico, hoy vie 22 oct, 08:00 h (Tokio)")
    assert "https://salas.example/2" in words(mail)
    assert LINK not in words(mail)


@pytest.mark.parametrize(
    ("old", "new", "head", "todo"),
    [
        (None, LINK, "NUEVO ENLACE: ", "Qué hacer: entre con el enlace de este correo.\r\n"),
        (LINK, None, "ENLACE ANULADO: ", "Qué hacer: no use el enlace anterior; el nuevo está por confirmar.\r\n"),
    ],
)
async def test_a_first_link_and_a_withdrawn_one_are_told_as_what_they_are(
    database: Database, old: str | None, new: str | None, head: str, todo: str
) -> None:
    await begin(database, with_event(event(), link=old))
    change(database, with_event(event(), link=new), MONDAY)
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(hours=1))
    assert str(mail["Subject"]).startswith(head)
    assert todo in words(mail)
    assert (LINK in words(mail)) == (new is not None)


async def test_a_link_that_is_changed_and_changed_back_is_told_to_nobody(database: Database) -> None:
    await begin(database)
    change(database, with_event(event(), link="https://salas.example/2"), MONDAY)
    change(database, AS_IT_WAS, MONDAY + timedelta(minutes=1))
    assert await sent(database, MONDAY + timedelta(minutes=1), MONDAY + timedelta(hours=1)) == []


async def test_a_cancellation_says_so_and_why(database: Database) -> None:
    await begin(database)
    off = event(status=EventStatus.CANCELLED, reason=text("No hay ponentes", "No speakers"))
    change(database, with_event(off), MONDAY)
    [mail] = await sent(database, MONDAY, datetime(2021, 10, 22, tzinfo=UTC))
    assert str(mail["Subject"]).startswith("CANCELADO: Taller VMRE, Asia Pacífico, vie 22 oct, 08:00 h (Tokio)")
    assert "Motivo: No hay ponentes" in words(mail)
    assert "no habrá más recordatorios" in words(mail)
    assert LINK not in words(mail)


async def test_a_new_event_is_told_as_new(database: Database) -> None:
    await begin(database, draft(agenda(events=(event(),))))
    another = event(id="otro", title=text("Taller de prueba", "Trial workshop"))
    change(database, draft(agenda(events=(event(), another))), MONDAY)
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(hours=1))
    assert str(mail["Subject"]).startswith("NUEVO: Taller de prueba, vie 22 oct, 08:00 h (Tokio)")


async def test_an_event_that_is_certain_at_last_is_told_as_confirmed(database: Database) -> None:
    drive = event(when=Days(first=date(2022, 2, 1), last=date(2022, 2, 7)), status=EventStatus.TENTATIVE)
    await begin(database, with_event(drive, link=None))
    saturday = Days(first=date(2022, 2, 5), last=date(2022, 2, 5))
    change(database, with_event(event(when=saturday), link=None), MONDAY)
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(hours=1))
    assert str(mail["Subject"]).startswith("CONFIRMADO: ")
    assert "AHORA  el 5 de febrero de 2022" in words(mail)
    assert "ANTES  del 1 al 7 de febrero de 2022" in words(mail)
    assert "Los recordatorios con la fecha anterior quedaron anulados." in words(mail)
    assert "Qué hacer: cuente con la fecha de este correo." in words(mail)


@pytest.mark.parametrize(
    ("language", "todo"),
    [
        ("es", "Qué hacer: guíese por las fechas de este correo."),
        ("en", "What to do: go by the dates in this message."),
    ],
)
async def test_a_notice_about_whole_days_speaks_of_dates_and_of_no_hour(
    database: Database, language: Language, todo: str
) -> None:
    """A drive of a week that begins a week later."""
    first, last = date(2022, 2, 1), date(2022, 2, 7)
    reader = replace(post(), language=language)
    was = agenda(events=(event(when=Days(first=first, last=last)),))
    await begin(database, draft(was, posts=(reader,)))
    week = timedelta(days=7)
    later = agenda(events=(event(when=Days(first=first + week, last=last + week)),))
    change(database, draft(later, posts=(reader,)), MONDAY)
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(hours=1))
    assert todo in words(mail)


async def test_a_move_to_another_year_says_both_years_in_its_subject(database: Database) -> None:
    """Without them, a slip of a year would read as the day after."""
    await begin(database)
    change(database, with_event(event(when=timed("2022-01-13 17:00"))), MONDAY)
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(hours=1))
    assert str(mail["Subject"]).startswith(
        "CAMBIO: Taller VMRE, Asia Pacífico ahora vie 14 ene 2022, 08:00 h (Tokio); antes vie 22 oct 2021, 08:00 h"
    )
    assert str(mail["Subject"]).endswith("jue 13 ene 2022, 17:00 h TCM")


def two_regions(region: str) -> Agenda:
    return agenda(
        regions=(Region(id="asia-pacifico", name=text("Asia Pacífico")), Region(id="europa", name=text("Europa"))),
        representations=(site(), site("osaka", city="Osaka", region=region)),
    )


TWO_POSTS = (post(), post("dos", site="osaka"))


async def test_a_site_that_leaves_the_audience_hears_so_and_the_others_hear_nothing(database: Database) -> None:
    await begin(database, draft(two_regions("asia-pacifico"), TWO_POSTS))
    assert change(database, draft(two_regions("europa"), TWO_POSTS), MONDAY) == 1
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(hours=1))
    assert mail["To"].addresses[0].addr_spec == "dos@tokio.example"
    assert str(mail["Subject"]).startswith(
        "YA NO ES PARA SU SEDE: Taller VMRE, Asia Pacífico, vie 22 oct, 08:00 h (Osaka)"
    )


async def test_a_site_that_joins_the_audience_hears_so(database: Database) -> None:
    await begin(database, draft(two_regions("europa"), TWO_POSTS))
    assert change(database, draft(two_regions("asia-pacifico"), TWO_POSTS), MONDAY) == 1
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(hours=1))
    assert str(mail["Subject"]).startswith("AHORA TAMBIÉN PARA SU SEDE: Taller VMRE, Asia Pacífico")


async def test_a_reminder_that_falls_due_waits_for_the_notice_of_its_event(database: Database) -> None:
    week_before = datetime(2021, 10, 15, 0, tzinfo=UTC)  # 09:00 in Tokyo, when the first reminder is due
    await begin(database, until=week_before - timedelta(minutes=5))
    shortly = week_before - timedelta(minutes=5)
    new = with_event(event(), link="https://salas.example/2")
    change(database, new, shortly)
    found = await sent(database, shortly, week_before + timedelta(hours=1))
    assert [str(mail["Subject"])[:12] for mail in found] == ["NUEVO ENLACE", "Vie 22 oct, "]
    assert [mail["Date"].datetime for mail in found] == [week_before + timedelta(minutes=5)] * 2


async def test_a_reminder_goes_on_waiting_while_the_notice_is_tried_again(database: Database) -> None:
    week_before = datetime(2021, 10, 15, 0, tzinfo=UTC)
    await begin(database, until=week_before - timedelta(minutes=5))
    change(database, with_event(event(), link="https://salas.example/2"), week_before - timedelta(minutes=5))
    found = await sent(
        database, week_before - timedelta(minutes=5), week_before + timedelta(hours=1), BODY=[BUSY, BUSY]
    )
    assert [str(mail["Subject"])[:12] for mail in found] == ["NUEVO ENLACE"] * 3 + ["Vie 22 oct, "]


async def test_a_reminder_that_carried_the_new_hour_spares_the_notice(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY, silent=True)
    day_before = datetime(2021, 10, 21, 0, tzinfo=UTC)
    [mail] = await sent(database, MONDAY, day_before)
    assert "10:00 h (Tokio)" in str(mail["Subject"])
    assert change(database, with_event(event(when=AT_EIGHT, source="Nota 05/2021")), day_before) == 0


async def test_a_silent_edition_tells_nobody_and_is_made_up_for_by_the_next_change(database: Database) -> None:
    await begin(database)
    assert change(database, MOVED, MONDAY, silent=True) == 0
    assert await sent(database, MONDAY, MONDAY + timedelta(hours=1)) == []
    change(database, with_event(event(when=timed("2021-10-21 21:00"))), MONDAY + timedelta(hours=1))
    [mail] = await sent(database, MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2))
    assert "antes 08:00 h" in str(mail["Subject"])


async def test_who_joined_after_a_change_or_with_it_hears_nothing_of_it(database: Database) -> None:
    await begin(database)
    newcomers = (post(), post("dos"))
    assert change(database, with_event(event(when=AT_EIGHT), posts=newcomers), MONDAY) == 1


async def test_a_post_of_the_file_that_wants_no_reminders_still_hears_of_changes(database: Database) -> None:
    await begin(database)
    with database.write() as connection:
        wishes.leave(connection, "uno", MONDAY - timedelta(days=1))
    change(database, MOVED, MONDAY)
    mails = await sent(database, MONDAY, datetime(2021, 10, 22, tzinfo=UTC))
    assert len([mail for mail in mails if mail["To"] == "uno@tokio.example"]) == 1


async def test_who_signed_up_and_left_while_a_notice_waited_hears_nothing(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    with database.write() as connection:
        connection.execute(update(recipients).values(origin="self"))
        wishes.leave(connection, "uno", MONDAY + timedelta(minutes=1))
    assert await sent(database, MONDAY + timedelta(minutes=1), MONDAY + timedelta(hours=1)) == []
    assert notices(database) == {(2, "uno"): State.SUPPRESSED}


async def test_a_post_that_is_taken_off_the_list_hears_nothing_more(database: Database) -> None:
    put(database, with_event(event(), posts=(post(), post("dos"))))
    change(database, with_event(event(when=AT_EIGHT), posts=(post(), post("dos"))), MONDAY)
    change(database, with_event(event(when=AT_EIGHT)), MONDAY + timedelta(minutes=1))
    found = await sent(database, MONDAY + timedelta(minutes=1), MONDAY + timedelta(hours=1))
    assert [mail["To"].addresses[0].addr_spec for mail in found] == ["uno@tokio.example"]
    assert notices(database)[2, "dos"] == State.CANCELLED


async def poll(database: Database, at: datetime | None) -> None:
    with database.write() as connection:
        feed_tokens.issue(connection, "tokio", PUBLISHED, label="", recipient="uno")
        connection.execute(update(tokens_table).values(polled_at=at))


@pytest.mark.parametrize(
    ("polled", "told"), [(MONDAY - timedelta(hours=1), True), (MONDAY + timedelta(minutes=3), False), (None, False)]
)
async def test_who_reads_a_staff_feed_is_told_that_their_program_has_not_read_the_change_yet(
    database: Database, polled: datetime | None, *, told: bool
) -> None:
    await begin(database)
    await poll(database, polled)
    change(database, MOVED, MONDAY)
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(hours=1))
    assert ("Hasta las 10:10 h su programa de calendario no había leído este cambio." in words(mail)) == told


async def test_a_bad_address_ends_its_notice(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    await sent(database, MONDAY, MONDAY + timedelta(hours=1), RCPT=[Reply(b"550 5.1.1 no such user\r\n")])
    assert notices(database) == {(2, "uno"): State.REJECTED}
    change(database, AS_IT_WAS, MONDAY + timedelta(hours=2))
    assert notices(database)[3, "uno"] == State.SUPPRESSED


async def test_no_reminder_of_the_old_hour_leaves_after_a_move(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    found = await sent(database, MONDAY, datetime(2021, 10, 23, tzinfo=UTC))
    assert [("10:00 h (Tokio)" in str(mail["Subject"])) for mail in found] == [True, True, True]


async def test_a_notice_is_in_the_language_of_its_post(database: Database) -> None:
    english = (replace(post(), language="en"),)
    await begin(database, with_event(event(), posts=english))
    change(database, with_event(event(when=AT_EIGHT), posts=english), MONDAY)
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(hours=1))
    assert str(mail["Subject"]).startswith(
        "CHANGE: Overseas voting workshop, Asia Pacific now Fri 22 Oct, 10:00 (Tokio); was 08:00"
    )
    assert "NOW  Friday, 22 October 2021, 10:00, Tokio time" in words(mail)
    assert "WAS  Friday, 22 October 2021, 08:00, Tokio time" in words(mail)
    assert "What to do: use the time in this message." in words(mail)


@pytest.mark.parametrize("itself", [False, True], ids=["by the file", "by itself"])
async def test_what_waits_for_a_post_that_moves_is_told_by_the_clocks_of_its_new_site(
    database: Database, *, itself: bool
) -> None:
    everybody = Audience(kind="all")
    await begin(database, at_two_sites(everybody, event()))
    change(database, at_two_sites(everybody, event(when=AT_EIGHT)), MONDAY)
    if itself:
        with database.write() as connection:
            signups.move(connection, "uno", "madrid", MONDAY)
    else:
        change(database, at_two_sites(everybody, event(when=AT_EIGHT), "madrid"), MONDAY + timedelta(minutes=5))
    [mail] = await sent(database, MONDAY + timedelta(minutes=5), MONDAY + timedelta(hours=12))
    assert "ahora vie 22 oct, 03:00 h (Madrid); antes 01:00 h" in str(mail["Subject"])
    assert mail["Date"].datetime == datetime(2021, 10, 18, 7, tzinfo=UTC)  # 09:00 in Madrid


async def test_a_post_that_moves_hears_nothing_of_what_is_not_for_its_new_site(database: Database) -> None:
    asia = Audience(kind="sites", ids=("tokio",))
    await begin(database, at_two_sites(asia, event()))
    change(database, at_two_sites(asia, event(when=AT_EIGHT)), MONDAY)
    change(database, at_two_sites(asia, event(when=AT_EIGHT), "madrid"), MONDAY + timedelta(minutes=5))
    assert await sent(database, MONDAY + timedelta(minutes=5), MONDAY + timedelta(hours=12)) == []
    assert notices(database) == {(2, "uno"): State.CANCELLED}


@pytest.mark.parametrize("first", ["the change", "the bounce"])
@pytest.mark.parametrize("lifted", [False, True], ids=["corrected in the file", "lifted"])
async def test_a_post_whose_address_is_good_again_hears_what_it_missed_once(
    database: Database, first: str, *, lifted: bool
) -> None:
    await begin(database)
    later, off = MONDAY + timedelta(hours=2), event(status=EventStatus.CANCELLED)
    if first == "the change":
        change(database, with_event(off), MONDAY)
    with database.write() as connection:
        alarms.suppress(connection, "uno", MONDAY, "5.1.1 unknown")
    if first == "the bounce":
        change(database, with_event(event(when=AT_EIGHT)), MONDAY)
        change(database, with_event(off), MONDAY + timedelta(minutes=1))
    assert "CANCELADO" not in str([mail["Subject"] for mail in await sent(database, MONDAY, later)])
    if lifted:
        with database.write() as connection:
            bounces.lift(connection, "uno", later)
    else:
        change(database, with_event(off, posts=(replace(post(), address="otro@tokio.example"),)), later)
    [mail] = await sent(database, later, later + timedelta(hours=1))
    assert str(mail["Subject"]).startswith("CANCELADO: ")
