"""Ledger -> figures: what a campaign came to, by event, region and rule; and what is wrong right now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, exists, func, or_, select

from calendars.model.agenda import Agenda
from calendars.model.people import Role
from calendars.zones import to_wall
from scheduler.planning.delivery import Purpose, State
from scheduler.store.posts import roster
from scheduler.store.schema import bounces, deliveries, recipients

_D = deliveries.c


_ACCEPTED = func.count().filter(_D.state == State.ACCEPTED)
_REFUSED = func.count().filter(_D.refusals > 0)
_Part = tuple[datetime, int, int, int]  # local wall time due; accepted, refused, moved


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRow:
    """The reminders of one event, region and rule; `count` is how many the mail server took."""

    event: str
    region: str
    rule: str
    count: int
    first_local: datetime  # earliest and latest wall time at which they were due, each at its own site
    last_local: datetime
    moved: int  # off a weekend, a holiday or the night
    refused: int  # answered with 5xx at least once


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    states: Mapping[str, int]  # how many deliveries stand in each state
    uncertain: int  # how many have ever been
    repeated: int  # sent again after that
    refused: int  # answered with 5xx at least once

    def of(self, *states: State) -> int:
        return sum(self.states.get(state, 0) for state in states)


def totals(connection: Connection) -> Totals:
    by_state = connection.execute(select(_D.state, func.count().label("size")).group_by(_D.state))
    figures = connection.execute(
        select(
            func.count(_D.uncertain_at),
            func.coalesce(func.sum(_D.repeats), 0),
            _REFUSED,
        ).select_from(deliveries)
    ).one()
    return Totals(
        states={row.state: row.size for row in by_state}, uncertain=figures[0], repeated=figures[1], refused=figures[2]
    )


def campaign(connection: Connection, agenda: Agenda) -> list[ReportRow]:
    """The reminders that reached the mail server by event, region and rule, in the agenda's order."""
    sites = {site.id: site for site in agenda.representations}
    groups: dict[tuple[str, str, str], list[_Part]] = {}
    found = connection.execute(
        select(_D.event, _D.site, _D.rule, _D.due_at, _ACCEPTED, _REFUSED, func.sum(_D.moved))
        .where(_D.purpose == Purpose.REMINDER, or_(_D.state == State.ACCEPTED, _D.refusals > 0))
        .group_by(_D.event, _D.site, _D.rule, _D.due_at)
    )
    for event, site_id, rule, due, accepted, refused, moved in found:
        site = sites.get(site_id)
        if site is not None:
            groups.setdefault((event, site.region, rule), []).append(
                (to_wall(due, site.zone), accepted, refused, moved)
            )
    rows = [_row(key, parts) for key, parts in groups.items()]
    events = [event.id for event in agenda.events]
    regions = [region.id for region in agenda.regions]
    return sorted(rows, key=lambda row: (events.index(row.event), regions.index(row.region), row.first_local))


def notices(connection: Connection) -> dict[int, int]:
    """How many notices of changes reached the mail server, by the number of the edition that owed them."""
    found = connection.execute(
        select(_D.schedule, func.count().label("size"))
        .where(_D.purpose == Purpose.NOTICE, _D.state == State.ACCEPTED)
        .group_by(_D.schedule)
    )
    return {row.schedule: row.size for row in found}


def _row(key: tuple[str, str, str], parts: Iterable[_Part]) -> ReportRow:
    walls, accepted, refused, moved = zip(*parts, strict=True)
    return ReportRow(
        event=key[0],
        region=key[1],
        rule=key[2],
        count=sum(accepted),
        first_local=min(walls),
        last_local=max(walls),
        moved=sum(moved),
        refused=sum(refused),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Posts:
    """Who of the posts is not written to, and how many signed up by themselves."""

    left: tuple[str, ...]  # ids of the administrator's posts that asked for no reminders
    bad_addresses: int
    signed_up: int


Ending = Literal["bounced", "refused", "left", "removed"]  # refused: by the mail server, while it was sent


@dataclass(frozen=True, kw_only=True, slots=True)
class Uncovered:
    """A site with nobody left to write to, and how it lost the last post of the administrator's file."""

    site: str
    reason: Ending
    since: datetime  # UTC


def uncovered(connection: Connection) -> list[Uncovered]:
    """The sites that have nobody left, by id."""
    r = recipients.c
    bounced = exists().where(bounces.c.recipient == r.id, bounces.c.kind == "hard").label("bounced")
    rows = connection.execute(
        select(r.site, r.removed_at, r.left_at, r.suppressed_at, bounced)
        .where(r.site.in_(roster.uncovered_sites(connection)), r.origin == "file", r.role == Role.HOLDER)
        .order_by(r.site)
    ).all()
    last: dict[str, Uncovered] = {}
    for row in rows:
        end = _end(row.removed_at, row.suppressed_at, row.left_at, bounced=row.bounced)
        if end is not None and (row.site not in last or last[row.site].since < end[1]):
            last[row.site] = Uncovered(site=row.site, reason=end[0], since=end[1])
    return list(last.values())


def _end(
    removed: datetime | None, suppressed: datetime | None, left: datetime | None, *, bounced: bool
) -> tuple[Ending, datetime] | None:
    """What came first of all that keeps a post from being written to."""
    ends: list[tuple[Ending, datetime | None]] = [
        ("removed", removed),
        ("bounced" if bounced else "refused", suppressed),
        ("left", left),
    ]
    return min(((why, at) for why, at in ends if at is not None), key=lambda end: end[1], default=None)


def posts(connection: Connection) -> Posts:
    r = recipients.c
    rows = connection.execute(
        select(r.id, r.origin, r.left_at, r.suppressed_at)
        .where(roster.LISTED, or_(r.origin == "self", r.left_at.is_not(None), r.suppressed_at.is_not(None)))
        .order_by(r.id)
    ).all()
    return Posts(
        left=tuple(row.id for row in rows if row.origin == "file" and row.left_at is not None),
        bad_addresses=sum(row.suppressed_at is not None for row in rows),
        signed_up=sum(row.origin == "self" for row in rows),
    )
