"""What a post was last told of an event, as far as the ledger can know."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, exists, func, or_, select

from scheduler.planning.delivery import Purpose, State
from scheduler.store.ledger.claiming import Claim
from scheduler.store.posts.roster import HEARS, LISTED
from scheduler.store.schema import answers, deliveries, editions, feed_tokens, recipients

_D, _R, _T, _A = deliveries.c, recipients.c, feed_tokens.c, answers.c
_STATES = {state.value: state for state in State}  # of many rows, found sooner than made


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Of one claimed notice's post."""

    surely: int  # number of the newest edition of which a message was accepted; before any, of the one that it joined
    visits: bool  # it comes to the event instead of its own: it knew of it what stood on the page when it chose
    perhaps: tuple[int, ...]  # newer ones, of messages whose fate is unknown: the newest first
    refused: State | None  # the post is written to no more: what becomes of the notice
    published_at: datetime  # the edition that owed the notice, UTC
    polled_at: datetime | None  # when the post's own calendar program last read a staff feed, UTC


def told(connection: Connection, claims: Sequence[Claim]) -> dict[int, Told]:
    """What is known of the posts of these claims, by Claim.id."""
    wanted = [claim.id for claim in claims]
    doubts = _doubts(connection, wanted)
    known = {}
    for row in connection.execute(_certain(wanted)):
        surely = max(row.accepted or 0, row.joined, row.chosen or 0)
        newer = sorted({number for number in doubts.get(row.id, ()) if number > surely}, reverse=True)
        known[row.id] = Told(
            surely=surely,
            visits=row.chosen is not None,
            perhaps=tuple(newer),
            refused=None if row.refused is None else State(row.refused),
            published_at=row.published_at,
            polled_at=row.polled_at,
        )
    return known


@dataclass(frozen=True, kw_only=True, slots=True)
class LastTold:
    """What one post knows of one event, before anything is owed to it."""

    origin: str  # of the post: file, self
    surely: int  # as in Told
    visits: bool
    perhaps: tuple[int, ...]  # of messages on their way, too: the newest first
    read_at: datetime | None  # when the post's own calendar program last read a staff feed, UTC


def known(connection: Connection, event: str, uid: str) -> dict[str, LastTold]:
    """What every post knows of an event (its id and UID), by Recipient.id."""
    said = deliveries.alias("said")
    doubtful = or_(said.c.uncertain_at.is_not(None), said.c.state == State.SENDING)
    doubts: dict[str, set[int]] = {}
    for row in connection.execute(
        select(said.c.recipient, said.c.edition).where(said.c.subject == uid, doubtful, said.c.edition.is_not(None))
    ):
        doubts.setdefault(row.recipient, set()).add(row.edition)
    accepted = _newest_accepted(said.c.state, said.c.edition).where(said.c.recipient == _R.id, said.c.subject == uid)
    last = accepted.correlate(recipients).scalar_subquery()
    then = _numbers(connection)
    chose = select(_A.recipient, func.min(_A.at)).where(_A.instead == event).group_by(_A.recipient)
    chosen = {post: then(at) for post, at in connection.execute(chose)}
    polled = select(_T.recipient, func.max(_T.polled_at)).where(_T.revoked_at.is_(None)).group_by(_T.recipient)
    read = dict(connection.execute(polled).all())
    found = connection.execute(select(_R.id, _R.origin, _R.since, last))
    return {
        post: _known(origin, (told or 0, then(since) or 1), chosen.get(post), doubts.get(post, ()), read.get(post))
        for post, origin, since, told in found
    }


def _numbers(connection: Connection) -> Callable[[datetime], int | None]:
    """Tells the highest number of an edition that was published by then; None where there was none."""
    published = connection.execute(select(editions.c.at, editions.c.number).order_by(editions.c.at)).all()
    moments, highest = [row.at for row in published], list(accumulate((row.number for row in published), max))

    def at(moment: datetime) -> int | None:
        before = bisect_right(moments, moment)
        return highest[before - 1] if before else None

    return at


def _newest_accepted(state: ColumnElement[str], edition: ColumnElement[int | None]) -> Select[Any]:
    """A CASE, lest SQLite look up all that was ever accepted, once for each post, instead of the post's own rows."""
    return select(func.max(case((state == State.ACCEPTED, edition))))


def _known(
    origin: str, told: tuple[int, int], chosen: int | None, doubts: Collection[int], read_at: datetime | None
) -> LastTold:
    """`told`: the edition of the last message that was accepted, or 0, and the one that the post joined."""
    surely = max(*told, chosen or 0)
    newer = sorted((number for number in doubts if number > surely), reverse=True)
    return LastTold(origin=origin, surely=surely, visits=chosen is not None, perhaps=tuple(newer), read_at=read_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class MailAbout:
    """One delivery about an event. Instants are UTC."""

    recipient: str
    state: State
    edition: int | None  # the one that its last attempt told of; None before any
    doubtful: bool  # its fate was unknown once
    due_at: datetime
    accepted_at: datetime | None


def mails(connection: Connection, uid: str) -> list[MailAbout]:
    """All that was owed about an event (its UID) before it was over, the oldest first."""
    doubtful = _D.uncertain_at.is_not(None)
    wanted = select(_D.recipient, _D.state, _D.edition, doubtful, _D.due_at, _D.accepted_at)
    return [
        MailAbout(
            recipient=recipient,
            state=_STATES[state],
            edition=edition,
            doubtful=bool(doubted),
            due_at=due,
            accepted_at=accepted,
        )
        for recipient, state, edition, doubted, due, accepted in connection.execute(
            wanted.where(_D.subject == uid, _D.purpose != Purpose.FOLLOW_UP).order_by(_D.id)
        )
    ]


def spared(connection: Connection, claims: Sequence[Claim]) -> dict[int, State]:
    """Of claimed convocations, by Claim.id, those that are not to go, and what becomes of each.

    Their post is written to no more, or has a notice of the event since it was to be called, or may have.
    """
    news = deliveries.alias("news")
    told_since = exists().where(
        news.c.recipient == _D.recipient,
        news.c.subject == _D.subject,
        news.c.purpose == Purpose.NOTICE,
        news.c.schedule >= _D.edition,
        or_(news.c.state == State.ACCEPTED, news.c.uncertain_at.is_not(None)),
    )
    ends = case(
        (~LISTED, State.CANCELLED),
        (~HEARS, State.SUPPRESSED),
        (told_since, State.SUPERSEDED),
        else_=None,
    ).label("into")
    found = connection.execute(
        select(_D.id, ends).join(recipients, _R.id == _D.recipient).where(_D.id.in_([claim.id for claim in claims]))
    )
    return {row.id: State(row.into) for row in found if row.into is not None}


def _certain(wanted: Sequence[int]) -> Select[Any]:
    said, before = deliveries.alias("said"), editions.alias("before")
    accepted = _newest_accepted(said.c.state, said.c.edition).where(
        said.c.recipient == _D.recipient, said.c.subject == _D.subject
    )
    joined = select(func.max(before.c.number)).where(before.c.at <= _R.since)
    chose = select(func.min(_A.at)).where(_A.recipient == _D.recipient, _A.instead == _D.event)
    since = chose.correlate(deliveries).scalar_subquery()
    chosen = select(func.max(before.c.number)).where(before.c.at <= since)
    polled = select(func.max(_T.polled_at)).where(_T.recipient == _D.recipient, _T.revoked_at.is_(None))
    return (
        select(
            _D.id,
            accepted.correlate(deliveries).scalar_subquery().label("accepted"),
            func.coalesce(joined.correlate(recipients).scalar_subquery(), 1).label("joined"),
            chosen.correlate(deliveries).scalar_subquery().label("chosen"),
            polled.correlate(deliveries).scalar_subquery().label("polled_at"),
            editions.c.at.label("published_at"),
            case((~LISTED, State.CANCELLED), (~HEARS, State.SUPPRESSED), else_=None).label("refused"),
        )
        .join(recipients, _R.id == _D.recipient)
        .join(editions, editions.c.number == _D.schedule)
        .where(_D.id.in_(wanted))
    )


def _doubts(connection: Connection, wanted: Sequence[int]) -> dict[int, list[int]]:
    said = deliveries.alias("said")
    found = connection.execute(
        select(_D.id, said.c.edition)
        .join(said, (said.c.recipient == _D.recipient) & (said.c.subject == _D.subject))
        .where(_D.id.in_(wanted), said.c.uncertain_at.is_not(None), said.c.edition.is_not(None))
    )
    doubts: dict[int, list[int]] = {}
    for row in found:
        doubts.setdefault(row.id, []).append(row.edition)
    return doubts
