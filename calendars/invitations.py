"""One event for one attendee by mail (iTIP, RFC 5546): REQUEST and CANCEL, and what an attendee's REPLY says.

The same UID and SEQUENCE as in the feeds. What the readers of this world need, rule by rule: docs/calendar-rules.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from icalendar import Event as Entry
from icalendar.parser import Contentline, Contentlines

from calendars.descriptions import summary
from calendars.editions import Edition
from calendars.feeds import END_CALENDAR, END_ENTRY, event_alone, frame, organizer, times
from calendars.model.events import Event
from calendars.model.places import Representation
from calendars.model.text import Language

Method = Literal["REQUEST", "CANCEL"]
PartStat = Literal["ACCEPTED", "DECLINED", "TENTATIVE"]
_ANSWERS: tuple[PartStat, ...] = ("ACCEPTED", "DECLINED", "TENTATIVE")
LINE = 75  # octets
LARGEST = 100_000  # characters of a reply that are looked at
_DEEPEST = 8
_TAIL = END_ENTRY + END_CALENDAR
_MAILTO = re.compile(r"mailto:\s*([^\s@]+@[^\s@]+)\s*", re.IGNORECASE)
_UTC = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """A document but for the two who deal with each other: the same for all posts of a site that read one language."""

    method: Method
    before: bytes  # UTF-8, CRLF
    after: bytes

    def between(self, parties: bytes) -> bytes:
        """The whole document; `parties` are the lines of that name below."""
        return self.before + parties + self.after


@dataclass(frozen=True, kw_only=True, slots=True)
class ItipReply:
    """What one attendee's calendar program answered about one event."""

    uid: str
    attendee: str  # address, lower case; "" where the program wrote none
    answer: PartStat
    sequence: int | None  # of what it answers; None where the program left it out
    stamp: datetime | None  # when it was answered, by the attendee's clock, UTC; likewise


def request(
    edition: Edition, event: Event, site: Representation, language: Language, *, link: str | None, stamp: datetime
) -> Invitation:
    """REQUEST (RFC 5546 §3.2.2): the first, and each that replaces it. `stamp` (UTC) rises from one to the next.

    Raises ValueError for an event without a date.
    """
    body = event_alone(edition, event, site, language, method="REQUEST", link=link, stamp=stamp)
    return Invitation(method="REQUEST", before=body.removesuffix(_TAIL), after=_TAIL)


def cancel(edition: Edition, event: Event, language: Language, *, stamp: datetime) -> Invitation:
    """CANCEL (RFC 5546 §3.2.5): the attendee's entry ends, whether the event does or only concerns them no more."""
    revision, entry = edition.revisions[event.id], Entry()
    entry.add("uid", revision.uid)
    entry.add("dtstamp", stamp)
    entry.add("last-modified", stamp)
    entry.add("sequence", revision.sequence)
    entry.add("summary", summary(event, language))
    entry.add("status", "CANCELLED")
    entry.add("transp", "TRANSPARENT")
    entry.add("x-microsoft-cdo-busystatus", "FREE")
    calendar = frame()
    calendar.add("method", "CANCEL")
    calendar.add_component(entry)
    when = b"" if event.when is None else times(event, revision, None)
    before: bytes = calendar.to_ical().removesuffix(_TAIL) + when
    return Invitation(method="CANCEL", before=before, after=_TAIL)


def parties(name: str, mailbox: str, attendee: str) -> bytes:
    """The lines of the organizer, whose `name` people see, and of the one attendee, by their addresses."""
    wanted = f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{attendee}"
    return _folded(f"{_organizer(name)}{mailbox}") + _folded(wanted)


@lru_cache(maxsize=16)
def _organizer(name: str) -> str:
    """What comes before the address: signed, it is each attendee's own."""
    return organizer(name, "").replace(b"\r\n ", b"").decode().removesuffix("\r\n")


def _folded(line: str) -> bytes:
    """In lines of at most 75 octets, between characters (RFC 5545 §3.1). icalendar takes ten times as long."""
    rest, most = line.encode(), LINE
    lines = []
    while len(rest) > most:
        end = next(end for end in range(most, 0, -1) if rest[end] & 0xC0 != 0x80)
        lines.append(rest[:end])
        rest, most = rest[end:], LINE - 1  # the space that begins a folded line counts
    return b"\r\n ".join((*lines, rest)) + b"\r\n"


def read_reply(document: str) -> ItipReply | None:
    """A REPLY (RFC 5546 §3.2.3) of one attendee about the whole of one event; None for whatever else it may be.

    What programs add, leave out or fold in their own way does not matter; nor, here, who the organizer is said to be.
    """
    calendar: dict[str, list[_Property]] = {}
    entry: dict[str, list[_Property]] = {}
    entries = 0
    for path, found in _properties(document[:LARGEST]):
        entries += found.name == "BEGIN" and path == ("VCALENDAR", "VEVENT")
        if path == ("VCALENDAR",):
            calendar.setdefault(found.name, []).append(found)
        elif path == ("VCALENDAR", "VEVENT"):
            entry.setdefault(found.name, []).append(found)
    methods = [found.value.strip().upper() for found in calendar.get("METHOD", [])]
    if methods != ["REPLY"] or entries != 1 or "RECURRENCE-ID" in entry:
        return None
    return _answered(entry)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Property:
    name: str
    partstat: str
    value: str


def _answered(entry: dict[str, list[_Property]]) -> ItipReply | None:
    uids, attendees = entry.get("UID", []), entry.get("ATTENDEE", [])
    if len(uids) != 1 or len(attendees) != 1:
        return None
    answer = next((known for known in _ANSWERS if known == attendees[0].partstat.upper()), None)
    if answer is None:
        return None
    address = _MAILTO.fullmatch(attendees[0].value)
    sequence = entry["SEQUENCE"][0].value.strip() if "SEQUENCE" in entry else ""
    return ItipReply(
        uid=uids[0].value.strip(),
        attendee=address[1].lower() if address else "",
        answer=answer,
        sequence=int(sequence) if re.fullmatch(r"[0-9]{1,9}", sequence) else None,
        stamp=_instant(entry["DTSTAMP"][0].value.strip()) if "DTSTAMP" in entry else None,
    )


def _instant(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _UTC).replace(tzinfo=UTC)
    except ValueError:
        return None


def _properties(document: str) -> Iterator[tuple[tuple[str, ...], _Property]]:
    """Each readable line with the components that it stands in; BEGIN stands in its own."""
    path: tuple[str, ...] = ()
    lines = Contentlines.from_ical(document.lstrip("\ufeff \r\n\t"))  # type: ignore[no-untyped-call]  # because icalendar says no types here
    for line in filter(None, lines):  # icalendar adds an empty one
        found = _property(line)
        if found is None:
            continue
        if found.name == "BEGIN":
            if len(path) >= _DEEPEST:
                return
            path = (*path, found.value.strip().upper())
        yield path, found
        if found.name == "END":
            path = path[:-1]


def _property(line: Contentline) -> _Property | None:
    """None for a line that is none: programs write such lines, too."""
    try:
        name, parameters, value = line.parts()
    except ValueError:
        return None
    return _Property(name=name.upper(), partstat=str(parameters.get("PARTSTAT", "")), value=value)
