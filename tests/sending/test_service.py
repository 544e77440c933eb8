"""The whole send loop on a simulated clock, against real SMTP servers that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from scheduler.base.clock import SimulatedClock
from scheduler.base.tokens import Link
from scheduler.base.variables import Pace
from scheduler.mail.relay.smtp_url import SmtpSettings
from scheduler.planning.delivery import State
from scheduler.reporting.status import status
from scheduler.sending.service import Sending, Service
from scheduler.store import controls
from scheduler.store.database import Database
from scheduler.store.ledger.journal import Journal
from scheduler.store.schema import deliveries, editions, revisions
from tests.support.campaign import BASE, BUSY, TOKENS, UNKNOWN_USER, Campaign, Jumps, ids, mails
from tests.support.factories import agenda, event, text, timed
from tests.support.ledger import (
    DAY_BEFORE,
    HOUR_BEFORE,
    PUBLISHED,
    START,
    WEEK_BEFORE,
    counted,
    draft,
    moved,
    post,
    put,
)
from tests.support.smtpd import Behaviour, Drop, Late, Reply, ScriptedServer, scripted

POLICY = Reply(b"554 5.7.1 relaying denied for <uno@tokio.example>\r\n")


async def run(
    database: Database, start: datetime = PUBLISHED, until: datetime = START, **script: Sequence[Behaviour]
) -> tuple[ScriptedServer, list[datetime]]:
    async with scripted(**script) as fake:
        woke = await Campaign(database, fake).run(start, until)
        return fake, woke


async def test_each_reminder_leaves_at_its_moment_dated_so(database: Database) -> None:
    put(database, draft())
    fake, woke = await run(database)
    assert woke == [WEEK_BEFORE, DAY_BEFORE, HOUR_BEFORE]
    dates = [datetime.fromisoformat(str(mail["Date"].datetime.isoformat())) for mail in mails(fake)]
    assert dates == [WEEK_BEFORE, DAY_BEFORE, HOUR_BEFORE]
    assert counted(database) == {State.ACCEPTED: 3}


async def test_only_the_first_reminder_carries_the_event(database: Database) -> None:
    put(database, draft())
    fake, _ = await run(database)
    attached = [[part.get_content_type() for part in mail.iter_attachments()] for mail in mails(fake)]
    assert attached == [["text/calendar"], [], []]


async def test_the_envelope_is_the_posts_and_the_link_stops_its_reminders(database: Database) -> None:
    put(database, draft())
    fake, _ = await run(database, until=WEEK_BEFORE)
    assert "MAIL FROM:<agenda@ine.example>" in fake.commands
    assert "RCPT TO:<uno@tokio.example>" in fake.commands
    link = str(mails(fake)[0]["List-Unsubscribe"]).strip("<>")
    assert link.startswith(f"{BASE}/leave/")
    assert TOKENS.read(Link.LEAVE, link.rpartition("/")[2], PUBLISHED) == "uno"


async def test_a_temporary_refusal_is_tried_again_under_the_same_message_id(database: Database) -> None:
    put(database, draft())
    fake, woke = await run(database, until=WEEK_BEFORE + timedelta(hours=1), BODY=[BUSY, BUSY])
    assert len(ids(fake)) == 3
    assert len(set(ids(fake))) == 1
    assert timedelta(minutes=1) <= woke[1] - woke[0] <= timedelta(minutes=1.2)
    assert timedelta(minutes=5) <= woke[2] - woke[1] <= timedelta(minutes=6)


async def test_a_bad_address_is_written_to_once_and_never_again(database: Database) -> None:
    put(database, draft())
    fake, _ = await run(database, RCPT=[UNKNOWN_USER])
    assert [mail["To"] for mail in mails(fake)] == ["agenda@ine.example"]
    assert counted(database) == {State.REJECTED: 1, State.SUPPRESSED: 2, State.ACCEPTED: 1}  # the coordinator's alarm


async def test_a_relay_that_refuses_everybody_mutes_nobody(database: Database) -> None:
    put(database, draft(posts=[post(), post("dos"), post("tres")]))
    fake, woke = await run(database, until=WEEK_BEFORE + timedelta(hours=2), RCPT=[POLICY, POLICY])
    assert counted(database) == {State.ACCEPTED: 3, State.PLANNED: 6}
    assert [at - WEEK_BEFORE for at in woke[:3]] == [timedelta(), timedelta(minutes=1), timedelta(minutes=6)]
    assert sum(command.startswith("RCPT") for command in fake.commands) == 5


async def test_a_refusal_without_a_code_for_three_posts_running_is_the_installations_fault(database: Database) -> None:
    """«5.4.1 … Access denied» is not counted: Exchange Online says it of an address that its directory lacks."""
    put(database, draft(posts=[post(f"p{number}") for number in range(9)]))
    denied = [Reply(b"550 Access denied\r\n")] * 9
    fake, woke = await run(database, until=WEEK_BEFORE + timedelta(minutes=3), RCPT=denied)
    assert sum(command.startswith("RCPT") for command in fake.commands) == 4
    assert [at - WEEK_BEFORE for at in woke] == [timedelta(), timedelta(minutes=1)]


async def test_refusals_that_differ_stop_nobody(database: Database) -> None:
    put(database, draft(posts=[post(f"p{number}") for number in range(9)]))
    full, large = Reply(b"552 5.2.2 mailbox full\r\n"), Reply(b"552 5.3.4 too large\r\n")
    fake, _ = await run(database, until=WEEK_BEFORE, RCPT=[full, full, large, full, full])
    assert len(fake.bodies) == 4


async def test_a_bad_address_to_redirect_to_mutes_no_post(database: Database) -> None:
    put(database, draft())
    async with scripted(RCPT=[UNKNOWN_USER]) as fake:
        await Campaign(database, fake, redirect_all="prueva@ine.example").run(PUBLISHED, WEEK_BEFORE)
    assert counted(database) == {State.DEFERRED: 1, State.PLANNED: 2}


async def test_no_address_stands_in_the_ledgers_replies(database: Database) -> None:
    put(database, draft())
    await run(database, until=WEEK_BEFORE, RCPT=[POLICY])
    with database.read() as connection:
        replies = list(connection.execute(select(deliveries.c.reply)).scalars())
    assert any("relaying denied" in reply for reply in replies)
    assert not any("tokio.example" in reply for reply in replies)


async def test_a_relay_that_is_down_costs_no_delivery_an_attempt(database: Database) -> None:
    put(database, draft())
    closed = Reply(b"421 4.3.2 closing\r\n")
    _, woke = await run(database, until=WEEK_BEFORE + timedelta(hours=1), GREETING=[closed, closed])
    assert [at - WEEK_BEFORE for at in woke] == [timedelta(), timedelta(minutes=1), timedelta(minutes=6)]
    with database.read() as connection:
        taken = connection.execute(select(deliveries.c.attempts).where(deliveries.c.state == State.ACCEPTED)).scalar()
    assert taken == 1


async def test_a_message_dropped_after_its_body_is_repeated_once_under_its_message_id_then_held(
    database: Database,
) -> None:
    put(database, draft())
    fake, woke = await run(database, until=WEEK_BEFORE + timedelta(hours=1), BODY=[Drop(), Drop()])
    assert len(ids(fake)) == 2
    assert len(set(ids(fake))) == 1
    assert woke == [WEEK_BEFORE, WEEK_BEFORE + timedelta(minutes=5), WEEK_BEFORE + timedelta(minutes=10)]
    assert counted(database)[State.HELD] == 1


async def test_a_drop_before_the_body_is_no_uncertainty(database: Database) -> None:
    put(database, draft())
    fake, _ = await run(database, until=WEEK_BEFORE + timedelta(hours=1), DATA=[Drop()])
    assert len(fake.bodies) == 1
    with database.read() as connection:
        assert connection.execute(select(deliveries.c.uncertain_at)).scalars().all() == [None, None, None]


async def test_after_downtime_a_late_reminder_waits_for_the_sites_working_hours(database: Database) -> None:
    """Down from the 15th to Saturday the 16th: the seven-day reminder leaves on Monday the 18th at 09:00 in Tokyo."""
    put(database, draft())
    saturday = datetime.fromisoformat("2021-10-16T12:00+09:00")
    fake, woke = await run(database, start=saturday, until=DAY_BEFORE - timedelta(hours=1))
    assert woke == [datetime.fromisoformat("2021-10-18T09:00+09:00")]
    assert len(fake.bodies) == 1


async def test_after_downtime_within_a_day_of_the_start_nothing_waits(database: Database) -> None:
    put(database, draft())
    night = datetime.fromisoformat("2021-10-22T02:00+09:00")
    fake, _ = await run(database, start=night, until=night)
    assert len(fake.bodies) == 1
    assert counted(database) == {State.ACCEPTED: 1, State.EXPIRED: 1, State.PLANNED: 1}


async def test_nothing_is_sent_once_the_event_has_begun(database: Database) -> None:
    put(database, draft())
    fake, _ = await run(database, start=START)
    assert fake.bodies == []
    assert counted(database) == {State.EXPIRED: 3}


async def test_a_move_while_a_reminder_is_due_sends_only_the_new_hour(database: Database) -> None:
    put(database, draft())
    put(database, moved("2021-10-21 20:00"), WEEK_BEFORE)
    fake, _ = await run(database, start=WEEK_BEFORE, until=START + timedelta(days=1))
    bodies = [mail.get_body(("plain",)) for mail in mails(fake)]
    texts = [body.get_content() for body in bodies if body is not None]
    assert len(texts) == 3
    assert all("10:00 h" in one for one in texts)
    assert not any("08:00 h" in one for one in texts)


async def test_a_stopped_installation_sends_nothing_and_says_nothing_to_the_relay(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        controls.put(connection, controls.STOPPED, "now")
    fake, _ = await run(database, until=DAY_BEFORE)
    assert fake.commands == []


async def test_with_redirection_every_mail_goes_to_the_one_address(database: Database) -> None:
    put(database, draft(posts=[post(), post("dos")]))
    async with scripted() as fake:
        await Campaign(database, fake, redirect_all="prueba@ine.example").run(PUBLISHED, WEEK_BEFORE)
        assert fake.commands.count("RCPT TO:<prueba@ine.example>") == 2
        assert not any("tokio.example" in command for command in fake.commands)
        assert {str(mail["To"]) for mail in mails(fake)} == {"prueba@ine.example"}


async def test_one_connection_is_used_for_many_messages(database: Database) -> None:
    put(database, draft(posts=[post(f"p{number}") for number in range(9)]))
    fake, _ = await run(database, until=WEEK_BEFORE)
    assert (len(fake.bodies), fake.connections) == (9, 1)


async def test_several_connections_share_a_fan_out_and_nobody_is_written_to_twice(database: Database) -> None:
    put(database, draft(posts=[post(f"p{number}") for number in range(40)]))
    async with scripted() as fake:
        await Campaign(database, fake, pace=Pace(per_minute=None, connections=4)).run(PUBLISHED, WEEK_BEFORE)
        assert fake.connections == 4
        assert len(set(ids(fake))) == len(ids(fake)) == 40


async def test_a_text_that_cannot_be_composed_stops_no_other(database: Database) -> None:
    """A line break that reached the database by another way than reading, which refuses it."""
    other = event("otro", title=text("Rota", "Rota"))
    put(database, draft(agenda(events=(event(), other))))
    with database.write() as connection:
        document = connection.execute(select(editions.c.agenda)).scalar_one()
        connection.execute(editions.update().values(agenda=document.replace("Rota", "Rota\\r\\nBcc: x")))
    fake, _ = await run(database, start=WEEK_BEFORE, until=WEEK_BEFORE + timedelta(minutes=40))
    assert len(fake.bodies) == 1
    assert counted(database) == {State.ACCEPTED: 1, State.PLANNED: 5}


async def test_a_node_whose_zone_data_gives_another_time_withholds_that_event_and_sends_the_others(
    database: Database,
) -> None:
    put(database, draft(agenda(events=(event(), event("otro")))))
    with database.write() as connection:
        r = revisions.c
        promised = START - timedelta(hours=1)  # as other zone data would have it
        connection.execute(revisions.update().where(r.event == event().id).values(start=promised))
    fake, _ = await run(database, until=WEEK_BEFORE)
    assert len(fake.bodies) == 1
    with database.read() as connection:
        found = status(connection, WEEK_BEFORE, (WEEK_BEFORE, DAY_BEFORE))
        assert ([(one.event, one.site) for one in found.shifted], found.alerts) == ([(event().id, "tokio")], 1)
    put(database, draft(agenda(events=(event(), event("otro")))), WEEK_BEFORE)
    fake, _ = await run(database, start=WEEK_BEFORE, until=DAY_BEFORE)
    assert len(fake.bodies) == 3  # its seven days' reminder that waited, and both of the day before


async def test_draining_finishes_what_is_on_its_way_and_gives_the_rest_back(database: Database) -> None:
    put(database, draft(posts=[post(f"p{number}") for number in range(6)]))
    async with scripted() as fake:
        clock = SimulatedClock(WEEK_BEFORE)
        service = Service(
            database=database,
            sending=Sending(
                smtp=SmtpSettings(host="127.0.0.1", port=fake.port, security="none"),
                pace=Pace(per_minute=None, connections=1),
                base_url=BASE,
                tokens=TOKENS,
            ),
            clock=clock,
            waker=Jumps(clock, START),
        )
        working = asyncio.create_task(service.run())
        await fake.reached("BODY")
        service.drain()
        await working
        states = counted(database)
        assert states[State.ACCEPTED] == len(fake.bodies) >= 1
        assert State.CLAIMED not in states
        assert State.SENDING not in states
        assert sum(states.values()) == 18


async def test_two_events_on_one_evening_are_both_told(database: Database) -> None:
    other = event("otro", when=timed("2021-10-21 18:00"))
    put(database, draft(agenda(events=(event(), other))))
    fake, _ = await run(database)
    assert len(set(ids(fake))) == 6


async def test_an_answer_outlives_a_database_that_is_locked_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long publication in another process: what the server took is settled once that ends, not repeated."""
    monkeypatch.setattr("scheduler.store.sqlite.BUSY_SECONDS", 0)
    monkeypatch.setattr("scheduler.store.ledger.journal.TRY_AGAIN_SECONDS", 0.01)
    refused, answer = asyncio.Event(), asyncio.Event()
    waits = Journal._try_again

    async def told(self: Journal, error: OperationalError) -> bool:
        refused.set()
        return await waits(self, error)

    monkeypatch.setattr(Journal, "_try_again", told)
    ours, theirs = (Database(f"sqlite:///{tmp_path / 'locked.db'}") for _ in range(2))
    put(ours, draft(posts=[post(f"p{number}") for number in range(3)]))
    async with scripted(BODY=[Late(b"250 2.0.0 queued\r\n", answer)]) as fake:
        working = asyncio.create_task(Campaign(ours, fake).run(PUBLISHED, WEEK_BEFORE))
        await fake.reached("BODY")
        with theirs.write():
            answer.set()
            await refused.wait()
        await working
        assert len(set(ids(fake))) == len(ids(fake)) == 3
    assert counted(ours) == {State.ACCEPTED: 3, State.PLANNED: 6}
    ours.close()
    theirs.close()
