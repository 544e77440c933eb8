"""Sending what is due, as one unit of work: claim -> compose -> intend -> send -> settle."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from scheduler.base.address import domain_of
from scheduler.base.clock import Clock
from scheduler.mail.relay.smtp import Connection, Pool, RelayUnavailable
from scheduler.planning.delivery import Attempted, Decision, Outcome, State, asks_for_less, decide
from scheduler.sending.claims import Claims
from scheduler.sending.errand import Errand
from scheduler.sending.letters import Letters
from scheduler.sending.pace import Limiter
from scheduler.sending.relay_health import RelayHealth
from scheduler.store.ledger import claiming
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.journal import Journal
from scheduler.store.ledger.settling import Settlement

log = structlog.get_logger(__name__)
COMPOSE_AGAIN = timedelta(minutes=15)
NOT_BEGUN = Outcome(kind="broken", stage="mail", text="cut off before MAIL FROM")
BATCH, EACH = 512, 32  # claims at a time without a pace, and for each connection; with one, one for each


@dataclass(frozen=True, kw_only=True, slots=True)
class MailParts:
    """What turns a claim into a message on its way."""

    letters: Letters
    pool: Pool
    limiter: Limiter
    connections: int


class Dispatcher:
    """The one send loop, of the service and of the rehearsal alike."""

    def __init__(
        self, *, claims: Claims, journal: Journal, mail: MailParts, clock: Clock, relay: RelayHealth | None = None
    ) -> None:
        self._claims = claims
        self._journal = journal
        self._mail = mail
        self._clock = clock
        self._draining = False
        self.relay = relay or RelayHealth()

    @property
    def draining(self) -> bool:
        return self._draining

    def drain(self) -> None:
        """Take nothing new; what is on its way is finished."""
        self._draining = True
        self._mail.limiter.hurry()

    async def run_due(self) -> None:
        """Send all that is due by now. Returns early when draining, stopped, or while the relay is left alone."""
        while self._may_go():
            errands = await self._take()
            if errands is None:
                return
            await self._send_all(errands)

    async def _take(self) -> list[Errand] | None:
        """As many as may be sent at a time; while the breaker is open one, best for whom was not refused yet."""
        if not self.relay.open:
            return await self._claims.take(self._mail.limiter.burst or max(BATCH, EACH * self._mail.connections))
        fresh = await self._claims.take(1, besides=frozenset(self.relay.refused))
        return fresh if fresh is not None or not self.relay.refused else await self._claims.take(1)

    async def _send_all(self, errands: Sequence[Errand]) -> None:
        waiting = list(reversed(errands))

        async def work() -> None:
            while waiting:
                await self._send(waiting.pop(), waiting)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._mail.connections, len(errands))):
                group.create_task(work())

    def _may_go(self) -> bool:
        return not self._draining and not (self.relay.open and self.relay.paused_at(self._clock.now()))

    async def _send(self, errand: Errand, rest: list[Errand]) -> None:
        """One errand from claim to settlement; a relay that is down gives it and the rest back."""
        await self._mail.limiter.take(self._domain(errand.claim))
        if not self._may_go():
            await self._give_back(errand, rest)
            return
        message = await self._composed(errand)
        if message is None:
            return
        try:
            async with self._mail.pool.connection() as connection:
                settlement = await self._transact(connection, errand, message)
        except RelayUnavailable as error:
            if error.asks_for_less:
                self._slow_down(str(error), None)
            self._relay_failed(str(error), fault=error.fault)
            await self._give_back(errand, rest)
            return
        if settlement is None:
            await self._give_back(errand, [])
            return
        self._settle(settlement)
        self._judge(settlement)
        if not self._may_go():
            await self._give_back(None, rest)

    async def _transact(self, connection: Connection, errand: Errand, message: bytes) -> Settlement | None:
        """Intend and send. None: it may not go any more. Cut off by cancellation, it settles what had become of it."""
        if not self._may_go():  # another sender has found out while this connection was being opened
            return None
        began_at = self._clock.now()
        intending = asyncio.ensure_future(self._journal.intend(errand.intent, began_at))
        try:
            if not await asyncio.shield(intending):
                return None
            letters = self._mail.letters
            outcome = await connection.send(letters.mail_from(errand), letters.recipient(errand.claim), message)
        except asyncio.CancelledError:
            if await intending:  # else the ledger would take it for uncertain
                self._settle(self._settlement(errand.claim, connection.interrupted or NOT_BEGUN, began_at))
            raise
        return self._settlement(errand.claim, outcome, began_at)

    def _settlement(self, claim: Claim, outcome: Outcome, began_at: datetime) -> Settlement:
        now = self._clock.now()
        decision = decide(_attempted(claim, redirected=self._mail.letters.redirect_all is not None), outcome, now)
        return Settlement(claim=claim, decision=decision, outcome=outcome, began_at=began_at, at=now)

    def _settle(self, settlement: Settlement) -> None:
        self._journal.settle(settlement)
        self._note(settlement.claim, settlement.decision, settlement.outcome)

    def _judge(self, settlement: Settlement) -> None:
        """What this attempt says of the relay. A bad address or a full mailbox says nothing, whoever tried it."""
        decision, outcome, recipient = settlement.decision, settlement.outcome, settlement.claim.recipient
        if asks_for_less(outcome.code, outcome.status, outcome.text):
            self._slow_down(settlement.reply, self._domain(settlement.claim))
        if decision.state is State.ACCEPTED:
            self.relay.worked(settlement.at)
        elif decision.fault:
            self.relay.refused.add(recipient)
            self._relay_failed(self._hinted(settlement), fault=True)
        elif decision.counts:
            if self.relay.refused_again(recipient):
                self._relay_failed(self._hinted(settlement), fault=True, counted=True)
        elif not decision.refused and self.relay.open:
            self._relay_failed(settlement.reply, fault=self.relay.fault, counted=self.relay.counted)

    def _slow_down(self, reason: str, domain: str | None) -> None:
        if self._mail.limiter.slow_down(domain):
            log.warning("relay wants less", reason=reason, a_minute=self._mail.limiter.per_minute)

    def _hinted(self, settlement: Settlement) -> str:
        """The server's words, and what they may be about."""
        about_the_sender = settlement.outcome.stage in ("mail", "body") and self._mail.letters.verp
        return settlement.reply + (" (is it the sender? AGENDA_VERP=off keeps it fixed)" if about_the_sender else "")

    def _domain(self, claim: Claim) -> str:
        return domain_of(self._mail.letters.recipient(claim))

    def _relay_failed(self, reason: str, *, fault: bool, counted: bool = False) -> None:
        if self.relay.failed(self._clock.now(), reason, fault=fault, counted=counted):
            tell = log.error if fault else log.warning
            tell("relay is left alone", reason=reason, fault=fault, until=self.relay.paused_until)

    def _note(self, claim: Claim, decision: Decision, outcome: Outcome) -> None:
        if decision.state is State.ACCEPTED:
            return  # the ledger has what went well
        told = {"id": claim.id, "recipient": claim.recipient, "state": decision.state.value, "code": outcome.code}
        log.warning("delivery", **told)

    async def _give_back(self, errand: Errand | None, rest: list[Errand]) -> None:
        unsent = [one.claim for one in ([errand] if errand else []) + rest]
        rest.clear()
        if unsent:
            await self._journal.write(claiming.release_claims, self._journal.owner, unsent)

    async def _composed(self, errand: Errand) -> bytes | None:
        """The message; or None, and the claim is given back for later: one bad text must not stop the others."""
        try:
            return self._mail.letters.write(errand, self._clock.now())
        except Exception:  # whatever is wrong with one message is told, and the rest go on
            claim = errand.claim
            log.exception("cannot compose", id=claim.id, event_id=claim.event, site=claim.site)
            later = min(self._clock.now() + COMPOSE_AGAIN, claim.expires_at)
            await self._journal.write(claiming.postpone_claims, self._journal.owner, [(claim, later)])
            return None


def _attempted(claim: Claim, *, redirected: bool) -> Attempted:
    return Attempted(
        attempts=claim.attempts + 1,
        refusals=claim.refusals,
        expires_at=claim.expires_at,
        jitter=int(claim.message_key[:4], 16) / 0xFFFF,
        redirected=redirected,
    )
