"""A report about one of our messages -> whose it is, by a mark that only we can have made, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from scheduler.base.tokens import Link, Tokens
from scheduler.mail import verp
from scheduler.mail.incoming.reading import Bounce
from scheduler.mail.incoming.verdict import Verdict, judge
from scheduler.planning.codes import says_nothing
from scheduler.store.people import bounces
from scheduler.store.people.bounces import Kind, SentDelivery
from scheduler.store.posts import roster

log = structlog.get_logger(__name__)
_KINDS: dict[str, Kind] = {"hard": "hard", "soft": "soft", "installation": "installation"}


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenReport:
    """What a report meant."""

    verdict: Verdict
    recipient: str | None = None  # the post's id; None: nothing proves whose it is
    fresh: bool = True  # False: the same notification came before


def take(
    connection: Connection, found: Bounce, digest: str, now: datetime, *, tokens: Tokens, redirected: bool
) -> TakenReport:
    """Match, judge and note it. What cannot be matched is counted, and blames nobody, whatever address it names."""
    one = delivery_of(connection, found, tokens, now)
    if one is None:
        verdict = judge(found.reported, "")
        if not (found.prose and says_nothing(verdict.status)):
            named = {address for said in found.reported for address in (said.final, said.original) if address}
            bounces.count_lost(connection, named, now)
        return TakenReport(verdict=verdict)
    verdict = judge(found.reported, one.address)
    blamed = bounces.installation_blamed(connection, now)
    fresh = bounces.record(
        connection,
        one,
        digest=digest,
        kind=_KINDS[verdict.finding],
        status=verdict.status,
        text=f"{verdict.about}: {verdict.text}" if verdict.about else verdict.text,
        now=now,
        blames=not redirected,
    )
    _warn(connection, blamed.alarming, now)
    return TakenReport(verdict=verdict, recipient=one.recipient, fresh=fresh)


def delivery_of(connection: Connection, found: Bounce, tokens: Tokens, now: datetime) -> SentDelivery | None:
    """By the address that it came back to, by what it quotes of ours, or by the signed link in what it returns.

    The link names the post, and not the message: then it is about the last one that went there.
    """
    for key in _keys(found, tokens):
        if (one := bounces.sent(connection, key)) is not None:
            return one
    for token in found.marks.links:
        bearer = tokens.read(Link.LEAVE, token, now)
        post = None if bearer is None else roster.borne(connection, bearer)
        if post is not None and (one := bounces.last_sent(connection, post)) is not None:
            return one
    return None


def _keys(found: Bounce, tokens: Tokens) -> Iterator[str]:
    """The local parts of Message-IDs, the surest first."""
    for address in (*found.sent_to, *found.marks.senders):
        if (key := verp.read(address, tokens)) is not None:
            yield key
    yield from (key for key, _ in found.marks.message_keys)


def _warn(connection: Connection, before: bool, now: datetime) -> None:
    """Once, when the third post says it: an operator has to act."""
    blamed = bounces.installation_blamed(connection, now)
    if blamed.alarming and not before:
        log.error("mail comes back for a fault of this installation", posts=blamed.posts, reason=blamed.why)
