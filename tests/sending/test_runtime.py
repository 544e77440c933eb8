"""The real clock's half: wake-ups, pace, and a reminder that leaves at its moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import pytest

from calendars.model.rules import TimeBefore
from calendars.zones import to_wall
from scheduler.base import loop
from scheduler.base.clock import SystemClock, monotonic
from scheduler.base.tokens import Link, Tokens, key_beside
from scheduler.base.variables import Pace
from scheduler.mail.relay.smtp_url import SmtpSettings
from scheduler.planning.delivery import State
from scheduler.sending.relay_health import RelayHealth
from scheduler.sending.runtime import AlarmClock
from scheduler.sending.service import Sending, Service
from scheduler.store.database import Database
from tests.support.factories import agenda, event, timed
from tests.support.ledger import PUBLISHED, counted, draft, put
from tests.support.smtpd import aiosmtpd_server
from tests.support.watching import until_changed

SOON = timedelta(milliseconds=300)
PATIENCE = 20  # seconds, on a machine that does much else

NOW = datetime(2021, 10, 11, 18, tzinfo=UTC)


class Shifted(SystemClock):
    """The system's clock, set forward by hand."""

    def __init__(self) -> None:
        self.by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.by


async def test_an_armed_moment_wakes_at_its_time_and_not_before() -> None:
    alarm = AlarmClock(SystemClock())
    alarm.start()
    moment = SystemClock().now() + SOON
    alarm.arm([moment, moment + timedelta(days=1)])
    assert await asyncio.wait_for(alarm.wait(), PATIENCE)
    assert SystemClock().now() >= moment
    alarm.stop()


async def test_a_moment_that_has_passed_wakes_at_once_and_arming_again_replaces_the_old() -> None:
    alarm = AlarmClock(SystemClock())
    alarm.start()
    far = SystemClock().now() + timedelta(days=1)
    alarm.arm([far])
    alarm.arm([far, SystemClock().now() - timedelta(hours=1)])
    assert await asyncio.wait_for(alarm.wait(), PATIENCE)
    alarm.stop()


async def test_a_wake_from_elsewhere_ends_the_wait() -> None:
    alarm = AlarmClock(SystemClock())
    alarm.start()
    waiting = asyncio.create_task(alarm.wait())
    alarm.wake()
    assert await asyncio.wait_for(waiting, PATIENCE)
    alarm.stop()


async def test_the_tick_rings_and_tells_of_a_clock_that_jumped() -> None:
    clock = Shifted()
    alarm = AlarmClock(clock)
    clock.by = timedelta(hours=2)
    alarm._tick()  # because half a minute is too long for a test
    assert await asyncio.wait_for(alarm.wait(), PATIENCE)


async def test_the_tick_goes_on_while_the_wall_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set back an hour and forward again, a timer by the wall clock would sleep through that hour."""

    class Back(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) - timedelta(hours=1)

    monkeypatch.setattr("scheduler.sending.runtime.TICK_SECONDS", 1)
    alarm = AlarmClock(SystemClock())
    alarm.start()
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Back)
    monkeypatch.setattr("apscheduler.triggers.interval.datetime", Back)
    for _ in range(3):
        assert await asyncio.wait_for(alarm.wait(), PATIENCE)
    alarm.stop()


async def test_a_reminder_leaves_within_a_second_of_its_moment(database: Database) -> None:
    start = SystemClock().now() + timedelta(minutes=1) + 3 * SOON
    near = event(when=replace(timed(), wall=to_wall(start, agenda().zone)), rules=(TimeBefore(minutes=1),))
    put(database, draft(agenda(events=(near,))), PUBLISHED)
    async with aiosmtpd_server() as inbox:
        alarm = AlarmClock(SystemClock())
        alarm.start()
        sending = Sending(
            smtp=SmtpSettings(host="127.0.0.1", port=inbox.port, security="none"),
            pace=Pace(per_minute=30, connections=3),
            base_url="https://agenda.example",
            tokens=Tokens(["a key for tests only"]),
        )
        service = Service(database=database, sending=sending, clock=SystemClock(), waker=alarm)
        working = asyncio.create_task(service.run())
        watch = database.watch()
        deadline = monotonic() + PATIENCE
        while not inbox.envelopes and monotonic() < deadline:
            await asyncio.to_thread(watch.changed)
        service.drain()
        await working
        watch.close()
        alarm.stop()
    assert len(inbox.envelopes) == 1
    assert counted(database) == {State.ACCEPTED: 1}


def test_failures_within_one_pause_count_as_one_and_success_forgets_them() -> None:
    now = SystemClock().now()
    health = RelayHealth()
    health.failed(now, "down", fault=False)
    health.failed(now, "down", fault=True)
    assert (health.failures, health.fault, health.paused_at(now)) == (1, False, True)
    later = now + timedelta(minutes=1)
    assert not health.paused_at(later)
    health.failed(later, "still down", fault=True)
    assert (health.failures, health.reason, health.fault) == (2, "still down", True)
    health.worked(later + timedelta(minutes=5))
    assert (health.failures, health.paused_until) == (0, None)


def test_a_link_signed_with_an_older_key_still_holds_and_a_foreign_one_does_not() -> None:
    old = Tokens(["the older key"]).sign(Link.LEAVE, "tokio")
    rotated = Tokens(["the newer key", "the older key"])
    assert rotated.read(Link.LEAVE, old, NOW) == "tokio"
    assert rotated.read(Link.LEAVE, rotated.sign(Link.LEAVE, "tokio"), NOW) == "tokio"
    assert Tokens(["the newer key"]).read(Link.LEAVE, old, NOW) is None
    assert rotated.read(Link.LEAVE, old[:-1] + ("A" if old[-1] != "A" else "B"), NOW) is None


def test_a_link_with_an_end_holds_until_then_and_only_for_what_it_was_signed() -> None:
    tokens = Tokens(["a key"])
    link = tokens.sign(Link.ACCOUNT, "tokio", until=NOW + timedelta(minutes=15))
    assert tokens.read(Link.ACCOUNT, link, NOW + timedelta(minutes=15)) == "tokio"
    assert tokens.read(Link.ACCOUNT, link, NOW + timedelta(minutes=15, seconds=1)) is None
    assert tokens.read(Link.LEAVE, link, NOW) is None


def test_an_address_is_known_again_under_any_key_and_case_by_a_hash_that_no_other_key_makes() -> None:
    old, rotated = Tokens(["the older key"]), Tokens(["the newer key", "the older key"])
    assert set(old.digests("Tokio@sedes.example")) < set(rotated.digests("tokio@SEDES.example "))
    assert not set(old.digests("tokio@sedes.example")) & set(Tokens(["another"]).digests("tokio@sedes.example"))


def test_the_key_beside_a_database_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    keys = key_beside(tmp_path / "agenda.db")
    assert keys == key_beside(tmp_path / "agenda.db")
    assert (tmp_path / "agenda.db.key").stat().st_mode & 0o777 == 0o600


def test_the_watch_sees_what_other_connections_commit(database: Database) -> None:
    watch = database.watch()
    assert not watch.changed()
    put(database, draft())
    until_changed(watch)
    assert not watch.changed()
    watch.close()


def test_the_loop_runs_what_it_is_given() -> None:
    async def answer() -> int:
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        return 42

    assert loop.run(answer()) == 42
