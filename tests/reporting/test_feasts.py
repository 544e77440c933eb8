"""Feasts that are still to be announced, where they touch something planned: `agenda status` asks for a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from calendars.days.names import HolidayName
from calendars.model.agenda import Agenda
from calendars.model.events import Audience
from scheduler.reporting.feasts import OpenFeast, open_feasts
from scheduler.store import editions
from scheduler.store.database import Database
from tests.support.factories import agenda, days, event, own_day, site, timed
from tests.support.ledger import PUBLISHED, draft, post, put
from tests.support.status import found, lines

RAMALLAH = site("ramala", city="Ramala", country_code="PS", zone="Asia/Hebron")
BIRTHDAY = date(2021, 10, 18)  # of the Prophet: computed
NAME = HolidayName(english="Prophet's Birthday")
TUESDAY = event("martes", when=timed("2021-10-19 09:00"), audience=Audience(kind="all"))  # P1D falls on the feast
STAY = event("estancia", when=days("2021-10-17", "2021-10-19"), audience=Audience(kind="all"))


def content(*own: object) -> Agenda:
    return agenda(representations=(RAMALLAH,), events=(TUESDAY, STAY), own_days=own)


def told(database: Database, at: datetime = PUBLISHED) -> tuple[OpenFeast, ...]:
    with database.read() as connection:
        now = editions.load(connection)
        assert now is not None
        return open_feasts(connection, now.edition, at)


def test_a_feast_that_reminders_and_events_fall_on_is_listed_once(database: Database) -> None:
    put(database, draft(content(), [post("uno", site="ramala"), post("dos", site="ramala")]))
    assert told(database) == (
        OpenFeast(day=BIRTHDAY, country="PS", name=NAME, sites=("ramala",), reminders=2, events=("estancia",)),
    )


def test_it_is_none_once_festivos_csv_confirms_it_or_takes_it_away(database: Database) -> None:
    for works in (False, True):
        row = own_day("PS", BIRTHDAY, works=works)
        put(database, draft(content(row), [post("uno", site="ramala")]), confirmed=True)
        assert told(database) == ()


def test_what_lies_further_ahead_has_time(database: Database) -> None:
    put(database, draft(content(), [post("uno", site="ramala")]), datetime(2021, 8, 1, tzinfo=UTC))
    assert told(database, datetime(2021, 8, 1, tzinfo=UTC)) == ()
    assert len(told(database, datetime(2021, 8, 25, tzinfo=UTC))) == 1
    assert told(database, datetime(2021, 10, 20, tzinfo=UTC)) == ()


def test_status_asks_for_a_row_and_raises_no_alert(database: Database) -> None:
    put(database, draft(content(), [post("uno", site="ramala")]))
    seen = found(database, PUBLISHED)
    assert seen.alerts == 0
    [asked] = [line for line in lines(seen) if "por confirmar" in line]
    assert asked == (
        "Feriado por confirmar: lun 18 oct, Nacimiento del Profeta (PS): 1 recordatorio y 1 evento ese día. "
        "Confírmelo, o quítelo, con un renglón en festivos.csv."
    )
    english = "Holiday to be confirmed: Mon 18 Oct, Prophet's Birthday (PS)"
    assert any(line.startswith(english) for line in lines(seen, lang="en"))


def test_a_long_list_is_cut(database: Database) -> None:
    put(database, draft())
    one = OpenFeast(day=BIRTHDAY, country="PS", name=NAME, sites=("ramala",), reminders=1, events=())
    seen = found(database, PUBLISHED)
    many = replace(seen, feasts=tuple(replace(one, day=BIRTHDAY + timedelta(days=n)) for n in range(20)))
    assert sum("por confirmar" in line for line in lines(many)) == 12
    assert "  …" in lines(many)
