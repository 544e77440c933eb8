"""What the files say about the work that was agreed: who answers for it, how far it is, when, and who was there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from calendars.documents import agenda_from_json, agenda_to_json, draft_digest
from calendars.editions import publish
from calendars.feeds import feeds
from calendars.model.agenda import Agenda, CommitmentState
from calendars.model.text import Text
from tests.support.factories import edition
from tests.support.shipped import shipped_draft, shipped_files
from tests.support.small_config import agenda, draft, event

PARA = "    para: {region: Europa}\n"
OLD_COMMITMENT = {"id", "title", "session", "date", "report", "source"}
OLD_ADVANCE = {"id", "title", "axis", "figures", "source"}


def work(commitment: str = "", advance: str = "", top: str = "") -> Agenda:
    written = f"""\
compromisos:
  - {{id: c-1, titulo: Uno, sesion: Primera, fecha: 2021-9-28, fuente: n{commitment}}}
avances:
  - {{id: dos, titulo: Dos, fuente: n{advance}}}
{top}recordatorios:
"""
    return agenda(("recordatorios:\n", written))


def test_who_answers_for_a_commitment_and_how_far_it_is() -> None:
    [one] = work(", responsable: {es: Unidad Técnica, en: Technical unit}, estado: En curso").commitments
    assert one.responsible == Text(es="Unidad Técnica", en="Technical unit")
    assert one.state is CommitmentState.UNDER_WAY
    for word, state in (("cumplido", CommitmentState.FULFILLED), ("pendiente", CommitmentState.PENDING)):
        assert work(f", estado: {word}").commitments[0].state is state


@pytest.mark.parametrize(
    "written", ["", ", responsable: sin asignar, estado: por confirmar", ", responsable: Sin Asignar"]
)
def test_what_nobody_has_said_of_a_commitment_is_nothing(written: str) -> None:
    [one] = work(written).commitments
    assert (one.responsible, one.state) == (None, None)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (", fecha: 2021-10-15", date(2021, 10, 15)),
        (", fecha: sin fecha", None),
        (", fecha: Sin fecha", None),
        ("", None),
    ],
)
def test_an_advance_has_a_date_or_none(written: str, day: date | None) -> None:
    assert work(advance=written).advances[0].date == day


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("", 10), ("asistencia: 15 min\n", 15), ("asistencia: 1 minuto\n", 1), ("asistencia: 720m\n", 720)],
)
def test_somebody_was_there_from_some_minutes_on(written: str, minutes: int) -> None:
    assert work(top=written).present_from == minutes


def test_a_mail_follows_an_event_that_says_so() -> None:
    assert not event().follow_up
    assert event((PARA, f"{PARA}    seguimiento: sí\n")).follow_up


def test_what_is_not_said_leaves_a_stored_edition_as_it_was() -> None:
    """The very text, and so the digest, that a build without these keys wrote."""
    stored = agenda_to_json(shipped_draft().agenda)
    whole = json.loads(stored)
    assert {key for one in whole["commitments"] for key in one} == OLD_COMMITMENT
    assert {key for one in whole["advances"] for key in one} == OLD_ADVANCE
    assert "follow_up" not in stored
    assert "present_from" not in whole
    assert agenda_from_json(stored) == shipped_draft().agenda


def test_what_is_said_is_stored_and_changes_the_draft() -> None:
    told = work(", responsable: Unidad, estado: cumplido", ", fecha: 2021-10-15", "asistencia: 20 min\n")
    told = replace(told, events=tuple(replace(one, follow_up=True) for one in told.events))
    assert agenda_from_json(agenda_to_json(told)) == told
    plain = draft()
    versions = [
        told,
        replace(told, present_from=10),
        replace(told, commitments=work().commitments),
        replace(told, advances=work().advances),
        replace(told, events=plain.agenda.events),
    ]
    assert len({draft_digest(one, plain.recipients, plain.links) for one in versions}) == len(versions)


def test_none_of_it_touches_a_public_calendar() -> None:
    before = shipped_draft().agenda
    after = replace(
        before,
        present_from=30,
        events=tuple(replace(one, follow_up=True) for one in before.events),
        commitments=tuple(replace(one, state=CommitmentState.FULFILLED) for one in before.commitments),
        advances=tuple(replace(one, date=date(2021, 10, 15)) for one in before.advances),
    )
    first = edition(before)
    assert list(feeds(edition(after))) == list(feeds(first))
    later = publish(first, after, at=first.at, author="", reason="", zone_digest=first.zone_digest)
    assert (later.withdrawn, later.edition.revisions) == ((), first.revisions)


def test_the_shipped_agenda_leaves_open_what_the_note_leaves_open() -> None:
    """The keys stand there to be filled in, and say that nothing was said."""
    text = shipped_files()["agenda.yaml"].decode()
    for written in ("responsable: sin asignar", "estado: por confirmar", "fecha: sin fecha"):
        assert written in text
