"""What a message that came in means: a bounce, an answer to an invitation, an automatic reply, or something for people.

Nothing is answered.

A delivery status notification is a multipart/report (RFC 3462) with a machine-readable part (RFC 3464; RFC 6533 where
it is internationalised). Servers that write prose instead are understood where they quote our Message-ID and a status.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice

from calendars.replies import ItipReply, read_reply
from scheduler.base.address import scrub
from scheduler.mail.incoming.authenticity import is_vouched_for
from scheduler.mail.incoming.bounds import LARGEST, MOST_ADDRESSED, MOST_BLOCKS, MOST_CALENDARS, MOST_QUOTED, Unreadable
from scheduler.mail.incoming.parts import MessagePart, charset_of, decoded, fields_of, octets_of, parse, walk

_LONGEST_DATE = 100  # characters
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_MESSAGE_ID = re.compile(
    rb"^(?:> ?){0,20}(?:Original-)?Message-ID:\s{0,20}<([^@>\s]{8,80})@([^>\s]{1,253})>", re.IGNORECASE | re.MULTILINE
)
_EMPTY = re.compile(r"\n[ \t]*\n\s*")
_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_CALENDARS = ("text/calendar", "application/ics")
_ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "X-Forwarded-To", "Envelope-To")
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounce:
    """A report about one of our messages, as far as it says which."""

    message_keys: tuple[tuple[str, str], ...]  # local part and domain of the Message-IDs that it quotes
    sent_to: tuple[str, ...]  # addresses that the report itself came to: one may be a VERP sender of ours
    failed: bool  # False: delayed, relayed, delivered … nothing has been given up
    status: str  # "5.1.1" (RFC 3463); "" where none is given
    text: str  # the diagnostic, scrubbed of addresses


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
        return _reported(message, raw, "\n\n".join(_plain(report) for report in reports))
    calendars = islice((part for part in walk(message) if part.get_content_type() in _CALENDARS), MOST_CALENDARS)
    reply = next((found for part in calendars if (found := _reply(part)) is not None), None)
    if reply is not None:
        return _answered(message, reply, authserv_id)
    if _from_a_server(message):
        return _in_prose(message, raw)
    return AutoReply() if _is_automatic(message) else Other()


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


def _addressed(message: MessagePart) -> tuple[str, ...]:
    found = getaddresses([str(value) for name in _ADDRESSED for value in message.get_all(name, [])[:MOST_ADDRESSED]])
    return tuple(address for _, address in found if address)


def _reported(message: MessagePart, raw: bytes, text: str) -> Bounce:
    """By the recipient of the report that was given up; where none was, by the last one."""
    blocks = [fields_of(block) for block in _blocks(text)]
    about = [block for block in blocks if block["Final-Recipient"] or block["Action"]]
    failed = [block for block in about if str(block["Action"] or "").strip().lower() == "failed"]
    found = (failed or about or [MessagePart()])[-1]
    status = _STATUS.search(str(found["Status"] or "")) or _STATUS.search(str(found["Diagnostic-Code"] or ""))
    return _bounce(
        message,
        raw,
        failed=bool(failed),
        status=status[0] if status else "",
        text=str(found["Diagnostic-Code"] or found["Status"] or ""),
    )


def _blocks(text: str) -> list[str]:
    """A report's groups of fields, one a recipient, with empty lines between them (RFC 3464 §2.1)."""
    found = [block for block in _EMPTY.split(text) if block]
    if len(found) > MOST_BLOCKS:
        raise Unreadable("recipients")
    return found


def _in_prose(message: MessagePart, raw: bytes) -> Incoming:
    """Only where a permanent status stands in it: words alone are a guess."""
    text = " ".join(_plain(part) for part in walk(message) if part.get_content_type() == "text/plain")
    permanent = next((found for found in _STATUS.finditer(text) if found[1] == "5"), None)
    if permanent is None:
        return Other()
    around = text[max(0, permanent.start() - 100) : permanent.end() + 200]
    return _bounce(message, raw, failed=True, status=permanent[0], text=around)


def _bounce(message: MessagePart, raw: bytes, *, failed: bool, status: str, text: str) -> Bounce:
    body = raw[:LARGEST].replace(b"\r\n", b"\n").partition(b"\n\n")[2]  # its own Message-ID is nobody's concern
    quoted = list(islice(_MESSAGE_ID.finditer(body), MOST_QUOTED + 1))
    if len(quoted) > MOST_QUOTED:
        raise Unreadable("message-ids")
    found = dict.fromkeys((_text(key).lower(), _text(domain).lower()) for key, domain in map(re.Match.groups, quoted))
    return Bounce(
        message_keys=tuple(found),
        sent_to=_addressed(message),
        failed=failed,
        status=status,
        text=scrub(text),
    )


def _from_a_server(message: MessagePart) -> bool:
    """The null sender (RFC 5321 §4.5.5), or the name that servers write under."""
    sender = str(message["From"] or "").lower()
    return str(message["Return-Path"] or "").strip() == "<>" or "mailer-daemon" in sender or "postmaster@" in sender


def _is_automatic(message: MessagePart) -> bool:
    submitted = str(message["Auto-Submitted"] or "no").strip().lower()
    precedence = str(message["Precedence"] or "").strip().lower()
    return (
        not submitted.startswith("no")
        or precedence in ("bulk", "auto_reply", "junk", "list")
        or any(message[name] for name in _AUTOMATIC)
    )


def _plain(part: MessagePart) -> str:
    return _text(octets_of(part).replace(b"\r\n", b"\n"))


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")
