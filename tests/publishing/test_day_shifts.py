"""Days off that change under a published agenda: what was planned leaves as planned until somebody publishes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from calendars.days.fingerprint import days_digest
from calendars.days.listed import listed
from calendars.feeds import feeds
from calendars.zones import to_wall
from scheduler.base.settings import Settings
from scheduler.planning.delivery import Purpose
from scheduler.publishing.consequences import consequences
from scheduler.publishing.day_shifts import DayShift, day_shifts, differing_days, kept
from scheduler.publishing.in_words import day_lines, days_json
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import NothingToPublish, Published
from scheduler.publishing.shifted import default_reason, hours_shift, publish_shifted, shifted_draft, shifted_prospect
from scheduler.reporting.checks import Verdict, installation_checks
from scheduler.reporting.in_words import status_json
from scheduler.sending.watch.daywatch import DayWatch
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.schema import deliveries
from scheduler.store.schema import editions as stored
from tests.support.added_days import add_a_holiday
from tests.support.factories import agenda, event, own_day, timed
from tests.support.ledger import PUBLISHED, draft, post, put
from tests.support.status import found, lines

NEW = date(2021, 10, 21)  # the day before the workshop by Tokyo's clocks, a Thursday
DAY_BEFORE_IT = date(2021, 10, 20)
LATER = PUBLISHED + timedelta(hours=1)
ACT = Act(at=LATER, author="", reason="")
SHIFT = DayShift(event=event().id, site="tokio", rule="P1D a las 09:00", promised=NEW, now=DAY_BEFORE_IT, reminders=2)


@pytest.fixture(autouse=True)
def _lists_are_read_anew() -> Iterator[None]:
    yield
    listed.cache_clear()


@pytest.fixture
def planned(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Planned without the holiday that the library then has."""
    put(database, draft(posts=[post("uno"), post("dos")]))
    add_a_holiday(monkeypatch, NEW)
    return database


def in_force(database: Database) -> InForce:
    with database.read() as connection:
        now = editions.load(connection)
    assert now is not None
    return now


def differing(database: Database) -> tuple[DayShift, ...]:
    with database.read() as connection:
        return differing_days(connection, in_force(database), LATER)


def days(database: Database) -> dict[str, date]:
    """Rule -> the date, by Tokyo's clocks, on which its reminders are due."""
    d = deliveries.c
    with database.read() as connection:
        chosen = connection.execute(select(d.rule, d.due_at).where(d.purpose == Purpose.REMINDER))
        return {row.rule: to_wall(row.due_at, "Asia/Tokyo").date() for row in chosen}


def shift(database: Database, at: datetime = LATER) -> Published:
    return publish_shifted(database, Act(at=at, author="M. R.", reason="lista nueva"), confirmed=False)


def test_an_edition_keeps_a_digest_of_the_days_that_it_was_planned_with(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, draft())
    was = in_force(database).days_digest
    assert was == days_digest(agenda())
    add_a_holiday(monkeypatch, NEW)
    assert days_digest(agenda()) != was
    assert in_force(database).days_digest == was


def test_what_waits_for_another_day_is_listed(planned: Database) -> None:
    assert differing(planned) == (SHIFT,)


def test_nothing_is_listed_where_the_days_are_those_that_it_was_planned_with(database: Database) -> None:
    put(database, draft())
    assert differing(database) == ()


def test_an_edition_from_before_digests_were_kept_is_looked_at_row_by_row(database: Database) -> None:
    put(database, draft(posts=[post("uno"), post("dos")]))
    with database.write() as connection:
        connection.execute(stored.update().values(days_digest=""))
    assert differing(database) == ()
    with database.write() as connection:
        late = deliveries.c.rule == SHIFT.rule
        due = in_force(database).edition.revisions[event().id].start
        assert due is not None
        connection.execute(deliveries.update().where(late).values(due_at=due - timedelta(days=3)))
    [one] = differing(database)
    assert (one.promised, one.now) == (date(2021, 10, 19), NEW)


def test_what_is_over_or_belongs_to_nobody_any_more_is_none(planned: Database) -> None:
    edition = in_force(planned).edition
    with planned.read() as connection:
        assert day_shifts(connection, edition, datetime.combine(NEW, datetime.max.time(), LATER.tzinfo)) == ()
    known = deliveries.c.rule == SHIFT.rule
    with planned.write() as connection:
        connection.execute(deliveries.update().where(known).values(rule="P2D a las 09:00"))
    with planned.read() as connection:
        assert day_shifts(connection, edition, LATER) == ()
    with planned.write() as connection:
        connection.execute(deliveries.update().values(site="otra"))
    with planned.read() as connection:
        assert day_shifts(connection, edition, LATER) == ()


def told(database: Database, watch: DayWatch) -> list[tuple[str, object]]:
    with capture_logs() as logged:
        watch.look(database, LATER)
    return [(line["log_level"], line.get("site") or line.get("reminders")) for line in logged]


def test_the_watch_tells_each_edition_once_and_keeps_what_it_found_for_status(planned: Database) -> None:
    watch = DayWatch()
    assert told(planned, watch) == [("warning", "tokio"), ("error", 2)]
    assert told(planned, watch) == []
    with planned.read() as connection:
        assert kept(connection, 1) == (SHIFT,)
        assert kept(connection, 2) == ()
    seen = found(planned, LATER)
    assert (seen.alerts, seen.days) == (1, (SHIFT,))
    assert "  taller-asia-pacifico-2021, tokio, P1D a las 09:00: jue 21 oct → mié 20 oct" in lines(seen)
    assert any("agenda publish --shifted" in line for line in lines(seen, lang="en"))
    assert status_json(seen, None, pace=None)["other_days"] == days_json([SHIFT])
    shift(planned)
    assert told(planned, watch) == []
    assert found(planned, LATER).alerts == 0


def test_the_watch_is_silent_where_nothing_is_published_or_nothing_differs(database: Database) -> None:
    watch = DayWatch()
    assert told(database, watch) == []
    put(database, draft())
    assert told(database, watch) == []
    with database.read() as connection:
        assert kept(connection, 1) == ()


def test_publishing_what_shifted_moves_the_reminder_and_leaves_every_feed_its_bytes(planned: Database) -> None:
    before = {feed.path: feed.body for feed in feeds(in_force(planned).edition)}
    assert days(planned)[SHIFT.rule] == NEW
    done = shift(planned)
    assert (done.ledger.followed, done.notices, days(planned)[SHIFT.rule]) == (2, 0, DAY_BEFORE_IT)
    now = in_force(planned)
    assert {feed.path: feed.body for feed in feeds(now.edition)} == before
    assert (now.edition.number, now.days_digest) == (2, days_digest(agenda()))
    with pytest.raises(NothingToPublish):
        shift(planned, LATER + timedelta(hours=1))


def test_impact_shows_the_days_before_they_are_put_in_force(planned: Database) -> None:
    with planned.read() as connection:
        content = shifted_draft(connection)
        seen = shifted_prospect(connection, content, ACT)
        result = consequences(connection, seen, LATER)
        assert not hours_shift(connection)
    assert (seen.unchanged, seen.changes, result.days, result.feeds) == (False, (), (SHIFT,), ())
    assert list(day_lines(result.days, "es")) == [
        "2 recordatorios salen otro día:",
        "  taller-asia-pacifico-2021, tokio, P1D a las 09:00: jue 21 oct → mié 20 oct",
    ]
    many = list(day_lines([SHIFT] * 13, "en"))
    assert (len(many), many[0], many[-1]) == (14, "26 reminders go on another day:", "  …")
    assert json.dumps(days_json([SHIFT]))
    assert default_reason("es", hours=False).startswith("otros días de descanso (holidays ")


def test_a_draft_whose_table_moves_a_reminder_says_so_in_impact(database: Database) -> None:
    put(database, draft())
    with database.read() as connection:
        content = draft(agenda(own_days=(own_day("tokio", NEW),)))
        seen = shifted_prospect(connection, content, ACT)
        assert [(one.promised, one.now) for one in consequences(connection, seen, LATER).days] == [(NEW, DAY_BEFORE_IT)]
    moved = draft(agenda(events=(event(when=timed("2021-10-28 18:00")),)))
    with database.read() as connection:
        seen = shifted_prospect(connection, moved, ACT)
        assert consequences(connection, seen, LATER).days == ()  # it has another start: that is told otherwise


def test_doctor_names_the_days_and_is_content_with_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'agenda.db'}"
    database = Database(url)
    put(database, draft(posts=[post("uno"), post("dos")]))
    given = Settings(database_url=url)

    def check() -> tuple[Verdict, str]:
        [one] = [one for one in installation_checks(given, LATER, draft) if one.name == "days in force"]
        return one.verdict, one.text["en"]

    assert check() == (Verdict.GOOD, "as planned")
    with database.write() as connection:
        connection.execute(stored.update().values(days_digest=""))
    assert check() == (Verdict.GOOD, "as planned, though that was with other days off")
    add_a_holiday(monkeypatch, NEW)
    verdict, text = check()
    assert verdict is Verdict.NOTE
    assert "tokio, P1D a las 09:00: 2021-10-21, now 2021-10-20" in text
    database.close()
