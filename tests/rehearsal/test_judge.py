"""The judge itself: it finds no fault in a campaign that went well, and each kind in one that did not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from calendars.model.agenda import Draft
from calendars.model.events import Audience, EventStatus
from calendars.model.people import Recipient
from scheduler.planning.channels import Channel
from tests.judge.fault import Fault, Kind
from tests.judge.reader import Choice, judge_mails
from tests.judge.subscriber import judge_feeds
from tests.judge.words import Part, Said, Unreadable, read
from tests.support.factories import agenda, event, site, text, timed
from tests.support.playing import BEGINS, Edit, Played, days, play

MOVED_AT = BEGINS + days(16) + timedelta(hours=20)  # Monday 18 October, 10:00 in Tokyo
CANCELLED_AT = MOVED_AT + days(1)
OVER = BEGINS + days(35)
TOKYO = "tokio@sedes.example"
WORKSHOP, EXTRA = event().id, "sesion-2"
SITES = (site(), site("madrid", city="Madrid", country_code="ES", region="europa", zone="Europe/Madrid"))
POSTS = tuple(
    Recipient(id=where, site=where, address=f"{where}@sedes.example", language="es", post="", joined=date(2021, 10, 1))
    for where in ("tokio", "madrid")
)


def content(wall: str = "2021-10-21 18:00", status: EventStatus = EventStatus.CONFIRMED) -> Draft:
    extra = event(
        EXTRA,
        title=text("Sesión 2", "Session 2"),
        status=status,
        when=timed("2021-11-02 09:00"),
        audience=Audience(kind="all"),
    )
    events = (event(when=timed(wall)), extra)
    return Draft(
        agenda=agenda(representations=SITES, events=events), recipients=POSTS, links={EXTRA: "https://s.example/1"}
    )


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Tokyo's workshop moves by two hours; a session for both is cancelled the day after."""
    edits = (
        Edit(at=MOVED_AT, draft=content("2021-10-21 20:00")),
        Edit(at=CANCELLED_AT, draft=content("2021-10-21 20:00", EventStatus.CANCELLED)),
    )
    return play(content(), edits, OVER, tmp_path_factory.mktemp("good"))


Doctor = Callable[[Sequence[Said]], list[Said]]


def judged(good: Played, doctor: Doctor) -> list[Fault]:
    mails = sorted(doctor(good.mails()), key=lambda said: said.sent)
    return judge_mails(good.truths, mails, good.until)


def kinds(found: Sequence[Fault]) -> set[tuple[Kind, str]]:
    return {(fault.kind, fault.who) for fault in found}


def the_move(mails: Sequence[Said]) -> Said:
    """What Tokyo heard of its workshop."""
    return next(said for said in mails if said.notice and said.to == TOKYO and said.fact is not None)


def without(said: Said) -> Doctor:
    return lambda mails: [one for one in mails if one.id != said.id]


def with_other(said: Said, **changed: object) -> Doctor:
    other = replace(said, **changed)  # type: ignore[arg-type]  # because the names are the caller's
    return lambda mails: [other if one.id == said.id else one for one in mails]


def test_a_campaign_that_went_well_has_no_fault(good: Played) -> None:
    assert good.faults() == []
    assert [said.notice for said in good.mails()].count(True) == 3


def test_a_notice_that_is_lost(good: Played) -> None:
    lost = the_move(good.mails())
    assert (Kind.LOST, lost.to) in kinds(judged(good, without(lost)))


def test_a_cancellation_that_never_came(good: Played) -> None:
    lost = next(said for said in good.mails() if said.fact is None and said.to == "madrid@sedes.example")
    assert (Kind.LOST, "madrid@sedes.example") in kinds(judged(good, without(lost)))


def test_a_reminder_that_is_lost(good: Played) -> None:
    lost = [said for said in good.mails() if not said.notice][-1]
    [fault] = judged(good, without(lost))
    assert (fault.kind, fault.who, "no reminder" in fault.why) == (Kind.LOST, lost.to, True)


def test_the_same_message_twice(good: Played) -> None:
    again = the_move(good.mails())
    found = judged(good, lambda mails: [*mails, replace(again, sent=again.sent + timedelta(seconds=1))])
    assert {(Kind.TWICE, again.id), (Kind.NEEDLESS, again.to)} <= kinds(found)


def test_a_change_that_is_told_twice_in_other_words(good: Played) -> None:
    again = replace(the_move(good.mails()), id="<other@ine.example>")
    found = judged(good, lambda mails: [*mails, replace(again, sent=again.sent + timedelta(hours=1))])
    assert kinds(found) == {(Kind.NEEDLESS, again.to)}


def test_a_reminder_twice(good: Played) -> None:
    again = next(said for said in good.mails() if not said.notice)
    found = judged(good, lambda mails: [*mails, replace(again, id="<other@ine.example>")])
    assert kinds(found) == {(Kind.TWICE, again.to)}


def test_a_reminder_of_an_hour_that_no_longer_holds(good: Played) -> None:
    mails = good.mails()
    first = next(said for said in mails if not said.notice and said.to == TOKYO)
    late = [said for said in mails if not said.notice and said.title == first.title][-1]
    assert first.fact != late.fact
    assert (Kind.WRONG, late.to) in kinds(judged(good, with_other(late, fact=first.fact)))


def test_a_reminder_of_what_is_cancelled(good: Played) -> None:
    mail = next(said for said in good.mails() if said.fact is None)
    known = good.truths[0].facts("madrid", "es")[EXTRA]
    found = judged(good, with_other(mail, fact=known, notice=False))
    assert (Kind.WRONG, mail.to) in kinds(found)


def test_an_old_link(good: Played) -> None:
    mail = the_move(good.mails())
    assert mail.fact is not None
    assert (Kind.WRONG, mail.to) in kinds(
        judged(good, with_other(mail, fact=replace(mail.fact, link="https://s.example/old")))
    )


def test_news_for_a_site_that_they_do_not_concern(good: Played) -> None:
    mail = the_move(good.mails())
    found = judged(good, lambda mails: [*mails, replace(mail, id="<x@ine.example>", to="madrid@sedes.example")])
    assert (Kind.WRONG, "madrid@sedes.example") in kinds(found)


def test_a_mail_to_nobody_that_the_agenda_knows(good: Played) -> None:
    mail = the_move(good.mails())
    found = judged(good, lambda mails: [*mails, replace(mail, id="<x@ine.example>", to="otra@sedes.example")])
    assert kinds(found) == {(Kind.STRANGER, "otra@sedes.example")}


def test_a_change_that_is_told_before_it_has_settled(good: Played) -> None:
    mail = the_move(good.mails())
    assert kinds(judged(good, with_other(mail, sent=MOVED_AT + timedelta(minutes=3)))) == {(Kind.HASTY, mail.to)}


def test_news_in_the_night_of_what_is_days_away(good: Played) -> None:
    mail = the_move(good.mails())
    late = mail.sent + timedelta(hours=12)
    assert (Kind.HOURS, mail.to) in kinds(judged(good, with_other(mail, sent=late)))


def test_the_wrong_language(good: Played) -> None:
    mail = the_move(good.mails())
    assert kinds(judged(good, with_other(mail, language="en"))) == {(Kind.WRONG, mail.to)}


def test_an_attached_event_of_another_hour(good: Played) -> None:
    mail = next(said for said in good.mails() if said.parts)
    [part] = mail.parts
    shifted = re.sub(rb"DTSTART:(\d{8})T\d\d", rb"DTSTART:\1T07", part.body)
    found = judged(good, with_other(mail, parts=(replace(part, body=shifted),)))
    assert kinds(found) == {(Kind.WRONG, mail.to)}


# The mails are read by their words: what these say wrong is found in the bytes.


def the_file(good: Played, said: Said) -> Path:
    [path] = good.outbox.glob(f"*{said.id.strip('<>').partition('@')[0]}.eml")
    return path


def test_an_hour_in_the_text_that_the_subject_does_not_say_is_read_as_a_contradiction(good: Played) -> None:
    content = the_file(good, the_move(good.mails())).read_bytes()
    assert b"10:00 h, hora de Tokio" in content
    with pytest.raises(Unreadable):
        read(content.replace(b"10:00 h, hora de Tokio", b"11:00 h, hora de Tokio"))


def test_a_weekday_that_is_not_the_dates_is_read_as_a_contradiction(good: Played) -> None:
    content = the_file(good, the_move(good.mails())).read_bytes()
    with pytest.raises(Unreadable):
        read(content.replace(b"viernes 22 de octubre", b"jueves 22 de octubre"))


def test_the_hour_before_is_not_taken_for_the_hour_now(good: Played) -> None:
    said = the_move(good.mails())
    assert said.fact is not None
    assert said.fact.when == good.truths[1].facts("tokio", "es")[WORKSHOP].when


# Feeds.


def doctored(good: Played, tmp_path: Path, number: int, old: bytes, new: bytes, name: str = "tokio.ics") -> set[Kind]:
    """The kinds of fault in the feeds after each `old` in one calendar of one edition became `new`."""
    shutil.copytree(good.feeds, tmp_path / "feeds")
    path = tmp_path / "feeds" / str(number) / "sites" / name
    body = path.read_bytes()
    assert old in body
    path.write_bytes(body.replace(old, new))
    folders = [tmp_path / "feeds" / str(one) for one in (1, 2, 3)]
    return {fault.kind for fault in judge_feeds(good.truths, folders, good.until)}


@pytest.mark.parametrize("name", ["tokio.ics", "tokio-local.ics"])
def test_another_hour_in_a_calendar_or_in_its_local_form(good: Played, tmp_path: Path, name: str) -> None:
    old = b":20211022T010000Z" if name == "tokio.ics" else b":20211022T100000"
    assert Kind.WRONG in doctored(good, tmp_path, 2, old, old.replace(b"T01", b"T02").replace(b"T10", b"T11"), name)


def test_a_sequence_that_does_not_rise(good: Played, tmp_path: Path) -> None:
    assert doctored(good, tmp_path, 2, b"SEQUENCE:1", b"SEQUENCE:0") == {Kind.BACKWARDS}


def test_a_uid_that_changed(good: Played, tmp_path: Path) -> None:
    uid = good.truths[0].uid(WORKSHOP).encode()
    assert doctored(good, tmp_path, 3, uid, b"other") == {Kind.LOST, Kind.KEPT}


def test_a_cancelled_event_that_stays(good: Played, tmp_path: Path) -> None:
    assert Kind.KEPT in doctored(good, tmp_path, 3, b"STATUS:CANCELLED", b"STATUS:CONFIRMED", "madrid.ics")


def test_one_event_twice(good: Played, tmp_path: Path) -> None:
    one, other = (good.truths[0].uid(key).encode() for key in (WORKSHOP, EXTRA))
    assert Kind.TWICE in doctored(good, tmp_path, 1, other, one)


# Invitations, as mails carry them: made here from the feeds, since the judge needs them before there are any.


def invitation(good: Played, method: str, sequence: int, *, to: str, wall: str = "20211022T010000Z") -> Part:
    lines = (
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//prueba//ES", f"METHOD:{method}", "BEGIN:VEVENT"),
        *(f"UID:{good.truths[0].uid(WORKSHOP)}", "DTSTAMP:20211018T010000Z", f"SEQUENCE:{sequence}"),
        *(f"STATUS:{'CANCELLED' if method == 'CANCEL' else 'CONFIRMED'}", f"SUMMARY:{event().title.es}"),
        *(f"DTSTART:{wall}", f"DTEND:{wall.replace('T01', 'T03').replace('T23', 'T25')}"),
        *("ORGANIZER:mailto:agenda@ine.example", f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{to}"),
        *("END:VEVENT", "END:VCALENDAR", ""),
    )
    return Part(method=method, body="\r\n".join(lines).encode())


def invited(good: Played, *parts: Part, then: Channel = Channel.INVITATIONS) -> set[Kind]:
    """Tokyo's mails after the move, which come with these calendars in turn and without files.

    It chose invitations just before, and `then` half an hour later.
    """
    mails = [replace(said, parts=(), subscribes=said.subscribes and said.to != TOKYO) for said in good.mails()]
    own = [said for said in mails if said.to == TOKYO and said.sent > MOVED_AT and said.title == event().title.es]
    for said, part in zip(own, parts, strict=False):
        mails[mails.index(said)] = replace(said, parts=(part,))
    first = Choice(at=own[0].sent, address=TOKYO, channel=Channel.INVITATIONS)
    second = replace(first, at=first.at + timedelta(minutes=30), channel=then)
    found = judge_mails(good.truths, mails, good.until, [first, second])
    return {fault.kind for fault in found if fault.event != EXTRA}  # to which nothing invites it here


def test_an_invitation_that_says_what_the_agenda_says(good: Played) -> None:
    assert invited(good, invitation(good, "REQUEST", 1, to=TOKYO)) == set()


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ((("REQUEST", 1), ("REQUEST", 1)), Kind.TWICE),
        ((("REQUEST", 1), ("REQUEST", 0)), Kind.BACKWARDS),
        ((("CANCEL", 1),), Kind.NEEDLESS),
        ((("REQUEST", 1), ("PUBLISH", 1)), Kind.TWICE),
    ],
)
def test_an_invitation_too_many(good: Played, parts: Sequence[tuple[str, int]], kind: Kind) -> None:
    assert kind in invited(good, *(invitation(good, method, sequence, to=TOKYO) for method, sequence in parts))


def test_an_invitation_for_another(good: Played) -> None:
    assert invited(good, invitation(good, "REQUEST", 1, to="otra@sedes.example")) == {Kind.WRONG}


def test_an_invitation_that_is_still_in_the_calendar_after_a_cancellation(good: Played) -> None:
    truth = good.truths[0]
    extra = {"uid": truth.uid(WORKSHOP), "own": truth.uid(EXTRA)}
    part = invitation(good, "REQUEST", 0, to="madrid@sedes.example", wall="20211102T150000Z")
    body = part.body.replace(extra["uid"].encode(), extra["own"].encode()).replace(
        b"DTEND:20211102T150000Z", b"DTEND:20211102T170000Z"
    )
    mail = next(said for said in good.mails() if said.to == "madrid@sedes.example")
    early = replace(
        mail,
        id="<early@ine.example>",
        fact=truth.facts("madrid", "es")[EXTRA],
        notice=False,
        sent=datetime(2021, 10, 5, 8, tzinfo=BEGINS.tzinfo),
        parts=(replace(part, body=body),),
    )
    own = [replace(said, subscribes=said.subscribes and said.to != mail.to) for said in good.mails()]
    choice = Choice(at=BEGINS, address=mail.to, channel=Channel.INVITATIONS)
    found = judge_mails(good.truths, [replace(early, subscribes=False), *own], good.until, [choice])
    assert kinds(found) == {(Kind.KEPT, "madrid@sedes.example")}


@pytest.mark.parametrize(
    ("channel", "kind"), [(Channel.INVITATIONS, Kind.LOST), (Channel.NONE, Kind.TWICE), (Channel.FEED, None)]
)
def test_mails_that_point_to_a_calendar_are_for_who_subscribes(
    good: Played, channel: Channel, kind: Kind | None
) -> None:
    choice = Choice(at=BEGINS, address=TOKYO, channel=channel)
    found = {fault.kind for fault in judge_mails(good.truths, good.mails(), good.until, [choice])}
    assert kind in found if kind else found == set()


def test_an_invitation_that_stays_in_the_calendar_of_who_subscribes_from_now_on(good: Played) -> None:
    assert invited(good, invitation(good, "REQUEST", 1, to=TOKYO), then=Channel.FEED) == {Kind.KEPT}
