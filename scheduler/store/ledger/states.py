"""The door to the ledger: every change of a row's state, named by what it does (docs/delivery-states.md).

Rows are made in `rows`, and what each message goes through twice is in `settling`; nobody else writes the table. Who
calls says which rows are meant, and these functions which states they may be in: zero rows changed means that somebody
else was first, and that is normal. All of them work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.sql import Update

from scheduler.planning.delivery import (
    EXPIRABLE,
    MUTABLE,
    PLANNED_BY_EDITION,
    REPEATS,
    REVOCABLE,
    UNCERTAIN_WAIT,
    WAITING,
    State,
)
from scheduler.store import upsert
from scheduler.store.ledger.rows import Row, is_staged, parts, staged
from scheduler.store.posts import roster
from scheduler.store.schema import WAITING_INDEX, Instant, deliveries, recipients
from scheduler.store.turns import take_turns

_D, _S = deliveries.c, staged.c
_FOLLOWS = ("site", "due_at", "expires_at", "moved")
_TAKEN = {name: _S[name] for name in _FOLLOWS}  # of the staged plan

# What ends, and what is kept from going


def end(
    connection: Connection,
    chosen: ColumnElement[bool],
    into: State | ColumnElement[str],
    among: Sequence[State] = REVOCABLE,
) -> int:
    """They go no more, and nobody holds them; returns how many."""
    ended = update(deliveries).where(chosen, _D.state.in_(among)).values(state=into, next_at=None, owner=None)
    return connection.execute(ended).rowcount


def end_claims(connection: Connection, owner: str, ends: Mapping[int, State]) -> None:
    """Claims that have nothing to send, by their Claim.id, and what becomes of each; in the claiming transaction."""
    for into in dict.fromkeys(ends.values()):
        ended = [key for key, state in ends.items() if state is into]
        end(connection, _D.id.in_(ended) & (_D.owner == owner), into, (State.CLAIMED,))


def suppress(connection: Connection, chosen: ColumnElement[bool]) -> int:
    """Their post wants none; they may be planned again. Returns how many."""
    return end(connection, chosen, State.SUPPRESSED, MUTABLE)


def suppress_address(connection: Connection, recipient: str, now: datetime, why: str) -> None:
    """The address is bad: mark the post, and mute what still waits for it. `why` is scrubbed."""
    connection.execute(
        update(recipients).where(recipients.c.id == recipient).values(suppressed_at=now, suppressed_why=why)
    )
    mute(connection, recipient, now)


def mute(connection: Connection, recipient: str, now: datetime) -> None:
    """Suppress the reminders and escalations that still wait for a post, and try no more what is on its way to it."""
    own = (_D.recipient == recipient) & _D.purpose.in_(PLANNED_BY_EDITION)
    suppress(connection, own)
    let_go_of_what_is_on_its_way(connection, own, now)


def let_go_of_what_is_on_its_way(connection: Connection, chosen: ColumnElement[bool], now: datetime) -> None:
    """A message between MAIL FROM and its reply cannot be called back; but whatever the reply, it is tried no more.

    Nor is one whose reply never came.
    """
    gone = (State.SENDING, State.UNCERTAIN)
    connection.execute(update(deliveries).where(_D.state.in_(gone), chosen).values(expires_at=now))


def bounce(connection: Connection, delivery: int, now: datetime) -> None:
    """What was sent (by its id) did not arrive."""
    sent = update(deliveries).where(_D.id == delivery, _D.state.in_((State.ACCEPTED, State.UNCERTAIN)))
    connection.execute(sent.values(state=State.BOUNCED, bounced_at=now, next_at=None, owner=None))


# What time alone decides


def sweep(connection: Connection, now: datetime) -> int:
    """Expiry, and what follows for those that were uncertain."""
    take_turns(connection)
    return _expire(connection, now) + _resolve_uncertain(connection, now)


def _expire(connection: Connection, now: datetime) -> int:
    waiting = connection.execute(_EXPIRE_WAITING[connection.dialect.name], {"now": now}).rowcount
    on_their_way = [state for state in EXPIRABLE if state not in WAITING]
    return waiting + end(connection, _D.expires_at <= now, State.EXPIRED, on_their_way)


# By the index of what waits, or each look would pass over everything that is planned; SQLite has to be told.
_EXPIRE_WAITING = {
    kind: text(f"""
        UPDATE deliveries {by_index} SET state = '{State.EXPIRED}', next_at = NULL, owner = NULL
        WHERE state IN ('{State.PLANNED}', '{State.DEFERRED}') AND expires_at <= :now""").bindparams(  # noqa: S608  # ours
        bindparam("now", type_=Instant)
    )
    for kind, by_index in (("sqlite", f"INDEXED BY {WAITING_INDEX}"), ("postgresql", ""))
}


def _resolve_uncertain(connection: Connection, now: datetime) -> int:
    return connection.execute(
        update(deliveries)
        .where(_D.state == State.UNCERTAIN, _D.next_at <= now)
        .values(
            state=case((_D.repeats < REPEATS, State.DEFERRED), else_=State.HELD),
            next_at=case((_D.repeats < REPEATS, literal(now, _D.next_at.type)), else_=None),
            repeats=_D.repeats + case((_D.repeats < REPEATS, 1), else_=0),
        )
    ).rowcount


def collapse(connection: Connection, due: Sequence[int], now: datetime) -> None:
    """Of several overdue reminders of one event for one recipient, only the newest is still of use: the others expire.

    `due` are the ids of those that may be claimed.
    """
    old = update(deliveries).where(upsert.among(connection.dialect.name, _D.id), is_overtaken(now))
    connection.execute(old.values(state=State.EXPIRED, next_at=None), {"ids": upsert.numbers(connection, due)})


def is_overtaken(now: datetime) -> ColumnElement[bool]:
    """Whether a row is overdue, and a newer one of its kind, event and recipient is due too, or went."""
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
    return (_D.due_at < now) & replaced


# Whose a row is


def take(connection: Connection, due: Sequence[int], owner: str) -> Sequence[int]:
    """Make those that did not expire just now this owner's, under the next fence; returns their ids."""
    claim = (
        update(deliveries)
        .where(upsert.among(connection.dialect.name, _D.id), _D.state != State.EXPIRED)
        .values(state=State.CLAIMED, owner=owner, fence=_D.fence + 1)
        .returning(_D.id)
    )
    return connection.execute(claim, {"ids": upsert.numbers(connection, due)}).scalars().all()


def void(connection: Connection, whose: ColumnElement[bool] | None = None) -> None:
    """Claims on these, or on all, hold no more: whoever has one finds out when its intent changes no row."""
    chosen = true() if whose is None else whose
    connection.execute(_released().where(_D.state == State.CLAIMED, chosen))


def release(connection: Connection, chosen: ColumnElement[bool]) -> None:
    """Claims on these are void, and refusals are forgotten."""
    void(connection, chosen)
    connection.execute(update(deliveries).where(chosen, _D.state.in_(WAITING)).values(refusals=0))


def give_back(
    connection: Connection, owner: str, claims: Iterable[tuple[int, int, datetime | None]], held: State = State.CLAIMED
) -> None:
    """Claims, by id and fence, go back unsent: to be due at an instant, or as they were."""
    rows = [{"of": key, "under": fence, "until": until} for key, fence, until in claims]
    if not rows:
        return
    until = bindparam("until", type_=_D.next_at.type)
    statement = (
        _released()
        .where(_D.id == bindparam("of"), _D.fence == bindparam("under"))
        .where(_D.owner == owner, _D.state == held)
        .values(next_at=func.coalesce(until, _D.next_at, _D.due_at))
    )
    connection.execute(statement, rows)


def _released() -> Update:
    """Back to what it was before the claim."""
    return update(deliveries).values(state=case((_D.attempts > 0, State.DEFERRED), else_=State.PLANNED), owner=None)


def doubt(connection: Connection, chosen: ColumnElement[bool], now: datetime) -> int:
    """Nobody knows what became of these; returns how many."""
    lost = {"state": State.UNCERTAIN, "uncertain_at": now, "next_at": now + UNCERTAIN_WAIT, "owner": None}
    return connection.execute(update(deliveries).where(chosen).values(lost)).rowcount


# What is planned again, or follows


def plan_again(connection: Connection, chosen: ColumnElement[bool]) -> int:
    """Those that were kept back go when they fall due; returns how many."""
    kept = update(deliveries).where(chosen, _D.state == State.SUPPRESSED)
    return connection.execute(kept.values(state=State.PLANNED, next_at=_D.due_at)).rowcount


def plan_anew(connection: Connection, ids: Sequence[int], owed: Row) -> None:
    """These rows, that came to nothing, become what is owed now under the same key."""
    fresh = {
        "site": owed.site,
        "due_at": owed.due_at,
        "expires_at": owed.expires_at,
        "state": State.PLANNED,
        "next_at": owed.due_at,
        "edition": owed.edition,
    }
    for part in parts(ids):
        connection.execute(update(deliveries).where(_D.id.in_(part)).values(fresh))


def follow_posts(connection: Connection, chosen: ColumnElement[bool]) -> None:
    """They go to the site that their post has now; claims on them are void."""
    site = select(recipients.c.site).where(recipients.c.id == _D.recipient).scalar_subquery()
    elsewhere = chosen & (_D.site != site)
    release(connection, elsewhere)
    connection.execute(update(deliveries).where(elsewhere).values(site=site))


def follow_staged(connection: Connection) -> int:
    """What waits and has another moment or site in the staged plan takes it, and claims on it are void; how many."""
    differs = is_staged() & or_(*(_D[name] != _S[name] for name in _FOLLOWS))
    connection.execute(update(deliveries).where(differs, _D.state == State.SUPPRESSED).values(_TAKEN))
    moved = update(deliveries).where(differs, _D.state.in_(MUTABLE))
    return connection.execute(moved.values(**_TAKEN, state=State.PLANNED, next_at=_S.due_at, owner=None)).rowcount


def revive_staged(connection: Connection, now: datetime) -> int:
    """What was cancelled and stands in the staged plan again is planned, if it lies ahead; returns how many.

    For a muted post it is kept back. What an operator dropped stays so.
    """
    muted = exists().where(recipients.c.id == _S.recipient, ~roster.wants_at(_S.due_at))
    back = update(deliveries).where(is_staged(), _D.state == State.CANCELLED, _D.expires_at > _D.due_at)
    state, then = case((muted, State.SUPPRESSED), else_=State.PLANNED), case((muted, None), else_=_S.due_at)
    return connection.execute(back.where(_S.due_at >= now).values(**_TAKEN, state=state, next_at=then)).rowcount


# What an operator decides. `words` say who decided it and why, scrubbed.


def hold(connection: Connection, chosen: ColumnElement[bool], words: str) -> int:
    """They do not go until they are let go; returns how many."""
    held = {"state": State.HELD, "next_at": None, "owner": None, "reply": words}
    return connection.execute(update(deliveries).where(chosen).values(held)).rowcount


def drop(connection: Connection, chosen: ColumnElement[bool], words: str) -> int:
    """They end for good: of use at no moment, so that no publication plans them again. Returns how many."""
    ended = {"state": State.CANCELLED, "next_at": None, "owner": None, "expires_at": _D.due_at, "reply": words}
    return connection.execute(update(deliveries).where(chosen).values(ended)).rowcount


def let_go(connection: Connection, chosen: ColumnElement[bool], words: str, now: datetime) -> int:
    """Back among those that are sent, at once if they are due; returns how many.

    Expired where that is too late, suppressed where the post wants none by now.
    """
    wanted = exists().where(recipients.c.id == _D.recipient, roster.LISTED, roster.wants_at(_D.due_at))
    muted = and_(_D.purpose.in_(PLANNED_BY_EDITION), ~wanted)
    past = _D.expires_at <= now
    again = or_(_D.state == State.UNCERTAIN, and_(_D.state == State.HELD, _D.uncertain_at.is_not(None)))
    given = {
        "state": case((past, State.EXPIRED), (muted, State.SUPPRESSED), else_=State.DEFERRED),
        "next_at": case((or_(past, muted), null()), (_D.due_at > now, _D.due_at), else_=literal(now, _D.next_at.type)),
        "repeats": _D.repeats + case((again & ~past & ~muted, 1), else_=0),
        "reply": words,
    }
    return connection.execute(update(deliveries).where(chosen).values(given)).rowcount
