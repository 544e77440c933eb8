"""The calendar of who gets invitations, and the files that come with mails: applied by UID and SEQUENCE (RFC 5546)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from calendars.model.events import Days
from scheduler.planning.channels import Channel
from tests.judge.entries import Entry, entries, method
from tests.judge.fault import Kind
from tests.judge.truth import Truth
from tests.judge.words import Part, Said


@dataclass(kw_only=True, slots=True)
class Calendar:
    """What a program made of the REQUESTs and CANCELs of one post's mails. A file that is attached enters nothing."""

    entries: dict[str, Entry] = field(default_factory=dict)  # by UID, cancelled ones included
    attached: set[str] = field(default_factory=set)  # UIDs that came as a file too

    def take(self, said: Said, truth: Truth, site: str, key: str) -> Iterator[tuple[Kind, str]]:
        """What is wrong with the calendars of a mail about the event `key`."""
        for part in said.parts:
            found = entries(part.body)
            if len(found) != 1 or method(part.body) != part.method:
                yield Kind.WRONG, f"{part.method}: {len(found)} entries, METHOD {method(part.body)}"
                continue
            [entry] = found
            yield from self._one(part, entry, said, truth, site, key)

    def _one(
        self, part: Part, entry: Entry, said: Said, truth: Truth, site: str, key: str
    ) -> Iterator[tuple[Kind, str]]:
        known = self.entries.get(entry.uid)
        if entry.uid != truth.uid(key):
            yield Kind.WRONG, f"{part.method} of {entry.uid}, in a mail about another event"
        if part.method == "CANCEL":
            yield from self._cancel(entry, known)
            return
        if (entry.start, entry.end) != _times(truth, key, site):
            yield Kind.WRONG, f"{part.method}: {entry.start} to {entry.end}"
        if part.method == "PUBLISH":
            self.attached.add(entry.uid)
        else:
            yield from self._request(entry, known, said)
        if entry.uid in self.attached and entry.uid in self.entries and self.entries[entry.uid].live:
            yield Kind.TWICE, "both as a file and as an invitation"

    def _request(self, entry: Entry, known: Entry | None, said: Said) -> Iterator[tuple[Kind, str]]:
        if entry.attendees != (said.to.lower(),):
            yield Kind.WRONG, f"an invitation for {entry.attendees}"
        if known is not None and entry.sequence < known.sequence:
            yield Kind.BACKWARDS, f"SEQUENCE {entry.sequence} after {known.sequence}"
        elif known is not None and entry.modified < known.modified:
            yield Kind.BACKWARDS, f"DTSTAMP {entry.modified} after {known.modified}"
        elif known is not None and known.live and _same(entry, known):
            yield Kind.TWICE, f"invited again under SEQUENCE {entry.sequence}"
        self.entries[entry.uid] = entry

    def _cancel(self, entry: Entry, known: Entry | None) -> Iterator[tuple[Kind, str]]:
        if known is None or not known.live:
            yield Kind.NEEDLESS, "CANCEL of what is in no calendar"
        elif entry.sequence < known.sequence or entry.live:
            yield Kind.BACKWARDS, f"CANCEL with SEQUENCE {entry.sequence} after {known.sequence}, {entry.status}"
        self.entries[entry.uid] = entry

    def amiss(self, channel: Channel, truth: Truth, site: str, key: str) -> tuple[Kind, str] | None:
        """What is wrong with an event in the calendar of a post with this channel; None if all is well."""
        entry = self.entries.get(truth.uid(key))
        live, wanted = entry is not None and entry.live, _times(truth, key, site)
        if channel is not Channel.INVITATIONS or wanted == (None, None):
            return (Kind.KEPT, "the invitation is still in the calendar") if live else None
        if entry is None or not live:
            return Kind.LOST, "not in the calendar"
        return None if (entry.start, entry.end) == wanted else (Kind.LOST, f"stands at {entry.start}")

    def stale(self, truth: Truth, site: str, key: str) -> bool:
        """Was the reader invited, and to another hour?"""
        entry = self.entries.get(truth.uid(key))
        return entry is not None and entry.live and (entry.start, entry.end) != _times(truth, key, site)

    def at_the_end(self, truth: Truth, site: str, until: datetime) -> Iterator[str]:
        """What stands in the calendar and should not, or not so; what was over before `until` is left in peace."""
        theirs = {truth.uid(key): key for key in truth.events(site)}
        for uid, entry in self.entries.items():
            if not entry.live or (isinstance(entry.end, datetime) and entry.end <= truth.at):
                continue
            if uid not in theirs:
                yield f"{entry.summary} is still there"
            elif (entry.start, entry.end) != _times(truth, theirs[uid], site):
                yield f"{entry.summary} stands at {entry.start}"


def _same(entry: Entry, known: Entry) -> bool:
    """Do both say the same, whenever it was said?"""
    return replace(entry, modified=known.modified) == known


def _times(truth: Truth, key: str, site: str) -> tuple[object, object]:
    event = truth.events(site).get(key)
    if event is None:
        return None, None
    if isinstance(event.when, Days):
        return event.when.first, event.when.last + timedelta(days=1)
    moment = truth.moment(event, site)
    return moment.start, moment.end
