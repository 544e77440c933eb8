"""How fast mail leaves: evenly, by relay and by domain, and slower for whoever says 4.7.x."""

from __future__ import annotations

import asyncio
import email
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from scheduler.base.clock import SimulatedClock, monotonic
from scheduler.base.settings import SettingsError, load_settings
from scheduler.base.variables import Pace
from scheduler.cli import app
from scheduler.mail.relay.smtp_url import SmtpSettings
from scheduler.planning.delivery import State
from scheduler.rehearsal.capture import Outbox
from scheduler.rehearsal.run import Jump, Plan, rehearsal_database, rehearse
from scheduler.sending.pace import LEAST, UNLIMITED, Limiter, Rate, SimulatedTiming, SteadyTiming
from scheduler.sending.service import Sending, Service
from scheduler.store.database import Database
from tests.support.campaign import BASE, TOKENS, Campaign
from tests.support.ledger import PUBLISHED, WEEK_BEFORE, counted, draft, post, put
from tests.support.smtpd import Reply, scripted

START = datetime(2021, 10, 15, tzinfo=UTC)
OFF = Pace(per_minute=None, connections=16)


class Turns:
    """Turns that are taken on a simulated clock."""

    def __init__(self, pace: Pace, domain_per_minute: int | None = None) -> None:
        self.clock = SimulatedClock(START)
        self.limiter = Limiter(pace, SimulatedTiming(self.clock), domain_per_minute)

    async def take(self, domain: str = "sedes.example") -> float:
        """Seconds since the start."""
        await self.limiter.take(domain)
        return (self.clock.now() - START).total_seconds()


async def test_a_pace_spreads_messages_evenly_and_no_pace_waits_for_nothing() -> None:
    turns = Turns(Pace(per_minute=30, connections=3))
    assert [await turns.take() for _ in range(4)] == [0, 2, 4, 6]
    assert turns.limiter.burst == 3
    free = Turns(OFF)
    assert [await free.take() for _ in range(4)] == [0, 0, 0, 0]
    assert free.limiter.burst is None


async def test_by_the_real_clock_too() -> None:
    limiter = Limiter(Pace(per_minute=600, connections=3), SteadyTiming())
    began = monotonic()
    for _ in range(4):
        await limiter.take("x")
    assert monotonic() - began >= 0.3


async def test_a_domain_has_a_bucket_of_its_own_within_that_of_the_relay() -> None:
    turns = Turns(Pace(per_minute=60, connections=3), domain_per_minute=20)
    assert [await turns.take("a.example") for _ in range(3)] == [0, 3, 6]
    assert await turns.take("b.example") == 7


async def test_whoever_says_4_7_gets_half_and_more_again_little_by_little() -> None:
    turns = Turns(Pace(per_minute=30, connections=3))
    await turns.take()
    assert turns.limiter.slow_down("a.example")
    assert turns.limiter.per_minute == 15
    turns.clock.advance_to(START + timedelta(minutes=2))
    assert turns.limiter.per_minute == 15 + 2 * 3
    turns.clock.advance_to(START + timedelta(minutes=5))
    assert turns.limiter.per_minute == 30


async def test_a_storm_of_the_same_answers_halves_once() -> None:
    turns = Turns(Pace(per_minute=40, connections=3))
    assert [turns.limiter.slow_down("a.example") for _ in range(5)] == [True, False, False, False, False]
    assert turns.limiter.per_minute == 20


async def test_a_relay_that_lets_nobody_in_for_a_while_is_slowed_down_for_too(database: Database) -> None:
    put(database, draft(posts=[post(f"p{number}") for number in range(3)]))
    many = Reply(b"421 4.7.0 Too many connections\r\n")
    clock = SimulatedClock(WEEK_BEFORE)
    async with scripted(GREETING=[many]) as fake:
        sending = Sending(
            smtp=SmtpSettings(host="127.0.0.1", port=fake.port, security="none"),
            pace=Pace(per_minute=10, connections=1),
            base_url=BASE,
            tokens=TOKENS,
            timing=SimulatedTiming(clock),
        )
        waker = Jump(clock, WEEK_BEFORE + timedelta(hours=1))
        await Service(database=database, sending=sending, clock=clock, waker=waker).run()
    assert counted(database)[State.ACCEPTED] == 3
    assert clock.now() - WEEK_BEFORE >= timedelta(seconds=60 + 18)  # two turns at six a minute and a little more


async def test_where_no_pace_is_set_one_comes_with_the_first_4_7_and_goes_again() -> None:
    turns = Turns(OFF)
    turns.limiter.slow_down("a.example")
    assert turns.limiter.per_minute == UNLIMITED / 2
    turns.clock.advance_to(START + timedelta(minutes=6))
    assert turns.limiter.per_minute is None


@given(st.lists(st.tuples(st.floats(0, 600), st.booleans()), max_size=40), st.integers(1, 1000))
def test_turns_never_come_closer_than_the_pace_and_the_pace_never_falls_below_the_least(
    steps: list[tuple[float, bool]], per_minute: int
) -> None:
    rate = Rate(per_minute)
    now, last = 0.0, None
    for seconds, complains in steps:
        now += seconds
        if complains:
            rate.slow_down(now)
        granted = rate.per_minute(now)
        assert granted is not None
        assert min(LEAST, per_minute) <= granted <= per_minute
        turn = rate.book(now)
        assert turn >= now
        assert last is None or turn - last >= 60 / per_minute - 1e-6
        last = turn


async def test_whoever_stops_the_service_waits_for_no_turn() -> None:
    limiter = Limiter(Pace(per_minute=1, connections=1), SteadyTiming())
    await limiter.take("x")
    waiting = asyncio.create_task(limiter.take("x"))
    await asyncio.wait({waiting}, timeout=0.01)
    assert not waiting.done()
    limiter.hurry()
    await waiting


async def test_a_relay_that_says_4_7_is_slowed_down_for_and_loses_nothing(database: Database) -> None:
    put(database, draft(posts=[post(f"p{number}") for number in range(4)]))
    busy = Reply(b"451 4.7.500 server busy\r\n")
    async with scripted(RCPT=[busy]) as fake:
        campaign = Campaign(database, fake)
        await campaign.run(PUBLISHED, WEEK_BEFORE + timedelta(hours=2))
    assert counted(database)[State.ACCEPTED] == 4


@pytest.mark.parametrize(("value", "wrong"), [("20/min", False), ("off", True), ("soon", True)])
def test_the_pace_of_a_domain_is_a_number_or_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str, wrong: bool
) -> None:
    monkeypatch.setenv("AGENDA_DOMAIN_PACE", value)
    if wrong:
        with pytest.raises(SettingsError, match="AGENDA_DOMAIN_PACE"):
            load_settings()
    else:
        assert load_settings().domain_pace == 20


@pytest.mark.parametrize(("pace", "minutes"), [(None, 0), (Pace(per_minute=2, connections=3), 2)])
async def test_a_rehearsals_clock_goes_on_while_mail_is_sent_only_where_a_pace_is_given(
    tmp_path: Path, pace: Pace | None, minutes: int
) -> None:
    posts = draft(posts=[post(f"p{number}") for number in range(5)])
    what = Plan(start=PUBLISHED, until=WEEK_BEFORE + timedelta(hours=1), base_url=BASE, tokens=TOKENS, pace=pace)
    with rehearsal_database(None, TOKENS) as scratch:
        await rehearse(scratch, posts, what, Outbox(tmp_path / "outbox", resuming=False), lambda: None)
    headers = [email.message_from_bytes(path.read_bytes()) for path in (tmp_path / "outbox").iterdir()]
    dates = sorted(parsedate_to_datetime(str(header["Date"])) for header in headers)
    assert (len(dates), dates[0]) == (5, WEEK_BEFORE)
    assert dates[-1] - dates[0] == timedelta(minutes=minutes)


def test_a_pace_that_is_none_ends_a_rehearsal_before_it_begins(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["rehearse", "--outbox", str(tmp_path / "outbox"), "--pace", "soon"])
    assert done.exit_code == 2
    assert "30/min,3" in done.stderr
    assert not (tmp_path / "outbox").exists()
