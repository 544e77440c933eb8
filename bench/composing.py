"""Composing a campaign with 100 posts a site, and the shipped one, against one EmailMessage for each recipient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from itertools import islice

from bench.agendas import BEFORE_ALL, TOKENS, first_edition, shipped_draft, with_posts
from bench.measure import Figure, Line, best, empty_caches
from calendars.editions import Edition
from calendars.model.agenda import Draft
from calendars.model.events import Event
from calendars.model.people import Recipient
from calendars.model.places import Representation
from scheduler.base.tokens import Link
from scheduler.mail.compose import Composer
from scheduler.mail.prepared import Personal
from scheduler.mail.subject import Enclosure, Subject
from scheduler.planning.plan import Member, plan

AIM = 50.0
BASE = "https://agenda.example"
PEERS = 300  # messages that the peer makes, at the same mixture; it takes milliseconds for each
TICK = timedelta(microseconds=500)  # from one message to the next: 2,000 a second
_SHARED = ("From", "Reply-To", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id", "Content-Language")
_OWN = ("To", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One message to be composed."""

    event: Event
    site: Representation
    recipient: Recipient
    due: datetime
    message_key: str
    first: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    edition: Edition
    orders: Sequence[Order]


def run() -> Sequence[Line]:
    many = campaign_of(with_posts(shipped_draft(), 100))
    shipped = campaign_of(shipped_draft())
    peer = _peer(shipped)
    return (
        _figure("100 posts a site", many, peer, aimed=True),
        _figure("the shipped agenda, one post a site", shipped, peer, aimed=False),
    )


def _figure(what: str, campaign: Campaign, peer: float, *, aimed: bool) -> Figure:
    total = best(lambda: _compose_all(campaign), runs=2 if aimed else 3, before=empty_caches)
    each = total / len(campaign.orders)
    return Figure(
        what=f"composing {len(campaign.orders):,} messages, {what}",
        ours=f"{each * 1e6:.0f} µs a message ({total:.1f} s)",
        peer=f"one EmailMessage each, its texts ready, {peer * 1e6:.0f} µs",
        ratio=f"{peer / each:.0f} × faster",
        aim=f"≥ {AIM:g} ×" if aimed else "",
        met=peer / each >= AIM if aimed else None,
    )


def campaign_of(draft: Draft) -> Campaign:
    """Every reminder of the agenda, in the order in which the ledger hands them out."""
    edition = first_edition(draft.agenda, BEFORE_ALL)
    members = [Member(recipient=recipient, since=BEFORE_ALL) for recipient in draft.recipients]
    recipients = {recipient.id: recipient for recipient in draft.recipients}
    sites = {site.id: site for site in draft.agenda.representations}
    events = {event.id: event for event in draft.agenda.events}
    told: set[tuple[str, str]] = set()
    orders = []
    for one in sorted(plan(edition, members), key=lambda p: (p.moment.due, p.moment.expires, p.recipient)):
        first = (one.subject, one.recipient) not in told
        told.add((one.subject, one.recipient))
        orders.append(
            Order(
                event=events[one.moment.event],
                site=sites[one.moment.site],
                recipient=recipients[one.recipient],
                due=one.moment.due,
                message_key=TOKENS.message_key(one.purpose, one.subject, one.schedule, one.moment.rule, one.recipient),
                first=first,
            )
        )
    return Campaign(edition=edition, orders=orders)


def composed(campaign: Campaign) -> Iterator[bytes]:
    """As the dispatcher composes, its signed link included."""
    edition = campaign.edition
    composer, tokens = Composer(BASE), TOKENS
    for number, order in enumerate(campaign.orders):
        now = order.due + number * TICK
        enclosed = Enclosure(method="PUBLISH" if order.first else "")
        language = order.recipient.language
        subject = Subject(
            edition=edition, event=order.event, site=order.site, language=language, sent_at=now, enclosed=enclosed
        )
        prepared = composer.reminder(subject)
        yield prepared.personalize(
            Personal(
                to=order.recipient.address,
                office=f"{order.recipient.post}, {order.site.name}",
                message_id=f"{order.message_key}@{edition.agenda.sender.domain}",
                sent_at=now,
                unsubscribe_url=f"{BASE}/leave/{(token := tokens.sign(Link.LEAVE, order.recipient.id))}",
                manage_url=f"{BASE}/manage/{token}",
                answer_url=f"{BASE}/answer/{tokens.sign_answer(order.recipient.id, order.event.id)}",
            )
        )


def _compose_all(campaign: Campaign) -> int:
    return sum(len(message) for message in composed(campaign))


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """One message taken apart again: what the peer puts together."""

    headers: Sequence[tuple[str, str]]
    text: str
    html: str
    calendar: bytes | None


def _peer(campaign: Campaign) -> float:
    """Seconds a message of EmailMessage with the same content, rendered and signed beforehand."""
    contents = contents_of(campaign, PEERS)
    return best(lambda: [email_message(content).as_bytes() for content in contents]) / len(contents)


def contents_of(campaign: Campaign, count: int) -> Sequence[Content]:
    """What about `count` of the campaign's messages say, at its own mixture."""
    step = max(1, len(campaign.orders) // count)
    return [_content(message) for message in islice(composed(campaign), 0, None, step)]


def _content(message: bytes) -> Content:
    parsed = message_from_bytes(message, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert text is not None
    assert html is not None
    attached = [part.get_payload(decode=True) for part in parsed.iter_attachments()]
    return Content(
        headers=[(name, str(parsed[name])) for name in (*_OWN, *_SHARED)],
        text=text.get_content(),
        html=html.get_content(),
        calendar=next((one for one in attached if isinstance(one, bytes)), None),
    )


def email_message(content: Content) -> EmailMessage:
    """As anybody would put it together with the standard library."""
    message = EmailMessage(policy=SMTP)
    message.set_content(content.text)
    for name, value in content.headers:
        message[name] = value
    message.add_alternative(content.html, subtype="html")
    if content.calendar is not None:
        message.add_attachment(content.calendar, maintype="text", subtype="calendar", filename="event.ics")
    return message
