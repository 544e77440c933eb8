"""What a message that came in means: a bounce, an answer to an invitation, an automatic reply, or something for people.

Nothing is answered.

A delivery status notification is a multipart/report (RFC 3462) with a machine-readable part (RFC 3464; RFC 6533 where
it is internationalised), read in `dsn`; servers that write prose instead, in `prose`. What it means for the address
that we wrote to, `verdict` says. Automatic replies are set aside before any prose is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice

from calendars.replies import ItipReply, read_reply
from scheduler.mail.incoming.authenticity import is_vouched_for
from scheduler.mail.incoming.bounds import MOST_ADDRESSED, MOST_BLOCKS, MOST_CALENDARS, Unreadable
from scheduler.mail.incoming.dsn import Action, ReportedRecipient, recipients_of
from scheduler.mail.incoming.parts import MessagePart, charset_of, decoded, octets_of, parse, walk
from scheduler.mail.incoming.prose import in_prose
from scheduler.mail.incoming.returned import Marks, marks_of

_LONGEST_DATE = 100  # characters
_EMPTY = re.compile(r"\n[ \t]*\n\s*")
_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_CALENDARS = ("text/calendar", "application/ics")
_ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "X-Forwarded-To", "Envelope-To")
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From", "X-AutoReply-From", "X-Vacation")
_MOST_PROSE = 20_000  # characters of the part for people


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounce:
    """A report about one of our messages, as far as it says which."""

    marks: Marks  # what it brings back of ours
    sent_to: tuple[str, ...]  # addresses that the report itself came to: one may be a VERP sender of ours
    reported: tuple[ReportedRecipient, ...]
    prose: bool = False  # written for people: nothing but its words tells that it is one

    @property
    def message_keys(self) -> tuple[tuple[str, str], ...]:
        return self.marks.message_keys

    @property
    def failed(self) -> bool:
        """Else it was delayed, relayed, delivered …: nothing has been given up."""
        return any(one.action is Action.FAILED for one in self.reported)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What an attendee's calendar program answered (RFC 6047)."""

    reply: ItipReply
    sent_to: tuple[str, ...]  # addresses that it came to: one may be an address of ours for one post's answers
    author: str  # the address of From; "" where there is not exactly one
    vouched: bool  # our own mail server found that it is from that address
    dated: datetime | None = None  # its Date, UTC; None where that cannot be read


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoReply:
    """Out of the office and the like (RFC 3834): nobody has written it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Other:
    """Something that a person may have written."""


Incoming = Bounce | Answered | AutoReply | Other


def read(raw: bytes, authserv_id: str | None = None) -> Incoming:
    """What a message is. Raises Unreadable, and nothing else: whatever a library makes of what strangers wrote.

    `authserv_id` names our own mail server where it writes Authentication-Results; no other is believed.
    """
    try:
        return _read(raw, authserv_id)
    except Unreadable:
        raise
    except Exception as error:  # whatever is wrong with one message is told, and the rest go on
        raise Unreadable(type(error).__name__) from error


def _read(raw: bytes, authserv_id: str | None) -> Incoming:
    message = parse(raw)
    reports = [part for part in walk(message) if part.get_content_type() in _REPORTS]
    if reports:
        return _reported(message, raw, reports)
    calendars = islice((part for part in walk(message) if part.get_content_type() in _CALENDARS), MOST_CALENDARS)
    reply = next((found for part in calendars if (found := _reply(part)) is not None), None)
    if reply is not None:
        return _answered(message, reply, authserv_id)
    if _is_automatic(message):
        return AutoReply()
    return (_in_prose(message, raw) if _from_a_server(message) else None) or Other()


def _reply(part: MessagePart) -> ItipReply | None:
    """An answer that one part carries, whatever its encoding."""
    return read_reply(decoded(octets_of(part), charset_of(part)))


def _answered(message: MessagePart, reply: ItipReply, authserv_id: str | None) -> Answered:
    """Asked before automatic mail is told apart: Google sends answers as such, from a server of its own."""
    named = message.get_all("From", [])[:MOST_ADDRESSED]
    authors = [address for _, address in getaddresses([str(value) for value in named]) if address]
    author = authors[0] if len(authors) == 1 else ""
    return Answered(
        reply=reply,
        sent_to=_addressed(message),
        author=author,
        vouched=bool(author) and is_vouched_for(message, author, authserv_id),
        dated=_dated(message),
    )


def _dated(message: MessagePart) -> datetime | None:
    """One without a zone is in UTC, as -0000 says (RFC 5322 §3.3)."""
    try:
        found = parsedate_to_datetime(str(next(iter(message.get_all("Date", [])), ""))[:_LONGEST_DATE])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _addressed(message: MessagePart, names: tuple[str, ...] = _ADDRESSED) -> tuple[str, ...]:
    found = getaddresses([str(value) for name in names for value in message.get_all(name, [])[:MOST_ADDRESSED]])
    return tuple(address for _, address in found if address)


def _reported(message: MessagePart, raw: bytes, reports: list[MessagePart]) -> Bounce:
    blocks = _blocks("\n\n".join(_plain(report) for report in reports))
    dead = getaddresses([str(value) for value in message.get_all("X-Failed-Recipients", [])[:MOST_ADDRESSED]])  # exim
    told = recipients_of(blocks, actual=tuple(address for _, address in dead if address), prose=_for_people(message))
    return Bounce(marks=marks_of(message, raw), sent_to=_addressed(message), reported=told)


def _blocks(text: str) -> list[str]:
    """A report's groups of fields, one a recipient, with empty lines between them (RFC 3464 §2.1)."""
    found = [block for block in _EMPTY.split(text) if block]
    if len(found) > MOST_BLOCKS:
        raise Unreadable("recipients")
    return found


def _in_prose(message: MessagePart, raw: bytes) -> Bounce | None:
    """None: it does not say that anything was given up, and is for people."""
    own = _addressed(message, ("To", "Delivered-To"))  # dma's X-Original-To is whom the message was for
    told = in_prose(str(message["Subject"] or ""), _for_people(message), by_daemon=_by_daemon(message), besides=own)
    if told is None:
        return None
    return Bounce(marks=marks_of(message, raw), sent_to=_addressed(message), reported=(told,), prose=True)


def _for_people(message: MessagePart) -> str:
    """The plain text of a report, as far as it is looked at."""
    texts = (octets_of(part) for part in walk(message) if part.get_content_type() == "text/plain" and not part.parts)
    return _text(next(texts, b"")[: 4 * _MOST_PROSE])[:_MOST_PROSE]


def _by_daemon(message: MessagePart) -> bool:
    """The name that servers write under."""
    sender = str(message["From"] or "").lower()
    return any(name in sender for name in ("mailer-daemon", "postmaster", "mail delivery"))


def _from_a_server(message: MessagePart) -> bool:
    """The null sender (RFC 5321 §4.5.5), or the name that servers write under."""
    return str(message["Return-Path"] or "").strip() == "<>" or _by_daemon(message)


def _is_automatic(message: MessagePart) -> bool:
    """RFC 3834, the marks of older programs, and receipts (RFC 8098): nobody has written it."""
    submitted = str(message["Auto-Submitted"] or "no").lower().partition(";")[0].partition("(")[0].strip()
    precedence = str(message["Precedence"] or "").strip().lower()
    return (
        submitted != "no"
        or precedence in ("bulk", "auto_reply", "junk", "list")
        or _report_type(message) == "disposition-notification"
        or any(message[name] for name in _AUTOMATIC)
    )


def _report_type(message: MessagePart) -> str:
    try:
        return str(message.get_param("report-type", "")).lower()
    except (LookupError, TypeError, ValueError):
        return ""


def _plain(part: MessagePart) -> str:
    return _text(octets_of(part).replace(b"\r\n", b"\n"))


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")
