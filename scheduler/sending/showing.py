"""A message before it exists, for somebody who looks at it: its parts, without the links by which its reader acts."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import parsedate_to_datetime

from sqlalchemy import Connection

from calendars.model.agenda import Draft
from scheduler.planning.delivery import WAITING, Purpose
from scheduler.publishing.consequences import consequences
from scheduler.publishing.prospect import Act, Prospect, prospect
from scheduler.publishing.publish import enact_draft
from scheduler.sending.foresight import foreseen_news, foreseen_of
from scheduler.sending.letters import Letters
from scheduler.store.database import Database
from scheduler.store.ledger import claiming, deliveries
from scheduler.store.ledger.deliveries import Bundle, Chosen

_SIGNED = re.compile(r"(/(?:leave|manage|answer|account|confirm|return)/)[^\s\"'<>?&]{6,}")
UNSIGNED = r"\1…"  # who looks may see everything, and act in nobody's place
_DARK = "@media (prefers-color-scheme: dark)"
_SCHEME = 'name="color-scheme" content="light dark"'


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownMail:
    """One message as a person sees it."""

    subject: str
    date: datetime  # aware: when it is to leave
    language: str
    text: str
    html: str
    encloses: tuple[str, ...]  # names of what goes along

    def themed(self, *, dark: bool) -> str:
        """The HTML part as a program with a light, or a dark, theme shows it, whatever this browser's own is."""
        scheme = "dark" if dark else "light"
        chosen = self.html.replace(_DARK, "@media all" if dark else "@media not all")
        return chosen.replace(_SCHEME, f'name="color-scheme" content="{scheme}"')


def shown_mail(body: bytes) -> ShownMail:
    """Of a complete message (RFC 5322) that this program wrote."""
    message = email.message_from_bytes(body, policy=modern)
    assert isinstance(message, EmailMessage)
    return ShownMail(
        subject=str(message["Subject"]),
        date=parsedate_to_datetime(str(message["Date"])),
        language=str(message["Content-Language"] or ""),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        encloses=tuple(name for part in message.walk() if (name := part.get_filename())),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else _SIGNED.sub(UNSIGNED, str(part.get_content()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What one site gets of one kind about one event: one message for each language there."""

    site: str  # Representation.id
    event: str  # Event.id; "" of service mail
    purpose: Purpose
    rule: str  # "" of what is no reminder
    people: int
    leaves: datetime  # UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """All that would go, and the messages of one turn."""

    turns: Sequence[Turn]
    number: int  # of the turn that is shown, from 0
    mails: Sequence[ShownMail]


def news(
    database: Database, letters: Letters, draft: Draft, at: datetime, number: int, sites: Sequence[str] | None
) -> Shown:
    """What publishing the draft at the instant `at` (UTC) would send to the sites (ids; None: all): its turns.

    Found out by publishing it, and taking that back.
    """
    with database.suppose() as connection:
        found = prospect(connection, draft, Act(at=at), database.tokens)
        turns = [one for one in _turns(connection, found, at) if sites is None or one.site in sites]
        if not turns:
            return Shown(turns=(), number=0, mails=())
        number = min(max(number, 0), len(turns) - 1)
        turn, before = turns[number], claiming.newest(connection)
        enact_draft(connection, found, draft, at=at, tokens=database.tokens)
        bodies = list(foreseen_news(connection, letters, turn.site, at, event=turn.event, after=before))
    return Shown(turns=turns, number=number, mails=[shown_mail(body) for body in bodies])


def waiting(
    database: Database,
    letters: Letters,
    purposes: Sequence[Purpose],
    at: datetime,
    number: int,
    sites: Sequence[str] | None,
) -> Shown:
    """What waits in the ledger for the sites (ids; None: all), the next first: as it stands now."""
    chosen = Chosen(states=WAITING, among=None if sites is None else tuple(sites))
    with database.suppose() as connection:
        found = deliveries.bundles(connection, chosen, purposes)
        number = min(max(number, 0), max(0, len(found) - 1))
        ids = deliveries.ids_of(connection, found[number]) if found else []
        bodies = list(foreseen_of(connection, letters, ids, at))
    return Shown(turns=[_turn(one) for one in found], number=number, mails=[shown_mail(body) for body in bodies])


def _turns(connection: Connection, found: Prospect, at: datetime) -> Iterator[Turn]:
    """A notice and a convocation about one event to one site are looked at together."""
    seen = set()
    for mail in consequences(connection, found, at).mails:
        key = mail.site.id, mail.notice.event
        if key not in seen:
            seen.add(key)
            yield Turn(
                site=mail.site.id,
                event=mail.notice.event,
                purpose=mail.purpose,
                rule="",
                people=mail.people,
                leaves=mail.leaves,
            )


def _turn(one: Bundle) -> Turn:
    return Turn(
        site=one.site, event=one.event, purpose=one.purpose, rule=one.rule, people=one.count, leaves=one.next_at
    )
