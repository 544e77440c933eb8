"""Whose a report is, by what only we can have made; whom it mutes, and whom it must not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from scheduler.base.tokens import Link
from scheduler.mail import verp
from scheduler.people.incoming import Handled, Inbox, Meaning
from scheduler.planning.delivery import Decision, State
from scheduler.reporting.in_words import status_lines
from scheduler.reporting.status import Status, status
from scheduler.store.database import Database
from scheduler.store.ledger.claiming import Claim
from scheduler.store.people import blamed, bounces
from scheduler.store.people.blamed import LostReports
from scheduler.store.schema import bounces as kept
from scheduler.store.schema import deliveries
from tests.support.campaign import TOKENS
from tests.support.ledger import WEEK_BEFORE, claim, counted, draft, intend, post, put, send, settle
from tests.support.mail_programs import ANOTHERS, HARD, NOT_FAILED, OTHER, OURS, SOFT, Report

pytestmark = pytest.mark.conformance

NOW = WEEK_BEFORE + timedelta(minutes=10)
FOREIGN = "0102019a0000000000000000"  # a Message-ID that a relay put over ours
BAD = next(report for report in HARD if report.program.startswith("Amazon SES"))
BLOCKED = OURS[0]


def sent(database: Database, posts: int = 1) -> list[Claim]:
    put(database, draft(posts=[post(f"p{number}") for number in range(posts)]))
    return send(database, WEEK_BEFORE)


def take(database: Database, raw: bytes, *, days: int = 0, signing: bool = False) -> Handled:
    box = Inbox(tokens=TOKENS, verp=signing)
    return box.handle(database, box.read(raw), NOW + timedelta(days=days))


def about(one: Claim, report: Report = BAD, *, key: str | None = None, **more: str) -> bytes:
    known = {"key": one.message_key if key is None else key, "address": one.address} | more
    return report.message(**known)


def muted(database: Database) -> list[str]:
    with database.read() as connection:
        return [one.recipient for one in bounces.suppressed(connection)]


def shown(database: Database, days: int = 0) -> Status:
    now = NOW + timedelta(days=days)
    with database.read() as connection:
        return status(connection, now, (now, now + timedelta(days=1)))


@pytest.mark.parametrize("report", [HARD[0], HARD[7], HARD[10]], ids=lambda report: report.program)
def test_a_bad_address_mutes_its_post(database: Database, report: Report) -> None:
    (one,) = sent(database)
    assert take(database, about(one, report)).meaning is Meaning.BAD_ADDRESS
    assert muted(database) == [one.recipient]


@pytest.mark.parametrize("report", ANOTHERS, ids=lambda report: report.program)
def test_one_dead_member_mutes_no_office_and_is_named_masked(database: Database, report: Report) -> None:
    (one,) = sent(database)
    found = take(database, about(one, report))
    assert (found.meaning, found.recipient, found.about) == (Meaning.BOUNCED, one.recipient, "c…@otra.example")
    assert muted(database) == []
    with database.read() as connection:
        text = connection.execute(select(kept.c.text)).scalar_one()
    assert text.startswith("c…@otra.example: ")
    assert OTHER not in text


def test_a_bounce_of_the_address_that_was_just_corrected_neither_mutes_nor_scores_the_new_one(
    database: Database,
) -> None:
    (one,) = sent(database)
    corrected = replace(post("p0"), address="nueva@tokio.example")
    put(database, draft(posts=[corrected]), WEEK_BEFORE + timedelta(minutes=5))
    for day in range(6):
        report = replace(BAD, prose=f"{day}")
        assert take(database, about(one, report), days=day).meaning is not Meaning.BAD_ADDRESS
        assert take(database, about(one, report, address="nueva@tokio.example"), days=day).meaning is Meaning.BOUNCED
    assert muted(database) == []


def test_what_scored_before_the_address_was_corrected_counts_no_more(database: Database) -> None:
    (one,) = sent(database)
    for day in range(4):
        take(database, about(one, replace(SOFT[0], prose=f"{day}")), days=day)
    at = NOW + timedelta(days=3, hours=1)
    put(database, draft(posts=[replace(post("p0"), address="nueva@tokio.example")]), at)
    with database.write() as connection:
        connection.execute(update(deliveries).where(deliveries.c.id == one.id).values(accepted_at=at))
    late = about(one, SOFT[0], address="nueva@tokio.example")
    assert take(database, late, days=4).meaning is Meaning.BOUNCED
    assert muted(database) == []


@pytest.mark.parametrize("report", OURS, ids=lambda report: f"{report.program} {report.diagnostic}"[:50])
def test_what_speaks_of_the_installation_scores_no_address(database: Database, report: Report) -> None:
    (one,) = sent(database)
    for day in range(7):
        found = take(database, about(one, replace(report, head=f"X-Day: {day}\n")), days=day)
        assert found.meaning is Meaning.BOUNCED
    assert muted(database) == []
    assert counted(database)[State.BOUNCED] == 1


def test_three_posts_of_it_raise_one_alarm_at_once(database: Database) -> None:
    found = sent(database, posts=5)
    with capture_logs() as logs:
        for number, one in enumerate(found):
            take(database, about(one, BLOCKED))
            stands = shown(database).came_back.blamed
            assert (stands.posts, stands.alarming) == (number + 1, number >= 2)
    assert [line["posts"] for line in logs if line["log_level"] == "error"] == [3]
    now = shown(database)
    assert now.alerts == 1
    screen = "\n".join(status_lines(now, None, pace=None, lang="es"))
    assert "Vuelve correo de 5 puestos por causa de esta instalación" in screen
    assert "blocked using bl.example" in screen
    assert not shown(database, days=3).came_back.blamed.alarming


def test_one_post_that_says_it_three_times_raises_none(database: Database) -> None:
    (one,) = sent(database)
    for day in range(3):
        take(database, about(one, replace(BLOCKED, prose=f"{day}")))
    assert not shown(database).came_back.blamed.alarming


# Whose it is


def test_a_relay_with_its_own_message_id_is_understood_by_the_signed_link_that_it_returns(database: Database) -> None:
    one, other = sent(database, posts=2)
    link = TOKENS.sign(Link.LEAVE, one.bearer)
    assert take(database, about(one, key=FOREIGN, link=link)).meaning is Meaning.BAD_ADDRESS
    assert muted(database) == [one.recipient]
    forged = TOKENS.sign(Link.ANSWER, other.bearer)
    assert take(database, about(other, key=FOREIGN, link=forged)).meaning is Meaning.UNKNOWN


def test_ours_in_the_references_is_proof_too(database: Database) -> None:
    (one,) = sent(database)
    report = replace(BAD, head=f"References: <{one.message_key}@ine.example>\n")
    assert take(database, about(one, report, key=FOREIGN)).meaning is Meaning.BAD_ADDRESS


def test_returned_headers_in_quoted_printable_are_read(database: Database) -> None:
    (one,) = sent(database)
    assert take(database, about(one, replace(BAD, encoding="quoted-printable"))).meaning is Meaning.BAD_ADDRESS


@pytest.mark.parametrize("form", ["prvs=0123456789={local}@{domain}", "SRS0=HHHH=TT={domain}={local}@relay.example"])
def test_our_signed_sender_is_known_within_batv_and_srs(database: Database, form: str) -> None:
    (one,) = sent(database)
    local, _, domain = verp.sender(one.message_key, "ine.example", TOKENS).partition("@")
    to = form.format(local=local, domain=domain)
    assert take(database, about(one, key=FOREIGN, to=to), signing=True).meaning is Meaning.BAD_ADDRESS


def test_by_address_and_time_alone_a_report_counts_for_nobody_and_is_counted(database: Database) -> None:
    one, _ = sent(database, posts=2)
    for day in range(6):
        report = replace(BAD, prose=f"{day}")
        assert take(database, about(one, report, key=FOREIGN), days=day).meaning is Meaning.UNKNOWN
    assert take(database, about(one, key=FOREIGN, address="who@else.example"), days=5).meaning is Meaning.UNKNOWN
    assert muted(database) == []
    assert counted(database)[State.ACCEPTED] == 2
    with database.read() as connection:
        assert blamed.lost(connection, NOW + timedelta(days=5)) == LostReports(count=7, naming=6)
        assert blamed.lost(connection, NOW + timedelta(days=40)) == LostReports(count=0, naming=0)
    now = shown(database, days=5)
    assert now.alerts == 0
    assert any("cannot be told whose (30 days): 7" in line for line in status_lines(now, None, pace=None, lang="en"))


def test_a_message_id_of_the_former_build_proves_nothing_by_itself(database: Database) -> None:
    """Whoever knows the public calendar can reckon it: the report has to name the address, or return the link."""
    (one,) = sent(database)
    named = "\x1f".join(("reminder", one.subject, str(one.schedule), one.rule, one.recipient))
    public = hashlib.blake2b(named.encode(), digest_size=16).hexdigest()
    with database.write() as connection:
        connection.execute(update(deliveries).where(deliveries.c.id == one.id).values(message_key=public))
    forged = about(one, replace(BAD, final="who@else.example"), key=public)
    assert take(database, forged).meaning is Meaning.UNKNOWN
    target = next(report for report in ANOTHERS if report.program.startswith("opensmtpd"))
    assert take(database, about(one, target, key=public)).meaning is Meaning.UNKNOWN
    link = TOKENS.sign(Link.LEAVE, one.bearer)
    assert take(database, about(one, target, key=public, link=link)).meaning is Meaning.BOUNCED
    assert take(database, about(one, key=public)).meaning is Meaning.BAD_ADDRESS


@pytest.mark.parametrize("word", NOT_FAILED)
def test_what_was_not_given_up_changes_nothing(database: Database, word: str) -> None:
    (one,) = sent(database)
    before = counted(database)
    for report in NOT_FAILED[word]:
        assert take(database, about(one, report)).meaning.value == word
    assert counted(database) == before


def test_what_opensmtpd_calls_delayed_and_has_given_up_is_a_bounce(database: Database) -> None:
    put(database, draft(posts=[post("p0")]))
    (one,) = claim(database, WEEK_BEFORE)
    intend(database, [one], WEEK_BEFORE)
    settle(database, one, Decision(state=State.ACCEPTED), WEEK_BEFORE)
    expired = next(report for report in SOFT if report.action == "delayed")
    assert take(database, about(one, expired)).meaning is Meaning.BOUNCED
    assert counted(database)[State.BOUNCED] == 1
