"""A message before it exists, for somebody who looks at it: its parts, without the links by which its reader acts."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import parsedate_to_datetime

_SIGNED = re.compile(r"(/(?:leave|manage|answer|account|confirm|return)/)[^\s\"'<>?&]{6,}")
UNSIGNED = r"\1…"  # who looks may see everything, and act in nobody's place


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownMail:
    """One message as a person sees it."""

    subject: str
    date: datetime  # aware: when it is to leave
    language: str
    text: str


def shown_mail(body: bytes) -> ShownMail:
    """Of a complete message (RFC 5322) that this program wrote."""
    message = email.message_from_bytes(body, policy=modern)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain",))
    return ShownMail(
        subject=str(message["Subject"]),
        date=parsedate_to_datetime(str(message["Date"])),
        language=str(message["Content-Language"] or ""),
        text="" if part is None else _SIGNED.sub(UNSIGNED, str(part.get_content())),
    )
