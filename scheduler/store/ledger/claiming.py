"""Taking deliveries to send them, and giving them back. A claim is its owner's for as long as the owner lives.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql import Update

from calendars.model.text import Language
from scheduler.planning.coverage import Tally
from scheduler.planning.delivery import UNCERTAIN_WAIT, WAITING, Purpose, State
from scheduler.planning.notices import Telling
from scheduler.store import nodes, upsert
from scheduler.store.controls import STOPPED
from scheduler.store.posts import roster
from scheduler.store.schema import WAITING_INDEX, Instant, answers, attempts, controls, deliveries, recipients
from scheduler.store.turns import take_turns

_D = deliveries.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A claimed row with what it takes to compose and send it. Instants are UTC."""

    id: int
    fence: int
    purpose: Purpose
    subject: str
    event: str
    site: str
    schedule: int
    rule: str
    recipient: str
    address: str
    language: Language
    post: str
    message_key: str
    due_at: datetime
    expires_at: datetime
    attempts: int
    refusals: int
    first: bool  # no reminder or convocation of this schedule has gone to this recipient: the .ics file goes with it
    channel: str  # of the recipient's calendar: feed, invitations, none
    role: str  # of the recipient: holder, deputy, coordinator
    holder: int  # of the post, from 0: how often it was handed over
    replaces: str | None  # Event.id of its own session, where it comes to this one instead
    edition: int | None = None  # the one that it tells of
    telling: Telling | None = None  # of a notice or a convocation: what it says
    lacking: tuple[Tally, ...] = ()  # of an escalation: the sites from which too few come
    said: str | None = None  # yes, no, maybe: its last word on the event; None: none yet
    said_via: str | None = None  # link, reply
    said_at: datetime | None = None
    said_for: datetime | None = None  # the start that it was said of; None: not kept
    method: str = ""  # of the calendar part that it carries (RFC 6047 §2.4); until settled, that its last attempt did

    @property
    def bearer(self) -> str:
        """Whom the links in the message are signed for."""
        return roster.bearer(self.recipient, self.holder)

    @classmethod
    def from_row(cls, row: RowMapping) -> Delivery:
        return cls(**{**row, "purpose": Purpose(row["purpose"])})


def not_stopped() -> ColumnElement[bool]:
    return ~exists().where(controls.c.name == STOPPED)


def claim_due(
    connection: Connection,
    owner: str,
    now: datetime,
    limit: int,
    withheld: Collection[str] = (),
    *,
    besides: Collection[str] = (),
) -> list[Delivery]:
    """Take up to `limit` due deliveries, nearest event first; nothing of the `withheld`, nothing while stopped.

    `withheld` names events at sites, as `<Event.id>/<site>`; `besides`, recipients. On PostgreSQL, rows that another
    node is looking at are passed over (FOR UPDATE SKIP LOCKED). What this owner holds from before is given back: it
    asks for more when it has none in hand, so a commit whose answer was lost did that. Of several overdue reminders of
    one event for one recipient only the newest is taken; the others expire. Whatever else is about an event waits for a
    notice of it, or a convocation to it, that the same recipient is still to get, and a convocation for a notice.
    """
    _release_strays(connection, owner)
    if connection.execute(_ANY_DUE, {"now": now}).first() is None:
        return []
    given = {"now": now, "limit": limit, "withheld": list(withheld), "besides": list(besides)}
    while due := list(connection.execute(_DUE[connection.dialect.name], given).scalars()):
        _collapse(connection, due, now)
        claimed = connection.execute(
            update(deliveries)
            .where(_D.id.in_(due), _D.state != State.EXPIRED)
            .values(state=State.CLAIMED, owner=owner, fence=_D.fence + 1)
            .returning(_D.id)
        )
        if ids := claimed.scalars().all():
            return _described(connection, ids)
    return []


# Cheap where nothing is due, however much waits: by the index of states and moments.
_ANY_DUE = (
    select(_D.id).where(_D.state.in_(WAITING), _D.next_at <= bindparam("now", type_=_D.next_at.type)).limit(1)
)  # fmt: skip


# The recipient is owed a notice of the same event, or a convocation to it, or is getting it now.
_STILL_TO_HEAR = f"""EXISTS (SELECT 1 FROM deliveries AS news
    WHERE news.recipient = deliveries.recipient AND news.subject = deliveries.subject
        AND news.purpose IN ('{Purpose.NOTICE}', '{Purpose.CONVOCATION}') AND news.purpose <> deliveries.purpose
        AND news.state IN ('{State.PLANNED}', '{State.DEFERRED}', '{State.CLAIMED}', '{State.SENDING}'))"""  # noqa: S608  # ours

# The first in the order of sending, by the index that has what waits in that order. SQLite has to be told: without
# statistics it takes the index of states, and sorts all that is due for each claim.
_DUE = {
    kind: text(f"""
        SELECT id FROM deliveries {by_index}
        WHERE state IN ('{State.PLANNED}', '{State.DEFERRED}') AND next_at <= :now AND expires_at > :now
            AND event || '/' || site NOT IN :withheld AND recipient NOT IN :besides
            AND NOT (purpose <> '{Purpose.NOTICE}' AND {_STILL_TO_HEAR})
            AND NOT EXISTS (SELECT 1 FROM controls WHERE name = '{STOPPED}')
        ORDER BY expires_at, next_at, id LIMIT :limit {passing_by}""").bindparams(  # noqa: S608  # all of it is ours
        bindparam("withheld", expanding=True, type_=_D.event.type),
        bindparam("besides", expanding=True, type_=_D.recipient.type),
        bindparam("now", type_=Instant),
    )
    for kind, by_index, passing_by in (
        ("sqlite", f"INDEXED BY {WAITING_INDEX}", ""),
        ("postgresql", "", "FOR UPDATE SKIP LOCKED"),
    )
}


def _collapse(connection: Connection, due: Sequence[int], now: datetime) -> None:
    """Of several overdue reminders of one event for one recipient, only the newest is still of use."""
    newer = deliveries.alias("newer")
    replaced = exists().where(
        newer.c.recipient == _D.recipient,
        newer.c.subject == _D.subject,
        newer.c.schedule == _D.schedule,
        newer.c.purpose == _D.purpose,
        newer.c.due_at > _D.due_at,
        newer.c.due_at <= now,
        newer.c.state.in_((*WAITING, State.CLAIMED, State.SENDING, State.UNCERTAIN, State.ACCEPTED)),
    )
    connection.execute(
        update(deliveries).where(_D.id.in_(due), _D.due_at < now, replaced).values(state=State.EXPIRED, next_at=None)
    )


def _release_strays(connection: Connection, owner: str) -> None:
    connection.execute(_released().where(_D.state == State.CLAIMED, _D.owner == owner))


def void(connection: Connection, recipient: str | None = None) -> None:
    """Give back what is claimed, whoever holds it, for everybody or for one post: it was claimed under an edition that
    is no longer in force, or under a wish that the post has no more.
    """
    whose = () if recipient is None else (_D.recipient == recipient,)
    connection.execute(_released().where(_D.state == State.CLAIMED, *whose))


def _released() -> Update:
    """Back to what it was before the claim."""
    return update(deliveries).values(state=case((_D.attempts > 0, State.DEFERRED), else_=State.PLANNED), owner=None)


def _described(connection: Connection, ids: Sequence[int]) -> list[Delivery]:
    told = deliveries.alias("told")
    earlier = exists().where(
        told.c.recipient == _D.recipient,
        told.c.subject == _D.subject,
        told.c.purpose.in_((Purpose.REMINDER, Purpose.CONVOCATION)),
        told.c.schedule == _D.schedule,
        told.c.id != _D.id,
        or_(told.c.state.in_((State.ACCEPTED, State.SENDING, State.UNCERTAIN)), told.c.uncertain_at.is_not(None)),
    )
    own = [getattr(_D, name) for name in _OWN_COLUMNS]
    spoken = func.coalesce(recipients.c.chosen_language, recipients.c.language).label("language")
    named = ("address", "post", "channel", "role", "holder")
    contact = (*(recipients.c[name] for name in named), spoken)
    chose = select(func.min(answers.c.event)).where(answers.c.recipient == _D.recipient, answers.c.instead == _D.event)
    replaces = chose.correlate(deliveries).scalar_subquery().label("replaces")
    said = [answers.c.answer.label("said"), *(answers.c[name].label(f"said_{name}") for name in ("via", "at"))]
    found = connection.execute(
        select(*own, *contact, (~earlier).label("first"), replaces, *said, answers.c.start.label("said_for"))
        .join(recipients, recipients.c.id == _D.recipient)
        .outerjoin(answers, (answers.c.recipient == _D.recipient) & (answers.c.subject == _D.subject))
        .where(_D.id.in_(ids))
        .order_by(_D.expires_at, _D.due_at, _D.id)
    )
    return [Delivery.from_row(row) for row in found.mappings()]


_OWN_COLUMNS = (
    "id", "fence", "purpose", "subject", "event", "site", "schedule", "rule", "recipient", "message_key",
    "due_at", "expires_at", "attempts", "refusals", "method",
)  # fmt: skip


def release_claims(connection: Connection, owner: str, claims: Sequence[Delivery]) -> None:
    """Give claims back unsent, to be due as they were."""
    _give_back(connection, owner, [(claim, None) for claim in claims])


def postpone_claims(connection: Connection, owner: str, claims: Sequence[tuple[Delivery, datetime]]) -> None:
    """Give claims back, to be looked at again at the given instants."""
    _give_back(connection, owner, claims)


def _give_back(
    connection: Connection,
    owner: str,
    claims: Sequence[tuple[Delivery, datetime | None]],
    held: State = State.CLAIMED,
) -> None:
    if not claims:
        return
    until = bindparam("until", type_=_D.next_at.type)
    statement = (
        _released()
        .where(_D.id == bindparam("of"), _D.fence == bindparam("under"))
        .where(_D.owner == owner, _D.state == held)
        .values(next_at=func.coalesce(until, _D.next_at, _D.due_at))
    )
    rows = [{"of": claim.id, "under": claim.fence, "until": moment} for claim, moment in claims]
    connection.execute(statement, rows)


def end_claims(connection: Connection, owner: str, ends: Mapping[int, State]) -> None:
    """Claims that have nothing to send, by their Delivery.id, and what becomes of each; in the claiming transaction."""
    for state in dict.fromkeys(ends.values()):
        ended = [key for key, into in ends.items() if into is state]
        connection.execute(
            update(deliveries)
            .where(_D.id.in_(ended), _D.owner == owner, _D.state == State.CLAIMED)
            .values(state=state, next_at=None, owner=None)
        )


def retract_intents(connection: Connection, owner: str, claims: Sequence[Delivery]) -> None:
    """Give back what was never sent though its intent may have been committed: the database's answer was lost."""
    _give_back(connection, owner, [(claim, None) for claim in claims], held=State.SENDING)


def abandon_dead(connection: Connection, now: datetime) -> int:
    """What nodes without a lease left: claims go back, and what was being sent is uncertain.

    Returns how many of the latter.
    """
    take_turns(connection)  # or two nodes that find the same one dead would both put its attempts on record
    dead = ~nodes.is_alive(_D.owner)
    connection.execute(_released().where(_D.state == State.CLAIMED, dead))
    left = (_D.state == State.SENDING) & dead
    _put_on_record(connection, left, now)
    return connection.execute(
        update(deliveries)
        .where(left)
        .values(state=State.UNCERTAIN, uncertain_at=now, next_at=now + UNCERTAIN_WAIT, owner=None)
    ).rowcount


def _put_on_record(connection: Connection, left: ColumnElement[bool], now: datetime) -> None:
    """What nobody saw the end of; unless the node, back from the dead, is telling it at this very moment."""
    words = literal("the node that was sending it is gone")
    lost = select(
        _D.id, _D.fence, _D.owner, literal(now, attempts.c.ended_at.type), literal(State.UNCERTAIN), words
    ).where(left)
    columns = ["delivery", "fence", "owner", "ended_at", "state", "reply"]
    connection.execute(upsert.insert(connection, attempts).from_select(columns, lost).on_conflict_do_nothing())
