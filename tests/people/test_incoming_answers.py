"""Answers to invitations, from the mail that comes in to the post's word; and nothing that nobody vouches for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from calendars.model.events import Audience
from calendars.replies import read_reply
from scheduler.cli import app
from scheduler.mail import verp
from scheduler.mail.incoming.reading import Answered, read
from scheduler.people.incoming import Handled, Inbox, Meaning
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts import answers, roster
from scheduler.store.posts.answers import Reply
from scheduler.store.schema import recipients
from tests.support import icaljs
from tests.support.authenticity import FOREIGN, OURS, PASS
from tests.support.campaign import TOKENS
from tests.support.changes import MONDAY, MOVED
from tests.support.command_line import agenda as command
from tests.support.command_line import into_the_future
from tests.support.factories import agenda, event, site
from tests.support.guests import OTHER, both, planned
from tests.support.guests import choose as elsewhere
from tests.support.inviting import INVITATIONS, calendar_of, choose, run
from tests.support.ledger import PUBLISHED, WEEK_BEFORE, draft, post, put
from tests.support.replies import PROGRAMS, UID, Answer, document, mail

pytestmark = pytest.mark.usefixtures("here")

NOW = WEEK_BEFORE + timedelta(hours=1)
SIGNED = verp.answers_to("agenda@ine.example", "uno", TOKENS)
WORDS = {"ACCEPTED": Reply.YES, "DECLINED": Reply.NO, "TENTATIVE": Reply.MAYBE}


def take(database: Database, raw: bytes, now: datetime = NOW) -> Handled:
    box = Inbox(tokens=TOKENS, authserv_id=OURS)
    return box.handle(database, box.read(raw), now)


def word(database: Database, recipient: str = "uno") -> Reply | None:
    with database.read() as connection:
        found = answers.of(connection, recipient, UID)
    return None if found is None else found.reply


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("partstat", WORDS)
async def test_what_is_asked_is_answered_as_each_program_writes_and_is_kept(
    database: Database, program: str, partstat: str
) -> None:
    put(database, draft())
    choose(database, INVITATIONS)
    [invitation, *_] = await run(database, PUBLISHED, WEEK_BEFORE, signed=True)
    body = calendar_of(invitation)
    assert body is not None
    [[entry]] = icaljs.read([body])
    assert entry.organizer is not None
    organizer = entry.organizer.address.removeprefix("mailto:")
    answer = Answer(uid=entry.uid, partstat=partstat, sequence=entry.sequence, organizer=organizer)
    handled = take(database, mail(program, answer, to=organizer))
    assert handled == Handled(meaning=Meaning.ANSWERED, recipient="uno", event=event().id, answer=WORDS[partstat])
    assert word(database) is WORDS[partstat]


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_answer_counts_that_our_server_vouches_for(database: Database, program: str) -> None:
    put(database, draft())
    assert take(database, mail(program, Answer(), head=PASS)).meaning is Meaning.ANSWERED
    assert word(database) is Reply.YES


@pytest.mark.parametrize(
    "raw",
    [
        mail("outlook", Answer()),
        mail("outlook", Answer(), head=FOREIGN),
        mail("outlook", Answer(), head=FOREIGN + PASS),
        mail("outlook", Answer(), head=PASS, author="otra@tokio.example"),
        mail("outlook", Answer(), head=PASS, author="uno@tokio.example>, <otra@tokio.example"),
        mail("outlook", Answer(attendee="nadie@tokio.example"), head=PASS),
        mail("outlook", Answer(), to=SIGNED.replace("+uno-", "+una-")),
        mail("outlook", Answer(), to=SIGNED.replace("-", "-0", 1).replace("0@", "@")),
    ],
    ids=["nobody", "foreign", "ours below foreign", "another author", "two authors", "unknown", "other post", "forged"],
)
def test_an_answer_that_nobody_vouches_for_is_left_to_people(database: Database, raw: bytes) -> None:
    put(database, draft())
    assert take(database, raw) == Handled(meaning=Meaning.UNPROVEN)
    assert word(database) is None


def test_a_post_may_answer_from_another_address_but_not_for_another_post(database: Database) -> None:
    put(database, draft(posts=(post(), post("dos"))))
    alias = replace(Answer(), attendee="consular.tokio@sre.example")
    assert take(database, mail("outlook", alias, to=SIGNED)).recipient == "uno"
    theirs = replace(Answer(), attendee="dos@tokio.example", partstat="DECLINED")
    assert take(database, mail("outlook", theirs, to=SIGNED)).meaning is Meaning.UNPROVEN
    assert (word(database), word(database, "dos")) == (Reply.YES, None)


def test_an_answer_to_the_hour_before_a_move_does_not_count(database: Database) -> None:
    put(database, draft())
    put(database, MOVED, MONDAY, confirmed=True)
    late = mail("google", Answer(sequence=0), to=SIGNED)
    assert take(database, late, MONDAY).meaning is Meaning.STALE
    now = document("google", Answer(sequence=1)).replace("20211021T230000Z", "20211022T010000Z")
    assert take(database, mail("google", Answer(), to=SIGNED, body=now), MONDAY).meaning is Meaning.ANSWERED


def test_the_post_has_the_last_word_in_whatever_order_its_words_arrive(database: Database) -> None:
    put(database, draft())
    later = mail("google", Answer(partstat="DECLINED", stamp="20211015T004500Z"), to=SIGNED)
    earlier = mail("outlook", Answer(stamp="20211015T003000Z"), to=SIGNED)
    assert [take(database, raw).meaning for raw in (later, earlier)] == [Meaning.ANSWERED, Meaning.STALE]
    assert word(database) is Reply.NO


def test_a_clock_that_is_fast_does_not_outlast_what_is_said_later(database: Database) -> None:
    put(database, draft())
    take(database, mail("apple", Answer(stamp="20211016T000000Z"), to=SIGNED))
    later = NOW + timedelta(hours=1)
    fresh = Answer(partstat="DECLINED", stamp=f"{later:%Y%m%dT%H%M%SZ}")
    assert take(database, mail("apple", fresh, to=SIGNED), later).meaning is Meaning.ANSWERED
    assert word(database) is Reply.NO


@pytest.mark.parametrize("uid", ["otro", UID])
def test_an_answer_about_what_is_not_the_posts_does_not_count(database: Database, uid: str) -> None:
    foreign = event(audience=Audience(kind="sites", ids=("seul",)))
    put(database, draft(agenda(representations=(site(), site("seul")), events=(foreign,))))
    assert take(database, mail("outlook", Answer(uid=uid), to=SIGNED)).meaning is Meaning.STALE


@pytest.mark.parametrize(("partstat", "kept"), [("ACCEPTED", {OTHER: 3}), ("TENTATIVE", {OTHER: 3}), ("DECLINED", {})])
def test_a_guest_answers_the_invitation_to_the_session_that_it_chose(
    database: Database, partstat: str, kept: dict[str, int]
) -> None:
    put(database, both())
    elsewhere(database)
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    revision = found.edition.revisions[OTHER]
    body = document("outlook", Answer(uid=revision.uid, partstat=partstat))
    body = body.replace("DTSTART;TZID=Tokyo Standard Time:20211022T080000", f"DTSTART:{revision.start:%Y%m%dT%H%M%SZ}")
    raw = mail("outlook", Answer(), to=SIGNED, body=body)
    handled = take(database, raw)
    assert handled == Handled(meaning=Meaning.ANSWERED, recipient="uno", event=OTHER, answer=WORDS[partstat])
    assert planned(database) == kept
    with database.read() as connection:
        said = answers.of(connection, "uno", UID)
    assert said is not None
    assert (said.reply, said.instead) == (Reply.NO, OTHER if kept else None)


def test_a_post_that_is_gone_answers_no_more(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        connection.execute(update(recipients).values(removed_at=NOW))
    assert take(database, mail("outlook", Answer(), to=SIGNED)).meaning is Meaning.UNPROVEN


def test_a_counter_proposal_is_for_people(database: Database) -> None:
    put(database, draft())
    body = document("outlook", Answer()).replace("METHOD:REPLY", "METHOD:COUNTER")
    assert take(database, mail("outlook", Answer(), to=SIGNED, body=body)).meaning is Meaning.OTHER


def test_a_part_in_an_alphabet_that_nobody_knows_is_read_as_far_as_it_goes() -> None:
    raw = mail("apple", Answer()).replace(b"charset=utf-8; method", b"charset=x-klingon; method")
    found = read(raw)
    assert isinstance(found, Answered)
    assert found.reply == read_reply(document("apple", Answer()))


def test_the_command_tells_what_was_answered_and_when_it_last_ran() -> None:
    into_the_future()
    assert command("publish", "--reason", "inicio").exit_code == 0
    environment = {"AGENDA_INVITATIONS": "on", "AGENDA_SECRET_KEY": "a key for this test", "AGENDA_AUTHSERV_ID": OURS}
    before = command("status", **environment)
    assert "nadie lee las respuestas: «agenda inbox» no se ha ejecutado nunca" in " ".join(before.stdout.split())
    database = Database("sqlite:///agenda.db")
    with database.read() as connection:
        found = next(iter(roster.members(connection))).recipient
    database.close()
    answer = Answer(attendee=found.address)
    domain = found.address.rpartition("@")[2]
    raw = mail("google", answer, head=PASS.replace("tokio.example", domain))
    done = CliRunner().invoke(app, ["inbox", "--json"], input=raw, env=environment)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["meaning"], said["recipient"]) == ("stale-answer", found.id)
    after = json.loads(command("status", "--json", **environment).stdout)
    assert after["invitations"]["on"] is True
    assert datetime.fromisoformat(after["invitations"]["inbox"]).tzinfo is not None
    assert "nadie lee" not in command("status", **environment).stdout


def test_status_and_doctor_tell_who_chose_invitations_in_vain() -> None:
    into_the_future()
    assert command("publish", "--reason", "inicio").exit_code == 0
    database = Database("sqlite:///agenda.db")
    with database.write() as connection:
        connection.execute(update(recipients).values(channel="invitations"))
    database.close()
    assert "no las reciben" in command("status").stdout
    assert "ninguna: ponga AGENDA_INVITATIONS=on" in " ".join(command("doctor").stdout.split())
    assert "ninguna respuesta cuenta" in " ".join(command("doctor", AGENDA_INVITATIONS="on").stdout.split())
    on = {"AGENDA_INVITATIONS": "on", "AGENDA_VERP": "answers"}
    assert "las respuestas no se leen" in " ".join(command("doctor", **on).stdout.split())
    assert CliRunner().invoke(app, ["inbox"], input=b"Subject: x\n\nx").exit_code == 0
    assert "activas;" in command("doctor", **on).stdout
