"""What the files say about who has to come: the coverage rule, other sessions, and the role of a post."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from calendars.documents import agenda_from_json, agenda_to_json, draft_digest
from calendars.editions import publish
from calendars.feeds import feeds
from calendars.model.people import Role
from calendars.model.rules import Coverage, DaysBefore
from tests.support.factories import edition
from tests.support.older_editions import OLD_DIGEST, OLD_DOCUMENT
from tests.support.shipped import shipped_draft
from tests.support.small_config import POSTS, agenda, draft, event

PARA = "    para: {region: Europa}\n"
RULE = "{minimo: 2, suplente: P6D a las 11:00, coordinacion: P3D a las 9:30}"
WRITTEN = Coverage(minimum=2, deputy=DaysBefore(days=6, at=time(11)), coordination=DaysBefore(days=3, at=time(9, 30)))


def rule(written: str) -> Coverage | None:
    return event((PARA, f"{PARA}    cobertura: {written}\n")).coverage


def roles(header: str, *ends: str) -> list[Role]:
    rows = POSTS.splitlines()
    lines = [rows[0] + header, *(row + end for row, end in zip(rows[1:], ends, strict=True))]
    return [one.role for one in draft((POSTS, "\n".join(lines) + "\n")).recipients]


def test_nobody_is_counted_and_no_other_session_offered_unless_the_agenda_says_so() -> None:
    for silent in (event(), event((PARA, f"{PARA}    cobertura: no\n    otras_sesiones: no\n"))):
        assert (silent.coverage, silent.other_sessions) == (None, False)


@pytest.mark.parametrize("written", ["sí", "Si", "{}", "{minimo: 1}", "{coordinacion: P2D a las 10:00}"])
def test_a_rule_that_only_says_yes_is_one_of_each_site_five_and_two_days_before_at_ten(written: str) -> None:
    ten = time(10)
    usual = Coverage(minimum=1, deputy=DaysBefore(days=5, at=ten), coordination=DaysBefore(days=2, at=ten))
    assert rule(written) == Coverage() == usual


def test_each_part_of_a_rule_can_be_another() -> None:
    assert rule(RULE) == WRITTEN
    assert rule("{suplente: P2D a las 10:00}") == replace(Coverage(), deputy=DaysBefore(days=2, at=time(10)))


def test_other_sessions_are_open_where_the_event_says_so() -> None:
    assert event((PARA, f"{PARA}    otras_sesiones: sí\n")).other_sessions


def test_an_event_asks_who_comes_if_it_has_an_hour_or_a_rule() -> None:
    workshop, drive = agenda().events
    assert (workshop.asks_who_comes, drive.asks_who_comes) == (True, False)
    assert agenda(("    para: todas\n", "    para: todas\n    cobertura: sí\n")).events[1].asks_who_comes


def test_a_post_is_a_holder_unless_its_row_says_otherwise() -> None:
    assert roles(",papel", ",", ",") == [Role.HOLDER, Role.HOLDER]
    assert roles(",papel", ",suplente", ",Coordinación") == [Role.DEPUTY, Role.COORDINATOR]
    assert roles(",papel", ",titular", "") == [Role.HOLDER, Role.HOLDER]
    assert [one.role for one in draft().recipients] == [Role.HOLDER, Role.HOLDER]


def test_what_was_stored_before_these_keys_loads_and_keeps_its_digest() -> None:
    assert agenda_to_json(agenda_from_json(OLD_DOCUMENT)) == OLD_DOCUMENT
    assert agenda_from_json(OLD_DOCUMENT).events == agenda().events
    plain = draft()
    assert draft_digest(plain.agenda, plain.recipients, plain.links) == OLD_DIGEST


def test_a_rule_other_sessions_and_roles_are_stored_and_change_the_draft() -> None:
    told = draft((PARA, f"{PARA}    cobertura: {RULE}\n    otras_sesiones: sí\n"))
    assert agenda_from_json(agenda_to_json(told.agenda)) == told.agenda
    deputy = replace(told.recipients[0], role=Role.DEPUTY)
    plain = draft()
    digests = {
        draft_digest(told.agenda, told.recipients, told.links),
        draft_digest(told.agenda, (deputy, *told.recipients[1:]), told.links),
        draft_digest(plain.agenda, plain.recipients, plain.links),
    }
    assert len(digests) == 3


def test_neither_key_touches_a_public_calendar() -> None:
    before = shipped_draft().agenda
    events = tuple(replace(one, coverage=WRITTEN, other_sessions=one.when is not None) for one in before.events)
    after = replace(before, events=events)
    first = edition(before)
    assert list(feeds(edition(after))) == list(feeds(first))
    later = publish(first, after, at=first.at, author="", reason="", zone_digest=first.zone_digest)
    assert (later.withdrawn, later.edition.revisions) == ((), first.revisions)
