"""Who comes: the last word of each post on each event.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from sqlalchemy import Connection, RowMapping, case, func, select, true

from calendars.model.people import Role
from scheduler.planning.coverage import Voice
from scheduler.store.schema import answers, listed, recipients
from scheduler.store.upsert import insert

_A, _R = answers.c, recipients.c
_ROLES = {role.value: role for role in Role}  # of many rows, found sooner than made
Via = Literal["link", "reply"]
SLOW = timedelta(minutes=10)  # that the clock of a post's computer may be behind


class Reply(StrEnum):
    """As iCalendar's PARTSTAT has it (RFC 5545 §3.2.12)."""

    YES = "yes"  # ACCEPTED
    NO = "no"  # DECLINED
    MAYBE = "maybe"  # TENTATIVE


@dataclass(frozen=True, kw_only=True, slots=True)
class PostAnswer:
    """What one post said last of one event."""

    recipient: str
    subject: str  # the event's UID
    event: str  # Event.id
    reply: Reply
    instead: str | None  # Event.id of another region's session that the post comes to
    via: Via
    at: datetime  # UTC
    start: datetime | None = None  # UTC, of what it is given for: its own session, or the one instead; None: not kept


def record(connection: Connection, answer: PostAnswer, *, anyway: bool = False) -> bool:
    """Keep an answer in place of the post's earlier one. False: a later one is known already.

    Within SLOW the one that arrives last is the later, whatever the clocks say; with `anyway`, it always is.
    """
    values = {
        "event": answer.event,
        "answer": answer.reply,
        "instead": answer.instead,
        "via": answer.via,
        "start": answer.start,
    }
    row = insert(connection, answers).values(recipient=answer.recipient, subject=answer.subject, at=answer.at, **values)
    kept = row.on_conflict_do_update(
        index_elements=["recipient", "subject"],
        set_={name: row.excluded[name] for name in values}
        | {"at": case((_A.at > row.excluded.at, _A.at), else_=row.excluded.at)},
        where=true() if anyway else _A.at <= answer.at + SLOW,
    )
    return connection.execute(kept, execution_options={"preserve_rowcount": True}).rowcount > 0


def of(connection: Connection, recipient: str, subject: str) -> PostAnswer | None:
    """What a post said last of an event (its UID); None: it has not answered."""
    found = connection.execute(select(answers).where(_A.recipient == recipient, _A.subject == subject))
    row = found.mappings().one_or_none()
    return None if row is None else _answer(row)


def by_recipient(connection: Connection, recipient: str | None = None) -> Mapping[str, Sequence[PostAnswer]]:
    """What every post, or one, said last of each event, by the post's id."""
    chosen = select(answers).order_by(_A.recipient, _A.subject)
    if recipient is not None:
        chosen = chosen.where(_A.recipient == recipient)
    said: dict[str, list[PostAnswer]] = {}
    for row in connection.execute(chosen).mappings():
        said.setdefault(row["recipient"], []).append(_answer(row))
    return said


def any_given(connection: Connection, uid: str) -> bool:
    """Did anybody say whether they come to that event?"""
    return connection.execute(select(_A.recipient).where(_A.subject == uid).limit(1)).first() is not None


def of_event(connection: Connection, subject: str) -> dict[str, PostAnswer]:
    """What posts said last of an event (its UID), by their ids."""
    found = connection.execute(select(answers).where(_A.subject == subject).order_by(_A.recipient))
    return {row["recipient"]: _answer(row) for row in found.mappings()}


def voices(connection: Connection, subject: str) -> list[Voice]:
    """Every post on the list with what it said last of an event (its UID), in order of their ids."""
    return list(voices_of_posts(connection, subject).values())


def voices_of_posts(connection: Connection, subject: str) -> dict[str, Voice]:
    """The same by the post's id."""
    found = connection.execute(
        select(_R.id, _R.site, _R.role, _A.answer, _A.instead, _A.start)
        .join_from(recipients, answers, (_A.recipient == _R.id) & (_A.subject == subject), isouter=True)
        .where(listed(_R))
        .order_by(_R.id)
    )
    return {
        post: Voice(site=site, role=_ROLES[role], reply=reply, instead=instead, start=start)
        for post, site, role, reply, instead, start in found
    }


def guests(connection: Connection, event: str) -> list[tuple[str, datetime | None]]:
    """The posts on the list that come to an event (its id) instead of going to their own: the site of each, and the
    start that it said so for.
    """
    found = connection.execute(
        select(_R.id, _R.site, func.max(_A.start).label("start"))
        .join_from(recipients, answers, _A.recipient == _R.id)
        .where(listed(_R), _A.instead == event)
        .group_by(_R.id, _R.site)
        .order_by(_R.site, _R.id)
    )
    return [(row.site, row.start) for row in found]


def _answer(row: RowMapping) -> PostAnswer:
    return PostAnswer(
        recipient=row["recipient"],
        subject=row["subject"],
        event=row["event"],
        reply=Reply(row["answer"]),
        instead=row["instead"],
        via="link" if row["via"] == "link" else "reply",
        at=row["at"],
        start=row["start"],
    )
