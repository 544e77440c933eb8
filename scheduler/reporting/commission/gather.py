"""The database -> the figures of a report: read in one transaction, changed by nothing here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.changes import Change, changes, notices
from calendars.editions import Edition, Revision
from calendars.model.agenda import Agenda, Commitment
from calendars.model.events import Event, Timed
from calendars.model.places import Representation
from calendars.model.text import Spoken, Text
from calendars.zones import to_wall, zone_data
from scheduler.base.refusal import UsageRefusal
from scheduler.planning.delivery import State
from scheduler.planning.outcome import outcome
from scheduler.planning.rolls import Mailbox
from scheduler.reporting.commission import ledger
from scheduler.reporting.commission.figures import (
    ChangeFigures,
    CommissionFigures,
    EditionFigures,
    EventFigures,
    Evidence,
    LocalHour,
    ReportHead,
    RollFigures,
    SitePlace,
    ToldChange,
)
from scheduler.reporting.commission.reach import NOT_RECORDED, nights, presence, reaches
from scheduler.reporting.metrics import state_tallies
from scheduler.reporting.report import notices as notices_taken
from scheduler.reporting.rolls import ClockState, Roll, roll_if_called
from scheduler.store import editions
from scheduler.store.attendance.counts import SessionAttendance, attended
from scheduler.store.audit import chain
from scheduler.store.audit.packs import latest_pack
from scheduler.store.editions import InForce
from scheduler.wording.places import city_name

UNKNOWN_COMMITMENT = Phrase("“{given}”: there is no such commitment in force. There are: {known}.")
NO_COMMITMENT = Phrase("none")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportWanted:
    """What a report is to be about."""

    at: datetime  # UTC: as of when
    commitment: str = ""  # its id, or the number in it: «04/2021»; "": all


def gather(connection: Connection, now: InForce, wanted: ReportWanted) -> CommissionFigures:
    """All figures as of one moment of the database. Raises UsageRefusal for a commitment that is not there."""
    edition, agenda = now.edition, now.edition.agenda
    chosen = commitments(agenda, wanted.commitment)
    came = attended(connection, agenda.present_from)
    events = tuple(_event(edition, event, came.get(event.id), wanted.at) for event in agenda.events)
    told, states = ledger.told_by_edition(connection), ledger.notice_states(connection)
    called = roll_if_called(connection, edition)
    return CommissionFigures(
        head=_head(connection, now, wanted, chosen[0].id if wanted.commitment.strip() else ""),
        commitments=chosen,
        axes=agenda.axes,
        advances=agenda.advances,
        events=events,
        regions=agenda.regions,
        sites=tuple(SitePlace(id=one.id, region=one.region, city=_city(agenda, one)) for one in agenda.representations),
        reaches=tuple(reaches(connection, now, came)),
        mails=ledger.mails(state_tallies(connection)),
        arrivals=ledger.arrivals(connection, agenda),
        changes=tuple(_changes(connection, now, told, states)),
        speed=ledger.speed([one for some in told.values() for one in some]),
        roll=None if called is None else _roll(called, agenda),
        nights=tuple(nights(edition, {one.event.id: one for one in events}, came)),
        editions=tuple(
            EditionFigures(
                number=one.number, at=to_wall(one.at, agenda.zone), digest=one.digest, zone_version=one.zone_version
            )
            for one in editions.marks(connection)
        ),
    )


def commitments(agenda: Agenda, given: str) -> tuple[Commitment, ...]:
    """The one that is meant, by its id or by the number in it; all of them where none is named."""
    if not given.strip():
        return agenda.commitments
    wanted = _bare(given)
    found = [one for one in agenda.commitments if wanted in (_bare(one.id), _bare(one.source))]
    found = found or [one for one in agenda.commitments if _bare(one.id).endswith(f"-{wanted}")]
    if len(found) != 1:
        known = Spoken(lambda lang: ", ".join(one.id for one in agenda.commitments) or NO_COMMITMENT[lang])
        raise UsageRefusal(UNKNOWN_COMMITMENT, given=given, known=known)
    return tuple(found)


def _bare(text: str) -> str:
    """«04/2021» and «compromiso-04-2021» by letters and digits alone."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _head(connection: Connection, now: InForce, wanted: ReportWanted, commitment: str) -> ReportHead:
    agenda, head, pack = now.edition.agenda, chain.head(connection), latest_pack(connection)
    return ReportHead(
        agenda=agenda.id,
        title=agenda.title,
        issuer=agenda.sender.name,
        zone=agenda.zone,
        at=to_wall(wanted.at, agenda.zone),
        edition=now.edition.number,
        commitment=commitment,
        zone_version=zone_data().version,
        zone_agrees=now.edition.zone_digest == zone_data().digest,
        present_from=agenda.present_from,
        countries=len({one.country_code for one in agenda.representations}),
        zones=len({one.zone for one in agenda.representations}),
        retention=None if agenda.retention is None else agenda.retention.days,
        audit="" if head is None else str(head),
        evidence=None if pack is None else Evidence(head=pack[0], at=pack[1]),
    )


def _event(edition: Edition, event: Event, came: SessionAttendance | None, at: datetime) -> EventFigures:
    agenda, revision = edition.agenda, edition.revisions[event.id]
    sites = agenda.addressed(event)
    first, last = _local(agenda, revision, sites)
    return EventFigures(
        event=replace(event, message=None, rules=None, coverage=None),
        standing=outcome(agenda, event, revision, None if came is None else came.held, at),
        start=None if revision.start is None else revision.wall(revision.start, agenda.zone),
        end=None if revision.end is None else revision.wall(revision.end, agenda.zone),
        first_local=first,
        last_local=last,
        sites=len(sites),
        presence=presence(came) if isinstance(event.when, Timed) or came is not None else NOT_RECORDED,
    )


def _local(
    agenda: Agenda, revision: Revision, sites: Sequence[Representation]
) -> tuple[LocalHour | None, LocalHour | None]:
    """The earliest and the latest clock at its start; one of two cities that share an hour is the first by its id."""
    if revision.start is None or not sites:
        return None, None
    hours = [(revision.wall(revision.start, site.zone), site.id, site) for site in sites]
    (first, _, here), (last, _, there) = min(hours), max(hours)
    return LocalHour(wall=first, city=_city(agenda, here)), LocalHour(wall=last, city=_city(agenda, there))


def _city(agenda: Agenda, site: Representation) -> Text:
    return Text(es=city_name(agenda, site.id, "es"), en=city_name(agenda, site.id, "en"))


def _changes(
    connection: Connection,
    now: InForce,
    told: Mapping[int, Sequence[ledger.TakenNotices]],
    states: Mapping[int, Mapping[State, int]],
) -> list[ChangeFigures]:
    """Each publication after the first that people were told of, or that changed what they are told."""
    silent, taken = editions.silent(connection), notices_taken(connection)
    found, before = [], None
    for mark in editions.marks(connection):
        after = editions.past(connection, mark.number, now)
        if before is not None:
            changed = changes(before[0], after[0], before[1], after[1])
            events = tuple(_changed(one) for one in changed if any(notices(one)))
            own = states.get(mark.number, {})
            if events or own:
                found.append(
                    ChangeFigures(
                        edition=mark.number,
                        at=to_wall(mark.at, now.edition.agenda.zone),
                        silent=mark.number in silent,
                        events=events,
                        accepted=taken.get(mark.number, 0),
                        failed=ledger.count_of(own, ledger.FAILED),
                        uncertain=ledger.count_of(own, ledger.UNKNOWN),
                        open=ledger.count_of(own, ledger.TO_LEAVE),
                        speed=ledger.speed(told.get(mark.number, ())),
                    )
                )
        before = after
    return found


def _changed(change: Change) -> ToldChange:
    shown = change.after or change.before
    assert shown is not None, "a change is of something"
    return ToldChange(title=shown.event.title, kinds=tuple(kind.value for kind in change.kinds))


def _roll(found: Roll, agenda: Agenda) -> RollFigures | None:
    if found.call is None:
        return None
    return RollFigures(
        number=found.call.number,
        at=to_wall(found.call.at, agenda.zone).date(),
        sites=len(found.sites),
        proven=found.proven,
        opened=sum(one.mailbox is Mailbox.OPENED for one in found.sites),
        bounced=sum(one.mailbox is Mailbox.BOUNCED for one in found.sites),
        other_clock=sum(one.clock in (ClockState.OTHER, ClockState.DISPUTED) for one in found.sites),
        other_person=sum(one.here is False for one in found.sites),
        by_region=tuple(
            (
                region.id,
                sum(one.proven for one in found.sites if one.site.region == region.id),
                sum(one.site.region == region.id for one in found.sites),
            )
            for region in agenda.regions
        ),
    )
