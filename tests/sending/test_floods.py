"""A flood of sign-ups, against a real mail server and the pace that it grants."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduler.base.clock import SimulatedClock
from scheduler.base.variables import Pace
from scheduler.mail.relay.smtp_url import SmtpSettings
from scheduler.planning.delivery import State
from scheduler.rehearsal.run import Jump
from scheduler.sending.pace import SimulatedTiming, gap
from scheduler.sending.service import Sending, Service
from scheduler.store.database import Database
from scheduler.store.people.floods import Door
from scheduler.store.people.signups import SignUp, sign_up
from tests.support.campaign import BASE, TOKENS, mails
from tests.support.ledger import WEEK_BEFORE, counted, draft, post, put
from tests.support.smtpd import scripted

PACE = Pace(per_minute=30, connections=3)
CROWD = 500


def crowd(database: Database, at: datetime, size: int) -> None:
    with database.write() as connection:
        for number in range(size):
            wish = SignUp(address=f"x{number}@tokio.example", site="tokio", language="en", declined=frozenset())
            assert sign_up(connection, wish, at, Door(gap=gap(PACE))) is not None


async def sent(database: Database, start: datetime, until: datetime) -> dict[bool, list[timedelta]]:
    """When each mail left, from `start` on, by whether it is one of those that somebody asked for."""
    clock = SimulatedClock(start)
    async with scripted() as fake:
        sending = Sending(
            smtp=SmtpSettings(host="127.0.0.1", port=fake.port, security="none"),
            pace=PACE,
            base_url=BASE,
            tokens=TOKENS,
            timing=SimulatedTiming(clock),
        )
        await Service(database=database, sending=sending, clock=clock, waker=Jump(clock, until)).run()
    found: dict[bool, list[timedelta]] = {True: [], False: []}
    for mail in mails(fake):
        found["Please confirm" in str(mail["Subject"])].append(mail["Date"].datetime - start)
    return found


async def test_eight_reminders_due_among_five_hundred_sign_ups_leave_within_their_pace(
    database: Database,
) -> None:
    """And each of the five hundred gets its confirmation, within a third of the pace."""
    put(database, draft(posts=[post(f"p{number}") for number in range(8)]))
    crowd(database, WEEK_BEFORE, CROWD)
    found = await sent(database, WEEK_BEFORE, WEEK_BEFORE + timedelta(hours=2))
    assert len(found[False]) == 8
    assert max(found[False]) <= timedelta(seconds=8 * 2 * 3 / 2)  # two of three turns, of two seconds each
    assert len(found[True]) == CROWD
    assert max(found[True]) <= timedelta(minutes=CROWD / 10)
    assert counted(database)[State.ACCEPTED] == CROWD + 8


async def test_a_reminder_that_falls_due_while_they_wait_goes_at_once(database: Database) -> None:
    put(database, draft())
    before = WEEK_BEFORE - timedelta(minutes=3)
    crowd(database, before, 120)
    found = await sent(database, before, WEEK_BEFORE + timedelta(minutes=1))
    [left] = found[False]
    assert timedelta(minutes=3) <= left <= timedelta(minutes=3, seconds=6)
