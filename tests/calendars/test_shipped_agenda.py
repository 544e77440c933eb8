"""The shipped configuration holds the note on commitment 04/2021: all of it, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from calendars import zones
from calendars.feeds import feeds
from calendars.model.agenda import Advance, Agenda, Axis, Commitment
from calendars.model.events import Assumption, Days, Event, EventKind, EventStatus, Timed
from calendars.model.rules import DaysBefore, TimeBefore
from tests.support import factories
from tests.support.shipped import shipped_draft, shipped_files


@pytest.fixture(scope="module")
def agenda() -> Agenda:
    return shipped_draft().agenda


def of_kind(agenda: Agenda, kind: EventKind) -> list[Event]:
    return [event for event in agenda.events if event.kind is kind]


def everything(agenda: Agenda) -> list[Event | Advance | Axis | Commitment]:
    return [*agenda.events, *agenda.advances, *agenda.axes, *agenda.commitments]


def test_it_has_eight_dated_events_and_two_without_a_date(agenda: Agenda) -> None:
    dated = [event for event in agenda.events if event.when]
    assert Counter(event.kind for event in dated) == {
        EventKind.MEETING: 2,
        EventKind.WORKSHOP: 5,
        EventKind.DRIVE: 1,
    }
    undated = [event for event in agenda.events if not event.when]
    assert [event.kind for event in undated] == [EventKind.WORKING_GROUP, EventKind.TALK]
    assert {event.status for event in undated} == {EventStatus.UNSCHEDULED}


@pytest.mark.parametrize(
    ("region", "wall", "instant"),
    [
        ("medio-oriente-y-africa", "2021-10-19 09:00", "2021-10-19 14:00"),
        ("asia-pacifico", "2021-10-21 18:00", "2021-10-21 23:00"),
        ("europa", "2021-10-26 09:00", "2021-10-26 14:00"),
        ("america-latina-y-el-caribe", "2021-10-27 10:00", "2021-10-27 15:00"),
        ("america-del-norte", "2021-10-28 12:00", "2021-10-28 17:00"),
    ],
)
def test_each_region_has_its_workshop_at_the_hour_of_the_note(
    agenda: Agenda, region: str, wall: str, instant: str
) -> None:
    """Central Mexico was on summer time, UTC-5, until 31 October 2021."""
    [workshop] = [e for e in of_kind(agenda, EventKind.WORKSHOP) if e.audience.ids == (region,)]
    assert workshop.id == f"taller-{region}-2021"
    assert workshop.when == Timed(wall=datetime.fromisoformat(wall), duration=timedelta(hours=2))
    assert zones.to_instant(workshop.when.wall, agenda.zone) == datetime.fromisoformat(f"{instant}+00:00")


def test_workshops_are_confirmed_and_their_duration_is_assumed(agenda: Agenda) -> None:
    for workshop in of_kind(agenda, EventKind.WORKSHOP):
        assert workshop.status is EventStatus.CONFIRMED
        assert workshop.assumed == (Assumption.DURATION,)
        assert workshop.place is not None
        assert (workshop.place.es, workshop.place.en) == ("Virtual", "Online")


def test_the_meetings_were_held_on_whole_days_and_concern_no_site(agenda: Agenda) -> None:
    meetings = of_kind(agenda, EventKind.MEETING)
    assert [meeting.when for meeting in meetings] == [
        Days(first=date(2021, 10, day), last=date(2021, 10, day)) for day in (6, 19)
    ]
    for meeting in meetings:
        assert meeting.status is EventStatus.HELD
        assert meeting.audience.kind == "coordination"
        assert agenda.addressed(meeting) == ()


def test_the_drive_is_the_first_week_of_february_tentative_for_all_sites(agenda: Agenda) -> None:
    [drive] = of_kind(agenda, EventKind.DRIVE)
    assert drive.when == Days(first=date(2022, 2, 1), last=date(2022, 2, 7))
    assert drive.status is EventStatus.TENTATIVE
    assert drive.assumed == (Assumption.DATE,)
    assert len(agenda.addressed(drive)) == 149


def test_the_three_axes_the_commitment_and_the_advances_are_those_of_the_note(agenda: Agenda) -> None:
    assert [axis.title.es for axis in agenda.axes] == [
        "Operación de la credencialización en el extranjero",
        "Modalidades para la implementación del VMRE",
        "Promoción de la credencialización en el extranjero y el VMRE",
    ]
    [commitment] = agenda.commitments
    assert commitment.date == date(2021, 9, 28)
    assert commitment.session.es.startswith("Segunda Sesión Extraordinaria de la Comisión del Voto")
    assert commitment.report is not None
    assert "COVE" in commitment.report.es
    figures = [(f.value, f.unit.es, f.approximate) for advance in agenda.advances for f in advance.figures]
    assert figures == [(275_000, "dípticos", True), (145, "sedes consulares", False)]
    assert len(agenda.advances) == 4


def test_the_note_assigns_nothing_to_an_axis_and_everything_names_its_source(agenda: Agenda) -> None:
    assert {event.axis for event in agenda.events} | {advance.axis for advance in agenda.advances} == {None}
    for item in everything(agenda):
        assert item.source == "Nota 04/2021"


def test_everything_is_said_in_two_languages(agenda: Agenda) -> None:
    for item in everything(agenda):
        assert item.title.es != item.title.en
    assert {region.name.en for region in agenda.regions} == {
        "North America",
        "Latin America and the Caribbean",
        "Europe",
        "Middle East and Africa",
        "Asia Pacific",
    }


def test_reminders_follow_the_rules_of_the_agenda(agenda: Agenda) -> None:
    nine = time(9)
    assert agenda.reminders.timed == (DaysBefore(days=7, at=nine), DaysBefore(days=1, at=nine), TimeBefore(minutes=60))
    assert agenda.reminders.days == (DaysBefore(days=7, at=nine), DaysBefore(days=1, at=nine))
    assert agenda.quiet is None
    assert all(event.rules is None for event in agenda.events)


def test_every_office_is_there_with_its_region_and_zone(agenda: Agenda) -> None:
    assert Counter(site.region for site in agenda.representations) == {
        "america-del-norte": 57,
        "america-latina-y-el-caribe": 29,
        "europa": 30,
        "medio-oriente-y-africa": 17,
        "asia-pacifico": 16,
    }
    assert len({site.zone for site in agenda.representations}) == 93
    assert len({site.country_code for site in agenda.representations}) == 84
    zone_of = {site.id: site.zone for site in agenda.representations}
    assert zone_of["nogales"] == zone_of["phoenix"] == "America/Phoenix"


def test_each_office_has_one_post_at_a_reserved_domain() -> None:
    draft = shipped_draft()
    assert [post.site for post in draft.recipients] == [site.id for site in draft.agenda.representations]
    assert len({post.address for post in draft.recipients}) == 149
    for post in draft.recipients:
        assert post.address == f"{post.site}@sedes.example"
        assert (post.language, post.post, post.joined) == ("es", "Sección Consular", date(2021, 10, 1))


def test_the_sender_uses_a_reserved_domain_and_no_link_is_shipped(agenda: Agenda) -> None:
    assert agenda.sender.address.endswith(".example")
    assert agenda.sender.reply_to.endswith(".example")
    assert agenda.sender.domain.endswith(".example")
    assert shipped_draft().links == {}
    assert b"#   taller-asia-pacifico-2021: https://" in shipped_files()["privado.yaml"]


def test_the_745_reminders_of_the_campaign_add_up(agenda: Agenda) -> None:
    """149 sites, three for their workshop and two for the drive."""
    total = sum(
        len(agenda.addressed(event)) * len(agenda.rules_for(event)) for event in agenda.events if event.when is not None
    )
    assert total == 745


def test_the_meetings_whose_hour_the_note_does_not_give_are_not_said_to_last_all_day() -> None:
    found = factories.edition(shipped_draft().agenda)
    body = next(feed for feed in feeds(found) if feed.path == "all.ics").body.decode().replace("\r\n ", "")
    meetings = [entry for entry in body.split("BEGIN:VEVENT") if "Reunión de trabajo" in entry]
    assert len(meetings) == 2
    for entry in meetings:
        assert "Hora por confirmar" in entry
        assert "todo el día" not in entry
