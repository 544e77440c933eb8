"""What whoever operates an installation decides, as units of work: by the command line and by the desk alike."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Said
from scheduler.base.address import scrub
from scheduler.base.refusal import Refusal, UsageRefusal
from scheduler.planning.delivery import State
from scheduler.store import brake
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Facts, Via, What
from scheduler.store.brake import Brake
from scheduler.store.database import Database
from scheduler.store.ledger import deliveries
from scheduler.store.ledger.deliveries import ACTS_ON, Chosen, Order
from scheduler.store.people import bounces, doubts, quarantine

log = structlog.get_logger(__name__)
NOT_DOUBTED = Phrase("{name}: no doubted report is about it; `agenda suppressions --doubted` lists")
BOTH = Phrase("{name}: to be accepted and dismissed; decide for one")
NOT_SUPPRESSED = Phrase("{recipient}: not suppressed; `agenda suppressions` lists who is")
UNKNOWN = Phrase("{id}: there is no such delivery")
UNFIT = Phrase("{id}: is {state}; this can be decided of: {states}")
DEEDS = {
    Order.HOLD: What.HELD,
    Order.RELEASE: What.RELEASED,
    Order.RETRY: What.RETRIED,
    Order.DROP: What.DROPPED,
}
IDS_NAMED = 20  # of those that were chosen by id, in the audit
POSTS_NAMED = 20  # of those that are written to no more, likewise
NOT_STOPPED = Phrase("Mail is not stopped.")
_PAST = {Order.HOLD: "held", Order.RELEASE: "released", Order.RETRY: "retried", Order.DROP: "dropped"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What came of a decision about deliveries."""

    order: Order
    done: int  # rows that changed
    unfit: Mapping[int, State | None]  # of those named by id, what stands in no state for it; None: there is none such

    def whys(self) -> tuple[Said, ...]:
        """Of each that was named and did not change, why."""
        return tuple(self._why(id_, state) for id_, state in self.unfit.items())

    def _why(self, id_: int, state: State | None) -> Said:
        if state is None:
            return UNKNOWN.of(id=id_)
        return UNFIT.of(id=id_, state=state, states=", ".join(ACTS_ON[self.order]))


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeseenDecision:
    """What a decision about deliveries would come to."""

    count: int
    become: Mapping[State, int]  # in which state how many of them would stand
    twice: int  # of those that go, how many may have arrived before


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What came of deciding about reports that are doubted."""

    believed: int  # reports
    posts: int  # that are written to no more
    rejected: int  # reports


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """What one person does, now."""

    database: Database
    by: str  # as people read it
    who: str  # as the audit has it: an account's id
    now: datetime
    via: Via = Via.COMMAND
    reason: str = ""  # why, where it is not kept with a delivery

    def stop(self, reason: str = "") -> Brake:
        """No further MAIL FROM leaves, on any node."""
        with self.database.write() as connection:
            return brake.pull(connection, self.now, self.by, self._deed(What.STOPPED, scrub(reason.strip())))

    def give_reason(self, reason: str) -> Brake:
        """Why it was stopped, said after. Raises Refusal where it is stopped no more."""
        with self.database.write() as connection:
            found = brake.give_reason(connection, self.now, self._deed(What.STOPPED, scrub(reason.strip())))
            if found is None:
                raise Refusal(NOT_STOPPED)
            return found

    def resume(self) -> Brake | None:
        """Sending goes on; what is past its use stays unsent. Returns how it was stopped; None where it was not."""
        with self.database.write() as connection:
            return brake.let_go(connection, self.now, self._deed(What.RESUMED))

    def decide(self, order: Order, chosen: Chosen, reason: str) -> Decided:
        """Hold, release, retry or drop those of the chosen that stand so that it can be."""
        fit = within(order, chosen)
        with self.database.write() as connection:
            named = deliveries.listing(connection, Chosen(ids=chosen.ids), len(chosen.ids)) if chosen.ids else []
            done = self._act(connection, order, fit, reason) if fit is not None else 0
            if fit is not None and done:
                deed = self._deed(DEEDS[order], reason, details={"n": done, **_which(fit)})
                chain.record(connection, deed, self.now)
        log.info("operator decided", order=order.value, deliveries=done)
        states: dict[int, State | None] = {**dict.fromkeys(chosen.ids), **{one.id: one.state for one in named}}
        unfit = {id_: state for id_, state in states.items() if state not in ACTS_ON[order]}
        return Decided(order=order, done=done, unfit=unfit)

    def foresee(self, order: Order, chosen: Chosen) -> ForeseenDecision:
        """What deciding so would come to: found out by doing it, and taking it back."""
        fit, mark = within(order, chosen), secrets.token_hex(8)
        if fit is None:
            return ForeseenDecision(count=0, become={}, twice=0)
        with self.database.suppose() as connection:
            count = self._act(connection, order, fit, mark)
            become, twice = deliveries.decided_with(connection, self._words(order, mark))
        return ForeseenDecision(count=count, become=become, twice=twice)

    def _act(self, connection: Connection, order: Order, fit: Chosen, reason: str) -> int:
        words = self._words(order, reason)
        match order:
            case Order.RELEASE:
                return deliveries.release(connection, fit, words, self.now)
            case Order.RETRY:
                return deliveries.retry(connection, fit, words, self.now)
            case Order.HOLD:
                return deliveries.hold(connection, fit, words)
            case Order.DROP:
                return deliveries.drop(connection, fit, words)

    def _words(self, order: Order, reason: str) -> str:
        """As they stand with each delivery."""
        return scrub(f"{_PAST[order]} by {self.by}: {reason}")

    def lift(self, recipient: str) -> int:
        """Write to a post (its id) again; returns how many reminders are planned. Raises Refusal."""
        with self.database.write() as connection:
            planned = bounces.lift(connection, recipient, self.now)
            if planned is None:
                raise Refusal(NOT_SUPPRESSED, recipient=recipient)
            deed = self._deed(What.LIFTED, subject=recipient, details={"n": planned}, about=recipient)
            chain.record(connection, deed, self.now)
            return planned

    def judge(self, accepted: Collection[str], dismissed: Collection[str], *, all_: str = "") -> Judged:
        """Believe the doubted reports about these posts, and not those about others; `all_` names whoever is left.

        All of it, or nothing: a post that no doubted report is about, or one named for both, is a mistake.
        """
        with self.database.write() as connection:
            known = {one.recipient for one in doubts.undecided(connection, self.now)}
            for name in (*accepted, *dismissed):
                if name not in known and not (all_ and name == all_):
                    raise Refusal(NOT_DOUBTED, name=name)
            yes, no = _named(accepted, known, dismissed, all_), _named(dismissed, known, accepted, all_)
            if both := yes & no:
                raise UsageRefusal(BOTH, name=min(both))
            believed, rejected = doubts.accept(connection, yes, self.now), doubts.dismiss(connection, no, self.now)
            muted = " ".join(sorted(yes)[:POSTS_NAMED])
            figures: Facts = {"n": believed + rejected, "believed": believed, "rejected": rejected, "posts": muted}
            chain.record(connection, self._deed(What.REPORTS_DECIDED, details=figures), self.now)
            return Judged(believed=believed, posts=len(yes), rejected=rejected)

    def forget_quarantined(self, digests: Collection[str]) -> int:
        """Drop messages that were set aside, from the list and from here. Returns how many there were."""
        with self.database.write() as connection:
            known = [one.digest for one in quarantine.listed(connection) if one.digest in digests]
            for digest in known:
                quarantine.forget(connection, digest)
            if known:
                deed = self._deed(What.MESSAGES_FORGOTTEN, details={"n": len(known)})
                chain.record(connection, deed, self.now)
            return len(known)

    def saved_quarantined(self, count: int) -> None:
        """Put on record that messages that people wrote were taken out."""
        with self.database.write_own_row() as connection:
            chain.record(connection, self._deed(What.MESSAGES_SAVED, details={"n": count}), self.now)

    def _deed(
        self, what: What, reason: str = "", *, subject: str = "", details: Facts | None = None, about: str = ""
    ) -> Deed:
        why = reason or self.reason
        return Deed(
            who=self.who, what=what, via=self.via, subject=subject, details=details or {}, reason=why, about=about
        )


def _which(fit: Chosen) -> dict[str, str]:
    """How they were chosen, for the audit."""
    ids = " ".join(map(str, fit.ids[:IDS_NAMED])) + (" …" if len(fit.ids) > IDS_NAMED else "")
    said = {"ids": ids, "site": fit.site, "event": fit.event, "purpose": fit.purpose}
    return {name: str(one) for name, one in said.items() if one}


def within(order: Order, chosen: Chosen) -> Chosen | None:
    """Those of the chosen of which this can be decided; None where they are chosen by states in which it cannot."""
    states = tuple(one for one in ACTS_ON[order] if not chosen.states or one in chosen.states)
    return replace(chosen, states=states) if states else None


def _named(names: Collection[str], known: set[str], others: Collection[str], all_: str) -> set[str]:
    """«all» is whoever is not named for the other decision."""
    return known - set(others) if all_ and all_ in names else set(names)
