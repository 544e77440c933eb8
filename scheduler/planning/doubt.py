"""How a report that came back counts: a flood of them, that addresses are bad, is doubted. Pure; the ledger applies it.

Whoever leads a server to report many addresses at once (a forger, a migrated domain, a broken gateway) would otherwise
mute as many offices. Real posts do not die by the dozen within an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

COUNTS_FOR = timedelta(days=30)  # after a message left; what comes later is about nothing that anybody still knows
FLOOD_WITHIN = timedelta(hours=1)
FLOOD_FROM = 10  # hard reports within that time; more are doubted …
FLOOD_SHARE = 10  # … where they are more than a tenth of what
WENT_OUT_WITHIN = timedelta(hours=72)  # went out before
UNDECIDED_FOR = timedelta(days=7)  # then a doubted report counts as soft

Kind = Literal["hard", "soft"]  # what a report says: the address is bad; this message did not arrive
CountsAs = Literal["hard", "soft", "doubted", "forgiven"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recent:
    """What happened before a report came."""

    hard: int  # reports within the hour that said so, doubted ones included, this one not
    out: int  # deliveries that went out within the 72 hours

    @property
    def floods(self) -> bool:
        """Is one more too many?"""
        return self.hard + 1 > FLOOD_FROM and (self.hard + 1) * FLOOD_SHARE > self.out


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else decides."""

    former: bool = False  # the message went to whoever held the post before: it says nothing of the address it has now
    blames: bool = True  # False: all mail is redirected, and no report speaks of a post's own address
    proven: bool = True  # False: it had to come to a signed address, and came elsewhere


def went_out(sent_at: datetime | None, now: datetime) -> bool:
    """Is a report of it still to be believed? `sent_at` None: it went, and nobody knows when."""
    return sent_at is None or now - sent_at <= COUNTS_FOR


def counts_as(kind: Kind, about: Circumstances, recent: Recent) -> CountsAs:
    """How a report counts. Only *hard* mutes a post by itself."""
    if about.former:
        return "forgiven"
    if kind == "soft" or not about.proven:
        return "soft"
    return "doubted" if about.blames and recent.floods else "hard"


def lapsed(at: datetime, now: datetime) -> bool:
    """Has a doubted report waited in vain for somebody to decide?"""
    return now - at >= UNDECIDED_FOR
