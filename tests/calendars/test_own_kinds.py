"""Kinds of events that an agenda names itself, and agendas whose clock is not Mexico City's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calendars.descriptions import category
from calendars.documents import agenda_from_json, agenda_to_json, event_digest
from calendars.editions import first_edition
from calendars.feeds import feeds
from calendars.model.agenda import Draft
from calendars.model.text import Text
from calendars.reading.configuration import read
from calendars.wording import home_name, home_short
from scheduler.mail.compose import Composer
from scheduler.mail.subject import Subject
from tests.support.small_config import edited, files, problems

OWN = ("ejes:\n", "tipos:\n  - {es: curso, en: course}\nejes:\n")
COURSE = Text(es="curso", en="course")


def draft(*edits: tuple[str, str]) -> Draft:
    found = read(edited(*edits))
    assert found.draft is not None, problems(found)
    return found.draft


@pytest.mark.parametrize("written", ["curso", "Curso", "cúrso"])
def test_an_event_is_of_a_kind_that_the_agenda_names(written: str) -> None:
    """Case and accents aside, as of every word."""
    found = draft(OWN, ("tipo: taller", f"tipo: {written}")).agenda
    assert found.events[0].kind == COURSE
    assert agenda_from_json(agenda_to_json(found)) == found
    assert (category(found.events[0], "es"), category(found.events[0], "en")) == ("Curso", "Course")


def test_its_calendar_says_the_kind_and_another_name_of_it_is_a_change() -> None:
    found = draft(OWN, ("tipo: taller", "tipo: curso"))
    [whole] = [feed for feed in feeds(first_edition(found)) if feed.path == "all.ics"]
    assert b"CATEGORIES:Curso" in whole.body
    event = found.agenda.events[0]
    assert event_digest(found.agenda, event) != event_digest(
        found.agenda, replace(event, kind=Text(es="curso", en="class"))
    )


def test_a_kind_that_nobody_uses_changes_nothing() -> None:
    assert draft(OWN).agenda == draft().agenda


def test_where_the_list_is_broken_no_event_is_blamed_for_it() -> None:
    found = read(edited(("ejes:\n", "tipos: [{es: curso}]\nejes:\n"), ("tipo: taller", "tipo: curso")))
    assert [problem.split(":")[1] for problem in problems(found)] == ["12"]


@pytest.mark.parametrize(
    ("zone", "es", "en", "short"),
    [
        ("America/Tijuana", "hora de Tijuana", "Tijuana time", "Tijuana"),
        ("Europe/Madrid", "hora de Madrid", "Madrid time", "Madrid"),
    ],
)
def test_an_agenda_may_have_any_city_s_clock(zone: str, es: str, en: str, short: str) -> None:
    """09:00 of its clock; the mail to Madrid says both, by that name."""
    found = read({name: body.replace(b"zona: TCM", f"zona: {zone}".encode()) for name, body in files().items()}).draft
    assert found is not None
    assert (home_name(zone, "es"), home_name(zone, "en")) == (es, en)
    edition = first_edition(found)
    event, site = edition.agenda.events[0], edition.agenda.representations[0]
    sent = edition.revisions[event.id].start
    assert sent is not None
    subject = Subject(edition=edition, event=event, site=site, language="es", sent_at=sent)
    said = Composer("https://agenda.example").reminder(subject).subject
    assert said.endswith(f"09:00 h {home_short(zone, 'es')}")
    assert short in home_short(zone, "es")
