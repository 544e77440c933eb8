"""One campaign: published, sent by workers while everything goes wrong around them, and over when nothing is owed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

import trustme
from sqlalchemy import func, select

from chaos import agenda
from chaos.clock import ShiftedClock
from chaos.fleet import Fleet
from chaos.outsider import Outsider
from chaos.record import Record
from chaos.schedule import Blow, Planned, Schedule, blows
from chaos.verdict import Entry, Evidence
from chaos.worker import CONNECTIONS, KEY, TOKENS, Post
from scheduler.base.clock import SystemClock, monotonic
from scheduler.mail.relay.smtp import SmtpSettings
from scheduler.planning.delivery import WAITING, Purpose, State
from scheduler.store import nodes
from scheduler.store.database import Database
from scheduler.store.schema import deliveries, recipients

_ROOT = Path(__file__).resolve().parent.parent
_LOOK_SECONDS, _ASK_SECONDS, _TELL_SECONDS = 0.01, 0.03, 5.0  # at the record; the ledger; whoever waits
_RATE, _IDLE_SECONDS = 60.0, 0.1  # simulated seconds a second; nothing comes any more
_KILL_SECONDS = 0.05  # at most, after the moment of the seed
_NEVER = sys.maxsize
_FARTHEST_JUMP = timedelta(minutes=45)
_MOST_SKEW = timedelta(seconds=20)  # of one worker's clock
_LONGEST_SECONDS = 3600.0
_OPEN = (*WAITING, State.CLAIMED, State.SENDING, State.UNCERTAIN)
_D = deliveries.c


class Stuck(Exception):
    """The campaign does not come to an end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    seed: int
    mails: int
    kills: int
    workers: int
    url: str  # of the database
    restart: Callable[[], None] | None  # the database, as after a crash; None where there is no server
    folder: Path
    tell: Callable[[str], None]  # progress, a line


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What the ledger still owes."""

    open: int  # unsettled, due or not
    busy: int  # due, claimed or being sent
    wait: timedelta | None  # until the next of the others
    pause: timedelta | None  # until the first of the workers that leave the relay alone tries it again


class Campaign:
    """Holds the processes; made by `underway`."""

    def __init__(
        self, plan: Plan, database: Database, clock: ShiftedClock, record: Record, server: subprocess.Popen[str]
    ) -> None:
        self._plan, self._clock, self._server = plan, clock, server
        self.database, self.record = database, record
        begin = clock.now()
        self._agenda = agenda.campaign(plan.mails, begin)
        self.owed = agenda.put_in_force(database, self._agenda.before, begin)
        self.outsider = self._stranger()
        self._blows = blows(plan.seed, kills=plan.kills, mails=len(self.owed), restarts=plan.restart is not None)
        self._half = len(self.owed) // 2
        self._edited = _NEVER  # transactions seen until the edit was in force
        self._skews = Random(plan.seed)  # seeded: it has to repeat itself
        assert server.stdout is not None
        self._smtp = SmtpSettings(
            host="127.0.0.1", port=int(server.stdout.readline()), security="starttls", ca=plan.folder / "ca.pem"
        )
        self.fleet = Fleet(plan.workers, self._post)
        self.struck = dict.fromkeys(Blow, 0)

    def storm(self) -> None:
        """Send with all the faults of the seed, until nothing is owed but what an operator has to decide."""
        self._until_settled(self._strike)

    def release(self) -> None:
        """What an operator does about everything that is held: one command."""
        words = ("deliveries", "release", "--all", "--yes", "--reason", "the storm is over")
        done = subprocess.run(
            (sys.executable, "-c", "from scheduler.cli import main; main()", *words),
            cwd=_ROOT,
            env={**os.environ, "AGENDA_DATABASE_URL": self._plan.url, "AGENDA_SECRET_KEY": KEY},
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise Stuck(f"agenda {' '.join(words)}: {done.stdout}{done.stderr}")

    def calm(self) -> None:
        """Send what is owed with no more faults, and take in what is left of the outsider's mail."""
        self._server.send_signal(signal.SIGUSR1)
        self._until_settled(lambda: None)
        self.outsider.finish()

    def evidence(self) -> Evidence:
        with self.database.read() as connection:
            rows = connection.execute(select(_D.message_key, _D.state, _D.uncertain_at)).all()
            alarms = connection.execute(
                select(_D.message_key, recipients.c.address)
                .join(recipients, recipients.c.id == _D.recipient)
                .where(_D.purpose == Purpose.ALARM)
            ).all()
        owed = {**self.owed, **{row.message_key: row.address for row in alarms}}  # a site that lost its last address
        schedule = Schedule(seed=self._plan.seed)
        return Evidence(
            owed=owed,
            ledger={key: Entry(state=State(state), doubted=at is not None) for key, state, at in rows},
            record=tuple(self.record.read()),
            bad={address for address in owed.values() if schedule.is_bad(address)},
            edited=self._edited,
            doubts=self.struck[Blow.KILL] * CONNECTIONS,
        )

    def _until_settled(self, strike: Callable[[], None]) -> None:
        began = asked = told = monotonic()
        came, seen = began, 0
        while True:
            self.fleet.tend()
            strike()
            now = monotonic()
            if len(self.record.read()) > seen:
                came, seen = now, len(self.record.seen)
            if now - asked >= _ASK_SECONDS:
                standing = self._standing()
                if not standing.open:
                    break
                self._let_time_pass(standing, now - asked, idle=now - came > _IDLE_SECONDS)
                asked = now
            if now - told >= _TELL_SECONDS:
                told = now
                self._plan.tell(f"{seen} transactions, {self.struck[Blow.KILL]} kills, {standing.open} owed")
            if now - began > _LONGEST_SECONDS:
                raise Stuck(f"{standing.open} deliveries are neither settled nor held after {now - began:.0f} s")
            time.sleep(_LOOK_SECONDS)
        self.fleet.dismiss()

    def _standing(self) -> Standing:
        now = self._clock.now()
        due = (_D.state.in_((State.CLAIMED, State.SENDING))) | (_D.state.in_(WAITING) & (_D.next_at <= now))
        later = select(func.min(_D.next_at)).where(_D.state.in_((*WAITING, State.UNCERTAIN)), _D.next_at > now)
        total = select(func.count()).select_from(deliveries)
        with self.database.read() as connection:
            following = connection.execute(later).scalar()
            pauses = [node.relay.paused_until for node in nodes.alive(connection)]
            return Standing(
                open=connection.execute(total.where(_D.state.in_(_OPEN))).scalar_one(),
                busy=connection.execute(total.where(due)).scalar_one(),
                wait=None if following is None else following - now,
                pause=min((until - now for until in pauses if until is not None and until > now), default=None),
            )

    def _let_time_pass(self, standing: Standing, seconds: float, *, idle: bool) -> None:
        """Slowly while something is on its way; at once to what is next, where nothing is or all leave the relay alone.

        Faster, and the mail of a morning would be found to be of the day before.
        """
        next_step = standing.pause if standing.busy else standing.wait
        if next_step is not None and (idle or not standing.busy):
            self._clock.shift(next_step)
        else:
            self._clock.shift(timedelta(seconds=seconds * _RATE))

    def _stranger(self) -> Outsider:
        columns = select(_D.purpose, _D.subject, _D.schedule, _D.rule, _D.recipient).order_by(_D.due_at, _D.id)
        with self.database.read() as connection:
            known = [(str(row[0]), row[1], row[2], row[3], row[4]) for row in connection.execute(columns)]
        domain = self._agenda.before.agenda.sender.domain
        return Outsider(url=self._plan.url, folder=self._plan.folder / "incoming", domain=domain, known=known)

    def _strike(self) -> None:
        """Whatever of the seed's blows has come due, and the edit in the middle."""
        self.outsider.tend()
        seen = len(self.record.seen)
        if self._half <= seen and self._edited == _NEVER:
            self.owed |= agenda.put_in_force(self.database, self._agenda.after, self._clock.now())
            self._edited = len(self.record.read())
        while self._blows and self._blows[0].after <= seen:
            self.fleet.tend()
            blow = self._blows.pop(0)
            self._deal(blow)
            self.struck[blow.blow] += 1

    def _deal(self, planned: Planned) -> None:
        match planned.blow:
            case Blow.KILL:
                time.sleep(planned.draw * _KILL_SECONDS)  # or it would always come just after a message
                self.fleet.kill(planned.draw)
            case Blow.STOP:
                self.fleet.stop(planned.draw, leases=self.database.kind != "sqlite")
            case Blow.DRAIN:
                self.fleet.drain(planned.draw)
            case Blow.RESTART:
                assert self._plan.restart is not None, "planned only where there is a server"
                self._plan.restart()
            case Blow.FORTH:
                self._clock.shift(_FARTHEST_JUMP * planned.draw)
            case Blow.BACK:
                self._clock.shift(-_FARTHEST_JUMP * planned.draw)
            case Blow.OUTSIDER:
                self.outsider.visit(planned.after, [one.key for one in self.record.seen if one.kept])

    def _post(self) -> Post:
        return Post(
            database=self._plan.url,
            smtp=self._smtp,
            clock=self._plan.folder / "clock",
            skew=_MOST_SKEW * self._skews.uniform(-1, 1),
            log=self._plan.folder / "workers.log",
        )


@contextmanager
def underway(plan: Plan) -> Iterator[Campaign]:
    """A campaign, published; no process of it outlives the block."""
    with ExitStack() as stack:
        database = stack.enter_context(closing(Database(plan.url, migrating=True, tokens=TOKENS)))
        clock = stack.enter_context(closing(ShiftedClock(plan.folder / "clock")))
        clock.set(SystemClock().now())
        record = stack.enter_context(closing(Record(plan.folder / "record")))
        server = stack.enter_context(_mail_server(plan.seed, plan.folder))
        running = Campaign(plan, database, clock, record, server)
        stack.callback(running.fleet.dismiss)
        stack.callback(running.outsider.dismiss)
        yield running


@contextmanager
def _mail_server(seed: int, folder: Path) -> Iterator[subprocess.Popen[str]]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate = folder / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    command = (sys.executable, "-m", "chaos.server", str(seed), str(folder / "record"), str(certificate))
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server
        finally:
            server.terminate()
