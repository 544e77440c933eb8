"""One event for one attendee by mail (iTIP, RFC 5546): REQUEST and CANCEL. What is answered: calendars/replies.py.

The same UID and SEQUENCE as in the feeds. What the readers of this world need, rule by rule: docs/calendar-rules.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from icalendar import Event as Entry

from calendars.descriptions import summary
from calendars.editions import Edition
from calendars.feeds import END_CALENDAR, END_ENTRY, alone, entered, frame, organizer, times
from calendars.model.events import Event
from calendars.model.places import Representation
from calendars.model.text import Language

Method = Literal["REQUEST", "CANCEL"]
LINE = 75  # octets
_TAIL = END_ENTRY + END_CALENDAR
# Left out, since it is the default (RFC 5545 §3.8.2.7): after a move Cyrus 3.6.1 puts a second TRANSP beside this one
# into its own copy, and then refuses every answer. In the feeds it stays.
_DEFAULT = b"\r\nTRANSP:OPAQUE\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """A document but for the two who deal with each other: the same for all posts of a site that read one language."""

    method: Method
    before: bytes  # UTF-8, CRLF
    after: bytes  # the lines of `parties` come between


def request(
    edition: Edition, event: Event, site: Representation, language: Language, *, link: str | None, stamp: datetime
) -> Invitation:
    """REQUEST (RFC 5546 §3.2.2): the first, and each that replaces it. `stamp` (UTC) rises from one to the next.

    Raises ValueError for an event without a date.
    """
    content = entered(edition, event, site, language, link=link, stamp=stamp)
    body = alone(content, language, method="REQUEST")
    before = body.removesuffix(_TAIL).replace(_DEFAULT, b"\r\n", 1)
    return Invitation(method="REQUEST", before=before, after=_TAIL)


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
