"""Sending what is due, as one unit of work: claim -> compose -> intend -> send -> settle."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from scheduler.claims import Claims
from scheduler.clock import Clock
from scheduler.delivery import Attempted, Decision, Outcome, State, decide
from scheduler.letters import Letters, mail_from
from scheduler.mail.smtp import Pool, RelayUnavailable
from scheduler.pace import Limiter
from scheduler.relay import RelayHealth
from scheduler.store import claiming
from scheduler.store.claiming import Delivery
from scheduler.store.journal import Journal
from scheduler.store.settling import Settlement

log = structlog.get_logger(__name__)
COMPOSE_AGAIN = timedelta(minutes=15)
BATCH = 512  # claims at a time without a pace; with one, as many as there are connections


@dataclass(frozen=True, kw_only=True, slots=True)
class MailParts:
    """What turns a claim into a message on its way."""

    letters: Letters
    pool: Pool
    limiter: Limiter
    connections: int


class Dispatcher:
    """The one send loop, of the service and of the rehearsal alike."""

    def __init__(self, *, claims: Claims, journal: Journal, mail: MailParts, clock: Clock) -> None:
        self._claims = claims
        self._journal = journal
        self._mail = mail
        self._clock = clock
        self._draining = False
        self.relay = RelayHealth()

    @property
    def draining(self) -> bool:
        return self._draining

    def drain(self) -> None:
        """Take nothing new; what is on its way is finished."""
        self._draining = True

    async def run_due(self) -> None:
        """Send all that is due by now. Returns early when draining, stopped, or while the relay is left alone."""
        while not self._draining and not self.relay.paused_at(self._clock.now()):
            limit = 1 if self.relay.failures else (self._mail.limiter.burst or BATCH)
            claims = await self._claims.take(limit)
            if claims is None:
                return
            await self._send_all(claims)

    async def _send_all(self, claims: Sequence[Delivery]) -> None:
        waiting = list(reversed(claims))

        async def work() -> None:
            while waiting:
                await self._send(waiting.pop(), waiting)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._mail.connections, len(claims))):
                group.create_task(work())

    async def _send(self, claim: Delivery, rest: list[Delivery]) -> None:
        """One delivery from claim to settlement; a relay that is down gives it and the rest back."""
        await self._mail.limiter.take()
        if self._draining:
            await self._give_back(claim, rest)
            return
        message = await self._composed(claim)
        if message is None:
            return
        try:
            async with self._mail.pool.connection() as connection:
                began_at = self._clock.now()
                if not await self._journal.intend(claim, began_at):
                    await self._give_back(claim, [])
                    return
                recipient = self._mail.letters.recipient(claim)
                outcome = await connection.send(mail_from(self._claims.in_force), recipient, message)
        except RelayUnavailable as error:
            self.relay.failed(self._clock.now(), str(error), fault=error.fault)
            log.warning("relay unavailable", reason=str(error), fault=error.fault, until=self.relay.paused_until)
            await self._give_back(claim, rest)
            return
        await self._settle(claim, outcome, began_at, rest)

    async def _settle(self, claim: Delivery, outcome: Outcome, began_at: datetime, rest: list[Delivery]) -> None:
        now = self._clock.now()
        decision = decide(_attempted(claim, redirected=self._mail.letters.redirect_all is not None), outcome, now)
        settlement = Settlement(delivery=claim, decision=decision, outcome=outcome, began_at=began_at, at=now)
        await self._journal.settle(settlement)
        self._note(claim, decision, outcome)
        blames_nobody = decision.refused and not (decision.suppress or decision.fault)
        if decision.fault or (blames_nobody and self.relay.same_again(outcome, claim.recipient)):
            self.relay.failed(now, settlement.reply, fault=True)
            log.error("relay refuses", reason=settlement.reply, until=self.relay.paused_until)
            await self._give_back(None, rest)
        elif decision.state is State.ACCEPTED:
            self.relay.worked()

    def _note(self, claim: Delivery, decision: Decision, outcome: Outcome) -> None:
        tell = log.debug if decision.state is State.ACCEPTED else log.warning  # the ledger has what went well
        tell("delivery", id=claim.id, recipient=claim.recipient, state=decision.state.value, code=outcome.code)

    async def _give_back(self, claim: Delivery | None, rest: list[Delivery]) -> None:
        unsent = ([claim] if claim else []) + rest
        rest.clear()
        if unsent:
            await self._journal.write(claiming.release_claims, self._journal.owner, unsent)

    async def _composed(self, claim: Delivery) -> bytes | None:
        """The message; or None, and the claim is given back for later: one bad text must not stop the others."""
        try:
            return self._mail.letters.write(self._claims.in_force, claim, self._clock.now())
        except Exception:  # whatever is wrong with one message is told, and the rest go on
            log.exception("cannot compose", id=claim.id, event_id=claim.event, site=claim.site)
            later = min(self._clock.now() + COMPOSE_AGAIN, claim.expires_at)
            await self._journal.write(claiming.postpone_claims, self._journal.owner, [(claim, later)])
            return None


def _attempted(claim: Delivery, *, redirected: bool) -> Attempted:
    return Attempted(
        attempts=claim.attempts + 1,
        refusals=claim.refusals,
        expires_at=claim.expires_at,
        jitter=int(claim.message_key[:4], 16) / 0xFFFF,
        redirected=redirected,
    )
