"""What calendar programs answer by mail: for whom it counts, for which start, in which order, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from scheduler.mail import verp
from scheduler.people.incoming import Handled, Inbox, Meaning
from scheduler.planning.delivery import Purpose, State
from scheduler.reporting.acceptances import acceptances
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts import answers
from scheduler.store.posts.answers import PostAnswer, Reply
from scheduler.store.schema import deliveries
from tests.support.authenticity import OURS, PASS
from tests.support.campaign import TOKENS
from tests.support.changes import MONDAY, MOVED, NEARBY, change, sent, words
from tests.support.factories import agenda, event, site
from tests.support.ledger import DAY_BEFORE, PUBLISHED, START, WEEK_BEFORE, draft, post, put, states
from tests.support.programs import AT_SIX, PROGRAMS, answered, calendar, message
from tests.support.replies import ANA, UID

pytestmark = pytest.mark.usefixtures("here")

NOW = WEEK_BEFORE + timedelta(hours=1)
SIGNED = verp.answers_to("agenda@ine.example", "uno", TOKENS)
WORDS = {"ACCEPTED": Reply.YES, "DECLINED": Reply.NO, "TENTATIVE": Reply.MAYBE}
COLLEAGUE = "DTSTAMP:20211015T003000Z\nATTENDEE;PARTSTAT={p}:mailto:colega@otra.example"


def take(database: Database, document: str, now: datetime = NOW, *, to: str = SIGNED, **more: str) -> Handled:
    box = Inbox(tokens=TOKENS, authserv_id=OURS)
    return box.handle(database, box.read(message(document, to=to, **more)), now)


def said(database: Database, recipient: str = "uno") -> PostAnswer | None:
    with database.read() as connection:
        return answers.of(connection, recipient, UID)


def word(database: Database, recipient: str = "uno") -> Reply | None:
    found = said(database, recipient)
    return None if found is None else found.reply


def proposals(database: Database) -> list[tuple[str, str]]:
    """What the coordinator is told of: the posts."""
    d = deliveries.c
    with database.read() as connection:
        found = connection.execute(select(d.rule, d.state).where(d.purpose == Purpose.PROPOSAL))
        return [(row.rule, row.state) for row in found]


def coming(database: Database) -> tuple[int, int, int]:
    """How many count as coming, how many of these by another hour, how many are set aside."""
    with database.read() as connection:
        found = editions.load(connection)
        assert found is not None
        [one] = acceptances(connection, found.edition)
    return (
        sum(tally.coming for tally in one.sites),
        sum(tally.another_hour for tally in one.sites),
        sum(tally.set_aside for tally in one.sites),
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_programs_answer_counts(database: Database, program: str) -> None:
    put(database, draft())
    for minutes, (partstat, reply) in enumerate(WORDS.items()):
        handled = take(database, answered(program, partstat), NOW + timedelta(minutes=minutes))
        assert handled == Handled(meaning=Meaning.ANSWERED, recipient="uno", event=event().id, answer=reply)
        assert word(database) is reply


def test_a_mark_of_automatic_mail_takes_nothing_from_an_answer(database: Database) -> None:
    put(database, draft())
    marked = take(database, answered("Xandikos 0.4.10"), head="Auto-Submitted: auto-replied\n")
    assert marked.meaning is Meaning.ANSWERED


@pytest.mark.parametrize("field", ["Cc: Agenda <{}>", "X-Forwarded-To: {}", "To: nadie@ine.example\nCc: {}"])
def test_the_signed_address_counts_wherever_it_stands(database: Database, field: str) -> None:
    put(database, draft())
    assert take(database, answered("aerc 0.14"), to=field.format(SIGNED)).meaning is Meaning.ANSWERED


def test_a_colleague_to_whom_an_invitation_was_forwarded_ends_no_reminder(database: Database) -> None:
    put(database, draft())
    before = states(database)
    assert take(database, calendar(COLLEAGUE.format(p="DECLINED"))).meaning is Meaning.UNPROVEN
    assert states(database) == before
    assert word(database) is None


def test_an_attendee_that_nobody_can_read_ends_no_reminder(database: Database) -> None:
    put(database, draft())
    before = states(database)
    unreadable = "DTSTAMP:20211015T003000Z\nATTENDEE;PARTSTAT=DECLINED:invalid:nomail"
    assert take(database, calendar(unreadable)).meaning is Meaning.UNPROVEN
    assert states(database) == before


def test_a_name_that_hides_an_answer_says_nothing(database: Database) -> None:
    put(database, draft())
    hidden = f'ATTENDEE;CN="x "y;PARTSTAT=DECLINED;z";PARTSTAT=ACCEPTED:mailto:{ANA}'
    assert take(database, calendar(hidden)).meaning is Meaning.OTHER


def test_a_delegate_answers_with_both_lines_or_with_its_own(database: Database) -> None:
    put(database, draft())
    own = f'ATTENDEE;DELEGATED-FROM="mailto:{ANA}";PARTSTAT={{p}}:mailto:suplente@tokio.example'
    gave = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:suplente@tokio.example":mailto:{ANA}'
    both = f"DTSTAMP:20211015T003000Z\n{gave}\n{own}"
    assert take(database, calendar(both.format(p="ACCEPTED"))).meaning is Meaning.ANSWERED
    later = f"DTSTAMP:20211015T004500Z\n{own.format(p='DECLINED')}"
    assert take(database, calendar(later)).meaning is Meaning.ANSWERED
    assert word(database) is Reply.NO


def test_who_delegates_has_not_answered_yet(database: Database) -> None:
    put(database, draft())
    gave = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:suplente@tokio.example":mailto:{ANA}'
    assert take(database, calendar(gave)).meaning is Meaning.OTHER


@pytest.mark.parametrize("program", ["KMail 5.22", "a plug-in that quotes nothing"])
def test_an_answer_to_the_start_before_a_move_is_kept_and_counts_once_the_event_is_back(
    database: Database, program: str
) -> None:
    """One names the start, the other only a SEQUENCE: 0 says which start that was."""
    put(database, draft())
    put(database, MOVED, MONDAY, confirmed=True)
    assert take(database, answered(program), MONDAY).meaning is Meaning.STALE
    assert coming(database) == (0, 0, 1)
    put(database, draft(), MONDAY + timedelta(hours=1), confirmed=True)
    assert coming(database) == (1, 0, 0)


def test_an_answer_that_arrives_after_a_move_by_half_an_hour_counts_as_of_another_hour(database: Database) -> None:
    put(database, draft())
    put(database, NEARBY, MONDAY, confirmed=True)
    assert take(database, answered("KMail 5.22"), MONDAY).meaning is Meaning.ANSWERED
    assert coming(database) == (1, 1, 0)


def test_a_start_that_was_never_ours_is_a_proposal_for_people(database: Database) -> None:
    put(database, draft())
    handled = take(database, answered("KMail 5.22", start="20211022T003000Z"))
    assert (handled.meaning, handled.proposal, word(database)) == (Meaning.STALE, True, None)
    assert len(proposals(database)) == 1


async def test_people_are_told_by_mail_who_proposes_another_hour_for_what(database: Database) -> None:
    put(database, draft())
    take(database, answered("aerc 0.14", "DECLINED", method="COUNTER"), PUBLISHED + timedelta(minutes=1))
    [told] = await sent(database, PUBLISHED + timedelta(minutes=2), PUBLISHED + timedelta(minutes=3))
    assert str(told["Subject"]) == "Una sede propone otra hora para un evento"
    assert event().title["es"] in " ".join(words(told).split())
    assert "El puesto uno propone otra hora" in words(told)


async def test_what_was_answered_by_mail_stands_in_the_next_mail(database: Database) -> None:
    put(database, draft())
    take(database, answered("aerc 0.14"), NOW)
    [*_, reminder] = await sent(database, DAY_BEFORE - timedelta(minutes=5), DAY_BEFORE + timedelta(minutes=5))
    assert "Respuesta registrada: sí (por correo, vie 15 oct, 09:30 h)." in words(reminder)
    change(database, MOVED, DAY_BEFORE + timedelta(minutes=10))
    [notice] = await sent(database, DAY_BEFORE + timedelta(minutes=10), DAY_BEFORE + timedelta(minutes=40))
    assert "La dio para otra fecha u hora y no cuenta: responda de nuevo." in " ".join(words(notice).split())


@pytest.mark.parametrize("partstat", ["DECLINED", "TENTATIVE"])
def test_who_proposes_another_hour_and_declines_or_doubts_is_heard_and_people_are_told(
    database: Database, partstat: str
) -> None:
    put(database, draft())
    take(database, answered("aerc 0.14"))
    counter = answered("aerc 0.14", partstat, start="20211022T003000Z", method="COUNTER", stamp="20211015T003500Z")
    handled = take(database, counter)
    assert (handled.meaning, handled.proposal) == (Meaning.ANSWERED, True)
    assert word(database) is WORDS[partstat]
    take(database, counter, NOW + timedelta(minutes=1))
    assert proposals(database) == [("uno", State.PLANNED)], "once a day"


def test_who_proposes_another_hour_does_not_accept_this_one(database: Database) -> None:
    put(database, draft())
    assert take(database, answered("aerc 0.14", method="COUNTER")).meaning is Meaning.OTHER
    foreign = calendar(COLLEAGUE.format(p="DECLINED"), "COUNTER")
    assert take(database, foreign).meaning is Meaning.UNPROVEN
    assert word(database) is None


def test_what_is_stamped_after_the_event_or_arrives_then_is_stale(database: Database) -> None:
    put(database, draft())
    assert take(database, answered("aerc 0.14", stamp="20211101T000000Z")).meaning is Meaning.STALE
    assert take(database, answered("aerc 0.14"), START + timedelta(hours=2)).meaning is Meaning.STALE
    assert word(database) is None


def test_a_stamp_copied_from_the_invitation_is_as_late_as_its_mail(database: Database) -> None:
    put(database, draft())
    take(database, answered("Evolution 3.46.4"), dated="Fri, 15 Oct 2021 00:30:00 +0000")
    later = take(database, answered("SOGo 5.8.0", "DECLINED"), NOW, dated="Fri, 15 Oct 2021 02:55:00 +0200")
    assert later.meaning is Meaning.ANSWERED
    assert word(database) is Reply.NO
    early = take(database, answered("Claws Mail 4.1.1"), dated="Fri, 15 Oct 2021 00:10:00 -0000")
    assert early.meaning is Meaning.STALE


def test_a_date_in_the_future_counts_as_of_its_arrival(database: Database) -> None:
    put(database, draft())
    take(database, answered("Claws Mail 4.1.1"), dated="Wed, 20 Oct 2021 00:00:00 +0000")
    found = said(database)
    assert found is not None
    assert found.at == NOW


def test_two_offices_at_one_address_are_answered_for_together(database: Database) -> None:
    shared = replace(post("dos", site="seul"), address=ANA.upper())
    content = agenda(representations=(site(), site("seul", zone="Asia/Seoul")), events=(event(),))
    put(database, draft(content, posts=(post(), shared)))
    vouched = take(database, answered("aerc 0.14"), to="agenda@ine.example", head=PASS)
    assert vouched.meaning is Meaning.ANSWERED
    assert (word(database), word(database, "dos")) == (Reply.YES, Reply.YES)
    signed = take(database, answered("aerc 0.14", "DECLINED", stamp="20211015T005000Z"))
    assert signed.recipient == "uno"
    assert (word(database), word(database, "dos")) == (Reply.NO, Reply.NO)
    assert set(states(database).values()) == {State.CANCELLED}


def test_an_answer_is_kept_with_the_start_it_is_for(database: Database) -> None:
    put(database, draft())
    take(database, answered("aerc 0.14"))
    found = said(database)
    assert found is not None
    assert found.start is not None
    assert f"{found.start:%Y%m%dT%H%M%SZ}" == AT_SIX
