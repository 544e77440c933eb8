"""Edition and recipients -> the reminders to send, each with what names it and its instant. Pure and streamed.

With them the escalations: what is asked of others where too few have said that they come. Whether one is needed is
found out when it leaves (scheduler/escalations.py).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from calendars.days.off import DaysOff
from calendars.editions import Edition, Revision
from calendars.model.agenda import Agenda
from calendars.model.events import Days, Event, EventStatus
from calendars.model.people import Recipient, Role
from calendars.model.places import Representation
from calendars.model.rules import DaysBefore, Quiet, ReminderRule
from calendars.workdays import working_day_at_or_before
from calendars.zones import nearest_instant, to_wall
from scheduler.planning.delivery import Purpose
from scheduler.planning.standing import Footing, standing

REMINDED = frozenset({EventStatus.TENTATIVE, EventStatus.CONFIRMED})
EVENING = time(18)  # where `silencio:` sends what would leave in the night


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A recipient, the instant at which the database took it in (UTC), the rules that it does not want, its answers."""

    recipient: Recipient
    since: datetime
    declined: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()  # events (Event.id) that it does not come to
    coming: frozenset[str] = frozenset()  # those that it has said it comes to
    instead: Mapping[str, str] = field(default_factory=dict)  # of those it is away from -> another region's session
    given: Mapping[str, datetime] = field(default_factory=dict)  # the start (UTC) that it said so for, where it is kept
    aside: frozenset[str] = frozenset()  # events that have another start since: what it said does not count

    def wants(self, moment: Moment) -> bool:
        """Is it to be reminded of the event then? A deputy is, once it comes; a coordinator is not."""
        match self.recipient.role:
            case Role.HOLDER:
                attends = moment.event not in self.away - self.aside
            case Role.DEPUTY:
                attends = moment.event in self.coming
            case _:
                attends = False
        return attends and self.comes_for(moment)

    def comes_for(self, moment: Moment) -> bool:
        """Was it here by then, and does it want such reminders?"""
        return moment.due >= self.since and moment.rule not in self.declined

    def is_asked(self, moment: Moment) -> bool:
        """Is it to hear then that too few come? Not of what it has answered for itself."""
        return moment.due >= self.since and moment.event not in (self.away | self.coming) - self.aside


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """When one rule of one event falls due at one site. Instants are UTC."""

    event: str
    site: str
    rule: str
    due: datetime
    expires: datetime  # the event's start: of no use from then on
    moved: bool  # off a weekend, a holiday or the night


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One delivery for one recipient. (purpose, subject, schedule, rule, recipient) is its key."""

    purpose: Purpose
    subject: str  # the event's UID
    schedule: int
    moment: Moment
    recipient: str  # Recipient.id


def plan(edition: Edition, members: Iterable[Member]) -> Iterator[Planned]:
    """Every reminder and escalation that the edition owes these members, in order of event and site.

    Left out: what was due before the member joined or before the event's schedule was published, what the member
    declined, the events that it does not come to, and one of two that weekends and holidays move to the same hour.
    """
    by_site = _by_site(members, edition)
    guests = _guests(edition.agenda, by_site)
    for event, revision in edition.listed():
        for moment, later in _ahead(moments(edition.agenda, event, revision, by_site), revision):
            for member in by_site[moment.site]:
                if member.wants(moment) and later <= member.declined:
                    yield _planned(Purpose.REMINDER, revision, moment, member.recipient.id)
        for member, where in guests.get(event.id, ()):
            for moment, later in _ahead(guest_moments(edition.agenda, event, revision, where), revision):
                if member.comes_for(moment) and later <= member.declined:
                    yield _planned(Purpose.REMINDER, revision, moment, member.recipient.id)
        for site, role, moment in _escalations(edition.agenda, event, revision):
            published = moment.due >= revision.scheduled
            for member in by_site.get(site, ()) if published else ():
                if member.recipient.role is role and member.is_asked(moment):
                    yield _planned(Purpose.ESCALATION, revision, moment, member.recipient.id)


def _ahead(found: Iterable[Moment], revision: Revision) -> Iterator[tuple[Moment, frozenset[str]]]:
    """What falls due from the schedule's publication on, each with the later rules that fall due there just then."""
    for _, there in groupby(found, key=lambda one: one.site):
        ahead = [moment for moment in there if moment.due >= revision.scheduled]
        for index, moment in enumerate(ahead):
            yield moment, frozenset(other.rule for other in ahead[index + 1 :] if other.due == moment.due)


def moments(agenda: Agenda, event: Event, revision: Revision, wanted: Container[str]) -> Iterator[Moment]:
    """When each rule of the event falls due at each site that it concerns, of those that are `wanted` (by id)."""
    if event.status not in REMINDED:
        return
    due = DueDates(agenda, event, revision)
    for site in agenda.addressed(event):
        if site.id not in wanted:
            continue
        for rule in agenda.rules_for(event):
            yield from due.moment(site, rule)


def guest_moments(agenda: Agenda, event: Event, revision: Revision, site: Representation) -> Iterator[Moment]:
    """When each rule of an event with an hour falls due at a site that it does not address."""
    due = DueDates(agenda, event, revision)
    for rule in agenda.rules_for(event) if event.status in REMINDED else ():
        yield from due.moment(site, rule)


def open_sessions(edition: Edition) -> frozenset[str]:
    """The events (their ids) that somebody comes to, or came to, instead of another: with an hour, not cancelled."""
    return frozenset(
        event.id
        for event, revision in edition.listed()
        if event.status is not EventStatus.CANCELLED and revision.start is not None
    )


def _escalations(agenda: Agenda, event: Event, revision: Revision) -> Iterator[tuple[str, Role, Moment]]:
    """When deputies at each site, and coordinators of each region that the event concerns, are asked (by site id)."""
    if event.coverage is None or event.status not in REMINDED:
        return
    addressed, due = agenda.addressed(event), DueDates(agenda, event, revision)
    for site in addressed:
        for moment in due.moment(site, event.coverage.deputy):
            yield site.id, Role.DEPUTY, moment
    regions = {site.region for site in addressed}
    for site in (site for site in agenda.representations if site.region in regions):
        for moment in due.moment(site, event.coverage.coordination):
            yield site.id, Role.COORDINATOR, moment


class DueDates:
    """When rules of one event fall due."""

    def __init__(self, agenda: Agenda, event: Event, revision: Revision) -> None:
        self._event, self._revision, self._quiet = event, revision, agenda.quiet
        self._days = DaysOff.of(agenda)
        cover = () if event.coverage is None else (event.coverage.deputy, event.coverage.coordination)
        self._rules: dict[str, ReminderRule] = {str(rule): rule for rule in (*cover, *agenda.rules_for(event))}

    def named(self, site: Representation, rule: str) -> datetime | None:
        """When the rule of that name falls due at a site (UTC); None where the event has no such rule, or no longer."""
        known = self._rules.get(rule)
        found = () if known is None or self._event.status not in REMINDED else self.moment(site, known)
        return next((one.due for one in found), None)

    def moment(self, site: Representation, rule: ReminderRule) -> Iterator[Moment]:
        """When a rule falls due at a site; never where that is not before the start."""
        day, start = site_start(self._event, self._revision, site)
        due, moved = self._due(rule, site, day, start)
        if due < start:
            yield Moment(event=self._event.id, site=site.id, rule=str(rule), due=due, expires=start, moved=moved)

    def _due(self, rule: ReminderRule, site: Representation, day: date, start: datetime) -> tuple[datetime, bool]:
        if isinstance(rule, DaysBefore):
            wanted = day - timedelta(days=rule.days)
            working = working_day_at_or_before(site, wanted, self._days)
            return nearest_instant(datetime.combine(working, rule.at), site.zone), working != wanted
        due = start - timedelta(minutes=rule.minutes)
        evening = _evening_before(to_wall(due, site.zone), self._quiet)
        return (due, False) if evening is None else (nearest_instant(evening, site.zone), True)


def _by_site(members: Iterable[Member], edition: Edition) -> Mapping[str, Sequence[Member]]:
    sites: dict[str, list[Member]] = {}
    sessions = open_sessions(edition)
    for member in members:
        sites.setdefault(member.recipient.site, []).append(_as_it_stands(member, edition, sessions))
    return sites


def _as_it_stands(member: Member, edition: Edition, sessions: Container[str]) -> Member:
    """Whose chosen session takes place no more has its own again; a no to another start ends nothing of this one."""
    if not (member.instead or member.given):
        return member
    site, held = member.recipient.site, {own: other for own, other in member.instead.items() if other in sessions}
    aside = (key for key, start in member.given.items() if standing(edition, key, site, start) is Footing.SET_ASIDE)
    away = member.away - (member.instead.keys() - held.keys())
    return replace(member, away=away, instead=held, aside=frozenset(aside))


def _guests(
    agenda: Agenda, by_site: Mapping[str, Sequence[Member]]
) -> Mapping[str, Sequence[tuple[Member, Representation]]]:
    """Who comes to each event from a site that it does not address."""
    events = {event.id: event for event in agenda.events}
    guests: dict[str, list[tuple[Member, Representation]]] = {}
    for site in agenda.representations:
        for member in by_site.get(site.id, ()):
            for other in dict.fromkeys(member.instead.values()):
                if site not in agenda.addressed(events[other]):
                    guests.setdefault(other, []).append((member, site))
    return guests


def site_start(event: Event, revision: Revision, site: Representation) -> tuple[date, datetime]:
    """The site's date of the event, and the instant at which it starts there."""
    if isinstance(event.when, Days):
        return event.when.first, nearest_instant(datetime.combine(event.when.first, time()), site.zone)
    assert revision.start is not None, "only dated events are planned"
    return to_wall(revision.start, site.zone).date(), revision.start


def _evening_before(wall: datetime, quiet: Quiet | None) -> datetime | None:
    """18:00 before the night that `wall` lies in, or None where it lies in no hours of silence."""
    if quiet is None:
        return None
    clock = wall.time()
    overnight = quiet.start > quiet.end
    late = clock >= quiet.start and (overnight or clock < quiet.end)
    early = overnight and clock < quiet.end
    if not (late or early):
        return None
    same_evening = late and clock > EVENING
    return datetime.combine(wall.date() - timedelta(days=0 if same_evening else 1), EVENING)


def _planned(purpose: Purpose, revision: Revision, moment: Moment, recipient: str) -> Planned:
    return Planned(
        purpose=purpose,
        subject=revision.uid,
        schedule=revision.schedule,
        moment=moment,
        recipient=recipient,
    )
