"""Events in and out of the calendars of those who chose invitations: decided as each message leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection

from calendars.days.off import DaysOff
from calendars.editions import Edition
from calendars.invitations import Invitation, request
from calendars.model.events import Event
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.workdays import next_working_instant
from scheduler.planning.channels import ITIP, Carried, Channel, Known, brings_file, carried, takes_place
from scheduler.planning.delivery import URGENT, Purpose, State
from scheduler.planning.plan import site_start
from scheduler.store import editions
from scheduler.store.editions import InForce
from scheduler.store.ledger import invited, rows, states
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.invited import SentInvitation
from scheduler.store.ledger.rows import Row
from scheduler.store.posts import roster

_ANY = datetime(2000, 1, 1, tzinfo=UTC)  # when an invitation was written makes no difference here


class _Place(NamedTuple):
    """Where an entry of one event is read."""

    event: str  # Event.id
    site: str  # Representation.id
    language: Language


class Entries:
    """What invitations said, and would say now. Past editions are read once."""

    def __init__(self, connection: Connection, now: InForce) -> None:
        self.now = now
        self._connection = connection
        self._links = editions.link_digests(now.links)
        self._past: dict[int, Edition | None] = {}
        self._alike: dict[tuple[int, _Place], bool] = {}

    def is_current(self, last: SentInvitation, place: _Place) -> bool:
        """Did it say what the edition in force says? Words and joining link count, too: the entry shows them."""
        revision = self.now.edition.revisions[place.event]
        if last.sequence != revision.sequence or last.link_digest not in (None, self._links.get(place.event, "")):
            return False
        if last.last_modified == revision.last_modified:
            return True
        key = (last.edition or 0, place)
        if key not in self._alike:
            self._alike[key] = self._says_the_same(key[0], place)
        return self._alike[key]

    def _says_the_same(self, number: int, place: _Place) -> bool:
        """An event is revised as well when only other sites have another hour, or are another number."""
        if number not in self._past:
            self._past[number] = editions.find(self._connection, number)
        before = self._past[number]
        return before is not None and _entry(before, place) == _entry(self.now.edition, place) is not None


def _entry(edition: Edition, place: _Place) -> Invitation | None:
    """The invitation, but for link and date; None where the event takes place no more, or there is no such site."""
    event = takes_place(edition, place.event, place.site, guest=True)
    site = edition.agenda.site(place.site)
    if event is None or site is None:
        return None
    return request(edition, event, site, place.language, link=None, stamp=_ANY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Inviting:
    """`answered`: this installation reads answers (AGENDA_INVITATIONS=on)."""

    answered: bool = False

    def settle(self, connection: Connection, owner: str, found: Sequence[Claim], now: InForce) -> dict[int, Carried]:
        """What each of these claims carries for calendars, by Claim.id; in the claiming transaction.

        They are those of posts that may have invitations. Left out, and ended, is an invitation that has nothing to
        carry any more, or that nobody is there to get.
        """
        known = invited.sent(connection, {one.recipient for one in found})
        entries = Entries(connection, now)
        methods = {one.id: self._method(one, known.get(_pair(one), []), entries) for one in found}
        methods |= dict.fromkeys(_shared(connection, now, found, methods), "")
        calls = [one for one in found if one.purpose is Purpose.INVITATION]
        others = [one for one in found if one.purpose is not Purpose.INVITATION]
        taken_back = {_pair(one) for one in calls if methods[one.id] == "CANCEL"}
        done: set[tuple[str, str]] = set()  # an invitation, or its end, is on its way with one message: that is enough
        going = {one.id: _carrying(one, methods[one.id], done, taken_back) for one in others}
        ends = _ends(connection, calls, methods, done)
        states.end_claims(connection, owner, ends)
        return going | {one.id: _carrying(one, methods[one.id], done, ()) for one in calls if one.id not in ends}

    def _method(self, claim: Claim, earlier: Sequence[SentInvitation], entries: Entries) -> Carried:
        channel = Channel(claim.channel)
        guest = claim.replaces is not None
        here = takes_place(entries.now.edition, claim.event, claim.site, guest=guest) is not None
        known = _known(claim.id, earlier, _Place(claim.event, claim.site, claim.language), entries)
        method = carried(claim.purpose, channel, known, here=here, answered=self.answered)
        if method or known.last == "REQUEST":
            return method
        return "PUBLISH" if brings_file(claim.purpose, channel, first=claim.first, answered=self.answered) else ""


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
    site = None if post is None else agenda.site(post.recipient.site)
    if post is None or site is None:
        return 0
    earlier, times = invited.sent(connection, (recipient,)), invited.times(connection, recipient)
    member = roster.member(connection, recipient)
    visits = frozenset() if member is None else frozenset(member.instead.values())
    owed: list[Row] = []
    entries, language = Entries(connection, now), post.recipient.language
    for event in agenda.events:
        uid = now.edition.revisions[event.id].uid
        here = takes_place(now.edition, event.id, site.id, guest=event.id in visits) is not None
        known = _known(None, earlier.get((recipient, uid), []), _Place(event.id, site.id, language), entries)
        if carried(Purpose.INVITATION, post.channel, known, here=here, answered=True):
            owed += _rows(recipient, event, site, now, at, times.get(uid, 0))
    return rows.add(connection, owed)


def _shared(
    connection: Connection, now: InForce, found: Sequence[Claim], methods: Mapping[int, Carried]
) -> Iterator[int]:
    """The claims (Claim.id) that take nothing back, though their own post is invited no more.

    Another post at the same address is: both have one calendar, and there one entry of the event.
    """
    ends = [one for one in found if methods[one.id] == "CANCEL"]
    beside = invited.beside(connection, {one.recipient for one in ends}) if ends else {}
    for claim in ends:
        if any(_is_invited(connection, now, claim.event, post) for post in beside.get(claim.recipient, ())):
            yield claim.id


def _is_invited(connection: Connection, now: InForce, event: str, recipient: str) -> bool:
    member = roster.member(connection, recipient)
    if member is None:
        return False
    guest = event in member.instead.values()
    return takes_place(now.edition, event, member.recipient.site, guest=guest) is not None


def _pair(claim: Claim) -> tuple[str, str]:
    return claim.recipient, claim.subject


def _ends(
    connection: Connection, calls: Sequence[Claim], methods: Mapping[int, Carried], done: set[tuple[str, str]]
) -> dict[int, State]:
    """The invitations, by Claim.id, that go no more, and what becomes of each."""
    gone = invited.unheard(connection, [one.recipient for one in calls]) if calls else frozenset()
    return {
        one.id: State.SUPPRESSED if one.recipient in gone else State.CANCELLED
        for one in calls
        if one.recipient in gone or not methods[one.id] or _pair(one) in done
    }


def _carrying(
    claim: Claim, method: Carried, done: set[tuple[str, str]], taken_back: Collection[tuple[str, str]]
) -> Carried:
    """What the claim carries, where no other of the same claims does; and no invitation beside its end."""
    if method in ITIP:
        pair = _pair(claim)
        if pair in done or (method == "REQUEST" and pair in taken_back):
            return ""
        done.add(pair)
    return method


def _known(claim: int | None, earlier: Sequence[SentInvitation], place: _Place, entries: Entries) -> Known:
    own = next((one for one in earlier if one.delivery == claim and one.doubtful), None)
    others = [one for one in earlier if one.delivery != claim]
    last = others[-1] if others else None
    return Known(
        last="" if last is None else last.method,
        current=last is not None and entries.is_current(last, place),
        own="" if own is None else own.method,
    )


def _rows(recipient: str, event: Event, site: Representation, now: InForce, at: datetime, times: int) -> list[Row]:
    """One; none of what has begun, or has no date. `times`: how often it was owed to the post before."""
    revision = now.edition.revisions[event.id]
    if event.when is None or (start := site_start(event, revision, site)[1]) <= at:
        return []
    days = DaysOff.of(now.edition.agenda)
    due = min(next_working_instant(site, at, days), max(at, start - URGENT))
    row = Row(
        purpose=Purpose.INVITATION,
        subject=revision.uid,
        schedule=times,
        recipient=recipient,
        event=event.id,
        site=site.id,
        due_at=due,
        expires_at=start,
    )
    return [row]
