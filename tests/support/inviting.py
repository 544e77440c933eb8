"""Posts that have chosen invitations, and what their mails put into a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

from scheduler.planning.channels import Channel
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.ledger import inviting
from tests.support.campaign import Campaign, mails
from tests.support.ledger import PUBLISHED
from tests.support.smtpd import Behaviour, scripted

INVITATIONS, FEED, NONE = Channel.INVITATIONS, Channel.FEED, Channel.NONE


def calendar_of(mail: EmailMessage) -> bytes | None:
    """The calendar part. An invitation is the last alternative, and says of itself what it is (RFC 6047 §2.4)."""
    found = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    if not found:
        return None
    (part,) = found
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    method = str(part.get_param("method"))
    assert part.get_content_charset() == "utf-8"
    assert f"METHOD:{method}\r\n".encode() in body
    if method != "PUBLISH":
        assert mail.get_content_type() == "multipart/alternative"
        assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
    return body


def choose(database: Database, channel: Channel, at: datetime = PUBLISHED, recipient: str = "uno") -> None:
    with database.write() as connection:
        now = editions.load(connection)
        assert now is not None
        inviting.choose(connection, now, recipient, channel, at)


async def run(
    database: Database,
    start: datetime,
    until: datetime,
    *,
    answered: bool = True,
    signed: bool = False,
    **script: Sequence[Behaviour],
) -> list[EmailMessage]:
    async with scripted(**script) as fake:
        await Campaign(database, fake, invitations=answered, signed_answers=signed).run(start, until)
        return mails(fake)
