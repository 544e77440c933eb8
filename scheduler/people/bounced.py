"""A report about one of our messages -> whose it is, by a mark that only we can have made, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import structlog
from sqlalchemy import Connection

from scheduler.base.tokens import Link, Tokens
from scheduler.mail import verp
from scheduler.mail.incoming.reading import Bounce
from scheduler.mail.incoming.verdict import ReportVerdict, judge
from scheduler.planning.codes import says_nothing
from scheduler.planning.doubt import CountsAs, Kind
from scheduler.store import editions
from scheduler.store.people import blamed, bounces
from scheduler.store.people.bounces import CameBack, SentDelivery
from scheduler.store.posts import roster

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenReport:
    """What a report meant."""

    verdict: ReportVerdict
    recipient: str | None = None  # the post's id; None: nothing proves whose it is
    counted: CountsAs | None = None  # None: the same notification came before


@dataclass(frozen=True, kw_only=True, slots=True)
class SendingWays:
    """How this installation sends, as far as a report depends on it."""

    tokens: Tokens
    redirected: bool = False  # every mail goes to one address: a report says nothing of the posts' own
    signing: bool = False  # every message has a signed sender: what came elsewhere says of no address that it is bad


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    delivery: SentDelivery
    signed: bool  # it came back to the signed address of that very message


def take(connection: Connection, found: Bounce, digest: str, now: datetime, sending: SendingWays) -> TakenReport:
    """Match, judge and note it. What cannot be matched is counted, and blames nobody, whatever address it names."""
    matched = match(connection, found, sending.tokens, now)
    if matched is None:
        return _lost(connection, found, now)
    one = matched.delivery
    verdict = judge(found.reported, one.address)
    report = CameBack(
        digest=digest,
        kind=cast("Kind", verdict.finding),  # it failed, or it would not be taken
        status=verdict.status,
        text=f"{verdict.about}: {verdict.text}" if verdict.about else verdict.text,
    )
    before = blamed.installation_blamed(connection, now).alarming
    proven = matched.signed or not sending.signing
    counted = bounces.record(connection, one, report, now=now, blames=not sending.redirected, proven=proven)
    after = blamed.installation_blamed(connection, now)
    if after.alarming and not before:
        log.error("mail comes back for a fault of this installation", posts=after.posts, reason=after.why)
    return TakenReport(verdict=verdict, recipient=one.recipient, counted=counted)


def _lost(connection: Connection, found: Bounce, now: datetime) -> TakenReport:
    verdict = judge(found.reported, "")
    if not (found.prose and says_nothing(verdict.status)):  # else it may as well be a person's
        named = {address for said in found.reported for address in (said.final, said.original) if address}
        blamed.count_lost(connection, named, now)
    return TakenReport(verdict=verdict)


def match(connection: Connection, found: Bounce, tokens: Tokens, now: datetime) -> Matched | None:
    """By the address that it came back to, by what it quotes of ours, or by the signed link in what it returns."""
    for address in found.sent_to:
        if (one := _by_sender(connection, address, tokens, now)) is not None:
            return Matched(delivery=one, signed=True)
    for address in found.marks.senders:
        if (one := _by_sender(connection, address, tokens, now)) is not None:
            return Matched(delivery=one, signed=False)
    linked = _linked(connection, found, tokens, now)
    for key, domain in found.marks.message_keys:
        one = bounces.sent(connection, key, now)
        if one is not None and domain in _domains(connection, one) and _is_proven(one, found, linked):
            return Matched(delivery=one, signed=False)
    last = next((one for post in linked if (one := bounces.last_sent(connection, post, now)) is not None), None)
    return None if last is None else Matched(delivery=last, signed=False)


def _by_sender(connection: Connection, address: str, tokens: Tokens, now: datetime) -> SentDelivery | None:
    key = verp.read(address, tokens)
    return None if key is None else bounces.sent(connection, key, now)


def _linked(connection: Connection, found: Bounce, tokens: Tokens, now: datetime) -> list[str]:
    """The posts whose signed link it returns, as SES does, which puts a Message-ID of its own over ours.

    The link names no message: then it is about the last one that went to the post.
    """
    bearers = (tokens.read(Link.LEAVE, token, now) for token in found.marks.links)
    posts = (roster.borne(connection, bearer) for bearer in bearers if bearer is not None)
    return [post for post in posts if post is not None]


def _is_proven(one: SentDelivery, found: Bounce, linked: list[str]) -> bool:
    """A Message-ID of the former build can be reckoned by anybody: something must come with it that cannot be."""
    named = {address.lower() for said in found.reported for address in (said.final, said.original)}
    return not one.public or one.recipient in linked or one.address.lower() in named


def _domains(connection: Connection, one: SentDelivery) -> set[str]:
    """Under which its Message-ID may stand: the envelope's domain today, and when it was sent."""
    held = editions.load(connection)
    told = None if one.edition is None else editions.find(connection, one.edition)
    found = ([] if held is None else [held.edition]) + ([] if told is None else [told])
    return {edition.agenda.sender.domain.lower() for edition in found}
