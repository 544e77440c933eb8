"""Events in and out of the calendars of those who chose invitations: decided as each message leaves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert

from calendars.model import Event, Representation
from calendars.workdays import next_working_instant
from scheduler.channels import ITIP, Carried, Channel, Known, carried, subscribes, takes_place
from scheduler.delivery import URGENT, Purpose, State
from scheduler.plan import message_key, site_start
from scheduler.store import claiming, editions, invited, roster
from scheduler.store.claiming import Delivery
from scheduler.store.editions import InForce
from scheduler.store.invited import Sent
from scheduler.store.schema import deliveries


@dataclass(frozen=True, kw_only=True, slots=True)
class Inviting:
    """`answered`: this installation reads answers (AGENDA_INVITATIONS=on)."""

    answered: bool = False

    def settle(self, connection: Connection, owner: str, found: Sequence[Delivery], now: InForce) -> list[Delivery]:
        """The claims that go, with what they carry for calendars, in the claiming transaction.

        Ended is an invitation that has nothing to carry any more, or that nobody is there to get.
        """
        posts = {one.recipient for one in found if _concerned(one)}
        known = invited.sent(connection, posts) if posts else {}
        methods = {one.id: self._method(one, known.get(_pair(one), []), now) for one in found}
        calls = [one for one in found if one.purpose is Purpose.INVITATION]
        others = [one for one in found if one.purpose is not Purpose.INVITATION]
        taken_back = {_pair(one) for one in calls if methods[one.id] == "CANCEL"}
        done: set[tuple[str, str]] = set()  # an invitation, or its end, is on its way with one message: that is enough
        going = [_carrying(one, methods[one.id], done, taken_back) for one in others]
        ends = _ends(connection, calls, methods, done)
        claiming.end_claims(connection, owner, ends)
        return going + [_carrying(one, methods[one.id], done, ()) for one in calls if one.id not in ends]

    def _method(self, claim: Delivery, earlier: Sequence[Sent], now: InForce) -> Carried:
        if not claim.event:
            return ""
        channel = Channel(claim.channel)
        if _concerned(claim):
            guest = claim.replaces is not None
            here = takes_place(now.edition, claim.event, claim.site, guest=guest) is not None
            known = _known(claim.id, earlier, claim.event, now)
            method = carried(claim.purpose, channel, known, here=here, answered=self.answered)
            if method or known.last == "REQUEST":
                return method
        first = claim.first and claim.purpose in (Purpose.REMINDER, Purpose.CONVOCATION)
        return "PUBLISH" if first and subscribes(channel, answered=self.answered) else ""


def choose(connection: Connection, now: InForce, recipient: str, channel: Channel, at: datetime) -> None:
    """Put a post's choice of channel in force, and owe what follows from it."""
    invited.choose(connection, recipient, channel)
    revisit(connection, now, recipient, at)


def revisit(connection: Connection, now: InForce, recipient: str, at: datetime) -> int:
    """Owe a post whatever its calendar lacks, or has too much, by its present channel and site; returns how many mails.

    To be called where either changes. What an earlier call owed and is not sent yet is replaced.
    """
    invited.drop_unsettled(connection, recipient)
    post, agenda = roster.find(connection, recipient), now.edition.agenda
    at_home = (one for one in agenda.representations if post is not None and one.id == post.recipient.site)
    site = next(at_home, None)
    if post is None or site is None:
        return 0
    earlier, times = invited.sent(connection, (recipient,)), invited.times(connection, recipient)
    member = roster.member(connection, recipient)
    visits = frozenset() if member is None else frozenset(member.instead.values())
    rows = []
    for event in agenda.events:
        uid = now.edition.revisions[event.id].uid
        if _differs(post.channel, event, site, event.id in visits, earlier.get((recipient, uid), []), now):
            rows += _rows(recipient, event, site, now, at, times.get(uid, 0))
    if rows:
        connection.execute(insert(deliveries), rows)
    return len(rows)


def _pair(claim: Delivery) -> tuple[str, str]:
    return claim.recipient, claim.subject


def _ends(
    connection: Connection, calls: Sequence[Delivery], methods: Mapping[int, Carried], done: set[tuple[str, str]]
) -> dict[int, State]:
    """The invitations, by Delivery.id, that go no more, and what becomes of each."""
    gone = invited.unheard(connection, [one.recipient for one in calls]) if calls else frozenset()
    return {
        one.id: State.SUPPRESSED if one.recipient in gone else State.CANCELLED
        for one in calls
        if one.recipient in gone or not methods[one.id] or _pair(one) in done
    }


def _carrying(
    claim: Delivery, method: Carried, done: set[tuple[str, str]], taken_back: Collection[tuple[str, str]]
) -> Delivery:
    """The claim with what it carries, where no other of the same claims does; and no invitation beside its end."""
    if method in ITIP:
        pair = _pair(claim)
        if pair in done or (method == "REQUEST" and pair in taken_back):
            method = ""
        else:
            done.add(pair)
    return claim if claim.method == method else replace(claim, method=method)


def _concerned(claim: Delivery) -> bool:
    """May its post have invitations? Of all others nothing has to be looked up."""
    chose = claim.channel == Channel.INVITATIONS or claim.purpose is Purpose.INVITATION
    return bool(claim.event) and (chose or claim.method == "REQUEST")


def _differs(
    channel: Channel, event: Event, site: Representation, guest: bool, earlier: Sequence[Sent], now: InForce
) -> bool:
    here = takes_place(now.edition, event.id, site.id, guest=guest) is not None
    known = _known(None, earlier, event.id, now)
    return bool(carried(Purpose.INVITATION, channel, known, here=here, answered=True))


def _known(claim: int | None, earlier: Sequence[Sent], event: str, now: InForce) -> Known:
    own = next((one for one in earlier if one.delivery == claim and one.doubtful), None)
    others = [one for one in earlier if one.delivery != claim]
    last = others[-1] if others else None
    return Known(
        last="" if last is None else last.method,
        current=last is not None and _is_current(last, event, now),
        own="" if own is None else own.method,
    )


def _is_current(last: Sent, event: str, now: InForce) -> bool:
    """Did it say what the edition in force says? Words and joining link count, too: the entry shows them."""
    revision, link = now.edition.revisions[event], editions.link_digests(now.links).get(event, "")
    same_link = last.link_digest in (None, link)
    return (last.sequence, last.last_modified) == (revision.sequence, revision.last_modified) and same_link


def _rows(
    recipient: str, event: Event, site: Representation, now: InForce, at: datetime, times: int
) -> list[dict[str, object]]:
    """One; none of what has begun, or has no date. `times`: how often it was owed to the post before."""
    revision = now.edition.revisions[event.id]
    if event.when is None or (start := site_start(event, revision, site)[1]) <= at:
        return []
    due = min(next_working_instant(site, at), max(at, start - URGENT))
    row = {
        "purpose": Purpose.INVITATION,
        "subject": revision.uid,
        "schedule": times,
        "rule": "",
        "recipient": recipient,
        "event": event.id,
        "site": site.id,
        "message_key": message_key(Purpose.INVITATION, revision.uid, times, "", recipient),
        "due_at": due,
        "expires_at": start,
        "moved": 0,
        "state": State.PLANNED,
        "next_at": due,
    }
    return [row]
