"""A message that waits, as it would leave: the very words and bytes, found out as for sending, and not sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from calendars.days.off import DaysOff
from scheduler.planning.delivery import Purpose
from scheduler.publishing.asking import Silence, owe
from scheduler.sending.claims import Contents, goes_at
from scheduler.sending.errand import Errand, ServiceErrand
from scheduler.sending.letters import Letters
from scheduler.sending.notice_content import Tellings
from scheduler.store import editions
from scheduler.store.editions import InForce
from scheduler.store.ledger import claiming
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.inviting import Inviting

OF_EVENTS = (
    Purpose.NOTICE,
    Purpose.CONVOCATION,
    Purpose.REMINDER,
    Purpose.INVITATION,
    Purpose.ESCALATION,
    Purpose.QUESTION,
    Purpose.FOLLOW_UP,
)
_NOBODY = ""  # owns no claim, so that nothing ends


def foreseen(
    connection: Connection,
    letters: Letters,
    site: str,
    at: datetime,
    *,
    event: str | None = None,
    purposes: Collection[Purpose] = OF_EVENTS,
) -> Iterator[bytes]:
    """The mail about an event that goes next to a site (its id), dated when it is to leave.

    One for each language there, and for each way in which calendars hear of it; of one event (its id), or any. What has
    nothing to say is left out.
    """
    under = editions.load(connection)
    if under is None:
        return
    for claims in claiming.next_of_site(connection, site, purposes, at, event):
        if found := list(_written(connection, letters, claims, under, at)):
            yield from found
            return


def foreseen_news(
    connection: Connection, letters: Letters, site: str, at: datetime, *, event: str | None, after: int
) -> Iterator[bytes]:
    """What the edition in force has to tell a site, of an event (its id) or any: as `foreseen` shows it.

    `after` is the newest row of the ledger from before it was published.
    """
    under = editions.load(connection)
    if under is not None:
        claims = claiming.news_of_site(connection, site, under.edition.number, after, event)
        yield from _written(connection, letters, claims, under, at)


def foreseen_of(connection: Connection, letters: Letters, ids: Collection[int], at: datetime) -> Iterator[bytes]:
    """What these rows of the ledger would say (their ids), as `foreseen` shows it; service mail too."""
    under = editions.load(connection)
    if under is not None:
        yield from _written(connection, letters, claiming.described(connection, list(ids)), under, at)


def _written(
    connection: Connection, letters: Letters, claims: Sequence[Claim], under: InForce, at: datetime
) -> Iterator[bytes]:
    """One of those that are alike but for whose they are."""
    contents = Contents(tellings=Tellings(), inviting=Inviting(answered=letters.invitations))
    days, alike = DaysOff.of(under.edition.agenda), dict[object, tuple[datetime, Errand]]()
    ordered = sorted(claims, key=lambda one: (one.due_at, one.event, one.recipient))
    places = {claim.id: number for number, claim in enumerate(ordered)}
    going = contents.settle(connection, _NOBODY, ordered, under, at)
    for errand in sorted(going, key=lambda one: places[one.claim.id]):
        leaves = goes_at(errand, max(at, errand.claim.due_at), days)
        alike.setdefault(_kind(errand), (leaves, errand))
    for leaves, errand in sorted(alike.values(), key=lambda one: one[0]):
        yield letters.write(errand, leaves)


def _kind(errand: Errand) -> object:
    claim = errand.claim
    calendar = claim.channel, errand.intent.method
    return claim.purpose, claim.event, claim.language, claim.role, claim.origin, claim.replaces is None, calendar


def foreseen_call(connection: Connection, under: InForce, letters: Letters, site: str, at: datetime) -> list[bytes]:
    """The roll call's mail that goes next to a site (its id), one for each language there, dated when it is due."""
    for claims in claiming.next_of_site(connection, site, (Purpose.ROLL_CALL,), at):
        spoken = {one.language: one for one in reversed(claims)}
        return [letters.write(ServiceErrand(claim=one, under=under), max(at, one.due_at)) for one in spoken.values()]
    return []


def foreseen_question(
    connection: Connection, letters: Letters, found: Silence, site: str, at: datetime
) -> Iterator[bytes]:
    """What a site's posts (its id) are asked, or are to be asked already, by asking them: take that back."""
    owe(connection, found)
    yield from foreseen(connection, letters, site, at, event=found.event.id, purposes=(Purpose.QUESTION,))
