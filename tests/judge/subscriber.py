"""Who subscribed to a site's calendar: each edition's feeds against the truth, and each poll against the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

from calendars.model.events import Days, EventStatus
from tests.judge.entries import Entry, entries
from tests.judge.fault import Fault, Kind
from tests.judge.truth import Truth
from tests.support import libical

STAYS = timedelta(days=80)  # a cancelled event stays for 90: less than that, and nobody argues about the last day
_Known = dict[str, Entry]


def judge_feeds(truths: Sequence[Truth], folders: Sequence[Path], until: datetime) -> Iterator[Fault]:
    """Faults in the public feeds, a folder for each edition: in every edition, and for who polls at noon, UTC."""
    for number, (truth, folder) in enumerate(zip(truths, folders, strict=True)):
        known = truths[: number + 1]
        for site in truth.sites:
            yield from _feed(known, site, folder / "sites" / f"{site}.ics")
            yield from _local_form(truth, site, folder / "sites" / f"{site}-local.ics")
    seen = [index for index in range(len(truths)) if index == len(truths) - 1 or _polled(truths, index, until)]
    for before, after in pairwise(seen):
        for site in truths[after].sites:
            if site in truths[before].sites:
                yield from _poll(truths[after], site, folders[before], folders[after])


def _polled(truths: Sequence[Truth], index: int, until: datetime) -> bool:
    """Was this edition in force at some noon?"""
    begins, ends = truths[index].at, truths[index + 1].at if index + 1 < len(truths) else until
    noon = datetime.combine(begins.date(), time(12), begins.tzinfo)
    return begins <= noon < ends or noon + timedelta(days=1) < ends


def _feed(truths: Sequence[Truth], site: str, path: Path) -> Iterator[Fault]:
    """One calendar of the last of these editions."""
    truth, found = truths[-1], entries(path.read_bytes())
    live = {entry.uid: entry for entry in found if entry.live}
    if len({entry.uid for entry in found}) < len(found):
        yield _fault(Kind.TWICE, truth, path, "", "the same UID twice")
    for key, event in truth.events(site).items():
        entry = live.pop(truth.uid(key), None)
        if entry is None:
            yield _fault(Kind.LOST, truth, path, key, "not in the calendar")
        elif (entry.start, entry.end) != _times(truth, key, site) or event.title.es not in entry.summary:
            yield _fault(Kind.WRONG, truth, path, key, f"{entry.summary}: {entry.start} to {entry.end}")
    for entry in live.values():
        yield _fault(Kind.KEPT, truth, path, entry.uid, entry.summary)
    cancelled = {entry.uid for entry in found if not entry.live}
    for key in _cancelled(truths, site):
        if truth.uid(key) not in cancelled:
            yield _fault(Kind.LOST, truth, path, key, "its cancellation is not in the calendar")


def _cancelled(truths: Sequence[Truth], site: str) -> Iterator[str]:
    """What this site had under an earlier edition, and is cancelled or dropped while it lay ahead."""
    last = truths[-1]
    there = {event.id: event for event in last.agenda.events}
    had = {key: (truth, event) for truth in truths[:-1] for key, event in truth.events(site).items()}
    for key, (truth, event) in had.items():
        gone = key not in there or there[key].status is EventStatus.CANCELLED
        end = truth.moment(event, site).end
        dropped_at = next(one.at for one in truths if one.at > truth.at)
        if gone and last.at < end + STAYS and dropped_at < end and _still_theirs(truths, key, site):
            yield key


def _still_theirs(truths: Sequence[Truth], key: str, site: str) -> bool:
    """Did every edition since that has the event address it to the site, which has not changed its region?"""
    regions = {truth.sites[site].region for truth in truths if site in truth.sites}
    audiences = {event.audience for truth in truths for event in truth.agenda.events if event.id == key}
    return len(regions) == 1 and len(audiences) == 1


def _local_form(truth: Truth, site: str, path: Path) -> Iterator[Fault]:
    """The same hours in the form that has a zone of its own, by another reader."""
    found = {entry.uid: (entry.start, entry.end) for entry in libical.read(path.read_bytes())}
    for key in truth.events(site):
        if found.get(truth.uid(key)) != _times(truth, key, site):
            yield _fault(Kind.WRONG, truth, path, key, f"{found.get(truth.uid(key))}")


def _poll(truth: Truth, site: str, before: Path, after: Path) -> Iterator[Fault]:
    """What a program that goes by UID, SEQUENCE and DTSTAMP makes of the newer calendar."""
    path = after / "sites" / f"{site}.ics"
    was = {entry.uid: entry for entry in entries((before / "sites" / f"{site}.ics").read_bytes())}
    for entry in entries(path.read_bytes()):
        known = was.get(entry.uid, entry)
        if entry.sequence < known.sequence or entry.modified < known.modified:
            yield _fault(Kind.BACKWARDS, truth, path, entry.uid, f"{known} became {entry}")
        changed = (entry.start, entry.end, entry.live) != (known.start, known.end, known.live)
        if changed and not entry.sequence > known.sequence:
            yield _fault(Kind.BACKWARDS, truth, path, entry.uid, f"changed under SEQUENCE {entry.sequence}")
        if entry != known and not entry.modified > known.modified:
            yield _fault(Kind.BACKWARDS, truth, path, entry.uid, f"changed under DTSTAMP {entry.modified}")


def _times(truth: Truth, key: str, site: str) -> tuple[object, object]:
    event = truth.events(site)[key]
    if isinstance(event.when, Days):
        return event.when.first, event.when.last + timedelta(days=1)
    moment = truth.moment(event, site)
    return moment.start, moment.end


def _fault(kind: Kind, truth: Truth, path: Path, event: str, why: str) -> Fault:
    return Fault(kind=kind, who=f"{path.parent.parent.name}/{path.name}", event=event, at=truth.at, why=why)
