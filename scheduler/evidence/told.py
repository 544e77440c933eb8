"""Which notices and convocations were sent, and what each compared: read back from the ledger.

The text of a message is not kept. What it was made of is: the editions, and what its post had been told before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from calendars.model.text import Language
from scheduler.planning.delivery import NEWS, Purpose
from scheduler.store.schema import answers, attempts, deliveries, editions, recipients

_D, _R = deliveries.c, recipients.c
_CHUNK = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class SentNews:
    """One of them, by its last attempt. Instants are UTC."""

    id: int  # of the delivery
    purpose: Purpose
    event: str
    site: str
    edition: int  # the one that it told of
    owed_by: int  # the edition that owed a notice
    language: Language  # of the post, as it is now
    origin: str
    channel: str
    method: str  # of its calendar part
    guest: bool  # its post comes to this session instead of its own, as it is now
    first: bool  # no reminder or convocation of this schedule had gone before
    sent_at: datetime
    due_at: datetime
    surely: int  # the edition of which its post knew
    perhaps: tuple[int, ...]  # newer ones, of messages whose fate was unknown: the newest first


def sent_news(connection: Connection) -> Iterator[SentNews]:
    """In the order of the ledger."""
    doubts = _doubts(connection)
    for row in connection.execution_options(yield_per=_CHUNK).execute(_chosen()):
        surely = max(row.accepted or 0, row.joined, row.visited or 0)
        newer = {edition for edition, at in doubts.get((row.recipient, row.subject), ()) if at < row.sent_at}
        yield SentNews(
            id=row.id,
            purpose=Purpose(row.purpose),
            event=row.event,
            site=row.site,
            edition=row.edition,
            owed_by=row.schedule,
            language=row.language,
            origin=row.origin,
            channel=row.channel,
            method=row.method,
            guest=row.visited is not None,
            first=not row.earlier,
            sent_at=row.sent_at,
            due_at=row.due_at,
            surely=surely,
            perhaps=tuple(sorted((one for one in newer if one > surely), reverse=True)),
        )


def _chosen() -> Select[Any]:
    said, before, tried = deliveries.alias("said"), editions.alias("before"), attempts.alias("tried")
    began = func.max(func.coalesce(tried.c.began_at, tried.c.ended_at), type_=_D.due_at.type)
    last = (
        select(tried.c.delivery, began.label("sent_at"))
        .where(tried.c.delivery.in_(select(_D.id).where(_D.purpose.in_(NEWS))))
        .group_by(tried.c.delivery)
        .subquery()
    )
    same = and_(said.c.recipient == _D.recipient, said.c.subject == _D.subject, said.c.id != _D.id)
    went = said.c.accepted_at < last.c.sent_at
    accepted = select(func.max(said.c.edition)).where(same, went)
    joined = select(func.max(before.c.number)).where(before.c.at <= _R.since)
    since = select(func.min(answers.c.at)).where(answers.c.recipient == _D.recipient, answers.c.instead == _D.event)
    visited = select(func.max(before.c.number)).where(before.c.at <= since.correlate(deliveries).scalar_subquery())
    opened = said.c.purpose.in_((Purpose.REMINDER, Purpose.CONVOCATION)) & (said.c.schedule == _D.schedule)
    earlier = exists().where(same, opened, or_(went, said.c.uncertain_at < last.c.sent_at))
    own = [getattr(_D, name) for name in ("id", "purpose", "subject", "recipient", "event", "site", "edition")]
    return (
        select(
            *own,
            *(_D.schedule, _D.method, _D.due_at, _R.origin, _R.channel, last.c.sent_at),
            func.coalesce(_R.chosen_language, _R.language).label("language"),
            accepted.correlate(deliveries, last).scalar_subquery().label("accepted"),
            func.coalesce(joined.correlate(recipients).scalar_subquery(), 1).label("joined"),
            visited.correlate(deliveries).scalar_subquery().label("visited"),
            earlier.correlate(deliveries, last).label("earlier"),
        )
        .join(last, last.c.delivery == _D.id)
        .join(recipients, _R.id == _D.recipient)
        .where(_D.purpose.in_(NEWS), _D.edition.is_not(None))
        .order_by(_D.id)
    )


def _doubts(connection: Connection) -> dict[tuple[str, str], list[tuple[int, datetime]]]:
    """By post and event, the editions told of in messages whose fate was unknown once, and since when it was."""
    found = connection.execute(
        select(_D.recipient, _D.subject, _D.edition, _D.uncertain_at).where(
            _D.uncertain_at.is_not(None), _D.edition.is_not(None)
        )
    )
    doubts: dict[tuple[str, str], list[tuple[int, datetime]]] = {}
    for row in found:
        doubts.setdefault((row.recipient, row.subject), []).append((row.edition, row.uncertain_at))
    return doubts
