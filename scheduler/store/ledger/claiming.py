"""Taking deliveries to send them, and giving them back. A claim is its owner's for as long as the owner lives.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, func, literal, or_, select, text

from calendars.model.people import Role
from calendars.model.text import Language
from scheduler.planning.channels import Channel
from scheduler.planning.delivery import ASKED, WAITING, Purpose, State
from scheduler.store import nodes, upsert
from scheduler.store.controls import STOPPED
from scheduler.store.ledger import states
from scheduler.store.posts import roster
from scheduler.store.schema import (
    ASKED_WAITING_INDEX,
    TRIED,
    WAITING_INDEX,
    Instant,
    answers,
    attempts,
    deliveries,
    recipients,
)
from scheduler.store.turns import take_turns

_D = deliveries.c


class Claim(NamedTuple):
    """A claimed row, and its post as it stands. Instants are UTC. (A tuple: there is one for each message.)"""

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
    origin: str  # of the post: file, self
    holder: int  # of the post, from 0: how often it was handed over
    replaces: str | None  # Event.id of its own session, where it comes to this one instead
    method: str  # of the calendar part (RFC 6047 §2.4) that its last attempt carried; "": none, or there was no attempt
    said: str | None = None  # yes, no, maybe: its last word on the event; None: none yet
    said_via: str | None = None  # link, reply
    said_at: datetime | None = None
    said_for: datetime | None = None  # the start that it was said of; None: not kept

    @property
    def bearer(self) -> str:
        """Whom the links in the message are signed for."""
        return roster.bearer(self.recipient, self.holder)

    @property
    def may_invite(self) -> bool:
        """May it carry an invitation (RFC 5546), or the end of one? Of all others nothing has to be looked up.

        What a coordinator is asked is about many sites, and what follows a session is about what is over: they have
        nothing for a calendar.
        """
        chose = self.channel == Channel.INVITATIONS or self.purpose is Purpose.INVITATION
        of_a_region = self.purpose is Purpose.ESCALATION and self.role == Role.COORDINATOR
        if of_a_region or self.purpose is Purpose.FOLLOW_UP:
            return False
        return bool(self.event) and (chose or self.method == "REQUEST")

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Claim:
        """Of a row of `_DESCRIBED`."""
        of, fence, purpose, *rest = row
        return cls(of, fence, Purpose(purpose), *rest)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a node would take on."""

    limit: int
    asked: int | None = None  # of these, how many that anybody may ask for while others wait; None: what is left of it
    withheld: Collection[str] = ()  # nothing of these events at sites, named as `<Event.id>/<site>`
    besides: Collection[str] = ()  # nothing for these recipients


def claim_due(connection: Connection, owner: str, now: datetime, wanted: Wanted) -> list[Claim]:
    """Take due deliveries, nearest event first; nothing while stopped.

    What anybody may ask for (ASKED) comes last, and takes no more than its share while anything else waits. On
    PostgreSQL, rows that another node is looking at are passed over (FOR UPDATE SKIP LOCKED). What this owner holds
    from before is given back: it asks for more when it has none in hand, so a commit whose answer was lost did that. Of
    several overdue reminders of one event for one recipient only the newest is taken; the others expire. Whatever else
    is about an event waits for a notice of it, or a convocation to it, that the same recipient is still to get, and a
    convocation for a notice.
    """
    states.void(connection, _D.owner == owner)
    if connection.execute(_ANY_DUE, {"now": now}).first() is None:
        return []
    while due := _due(connection, now, wanted):
        states.collapse(connection, due, now)
        if ids := states.take(connection, due, owner):
            return described(connection, ids)
    return []


def _due(connection: Connection, now: datetime, wanted: Wanted) -> list[int]:
    """The ids of what may be claimed, by its turn."""
    given = {"now": now, "withheld": list(wanted.withheld), "besides": list(wanted.besides)}

    def first(asked: bool, limit: int) -> list[int]:  # which of two statements
        chosen = _DUE[connection.dialect.name, asked]
        return list(connection.execute(chosen, {**given, "limit": limit}).scalars()) if limit else []

    share = wanted.limit if wanted.asked is None else wanted.asked
    others = first(False, wanted.limit)
    asked = first(True, max(share, wanted.limit - len(others)))
    if wanted.asked is None:
        return (others + asked)[: wanted.limit]
    return others[: wanted.limit - min(len(asked), share)] + asked


# Cheap where nothing is due, however much waits: by the index of states and moments.
_ANY_DUE = (
    select(_D.id).where(_D.state.in_(WAITING), _D.next_at <= bindparam("now", type_=_D.next_at.type)).limit(1)
)  # fmt: skip


# The recipient is owed a notice of the same event, or a convocation to it, or is getting it now.
_STILL_TO_HEAR = f"""EXISTS (SELECT 1 FROM deliveries AS news
    WHERE news.recipient = deliveries.recipient AND news.subject = deliveries.subject
        AND news.purpose IN ('{Purpose.NOTICE}', '{Purpose.CONVOCATION}') AND news.purpose <> deliveries.purpose
        AND news.state IN ('{State.PLANNED}', '{State.DEFERRED}', '{State.CLAIMED}', '{State.SENDING}'))"""  # noqa: S608  # ours

# The first in the order of sending, by an index that has what waits in that order. SQLite has to be told: without
# statistics it takes the index of states, and sorts all that is due for each claim. What anybody may ask for has an
# index of its own: a fan-out that is due must not be passed over for the few that somebody signed up for.
_OF_ASKED = ", ".join(f"'{purpose}'" for purpose in ASKED)
_DUE = {
    (kind, asked): text(f"""
        SELECT id FROM deliveries {f"INDEXED BY {index}" if kind == "sqlite" else ""}
        WHERE state IN ('{State.PLANNED}', '{State.DEFERRED}') AND next_at <= :now AND expires_at > :now
            AND purpose {"IN" if asked else "NOT IN"} ({_OF_ASKED})
            AND event || '/' || site NOT IN :withheld AND recipient NOT IN :besides
            AND NOT (purpose <> '{Purpose.NOTICE}' AND {_STILL_TO_HEAR})
            AND NOT EXISTS (SELECT 1 FROM controls WHERE name = '{STOPPED}')
        ORDER BY expires_at, next_at, id LIMIT :limit {passing_by}""").bindparams(  # noqa: S608  # all of it is ours
        bindparam("withheld", expanding=True, type_=_D.event.type),
        bindparam("besides", expanding=True, type_=_D.recipient.type),
        bindparam("now", type_=Instant),
    )
    for asked, index in ((False, WAITING_INDEX), (True, ASKED_WAITING_INDEX))
    for kind, passing_by in (("sqlite", ""), ("postgresql", "FOR UPDATE SKIP LOCKED"))
}


def next_of_site(
    connection: Connection, site: str, purposes: Collection[Purpose], now: datetime, event: str | None = None
) -> Iterator[list[Claim]]:
    """What waits for a site, of one event (its id) or any: all of one moment together, the next first.

    Nothing is claimed. Left out is what would expire. What stays behind news of its event comes last.
    """
    of_use = (_D.expires_at > now) & ~states.is_overtaken(now)
    waiting = (_D.site == site) & _D.purpose.in_(purposes) & _D.state.in_(WAITING) & of_use
    behind = (_D.purpose != Purpose.NOTICE) & text(_STILL_TO_HEAR)
    chosen = select(_D.id, _D.next_at, behind.label("behind")).where(
        waiting if event is None else waiting & (_D.event == event)
    )
    found = connection.execute(chosen.order_by(behind, _D.next_at, _D.id)).all()
    for _, together in groupby(found, key=lambda row: (row.behind, row.next_at)):
        yield described(connection, [row.id for row in together])


def newest(connection: Connection) -> int:
    """The id of the newest row; 0 before the first."""
    return int(connection.execute(select(func.coalesce(func.max(_D.id), 0))).scalar_one())


def news_of_site(connection: Connection, site: str, edition: int, after: int, event: str | None = None) -> list[Claim]:
    """What an edition (its number) has to tell a site, of one event (its id) or any. Nothing is claimed.

    `after` is the newest row from before it was published.
    """
    made = (_D.id > after) & _D.purpose.in_((Purpose.NOTICE, Purpose.INVITATION))
    called = (_D.purpose == Purpose.CONVOCATION) & (_D.edition == edition)
    waiting = (_D.site == site) & _D.state.in_(WAITING) & or_(made, called)
    chosen = select(_D.id).where(waiting if event is None else waiting & (_D.event == event))
    return described(connection, connection.execute(chosen).scalars().all())


def described(connection: Connection, ids: Sequence[int]) -> list[Claim]:
    """These rows, claimed or not, and their posts as they stand."""
    found = connection.execute(_DESCRIBED[connection.dialect.name], {"ids": upsert.numbers(connection, ids)})
    return [Claim.from_row(row) for row in found]


def _describing(kind: str) -> Select[Any]:
    """The columns of a Claim, in their order."""
    told = deliveries.alias("told")
    earlier = exists().where(
        told.c.recipient == _D.recipient,
        told.c.subject == _D.subject,
        told.c.purpose.in_((Purpose.REMINDER, Purpose.CONVOCATION)),
        told.c.schedule == _D.schedule,
        told.c.id != _D.id,
        or_(told.c.state.in_((State.ACCEPTED, State.SENDING, State.UNCERTAIN)), told.c.uncertain_at.is_not(None)),
    )
    chose = select(func.min(answers.c.event)).where(answers.c.recipient == _D.recipient, answers.c.instead == _D.event)
    reckoned = {
        "language": func.coalesce(recipients.c.chosen_language, recipients.c.language),
        "first": ~earlier,
        "replaces": chose.correlate(deliveries).scalar_subquery(),
        "said": answers.c.answer,
        "said_via": answers.c.via,
        "said_at": answers.c.at,
        "said_for": answers.c.start,
    }
    of_post = {name: recipients.c[name] for name in ("address", "post", "channel", "role", "origin", "holder")}
    columns = {**_D, **of_post, **reckoned}
    return (
        select(*(columns[name].label(name) for name in Claim._fields))
        .join_from(deliveries, recipients, recipients.c.id == _D.recipient)
        .outerjoin(answers, (answers.c.recipient == _D.recipient) & (answers.c.subject == _D.subject))
        .where(upsert.among(kind, _D.id))
        .order_by(_D.purpose.in_(ASKED), _D.expires_at, _D.due_at, _D.id)
    )


_DESCRIBED = {kind: _describing(kind) for kind in ("sqlite", "postgresql")}


def release_claims(connection: Connection, owner: str, claims: Sequence[Claim]) -> None:
    """Give claims back unsent, to be due as they were."""
    states.give_back(connection, owner, ((claim.id, claim.fence, None) for claim in claims))


def postpone_claims(connection: Connection, owner: str, claims: Sequence[tuple[Claim, datetime]]) -> None:
    """Give claims back, to be looked at again at the given instants."""
    states.give_back(connection, owner, ((claim.id, claim.fence, until) for claim, until in claims))


def abandon_dead(connection: Connection, now: datetime) -> int:
    """What nodes without a lease left: claims go back, and what was being sent is uncertain.

    Returns how many of the latter.
    """
    take_turns(connection)  # or two nodes that find the same one dead would both put its attempts on record
    dead = ~nodes.is_alive(_D.owner)
    states.void(connection, dead)
    left = (_D.state == State.SENDING) & dead
    _put_on_record(connection, left, now)
    return states.doubt(connection, left, now)


def _put_on_record(connection: Connection, left: ColumnElement[bool], now: datetime) -> None:
    """What nobody saw the end of; unless the node, back from the dead, is telling it at this very moment."""
    words = literal("the node that was sending it is gone")
    lost = select(
        _D.id, _D.fence, _D.owner, literal(now, attempts.c.ended_at.type), literal(State.UNCERTAIN), words
    ).where(left)
    columns = ["delivery", "fence", "owner", "ended_at", "state", "reply"]
    connection.execute(upsert.insert(connection, attempts).from_select(columns, lost).on_conflict_do_nothing())


def next_moments(connection: Connection, after: datetime, until: datetime, limit: int) -> list[datetime]:
    """The distinct instants in (after, until] at which a row wants attention; the very next one if there is none."""
    wanted = (
        select(_D.next_at)
        .where(_D.state.in_((*WAITING, State.UNCERTAIN)), _D.next_at > after)
        .group_by(_D.next_at)
        .order_by(_D.next_at)
    )
    near = connection.execute(wanted.where(_D.next_at <= until).limit(limit)).scalars().all()
    return list(near or connection.execute(wanted.limit(1)).scalars())


def due_of(connection: Connection, message_key: str) -> datetime | None:
    """When the delivery that left with this Message-ID was due; None for one that did not (a test mail)."""
    return connection.execute(select(_D.due_at).where(TRIED, _D.message_key == message_key)).scalar()
