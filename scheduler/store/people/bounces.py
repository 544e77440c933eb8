"""What came back, and whom that mutes: bad addresses at once, full mailboxes and the like after a while."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, update

from scheduler.planning.delivery import State
from scheduler.store.ledger import alarms, wishes
from scheduler.store.posts import hearers
from scheduler.store.schema import bounces, deliveries, lost_bounces, recipients
from scheduler.store.upsert import insert

Kind = Literal["hard", "soft", "installation"]
SCORE_DAYS = timedelta(days=30)
SUPPRESSED_AT = 5  # days, of the last thirty, on which something came back
BLAMED_DAYS = timedelta(days=3)
BLAMED_AT = 3  # posts, of these days, whose mail was refused for what is no fault of their address
LOST_DAYS = timedelta(days=30)
_B, _D, _R, _L = bounces.c, deliveries.c, recipients.c, lost_bounces.c
_WENT_OUT = (State.ACCEPTED, State.UNCERTAIN, State.BOUNCED)


@dataclass(frozen=True, kw_only=True, slots=True)
class SentDelivery:
    """A delivery that something came back about."""

    id: int
    recipient: str
    sent_at: datetime | None  # UTC; None: nobody knows
    address: str = ""  # that its post has today
    corrected: bool = False  # the post got another address since


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallationBlamed:
    """Mail that came back for what is no fault of an address: policy, block lists, our sender, the message itself."""

    posts: int  # of the last three days
    why: str  # the last words, scrubbed

    @property
    def alarming(self) -> bool:
        return self.posts >= BLAMED_AT


@dataclass(frozen=True, kw_only=True, slots=True)
class LostReports:
    """Reports of the last thirty days of which nothing proves whose they are. They blame nobody."""

    count: int
    naming: int  # of these, how many named the address of a post: by that alone they count for nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppressed:
    """A post that nothing more goes to. Its address is for masking only."""

    recipient: str
    site: str
    address: str
    since: datetime  # UTC
    why: str  # scrubbed


def sent(connection: Connection, message_key: str) -> SentDelivery | None:
    """The delivery that bears this Message-ID; None: it was not sent from here."""
    return _found(connection, _D.message_key == message_key)


def last_sent(connection: Connection, recipient: str) -> SentDelivery | None:
    """The last delivery that went out to a post; None where none did."""
    return _found(connection, and_(_D.recipient == recipient, _D.state.in_(_WENT_OUT)))


def _found(connection: Connection, which: ColumnElement[bool]) -> SentDelivery | None:
    when = func.coalesce(_D.accepted_at, _D.uncertain_at).label("sent_at")
    row = connection.execute(
        select(_D.id, _D.recipient, when, _R.address, _R.address_since)
        .join(recipients, _R.id == _D.recipient)
        .where(which)
        .order_by(when.desc().nulls_last(), _D.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    corrected = row.address_since is not None and (row.sent_at is None or row.sent_at < row.address_since)
    return SentDelivery(
        id=row.id, recipient=row.recipient, sent_at=row.sent_at, address=row.address, corrected=corrected
    )


def record(
    connection: Connection,
    one: SentDelivery,
    *,
    digest: str,
    kind: Kind,
    status: str,
    text: str,
    now: datetime,
    blames: bool,
) -> bool:
    """Note a bounce and what follows from it. False: it was noted before. `blames`: it speaks of the post's address.

    One of a message to whoever held the post before, or to an address that was corrected since, says nothing of the
    address that it has now.
    """
    handed_over = one.sent_at is not None and hearers.happened_since(connection, one.recipient, one.sent_at)
    former = handed_over or one.corrected
    counts_as = "forgiven" if former and kind != "installation" else kind
    row = insert(connection, bounces).values(
        digest=digest, recipient=one.recipient, delivery=one.id, at=now, kind=counts_as, status=status, text=text
    )
    if connection.execute(row.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}).rowcount < 1:
        return False
    connection.execute(
        update(deliveries)
        .where(_D.id == one.id, _D.state.in_((State.ACCEPTED, State.UNCERTAIN)))
        .values(state=State.BOUNCED, bounced_at=now, next_at=None, owner=None)
    )
    mutes = kind == "hard" or (kind == "soft" and _days(connection, one.recipient, now) >= SUPPRESSED_AT)
    if blames and not former and mutes:
        alarms.suppress(connection, one.recipient, now, f"{status} {text}".strip())
    return True


def _days(connection: Connection, recipient: str, now: datetime) -> int:
    """On how many days something came back of late: at most one a day counts."""
    since = func.coalesce(select(_R.address_since).where(_R.id == recipient).scalar_subquery(), now - SCORE_DAYS)
    own = _B.recipient == recipient
    found = connection.execute(select(_B.at).where(own, _B.kind == "soft", _B.at > now - SCORE_DAYS, _B.at >= since))
    return len({at.date() for at in found.scalars()})


def installation_blamed(connection: Connection, now: datetime) -> InstallationBlamed:
    """What came back of late and speaks of us."""
    recent = (_B.kind == "installation", _B.at > now - BLAMED_DAYS)
    posts = connection.execute(select(func.count(_B.recipient.distinct())).where(*recent)).scalar_one()
    last = select(_B.status, _B.text).where(*recent).order_by(_B.at.desc(), _B.id.desc()).limit(1)
    row = connection.execute(last).first()
    return InstallationBlamed(posts=posts, why="" if row is None else f"{row.status} {row.text}".strip())


def count_lost(connection: Connection, addresses: Collection[str], now: datetime) -> None:
    """One report more that cannot be told whose; `addresses` are whom it names."""
    lowered = [address.lower() for address in addresses]
    known = select(exists().where(func.lower(_R.address).in_(lowered), _R.removed_at.is_(None)))
    naming = int(bool(lowered) and bool(connection.execute(known).scalar()))
    row = insert(connection, lost_bounces).values(day=now.date().isoformat(), count=1, naming=naming)
    more = {"count": _L["count"] + 1, "naming": _L.naming + naming}
    connection.execute(row.on_conflict_do_update(index_elements=["day"], set_=more))


def lost(connection: Connection, now: datetime) -> LostReports:
    """How many there were of late."""
    since = (now - LOST_DAYS).date().isoformat()
    totals = select(func.coalesce(func.sum(_L["count"]), 0), func.coalesce(func.sum(_L.naming), 0))
    row = connection.execute(totals.where(_L.day > since)).one()
    return LostReports(count=int(row[0]), naming=int(row[1]))


def suppressed(connection: Connection) -> list[Suppressed]:
    """Every post whose address counts as bad, by site."""
    found = connection.execute(
        select(_R.id, _R.site, _R.address, _R.suppressed_at, _R.suppressed_why)
        .where(_R.suppressed_at.is_not(None), _R.removed_at.is_(None))
        .order_by(_R.site, _R.id)
    )
    return [
        Suppressed(
            recipient=row.id, site=row.site, address=row.address, since=row.suppressed_at, why=row.suppressed_why
        )
        for row in found
    ]


def lift(connection: Connection, recipient: str, now: datetime) -> int | None:
    """Write to a post again; what lies ahead is planned anew, and what came back is forgiven.

    Returns how many reminders that is; None where nothing was suppressed.
    """
    lifted = update(recipients).where(_R.id == recipient, _R.suppressed_at.is_not(None))
    if connection.execute(lifted.values(suppressed_at=None, suppressed_why="")).rowcount < 1:
        return None
    connection.execute(update(bounces).where(_B.recipient == recipient, _B.kind == "soft").values(kind="forgiven"))
    return wishes.obey_wishes(connection, now, recipient)
