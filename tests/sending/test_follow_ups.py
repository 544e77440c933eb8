"""The one mail after a session: thanks to who came, a question to who did not; when, to whom, and only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from calendars.model.events import EventStatus
from scheduler.mail.compose import Composer
from scheduler.people.attendance.recording import CannotRecord
from scheduler.planning.delivery import Purpose, State
from scheduler.planning.follow_ups import OF_USE
from scheduler.sending.foresight import foreseen
from scheduler.sending.letters import Letters
from scheduler.store.database import Database
from scheduler.store.ledger import last_told, states, wishes
from tests.support.campaign import BASE, TOKENS, Campaign
from tests.support.changes import sent, unwrapped, words
from tests.support.factories import timed
from tests.support.following import (
    EUROPE,
    KEY,
    MONDAY_IN_WELLINGTON,
    OVER,
    POSTS,
    RECORDED,
    SETTLED,
    follow_ups,
    goes_instead,
    got,
    held,
    owed,
    record,
    recorder,
    stands,
    uid_of,
    with_follow_up,
)
from tests.support.inviting import INVITATIONS, calendar_of, choose, run
from tests.support.ledger import PUBLISHED, START, post, put
from tests.support.smtpd import Drop, Reply, scripted

WEEK = RECORDED + timedelta(days=7)
THANKS, MISSED = "Gracias por asistir: Taller VMRE, Asia Pacífico (", "Si no pudo asistir: Taller VMRE, Asia Pacífico ("


async def test_two_sites_that_came_are_thanked_and_the_one_that_did_not_is_asked_in_working_hours(
    database: Database,
) -> None:
    """Over SMTP. Tokyo is still open two hours after the word, Delhi opened meanwhile; Wellington has a free Monday."""
    held(database)
    record(database)
    async with scripted() as fake:
        woke = await Campaign(database, fake).run(RECORDED, WEEK)
    assert [moment for moment in woke if moment <= SETTLED][-1] == SETTLED
    assert follow_ups(database) == dict.fromkeys(("uno", "dos", "tres"), State.ACCEPTED)
    assert stands(database, WEEK) is not None


async def test_each_leaves_when_it_is_settled_and_its_site_works(database: Database) -> None:
    held(database)
    record(database)
    before = timedelta(seconds=1)
    assert await got(database, RECORDED, SETTLED - before) == {}
    assert await got(database, SETTLED, MONDAY_IN_WELLINGTON - before) == {
        "uno": f"{THANKS}vie 22 oct)",
        "dos": f"{THANKS}vie 22 oct)",
    }
    assert await got(database, MONDAY_IN_WELLINGTON, MONDAY_IN_WELLINGTON) == {"tres": f"{MISSED}vie 22 oct)"}


async def test_nobody_is_told_before_somebody_has_recorded_who_came(database: Database) -> None:
    held(database)
    assert await got(database, OVER, OVER + OF_USE) == {}
    found = stands(database, RECORDED)
    assert found is not None
    assert (found.awaits, found.stale, found.waiting) == (True, False, 0)


async def test_an_event_without_the_key_has_none(database: Database) -> None:
    held(database, follow_up=False)
    record(database)
    assert follow_ups(database) == {}
    assert stands(database) is None


async def test_thanks_and_question_in_spanish_and_english(database: Database) -> None:
    english = [replace(one, language="en", id=f"{one.id}-en", address=f"en.{one.address}") for one in POSTS[::2]]
    held(database, *POSTS, *english, other_sessions=True)
    record(database)
    mails = {str(mail["To"]): mail for mail in await sent(database, RECORDED, WEEK)}
    thanks, missed = mails["uno@tokio.example"], mails["tres@tokio.example"]
    assert words(thanks).startswith(
        "Taller VMRE, Asia Pacífico\r\nHoy, viernes 22 de octubre de 2021\r\n08:00 h, hora de Tokio\r\n"
        "= jueves 21, 18:00 h, tiempo del centro de México (TCM)\r\n"
    ), words(thanks)
    assert "Gracias por la participación de su sede en esta sesión. Si le quedaron dudas, responda" in unwrapped(thanks)
    assert ("No nos consta" in unwrapped(thanks), "Ver la sesión" in words(thanks)) == (False, False)
    assert (
        "No nos consta que su sede haya participado en esta sesión. Si participó, responda a este correo y lo "
        "corregimos: nuestro registro puede estar incompleto. Todavía puede asistir a la sesión de otra región. Si "
        "alguna le conviene, responda a este correo." in unwrapped(missed)
    )
    assert "vie 29 oct, 09:00 h en su sede (jue 28 oct, 15:00 h TCM): Taller VMRE, Europa" in unwrapped(missed)
    assert f"Ver la sesión: {BASE}/events/taller-europa" in words(missed)
    assert "Si prefiere la grabación o el material, pídalos respondiendo a este correo" in unwrapped(missed)
    own, other = mails["en.uno@tokio.example"], mails["en.tres@tokio.example"]
    assert str(own["Subject"]) == "Thank you for attending: Overseas voting workshop, Asia Pacific (Fri 22 Oct)"
    assert "Thank you for your site's taking part in this session." in unwrapped(own)
    assert str(other["Subject"]) == "If you could not attend: Overseas voting workshop, Asia Pacific (Fri 22 Oct)"
    assert "We have no record of your site's taking part in this session. If it did, please reply" in unwrapped(other)


async def test_it_has_both_parts_and_the_headers_of_what_a_post_may_leave(database: Database) -> None:
    held(database, post("tres", site="wellington"), other_sessions=True)
    record(database)
    [mail] = await sent(database, RECORDED, WEEK)
    html = mail.get_body(("html",))
    assert html is not None
    assert f'href="{BASE}/events/taller-europa"' in html.get_content()
    assert "No nos consta que su sede haya participado" in html.get_content()
    assert mail["List-Unsubscribe"].startswith(f"<{BASE}/leave/")
    assert (mail["List-Unsubscribe-Post"], mail["Auto-Submitted"]) == ("List-Unsubscribe=One-Click", "auto-generated")
    assert mail["Reply-To"] == "agenda@ine.example"
    assert "text/calendar" not in {part.get_content_type() for part in mail.walk()}


async def test_without_another_session_the_material_alone_is_offered(database: Database) -> None:
    held(database, post("tres", site="wellington"))
    record(database)
    [mail] = await sent(database, RECORDED, WEEK)
    assert "Todavía puede asistir" not in unwrapped(mail)
    assert "¿Le serviría la grabación o el material? Pídalos respondiendo a este correo" in unwrapped(mail)


async def test_what_was_open_about_the_event_is_not_said_of_what_is_over(database: Database) -> None:
    """Nor that it is night there, when it ended, or that its date is to be confirmed."""
    held(database, post(), status=EventStatus.TENTATIVE, when=timed("2021-10-21 12:00"))
    record(database, RECORDED, tokio=1)
    [mail] = await sent(database, RECORDED, WEEK)
    assert str(mail["Subject"]) == f"{THANKS}vie 22 oct)"
    for gone in ("por confirmar", "madrugada", "Término", "supuesta"):
        assert gone not in words(mail)


async def test_a_later_word_is_what_it_goes_by_and_it_waits_for_that_to_settle(database: Database) -> None:
    """Wellington came by a file that was read an hour later."""
    held(database)
    record(database)
    later = RECORDED + timedelta(hours=1)
    record(database, later, wellington=4)
    assert await got(database, SETTLED, later + timedelta(hours=2, seconds=-1)) == {}
    found = await got(database, later + timedelta(hours=2), WEEK)
    assert {subject.partition(":")[0] for subject in found.values()} == {"Gracias por asistir"}
    assert len(found) == 3


async def test_who_was_told_hears_no_more_whatever_is_corrected(database: Database) -> None:
    held(database)
    record(database)
    assert set(await got(database, SETTLED, SETTLED)) == {"uno", "dos"}
    later = SETTLED + timedelta(hours=1)
    again = owed(database, {"wellington": 1, "tokio": 0}, later)
    assert (len(again.thanks), len(again.asks), again.told, again.fresh) == (1, 0, 2, 0)
    record(database, later, wellington=1, tokio=0)
    assert await got(database, later, WEEK) == {"tres": f"{THANKS}vie 22 oct)"}


async def test_taken_back_before_it_leaves_it_does_not_leave_and_recorded_anew_it_does(database: Database) -> None:
    held(database)
    record(database, RECORDED, tokio=1)
    recorder(database, RECORDED).forget(KEY, "tokio")
    assert set(follow_ups(database).values()) == {State.CANCELLED}
    assert await got(database, RECORDED, WEEK) == {}
    record(database, WEEK)
    assert len(await got(database, WEEK, WEEK + timedelta(days=3))) == 3


async def test_marked_as_held_alone_it_tells_nobody_apart(database: Database) -> None:
    held(database)
    recorder(database).mark(KEY, held=True, reason="")
    assert await got(database, RECORDED, WEEK) == {}
    found = stands(database)
    assert found is not None
    assert found.awaits


def test_what_was_not_held_waits_for_nothing(database: Database) -> None:
    held(database)
    recorder(database).mark(KEY, held=False, reason="tormenta")
    assert stands(database) is None


async def test_two_weeks_after_the_session_it_is_of_no_use(database: Database) -> None:
    held(database)
    late = OVER + OF_USE
    assert owed(database, {"tokio": 1}, late).stale
    record(database, late)
    assert follow_ups(database) == {}
    found = stands(database, late)
    assert found is not None
    assert found.stale


async def test_what_could_not_leave_for_two_weeks_expires(database: Database) -> None:
    held(database)
    record(database)
    assert await got(database, OVER + OF_USE, OVER + OF_USE + timedelta(days=1)) == {}
    assert set(follow_ups(database).values()) == {State.EXPIRED}


async def test_a_post_that_joined_after_the_session_gets_none(database: Database) -> None:
    held(database)
    put(database, with_follow_up(*POSTS, post("nuevo")), OVER + timedelta(seconds=1), confirmed=True)
    record(database)
    assert set(follow_ups(database)) == {"uno", "dos", "tres"}


async def test_who_left_has_a_bad_address_or_pauses_gets_none(database: Database) -> None:
    posts = [post(name) for name in ("a", "b", "c", "d")]
    held(database, *posts)
    with database.write() as connection:
        wishes.leave(connection, "a", OVER)
        states.suppress_address(connection, "b", OVER, "550 5.1.1")
        wishes.pause(connection, "c", WEEK, OVER)
    record(database)
    assert set(follow_ups(database)) == {"d"}


@pytest.mark.parametrize("how", ["leaves", "pauses", "removed", "moves"])
async def test_what_becomes_of_a_post_meanwhile_is_found_out_when_it_leaves(database: Database, how: str) -> None:
    held(database, post(), post("dos", site="delhi"))
    record(database)
    with database.write() as connection:
        if how == "leaves":
            wishes.leave(connection, "uno", RECORDED)
        elif how == "pauses":
            wishes.pause(connection, "uno", WEEK, RECORDED)
    if how in ("removed", "moves"):
        rest = (post("dos", site="delhi"), *([post(site="wellington")] if how == "moves" else []))
        put(database, with_follow_up(*rest), RECORDED, confirmed=True)
    assert set(await got(database, RECORDED, WEEK)) == {"dos"}
    ended = State.SUPPRESSED if how in ("leaves", "pauses") else State.CANCELLED
    assert follow_ups(database)["uno"] == ended


@pytest.mark.parametrize(
    "changes",
    [
        {"status": EventStatus.CANCELLED},
        {"follow_up": False},
        {"when": timed("2021-10-29 18:00")},
        {"audience": EUROPE.audience},
    ],
    ids=["cancelled", "not wanted", "moved ahead", "for others"],
)
async def test_it_does_not_leave_once_its_event_is_another(database: Database, changes: dict[str, object]) -> None:
    held(database)
    record(database)
    put(database, with_follow_up(others=(EUROPE,), **changes), RECORDED + timedelta(minutes=5), confirmed=True)
    assert await got(database, RECORDED + timedelta(minutes=5), START + timedelta(days=5)) == {}
    assert set(follow_ups(database).values()) == {State.CANCELLED}


async def test_it_leaves_where_its_event_got_another_hour_that_is_over_too(database: Database) -> None:
    """What is recorded is recorded of the event: it began late, and somebody put that right."""
    held(database)
    record(database)
    again = with_follow_up(when=timed("2021-10-21 18:30"))
    put(database, again, RECORDED + timedelta(minutes=5), confirmed=True)
    assert set(await got(database, RECORDED + timedelta(minutes=5), WEEK)) == {"uno", "dos", "tres"}


async def test_who_goes_to_another_session_is_not_asked_and_a_guest_is(database: Database) -> None:
    """Madrid's post came to Asia's session instead of its own; Wellington's goes to Europe's."""
    guest = post("cuatro", site="madrid")
    held(database, *POSTS, guest, other_sessions=True, others=(replace(EUROPE, other_sessions=True),))
    goes_instead(database, "tres", KEY, EUROPE.id)
    goes_instead(database, "cuatro", EUROPE.id, KEY)
    record(database, RECORDED, tokio=1, madrid=1)
    found = await got(database, RECORDED, WEEK)
    assert {who for who, subject in found.items() if subject.startswith(THANKS)} == {"uno", "cuatro"}
    assert "tres" not in found


async def test_it_carries_no_invitation_to_what_is_over(database: Database) -> None:
    held(database, post())
    choose(database, INVITATIONS, PUBLISHED + timedelta(days=1))
    record(database, RECORDED, tokio=1)
    mails = await run(database, RECORDED, WEEK)
    assert [calendar_of(mail) for mail in mails if "Gracias" in str(mail["Subject"])] == [None]


async def test_it_tells_of_no_edition(database: Database) -> None:
    """Else a post that was never told of a change would count as told by the thanks for coming."""
    held(database, post())
    record(database, RECORDED, tokio=1)
    await got(database, RECORDED, WEEK)
    with database.read() as connection:
        known = last_told.known(connection, KEY, uid_of(database))
        assert [one for one in last_told.mails(connection, uid_of(database)) if one.accepted_at] == []
    assert known["uno"].surely == 1


async def test_one_that_breaks_off_is_uncertain_and_goes_again_under_the_same_message_id(database: Database) -> None:
    held(database, post())
    record(database, RECORDED, tokio=1)
    async with scripted(BODY=[Drop()]) as fake:
        await Campaign(database, fake).run(RECORDED, WEEK)
        ids = [body.partition(b"Message-ID: ")[2].partition(b"\r\n")[0] for body in fake.bodies]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert follow_ups(database) == {"uno": State.ACCEPTED}


async def test_a_server_that_is_busy_gets_it_later_and_once(database: Database) -> None:
    held(database, post())
    record(database, RECORDED, tokio=1)
    async with scripted(RCPT=[Reply(b"451 4.3.0 busy\r\n")]) as fake:
        await Campaign(database, fake).run(RECORDED, WEEK)
        assert len(fake.bodies) == 1
    assert follow_ups(database) == {"uno": State.ACCEPTED}


async def test_its_preview_is_the_mail_that_goes(database: Database) -> None:
    held(database, post())
    record(database, RECORDED, tokio=1)
    letters = Letters(composer=Composer(BASE), tokens=TOKENS, base_url=BASE)
    with database.suppose() as connection:
        [foretold] = foreseen(connection, letters, "tokio", RECORDED, purposes=(Purpose.FOLLOW_UP,))
    async with scripted() as fake:
        await Campaign(database, fake).run(RECORDED, WEEK)
    assert fake.bodies[-1].removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.") == foretold


def test_what_recording_owes_is_said_before_it_is_recorded(database: Database) -> None:
    held(database)
    found = owed(database, {"tokio": 3, "delhi": 0})
    assert (len(found.thanks), len(found.asks), found.fresh, found.told) == (1, 2, 3, 0)
    assert found.first == SETTLED
    assert follow_ups(database) == {}
    record(database, RECORDED, tokio=3, delhi=0)
    assert owed(database, {"tokio": 3, "delhi": 0}).fresh == 0


def test_nothing_is_owed_by_a_word_that_is_refused(database: Database) -> None:
    held(database)
    recorder(database).mark(KEY, held=False, reason="tormenta")
    with pytest.raises(CannotRecord):
        record(database)
    assert follow_ups(database) == {}


def test_asked_for_after_the_record_it_goes_once_somebody_says_that_it_was_held(database: Database) -> None:
    held(database, follow_up=False)
    record(database)
    put(database, with_follow_up(), RECORDED + timedelta(minutes=1), confirmed=True)
    assert follow_ups(database) == {}
    recorder(database, RECORDED + timedelta(minutes=2)).mark(KEY, held=True, reason="")
    assert len(follow_ups(database)) == 3
