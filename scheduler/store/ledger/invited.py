"""Which invitations and cancellations of them (RFC 5546) reached a post, or may have; and which channel it chose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, exists, func, or_, select, update

from scheduler.planning.channels import ITIP, Carried, Channel
from scheduler.planning.delivery import Purpose, State
from scheduler.store.ledger import states
from scheduler.store.posts.roster import HEARS, LISTED
from scheduler.store.schema import deliveries, handovers, listed, recipients, revisions

_D, _H, _R, _V = deliveries.c, handovers.c, recipients.c, revisions.c


@dataclass(frozen=True, kw_only=True, slots=True)
class SentInvitation:
    """A message that carried one."""

    delivery: int
    event: str  # Event.id
    subject: str  # UID
    method: Carried  # REQUEST or CANCEL
    doubtful: bool  # its fate was unknown once
    edition: int | None  # number of the one that it told of; None where it was not kept
    sequence: int | None  # of the edition that it told of
    last_modified: datetime | None  # likewise
    link_digest: str | None  # likewise; None where it was not kept


def sent(connection: Connection, posts: Collection[str]) -> dict[tuple[str, str], list[SentInvitation]]:
    """Of these posts (ids), by post and UID, the oldest first. What is being sent now counts, as the newest.

    What went to a former holder is in another calendar: it does not count.
    """
    former = exists().where(_H.recipient == _D.recipient, _H.at >= func.coalesce(_D.accepted_at, _D.uncertain_at))
    arrived = or_(_D.state.in_((State.ACCEPTED, State.SENDING)), _D.uncertain_at.is_not(None))
    told = and_(_V.edition == _D.edition, _V.event == _D.event)
    rows = connection.execute(
        select(
            *(_D[name] for name in ("id", "recipient", "subject", "event", "method", "edition", "uncertain_at")),
            *(_V[name] for name in ("sequence", "last_modified", "link_digest")),
        )
        .outerjoin(revisions, told)
        .where(_D.recipient.in_(posts), _D.method.in_(ITIP), _D.state != State.BOUNCED, arrived, ~former)
        .order_by(_D.state == State.SENDING, func.coalesce(_D.accepted_at, _D.uncertain_at), _D.id)
    )
    found: dict[tuple[str, str], list[SentInvitation]] = {}
    for row in rows:
        found.setdefault((row.recipient, row.subject), []).append(
            SentInvitation(
                delivery=row.id,
                event=row.event,
                subject=row.subject,
                method=row.method,
                doubtful=row.uncertain_at is not None,
                edition=row.edition,
                sequence=row.sequence,
                last_modified=row.last_modified,
                link_digest=row.link_digest,
            )
        )
    return found


def times(connection: Connection, recipient: str) -> dict[str, int]:
    """How often a post was owed an invitation for its own sake, or the end of one, by UID."""
    found = connection.execute(
        select(_D.subject, func.count().label("owed"))
        .where(_D.recipient == recipient, _D.purpose == Purpose.INVITATION)
        .group_by(_D.subject)
    )
    return {row.subject: row.owed for row in found}


def unheard(connection: Connection, posts: Collection[str]) -> frozenset[str]:
    """Those of these posts that nothing is written to any more."""
    found = connection.execute(select(_R.id).where(_R.id.in_(posts), ~HEARS))
    return frozenset(found.scalars())


def invited_posts(connection: Connection) -> dict[str, str]:
    """The posts that chose invitations -> their site."""
    found = connection.execute(select(_R.id, _R.site).where(LISTED, _R.channel == Channel.INVITATIONS))
    return {row.id: row.site for row in found}


def beside(connection: Connection, posts: Collection[str]) -> dict[str, list[str]]:
    """Of these posts (ids): the others at the same address, case aside, that chose invitations."""
    other = recipients.alias("other")
    rows = connection.execute(
        select(_R.id, other.c.id.label("other"))
        .join(other, func.lower(other.c.address) == func.lower(_R.address))
        .where(_R.id.in_(posts), other.c.id != _R.id, listed(other.c), other.c.channel == Channel.INVITATIONS)
        .order_by(_R.id, other.c.id)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row.other)
    return found


def choose(connection: Connection, recipient: str, channel: Channel) -> None:
    """Keep a post's choice. What is claimed for it is taken up anew: it was claimed under another."""
    connection.execute(update(recipients).where(_R.id == recipient).values(channel=channel))
    states.void(connection, _D.recipient == recipient)


def choose_for_all(connection: Connection) -> None:
    """Invitations for every post: of a rehearsal."""
    connection.execute(update(recipients).values(channel=Channel.INVITATIONS))


def drop_unsettled(connection: Connection, recipient: str) -> None:
    """End what an earlier choice owed and is not sent yet: the present one says what is owed."""
    states.end(connection, (_D.recipient == recipient) & (_D.purpose == Purpose.INVITATION), State.SUPERSEDED)
