"""Invitations by mail: what is asked, what is taken back, and what is answered, in our words and in other programs'."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.editions import Edition
from calendars.feeds import feeds
from calendars.invitations import Invitation, cancel, parties, request
from calendars.model.events import EventStatus
from calendars.replies import ItipReply, read_reply
from tests.support import icaljs, libical
from tests.support.factories import agenda, drive, edition, event, real_sites, real_size_agenda, site
from tests.support.replies import ANA, PROGRAMS, UID, Answer, document

STAMP = datetime(2021, 10, 15, tzinfo=UTC)
LINK = "https://salas.example/1"
PARTIES = parties("Agenda Consular", "agenda@ine.example", ANA)


def between(invitation: Invitation, lines: bytes) -> bytes:
    """The whole document."""
    return invitation.before + lines + invitation.after


def asked(known: Edition | None = None, index: int = 0, link: str | None = LINK) -> bytes:
    content = known or edition()
    one = content.agenda.events[index]
    return between(request(content, one, content.agenda.representations[0], "es", link=link, stamp=STAMP), PARTIES)


def taken_back(known: Edition, index: int = 0) -> bytes:
    return between(cancel(known, known.agenda.events[index], "es", stamp=STAMP), PARTIES)


def lines(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").split("\r\n")


def test_an_invitation_is_the_feeds_event_with_organizer_and_one_attendee() -> None:
    known = edition()
    (feed,) = [feed for feed in feeds(known) if feed.path == "sites/tokio.ics"]
    ours, public = lines(asked(known)), lines(feed.body)
    assert "METHOD:REQUEST" in ours
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS"):
        assert [one for one in ours if one.startswith(name)] == [one for one in public if one.startswith(name)]
    assert [one for one in ours if one.startswith(("ORGANIZER", "ATTENDEE"))] == [
        'ORGANIZER;CN="Agenda Consular":mailto:agenda@ine.example',
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{ANA}",
    ]
    assert "DTSTAMP:20211015T000000Z" in ours


def test_an_invitation_brings_the_joining_link_and_one_without_it_does_not_speak_of_it() -> None:
    assert asked().count(LINK.encode()) >= 2
    assert b"Entrar" not in asked(link=None)


def test_a_cancellation_is_one_whether_or_not_the_event_is_cancelled() -> None:
    gone = edition(agenda(events=(event(status=EventStatus.CANCELLED),)))
    for known, summary in ((edition(), "SUMMARY:Taller"), (gone, "SUMMARY:CANCELADO: Taller")):
        found = lines(taken_back(known))
        assert {"METHOD:CANCEL", "STATUS:CANCELLED", "TRANSP:TRANSPARENT"} <= set(found)
        assert any(one.startswith(summary) for one in found)


def test_an_event_that_lost_its_date_can_still_be_taken_back() -> None:
    idle = edition(agenda(events=(event(when=None, status=EventStatus.UNSCHEDULED, assumed=()),)))
    assert "DTSTART" not in taken_back(idle).decode()
    with pytest.raises(ValueError, match="no date"):
        asked(idle)


def test_whole_days_are_invited_to_as_days() -> None:
    assert "DTSTART;VALUE=DATE:20220201" in lines(asked(edition(agenda(events=(drive(),)))))


@given(
    name=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=90),
    local=st.text("abcdefghij.0123456789", min_size=1, max_size=120),
)
def test_the_parties_fit_the_lines_and_survive_libical(name: str, local: str) -> None:
    written = parties(name, "agenda@ine.example", f"{local}@sre.example")
    assert all(len(line) <= 75 and line.decode() is not None for line in written.split(b"\r\n"))
    known = edition()
    invitation = request(known, known.agenda.events[0], site(), "es", link=None, stamp=STAMP)
    (found,) = libical.read(between(invitation, written))
    assert found.uid == UID
    assert f":mailto:{local}@sre.example" in written.decode().replace("\r\n ", "")


def test_every_site_of_the_real_agenda_is_invited_to_the_feeds_hour_by_both_foreign_readers() -> None:
    known = edition(real_size_agenda())
    bodies, places = [], []
    for place in real_sites():
        own = next(one for one in known.agenda.events if place in known.agenda.addressed(one))
        invitation = request(known, own, place, "es", link=LINK, stamp=STAMP)
        bodies.append(between(invitation, PARTIES))
        places.append((own, place))
    for body, (one,), (own, place) in zip(bodies, icaljs.read(bodies), places, strict=True):
        (other,) = libical.read(body)
        revision = known.revisions[own.id]
        assert revision.start is not None
        assert other.start == revision.start, place.id
        assert one.start == f"{revision.start:%Y-%m-%dT%H:%M:%SZ}"
        assert (one.method, one.uid, one.sequence) == ("REQUEST", revision.uid, 0)
        assert one.uid == other.uid
        assert [party.address for party in one.attendees] == [f"mailto:{ANA}"]
        assert one.attendees[0].partstat == "NEEDS-ACTION"
        assert one.organizer == icaljs.Party(address="mailto:agenda@ine.example", name="Agenda Consular", partstat=None)


def test_a_cancellation_is_read_by_both() -> None:
    known = edition(agenda(events=(event(status=EventStatus.CANCELLED),)))
    body = taken_back(known)
    [[one]] = icaljs.read([body])
    (other,) = libical.read(body)
    assert (one.method, one.status, other.status) == ("CANCEL", "CANCELLED", "CANCELLED")
    assert one.uid == other.uid == UID


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_each_programs_answer_is_understood_as_ical_js_understands_it(program: str, partstat: str) -> None:
    found = read_reply(document(program, Answer(partstat=partstat, sequence=2)))
    assert found is not None
    assert (found.uid, found.attendee, found.answer) == (UID, ANA, partstat)
    assert found.stamp == datetime(2021, 10, 15, 0, 30, tzinfo=UTC)
    bare = program == "bare"
    assert found.sequence == (0 if bare else 2), "what is left out is 0"
    assert found.start == (None if bare else datetime(2021, 10, 21, 23, tzinfo=UTC)), "in whatever zone it is written"


def test_the_replies_that_we_test_with_are_replies_to_foreign_readers() -> None:
    """Else only our own reader would take them for such."""
    bodies = [document(program, Answer()).encode() for program in PROGRAMS]
    for found in icaljs.read(bodies):
        [one] = found
        assert (one.method, one.uid) == ("REPLY", UID)
        assert [party.partstat for party in one.attendees] == ["ACCEPTED"]
        assert one.attendees[0].address.lower() == f"mailto:{ANA}"


def changed(old: str, new: str, program: str = "bare") -> str:
    text = document(program, Answer())
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Buenos días",
        changed("METHOD:REPLY", "METHOD:COUNTER"),
        changed("METHOD:REPLY\n", ""),
        changed("METHOD:REPLY", "METHOD:REPLY\nMETHOD:REPLY"),
        changed("ACCEPTED", "DELEGATED"),
        changed("ACCEPTED", "NEEDS-ACTION"),
        changed("UID:", "RECURRENCE-ID:20211021T230000Z\nUID:"),
        changed(f"UID:{UID}\n", ""),
        changed("END:VEVENT", "ATTENDEE;PARTSTAT=DECLINED:mailto:dos@tokio.example\nEND:VEVENT"),
        changed("END:VEVENT", f"END:VEVENT\nBEGIN:VEVENT\nUID:{UID}\nEND:VEVENT"),
        changed("BEGIN:VEVENT", "BEGIN:VTODO"),
        changed("BEGIN:VEVENT", "BEGIN:X\n" * 9 + "BEGIN:VEVENT"),
    ],
)
def test_whatever_is_not_one_plain_answer_is_none(text: str) -> None:
    assert read_reply(text) is None


def test_what_a_program_leaves_out_or_garbles_is_unknown_and_no_hindrance() -> None:
    text = changed("DTSTAMP:20211015T003000Z", "DTSTAMP:20211015T003000\nSEQUENCE:dos\nun renglón que no lo es")
    found = read_reply(text.replace(f"mailto:{ANA}", "invalid:nomail"))
    assert found == ItipReply(uid=UID, attendee="", answer="ACCEPTED", sequence=0, stamp=None)
    bare = read_reply(changed("DTSTAMP:20211015T003000Z\n", ""))
    assert bare is not None
    assert bare.stamp is None


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("DTSTART;VALUE=DATE:20220201", date(2022, 2, 1)),
        ("DTSTART;TZID=Tokyo Standard Time:20211022T080000", datetime(2021, 10, 21, 23, tzinfo=UTC)),
        ("DTSTART;TZID=/citadel.org/2021_1/Asia/Tokyo:20211022T080000", datetime(2021, 10, 21, 23, tzinfo=UTC)),
        ("DTSTART;TZID=Oficina:20211022T080000", None),
        ("DTSTART:20211022T080000", None),
        ("DTSTART;TZID=Europe/Madrid:20210328T023000", None),
        ("DTSTART:mañana", None),
    ],
)
def test_a_start_is_read_in_the_zones_that_programs_name(line: str, start: date | None) -> None:
    found = read_reply(changed("END:VEVENT", f"{line}\nEND:VEVENT"))
    assert found is not None
    assert found.start == start


def test_a_request_leaves_the_default_out_that_cyrus_would_double() -> None:
    assert not [one for one in lines(asked()) if one.startswith("TRANSP")]
    known = edition(agenda(events=(event(), drive())))
    assert b"\r\nTRANSP:OPAQUE\r\n" in next(feed.body for feed in feeds(known) if feed.path == "sites/tokio.ics")
    assert "TRANSP:TRANSPARENT" in lines(asked(known, 1)), "what is not the default stays"


def test_an_address_is_the_same_in_any_case() -> None:
    found = read_reply(document("outlook", replace(Answer(), attendee=ANA.upper())))
    assert found is not None
    assert found.attendee == ANA


@given(st.text(max_size=400))
def test_any_text_whatever_is_read_without_an_error(text: str) -> None:
    assert read_reply(text) is None
    found = read_reply(document("google", Answer()).replace("SEQUENCE", text))
    assert found is None or found.uid == UID


def test_a_delegates_answer_is_also_that_of_whom_it_is_for_and_one_without_a_name_is_nobodys() -> None:
    found = read_reply(document("outlook", Answer()))
    assert found is not None
    assert found.names == (ANA,)
    assert replace(found, delegators=("jefa@tokio.example",)).names == (ANA, "jefa@tokio.example")
    assert replace(found, attendee="").names == ()
