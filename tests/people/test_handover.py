"""Posts, not persons: a post goes to a successor with all that it is owed, and its former holder's means end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select, update

from calendars.model.agenda import Draft
from calendars.model.people import Recipient, Signups
from scheduler.people.handover import HandoverWish, NoHandover, hand_over
from scheduler.planning.delivery import Decision, Purpose, State
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import NothingToPublish, Published, publish_draft
from scheduler.store.database import Database
from scheduler.store.ledger import wishes
from scheduler.store.people import bounces, handovers, signups
from scheduler.store.people.bounces import CameBack
from scheduler.store.posts import feed_tokens, hearers, roster
from scheduler.store.schema import answers, deliveries, metadata, recipients
from tests.support.campaign import Campaign, mails
from tests.support.changes import unwrapped
from tests.support.factories import agenda, event, timed
from tests.support.ledger import DAY_BEFORE, PUBLISHED, WEEK_BEFORE, claim, draft, intend, post, put, settle, states
from tests.support.people import TOKENS, erase, joined, purge
from tests.support.smtpd import Reply, scripted

NEW = "nueva@tokio.example"
LATER = PUBLISHED + timedelta(hours=1)
OPEN = agenda(signups=Signups(domains=("sre.example", "*.gob.example")))
WEEK, DAY, HOUR = "P7D a las 09:00", "P1D a las 09:00", "PT1H"


@pytest.fixture
def published(database: Database) -> Database:
    put(database, draft(OPEN))
    return database


def over(database: Database, to: str = NEW, at: datetime = LATER, recipient: str = "uno", **changes: Any) -> None:
    wanted = HandoverWish(recipient=recipient, address=to, **changes)
    hand_over(database, wanted, at=at, author="M. R.", reason="relevo", tokens=TOKENS)


def found(database: Database, key: str = "uno") -> roster.Post:
    with database.read() as connection:
        one = roster.find(connection, key)
    assert one is not None
    return one


def recorded(database: Database) -> list[handovers.Handover]:
    with database.read() as connection:
        return handovers.listed(connection)


def again(
    database: Database, *posts: Recipient, at: datetime = LATER + timedelta(hours=1), hour: str = "19"
) -> Published:
    content = Draft(
        agenda=agenda(signups=OPEN.signups, events=(event(when=timed(f"2021-10-21 {hour}:00")),)),
        recipients=posts,
        links={},
    )
    return publish_draft(
        database, content, Act(at=at, author="M. R.", reason="prueba", silent=True), confirmed=True, tokens=TOKENS
    )


async def sent(database: Database, start: datetime, until: datetime) -> list[EmailMessage]:
    async with scripted() as fake:
        await Campaign(database, fake).run(start, until)
        return mails(fake)


def to(mail: EmailMessage) -> str:
    return str(mail["To"].addresses[0].addr_spec)


async def test_what_is_still_to_come_goes_to_the_successor_and_three_are_told(published: Database) -> None:
    over(published)
    told = {to(mail): mail for mail in await sent(published, LATER, LATER + timedelta(hours=1))}
    assert set(told) == {NEW, "uno@tokio.example", "agenda@ine.example"}
    assert str(told[NEW]["Subject"]) == "Usted recibe ahora los recordatorios de su sede"
    assert "Sección Consular, Embajada de México en Japón" in unwrapped(told[NEW])
    assert "https://agenda.example/sites/tokio" in unwrapped(told[NEW])
    assert "llegan desde ahora a otra persona" in unwrapped(told["uno@tokio.example"])
    assert "uno, Embajada de México en Japón" in unwrapped(told["agenda@ine.example"])
    every = "\n".join(map(unwrapped, told.values()))
    assert [address for address in told if address in every] == []
    reminders = await sent(published, LATER + timedelta(hours=1), datetime(2021, 10, 23, tzinfo=PUBLISHED.tzinfo))
    assert [to(mail) for mail in reminders] == [NEW] * 3


async def test_the_id_is_the_post_so_what_was_told_and_answered_stays(published: Database) -> None:
    await sent(published, PUBLISHED, WEEK_BEFORE)
    with published.write() as connection:
        connection.execute(
            answers.insert().values(
                recipient="uno", subject="u", event="e", answer="yes", instead=None, via="link", at=WEEK_BEFORE
            )
        )
    over(published, at=WEEK_BEFORE + timedelta(minutes=1))
    assert states(published)[0, WEEK, "uno"] == State.ACCEPTED
    with published.read() as connection:
        assert connection.execute(select(answers.c.recipient)).scalars().all() == ["uno"]
    found_later = await sent(published, WEEK_BEFORE + timedelta(minutes=1), DAY_BEFORE)
    [reminder] = [mail for mail in found_later if to(mail) == NEW and "Taller" in str(mail["Subject"])]
    assert list(reminder.iter_attachments()) == []


def test_the_former_holders_wishes_calendars_and_bad_address_end(published: Database) -> None:
    with published.write() as connection:
        signups.decline(connection, "uno", [WEEK])
        roster.speak(connection, "uno", "en")
        wishes.leave(connection, "uno", LATER)
        connection.execute(update(recipients).values(suppressed_at=LATER, suppressed_why="550", channel="invitations"))
        feed_tokens.issue(connection, "tokio", PUBLISHED, label="Teléfono de Ana", recipient="uno")
    over(published)
    now = found(published)
    assert (now.left, now.suppressed, now.declined, now.recipient.language) == (False, False, frozenset(), "es")
    assert set(states(published).values()) == {State.PLANNED}
    with published.read() as connection:
        (token,) = feed_tokens.of_recipient(connection, "uno")
        of_posts = (deliveries.c.event == "") & (deliveries.c.purpose != Purpose.LEFT)  # that one is the coordinator's
        owed = connection.execute(select(deliveries.c.purpose).where(of_posts)).scalars().all()
    assert (token.revoked_at, token.label) == (LATER, "")
    assert set(owed) == {Purpose.WELCOME, Purpose.HANDOVER}, "a bad address is not written to"


def test_the_successor_is_written_to_in_the_language_that_was_named(published: Database) -> None:
    over(published, language="en")
    assert found(published).recipient.language == "en"
    over(published, "otra@tokio.example", at=LATER + timedelta(minutes=1))
    assert found(published).recipient.language == "es"


def test_a_link_of_a_former_holder_opens_nothing_and_the_successors_does(published: Database) -> None:
    before = found(published).bearer
    over(published)
    after = found(published).bearer
    with published.read() as connection:
        assert (before, roster.borne(connection, before)) == ("uno", None)
        assert roster.borne(connection, after) == "uno"
    over(published, "uno@tokio.example", at=LATER + timedelta(minutes=1))
    with published.read() as connection:
        assert [roster.borne(connection, one) for one in (before, after)] == [None, None]


def test_what_the_former_holder_asked_for_does_not_reach_the_successor(published: Database) -> None:
    with published.write() as connection:
        signups.request(connection, Purpose.ACCESS, "uno", LATER)
    over(published)
    assert Purpose.ACCESS not in [one.purpose for one in claim(published, LATER)]


def test_a_claim_is_void_and_goes_to_the_successor(published: Database) -> None:
    (one,) = claim(published, WEEK_BEFORE)
    over(published, at=WEEK_BEFORE)
    assert intend(published, [one], WEEK_BEFORE) == set()
    again_claimed = [other for other in claim(published, WEEK_BEFORE, "other") if other.purpose is Purpose.REMINDER]
    assert [(other.id, other.address) for other in again_claimed] == [(one.id, NEW)]


def test_what_is_on_its_way_to_the_former_holder_is_tried_no_more_and_mutes_nobody(published: Database) -> None:
    (one,) = claim(published, WEEK_BEFORE)
    intend(published, [one], WEEK_BEFORE)
    over(published, at=WEEK_BEFORE + timedelta(seconds=1))
    settle(published, one, Decision(state=State.REJECTED, refused=True, suppress=True), WEEK_BEFORE)
    assert not found(published).suppressed
    assert states(published)[0, DAY, "uno"] == State.PLANNED


def test_a_bounce_of_what_the_former_holder_was_sent_says_nothing_of_the_successor(published: Database) -> None:
    (one,) = claim(published, WEEK_BEFORE)
    intend(published, [one], WEEK_BEFORE)
    settle(published, one, Decision(state=State.ACCEPTED), WEEK_BEFORE)
    over(published, at=WEEK_BEFORE + timedelta(hours=1))
    later = WEEK_BEFORE + timedelta(hours=2)
    with published.write() as connection:
        known = bounces.sent(connection, one.message_key, later)
        assert known is not None
        report = CameBack(digest="d", kind="hard", status="5.1.1", text="no such user")
        assert bounces.record(connection, known, report, now=later, blames=True, proven=True) == "forgiven"
    assert not found(published).suppressed
    assert states(published)[0, WEEK, "uno"] == State.BOUNCED


async def test_a_notice_that_waits_goes_to_the_successor(published: Database) -> None:
    monday = datetime(2021, 10, 18, 1, tzinfo=PUBLISHED.tzinfo)
    await sent(published, PUBLISHED, monday - timedelta(seconds=1))
    later = replace(OPEN, events=(event(when=timed("2021-10-21 20:00")),))
    moved = Draft(agenda=later, recipients=(post(),), links={})
    put(published, moved, monday, silent=False)
    over(published, at=monday + timedelta(minutes=1))
    heard = [mail for mail in await sent(published, monday, monday + timedelta(hours=1)) if to(mail) == NEW]
    assert sorted(str(mail["Subject"]).partition(":")[0] for mail in heard) == [
        "CAMBIO",
        "Usted recibe ahora los recordatorios de su sede",
    ]


# The administrator's file


def test_the_next_publication_keeps_the_successor_and_says_so_until_the_file_is_corrected(published: Database) -> None:
    over(published)
    with pytest.raises(NothingToPublish):
        again(published, post(), hour="18")
    assert again(published, post()).prospect.uncorrected == ("uno",)
    assert found(published).recipient.address == NEW
    assert recorded(published)[0].corrected_at is None
    done = again(published, post(address=NEW), at=LATER + timedelta(hours=2))
    assert done.prospect.uncorrected == ()
    assert recorded(published)[0].corrected_at == LATER + timedelta(hours=2)


def test_after_that_the_files_word_counts_again_also_for_the_former_address(published: Database) -> None:
    over(published)
    again(published, post(address=NEW))
    again(published, post(), at=LATER + timedelta(hours=2), hour="20")
    assert found(published).recipient.address == "uno@tokio.example"


def test_another_address_in_the_file_is_a_correction(published: Database) -> None:
    over(published)
    again(published, post(address="tercera@tokio.example"))
    assert found(published).recipient.address == "tercera@tokio.example"
    assert recorded(published)[0].corrected_at is not None


def test_a_post_that_is_handed_on_and_back_is_the_files_again(published: Database) -> None:
    over(published)
    over(published, "otra@tokio.example", at=LATER + timedelta(minutes=1))
    assert again(published, post()).prospect.uncorrected == ("uno",)
    over(published, "uno@tokio.example", at=LATER + timedelta(hours=2))
    assert again(published, post(), at=LATER + timedelta(hours=3), hour="20").prospect.uncorrected == ()
    assert [(one.former, one.successor) for one in recorded(published)] == [
        ("uno@tokio.example", NEW),
        (NEW, "otra@tokio.example"),
        ("otra@tokio.example", "uno@tokio.example"),
    ]


def test_the_files_posts_for_a_rollback_have_the_successor(published: Database) -> None:
    over(published)
    with published.read() as connection:
        assert [one.address for one in hearers.filed(connection)] == [NEW]


# Who may have it


@pytest.mark.parametrize("address", [NEW, "x@sre.example", "x@sede.gob.example"])
def test_a_successor_is_at_the_former_addresss_domain_or_at_one_of_altas(published: Database, address: str) -> None:
    over(published, address)
    assert found(published).recipient.address == address


@pytest.mark.parametrize(
    ("recipient", "address", "why"),
    [
        ("un", NEW, "¿Quiso decir uno?"),
        ("uos", NEW, "¿Quiso decir uno o dos?"),
        ("nadie", NEW, "no hay puesto «nadie»"),
        ("uno", "x@otro.example", "Se permiten: tokio.example, sre.example y *.gob.example"),
        ("uno", "UNO@tokio.example", "ya tiene esa dirección"),
        ("uno", "dos@tokio.example", "otro puesto de la misma sede: dos"),
        ("uno", "no es una dirección", "no es una dirección de correo"),
        ("uno", "borrada@tokio.example", "pidió que se borrara"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(database: Database, recipient: str, address: str, why: str) -> None:
    put(database, draft(OPEN, (post(), post("dos"), post("tres", address="borrada@tokio.example"))))
    erase(database, "tres", "borrada@tokio.example")
    with pytest.raises(NoHandover) as refused:
        over(database, address, recipient=recipient)
    assert why in refused.value.why["es"]
    assert recorded(database) == []


def test_a_successor_who_had_signed_up_gets_each_mail_once(published: Database) -> None:
    own = joined(published)
    over(published, "ana@tokio.example")
    with published.read() as connection:
        assert [one.recipient.id for one in roster.members(connection)] == ["uno"]
        assert roster.find(connection, own) is None


def test_a_post_that_signed_up_by_itself_may_be_handed_over_and_needs_no_correction(published: Database) -> None:
    own = joined(published)
    over(published, NEW, recipient=own)
    assert found(published, own).recipient.address == NEW
    assert recorded(published)[0].corrected_at == LATER


# Privacy


def addresses(database: Database) -> str:
    with database.read() as connection:
        return repr([row for table in metadata.sorted_tables for row in connection.execute(select(table))])


def test_the_former_address_goes_with_the_retention_but_not_before_the_file_is_corrected(published: Database) -> None:
    over(published)
    late = LATER + timedelta(days=40)
    purge(published, late, 30)
    assert "uno@tokio.example" in addresses(published)
    again(published, post(address=NEW))
    purge(published, late, 30)
    assert "uno@tokio.example" not in addresses(published)
    assert (recorded(published)[0].former, recorded(published)[0].reason) == ("", "")


def test_a_former_address_that_is_erased_is_not_brought_back_and_the_successor_stays(published: Database) -> None:
    over(published)
    former = next(row for row in handover_rows(published) if row != "uno")
    erase(published, former, "uno@tokio.example")
    done = again(published, post())
    assert (done.prospect.uncorrected, done.kept_away) == (("uno",), ())
    assert found(published).recipient.address == NEW
    assert "uno@tokio.example" not in addresses(published)


def handover_rows(database: Database) -> Sequence[str]:
    with database.read() as connection:
        return connection.execute(select(recipients.c.id).where(recipients.c.origin == "former")).scalars().all()


def test_what_a_holder_takes_along_says_when_it_was_handed_over_and_not_by_whom(published: Database) -> None:
    over(published)
    with published.read() as connection:
        document = signups.exported(connection, "uno", TOKENS.people)
    assert LATER.isoformat() in document
    assert "relevo" not in document
    assert "uno@tokio.example" not in document


def test_a_former_holder_is_in_no_list(published: Database) -> None:
    over(published)
    with published.read() as connection:
        assert [one.recipient.id for one in roster.members(connection)] == ["uno"]
        assert roster.posts_of_the_file(connection) == ["uno"]
        assert roster.at_address(connection, "uno@tokio.example") == []
        assert roster.uncovered_sites(connection) == []
        assert bounces.suppressed(connection) == []


async def test_a_farewell_that_bounces_alarms_nobody(published: Database) -> None:
    over(published)
    with published.write() as connection:
        waits = (Purpose.WELCOME, Purpose.HANDOVER)
        connection.execute(update(deliveries).where(deliveries.c.purpose.in_(waits)).values(next_at=WEEK_BEFORE))
    async with scripted(RCPT=[Reply(b"550 5.1.1 no such user\r\n")]) as fake:
        await Campaign(published, fake).run(LATER, LATER + timedelta(minutes=1))
    with published.read() as connection:
        found_now = connection.execute(select(deliveries.c.purpose, deliveries.c.state).where(deliveries.c.event == ""))
        assert {row.purpose: row.state for row in found_now}[Purpose.FAREWELL] == State.REJECTED
        assert connection.execute(select(deliveries.c.id).where(deliveries.c.purpose == Purpose.ALARM)).first() is None
    assert not found(published).suppressed
