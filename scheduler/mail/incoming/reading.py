"""What a message that came in means: a bounce, an answer to an invitation, an automatic reply, or something for people.

Nothing is answered.

A delivery status notification is a multipart/report (RFC 3462) with a machine-readable part (RFC 3464; RFC 6533 where
it is internationalised). Servers that write prose instead are understood where they quote our Message-ID and a status.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime

from calendars.replies import ItipReply, read_reply
from scheduler.base.address import scrub
from scheduler.mail.incoming.authenticity import is_vouched_for
from scheduler.mail.incoming.bounds import Unreadable

LARGEST = 10 * 2**20  # octets of a message that are looked at
DEEPEST, MOST_PARTS = 8, 200
_LONGEST_DATE = 100  # characters
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_MESSAGE_ID = re.compile(
    rb"^(?:>\s?)*(?:Original-)?Message-ID:\s*<([^@>\s]{8,80})@([^>\s]{1,253})>", re.IGNORECASE | re.MULTILINE
)
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
    message = message_from_bytes(raw[:LARGEST], policy=compat32)
    reports = [part for part in _parts(message) if part.get_content_type() in _REPORTS]
    if reports:
        return _reported(message, raw, "\n\n".join(_plain(report) for report in reports))
    reply = next((found for part in _parts(message) if (found := _reply(part)) is not None), None)
    if reply is not None:
        return _answered(message, reply, authserv_id)
    if _from_a_server(message):
        return _in_prose(message, raw)
    return AutoReply() if _is_automatic(message) else Other()


def _reply(part: Message) -> ItipReply | None:
    """An answer that one part carries, whatever its encoding."""
    if part.get_content_type() not in _CALENDARS or part.is_multipart():
        return None
    decoded = part.get_payload(decode=True)
    return read_reply(_decoded(decoded, part.get_content_charset("utf-8"))) if isinstance(decoded, bytes) else None


def _decoded(octets: bytes, charset: str) -> str:
    try:
        return octets.decode(charset, "replace")
    except LookupError:
        return _text(octets)


def _answered(message: Message, reply: ItipReply, authserv_id: str | None) -> Answered:
    """Asked before automatic mail is told apart: Google sends answers as such, from a server of its own."""
    authors = [address for _, address in getaddresses([str(value) for value in message.get_all("From", [])]) if address]
    author = authors[0] if len(authors) == 1 else ""
    return Answered(
        reply=reply,
        sent_to=_addressed(message),
        author=author,
        vouched=bool(author) and is_vouched_for(message, author, authserv_id),
        dated=_dated(message),
    )


def _dated(message: Message) -> datetime | None:
    """One without a zone is in UTC, as -0000 says (RFC 5322 §3.3)."""
    try:
        found = parsedate_to_datetime(str(message.get("Date", ""))[:_LONGEST_DATE])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _addressed(message: Message) -> tuple[str, ...]:
    found = getaddresses([str(value) for name in _ADDRESSED for value in message.get_all(name, [])])
    return tuple(address for _, address in found if address)


def _reported(message: Message, raw: bytes, text: str) -> Bounce:
    """By the recipient of the report that was given up; where none was, by the last one."""
    blocks = [HeaderParser().parsestr(block) for block in re.split(r"\r?\n\s*\r?\n", text)]
    about = [block for block in blocks if block["Final-Recipient"] or block["Action"]]
    failed = [block for block in about if str(block["Action"] or "").strip().lower() == "failed"]
    found = (failed or about or [Message()])[-1]
    status = _STATUS.search(str(found["Status"] or "")) or _STATUS.search(str(found["Diagnostic-Code"] or ""))
    return _bounce(
        message,
        raw,
        failed=bool(failed),
        status=status[0] if status else "",
        text=str(found["Diagnostic-Code"] or found["Status"] or ""),
    )


def _in_prose(message: Message, raw: bytes) -> Incoming:
    """Only where a permanent status stands in it: words alone are a guess."""
    text = " ".join(_plain(part) for part in _parts(message) if part.get_content_type() == "text/plain")
    permanent = next((found for found in _STATUS.finditer(text) if found[1] == "5"), None)
    if permanent is None:
        return Other()
    around = text[max(0, permanent.start() - 100) : permanent.end() + 200]
    return _bounce(message, raw, failed=True, status=permanent[0], text=around)


def _bounce(message: Message, raw: bytes, *, failed: bool, status: str, text: str) -> Bounce:
    body = raw[:LARGEST].replace(b"\r\n", b"\n").partition(b"\n\n")[2]  # its own Message-ID is nobody's concern
    found = dict.fromkeys((_text(key).lower(), _text(domain).lower()) for key, domain in _MESSAGE_ID.findall(body))
    return Bounce(
        message_keys=tuple(found),
        sent_to=_addressed(message),
        failed=failed,
        status=status,
        text=scrub(text),
    )


def _from_a_server(message: Message) -> bool:
    """The null sender (RFC 5321 §4.5.5), or the name that servers write under."""
    sender = str(message["From"] or "").lower()
    return str(message["Return-Path"] or "").strip() == "<>" or "mailer-daemon" in sender or "postmaster@" in sender


def _is_automatic(message: Message) -> bool:
    submitted = str(message["Auto-Submitted"] or "no").strip().lower()
    precedence = str(message["Precedence"] or "").strip().lower()
    return (
        not submitted.startswith("no")
        or precedence in ("bulk", "auto_reply", "junk", "list")
        or any(message[name] for name in _AUTOMATIC)
    )


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The parts of the message, not those of what it brings back."""
    yield message
    if depth < DEEPEST and message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in list(message.get_payload())[:MOST_PARTS]:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)


def _plain(part: Message) -> str:
    """A part's text; of a report, its blocks as they stood, with a line between them."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return "\n\n".join(_fields(block) for block in payload[:MOST_PARTS] if isinstance(block, Message))
    decoded = part.get_payload(decode=True)
    return _text(decoded) if isinstance(decoded, bytes) else ""


def _fields(block: Message) -> str:
    fields = "\n".join(f"{name}: {' '.join(str(value).split())}" for name, value in block.items())
    rest = block.get_payload()
    return f"{fields}\n\n{rest}" if isinstance(rest, str) and rest else fields


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")
