"""What this node takes on next: swept, due, its database's own, and at an hour that its site can bear."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from calendars.days.off import DaysOff
from calendars.shifts import shifts_of
from calendars.workdays import in_working_hours, next_working_instant
from scheduler.base.clock import Clock
from scheduler.planning.channels import Carried, Channel, brings_file
from scheduler.planning.coverage import Tally
from scheduler.planning.delivery import ASKED, NEWS, ROLL, Purpose, minds_hours
from scheduler.planning.follow_ups import goes_to
from scheduler.planning.notices import Telling, leaves_at
from scheduler.sending import escalations, rolls, sequels, unanswered
from scheduler.sending.errand import (
    ConvocationErrand,
    Errand,
    EscalationErrand,
    FollowUpErrand,
    InvitationErrand,
    NoticeErrand,
    QuestionErrand,
    ReminderErrand,
    ServiceErrand,
)
from scheduler.sending.letters import site_of
from scheduler.sending.notice_content import Tellings
from scheduler.sending.pace import Share
from scheduler.store import editions, nodes
from scheduler.store.editions import InForce
from scheduler.store.instance import Instance
from scheduler.store.ledger import claiming, states
from scheduler.store.ledger.claiming import Claim, Wanted
from scheduler.store.ledger.inviting import Inviting
from scheduler.store.ledger.journal import Journal

log = structlog.get_logger(__name__)
FOREIGN = "this database was copied or restored; nothing is sent from it until `agenda adopt`"
GONE = "the database file was deleted or replaced; nothing is sent: restore it, and start again"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Taken:
    """All of one transaction, so that they agree."""

    current: InForce | None
    errands: list[Errand] | None  # None: nothing was due
    mark: str | None  # of the instance, to be confirmed once committed


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """Finds out what claims say, and what they carry for calendars."""

    tellings: Tellings
    inviting: Inviting

    def settle(
        self, connection: Connection, owner: str, found: Sequence[Claim], under: InForce, at: datetime
    ) -> Iterator[Errand]:
        """The claims that go, with what they say, invitations last; what has nothing to say ends if `owner` has it."""
        news = [one for one in found if one.purpose in NEWS]
        told = self.tellings.settle(connection, owner, news, under, at) if news else {}
        asking = [one for one in found if one.purpose is Purpose.ESCALATION]
        about = escalations.settle(connection, owner, asking, under.edition) if asking else {}
        posed = [one for one in found if one.purpose is Purpose.QUESTION]
        unsaid = unanswered.settle(connection, owner, posed, under.edition, at) if posed else frozenset()
        rolled = [one for one in found if one.purpose in ROLL]
        silent = rolls.settle(connection, owner, rolled, under.edition) if rolled else {}
        after = [one for one in found if one.purpose is Purpose.FOLLOW_UP]
        followed = sequels.settle(connection, owner, after, under.edition, at) if after else {}
        settled = {*told, *about, *unsaid, *silent, *followed}
        over = {one.id for one in (*news, *asking, *posed, *rolled, *after) if one.id not in settled}
        going = [one for one in found if one.id not in over]
        inviting = [one for one in going if one.may_invite]
        carried = self.inviting.settle(connection, owner, inviting, under) if inviting else {}
        for claim in sorted(going, key=lambda one: one.purpose is Purpose.INVITATION):
            if claim.purpose in ROLL:
                yield ServiceErrand(claim=claim, under=under, silent=silent[claim.id])
            elif claim.id in followed:
                yield FollowUpErrand(claim=claim, under=under, method="", told=followed[claim.id])
            elif not claim.may_invite:
                yield _errand(claim, under, self._file(claim), told, about)
            elif claim.id in carried:
                yield _errand(claim, under, carried[claim.id], told, about)

    def _file(self, claim: Claim) -> Carried:
        """What goes along to a post that has no invitations."""
        answered = self.inviting.answered
        brings = brings_file(claim.purpose, Channel(claim.channel), first=claim.first, answered=answered)
        return "PUBLISH" if brings else ""


class Claims:
    """Takes what is due. Nothing from a database that is not this installation's (`agenda adopt`)."""

    def __init__(self, *, journal: Journal, instance: Instance, clock: Clock, inviting: Inviting | None = None) -> None:
        self._journal = journal
        self._instance = instance
        self._clock = clock
        self._current: InForce | None = None
        self._days = DaysOff()  # of the edition in force
        self._foreign = False
        self._withheld: tuple[str, ...] = ()  # what this process's zone data puts at another time than published
        self._share = Share()
        self._contents = Contents(tellings=Tellings(), inviting=inviting or Inviting())

    async def take(self, limit: int, *, besides: Collection[str] = ()) -> list[Errand] | None:
        """Up to `limit` due deliveries, of which those at an inhumane hour were put off; None where none is due.

        `besides` are recipients whose are left where they are.
        """
        now, known = self._clock.now(), self._current
        if not await self._journal.write(self._sweep, now):
            return None
        wanted = Wanted(limit=limit, asked=self._share.of(limit), besides=besides)
        taken = await self._journal.write(self._claim, now, wanted, known)
        self._current = taken.current
        self._share.took(sum(one.claim.purpose in ASKED for one in taken.errands or ()))
        if taken.mark is not None:
            await asyncio.to_thread(self._instance.confirm, taken.mark)
        return None if taken.errands is None else await self._postpone_inhumane(taken.errands)

    async def sign_off(self) -> None:
        """Take nothing more: a backup from before now is known as one."""
        try:
            await asyncio.to_thread(self._instance.renew)
        except DBAPIError as error:  # then the mark of the last batch stands
            log.warning("could not renew the mark of this database", reason=str(error.orig).strip())

    def _sweep(self, connection: Connection, now: datetime) -> bool:
        """In a transaction of its own: what another node has swept must be seen by the claim.

        False: the database is another installation's, and was left alone.
        """
        own = self._instance.is_own(connection)
        if not own and not self._foreign:
            log.error(FOREIGN if self._instance.in_place else GONE)
        self._foreign = not own
        if own:
            if uncertain := claiming.abandon_dead(connection, now):
                log.warning("left by a node that is gone", uncertain=uncertain)
            states.sweep(connection, now)
            nodes.bury(connection)
        return own

    def _claim(self, connection: Connection, now: datetime, wanted: Wanted, known: InForce | None) -> _Taken:
        current = editions.current(connection, known)
        if current is not None and current is not known:
            self._withheld, self._days = _withheld(current), DaysOff.of(current.edition.agenda)
        found = claiming.claim_due(connection, self._journal.owner, now, replace(wanted, withheld=self._withheld))
        if not found or current is None:
            return _Taken(current=current, errands=None, mark=None)
        errands = list(self._contents.settle(connection, self._journal.owner, found, current, now))
        return _Taken(current=current, errands=errands, mark=self._instance.take(connection))

    async def _postpone_inhumane(self, errands: Sequence[Errand]) -> list[Errand]:
        """Give back what is late and would reach its site outside working hours."""
        now = self._clock.now()
        later: list[tuple[Claim, datetime]] = []
        sendable = []
        for errand in errands:
            leaves = goes_at(errand, now, self._days)
            if leaves > now:
                later.append((errand.claim, leaves))
            else:
                sendable.append(errand)
        if later:
            await self._journal.write(claiming.postpone_claims, self._journal.owner, later)
        log.info("claimed", claims=len(sendable), postponed=len(later))
        return sendable


def _errand(
    claim: Claim,
    under: InForce,
    method: Carried,
    told: Mapping[int, Telling],
    about: Mapping[int, tuple[Tally, ...]],
) -> Errand:
    match claim.purpose:
        case Purpose.REMINDER:
            return ReminderErrand(claim=claim, under=under, method=method)
        case Purpose.CONVOCATION:
            return ConvocationErrand(claim=claim, under=under, method=method, telling=told[claim.id])
        case Purpose.NOTICE:
            return NoticeErrand(claim=claim, under=under, method=method, telling=told[claim.id])
        case Purpose.INVITATION:
            return InvitationErrand(claim=claim, under=under, method=method)
        case Purpose.ESCALATION:
            return EscalationErrand(claim=claim, under=under, method=method, lacking=about[claim.id])
        case Purpose.QUESTION:
            return QuestionErrand(claim=claim, under=under, method=method)
    return ServiceErrand(claim=claim, under=under)


def goes_at(errand: Errand, now: datetime, days: DaysOff) -> datetime:
    """When this may go, at the earliest now (UTC)."""
    claim, under = errand.claim, errand.under
    if isinstance(errand, NoticeErrand | ConvocationErrand):
        return leaves_at(errand.telling.notice, site_of(under, claim.site), now, days)
    if isinstance(errand, FollowUpErrand):
        return goes_to(site_of(under, claim.site), max(now, errand.told.settled), days)
    if claim.purpose in ROLL:
        return next_working_instant(site_of(under, claim.site), now, days)
    if not minds_hours(claim.purpose, claim.rule, claim.due_at, now, claim.expires_at):
        return now
    site = site_of(under, claim.site)
    return now if in_working_hours(site, now, days) else next_working_instant(site, now, days)


def _withheld(current: InForce) -> tuple[str, ...]:
    """Events at sites, as claims name them; any site, for guests and coordinators are where it is not addressed."""
    agenda = current.edition.agenda
    found = (shifts_of(agenda, *listed, agenda.representations) for listed in current.edition.listed())
    return tuple(f"{one.event}/{one.site}" for shifted in found for one in shifted)
