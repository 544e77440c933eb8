"""Other regions' sessions, the most humane hour first; and honest where none is good."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from calendars.elsewhere import Offer, offers
from calendars.impact import Fit, sessions
from calendars.model.events import Audience, Event, EventKind, EventStatus
from scheduler.wording.elsewhere import others
from tests.support.factories import agenda, days, edition, event, site, timed
from tests.support.shipped import shipped_draft

NOW = datetime(2021, 10, 4, 15, tzinfo=UTC)
TODAY = NOW.date()
EUROPE = Audience(kind="regions", ids=("europa",))
MADRID = site("madrid", region="europa", zone="Europe/Madrid", country_code="ES", city="Madrid")
OWN = event(other_sessions=True)
TOKYO = site()


def other(wall: str, name: str = "otra", **changes: object) -> Event:
    return event(name, when=timed(wall), audience=EUROPE, **changes)


def offered(*others: Event, own: Event = OWN, now: datetime = NOW) -> list[Offer]:
    content = edition(agenda(representations=(TOKYO, MADRID), events=(own, *others)))
    return list(offers(content, own, TOKYO, now))


def order(*others: Event) -> list[str]:
    return [offer.event.id for offer in offered(*others)]


def test_another_regions_session_is_offered_at_the_sites_own_hour() -> None:
    [found] = offered(other("2021-10-25 19:00"))
    assert (found.session.start, found.session.home) == (datetime(2021, 10, 26, 9), datetime(2021, 10, 25, 19))
    assert found.session.fit is Fit.INSIDE


@pytest.mark.parametrize(
    "unfit",
    [
        other("2021-10-25 19:00", kind=EventKind.MEETING),
        other("2021-10-25 19:00", status=EventStatus.CANCELLED),
        other("2021-10-25 19:00", status=EventStatus.HELD),
        other("2021-10-04 09:59"),  # begun a minute ago
        event("otra", when=days("2021-10-25", "2021-10-25"), audience=EUROPE),
        event("otra", when=None, status=EventStatus.UNSCHEDULED, audience=EUROPE, assumed=()),
        event("otra", when=timed("2021-10-25 19:00")),  # it is for this site too
        event("otra", when=timed("2021-10-25 19:00"), audience=Audience(kind="coordination")),
    ],
    ids=["another kind", "cancelled", "held", "begun", "whole days", "undated", "own", "coordination"],
)
def test_what_cannot_be_joined_is_not_offered(unfit: Event) -> None:
    assert offered(unfit) == []


def test_nothing_is_offered_unless_the_event_says_so() -> None:
    assert offered(other("2021-10-25 19:00"), own=event()) == []


def test_inside_working_hours_comes_before_partly_and_outside() -> None:
    inside, partly, outside = (
        other("2021-10-26 19:00", "dentro"),
        other("2021-10-25 18:00", "parte"),
        other("2021-10-25 16:00", "fuera"),
    )
    assert order(outside, partly, inside) == ["dentro", "parte", "fuera"]


def test_outside_hours_the_night_comes_last_then_a_free_day() -> None:
    night = other("2021-10-25 09:00", "noche")  # 23:00 in Tokyo
    sunday = other("2021-10-23 19:00", "domingo")  # 09:00 there
    holiday = other("2021-11-02 19:00", "feriado")  # Culture Day
    evening = other("2021-10-25 05:30", "tarde")  # 19:30
    assert order(night, sunday, holiday, evening) == ["tarde", "feriado", "domingo", "noche"]


def test_what_is_nearer_to_working_hours_comes_first_then_what_comes_sooner() -> None:
    later, earlier = other("2021-10-25 05:00", "a las 19"), other("2021-10-26 06:00", "a las 20")
    assert order(earlier, later) == ["a las 19", "a las 20"]
    assert order(other("2021-10-26 05:00", "b"), other("2021-10-25 05:00", "a")) == ["a", "b"]
    little, much = other("2021-10-25 18:30", "8:30"), other("2021-10-25 17:30", "7:30")
    assert order(much, little) == ["8:30", "7:30"]


def test_each_is_worded_by_its_hour_and_by_what_is_wrong_with_it() -> None:
    found = offered(other("2021-10-25 09:00"), other("2021-10-23 19:00", "b"), other("2021-11-02 19:00", "c"))
    found += offered(other("2021-10-25 18:00"), other("2021-10-26 19:00", "d"))
    said = {one.here: (one.home, one.remark) for one in others(agenda(), found, "es", TODAY).sessions}
    assert said == {
        "lun 25 oct, 23:00 h": ("09:00 h TCM", "fuera de su horario de trabajo, de noche"),
        "dom 24 oct, 09:00 h": ("sáb 23 oct, 19:00 h TCM", "fuera de su horario de trabajo, en fin de semana"),
        "mié 3 nov, 10:00 h": ("mar 2 nov, 19:00 h TCM", "fuera de su horario de trabajo, en feriado"),
        "mar 26 oct, 08:00 h": ("lun 25 oct, 18:00 h TCM", "en parte fuera de su horario de trabajo"),
        "mié 27 oct, 09:00 h": ("mar 26 oct, 19:00 h TCM", ""),
    }


def test_it_is_said_where_none_lies_inside_working_hours() -> None:
    assert others(agenda(), offered(other("2021-10-25 09:00")), "es", TODAY).note.startswith("Ninguna cae por completo")
    good = offered(other("2021-10-25 09:00"), other("2021-10-26 19:00", "b"))
    assert others(agenda(), good, "es", TODAY).note == ""
    assert others(agenda(), [], "en", TODAY).note == ""


def test_of_the_36_sites_whose_workshop_does_not_suit_only_those_it_meets_on_a_holiday_have_another_that_does() -> None:
    """So 33 have none, and the mail has to say it."""
    content = shipped_draft().agenda
    found = edition(replace(content, events=tuple(replace(one, other_sessions=True) for one in content.events)))
    better = {}
    for one in found.agenda.events:
        for session in sessions(found.agenda, one, found.revisions[one.id]):
            if one.kind is EventKind.WORKSHOP and session.fit is not Fit.INSIDE:
                fits = [offer.session.fit for offer in offers(found, one, session.site, NOW)]
                better[session.site.id] = Fit.INSIDE in fits
    assert len(better) == 36
    assert {site for site, inside in better.items() if inside} == {"argel", "rabat", "viena"}


def test_another_session_stands_at_the_hour_that_was_promised_whatever_this_process_reckons() -> None:
    content = edition(agenda(representations=(TOKYO, MADRID), events=(OWN, other("2021-10-25 19:00"))))
    was = content.revisions["otra"]
    promised = replace(was, offsets={**was.offsets, TOKYO.zone: 8 * 3600})
    content = replace(content, revisions={**content.revisions, "otra": promised})
    [found] = offers(content, OWN, TOKYO, NOW)
    assert found.session.start == datetime(2021, 10, 26, 8)
