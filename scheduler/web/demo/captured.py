"""The demo's captured mails as values: what the folder holds, joined with what the ledger knows of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.policy import default
from pathlib import Path
from threading import Lock

from sqlalchemy import RowMapping, select

from scheduler.store.database import Database
from scheduler.store.schema import deliveries

# Nothing that could lead out of the folder: no slash, no dot but the last, nothing that starts with one.
NAME = re.compile(r"(?:\d{8}T\d{6}Z-)?(?P<key>[A-Za-z0-9_]{1,80})(?:-\d{1,4})?\.eml", re.ASCII)
SHOWN_HEADERS = ("From", "To", "Date", "Reply-To", "Message-ID", "List-Id", "List-Unsubscribe")


@dataclass(frozen=True, kw_only=True, slots=True)
class Captured:
    """One captured mail in the list. What the ledger does not know is None: a test mail."""

    name: str
    to: str
    subject: str
    due: datetime | None  # UTC
    event: str | None
    site: str | None
    rule: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CapturedMail:
    """One captured mail opened."""

    subject: str
    headers: tuple[tuple[str, str], ...]
    leave_url: str | None
    text: str | None
    html: str | None
    attachment: bytes | None  # text/calendar


class CapturedMails:
    """The folder. Files never change once they bear their name, so each is read once."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database
        self._known: dict[str, Captured] = {}
        self._reading = Lock()

    def all(self) -> Sequence[Captured]:
        """In order of their names: by due time."""
        with self._reading:
            names = sorted(path.name for path in self._folder.glob("*.eml") if NAME.fullmatch(path.name))
            new = [name for name in names if name not in self._known]
            if new:
                ledger = self._ledger()
                self._known |= {name: self._head(name, ledger) for name in new}
            return [self._known[name] for name in names]

    def open(self, name: str) -> CapturedMail | None:
        """The mail of that name; None where there is none, or the name is not of our making."""
        path = self._folder / name
        if not NAME.fullmatch(name) or not path.is_file():
            return None
        message = BytesParser(policy=default).parsebytes(path.read_bytes())
        assert isinstance(message, EmailMessage)
        headers = tuple((key, str(message[key])) for key in SHOWN_HEADERS if message[key] is not None)
        found = re.search(r"<(https?://[^>\s]+)>", str(message.get("List-Unsubscribe", "")))
        calendar = next((part for part in message.walk() if part.get_content_type() == "text/calendar"), None)
        payload = calendar.get_payload(decode=True) if calendar is not None else None
        return CapturedMail(
            subject=str(message["Subject"]),
            headers=headers,
            leave_url=found[1] if found else None,
            text=_content(message, "plain"),
            html=_content(message, "html"),
            attachment=payload if isinstance(payload, bytes) else None,
        )

    def _ledger(self) -> Mapping[str, RowMapping]:
        d = deliveries.c
        with self._database.read() as connection:
            rows = connection.execute(select(d.message_key, d.due_at, d.event, d.site, d.rule))
            return {row["message_key"]: row for row in rows.mappings()}

    def _head(self, name: str, ledger: Mapping[str, RowMapping]) -> Captured:
        with (self._folder / name).open("rb") as file:
            header = BytesHeaderParser(policy=default).parse(file)
        found = NAME.fullmatch(name)
        row = ledger.get(found["key"]) if found else None
        return Captured(
            name=name,
            to=str(header["To"]),
            subject=str(header["Subject"]),
            due=row["due_at"] if row else None,
            event=row["event"] if row else None,
            site=row["site"] if row else None,
            rule=row["rule"] if row else None,
        )


def _content(message: EmailMessage, subtype: str) -> str | None:
    part = message.get_body((subtype,))
    return str(part.get_content()) if part is not None else None


def counts(mails: Sequence[Captured]) -> Mapping[tuple[str, str], int]:
    """How many reminders for each event and rule."""
    return Counter((mail.event, mail.rule) for mail in mails if mail.event and mail.rule)
