"""The same service on a simulated clock, through real SMTP to a capturing server in the process."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from calendars.catalogue import Phrase
from calendars.editions import Edition, ends
from calendars.model.agenda import Agenda, Draft
from scheduler.base.clock import SimulatedClock
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.base.tokens import LEAST, Tokens
from scheduler.base.variables import Pace
from scheduler.mail.relay.smtp_url import parse_smtp_url
from scheduler.planning.channels import Channel
from scheduler.publishing.prospect import Act, digest
from scheduler.publishing.publish import publish_draft
from scheduler.rehearsal.capture import Outbox, capturing
from scheduler.rehearsal.script import Stage
from scheduler.rehearsal.steps import AUTHOR, Steps, steps_done
from scheduler.reporting import report
from scheduler.reporting.report import ReportRow, Totals
from scheduler.sending.pace import SimulatedTiming
from scheduler.sending.service import Sending, Service
from scheduler.store import controls, editions
from scheduler.store.database import Database
from scheduler.store.ledger import claiming, invited
from scheduler.store.schema import deliveries

REAL_WORK = Phrase("{path} is no rehearsal's database; name another file")
EDITED_SINCE = Phrase("the files have changed since this rehearsal began; name a new database and outbox")


class NotARehearsal(EnvironmentRefusal):
    """The database holds real work: a simulated clock must not touch it."""


class AnotherDraft(Refusal):
    """The files were edited since this rehearsal began: to go on would tell of an agenda that is no longer there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What to rehearse."""

    start: datetime  # UTC: when the draft is published and every post joins
    until: datetime  # UTC
    base_url: str
    tokens: Tokens
    invitations: bool = False  # every post has chosen them, but for those of `channels`
    channels: Mapping[str, Channel] = field(default_factory=dict)  # what posts chose before it, by Recipient.id
    pace: Pace | None = None  # None: the clock stands still while mail is sent; else it goes on by the pace's waits
    steps: Sequence[Stage] = ()  # of the whole script; those after `until` are another process's
    opening: int = 0  # number of the step that this process was started for, with its zone data; 0: for none
    feeds: Path | None = None  # where the public feeds of each edition go, under its number

    @property
    def answered(self) -> bool:
        """Is it rehearsed as an installation that reads answers: may any post choose invitations?"""
        chosen = (self.channels, *(stage.channels for stage in self.steps))
        return self.invitations or any(Channel.INVITATIONS in each.values() for each in chosen)


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What came of it. `messages` and `repeated` are the capturing server's record, the rest the ledger's."""

    messages: int
    repeated: int
    totals: Totals
    rows: Sequence[ReportRow]
    editions: Sequence[Edition]  # that were published, the first included
    silent: frozenset[int]  # the numbers of those that nobody was told of
    notices: Mapping[int, int]  # by number: of how many changes a mail reached the server


class Jump:
    """The waker of a rehearsal: instead of waiting, the clock jumps to the next moment, which is recorded first.

    A step of a script comes before whatever is due at the same moment.
    """

    def __init__(self, clock: SimulatedClock, until: datetime) -> None:
        self._clock = clock
        self._until = until
        self._next: datetime | None = None
        self.record: Callable[[datetime], Awaitable[None]] | None = None
        self.steps: Steps | None = None

    def arm(self, moments: Sequence[datetime]) -> None:
        self._next = min(moments, default=None)

    def wake(self) -> None:
        """Nothing else changes in a rehearsal, so there is no wait to end."""

    async def wait(self) -> bool:
        moment, step = self._next, self.steps.next_at if self.steps else None
        publishes = step is not None and step <= min(moment or self._until, self._until)
        moment = step if publishes else moment
        if moment is None or moment > self._until:
            return False
        self._clock.advance_to(moment)
        if publishes and self.steps is not None:
            await asyncio.to_thread(self.steps.take)
        if self.record is not None:
            await self.record(moment)
        return True


def repeatable_tokens(agenda: Agenda) -> Tokens:
    """What a rehearsal of that agenda signs with, so that equal drafts give equal mails, to the byte.

    Whoever knows the agenda's id knows the key: nothing that is served, and no real mail, may be signed with it.
    """
    return Tokens([f"rehearsal of {agenda.id}".ljust(LEAST, ".")])


@contextmanager
def rehearsal_database(path: Path | None, tokens: Tokens) -> Iterator[Database]:
    """The named database, or a scratch one that is gone afterwards. Raises NotARehearsal for one with real work.

    `tokens` are those of the rehearsal's plan: equal drafts have equal Message-IDs.
    """
    with tempfile.TemporaryDirectory(prefix="agenda-rehearsal-") as scratch:
        database = Database(f"sqlite:///{path or Path(scratch) / 'rehearsal.db'}", tokens=tokens)
        try:
            with database.write() as connection:
                marked = controls.get(connection, controls.REHEARSAL) is not None
                if not marked and editions.number_in_force(connection) is not None:
                    raise NotARehearsal(REAL_WORK, path=path)
            database.lock_for_sending()
            yield database
        finally:
            database.close()


def resumes(database: Database) -> bool:
    with database.read() as connection:
        return controls.get(connection, controls.REHEARSAL) is not None


def last_moment(agenda: Agenda) -> datetime | None:
    """When the last event of the agenda ends; None if none has a date."""
    return max((end for event in agenda.events if (end := ends(agenda, event)) is not None), default=None)


@asynccontextmanager
async def captured(
    database: Database, outbox: Outbox, *, base_url: str, tokens: Tokens, kept: Callable[[], None]
) -> AsyncIterator[Sending]:
    """How to send while the block runs so that every mail lands in the outbox; `kept` is called after each."""

    def due_of(message_key: str) -> datetime | None:
        with database.read() as connection:
            return claiming.due_of(connection, message_key)

    async with capturing(outbox, due_of, kept) as port:
        yield Sending(
            smtp=parse_smtp_url(f"smtp://127.0.0.1:{port}"),
            pace=Pace(per_minute=None, connections=4),
            base_url=base_url,
            tokens=tokens,
        )


async def rehearse(
    database: Database,
    draft: Draft,
    plan: Plan,
    outbox: Outbox,
    kept: Callable[[], None],
    published: Callable[[int], None] = lambda _: None,
) -> Summary:
    """Publish the draft at the plan's start, or resume, and send everything that falls due until its end.

    `kept` is called after each mail, `published` with the number of each edition, first with that in force.
    """
    clock = SimulatedClock(_begin(database, draft, plan))
    waker = Jump(clock, plan.until)
    waker.steps = Steps(database, clock, plan.steps, opening=plan.opening, feeds=plan.feeds, published=published)
    waker.steps.open()
    async with captured(database, outbox, base_url=plan.base_url, tokens=plan.tokens, kept=kept) as sending:
        sending = replace(sending, invitations=plan.answered)
        if plan.pace is not None:
            sending = replace(sending, pace=plan.pace, timing=SimulatedTiming(clock))
        service = Service(database=database, sending=sending, clock=clock, waker=waker)

        async def record(moment: datetime) -> None:
            await service.journal.write(controls.put, controls.REHEARSAL, moment.isoformat())

        waker.record = record
        await service.run()
    return summary(database, outbox)


def _begin(database: Database, draft: Draft, plan: Plan) -> datetime:
    """The instant to start from: the last recorded one, or the plan's, with the draft published at it."""
    with database.write() as connection:
        recorded = controls.get(connection, controls.REHEARSAL)
        published = editions.load(connection)
        done = steps_done(connection)
        expected = next((stage.draft for stage in plan.steps if stage.number == done), draft)
        if published is not None and published.draft_digest != digest(expected):
            raise AnotherDraft(EDITED_SINCE)
        if recorded is None:
            controls.put(connection, controls.REHEARSAL, plan.start.isoformat())
    if published is None:
        publish_draft(database, draft, Act(at=plan.start, author=AUTHOR, reason=AUTHOR), confirmed=True)
    if done == 0:
        with database.write() as connection:
            if plan.invitations:
                invited.choose_for_all(connection)
            for recipient, channel in plan.channels.items():
                invited.choose(connection, recipient, channel)
    return plan.start if recorded is None else datetime.fromisoformat(recorded)


def planned(database: Database, until: datetime) -> int:
    """How many deliveries the ledger holds up to an instant: the length of the progress bar."""

    def count(connection: Connection) -> int:
        wanted = select(func.count()).select_from(deliveries).where(deliveries.c.due_at <= until)
        return connection.execute(wanted).scalar_one()

    with database.read() as connection:
        return count(connection)


def summary(database: Database, outbox: Outbox) -> Summary:
    messages, repeated = outbox.count()
    with database.read() as connection:
        found = tuple(editions.history(connection))
        return Summary(
            messages=messages,
            repeated=repeated,
            totals=report.totals(connection),
            rows=report.campaign(connection, all_of(found)),
            editions=found,
            silent=editions.silent(connection),
            notices=report.notices(connection),
        )


def all_of(found: Sequence[Edition]) -> Agenda:
    """The last edition's agenda, and with it every event and site that an earlier one had."""
    events = {event.id: event for edition in found for event in edition.agenda.events}
    sites = {site.id: site for edition in found for site in edition.agenda.representations}
    regions = {region.id: region for edition in found for region in edition.agenda.regions}
    return replace(
        found[-1].agenda,
        events=tuple(events.values()),
        representations=tuple(sites.values()),
        regions=tuple(regions.values()),
    )
