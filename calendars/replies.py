"""What an attendee's calendar program answered by mail: REPLY and COUNTER (iTIP, RFC 5546 §3.2.3 and §3.2.7).

Read line by line, in whatever way programs write: an answer is not lost to its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from icalendar.parser import Contentline, Contentlines
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendars.zones import WallTimeError, is_zone, to_instant

PartStat = Literal["ACCEPTED", "DECLINED", "TENTATIVE"]
Answering = Literal["REPLY", "COUNTER"]
_ANSWERS: tuple[PartStat, ...] = ("ACCEPTED", "DECLINED", "TENTATIVE")
LARGEST = 100_000  # characters of a reply that are looked at
_DEEPEST = 8
_MOST = 8  # attendees that one answer may be for
_ADDRESS = r"[^\s@\":;,<>]{1,64}@[^\s@\":;,<>]{1,255}"
_MAILTO = re.compile(rf"mailto:\s{{0,9}}({_ADDRESS})\s{{0,9}}", re.IGNORECASE)
_MENTIONED = re.compile(rf"mailto:({_ADDRESS})", re.IGNORECASE)
_PARTSTAT = re.compile(r';PARTSTAT="?([A-Z-]{1,20})"?(?=[;:])', re.IGNORECASE)
_FROM = re.compile(rf';DELEGATED-FROM="?mailto:({_ADDRESS})', re.IGNORECASE)
_TO = re.compile(rf';DELEGATED-TO="?mailto:({_ADDRESS})', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class ItipReply:
    """What one attendee's calendar program answered about one event."""

    uid: str
    attendee: str  # address, lower case; "" where the program wrote none
    answer: PartStat
    sequence: int  # of what it answers; 0 where the program left it out, as it may where it is 0
    stamp: datetime | None  # when it was answered, by the attendee's clock, UTC; None where that cannot be read
    method: Answering = "REPLY"  # of COUNTER, DTSTART is what the attendee proposes
    start: datetime | date | None = None  # DTSTART: UTC, or the first of whole days; None: left out, or unreadable
    delegators: tuple[str, ...] = ()  # addresses, lower case, of those in whose place the attendee answers

    @property
    def names(self) -> tuple[str, ...]:
        """The addresses that it is the answer of."""
        return tuple(name for name in (self.attendee, *self.delegators) if name)


def read_reply(document: str) -> ItipReply | None:
    """An answer of one attendee about the whole of one event; None for whatever else it may be.

    What programs add, leave out or fold in their own way does not matter; nor, here, who the organizer is said to be.
    Whoever proposes another hour does not accept: a COUNTER that says so is for people.
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
    method: Answering = "COUNTER" if methods == ["COUNTER"] else "REPLY"
    if methods != [method] or entries != 1 or "RECURRENCE-ID" in entry:
        return None
    found_reply = _answered(entry, method)
    proposes = found_reply is not None and method == "COUNTER"
    return None if proposes and found_reply is not None and found_reply.answer == "ACCEPTED" else found_reply


@dataclass(frozen=True, kw_only=True, slots=True)
class _Property:
    name: str
    parameters: Mapping[str, str]
    value: str
    line: str  # unfolded, as it stands


@dataclass(frozen=True, kw_only=True, slots=True)
class _Attendee:
    address: str  # "" where it is none
    partstat: str
    delegators: tuple[str, ...]
    delegates: tuple[str, ...]


def _answered(entry: Mapping[str, Sequence[_Property]], method: Answering) -> ItipReply | None:
    uids, attendees = entry.get("UID", []), [_attendee(one) for one in entry.get("ATTENDEE", [])[:_MOST]]
    answering = [one for one in attendees if one.partstat in _ANSWERS]
    if len(uids) != 1 or len(answering) != 1:
        return None
    (own,) = answering
    delegators = (*own.delegators, *(one.address for one in attendees if own.address and own.address in one.delegates))
    sequence = entry["SEQUENCE"][0].value.strip() if "SEQUENCE" in entry else ""
    return ItipReply(
        uid=uids[0].value.strip(),
        attendee=own.address,
        answer=next(known for known in _ANSWERS if known == own.partstat),
        sequence=int(sequence) if re.fullmatch(r"[0-9]{1,9}", sequence) else 0,
        stamp=_instant(entry["DTSTAMP"][0].value.strip()) if "DTSTAMP" in entry else None,
        method=method,
        start=_start(entry["DTSTART"][0]) if "DTSTART" in entry else None,
        delegators=tuple(dict.fromkeys(one for one in delegators if one and one != own.address)),
    )


def _attendee(found: _Property) -> _Attendee:
    """By the rules, and where the line does not keep them (bare quotes, `;` or `:` in a name), by what stands in it."""
    address = _MAILTO.fullmatch(found.value)
    if address is not None:
        return _Attendee(
            address=address[1].lower(),
            partstat=found.parameters.get("PARTSTAT", "").upper(),
            delegators=_addresses(_MENTIONED, found.parameters.get("DELEGATED-FROM", "")),
            delegates=_addresses(_MENTIONED, found.parameters.get("DELEGATED-TO", "")),
        )
    cut = found.line.lower().rfind(":mailto:") + 1
    address = _MAILTO.fullmatch(found.line[cut:]) if cut else None
    head = found.line[:cut] if address is not None else found.line
    stated = {one.upper() for one in _PARTSTAT.findall(head)}
    strict = found.parameters.get("PARTSTAT", "").upper()
    return _Attendee(
        address=address[1].lower() if address is not None else "",
        partstat=stated.pop() if len(stated) == 1 else "" if stated else strict,
        delegators=_addresses(_FROM, head),
        delegates=_addresses(_TO, head),
    )


def _addresses(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(one.lower() for one in pattern.findall(text)[:_MOST])


def _start(found: _Property) -> datetime | date | None:
    """None for a zone that nobody knows by its name: a program's odd zone must cost no answer."""
    text = found.value.strip()
    if re.fullmatch(r"[0-9]{8}", text):
        return _parsed(text, "%Y%m%d", date_only=True)
    if text.endswith("Z"):
        return _instant(text)
    zone, wall = _zone(found.parameters.get("TZID", "")), _parsed(text, "%Y%m%dT%H%M%S")
    if zone is None or not isinstance(wall, datetime):
        return None
    try:
        return to_instant(wall, zone)
    except WallTimeError:
        return None


def _zone(tzid: str) -> str | None:
    """An IANA name, also behind a prefix (/freeassociation.sourceforge.net/Europe/Madrid, libical), or Windows' own."""
    name = tzid.strip().strip('"')
    tail = "/".join(name.split("/")[-2:]) if name.startswith("/") else name
    known = WINDOWS_TO_OLSON.get(name, tail)
    return known if known and is_zone(known) else None


def _instant(text: str) -> datetime | None:
    found = _parsed(text, "%Y%m%dT%H%M%SZ")
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) else None


def _parsed(text: str, form: str, *, date_only: bool = False) -> datetime | date | None:
    try:
        found = datetime.strptime(text, form)  # noqa: DTZ007  # because the zone stands elsewhere
    except ValueError:
        return None
    return found.date() if date_only else found


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
    """None for a line that is none: programs write such lines, too. An attendee's is looked at again, as it stands."""
    try:
        name, parameters, value = line.parts()
    except ValueError:
        broken = re.match(r"ATTENDEE(?=[;:])", line, re.IGNORECASE)
        return None if broken is None else _Property(name="ATTENDEE", parameters={}, value="", line=str(line))
    stated = {key.upper(): _one(stood) for key, stood in parameters.items()}
    return _Property(name=name.upper(), parameters=stated, value=value, line=str(line))


def _one(stood: object) -> str:
    """A parameter's value; of several, in one text."""
    return ",".join(map(str, stood)) if isinstance(stood, list) else str(stood)
