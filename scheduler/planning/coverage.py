"""Who comes, counted by site; what a coverage rule still lacks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from calendars.editions import Edition
from calendars.model.events import Event, EventStatus, Timed
from calendars.model.people import Role
from calendars.model.places import Representation
from scheduler.planning.standing import Footing, standing

_TAKES_PLACE = frozenset({EventStatus.TENTATIVE, EventStatus.CONFIRMED, EventStatus.HELD})


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """A post that is on the list, and what it said last of one event."""

    site: str  # Representation.id
    role: Role
    reply: str | None  # yes, no, maybe; None: silent
    instead: str | None  # Event.id of another region's session that it comes to
    start: datetime | None = None  # UTC, that it was said for; None: nobody kept it


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """The posts of one site, by what they said of one event."""

    site: Representation
    yes: int
    no: int
    maybe: int
    silent: int
    set_aside: int  # said of a start that the event has no more: they count for nothing until said again
    another_hour: int  # of those that count: said of another hour of the same day
    elsewhere: int  # come to another region's session, which still takes place
    deputies: int  # that are on the list; they count above only once they come

    @property
    def coming(self) -> int:
        """Wherever they go: whoever was at another region's session knows what it was about."""
        return self.yes + self.elsewhere


def tallies(edition: Edition, event: Event, voices: Iterable[Voice]) -> tuple[Tally, ...]:
    """A count for each site that the event addresses, in the agenda's order."""
    agenda, said = edition.agenda, Counter[tuple[str, str]]()
    sessions = _sessions(edition)
    for voice in voices:
        if voice.role is Role.DEPUTY:
            said[voice.site, "deputies"] += 1
        word, hour = _word(edition, event, voice, sessions)
        if voice.role is Role.HOLDER or (voice.role is Role.DEPUTY and word in ("yes", "elsewhere")):
            said[voice.site, word] += 1
            said[voice.site, "another_hour"] += hour is Footing.ANOTHER_HOUR
    return tuple(
        Tally(
            site=site,
            yes=said[site.id, "yes"],
            no=said[site.id, "no"],
            maybe=said[site.id, "maybe"],
            silent=said[site.id, "silent"],
            set_aside=said[site.id, "set_aside"],
            another_hour=said[site.id, "another_hour"],
            elsewhere=said[site.id, "elsewhere"],
            deputies=said[site.id, "deputies"],
        )
        for site in agenda.addressed(event)
    )


def has_answered(edition: Edition, event: Event, voice: Voice) -> bool:
    """Has the post said anything of the event that counts for its start as it is now?"""
    return _word(edition, event, voice, _sessions(edition))[0] not in ("silent", "set_aside")


def _sessions(edition: Edition) -> frozenset[str]:
    """The events (ids) that somebody can come to instead of their own."""
    events = edition.agenda.events
    return frozenset(one.id for one in events if one.status in _TAKES_PLACE and isinstance(one.when, Timed))


def _word(edition: Edition, event: Event, voice: Voice, sessions: Container[str]) -> tuple[str, Footing]:
    """As what a post counts: what it goes to instead has to be where it was when it said so, as its own has."""
    elsewhere = voice.instead if voice.instead in sessions else None
    hour = standing(edition, elsewhere or event.id, voice.site, voice.start)
    if voice.reply is None:
        return "silent", Footing.HOLDS
    if hour is Footing.SET_ASIDE and (elsewhere or voice.instead is None):
        return "set_aside", hour
    return ("elsewhere" if elsewhere else voice.reply), hour


def lacking(event: Event, counted: Iterable[Tally]) -> tuple[Tally, ...]:
    """The sites from which fewer come than the event's rule wants; none without a rule."""
    if event.coverage is None:
        return ()
    return tuple(one for one in counted if one.coming < event.coverage.minimum)
