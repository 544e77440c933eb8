"""Who comes, counted by site; what a coverage rule still lacks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from calendars.model.agenda import Agenda
from calendars.model.events import Event, EventStatus, Timed
from calendars.model.people import Role
from calendars.model.places import Representation

_TAKES_PLACE = frozenset({EventStatus.TENTATIVE, EventStatus.CONFIRMED, EventStatus.HELD})


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """A post that is on the list, and what it said last of one event."""

    site: str  # Representation.id
    role: Role
    reply: str | None  # yes, no, maybe; None: silent
    instead: str | None  # Event.id of another region's session that it comes to


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """The posts of one site, by what they said of one event."""

    site: Representation
    yes: int
    no: int
    maybe: int
    silent: int
    elsewhere: int  # come to another region's session, which still takes place
    deputies: int  # that are on the list; they count above only once they come

    @property
    def coming(self) -> int:
        """Wherever they go: whoever was at another region's session knows what it was about."""
        return self.yes + self.elsewhere


def tallies(agenda: Agenda, event: Event, voices: Iterable[Voice]) -> tuple[Tally, ...]:
    """A count for each site that the event addresses, in the agenda's order."""
    sessions = {one.id for one in agenda.events if one.status in _TAKES_PLACE and isinstance(one.when, Timed)}
    said: Counter[tuple[str, str]] = Counter()
    for voice in voices:
        if voice.role is Role.DEPUTY:
            said[voice.site, "deputies"] += 1
        word = "elsewhere" if voice.instead in sessions else voice.reply or "silent"
        if voice.role is Role.HOLDER or (voice.role is Role.DEPUTY and word in ("yes", "elsewhere")):
            said[voice.site, word] += 1
    return tuple(
        Tally(
            site=site,
            yes=said[site.id, "yes"],
            no=said[site.id, "no"],
            maybe=said[site.id, "maybe"],
            silent=said[site.id, "silent"],
            elsewhere=said[site.id, "elsewhere"],
            deputies=said[site.id, "deputies"],
        )
        for site in agenda.addressed(event)
    )


def lacking(event: Event, counted: Iterable[Tally]) -> tuple[Tally, ...]:
    """The sites from which fewer come than the event's rule wants; none without a rule."""
    if event.coverage is None:
        return ()
    return tuple(one for one in counted if one.coming < event.coverage.minimum)
