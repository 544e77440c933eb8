"""Publishing: an agenda becomes a numbered, dated, immutable edition, and what changed becomes known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from calendars.catalogue import SOURCE, Phrase
from calendars.documents import event_digest
from calendars.model.agenda import Agenda, Draft
from calendars.model.events import Days, Event, EventStatus, Timed
from calendars.zones import nearest_instant, offset_at, to_instant, to_wall, zone_data

CANCELLED_STAYS = timedelta(days=90)  # in the feeds after its date, so that programs that poll rarely still learn of it

_ANOTHER = Phrase(
    "agenda.yaml is the agenda “{draft}”, and this database publishes “{in_force}”: write that id at agenda: again, or "
    "publish the other one from a folder of its own, with a database of its own"
)


class AnotherAgenda(ValueError):
    """The draft bears another agenda id than the edition in force: every UID would change."""

    def __init__(self, *, in_force: str, draft: str) -> None:
        self.why = _ANOTHER.of(in_force=in_force, draft=draft)
        super().__init__(self.why[SOURCE])


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One event's standing in an edition, in iCalendar's terms (RFC 5545 §3.8.7)."""

    uid: str  # uuid5 of agenda id and event id: never changes
    sequence: int  # SEQUENCE: rises on a change of time, place or state
    schedule: int  # rises only on a change of start or end; part of a delivery's key
    scheduled: datetime  # when that schedule was published, UTC: nothing that was due before is planned for it
    last_modified: datetime  # LAST-MODIFIED and DTSTAMP, UTC, whole seconds
    start: datetime | None  # instant, UTC; None for whole days and undated events
    end: datetime | None  # instant, UTC, exclusive
    digest: str  # of everything public about the event: a change moves last_modified
    listed: bool = True  # stands in the feeds; False once archived or cancelled and long over
    # Seconds east of UTC at `start`, by the zones of the sites and of the agenda; none of an edition from before that
    # was kept.
    offsets: Mapping[str, int] = field(default_factory=dict, hash=False)

    def wall(self, instant: datetime, zone: str) -> datetime:
        """What the clocks of a zone show at an instant of the event: naive, by the rules that it was published under.

        So pages and calendars say the hour that was promised, whatever this process's zone data makes of it.
        """
        known = self.offsets.get(zone)
        if known is None or self.start is None:
            return to_wall(instant, zone)
        return to_wall(instant, zone) + (timedelta(seconds=known) - offset_at(self.start, zone))


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    number: int  # from 1
    at: datetime  # when it was published, UTC
    author: str
    reason: str
    agenda: Agenda  # the draft's, and events that the draft dropped but people still have to hear of as cancelled
    revisions: Mapping[str, Revision]  # by event id, archived ones included
    zone_digest: str  # of the zone data that gave every `start` and `end`

    def listed(self) -> tuple[tuple[Event, Revision], ...]:
        """The dated events that stand in feeds, each with its revision, in order of the agenda."""
        pairs = ((event, self.revisions[event.id]) for event in self.agenda.events)
        return tuple((event, revision) for event, revision in pairs if event.when is not None and revision.listed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """What putting a draft in force came to. What is different for people, `calendars.changes` says."""

    edition: Edition
    withdrawn: tuple[str, ...]  # ids of events that the draft dropped while they were ahead: cancelled


def first_stamp(agenda: Agenda) -> datetime:
    """The instant that dates a first edition: `publicada:` at 00:00 in the agenda's zone."""
    return nearest_instant(datetime.combine(agenda.published, time()), agenda.zone)


def publish(
    previous: Edition | None, agenda: Agenda, *, at: datetime, author: str, reason: str, zone_digest: str
) -> Publication:
    """Put a draft in force at the instant `at`: the next edition, and what it withdraws from `previous`.

    Raises AnotherAgenda when the draft's id is not that of the edition in force.
    """
    if previous is not None and previous.agenda.id != agenda.id:
        raise AnotherAgenda(in_force=previous.agenda.id, draft=agenda.id)
    stamp = first_stamp(agenda) if previous is None else _never_back(at, previous)
    merged, withdrawn = _with_withdrawn(previous, agenda, at)
    revisions = {
        event.id: _revise(_standing(previous, event.id), merged, event, at=at, stamp=stamp) for event in merged.events
    }
    edition = Edition(
        number=1 if previous is None else previous.number + 1,
        at=at if previous is None else max(at, previous.at),  # feeds are dated by it, and must not go back
        author=author,
        reason=reason,
        agenda=merged,
        revisions=revisions | _archived(previous, revisions),
        zone_digest=zone_digest,
    )
    return Publication(edition=edition, withdrawn=withdrawn)


_Standing = tuple[Event | None, Revision]  # no event: it had been archived


def _standing(previous: Edition | None, event_id: str) -> _Standing | None:
    if previous is None or event_id not in previous.revisions:
        return None
    event = next((e for e in previous.agenda.events if e.id == event_id), None)
    return event, previous.revisions[event_id]


def _never_back(at: datetime, previous: Edition) -> datetime:
    newest = max((revision.last_modified for revision in previous.revisions.values()), default=at)
    return max(at.replace(microsecond=0), newest)


def ends(agenda: Agenda, event: Event) -> datetime | None:
    """The instant at which the event is over, for whole days by the agenda's zone; None if it has no date."""
    match event.when:
        case Timed(wall=wall, fold=fold, duration=duration):
            return to_instant(wall, agenda.zone, fold) + duration
        case Days(last=last):
            return nearest_instant(datetime.combine(last + timedelta(days=1), time()), agenda.zone)
    return None


def _with_withdrawn(previous: Edition | None, agenda: Agenda, at: datetime) -> tuple[Agenda, tuple[str, ...]]:
    """The draft, and with it what it dropped while people still have to hear of it; and the ids newly withdrawn."""
    if previous is None:
        return agenda, ()
    kept = {event.id for event in agenda.events}
    dropped = [event for event in previous.agenda.events if event.id not in kept]
    audible = [event for event in dropped if _still_heard(previous, event, at)]
    new = tuple(event.id for event in audible if event.status is not EventStatus.CANCELLED)
    # Words for the mails of an event are of no use to whoever hears that it is off.
    cancelled = tuple(replace(event, status=EventStatus.CANCELLED, message=None) for event in audible)
    return replace(agenda, events=agenda.events + cancelled), new


def _still_heard(previous: Edition, event: Event, at: datetime) -> bool:
    end = previous.revisions[event.id].end or ends(previous.agenda, event)
    if end is None:
        return False
    if event.status is EventStatus.CANCELLED:
        return at < end + CANCELLED_STAYS
    return at < end


def _archived(previous: Edition | None, current: Mapping[str, Revision]) -> dict[str, Revision]:
    """The revisions of events that no longer stand in the agenda, kept so that an id that returns goes on counting."""
    if previous is None:
        return {}
    return {key: replace(value, listed=False) for key, value in previous.revisions.items() if key not in current}


def _revise(before: _Standing | None, agenda: Agenda, event: Event, *, at: datetime, stamp: datetime) -> Revision:
    start, end = _cancelled_at(before, event) or _instants(agenda, event)
    fresh = Revision(
        uid=str(uuid5(uuid5(NAMESPACE_URL, f"urn:agenda-consular:{agenda.id}"), event.id)),
        sequence=0,
        schedule=0,
        scheduled=at,
        last_modified=stamp,
        start=start,
        end=end,
        digest=event_digest(agenda, event),
        listed=_stays_listed(agenda, event, end, at),
        offsets=_offsets(agenda, event, start),
    )
    if before is None:
        return fresh
    then, was = before
    if event.status is EventStatus.CANCELLED:
        fresh = replace(fresh, offsets={**fresh.offsets, **was.offsets})
    moved, weighty = _moved(then, was, event, fresh), _weighty(then, event)
    same = was.digest == fresh.digest and not _other_clocks(was.offsets, fresh.offsets)
    return replace(
        fresh,
        uid=was.uid,
        sequence=was.sequence + (moved or weighty),
        schedule=was.schedule + moved,
        scheduled=at if moved else was.scheduled,
        last_modified=was.last_modified if same and not (moved or weighty) else stamp,
    )


def _moved(then: Event | None, was: Revision, event: Event, now: Revision) -> bool:
    """Has it another start or end? Of what returns from the archive, nobody can say what people still remember."""
    return then is None or (was.start, was.end, _days(then)) != (now.start, now.end, _days(event))


def _weighty(then: Event | None, event: Event) -> bool:
    """What else raises SEQUENCE: another place, another state."""
    return then is not None and (then.place, then.status) != (event.place, event.status)


def _days(event: Event) -> Days | None:
    return event.when if isinstance(event.when, Days) else None


def _cancelled_at(before: _Standing | None, event: Event) -> tuple[datetime | None, datetime | None] | None:
    """What is cancelled keeps the hour that it was cancelled at, whatever zone rules say since; None of all else."""
    if event.status is not EventStatus.CANCELLED or before is None:
        return None
    then, was = before
    return (was.start, was.end) if then is not None and then.when == event.when else None


def _instants(agenda: Agenda, event: Event) -> tuple[datetime | None, datetime | None]:
    if not isinstance(event.when, Timed):
        return None, None
    start = to_instant(event.when.wall, agenda.zone, event.when.fold)
    return start, start + event.when.duration


def _offsets(agenda: Agenda, event: Event, start: datetime | None) -> dict[str, int]:
    """What each hour is reckoned with, by its zone: told from what other zone data would give."""
    if start is None:
        return {}
    zones = sorted({agenda.zone, *(site.zone for site in agenda.addressed(event))})
    return {zone: int(offset_at(start, zone).total_seconds()) for zone in zones}


def _other_clocks(was: Mapping[str, int], now: Mapping[str, int]) -> bool:
    return any(was[zone] != now[zone] for zone in was.keys() & now.keys())


def _stays_listed(agenda: Agenda, event: Event, end: datetime | None, at: datetime) -> bool:
    end = end or ends(agenda, event)
    return event.status is not EventStatus.CANCELLED or end is None or at < end + CANCELLED_STAYS


def begins(agenda: Agenda, event: Event, revision: Revision) -> datetime:
    """The instant of its start (UTC); of whole days, midnight by the agenda's clock. Of a dated event only."""
    if revision.start is not None:
        return revision.start
    assert isinstance(event.when, Days), "a dated event has an hour or days"
    return nearest_instant(datetime.combine(event.when.first, time()), agenda.zone)


def is_past(agenda: Agenda, event: Event, revision: Revision, at: datetime) -> bool:
    """Whether its end has come by the instant `at`; of what has no date, never."""
    end = revision.end or ends(agenda, event)
    return end is not None and end <= at


def first_edition(draft: Draft) -> Edition:
    """The draft as it would stand as a first edition, dated by `publicada:`."""
    at = first_stamp(draft.agenda)
    return publish(None, draft.agenda, at=at, author="", reason="", zone_digest=zone_data().digest).edition
