"""The sessions of other regions that a site's people may join instead of their own, the most humane hour first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from calendars.days.off import DaysOff
from calendars.editions import Edition
from calendars.impact import Fit, Session, session_at, working_spans
from calendars.model.events import Event, EventStatus
from calendars.model.places import Representation
from calendars.zones import nearest_instant

OPEN = frozenset({EventStatus.TENTATIVE, EventStatus.CONFIRMED})
_FITS = tuple(Fit)
_AROUND = timedelta(days=7)  # each way, there is a working day


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """Another region's session of the same kind, as it falls at one site."""

    event: Event
    session: Session


def offers(edition: Edition, event: Event, site: Representation, now: datetime) -> tuple[Offer, ...]:
    """What the site's people may join instead of `event`: none unless it says so.

    Inside working hours comes before partly and outside; then what is not at night, not on a weekend or holiday,
    nearest to working hours, soonest.
    """
    if not event.other_sessions:
        return ()
    days = DaysOff.of(edition.agenda)
    found = [(_inhumanity(offer, edition, days), offer) for offer in _joinable(edition, event, site, now, days)]
    return tuple(offer for _, offer in sorted(found, key=lambda pair: pair[0]))


def _joinable(edition: Edition, event: Event, site: Representation, now: datetime, days: DaysOff) -> Iterator[Offer]:
    for other, revision in edition.listed():
        if other.id == event.id or other.kind != event.kind or other.status not in OPEN:
            continue
        if revision.start is None or revision.end is None or revision.start <= now:
            continue
        addressed = edition.agenda.addressed(other)
        if addressed and site not in addressed:
            at = revision.start, revision.end, edition.agenda.zone
            yield Offer(event=other, session=session_at(site, *at, days, revision.wall))


def _inhumanity(offer: Offer, edition: Edition, days: DaysOff) -> tuple[int, bool, bool, timedelta, datetime, str]:
    """The less, the better."""
    session, start = offer.session, edition.revisions[offer.event.id].start
    assert start is not None, "what is offered has an hour"
    free_day = session.weekend or session.holiday is not None
    distance = _outside(session.site, start, start + session.length, days)
    return _FITS.index(session.fit), session.night, free_day, distance, start, offer.event.id


def _outside(site: Representation, start: datetime, end: datetime, days: DaysOff) -> timedelta:
    """How far a session (UTC) lies from the nearest working hours: what of it sticks out, and the gap if all does."""
    spans = working_spans(site, (start - _AROUND).date(), (end + _AROUND).date(), days)
    opened = ((nearest_instant(span.start, site.zone), nearest_instant(span.end, site.zone)) for span in spans)
    none = timedelta()
    return min(max(opens - start, none) + max(end - closes, none) for opens, closes in opened)
