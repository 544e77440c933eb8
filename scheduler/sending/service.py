"""The one place that puts the parts together: the loop that serve and rehearsal share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection

from scheduler.base.clock import Clock
from scheduler.base.tokens import Tokens
from scheduler.base.variables import Pace
from scheduler.mail.compose import Composer
from scheduler.mail.relay.smtp import Pool, SmtpSettings, Timeouts
from scheduler.mail.relay.smtp_url import ehlo_name
from scheduler.sending.claims import Claims
from scheduler.sending.dispatch import Dispatcher, MailParts
from scheduler.sending.letters import Letters
from scheduler.sending.pace import Limiter, Timing
from scheduler.sending.presence import Presence, new_owner
from scheduler.sending.relay_health import RelayHealth
from scheduler.sending.runtime import HORIZON, MOMENTS, Waker
from scheduler.store import nodes
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Facts, Via, What
from scheduler.store.database import Database
from scheduler.store.instance import Instance
from scheduler.store.ledger import claiming
from scheduler.store.ledger.inviting import Inviting
from scheduler.store.ledger.journal import Journal
from scheduler.store.nodes import Relay

log = structlog.get_logger(__name__)
RELAY = "relay"  # who leaves the mail server alone, in the audit


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """How an installation sends."""

    smtp: SmtpSettings
    pace: Pace
    base_url: str
    tokens: Tokens
    redirect_all: str | None = None
    domain_per_minute: int | None = None
    verp: bool = False
    invitations: bool = False  # answers are read, so invitations may leave
    signed_answers: bool = False
    timing: Timing | None = None  # to keep the pace by; None: the machine's monotonic clock
    timeouts: Timeouts = field(default_factory=Timeouts)
    ehlo: str | None = None  # what EHLO says; None: the host of `base_url`

    @property
    def ehlo_name(self) -> str:
        return ehlo_name(self.ehlo, self.base_url)


class Service:
    """Sends what the ledger owes, from one wake-up to the next, until told to drain or nothing is left to wait for."""

    def __init__(
        self, *, database: Database, sending: Sending, clock: Clock, waker: Waker, relay: RelayHealth | None = None
    ) -> None:
        self._clock = clock
        self._waker = waker
        self.journal = Journal(database, new_owner())
        self._presence = Presence(database, self.journal.owner, clock)
        self._pool = Pool(
            sending.smtp, sending.pace.connections, local_hostname=sending.ehlo_name, timeouts=sending.timeouts
        )
        inviting = Inviting(answered=sending.invitations)
        self._claims = Claims(journal=self.journal, instance=Instance(database), clock=clock, inviting=inviting)
        self.dispatcher = Dispatcher(
            claims=self._claims,
            journal=self.journal,
            mail=MailParts(
                letters=Letters(
                    composer=Composer(sending.base_url),
                    tokens=sending.tokens,
                    base_url=sending.base_url,
                    redirect_all=sending.redirect_all,
                    verp=sending.verp,
                    invitations=sending.invitations,
                    signed_answers=sending.signed_answers,
                ),
                pool=self._pool,
                limiter=Limiter(sending.pace, sending.timing, sending.domain_per_minute),
                connections=sending.pace.connections,
            ),
            clock=clock,
            relay=relay or RelayHealth(on_change=self._tell_relay),
        )
        self._telling: set[asyncio.Future[None]] = set()

    def _tell_relay(self, health: RelayHealth) -> None:
        """For status and metrics, on whichever node they are asked for."""
        seen = Relay(
            failures=health.failures, paused_until=health.paused_until, reason=health.reason, fault=health.fault
        )
        telling = asyncio.ensure_future(self.journal.write(_note, self.journal.owner, seen, self._clock.now()))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def run(self) -> None:
        """Work until drained. What a node that is gone left unsettled is taken up first."""
        async with self._presence.kept() as joined:
            try:
                if joined:
                    await self._work()
            finally:
                if joined:
                    await self._claims.sign_off()
                await self._pool.aclose()
                await asyncio.gather(*self._telling, return_exceptions=True)
                await self.journal.aclose()

    async def _work(self) -> None:
        while not self.dispatcher.draining:
            before = self._clock.now()
            await self.dispatcher.run_due()
            await self._pool.rest()
            self._waker.arm(await self._moments(before))
            if not await self._waker.wait():
                break

    def wake(self) -> None:
        """Something changed: look at the ledger now."""
        self._waker.wake()

    def drain(self) -> None:
        """Take nothing new, finish what is on its way, and let `run` return."""
        self.dispatcher.drain()
        self._presence.give_up()
        self._waker.wake()

    async def _moments(self, since: datetime) -> list[datetime]:
        """When to wake next. What was due by `since` and is still there waits for an operator or for the relay."""
        pause = self.dispatcher.relay.paused_until
        if pause is not None and pause > since:
            return [pause]
        return await self.journal.write(claiming.next_moments, since, since + HORIZON, MOMENTS)


def _note(connection: Connection, owner: str, seen: Relay, at: datetime) -> None:
    """The state for status and metrics; when the breaker trips, and when it closes, a row of the audit."""
    nodes.note_relay(connection, owner, seen)
    if seen.failures == 1:
        tripped: Facts = {"fault": int(seen.fault), "node": owner}
        deed = Deed(who=RELAY, what=What.RELAY_PAUSED, via=Via.SERVICE, details=tripped, reason=seen.reason)
        chain.record(connection, deed, at)
    elif seen.failures == 0:
        chain.record(connection, Deed(who=RELAY, what=What.RELAY_BACK, via=Via.SERVICE, details={"node": owner}), at)
