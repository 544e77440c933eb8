"""The breaker before the mail relay, and what becomes of a message whose sending is cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from scheduler.base.clock import SimulatedClock
from scheduler.base.variables import Pace
from scheduler.mail.relay.smtp_url import SmtpSettings
from scheduler.planning.delivery import State
from scheduler.sending.relay_health import RelayHealth
from scheduler.sending.service import Sending, Service
from scheduler.store.database import Database
from scheduler.store.ledger.journal import Journal
from scheduler.store.ledger.settling import Intent
from scheduler.store.schema import attempts, recipients
from tests.support.campaign import BASE, TOKENS, Jumps
from tests.support.ledger import WEEK_BEFORE, counted, draft, post, put
from tests.support.smtpd import Behaviour, Late, Reply, ScriptedServer, scripted

POLICY = Reply(b"554 5.7.1 relay access denied\r\n")
SENDER_DENIED = Reply(b"554 5.2.252 SendAsDenied; not allowed to send as this sender\r\n")
UNKNOWN_USER = Reply(b"550 5.1.1 no such user\r\n")
ACCESS_DENIED = Reply(b"550 5.4.1 Recipient address rejected: Access denied. AS(201806281)\r\n")  # Exchange Online
DISABLED = Reply(b"550 5.2.1 The account is disabled\r\n")
FULL = Reply(b"552 5.2.2 mailbox full\r\n")
BARE = Reply(b"550 Mailbox unavailable\r\n")
OTHER_WORDS = Reply(b"553 5.3.0 go away\r\n")
OK = Reply(b"250 Ok\r\n")
BUSY = Reply(b"451 4.3.0 busy\r\n")


def minutes(*numbers: int) -> list[timedelta]:
    return [timedelta(minutes=number) for number in numbers]


def service_at(
    database: Database, fake: ScriptedServer, until: datetime, *, connections: int = 1, relay: RelayHealth | None = None
) -> tuple[Service, Jumps]:
    clock = SimulatedClock(WEEK_BEFORE)
    waker = Jumps(clock, until)
    sending = Sending(
        smtp=SmtpSettings(host="127.0.0.1", port=fake.port, security="none"),
        pace=Pace(per_minute=None, connections=connections),
        base_url=BASE,
        tokens=TOKENS,
    )
    return Service(database=database, sending=sending, clock=clock, waker=waker, relay=relay), waker


async def refused_for(
    database: Database, hours: int, *, connections: int = 1, posts: int = 9, **script: Sequence[Behaviour]
) -> tuple[list[str], list[timedelta], list[tuple[int, bool]]]:
    """So many posts and hours before that relay: the RCPTs, when it was looked at, and what the breaker told."""
    put(database, draft(posts=[post(f"p{number}") for number in range(posts)]))
    told: list[tuple[int, bool]] = []
    health = RelayHealth(on_change=lambda relay: told.append((relay.failures, relay.fault)))
    async with scripted(**script) as fake:
        service, waker = service_at(
            database, fake, WEEK_BEFORE + timedelta(hours=hours), connections=connections, relay=health
        )
        await service.run()
        asked = [command for command in fake.commands if command.startswith("RCPT")]
    return asked, [at - WEEK_BEFORE for at in waker.went], told


@pytest.mark.parametrize("connections", [1, 3])
async def test_a_relay_that_refuses_all_149_posts_suppresses_none_and_hears_of_one_at_a_time(
    database: Database, connections: int
) -> None:
    asked, woke, told = await refused_for(database, 2, connections=connections, posts=149, RCPT=[POLICY] * 149)
    assert woke == minutes(1, 6, 21, 51, 81, 111)
    assert told == [(failures, True) for failures in range(1, 8)]
    assert len(asked) <= connections + len(woke)  # those under way when the first one was refused, then the tries
    states = counted(database)
    assert not states.keys() & {State.SUPPRESSED, State.REJECTED}
    with database.read() as connection:
        assert connection.execute(select(recipients.c.suppressed_at)).scalars().all() == [None] * 149


async def test_all_that_a_refusing_relay_left_waiting_goes_once_it_accepts(database: Database) -> None:
    _, _, told = await refused_for(database, 2, RCPT=[POLICY] * 2)
    assert told == [(1, True), (2, True), (0, False)]
    assert counted(database)[State.ACCEPTED] == 9


async def test_a_relay_that_denies_the_sender_after_the_message_opens_the_breaker(database: Database) -> None:
    asked, woke, told = await refused_for(database, 1, BODY=[SENDER_DENIED] * 9)
    assert (len(asked), woke) == (5, minutes(1, 6, 21, 51))
    assert told[0] == (1, True)


async def test_a_try_that_is_put_off_leaves_the_breaker_open(database: Database) -> None:
    _, woke, told = await refused_for(database, 1, RCPT=[POLICY, BUSY])
    assert told == [(1, True), (2, True), (0, False)]
    assert woke[:2] == minutes(1, 6)


async def test_a_bad_address_neither_opens_the_breaker_nor_closes_nor_prolongs_it(database: Database) -> None:
    asked, _, told = await refused_for(database, 1, RCPT=[UNKNOWN_USER] * 4 + [POLICY, UNKNOWN_USER])
    assert told == [(1, True), (0, False)]
    assert counted(database)[State.REJECTED] == 5
    assert len(asked) == 10  # nine posts, of which one was asked about twice


@pytest.mark.parametrize("reply", [UNKNOWN_USER, ACCESS_DENIED, DISABLED, FULL])
async def test_codes_of_bad_and_of_full_mailboxes_never_open_the_breaker(database: Database, reply: Reply) -> None:
    _, _, told = await refused_for(database, 2, RCPT=[reply] * 9)
    assert told == []


@pytest.mark.parametrize("reply", [UNKNOWN_USER, ACCESS_DENIED])
async def test_whoever_the_relay_does_not_know_is_told_as_a_bad_address(database: Database, reply: Reply) -> None:
    await refused_for(database, 1, RCPT=[reply] * 3)
    assert (counted(database)[State.REJECTED], counted(database)[State.ACCEPTED]) == (3, 6)


async def test_a_name_that_does_not_resolve_today_is_put_off_and_mutes_nobody(database: Database) -> None:
    await refused_for(database, 1, RCPT=[Reply(b"550 5.1.2 Host unknown\r\n")])
    assert counted(database)[State.ACCEPTED] == 9


@pytest.mark.parametrize("replies", [[BARE] * 3, [BARE, OTHER_WORDS, BARE]])
async def test_three_dead_mailboxes_stop_the_others_for_one_pause_only(
    database: Database, replies: list[Reply]
) -> None:
    """The try takes a post that was not refused yet; what is accepted closes it at once, and no dead one reopens it."""
    asked, woke, told = await refused_for(database, 0, RCPT=replies)
    assert (told, woke, len(asked)) == ([(1, True)], [], 3)


async def test_the_try_of_an_open_breaker_takes_a_post_that_was_not_refused_yet(database: Database) -> None:
    asked, woke, told = await refused_for(database, 1, RCPT=[BARE] * 3)
    assert told[:2] == [(1, True), (0, False)]
    assert woke[0] == timedelta(minutes=1)
    assert len(set(asked[:4])) == 4
    assert counted(database)[State.ACCEPTED] == 9


async def test_two_refused_and_one_accepted_between_them_open_nothing(database: Database) -> None:
    _, _, told = await refused_for(database, 1, RCPT=[BARE, BARE, OK, BARE, BARE, OK])
    assert told == []


@pytest.mark.parametrize("connections", [1, 3])
async def test_a_relay_that_refuses_everybody_without_a_code_stops_us(database: Database, connections: int) -> None:
    asked, woke, told = await refused_for(database, 2, connections=connections, posts=149, RCPT=[BARE] * 600)
    assert told[0] == (1, True)
    assert max(failures for failures, _ in told) >= 5
    assert len({*asked}) <= 3 + connections + len(woke)
    assert not counted(database).keys() & {State.SUPPRESSED, State.REJECTED}


async def test_dead_mailboxes_that_are_tried_again_prolong_no_pause(database: Database) -> None:
    _, _, told = await refused_for(database, 2, posts=3, RCPT=[BARE] * 9)
    assert told == [(1, True)]
    assert counted(database)[State.HELD] == 3


async def test_what_was_under_way_when_counted_refusals_opened_the_breaker_closes_it(database: Database) -> None:
    put(database, draft(posts=[post(f"p{number}") for number in range(4)]))
    told: list[int] = []
    opened = asyncio.Event()

    def tell(relay: RelayHealth) -> None:
        told.append(relay.failures)
        opened.set()

    async with scripted(BODY=[Late(b"250 2.0.0 queued\r\n", opened), BARE, BARE, BARE]) as fake:
        service, _ = service_at(database, fake, WEEK_BEFORE, connections=2, relay=RelayHealth(on_change=tell))
        await service.run()
    assert told == [1, 0]


async def test_what_was_under_way_when_the_breaker_opened_does_not_close_it(database: Database) -> None:
    put(database, draft(posts=[post(), post("dos")]))
    told: list[int] = []
    opened = asyncio.Event()

    def tell(relay: RelayHealth) -> None:
        told.append(relay.failures)
        opened.set()

    late = Late(b"250 2.0.0 queued\r\n", opened)
    async with scripted(BODY=[late, SENDER_DENIED]) as fake:
        service, _ = service_at(database, fake, WEEK_BEFORE, connections=2, relay=RelayHealth(on_change=tell))
        await service.run()
        assert len(fake.bodies) == 2
    assert told == [1]


# Cut off


async def cut_off(database: Database, stage: str, behaviour: Behaviour) -> tuple[dict[str, int], int]:
    """Cancelled while the server keeps it waiting at `stage`: the states afterwards, and how many attempts are kept."""
    put(database, draft())
    async with scripted(**{stage: [behaviour]}) as fake:
        service, _ = service_at(database, fake, WEEK_BEFORE)
        working = asyncio.create_task(service.run())
        await fake.reached(stage)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
    with database.read() as connection:
        kept = connection.execute(select(attempts.c.state)).scalars().all()
    return counted(database), len(kept)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
async def test_cut_off_before_the_body_a_message_is_put_off_and_not_uncertain(database: Database, stage: str) -> None:
    assert await cut_off(database, stage, Late(b"250 Ok\r\n")) == ({State.DEFERRED: 1, State.PLANNED: 2}, 1)


async def test_cut_off_after_the_body_a_message_is_uncertain(database: Database) -> None:
    states, kept = await cut_off(database, "BODY", Late(b"250 Ok\r\n"))
    assert (states, kept) == ({State.UNCERTAIN: 1, State.PLANNED: 2}, 1)


async def test_cut_off_between_the_intent_and_mail_from_a_message_is_put_off(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit is on its way when the task is cancelled: what it says is waited for, and undone."""
    put(database, draft())
    intending, go_on = asyncio.Event(), asyncio.Event()
    commits = Journal.intend

    async def slow(self: Journal, intent: Intent, now: datetime) -> bool:
        intending.set()
        await go_on.wait()
        return await commits(self, intent, now)

    monkeypatch.setattr(Journal, "intend", slow)
    async with scripted() as fake:
        service, _ = service_at(database, fake, WEEK_BEFORE)
        working = asyncio.create_task(service.run())
        await intending.wait()
        working.cancel()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert not any(command.startswith("MAIL") for command in fake.commands)
    assert counted(database) == {State.DEFERRED: 1, State.PLANNED: 2}
