"""How follow-ups stand, in one line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from calendars.model.text import Language
from scheduler.attendance.values import Meeting
from scheduler.people.attendance.sequel_words import followed_line
from scheduler.people.attendance.sessions import HeldSession
from scheduler.publishing.following import Followed
from tests.support.shipped import shipped_edition

AT = datetime(2021, 10, 25, 15, tzinfo=UTC)
FIRST = datetime(2021, 10, 26, 14, tzinfo=UTC)
SAID: dict[tuple[int, int, Language], str] = {
    (2, 0, "es"): "Seguimiento: 2 correos por salir; el primero, mar 26 oct, 09:00 h TCM.",
    (0, 3, "es"): "Seguimiento: salieron 3 correos.",
    (2, 3, "es"): "Seguimiento: 2 correos por salir; el primero, mar 26 oct, 09:00 h TCM. Ya salieron 3 correos.",
    (1, 1, "en"): "Follow-up: 1 mail waits; the first leaves on Tue 26 Oct, 09:00 TCM. 1 mail has left already.",
}


@pytest.mark.parametrize(("waiting", "gone", "language"), SAID)
def test_what_waits_and_what_has_left_are_said_under_one_heading(waiting: int, gone: int, language: Language) -> None:
    edition = shipped_edition()
    event = next(one for one in edition.agenda.events if one.id == "taller-asia-pacifico-2021")
    meeting = Meeting(event=event.id, start=AT, end=FIRST, zone=edition.agenda.zone)
    session = HeldSession(edition=edition, event=event, meeting=meeting)
    stands = Followed(
        awaits=False,
        stale=False,
        until=FIRST,
        waiting=waiting,
        first=FIRST if waiting else None,
        gone=gone,
        others=0,
    )
    assert followed_line(session, stands, language, AT) == SAID[waiting, gone, language]
