"""Invitations through the one send loop: each event once in each calendar, at the hour that holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from calendars.feeds import feeds
from calendars.model.agenda import Draft
from calendars.model.events import Audience, EventStatus
from scheduler.mail import verp
from scheduler.planning.channels import Carried, Channel, Known, carried, subscribes
from scheduler.planning.delivery import Purpose, State
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.ledger import invited, inviting
from scheduler.store.ledger.reconcile import replan
from scheduler.store.people import signups
from scheduler.store.schema import deliveries, recipients
from tests.support import icaljs, libical
from tests.support.campaign import BASE, TOKENS, Campaign, mails
from tests.support.changes import LINK, MONDAY, MOVED, SETTLED, with_event, words
from tests.support.factories import agenda, event, site, text, timed
from tests.support.guests import both
from tests.support.guests import choose as go_elsewhere
from tests.support.inviting import FEED, INVITATIONS, NONE, calendar_of, choose, run
from tests.support.ledger import DAY_BEFORE, PUBLISHED, START, WEEK_BEFORE, claim, draft, intend, post, put
from tests.support.smtpd import Drop, Reply, scripted

BUSY = Reply(b"451 4.3.0 busy\r\n")
GONE = with_event(event(status=EventStatus.CANCELLED, reason=text("se une a otro")))
SEOUL = site("seul", name="Embajada de México en Corea", city="Seúl", country_code="KR", zone="Asia/Seoul")


@dataclass(frozen=True, kw_only=True, slots=True)
class Got:
    """One mail, as its reader's calendar takes it."""

    at: datetime
    subject: str
    method: str  # of its calendar part; "" where it has none
    sequence: int | None = None
    start: datetime | None = None
    stamp: str | None = None


def got(mail: EmailMessage) -> Got:
    body, at, subject = calendar_of(mail), mail["Date"].datetime.astimezone(UTC), str(mail["Subject"])
    if body is None:
        return Got(at=at, subject=subject, method="")
    (entry,) = libical.read(body)
    lines = body.decode().replace("\r\n ", "").split("\r\n")
    named = dict(line.split(":", 1) for line in lines if line.startswith(("METHOD:", "DTSTAMP:")))
    start = entry.start if isinstance(entry.start, datetime) else None
    return Got(
        at=at, subject=subject, method=named["METHOD"], sequence=entry.sequence, start=start, stamp=named["DTSTAMP"]
    )


def prefer(database: Database, channel: Channel) -> None:
    """As from before: nothing is owed for it now."""
    with database.write() as connection:
        invited.choose(connection, "uno", channel)


async def got_of(database: Database, start: datetime, until: datetime, **how: object) -> list[Got]:
    return [got(mail) for mail in await run(database, start, until, **how)]  # type: ignore[arg-type]  # because each test names what it changes


def methods(found: Sequence[Got]) -> list[str]:
    return [one.method for one in found]


def owed(database: Database) -> list[str]:
    """The states of the invitations that are sent for their own sake."""
    d = deliveries.c
    with database.read() as connection:
        chosen = select(d.state).where(d.purpose == Purpose.INVITATION).order_by(d.id)
        return list(connection.execute(chosen).scalars())


async def test_the_first_mail_about_an_event_invites_and_the_later_ones_do_not(database: Database) -> None:
    put(database, draft(link=LINK))
    prefer(database, INVITATIONS)
    found = await run(database, PUBLISHED, START)
    assert [got(mail).method for mail in found] == ["REQUEST", "", ""]
    said = str(found[0].get_body(("plain",)))
    assert f"{BASE}/feeds" not in said
    first = got(found[0])
    assert (first.sequence, first.start, first.stamp) == (0, START, f"{WEEK_BEFORE:%Y%m%dT%H%M%SZ}")


async def test_it_is_the_same_event_as_the_feeds(database: Database) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    [mail, *_] = await run(database, PUBLISHED, WEEK_BEFORE)
    body = calendar_of(mail)
    assert body is not None
    with database.read() as connection:
        now = editions.load(connection)
    assert now is not None
    public = next(feed.body for feed in feeds(now.edition) if feed.path == "sites/tokio.ics")
    [[ours], [theirs]] = icaljs.read([body, public])
    assert (ours.uid, ours.sequence, ours.start, ours.end) == (theirs.uid, theirs.sequence, theirs.start, theirs.end)
    assert [party.address for party in ours.attendees] == ["mailto:uno@tokio.example"]


async def test_without_anybody_to_read_answers_no_invitation_leaves_and_the_feed_stands_in(database: Database) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    found = await run(database, PUBLISHED, START, answered=False)
    assert [got(mail).method for mail in found] == ["PUBLISH", "", ""]
    assert f"{BASE}/feeds/sites/tokio.ics" in str(found[1].get_body(("plain",)))


async def test_who_wants_nothing_for_the_calendar_gets_neither_event_nor_address(database: Database) -> None:
    put(database, draft())
    prefer(database, NONE)
    found = await run(database, PUBLISHED, START)
    assert [got(mail).method for mail in found] == ["", "", ""]
    assert all("/feeds/" not in str(mail) for mail in found)


async def test_a_move_brings_the_same_event_with_the_next_sequence(database: Database) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    [first] = await got_of(database, PUBLISHED, MONDAY - timedelta(seconds=1))
    put(database, MOVED, MONDAY, confirmed=True, silent=False)
    [news] = await got_of(database, MONDAY, SETTLED)
    assert news.subject.startswith("CAMBIO")
    assert (news.method, news.sequence, news.start) == ("REQUEST", 1, START + timedelta(hours=2))
    assert methods(await got_of(database, SETTLED, START + timedelta(hours=2))) == ["", ""]
    assert first.stamp is not None
    assert news.stamp is not None
    assert news.stamp > first.stamp


async def test_a_silent_move_is_carried_by_the_next_reminder(database: Database) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    await got_of(database, PUBLISHED, WEEK_BEFORE)
    put(database, MOVED, MONDAY, confirmed=True, silent=True)
    found = await got_of(database, MONDAY, START + timedelta(hours=2))
    assert [(one.method, one.sequence) for one in found] == [("REQUEST", 1), ("", None)]


async def test_a_move_and_its_correction_bring_the_sequence_with_the_next_reminder(database: Database) -> None:
    put(database, draft(link=LINK))
    prefer(database, INVITATIONS)
    await got_of(database, PUBLISHED, WEEK_BEFORE)
    put(database, MOVED, MONDAY, confirmed=True, silent=False)
    put(database, with_event(event()), MONDAY + timedelta(minutes=5), confirmed=True, silent=False)
    assert await got_of(database, MONDAY, DAY_BEFORE - timedelta(seconds=1)) == []
    [one] = await got_of(database, DAY_BEFORE, DAY_BEFORE)
    assert (one.method, one.sequence, one.start) == ("REQUEST", 2, START)


@pytest.mark.parametrize(
    "changed",
    [
        with_event(event(description=text("Se tratará otra cosa."))),
        with_event(event(), link="https://salas.example/2"),
    ],
    ids=["words", "link"],
)
async def test_new_words_and_a_new_link_reach_the_entry_under_the_same_sequence(
    database: Database, changed: Draft
) -> None:
    put(database, draft(link=LINK))
    prefer(database, INVITATIONS)
    [first] = await got_of(database, PUBLISHED, WEEK_BEFORE)
    put(database, changed, MONDAY, confirmed=True)
    [one] = await got_of(database, DAY_BEFORE, DAY_BEFORE)
    assert (one.method, one.sequence) == ("REQUEST", 0)
    assert str(one.stamp) > str(first.stamp)


async def test_what_is_new_only_for_other_sites_brings_no_invitation_again(database: Database) -> None:
    """The event was revised, since its calendar for all lists one site more; Tokyo's entry says what it said."""
    put(database, draft(agenda(representations=(site(),))))
    prefer(database, INVITATIONS)
    [first] = await got_of(database, PUBLISHED, WEEK_BEFORE)
    put(database, draft(agenda(representations=(site(), SEOUL))), MONDAY, confirmed=True)
    with database.read() as connection:
        found = [edition.revisions[event().id] for edition in editions.history(connection)]
    assert [one.sequence for one in found] == [0, 0]
    assert found[0].last_modified < found[1].last_modified
    assert first.method == "REQUEST"
    assert methods(await got_of(database, MONDAY, START)) == ["", ""]


async def test_a_cancellation_takes_back_what_was_sent_and_only_that(database: Database) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    await got_of(database, PUBLISHED, WEEK_BEFORE)
    put(database, GONE, MONDAY, confirmed=True, silent=False)
    [news] = await got_of(database, MONDAY, START)
    assert (news.method, news.sequence) == ("CANCEL", 1)


async def test_where_no_invitation_went_none_is_taken_back(database: Database) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    put(database, GONE, PUBLISHED + timedelta(hours=20), confirmed=True, silent=False)
    assert methods(await got_of(database, PUBLISHED + timedelta(hours=20), START)) == [""]


async def test_an_invitation_that_was_refused_went_nowhere(database: Database) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    await run(database, PUBLISHED, WEEK_BEFORE, BODY=[BUSY])
    put(database, GONE, WEEK_BEFORE + timedelta(seconds=30), confirmed=True, silent=False)
    assert methods(await got_of(database, WEEK_BEFORE + timedelta(seconds=30), START)) == [""]


async def test_an_invitation_whose_fate_is_unknown_is_taken_back(database: Database) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    await run(database, PUBLISHED, WEEK_BEFORE, BODY=[Drop()])
    put(database, GONE, WEEK_BEFORE + timedelta(minutes=1), confirmed=True, silent=False)
    assert methods(await got_of(database, WEEK_BEFORE + timedelta(minutes=1), START)) == ["CANCEL"]


async def test_an_uncertain_message_is_repeated_with_its_invitation_under_the_same_message_id(
    database: Database,
) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    async with scripted(BODY=[Drop()]) as fake:
        await Campaign(database, fake, invitations=True).run(PUBLISHED, WEEK_BEFORE + timedelta(hours=1))
        lost, again = mails(fake)
    assert lost["Message-ID"] == again["Message-ID"]
    assert calendar_of(lost) == calendar_of(again)
    assert methods(await got_of(database, WEEK_BEFORE + timedelta(hours=1), START)) == ["", ""]


async def test_a_site_that_loses_the_event_gives_the_invitation_back_and_one_that_gains_it_gets_one(
    database: Database,
) -> None:
    only = {name: event(audience=Audience(kind="sites", ids=(name,))) for name in ("tokio", "seul")}
    both = agenda(representations=(site(), SEOUL), events=(only["tokio"],))
    posts = (post(), post("dos", site="seul"))
    put(database, draft(both, posts))
    for recipient in ("uno", "dos"):
        choose(database, INVITATIONS, PUBLISHED, recipient)
    await got_of(database, PUBLISHED, WEEK_BEFORE)
    put(database, draft(replace(both, events=(only["seul"],)), posts), MONDAY, confirmed=True, silent=False)
    found = await run(database, MONDAY, SETTLED + timedelta(hours=1))
    assert {str(mail["To"]): got(mail).method for mail in found} == {
        "uno@tokio.example": "CANCEL",
        "dos@tokio.example": "REQUEST",
    }


async def test_what_two_offices_at_one_address_share_is_taken_back_once_neither_has_it(database: Database) -> None:
    """One calendar, and in it one entry of the event, whichever office it was for."""
    only = {name: event(audience=Audience(kind="sites", ids=tuple(name))) for name in (("tokio", "seul"), ("seul",))}
    everywhere = agenda(representations=(site(), SEOUL), events=(only["tokio", "seul"],))
    posts = (post(), replace(post("dos", site="seul"), address="UNO@tokio.example"))
    put(database, draft(everywhere, posts))
    for recipient in ("uno", "dos"):
        choose(database, INVITATIONS, PUBLISHED, recipient)
    assert methods(await got_of(database, PUBLISHED, WEEK_BEFORE)).count("REQUEST") == 2
    put(database, draft(replace(everywhere, events=(only["seul",],)), posts), MONDAY, confirmed=True, silent=False)
    assert methods(await got_of(database, MONDAY, SETTLED + timedelta(hours=1))) == [""]
    gone = replace(only["seul",], status=EventStatus.CANCELLED, reason=text("se une a otro"))
    later = MONDAY + timedelta(hours=4)
    put(database, draft(replace(everywhere, events=(gone,)), posts), later, confirmed=True, silent=False)
    assert "CANCEL" in methods(await got_of(database, later, START))


async def test_choosing_invitations_brings_each_event_ahead_in_working_hours(database: Database) -> None:
    put(database, draft(link=LINK))
    night = WEEK_BEFORE + timedelta(hours=15)  # midnight from Friday to Saturday in Tokyo
    await got_of(database, PUBLISHED, night)
    choose(database, INVITATIONS, night)
    [mail] = await run(database, night, DAY_BEFORE - timedelta(seconds=1))
    one = got(mail)
    assert (one.method, one.at) == ("REQUEST", datetime(2021, 10, 18, 0, tzinfo=UTC))
    assert one.subject.startswith("Invitación: Vie 22 oct, 08:00 h (Tokio): Taller VMRE")
    said = mail.get_body(("plain",))
    assert said is not None
    assert LINK in said.get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert methods(await got_of(database, DAY_BEFORE, START)) == ["", ""]


async def test_within_a_day_of_the_start_an_invitation_does_not_wait_for_the_morning(database: Database) -> None:
    put(database, draft())
    night = START - timedelta(hours=9)  # 23:00 in Tokyo
    await got_of(database, PUBLISHED, night)
    choose(database, INVITATIONS, night)
    [one, last] = await got_of(database, night, START)
    assert (one.method, one.at, last.method) == ("REQUEST", night, "")


async def test_an_invitation_is_not_sent_beside_a_reminder_that_carries_it(database: Database) -> None:
    put(database, draft())
    night = START - timedelta(hours=9)
    choose(database, INVITATIONS, night)
    assert methods(await got_of(database, night, START)) == ["REQUEST", ""]
    assert owed(database) == [State.CANCELLED]


@pytest.mark.parametrize("channel", [FEED, NONE])
async def test_giving_invitations_up_takes_back_what_was_sent_and_says_that_the_event_stands(
    database: Database, channel: Channel
) -> None:
    put(database, draft())
    choose(database, INVITATIONS)
    await got_of(database, PUBLISHED, WEEK_BEFORE)
    choose(database, channel, MONDAY)
    [mail] = await run(database, MONDAY, MONDAY)
    assert got(mail).method == "CANCEL"
    assert "sigue en pie" in str(mail["Subject"])
    assert "CANCELADO" not in str(calendar_of(mail))
    assert "CANCEL" not in methods(await got_of(database, MONDAY, START))


async def test_a_choice_that_is_taken_back_before_anything_left_sends_nothing(database: Database) -> None:
    put(database, draft())
    night = WEEK_BEFORE + timedelta(hours=15)
    await got_of(database, PUBLISHED, night)
    for channel in (INVITATIONS, FEED, INVITATIONS, FEED):
        choose(database, channel, night)
    assert await got_of(database, night, DAY_BEFORE - timedelta(seconds=1)) == []
    assert owed(database) == [State.SUPERSEDED, State.SUPERSEDED]


async def test_there_and_back_again_leaves_the_event_in_the_calendar_once(database: Database) -> None:
    put(database, draft())
    choose(database, INVITATIONS)
    [first, _] = await got_of(database, PUBLISHED, WEEK_BEFORE)
    choose(database, FEED, MONDAY)
    [taken] = await got_of(database, MONDAY, MONDAY)
    choose(database, INVITATIONS, MONDAY + timedelta(hours=1))
    [again] = await got_of(database, MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=1))
    assert methods([first, taken, again]) == ["REQUEST", "CANCEL", "REQUEST"]
    stamps = [str(one.stamp) for one in (first, taken, again)]
    assert stamps == sorted(set(stamps))


async def test_an_invitation_waits_for_the_notice_of_a_move_and_is_not_sent_beside_it(database: Database) -> None:
    put(database, draft())
    prefer(database, FEED)
    await got_of(database, PUBLISHED, MONDAY)
    put(database, MOVED, MONDAY, confirmed=True, silent=False)
    choose(database, INVITATIONS, MONDAY)
    [news] = await got_of(database, MONDAY, DAY_BEFORE - timedelta(seconds=1))
    assert (news.method, news.subject[:6]) == ("REQUEST", "CAMBIO")
    assert owed(database) == [State.CANCELLED]


async def test_a_reminder_that_was_claimed_before_the_choice_does_not_leave_under_the_old_one(
    database: Database,
) -> None:
    """Else an invitation would follow the calendar's address, or the other way round, and nobody would take it back."""
    put(database, draft())
    prefer(database, INVITATIONS)

    def chosen() -> None:
        with database.write() as connection:
            connection.execute(
                deliveries.update()
                .where(deliveries.c.rule == "P7D a las 09:00")
                .values(state=State.CLAIMED, owner="another", fence=1)
            )
        choose(database, FEED, WEEK_BEFORE)

    chosen()
    found = await got_of(database, WEEK_BEFORE, WEEK_BEFORE)
    assert methods(found) == ["PUBLISH"]


async def test_an_uncertain_invitation_of_a_post_that_gave_them_up_is_taken_back_in_the_end(database: Database) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    await run(database, PUBLISHED, WEEK_BEFORE, BODY=[Drop()])
    choose(database, FEED, WEEK_BEFORE + timedelta(minutes=1))
    found = await got_of(database, WEEK_BEFORE + timedelta(minutes=1), DAY_BEFORE - timedelta(seconds=1))
    assert methods(found) == ["CANCEL", "PUBLISH"]


def test_an_invitation_that_was_claimed_before_its_event_moved_does_not_say_the_hour_before(database: Database) -> None:
    put(database, draft())
    choose(database, INVITATIONS, MONDAY)
    claims = [one for one in claim(database, MONDAY) if one.purpose is Purpose.INVITATION]
    assert len(claims) == 1
    put(database, MOVED, MONDAY, confirmed=True)
    assert intend(database, claims, MONDAY) == set()


async def test_a_guest_is_invited_to_the_session_that_it_chose_in_words_that_say_so(database: Database) -> None:
    put(database, both())
    prefer(database, INVITATIONS)
    go_elsewhere(database, at=MONDAY)
    found = await run(database, MONDAY, MONDAY + timedelta(hours=1))
    [mail] = [mail for mail in found if "26 oct" in str(mail["Subject"])]
    assert got(mail).method == "REQUEST"
    assert str(mail["Subject"]).startswith("Invitación: Mar 26 oct, 09:00 h (Tokio)")
    assert "Es la sesión de otra región que usted eligió." in words(mail)
    assert "¿Asistirá?" not in words(mail)
    go_elsewhere(database, None, MONDAY + timedelta(hours=2))
    [back] = await run(database, MONDAY + timedelta(hours=2), MONDAY + timedelta(hours=3))
    assert got(back).method == "CANCEL"
    assert str(back["Subject"]).startswith("Se retira la invitación: ")


async def test_a_post_that_moves_gives_its_invitations_back_and_gets_those_of_its_new_office(
    database: Database,
) -> None:
    mine = event(audience=Audience(kind="sites", ids=("tokio",)))
    theirs = event("otro", when=timed("2021-10-25 18:00"), audience=Audience(kind="sites", ids=("seul",)))
    put(database, draft(agenda(representations=(site(), SEOUL), events=(mine, theirs))))
    choose(database, INVITATIONS)
    await got_of(database, PUBLISHED, WEEK_BEFORE)
    with database.write() as connection:
        now = editions.load(connection)
        assert now is not None
        signups.move(connection, "uno", "seul", MONDAY)
        replan(connection, now.edition, "uno", MONDAY)
        assert inviting.revisit(connection, now, "uno", MONDAY) == 2
    found = await run(database, MONDAY, MONDAY + timedelta(minutes=1))
    assert sorted(got(mail).method for mail in found) == ["CANCEL", "REQUEST"]
    (back,) = [mail for mail in found if got(mail).method == "CANCEL"]
    assert "sigue en pie" not in str(back["Subject"])


async def test_a_post_that_the_file_moves_is_told_so_too(database: Database) -> None:
    mine = event(audience=Audience(kind="sites", ids=("tokio",)))
    content = agenda(representations=(site(), SEOUL), events=(mine,))
    put(database, draft(content))
    choose(database, INVITATIONS)
    await got_of(database, PUBLISHED, WEEK_BEFORE)
    put(database, draft(content, (post(site="seul"),)), MONDAY, confirmed=True, silent=False)
    assert methods(await got_of(database, MONDAY, START)) == ["CANCEL"]


async def test_an_invitation_and_its_end_never_leave_side_by_side(database: Database) -> None:
    """They might arrive in the other order."""
    put(database, draft())
    prefer(database, INVITATIONS)
    await run(database, PUBLISHED, WEEK_BEFORE, BODY=[Drop()])
    night = WEEK_BEFORE + timedelta(minutes=1)
    choose(database, FEED, night)
    found = await got_of(database, night + timedelta(hours=1), DAY_BEFORE - timedelta(seconds=1))
    assert sorted(methods(found)) == ["", "CANCEL"]


async def test_who_left_meanwhile_gets_no_invitation(database: Database) -> None:
    put(database, draft())
    night = WEEK_BEFORE + timedelta(hours=15)
    await got_of(database, PUBLISHED, night)
    choose(database, INVITATIONS, night)
    with database.write() as connection:
        connection.execute(update(recipients).values(suppressed_at=night))
    assert await got_of(database, night, DAY_BEFORE - timedelta(seconds=1)) == []
    assert owed(database) == [State.SUPPRESSED]


async def test_what_has_begun_is_nobodys_to_invite_to(database: Database) -> None:
    put(database, draft())
    choose(database, INVITATIONS, START)
    assert owed(database) == []


@pytest.mark.parametrize("signed", [True, False])
async def test_an_answer_comes_to_an_address_of_the_post(database: Database, *, signed: bool) -> None:
    put(database, draft())
    prefer(database, INVITATIONS)
    invitation, later, _ = await run(database, PUBLISHED, START, signed=signed)
    body = calendar_of(invitation)
    assert body is not None
    [[entry]] = icaljs.read([body])
    assert entry.organizer is not None
    ours = entry.organizer.address.removeprefix("mailto:")
    assert verp.read_answer(ours, TOKENS) == ("uno" if signed else None)
    assert ours.startswith("agenda")
    assert str(invitation["Reply-To"]) == ours
    assert str(later["Reply-To"]) == "agenda@ine.example"


def test_an_address_for_answers_bears_its_signature_and_fits_the_protocol() -> None:
    signed = verp.answers_to("agenda@ine.example", "tokio-consular", TOKENS)
    assert verp.read_answer(f"<{signed.upper()}>", TOKENS) == "tokio-consular"
    assert verp.read_answer(signed.replace("tokio", "lima"), TOKENS) is None
    assert verp.read_answer(verp.sender("0" * 32, "ine.example", TOKENS), TOKENS) is None
    assert verp.answers_to("agenda@ine.example", "x" * 64, TOKENS) == "agenda@ine.example"


@pytest.mark.parametrize(
    ("purpose", "channel", "known", "here", "answered", "expected"),
    [
        (Purpose.REMINDER, INVITATIONS, Known(), True, True, "REQUEST"),
        (Purpose.REMINDER, INVITATIONS, Known(), True, False, ""),
        (Purpose.REMINDER, INVITATIONS, Known(last="REQUEST", current=True), True, True, ""),
        (Purpose.REMINDER, INVITATIONS, Known(last="REQUEST", current=False), True, True, "REQUEST"),
        (Purpose.REMINDER, INVITATIONS, Known(last="CANCEL", current=True), True, True, "REQUEST"),
        (Purpose.NOTICE, INVITATIONS, Known(last="REQUEST"), False, True, "CANCEL"),
        (Purpose.NOTICE, INVITATIONS, Known(last="REQUEST"), False, False, "CANCEL"),
        (Purpose.NOTICE, INVITATIONS, Known(last="CANCEL"), False, True, ""),
        (Purpose.NOTICE, INVITATIONS, Known(last="CANCEL", own="CANCEL"), False, True, "CANCEL"),
        (Purpose.NOTICE, INVITATIONS, Known(), False, True, ""),
        (Purpose.REMINDER, FEED, Known(last="REQUEST"), True, True, ""),
        (Purpose.REMINDER, FEED, Known(own="REQUEST"), True, True, "REQUEST"),
        (Purpose.REMINDER, FEED, Known(last="CANCEL", own="REQUEST"), True, True, ""),
        (Purpose.INVITATION, NONE, Known(last="REQUEST", current=True), True, False, "CANCEL"),
        (Purpose.INVITATION, NONE, Known(), True, True, ""),
    ],
)
def test_what_a_message_carries(
    purpose: Purpose, channel: Channel, known: Known, *, here: bool, answered: bool, expected: Carried
) -> None:
    assert carried(purpose, channel, known, here=here, answered=answered) == expected


def test_one_channel_for_each_post() -> None:
    assert [subscribes(channel, answered=True) for channel in Channel] == [True, False, False]
    assert [subscribes(channel, answered=False) for channel in Channel] == [True, True, False]
