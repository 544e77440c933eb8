"""Those who sign up by themselves, and what anybody may do with their own post: confirm, move, take along, be erased.

Every function works in the caller's transaction. What is planned follows by `reconcile.replan`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from calendars.model.text import Language
from scheduler.planning.channels import Channel
from scheduler.planning.delivery import MUTABLE, OPEN, Purpose, State
from scheduler.store.attendance.forgetting import Hashes, forget_addresses
from scheduler.store.attendance.rows import of_address
from scheduler.store.audit import chain, forgetting
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.audit.tables import audit
from scheduler.store.ledger import notices_owed, servicemail, states
from scheduler.store.ledger.servicemail import ServiceMail
from scheduler.store.people import floods, handovers
from scheduler.store.people.floods import Door
from scheduler.store.posts import roll_answers, roster
from scheduler.store.posts.roster import Post
from scheduler.store.roll_tables import roll_answers as roll_answers_table
from scheduler.store.schema import answers, attempts, bounces, deliveries, erasures, feed_tokens, recipients
from scheduler.store.schema import handovers as handed
from scheduler.store.upsert import insert as upsert

CONFIRM_WITHIN = timedelta(hours=48)  # a sign-up that nobody confirms by then is forgotten
ACCESS_FOR = timedelta(minutes=15)  # how long the link lasts that may change everything
ASK_AGAIN_AFTER = timedelta(hours=1)  # of one kind of service mail, a post gets few in this time
ASKED_AT_MOST = 3
BY_RETENTION = "retencion"  # who erases what is over, in the audit
_TRIED = ("began_at", "ended_at", "state", "code", "status", "reply")
_R, _D, _T, _RA = recipients.c, deliveries.c, feed_tokens.c, roll_answers_table.c


@dataclass(frozen=True, kw_only=True, slots=True)
class SignUp:
    """What somebody who wants reminders has filled in, checked."""

    address: str
    site: str
    language: Language
    declined: frozenset[str]  # reminder rules, as their texts


@dataclass(frozen=True, kw_only=True, slots=True)
class Upcoming:
    """A reminder that is still to go."""

    event: str  # Event.id
    site: str
    due_at: datetime  # UTC


def sign_up(connection: Connection, wish: SignUp, now: datetime, door: Door | None = None) -> datetime | None:
    """Ask the address, by mail, whether it wants this; or tell it that it gets the reminders already.

    Returns when that mail may leave; None where the mailbox had too many, and nothing was done. Nothing tells the
    caller which mail it is. Who waits to be confirmed is asked anew, with what was filled in last.
    """
    turn = floods.turn(connection, wish.address, now, door or Door())
    if turn is None:
        return None
    known = [post for post in roster.at_address(connection, wish.address) if not _is_dead(post)]
    living = next((post for post in known if post.confirmed), None)
    if living is not None:
        request(connection, Purpose.KNOWN, living.recipient.id, turn)
        return turn
    waiting = next((post.recipient.id for post in known), None)
    request(connection, Purpose.CONFIRMATION, _keep(connection, wish, waiting, turn), turn)
    return turn


def _is_dead(post: Post) -> bool:
    return post.origin == "self" and post.suppressed


def _keep(connection: Connection, wish: SignUp, waiting: str | None, now: datetime) -> str:
    """The row of somebody who has yet to confirm; returns its id."""
    values = {
        "site": wish.site,
        "address": wish.address,
        "language": wish.language,
        "declined": "\n".join(sorted(wish.declined)),
        "since": now,
    }
    if waiting is not None:
        connection.execute(update(recipients).where(_R.id == waiting).values(**values))
        return waiting
    key = f"s-{secrets.token_hex(8)}"
    joined = now.date().isoformat()
    connection.execute(insert(recipients).values(id=key, origin="self", post="", joined=joined, **values))
    return key


def request(connection: Connection, purpose: Purpose, recipient: str, now: datetime) -> None:
    """Owe a post a service mail, due at `now`. Asked for too often, nothing more is owed: what was sent still holds."""
    recent = select(func.count()).where(
        _D.recipient == recipient, _D.purpose == purpose, _D.due_at > now - ASK_AGAIN_AFTER
    )
    if connection.execute(recent).scalar_one() >= ASKED_AT_MOST:
        return
    mail = ServiceMail(
        purpose=purpose,
        recipient=recipient,
        subject=secrets.token_hex(8),
        site=roster.site_of(connection, recipient),
        until=now + (ACCESS_FOR if purpose is Purpose.ACCESS else CONFIRM_WITHIN),
    )
    servicemail.owe(connection, mail, now)


def confirm(connection: Connection, recipient: str, now: datetime) -> Post | None:
    """The address is theirs: from now on it is reminded. Confirming twice is confirming once.

    None where there is nothing to confirm: forgotten, erased, or never there.
    """
    post = roster.find(connection, recipient)
    if post is None or post.confirmed:
        return post
    connection.execute(update(recipients).where(_R.id == recipient).values(confirmed_at=now, since=now))
    same = [one for one in roster.at_address(connection, post.recipient.address) if one.origin == "self"]
    others = [one.recipient.id for one in same if one.recipient.id != recipient]
    connection.execute(update(recipients).where(_R.id.in_(others)).values(removed_at=now))
    return roster.find(connection, recipient)


def move(connection: Connection, recipient: str, site: str, now: datetime) -> None:
    """To another office. The staff feeds of the former one end with it; what the post is to hear of follows it."""
    connection.execute(update(recipients).where(_R.id == recipient).values(site=site))
    notices_owed.follow_moved(connection, recipient)
    _revoke(connection, and_(_T.recipient == recipient, _T.site != site), now)


def decline(connection: Connection, recipient: str, rules: Collection[str]) -> None:
    """Which reminder rules the post does not want; all others it does, also those that are made later."""
    connection.execute(update(recipients).where(_R.id == recipient).values(declined="\n".join(sorted(rules))))


def upcoming(connection: Connection, recipient: str, now: datetime, most: int) -> list[Upcoming]:
    """The next reminders that a post will get, at most so many."""
    found = connection.execute(
        select(_D.event, _D.site, _D.due_at)
        .where(_D.recipient == recipient, _D.purpose == Purpose.REMINDER, _D.state.in_(MUTABLE), _D.due_at >= now)
        .order_by(_D.due_at, _D.id)
        .limit(most)
    )
    return [Upcoming(event=row.event, site=row.site, due_at=row.due_at) for row in found]


def exported(connection: Connection, recipient: str, hashes: Hashes) -> str:
    """All that is kept about a post, as JSON: itself, its deliveries and their attempts, bounces, answers, feeds.

    The sessions in which somebody with its address was seen, too; `hashes`, by which they are found: Tokens.people.
    And what was decided about it, and when it was handed over; by whom, from whom and why is not the holder's to read.
    """
    own = connection.execute(select(recipients).where(_R.id == recipient)).mappings().one()
    found: dict[str, object] = {"recipient": _plain(own)}
    for name, kept in _kept(recipient).items():
        found[name] = [_plain(row) for row in connection.execute(kept).mappings()]
    found["handed_over"] = [at.isoformat() for at in handovers.of_recipient(connection, recipient)]
    found["attendance"] = of_address(connection, own["address"], hashes)
    return json.dumps(found, ensure_ascii=False, indent=2)


def _kept(recipient: str) -> dict[str, Select[Any]]:
    """What stands about a post in other tables, by the name that the export gives it."""
    sent = (_D.purpose, _D.event, _D.site, _D.rule, _D.due_at, _D.state, _D.accepted_at, _D.method)
    tried = select(_D.event, *(attempts.c[name] for name in _TRIED)).join(deliveries, _D.id == attempts.c.delivery)
    bounced = select(*(bounces.c[name] for name in ("at", "kind", "status", "text")))
    said = select(*(answers.c[name] for name in ("event", "answer", "instead", "via", "at")))
    rolls = select(*(_RA[name] for name in ("at", "clock_at", "ahead", "zone", "person", "person_at", "successor")))
    feeds = select(_T.site, _T.label, _T.created_at, _T.revoked_at, _T.polled_at, _T.client)
    return {
        "deliveries": select(*sent).where(_D.recipient == recipient).order_by(_D.due_at, _D.id),
        "attempts": tried.where(_D.recipient == recipient).order_by(attempts.c.ended_at, attempts.c.delivery),
        "bounces": bounced.where(bounces.c.recipient == recipient).order_by(bounces.c.at),
        "answers": said.where(answers.c.recipient == recipient).order_by(answers.c.at, answers.c.event),
        "roll_call": rolls.where(_RA.recipient == recipient),
        "staff_feeds": feeds.where(_T.recipient == recipient).order_by(_T.created_at),
        "decided": select(audit.c.at, audit.c.what).where(audit.c.subject == recipient).order_by(audit.c.number),
    }


def _plain(row: RowMapping) -> dict[str, object]:
    return {str(key): value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}


def erase(connection: Connection, recipient: str, digests: Iterable[str], now: datetime) -> None:
    """Forget the address of a post, wherever it stands, and keep an import from bringing it back.

    `digests` are the address's keyed hashes. What was sent stays counted, under an id that says nothing.
    """
    address = connection.execute(select(_R.address).where(_R.id == recipient)).scalar_one()
    for digest in digests:
        row = upsert(connection, erasures).values(digest=digest, at=now)
        connection.execute(row.on_conflict_do_nothing())
    roll_answers.forget_successor(connection, address)
    _forget(connection, and_(func.lower(_R.address) == address.lower(), _R.address != ""), now)
    deed = Deed(who=recipient, what=What.ERASED, via=Via.PAGE, subject=recipient)
    chain.record(connection, deed, now)


def erased_among(connection: Connection, digests: Collection[str]) -> bool:
    """Whether one of these keyed hashes is that of an erased address."""
    found = select(erasures.c.digest).where(erasures.c.digest.in_(digests))
    return connection.execute(found.limit(1)).first() is not None


def erased(connection: Connection) -> frozenset[str]:
    """The keyed hashes of all erased addresses."""
    return frozenset(connection.execute(select(erasures.c.digest)).scalars())


def any_erased(connection: Connection) -> bool:
    return connection.execute(select(erasures.c.digest).limit(1)).first() is not None


def purge(connection: Connection, now: datetime, retention: timedelta | None) -> int:
    """Forget the addresses that ended `retention` ago, and sign-ups that nobody confirmed. Returns how many.

    A post has ended when the file dropped it, or when it signed up by itself and left; who handed one over, then, but
    not before the file has another address than theirs: it would be written to again. Figures stay.
    """
    unconfirmed = and_(_R.confirmed_at.is_(None), _R.since < now - CONFIRM_WITHIN, _R.origin == "self")
    ended = unconfirmed
    if retention is not None:
        left = and_(_R.origin == "self", _R.left_at < now - retention)
        in_the_file = exists().where(handed.c.former == _R.id, handed.c.corrected_at.is_(None))
        gone = and_(_R.removed_at < now - retention, _R.origin != "alarm", ~in_the_file)
        ended = or_(unconfirmed, gone, left)
    erased = _forget(connection, and_(ended, _R.erased_at.is_(None)), now)
    emptied = 0 if retention is None else forgetting.forget_before(connection, now - retention)
    if erased or emptied:
        figures = {"addresses": erased, "texts": emptied}
        chain.record(
            connection, Deed(who=BY_RETENTION, what=What.RETENTION_ENDED, via=Via.SERVICE, details=figures), now
        )
    return erased


def _forget(connection: Connection, chosen: ColumnElement[bool], now: datetime) -> int:
    """Blank these rows, end what is owed to them and their staff feeds, and forget what they answered."""
    known = {row.id: row.address for row in connection.execute(select(_R.id, _R.address).where(chosen))}
    ids = list(known)
    for key in ids:
        states.end(connection, _D.recipient == key, State.CANCELLED, OPEN)
        states.let_go_of_what_is_on_its_way(connection, _D.recipient == key, now)
        _revoke(connection, _T.recipient == key, now)
        connection.execute(delete(answers).where(answers.c.recipient == key))
        handovers.forget(connection, key)
        roll_answers.forget(connection, key)
        connection.execute(
            update(recipients)
            .where(_R.id == key)
            .values(
                address="", post="", declined="", chosen_language=None, channel=Channel.FEED, paused_until=None,
                erased_at=now,
                removed_at=func.coalesce(_R.removed_at, literal(now, _R.removed_at.type)),
            )
        )  # fmt: skip
    if ids:
        forget_addresses(connection, set(known.values()))
        forgetting.forget_about(connection, ids, set(known.values()))
    return len(ids)


def _revoke(connection: Connection, chosen: ColumnElement[bool], now: datetime) -> None:
    connection.execute(update(feed_tokens).where(chosen, _T.revoked_at.is_(None)).values(revoked_at=now, label=""))
