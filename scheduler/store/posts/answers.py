"""Who comes: the last word of each post on each event.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from sqlalchemy import Connection, RowMapping, func, select

from calendars.model.people import Role
from scheduler.planning.coverage import Voice
from scheduler.store.schema import answers, recipients
from scheduler.store.upsert import insert

_A, _R = answers.c, recipients.c
Via = Literal["link", "reply"]


class Reply(StrEnum):
    """As iCalendar's PARTSTAT has it (RFC 5545 §3.2.12)."""

    YES = "yes"  # ACCEPTED
    NO = "no"  # DECLINED
    MAYBE = "maybe"  # TENTATIVE


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one post said last of one event."""

    recipient: str
    subject: str  # the event's UID
    event: str  # Event.id
    reply: Reply
    instead: str | None  # Event.id of another region's session that the post comes to
    via: Via
    at: datetime  # UTC


def record(connection: Connection, answer: Answer) -> bool:
    """Keep an answer in place of the post's earlier one. False: a later one is known already."""
    values = {
        "event": answer.event,
        "answer": answer.reply,
        "instead": answer.instead,
        "via": answer.via,
        "at": answer.at,
    }
    row = insert(connection, answers).values(recipient=answer.recipient, subject=answer.subject, **values)
    kept = row.on_conflict_do_update(
        index_elements=["recipient", "subject"],
        set_={name: row.excluded[name] for name in values},
        where=_A.at <= row.excluded.at,
    )
    return connection.execute(kept, execution_options={"preserve_rowcount": True}).rowcount > 0


def of(connection: Connection, recipient: str, subject: str) -> Answer | None:
    """What a post said last of an event (its UID); None: it has not answered."""
    found = connection.execute(select(answers).where(_A.recipient == recipient, _A.subject == subject))
    row = found.mappings().one_or_none()
    return None if row is None else _answer(row)


def by_recipient(connection: Connection, recipient: str | None = None) -> Mapping[str, Sequence[Answer]]:
    """What every post, or one, said last of each event, by the post's id."""
    chosen = select(answers).order_by(_A.recipient, _A.subject)
    if recipient is not None:
        chosen = chosen.where(_A.recipient == recipient)
    said: dict[str, list[Answer]] = {}
    for row in connection.execute(chosen).mappings():
        said.setdefault(row["recipient"], []).append(_answer(row))
    return said


def voices(connection: Connection, subject: str) -> list[Voice]:
    """Every post on the list with what it said last of an event (its UID), in order of their ids."""
    listed = _R.removed_at.is_(None) & _R.confirmed_at.is_not(None)
    found = connection.execute(
        select(_R.site, _R.role, _A.answer, _A.instead)
        .join_from(recipients, answers, (_A.recipient == _R.id) & (_A.subject == subject), isouter=True)
        .where(listed)
        .order_by(_R.id)
    )
    return [Voice(site=row.site, role=Role(row.role), reply=row.answer, instead=row.instead) for row in found]


def guests(connection: Connection, event: str) -> dict[str, int]:
    """Of posts on the list that come to an event (its id) instead of going to their own: how many, by their site."""
    listed = _R.removed_at.is_(None) & _R.confirmed_at.is_not(None)
    found = connection.execute(
        select(_R.site, func.count(_R.id.distinct()).label("posts"))
        .join_from(recipients, answers, _A.recipient == _R.id)
        .where(listed, _A.instead == event)
        .group_by(_R.site)
        .order_by(_R.site)
    )
    return {row.site: row.posts for row in found}


def _answer(row: RowMapping) -> Answer:
    return Answer(
        recipient=row["recipient"],
        subject=row["subject"],
        event=row["event"],
        reply=Reply(row["answer"]),
        instead=row["instead"],
        via="link" if row["via"] == "link" else "reply",
        at=row["at"],
    )
