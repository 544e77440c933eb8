"""Who comes, counted: each site by what its posts said, and which are too few."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from calendars.model.events import Audience, EventStatus
from calendars.model.people import Role
from calendars.model.rules import Coverage
from scheduler.planning.coverage import Tally, Voice, lacking, tallies
from tests.support.factories import agenda, edition, event, site

DELHI = site("nueva-delhi", city="Nueva Delhi", zone="Asia/Kolkata", country_code="IN")
MADRID = site("madrid", region="europa", zone="Europe/Madrid", country_code="ES")
EUROPE = event("taller-europa", audience=Audience(kind="regions", ids=("europa",)))
START_OF_OLD = datetime(2021, 9, 1, tzinfo=UTC)
CONTENT = agenda(representations=(site(), DELHI, MADRID), events=(event(), EUROPE))


def voice(
    reply: str | None = None,
    role: Role = Role.HOLDER,
    where: str = "tokio",
    instead: str | None = None,
    start: datetime | None = None,
) -> Voice:
    return Voice(site=where, role=role, reply=reply, instead=instead, start=start)


def counted(*voices: Voice) -> tuple[Tally, ...]:
    return tallies(edition(CONTENT), event(), voices)


def test_each_site_that_the_event_addresses_is_counted_by_what_its_posts_said() -> None:
    said = ["yes", "yes", "no", "maybe", None, None, None]
    tokyo, delhi = counted(*map(voice, said), voice("no", where="nueva-delhi"), voice("yes", where="madrid"))
    assert (tokyo.site.id, delhi.site.id) == ("tokio", "nueva-delhi")
    assert (tokyo.yes, tokyo.no, tokyo.maybe, tokyo.silent, tokyo.elsewhere, tokyo.deputies) == (2, 1, 1, 3, 0, 0)
    assert (delhi.no, delhi.coming) == (1, 0)


def test_who_goes_to_another_session_is_counted_there_and_as_coming() -> None:
    tokyo, _ = counted(voice("no", instead="taller-europa"))
    assert (tokyo.no, tokyo.elsewhere, tokyo.coming) == (0, 1, 1)


def test_a_session_that_takes_place_no_more_takes_nobody() -> None:
    off = replace(CONTENT, events=(event(), replace(EUROPE, status=EventStatus.CANCELLED)))
    tokyo, _ = tallies(edition(off), event(), [voice("no", instead="taller-europa")])
    assert (tokyo.no, tokyo.elsewhere, tokyo.coming) == (1, 0, 0)


def test_a_deputy_counts_once_it_comes_and_a_coordinator_never() -> None:
    deputies = [voice(reply, Role.DEPUTY) for reply in (None, "no", "maybe", "yes")]
    tokyo, _ = counted(*deputies, voice("yes", Role.COORDINATOR))
    assert (tokyo.yes, tokyo.no, tokyo.maybe, tokyo.silent, tokyo.deputies) == (1, 0, 0, 0, 4)


def test_what_was_said_of_another_day_is_set_aside_and_covers_nothing() -> None:
    start = edition(CONTENT).revisions[event().id].start
    assert start is not None
    off, near = start - timedelta(days=3), start - timedelta(minutes=30)
    tokyo, _ = counted(voice("yes", start=off), voice("no", start=off), voice("yes", start=near), voice(start=off))
    assert (tokyo.yes, tokyo.no, tokyo.silent, tokyo.set_aside, tokyo.another_hour) == (1, 0, 1, 2, 1)
    delhi, _ = tallies(edition(CONTENT), event(), [voice("yes", Role.DEPUTY, start=off)])
    assert (delhi.coming, delhi.set_aside, delhi.deputies) == (0, 0, 1)


def test_a_session_chosen_instead_counts_by_its_own_start() -> None:
    known = edition(CONTENT)
    own, other = known.revisions[event().id].start, known.revisions[EUROPE.id].start
    assert own is not None
    assert other is not None
    tokyo, _ = counted(voice("no", instead=EUROPE.id, start=other), voice("no", instead=EUROPE.id, start=START_OF_OLD))
    assert (tokyo.elsewhere, tokyo.set_aside, tokyo.no) == (1, 1, 0)


@pytest.mark.parametrize(("minimum", "short"), [(1, ["nueva-delhi"]), (2, ["tokio", "nueva-delhi"])])
def test_a_rule_lacks_the_sites_from_which_fewer_come(minimum: int, short: list[str]) -> None:
    found = counted(voice("yes"), voice("maybe", where="nueva-delhi"))
    assert [one.site.id for one in lacking(event(coverage=Coverage(minimum=minimum)), found)] == short


def test_without_a_rule_nothing_is_lacking() -> None:
    assert lacking(event(), counted()) == ()
