"""Who may read a site's staff feed. A token is shown once and kept nowhere: the database knows its digest.

Each function works in the caller's transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, func, insert, or_, select, update

from scheduler.store.schema import feed_tokens, recipients

TOKEN_BYTES = 24  # of randomness: nobody guesses one, so its digest needs no salt
ID_LENGTH = 10
_T = feed_tokens.c


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedToken:
    """A token as lists show it: everything but itself."""

    id: str
    site: str
    recipient: str | None  # who made it by subscribing; None: an administrator
    label: str
    created_at: datetime
    revoked_at: datetime | None
    polled_at: datetime | None
    client: str | None  # family of the program that polled last


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """What a token opens."""

    id: str
    site: str
    revoked: bool
    origin: str  # of the post that made it: file, self; an administrator's counts as the file's


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """When a feed was last fetched, and by which family of programs. Nothing else is kept of a poll."""

    at: datetime
    client: str


def digest_of(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def id_of(token: str) -> str:
    """What names a token in lists and commands: the beginning of its digest."""
    return digest_of(token)[:ID_LENGTH]


def issue(connection: Connection, site: str, now: datetime, *, label: str, recipient: str | None = None) -> str:
    """A new token for the staff feed of `site`; it cannot be had again."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    connection.execute(
        insert(feed_tokens).values(
            id=id_of(token),
            digest=digest_of(token),
            site=site,
            recipient=recipient,
            label=label,
            created_at=now,
        )
    )
    return token


def revoke(connection: Connection, id_: str, now: datetime) -> bool:
    """End a token. False: there is none of that id, or it had ended before."""
    ended = update(feed_tokens).where(_T.id == id_, _T.revoked_at.is_(None)).values(revoked_at=now)
    return connection.execute(ended).rowcount > 0


def end_of(connection: Connection, recipient: str, now: datetime) -> None:
    """End every token that a post made for itself; what it called them is forgotten."""
    own = update(feed_tokens).where(_T.recipient == recipient, _T.revoked_at.is_(None))
    connection.execute(own.values(revoked_at=now, label=""))


def find(connection: Connection, id_: str) -> FeedToken | None:
    return next(iter(_tokens(connection, _T.id == id_)), None)


def listed(connection: Connection) -> list[FeedToken]:
    """Every token, revoked ones included: by site, the oldest first."""
    return _tokens(connection)


def of_recipient(connection: Connection, recipient: str) -> list[FeedToken]:
    """The tokens that a post made for itself, revoked ones included."""
    return _tokens(connection, _T.recipient == recipient)


def access(connection: Connection) -> dict[str, Access]:
    """What each token opens, by its digest; revoked ones included, which are told that they have ended."""
    maker = feed_tokens.outerjoin(recipients, recipients.c.id == _T.recipient)
    origin = func.coalesce(recipients.c.origin, "file").label("origin")
    found = connection.execute(select(_T.digest, _T.id, _T.site, _T.revoked_at, origin).select_from(maker))
    return {
        row.digest: Access(id=row.id, site=row.site, revoked=row.revoked_at is not None, origin=row.origin)
        for row in found
    }


def record_polls(connection: Connection, polls: Mapping[str, Poll]) -> None:
    """Note the last poll of each token, by its id. An older poll than the one that is known changes nothing."""
    if not polls:
        return
    newer = or_(_T.polled_at.is_(None), _T.polled_at <= bindparam("at"))
    noted = update(feed_tokens).where(_T.id == bindparam("token"), newer)
    connection.execute(
        noted.values(polled_at=bindparam("at"), client=bindparam("family")),
        [{"token": id_, "at": poll.at, "family": poll.client} for id_, poll in sorted(polls.items(), key=_id)],
    )


def _id(poll: tuple[str, Poll]) -> str:
    """In one order on every node, or two that write at once would wait for each other."""
    return poll[0]


def _tokens(connection: Connection, *which: ColumnElement[bool]) -> list[FeedToken]:
    found = connection.execute(select(feed_tokens).where(*which).order_by(_T.site, _T.created_at, _T.id))
    return [_token(row) for row in found.mappings()]


def _token(row: RowMapping) -> FeedToken:
    return FeedToken(
        id=row["id"],
        site=row["site"],
        recipient=row["recipient"],
        label=row["label"],
        created_at=row["created_at"],
        revoked_at=row["revoked_at"],
        polled_at=row["polled_at"],
        client=row["client"],
    )
