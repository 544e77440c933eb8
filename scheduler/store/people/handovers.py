"""A post that goes to a successor: it keeps its id, and with it what it was told, answered and is still to get.

What was the former holder's own ends: wishes, private calendars, links. The former holder becomes a row of its own
among the recipients, to be told of it; no list shows it. All functions work in the caller's transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from calendars.editions import Edition
from calendars.model.people import Recipient
from calendars.model.text import Language
from scheduler.planning.delivery import State
from scheduler.store.ledger import states
from scheduler.store.ledger.reconcile import replan
from scheduler.store.posts import feed_tokens, roster
from scheduler.store.schema import bounces, deliveries, handovers, recipients

Erased = Callable[[str], bool]  # is this the address of somebody who asked for it to be erased?
_R, _D, _H, _B = recipients.c, deliveries.c, handovers.c, bounces.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Successor:
    """Who takes a post, by whose decision and why."""

    address: str
    language: Language | None  # None: the one that the post has in the file, or signed up with
    author: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Handover:
    """As it was recorded. The addresses are for masking only; "" once they are forgotten."""

    recipient: str  # id of the post
    site: str
    at: datetime  # UTC
    author: str
    reason: str
    former: str  # address
    successor: str  # address
    corrected_at: datetime | None  # when the file had another address than the former one; None: it is to be corrected


def hand_over(connection: Connection, edition: Edition, recipient: str, to: Successor, now: datetime) -> str:
    """Move a post that is listed to its successor. Returns the id of the row under which the former holder stands."""
    row = connection.execute(select(recipients).where(_R.id == recipient)).mappings().one()
    former = _keep_former(connection, row, now)
    _replace(connection, recipient, to)
    feed_tokens.end_of(connection, recipient, now)
    _take_back(connection, recipient, now)
    roster.end_doubles(connection, now)
    replan(connection, edition, recipient, now)
    corrected_at = None if row["origin"] == "file" else now
    said = {"at": now, "author": to.author, "reason": to.reason, "corrected_at": corrected_at}
    connection.execute(insert(handovers).values(recipient=recipient, former=former, **said))
    return former


def _keep_former(connection: Connection, row: RowMapping, now: datetime) -> str:
    key = f"h-{secrets.token_hex(8)}"
    own = {name: row[name] for name in ("site", "address", "post", "joined", "since")}
    spoken = row["chosen_language"] or row["language"]
    connection.execute(insert(recipients).values(id=key, origin="former", language=spoken, removed_at=now, **own))
    return key


def _replace(connection: Connection, recipient: str, to: Successor) -> None:
    """Another address, for whoever has wished for nothing yet; links signed for those before end."""
    connection.execute(
        update(recipients)
        .where(_R.id == recipient)
        .values(
            address=to.address,
            chosen_language=to.language,
            holder=_R.holder + 1,
            channel="feed",
            declined="",
            left_at=None,
            paused_until=None,
            suppressed_at=None,
            suppressed_why="",
        )
    )
    connection.execute(
        update(bounces).where(_B.recipient == recipient, _B.kind.in_(("soft", "doubted"))).values(kind="forgiven")
    )


def _take_back(connection: Connection, recipient: str, now: datetime) -> None:
    """What waits goes to the successor; what is on its way to the former holder is let go, what they asked for ends."""
    own = _D.recipient == recipient
    states.let_go_of_what_is_on_its_way(connection, own, now)
    states.end(connection, own & (_D.event == ""), State.CANCELLED)
    states.release(connection, own)


def listed(connection: Connection) -> list[Handover]:
    """Every handover, the oldest first."""
    former, post = recipients.alias("former"), recipients.alias("post")
    found = connection.execute(
        select(handovers, former.c.address, former.c.site, post.c.address.label("now"))
        .join(former, former.c.id == _H.former)
        .join(post, post.c.id == _H.recipient)
        .order_by(_H.at.desc(), _H.id.desc())
    )
    held: dict[str, str] = {}  # by post, the address that it went to next
    done = []
    for row in found:
        done.append(
            Handover(
                recipient=row.recipient,
                site=row.site,
                at=row.at,
                author=row.author,
                reason=row.reason,
                former=row.address,
                successor=held.get(row.recipient, row.now),
                corrected_at=row.corrected_at,
            )
        )
        held[row.recipient] = row.address
    return done[::-1]


def uncorrected(connection: Connection, posted: Sequence[Recipient], erased: Erased | None = None) -> tuple[str, ...]:
    """The posts (ids) for which the file still has the address of somebody before.

    Without `erased`, an address of somebody who was forgotten meanwhile is taken to be that.
    """
    former = recipients.alias("former")
    waiting = connection.execute(
        select(_H.recipient, _R.address.label("own"), former.c.address)
        .join(recipients, _R.id == _H.recipient)
        .join(former, former.c.id == _H.former)
        .where(_H.corrected_at.is_(None))
    ).all()
    before: dict[str, set[str]] = {}
    for row in waiting:
        before.setdefault(row.recipient, set()).add(row.address.lower())
    own: dict[str, str] = {row.recipient: row.own.lower() for row in waiting}

    def is_former(one: Recipient) -> bool:
        address = one.address.lower()
        if address == own[one.id] or address in before[one.id]:
            return address != own[one.id]
        return "" in before[one.id] and (erased is None or erased(one.address))

    return tuple(one.id for one in posted if one.id in own and is_former(one))


def kept(connection: Connection, posted: Sequence[Recipient], stale: Sequence[str]) -> list[Recipient]:
    """The file's posts, those that are `stale` under the address of the successor."""
    found = connection.execute(select(_R.id, _R.address).where(_R.id.in_(stale)))
    addresses = {row.id: row.address for row in found}
    return [replace(one, address=addresses[one.id]) if one.id in addresses else one for one in posted]


def note_corrected(connection: Connection, posted: Sequence[Recipient], stale: Sequence[str], now: datetime) -> None:
    """From now on the file's word on these posts counts again: it has another address than a former one."""
    waiting = connection.execute(select(_H.recipient).where(_H.corrected_at.is_(None)).distinct()).scalars()
    done = {one.id for one in posted} & set(waiting) - set(stale)
    connection.execute(
        update(handovers).where(_H.recipient.in_(done), _H.corrected_at.is_(None)).values(corrected_at=now)
    )


def forget(connection: Connection, recipient: str) -> None:
    """The words in which a handover was reasoned may be about whoever is forgotten."""
    connection.execute(
        update(handovers).where(or_(_H.recipient == recipient, _H.former == recipient)).values(reason="")
    )


def of_recipient(connection: Connection, recipient: str) -> list[datetime]:
    """When a post was handed over."""
    return list(connection.execute(select(_H.at).where(_H.recipient == recipient).order_by(_H.at)).scalars())
