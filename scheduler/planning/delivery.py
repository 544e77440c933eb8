"""States of a delivery and what follows from an outcome: decisions as values, no I/O (docs/delivery-states.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from scheduler.planning.codes import Blame, blame

_LESS = re.compile(r"too many|too fast|rate.?limit|throttl|slow down|limit.{0,3}exceeded", re.IGNORECASE)
_LESS_CODES = frozenset({421, 432, 450, 451})  # 432: Exchange Online, of connections
RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60))  # then hourly
RELAY_PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30))  # then every 30 minutes
REFUSALS_UNTIL_HELD = 3
UNCERTAIN_WAIT = timedelta(minutes=5)  # before an uncertain message is repeated: time for an operator to look
REPEATS = 1  # of a message whose fate is unknown, under the same Message-ID; then an operator decides
LATE = timedelta(minutes=15)  # from here on a reminder is catching up, and minds the site's working hours
URGENT = timedelta(hours=24)  # before the start: what leaves now is worth more than a humane hour


class Purpose(StrEnum):
    """Why a delivery is owed. What is of no event is service mail: asked for a moment ago, of use now."""

    REMINDER = "reminder"
    ESCALATION = "escalation"  # too few have said that they come: to deputies, and to the region's coordinators
    NOTICE = "notice"  # of a change between what the post was last told and the edition in force
    INVITATION = "invitation"  # the post chose another channel, or moved: an event enters its calendar, or leaves it
    CONVOCATION = "convocation"  # to an event that was announced by name
    QUESTION = "question"  # an administrator asks, once, who has not said whether they come
    FOLLOW_UP = "follow-up"  # after a session: thanks to a site that came, a question to one that did not
    CONFIRMATION = "confirmation"  # somebody signed up with this address: is it yours?
    KNOWN = "known"  # likewise, and it gets the reminders already
    ALARM = "alarm"  # to the coordinator: a site has nobody left to write to
    LEFT = "left"  # likewise, because its last post asked for no more
    DOUBT = "doubt"  # to the coordinator: reports that addresses are bad came in a flood, and none of them counts yet
    WELCOME = "welcome"  # to the successor: a post has passed to you
    FAREWELL = "farewell"  # to whoever held it before
    HANDOVER = "handover"  # to the coordinator: a post has passed to somebody else
    PROPOSAL = "proposal"  # to the coordinator: a post answered with another hour
    ROLL_CALL = "roll-call"  # does this reach you, is your clock ours, and are you still the one?
    ROLL_LIST = "roll-list"  # to a region's coordinator: who was asked twice and has not answered
    SUCCESSION = "succession"  # to a post: by its link somebody said that another address has it now
    ACCESS = "access"  # the short-lived link to change more than a mail's own links may


PLANNED_BY_EDITION = (Purpose.REMINDER, Purpose.ESCALATION)  # what `scheduler/planning/plan.py` says is owed
ASKED = (Purpose.CONFIRMATION, Purpose.KNOWN, Purpose.ACCESS)  # anybody may ask for these: others do not wait for them
ROLL = (Purpose.ROLL_CALL, Purpose.ROLL_LIST)  # never outside the working hours of a day that is certain
NEWS = (Purpose.NOTICE, Purpose.CONVOCATION)  # what an edition has to tell: compared with what is known as it leaves


class State(StrEnum):
    PLANNED = "planned"
    CLAIMED = "claimed"
    SENDING = "sending"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"
    HELD = "held"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    BOUNCED = "bounced"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"


WAITING = (State.PLANNED, State.DEFERRED)  # may be claimed once due
REVOCABLE = (State.PLANNED, State.DEFERRED, State.CLAIMED, State.HELD, State.UNCERTAIN)  # a change of plan ends them
OPEN = (*REVOCABLE, State.SUPPRESSED)  # neither sent nor on its way; nor ended, but kept back for its post's sake
MUTABLE = (State.PLANNED, State.DEFERRED, State.CLAIMED)  # leaving or a dead address suppresses them
EXPIRABLE = (State.PLANNED, State.DEFERRED, State.CLAIMED, State.UNCERTAIN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What one SMTP transaction came to, in the terms of who must decide what happens next.

    accepted: 2xx after the final dot. refused: the server answered 4xx or 5xx at `stage`.
    broken: it failed before the body was begun; nothing can have been delivered.
    unknown: it failed after the body was begun and before its reply: nobody can know.
    """

    kind: Literal["accepted", "refused", "broken", "unknown"]
    stage: Literal["mail", "rcpt", "data", "body"]
    code: int | None = None  # SMTP reply code (RFC 5321 §4.2)
    status: str | None = None  # enhanced status, "5.1.1" (RFC 3463)
    text: str = ""  # the server's words or the error's


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempted:
    """What a decision needs to know of a delivery that was just tried."""

    attempts: int  # this one included
    refusals: int  # 5xx answers so far, this one not included
    expires_at: datetime
    jitter: float  # 0..1, spreads retries; from the message's key, so that a rehearsal repeats itself
    redirected: bool = False  # to AGENDA_REDIRECT_ALL: an answer about the address says nothing of the post's


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    state: State
    next_at: datetime | None = None  # when the ledger looks at it again
    refused: bool = False  # counts towards `refusals`
    suppress: bool = False  # the address is bad: nothing more goes there
    fault: bool = False  # not this delivery's but the installation's: pause the relay
    counts: bool = False  # a refusal that may be either's: of three posts running it is the installation's


def decide(tried: Attempted, outcome: Outcome, now: datetime) -> Decision:
    """What becomes of a delivery after `outcome`. Never past `expires_at`: there it waits to be marked expired."""
    if outcome.kind == "accepted":
        return Decision(state=State.ACCEPTED)
    if outcome.kind == "unknown":
        return Decision(state=State.UNCERTAIN, next_at=min(now + UNCERTAIN_WAIT, tried.expires_at))
    permanent = outcome.kind == "refused" and outcome.code is not None and outcome.code >= 500
    if not permanent:
        return Decision(state=State.DEFERRED, next_at=_retry_at(tried, now))
    blamed = blame(outcome.status, outcome.text) if outcome.stage != "mail" else Blame.INSTALLATION  # of the sender
    if blamed is Blame.ADDRESS and not tried.redirected:
        return Decision(state=State.REJECTED, refused=True, suppress=True)
    fault = blamed in (Blame.ADDRESS, Blame.INSTALLATION)
    counts = blamed in (Blame.NOBODY, Blame.CONTENT)
    if tried.refusals + 1 >= REFUSALS_UNTIL_HELD:
        return Decision(state=State.HELD, refused=True, fault=fault, counts=counts)
    return Decision(state=State.DEFERRED, next_at=_retry_at(tried, now), refused=True, fault=fault, counts=counts)


def asks_for_less(code: int | None, status: str | None, text: str) -> bool:
    """Does a server say *too much, too fast*? 4.7.x does (RFC 3463 §3.8), and the words where the status does not.

    454 does not: it speaks of TLS or of the login (RFC 3207 §4, RFC 4954 §6).
    """
    if status is not None and status.startswith("4.7."):
        return code != 454
    return code in _LESS_CODES and _LESS.search(text) is not None


def _retry_at(tried: Attempted, now: datetime) -> datetime:
    pause = RETRIES[min(tried.attempts, len(RETRIES)) - 1]
    return min(now + pause + pause * 0.2 * tried.jitter, tried.expires_at)


def minds_hours(purpose: Purpose, rule: str, due: datetime, now: datetime, expires_at: datetime) -> bool:
    """Whether a delivery that leaves now has to wait for the site's next working hour.

    A `PnD` reminder that is late does, and so do an escalation, an invitation and a question, unless the event starts
    within a day; `PT…` goes at its hour, and service mail when it was asked for. When a notice or a convocation leaves,
    scheduler/planning/notices.py says; when a follow-up does, follow_ups.py.
    """
    of_the_day = (*PLANNED_BY_EDITION, Purpose.INVITATION, Purpose.QUESTION)
    by_the_day = purpose in of_the_day and not rule.startswith("PT")
    return by_the_day and now - due > LATE and expires_at - now > URGENT


def relay_pause(failures: int) -> timedelta:
    """How long the relay is left alone after so many failures in a row (from 1)."""
    return RELAY_PAUSES[min(failures, len(RELAY_PAUSES)) - 1]
